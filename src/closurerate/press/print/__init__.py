"""The two markups, HTML and Typst, of what is said in one language."""
