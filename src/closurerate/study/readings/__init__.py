"""What the source leaves open, in all its readings."""
