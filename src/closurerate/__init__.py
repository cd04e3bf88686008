"""Reproducible analysis of the effective closure rate (有效結案率)."""
