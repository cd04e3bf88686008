"""The validation report of an intake."""
