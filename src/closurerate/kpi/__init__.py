"""KPI definitions, formulas, counts and their exact evaluation."""
