"""What an auditor needs: samples planned and evaluated."""
