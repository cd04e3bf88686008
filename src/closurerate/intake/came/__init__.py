"""What came: bytes of any form as tables of text."""
