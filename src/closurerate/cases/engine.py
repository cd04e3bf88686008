"""One way to open a case file for an engine: bounded memory, spill beside nothing of the user's."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.formats.pyarrow import PyArrowType

from closurerate.cases.footer import open_parquet
from closurerate.cases.vocabulary import COLUMNS, is_text
from closurerate.errors import InputError, machine_said
from closurerate.records.sealing import SEAL, UNSEALED, check_seal, seal

ROW_NUMBER = "file_row_number"
"""DuckDB's name for the number of a row in its file."""

MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold before it spills; the checks need about half of it at national scale."""


BRING_AGAIN = "remove it and make it again, or bring it again from where it was made"

_GLOB = re.compile(r"([*?\[])")


def _table(connection: ibis.BaseBackend, path: Path) -> ir.Table:
    """Return exactly this file's rows: its path is no pattern, and its folders name no column."""
    schema = pq.read_schema(path)
    has_own = ROW_NUMBER in schema.names
    table = connection.read_parquet(
        _GLOB.sub(r"[\1]", str(path)), file_row_number=not has_own, hive_partitioning=False
    )
    # A column without any value may come without a type, as pandas writes it.
    untyped = {field.name for field in schema if pa.types.is_null(field.type)}
    typed = {
        column.name: ibis.null(PyArrowType.to_ibis(column.arrow_type))
        for column in COLUMNS
        if column.name in untyped
    }
    table = table.mutate(**typed) if typed else table
    return table.drop(ROW_NUMBER) if has_own else table


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def hashed(value) -> dt.uint64:  # type: ignore[no-untyped-def]
    """Return DuckDB's 64-bit hash of a value of any type."""


@contextmanager
def opened(path: Path, again: str = BRING_AGAIN) -> Iterator[ir.Table]:
    """Open a Parquet file as a table that is queried in place; InputError where it is damaged.

    Yields:
        ibis.expr.types.Table: The file's columns and `file_row_number`, which starts at 0; not
            where the file has a column of that name, which is passed over.
    """
    check_bytes(path, again)
    with TemporaryDirectory(prefix="closurerate-") as spill, connected(Path(spill)) as connection:
        try:
            yield _table(connection, path)
        except _OWN_FAULTS:
            raise
        except (duckdb.Error, pa.ArrowException, OverflowError) as error:
            if machine_said(error):
                raise
            reason = str(error).partition("\n")[0]
            raise InputError(
                f"{path}: the file is damaged and cannot be read to its end ({reason}); {again}."
            ) from error


def beside(cases: ir.Table, path: Path, again: str = BRING_AGAIN) -> ir.Table:
    """Return another file's rows on the connection of one that is opened, to be joined with it."""
    check_bytes(path, again)
    return _table(cases.get_backend(), path)


def computed(rows: ir.Table) -> ir.Table:
    """Compute a few rows once, for several queries; they last as long as the connection."""
    connection: ibis.BaseBackend = rows.get_backend()
    return connection.create_table(ibis.util.gen_name("computed"), rows, temp=True)


_OWN_FAULTS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
"""What is wrong with a query, whatever the file holds."""


def check_bytes(path: Path, again: str = BRING_AGAIN) -> None:
    """Hold a Parquet file against the digest in it, or else against its pages' own checksums.

    One from elsewhere has no digest, and need not have any checksums. InputError, ending in what
    is to be done `again`, if the bytes are not those that were written.
    """
    if not check_seal(path, again, is_needed=False) and _has_checksums(path):
        # A cell may be long and repeated in very many rows: texts stay in their dictionary.
        texts = [column.name for column in COLUMNS if is_text(column.arrow_type)]
        with open_parquet(path, page_checksum_verification=True, read_dictionary=texts) as file:
            names = {column.name for column in COLUMNS}.intersection(file.schema_arrow.names)
            try:
                for name in names:
                    for _ in file.iter_batches(columns=[name]):
                        pass
            except (pa.ArrowException, OSError) as error:
                raise InputError(f"{path}: the file is damaged ({error}); {again}.") from error


def _has_checksums(path: Path) -> bool:
    """Tell whether the first page's header goes on with a checksum after its three numbers."""
    with path.open("rb") as file:
        header = file.read(64)[4:]
    number = rb"\x15[\x80-\xff]*[\x00-\x7f]"  # Thrift: the next field, a 32-bit number
    return re.match(b"(?:%b){4}" % number, header) is not None


_OFF_AS_WRITTEN = "join_order,build_side_probe_side,filter_pushdown"
"""So that a query runs as it is written: a filter that is pushed below a projection evaluates the
projection's conditions anew wherever it names them."""


@contextmanager
def connected(spill: Path, *, is_ordered: bool = False) -> Iterator[ibis.BaseBackend]:
    """Open an engine of its own, with bounded memory; `spill` is for what does not fit into it.

    Args:
        is_ordered: Whether queries run as they are written, and ordered rows are written in their
            order. (No order lasts through a join.)
    """
    connection = ibis.duckdb.connect(
        memory_limit=MEMORY_LIMIT, temp_directory=str(spill), preserve_insertion_order=is_ordered
    )
    try:
        # Ibis turns DuckDB's own bar on, and it would go to standard output.
        connection.raw_sql("SET enable_progress_bar = false")
        if is_ordered:
            connection.raw_sql(f"SET disabled_optimizers = '{_OFF_AS_WRITTEN}'")
        yield connection
    finally:
        connection.disconnect()


def write_parquet(connection: ibis.BaseBackend, rows: ir.Table, path: Path) -> None:
    """Write rows to a Parquet file with its digest; two at one place of the order say the same."""
    query = connection.compile(rows)
    metadata = f"KV_METADATA {{{SEAL}: {_quoted(UNSEALED)}}}"
    connection.raw_sql(f"COPY ({query}) TO {_quoted(str(path))} (FORMAT parquet, {metadata})")
    seal(path)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
