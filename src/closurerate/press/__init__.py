"""What is shown, whatever it is about: words, tables, charts, prose. It knows no KPI."""
