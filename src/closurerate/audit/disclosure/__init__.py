"""What all public numbers of a year together give away of a few cases."""
