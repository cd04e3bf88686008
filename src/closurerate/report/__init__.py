"""The yearly report: figures, tables, words and the exporters to HTML and PDF."""
