"""How much of the variance each threshold explains, where all vary."""
