"""What is left behind: cases, rejects, accounts, and how they take their place at once."""
