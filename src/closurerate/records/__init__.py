"""What people write and the project keeps: YAML and JSON, where they lie, and their digests."""
