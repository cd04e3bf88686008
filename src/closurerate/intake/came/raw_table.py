"""One table of an extract as it came: its heading rows, and its rows as batches of text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from closurerate.errors import InputError

MALFORMED = "malformed"
"""Further column of a batch: the whole row as it came where it has no cells to read; else null."""

HEAD_ROWS = 20
"""How many rows from the top may be passed before the header is found."""

MOST_COLUMNS = 16_384
"""Of a table, whatever its form: as many as a workbook's sheet may have."""

RESTART = b"restart"
"""Metadata key of an empty batch that takes back all batches of its table before it."""

LOST = "\ufffd"
"""What stands in a text for a byte that does not decode."""


@dataclass
class Notes:
    """What came to light while a table was read.

    Attributes:
        encoding: Python's name of it, such as `utf-8` or `cp950`; None where there is none.
        is_encoding_given: Whether the user named it; else it was detected.
        private_use: Characters of private use (agency's own) that were kept, in the whole table.
        undecodable: Physical line (from 1) and the bytes in hexadecimal, of the first hundred.
    """

    encoding: str | None = None
    is_encoding_given: bool = False
    delimiter: str | None = None
    private_use: int = 0
    undecodable_count: int = 0
    undecodable: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class RawTable:
    """A text file, a member of an archive, a sheet, a Parquet file or the rows of a query.

    Attributes:
        name: Name of its file, without folder; of a database, its URL without user and password.
        sheet: Sheet or archive member (or table of a database); None where a file is one table.
        head: The first rows, at most `HEAD_ROWS`, one of which holds the column names; just the
            names where the form keeps them apart (Parquet, database). Cells are stripped of blanks.
        read: `read(header_row, wanted, notes, tell_bytes)` yields the rows after
            `head[header_row]`. `wanted` maps positions in that row to the names that the columns
            take in the batches. Each batch has these columns, in the order of `wanted`: text (plain
            or dictionary-encoded; an empty cell is null or ""), or `date32` or `int64` where the
            form has types; and the column `MALFORMED`. Rows that are wholly blank are passed over.
            An empty batch with the metadata key `RESTART` takes back what came before it. `notes`
            is filled on the way; `tell_bytes(n)` is called as n more bytes of the file are read.
        reading: Of a text, how it is read: its encoding and what stands between its cells, in
            words.
        has_order: Whether its rows come in the same order each time (a database's do not).
    """

    name: str
    sheet: str | None
    head: tuple[tuple[str, ...], ...]
    read: Callable[[int, "dict[int, str]", Notes, Callable[[int], None]], Iterator[pa.RecordBatch]]
    size_bytes: int = 0
    reading: str = ""
    has_order: bool = True

    @property
    def where(self) -> str:
        """The file, and its sheet where there is one, as messages call it."""
        return f"{self.name} ({self.sheet})" if self.sheet else self.name

    def __post_init__(self) -> None:
        """Raise where the table has more columns than `MOST_COLUMNS`."""
        if any(len(row) > MOST_COLUMNS for row in self.head):
            raise InputError(
                f"{self.where} has over {MOST_COLUMNS:,} columns, which no extract has; leave out "
                "those that hold nothing of a case."
            )
