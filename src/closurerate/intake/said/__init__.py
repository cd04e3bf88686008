"""What it says: headers, words and values, each read one way or not at all."""
