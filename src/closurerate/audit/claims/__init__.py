"""The figures of a printed report, each judged by those it follows from."""
