"""What an audit asks of all rows of a year: counted again, stock and flow, and patterns in them."""
