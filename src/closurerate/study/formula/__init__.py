"""What a formula is like: its properties with their proofs, slopes, and landscape."""
