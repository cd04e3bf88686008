"""What errors in the records could do to the KPI."""
