"""The study: how the parts of a KPI combine, and what its thresholds do."""
