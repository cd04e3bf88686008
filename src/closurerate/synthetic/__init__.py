"""The synthetic national extract, made to meet the published totals."""
