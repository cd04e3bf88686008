"""What an auditor needs: printed figures judged, samples planned and evaluated."""
