"""A run and what came of it, told so that somebody else can check it (docs/decisions/0045)."""
