"""What `import closurerate as cr` offers: a year opened in a line, tables as DataFrames, charts."""
