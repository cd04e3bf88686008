"""One way to open a case file for an engine: bounded memory, spill beside nothing of the user's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import ibis.expr.types as ir

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills; the checks need about half of it at national scale."""


@contextmanager
def opened(path: Path) -> Iterator[ir.Table]:
    """Open a Parquet file as a table that is queried in place.

    Parameters
    ----------
    path : pathlib.Path
        The Parquet file.

    Yields
    ------
    ibis.expr.types.Table
        The file's columns and `file_row_number`, which starts at 0.
    """
    with TemporaryDirectory(prefix="closurerate-") as spill:
        connection = ibis.duckdb.connect(
            memory_limit=MEMORY_LIMIT, temp_directory=spill, preserve_insertion_order=False
        )
        try:
            # Ibis turns DuckDB's own bar on, and it would go to standard output.
            connection.raw_sql("SET enable_progress_bar = false")
            yield connection.read_parquet(str(path), file_row_number=True)
        finally:
            connection.disconnect()
