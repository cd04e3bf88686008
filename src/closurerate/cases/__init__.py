"""Getting case data in: the contract, its check, and the synthetic national extract."""
