"""How far rows in doubt could move the KPI."""
