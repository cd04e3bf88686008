"""The case contract: its columns, its check, its files, and a profile of a year."""
