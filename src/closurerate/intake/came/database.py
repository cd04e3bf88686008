"""A table or a query of a database, read through Ibis and never written to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from sqlglot.errors import SqlglotError

from closurerate.errors import InputError, reason_of
from closurerate.intake.came.database_rows import (
    DatabaseFault,
    columns_of,
    database_connection,
    is_there,
    relations,
    row_batches,
)
from closurerate.intake.came.raw_table import RawTable

_POSTGRES = re.compile(
    r"(?P<scheme>postgres(?:ql)?)://(?:[^/?#@]*@)?(?P<place>[\w.,:\[\]%-]*(?:/[^/?#@]*)?)(?:\?[^#@]*)?"
)
_SQLITE = re.compile(r"(?P<scheme>sqlite)://(?P<place>[^?]+)")
_SECRET = re.compile(r"(?i)(?<=:)[^:@/]+(?=@)|(?<=password=)[^&\s]+")


def open_database(url: str, *, table: str | None = None, query: str | None = None) -> RawTable:
    """Open a table, or the rows of a query, of a SQLite or PostgreSQL database.

    Nothing is created there, not even for a moment, so that a role that may only read will do,
    and each connection is closed as soon as its rows are read. Whole numbers of PostgreSQL are
    `int64`, everything else text; a point in time is written as the clock stood in Taipei, and
    without its time where that is midnight. A cell of SQLite is what is stored in it, whatever
    its column was declared as.

    Args:
        url: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, in which whatever
            has a meaning in a URL is percent-encoded.
        table: A table or view, or `SCHEMA.TABLE`, spelled as it is in the database.
        query: One SELECT; exactly one of the two is given.

    Raises:
        InputError: If the URL is of another form, the driver is missing, the database cannot be
            reached, the table does not exist or the query fails; never with the password in it.
    """
    name = _name(url)
    if (table is None) == (query is None):
        raise InputError(f"{name}: name either a table or a query to read, and not both.")
    select = f"SELECT * FROM {_quoted(table)}" if table else str(query).strip().rstrip(";")
    with _faults_told(url), database_connection(url) as backend:
        if table:
            _check_known(backend, table, name)
        columns = columns_of(backend, select)

    def read(_: int, wanted: dict[int, str], *__: object) -> Iterator[pa.RecordBatch]:
        with _faults_told(url), database_connection(url) as backend:
            yield from row_batches(backend, select, columns, wanted)

    return RawTable(
        name,
        table or "query",
        (tuple(column.strip() for column, _ in columns),),
        read,
        has_order=_SQLITE.match(url) is not None,  # it reads a table from its first row on
    )


def _name(url: str) -> str:
    """Return the URL without user, password and query part."""
    match = _SQLITE.match(url) or _POSTGRES.fullmatch(url)
    if match is None:
        raise InputError(
            "a database is named by sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE,"
            " with each of / ? # @ : % in a user or password percent-encoded."
        )
    return f"{match['scheme']}://{match['place']}"


def _quoted(table: str) -> str:
    return ".".join('"{}"'.format(part.replace('"', '""')) for part in table.split(".", 1))


def _check_known(backend: Any, table: str, name: str) -> None:
    if is_there(backend, table, _quoted(table)):
        return
    schema, _, plain = table.rpartition(".")
    if known := relations(backend, schema):
        near = get_close_matches(plain, known, cutoff=0.4) or known[:10]
        raise InputError(f"{name}: there is no table {table!r}; there are {', '.join(near)}.")


@contextmanager
def _faults_told(url: str) -> Iterator[None]:
    name = _name(url)
    try:
        yield
    except ImportError:
        raise InputError(
            f"{name}: the driver of PostgreSQL is missing; `pip install closurerate[postgres]` "
            "installs it, and so does `make environment`."
        ) from None
    except SqlglotError as error:
        raise InputError(
            f"{name}: Ibis does not understand the query ({_reason(error, url)}); make a view of "
            "it in the database and name that as the table."
        ) from None
    except DatabaseFault as error:
        raise InputError(f"{name}: cannot be read ({_reason(error, url)}).") from None


def _reason(error: Exception, url: str) -> str:
    """Return what the driver said on one line, without the password of the URL."""
    said = reason_of(error)
    for secret in _SECRET.findall(url):
        for form in (secret, unquote(secret)):
            said = said.replace(form, "***")
    return said
