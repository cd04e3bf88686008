"""The study: how the parts of a KPI combine, and what its thresholds do; a room for each question.

`settings` holds what is declared, `disclosure` what may be shown, `alternatives` the KPIs that are
compared. In a room `page.py` and each `…_page.py` are what is shown; the rest computes.
"""
