"""Finished pages and PDFs held to the numbers that were said in them."""
