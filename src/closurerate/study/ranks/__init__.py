"""How the branches rank, under other formulas and other thresholds."""
