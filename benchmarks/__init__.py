"""How long the report and the count take, and how much memory: see docs/benchmarks.md."""
