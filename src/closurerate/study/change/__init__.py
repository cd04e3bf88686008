"""Where the change since the year before comes from, and how demanding a target was."""
