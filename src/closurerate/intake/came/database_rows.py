"""Connections that can only read, and the rows of a SELECT as batches of text."""

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import unquote

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr import datatypes as dt

from closurerate.intake.came.cells import BATCH_BYTES, raw_batch, text_column
from closurerate.intake.came.unpacking import MOST_CELL_BYTES, MOST_RATIO, RATIO_FROM

BATCH_ROWS = 50_000
CONNECT_SECONDS = 15
MOST_CELLS_AT_ONCE = 64
"""Cells are counted only once they are there."""
MOST_SECONDS = 600
"""How long the next rows of a SELECT may take; of PostgreSQL, the next batch."""
MOST_SQLITE_BYTES = 512 << 20
"""What SQLite may take in this process: a row of 1,500 cells that a view computes is 1.5 GB."""
MOST_ROWS = 200_000_000
"""Of PostgreSQL, which does not tell the size of a view: ten times what two national years have."""
Columns = tuple[tuple[str, str], ...]
"""Names of a result's columns, and PostgreSQL's names of their types ("" for SQLite)."""

_INTEGERS = ("int2", "int4", "int8")
_NEEDLESS = {
    "numeric": r"\.0+$",
    "timestamp": r" 00:00:00$",
    "timestamptz": r" 00:00:00[+-][\d:]+$",
}
"""What says nothing at the end of a type's text."""

_SESSION = (
    "SET default_transaction_read_only = on",
    "SET DateStyle = 'ISO, YMD'",
    "SET TimeZone = 'Asia/Taipei'",
    # A shorter time that the server sets for its readers stays.
    "SELECT set_config('statement_timeout', '{milliseconds}', false) "
    "WHERE current_setting('statement_timeout') = '0'",
)


class DatabaseFault(Exception):
    """What the driver said."""


def database_connection(url: str) -> AbstractContextManager[Any]:
    """Give Ibis's backend for a SQLite or PostgreSQL URL, which can only read, and close it.

    Whatever the driver raises, on connecting or later, is a `DatabaseFault`.
    """
    return _sqlite(url) if url.startswith("sqlite:") else _postgres(url)


def sqlite_file(url: str, folder: Path = Path()) -> Path | None:
    """Return the file that a SQLite URL names, seen from a folder; None where it names none."""
    if not url.startswith("sqlite:"):
        return None
    place = unquote(url.removeprefix("sqlite://").partition("?")[0])
    return next(filter(Path.is_file, (folder / place.removeprefix("/"), folder / place)), None)


# Of PostgreSQL tables, partitioned and foreign ones, views and materialised views.
_RELATIONS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')",
    "postgres": "SELECT relname FROM pg_catalog.pg_class WHERE relkind IN ('r','p','f','v','m') "
    "AND relnamespace = coalesce(to_regnamespace({schema}), current_schema()::regnamespace)",
}
_IS_THERE = {
    "sqlite": "SELECT count(*) FROM pragma_table_info({name})",
    "postgres": "SELECT count(to_regclass({quoted}))",
}


def is_there(backend: Any, table: str, quoted: str) -> bool:
    """Tell whether a table (`quoted` as in a SELECT), or what else rows are read of, is there."""
    query = _IS_THERE[backend.name].format(name=_literal(table), quoted=_literal(quoted))
    with closing(backend.raw_sql(query)) as cursor:
        return bool(cursor.fetchone()[0])


def relations(backend: Any, schema: str) -> list[str]:
    """Return the names of what rows can be read of in a schema, that of the connection if ""."""
    query = _RELATIONS[backend.name].format(schema=_literal(schema) if schema else "NULL")
    with closing(backend.raw_sql(query)) as cursor:
        return sorted(name for (name,) in cursor.fetchall())


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))


def columns_of(backend: Any, select: str) -> Columns:
    """Return the columns of a SELECT without reading a row and without creating a view."""
    with closing(backend.raw_sql(f"SELECT * FROM ({select}\n) AS cases LIMIT 0")) as cursor:
        if backend.name == "sqlite":
            return tuple((column[0], "") for column in cursor.description)
        return tuple(
            (column.name, column.type_display.partition("(")[0]) for column in cursor.description
        )


def row_batches(
    backend: Any, select: str, columns: Columns, wanted: dict[int, str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a SELECT; each column is `int64` or text, the same in every batch."""
    rows = _stored_rows if backend.name == "sqlite" else _cast_rows
    return rows(backend, select, columns, wanted)


@contextmanager
def _sqlite(url: str) -> Iterator[Any]:
    path = sqlite_file(url)
    if path is None:
        raise DatabaseFault("there is no such file")
    path = path.resolve()
    options, before = _sqlite_options(path), _state(path)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?{options}", uri=True)) as link:
            link.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_CELL_BYTES)
            link.execute(f"PRAGMA hard_heap_limit = {MOST_SQLITE_BYTES}")
            _wait_for_rows(link)
            yield ibis.sqlite.from_connection(link)
    except sqlite3.Error as error:
        if str(error) == _INTERRUPTED:
            raise DatabaseFault(_late(_INTERRUPTED)) from error
        if (journal := _beside(path, "-journal")).is_file():
            raise DatabaseFault(f"{error}: {journal.name} {_UNFINISHED}") from error
        raise DatabaseFault(str(error)) from error
    except MemoryError as error:
        raise DatabaseFault(
            f"its rows take over {MOST_SQLITE_BYTES >> 20} MB of memory, as very many cells that a "
            "view computes do: name a table"
        ) from error
    if options == _UNLOCKED and _state(path) != before:
        raise DatabaseFault("it was changed while it was read: take it in again")


_STEPS = 100_000
_INTERRUPTED = "interrupted"


def _wait_for_rows(link: sqlite3.Connection) -> None:
    """Let SQLite give up `MOST_SECONDS` from now."""
    end = monotonic() + MOST_SECONDS
    link.set_progress_handler(lambda: monotonic() > end, _STEPS)


def _late(said: str | None) -> str:
    return (
        f"{said}: {MOST_SECONDS} seconds are the most that is waited for the next rows, and a view "
        "without end gives none: name a table"
    )


_PAGES_BYTES = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_UNLOCKED = "immutable=1"
_UNFINISHED = (
    "beside it holds changes that are not in the database yet: open it once with the program that "
    "writes it, or wait until that has closed it, and take it in again"
)


def _sqlite_options(path: Path) -> str:
    """Return how SQLite reads a database to its last change without creating a file beside it.

    Where changes go to a log (WAL), SQLite makes the log and an index of it on opening, also to
    read. Where there is no log, nothing is lost without them; where both are, they are read.
    """
    with path.open("rb") as file:
        is_logged = file.read(20)[18:] == b"\x02\x02"
    log = _beside(path, "-wal")
    if not is_logged:
        return "mode=ro"
    if not log.is_file() or not log.stat().st_size:
        return _UNLOCKED
    if not _beside(path, "-shm").is_file():
        raise DatabaseFault(f"{log.name} {_UNFINISHED}")
    return "mode=ro&readonly_shm=1"


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _state(path: Path) -> tuple[int, int, int]:
    log = _beside(path, "-wal")
    return path.stat().st_size, path.stat().st_mtime_ns, log.stat().st_size if log.exists() else 0


@contextmanager
def _postgres(url: str) -> Iterator[Any]:
    import psycopg  # an extra: whoever reads no PostgreSQL need not have it

    is_told = "connect_timeout=" in url
    patience: dict[str, Any] = {} if is_told else {"connect_timeout": CONNECT_SECONDS}
    try:
        with psycopg.connect(url, autocommit=True, **patience) as link:
            backend = ibis.postgres.from_connection(link)
            for command in _SESSION:
                backend.raw_sql(command.format(milliseconds=round(MOST_SECONDS * 1000))).close()
            yield backend
    except psycopg.errors.QueryCanceled as error:
        raise DatabaseFault(_late(error.diag.message_primary)) from error
    except psycopg.Error as error:
        raise DatabaseFault(error.diag.message_primary or str(error)) from error
    except UnicodeDecodeError as error:
        raise DatabaseFault(f"a text is not in the encoding of the database: {error}") from error


def _stored_rows(
    backend: Any, select: str, columns: Columns, wanted: dict[int, str]
) -> Iterator[pa.RecordBatch]:
    # Not Ibis's own reading, which puts all rows into one frame and takes each column for what
    # it was declared as; SQLite holds any value in any column.
    backend.con.text_factory = bytes  # a text need not be UTF-8
    with closing(backend.raw_sql(_PAGES_BYTES)) as cursor:
        most, read = max(RATIO_FROM, MOST_RATIO * int(cursor.fetchone()[0])), 0
    with closing(backend.raw_sql(select)) as cursor:
        for rows, size in _gathered(_stored(backend.con, cursor)):
            read += size
            if read > most:
                raise DatabaseFault(
                    f"its rows are over {MOST_RATIO} times its size, as those of a view without "
                    "end are: name a table"
                )
            texts = (text_column([row[position] for row in rows]) for position in wanted)
            yield raw_batch(wanted.values(), texts)


def _stored(link: sqlite3.Connection, cursor: Any) -> Iterator[list[Any]]:
    count = _rows_at_once(len(cursor.description))
    rows: list[Any] = [()]
    while rows:
        _wait_for_rows(link)
        rows = cursor.fetchmany(count)
        yield rows


def _rows_at_once(columns: int) -> int:
    return max(1, MOST_CELLS_AT_ONCE // columns)


def _gathered(parts: Iterable[list[Any]]) -> Iterator[tuple[list[Any], int]]:
    """Yield rows, all but a few of at most `BATCH_BYTES`, and how many bytes they are."""
    rows: list[Any] = []
    size = 0
    for more in parts:
        rows += more
        size += len(marshal.dumps(more))  # a tenth of the time of asking each cell
        if len(rows) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield rows, size
            rows, size = [], 0
    if rows:
        yield rows, size


def _cast_rows(
    backend: Any, select: str, columns: Columns, wanted: dict[int, str]
) -> Iterator[pa.RecordBatch]:
    # Cast by the server: Python has no date such as `infinity`, nor a year of five digits.
    kinds = {name: dt.int64 if kind in _INTEGERS else dt.unknown for name, kind in columns}
    table = backend.sql(select, schema=kinds)
    chosen = {wanted[position]: columns[position] for position in wanted}
    expression = table.select(
        **{
            new: table[name]
            if kind in _INTEGERS
            else table[name].cast("string").left(MOST_CELL_BYTES + 1)
            for new, (name, kind) in chosen.items()
        }
    )
    types = [pa.int64() if kind in _INTEGERS else pa.string() for _, kind in chosen.values()]
    read = 0
    for rows, _ in _gathered(_fetched(backend.con, backend.compile(expression), len(types))):
        read += len(rows)
        if read > MOST_ROWS:
            raise DatabaseFault(
                f"it has over {MOST_ROWS:,} rows, as a view without end has: name a table"
            )
        arrays = (
            _plain(pa.array(values, type), kind)
            for values, type, (_, kind) in zip(
                zip(*rows, strict=True), types, chosen.values(), strict=True
            )
        )
        yield raw_batch(chosen, arrays)


def _fetched(link: Any, select: str, columns: int) -> Iterator[list[Any]]:
    # Not Ibis's own batches, which are fetched whole, however large their cells are.
    from psycopg import capabilities  # an extra, as above

    count = _rows_at_once(columns) if capabilities.has_stream_chunked() else 1
    with link.transaction(), link.cursor() as cursor:
        cursor.execute(f"DECLARE cases NO SCROLL CURSOR FOR {select}")
        is_over = False
        while not is_over:
            is_over = True
            rows = cursor.stream(f"FETCH {BATCH_ROWS} FROM cases", size=count)
            while more := list(islice(rows, count)):
                is_over = False
                yield more


def _plain(texts: pa.Array, kind: str) -> pa.Array:
    if pa.types.is_string(texts.type) and texts.nbytes > MOST_CELL_BYTES:
        longest = pc.max(pc.utf8_length(texts)).as_py() or 0
        if longest > MOST_CELL_BYTES:
            raise DatabaseFault(f"a cell has over {MOST_CELL_BYTES:,} characters")
    if kind not in _NEEDLESS:
        return texts
    return pc.replace_substring_regex(texts, _NEEDLESS[kind], "")
