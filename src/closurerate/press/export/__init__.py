"""From a notebook to paper: run, exported to HTML and to PDF, written."""
