"""A table that somebody else published, each of its figures judged by formulas in its columns."""
