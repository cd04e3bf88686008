"""A year as the notebooks use it: its cases, its KPI, the years before, and the yearly pages."""
