"""How a typed cell of a spreadsheet, a Parquet file or a database is written as text."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from closurerate.intake.came.raw_table import MALFORMED

BATCH_BYTES = 1 << 25
"""What the rows that are held at a time may take, but for a few."""

EXACT_BELOW = 10.0**15
"""Spreadsheets keep no more than fifteen digits of a number."""


def cell_text(value: Any) -> str | None:
    """Return the text of a cell, from which nothing of its value is lost.

    Dates are ISO; a time of day is kept unless it is midnight. A whole number has no decimals,
    any other as many as it takes to give the same number again. A float of more digits than a
    float can tell apart has an exponent, which no reader takes for an identifier or an amount.
    Bytes are read as UTF-8, with U+FFFD where they are not.
    """
    return None if value is None else _WRITTEN.get(type(value), str)(value)


def float_text(value: float, exact_below: float = EXACT_BELOW) -> str:
    """Return the text of a float; of a whole one that may stand for its neighbours too, `1e+15`."""
    if not value.is_integer():
        return repr(value)
    if abs(value) < exact_below:
        return str(int(value))
    return np.format_float_scientific(value, trim="-")


def text_column(values: Iterable[Any]) -> pa.Array:
    """Return the texts of one column's cells."""
    cells = list(values)
    kinds = set(map(type, cells)) - {type(None)}
    if kinds == {bytes}:
        return text_of_bytes(pa.array(cells, pa.binary()))
    if not kinds <= {str}:
        cells = [cell_text(cell) for cell in cells]
    return pa.array(cells, pa.string())


def text_of_bytes(content: pa.Array) -> pa.Array:
    """Return bytes as the texts that they are in UTF-8, with U+FFFD where they are not."""
    try:
        return content.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array(map(cell_text, content.to_pylist()), pa.string())


def raw_batch(names: Iterable[str], columns: Iterable[pa.Array]) -> pa.RecordBatch:
    """Return a batch as `RawTable.read` yields it, none of whose rows is malformed."""
    arrays = list(columns)
    nothing = pa.nulls(len(arrays[0]), pa.string())
    return pa.record_batch([*arrays, nothing], names=[*names, MALFORMED])


def in_pieces(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a batch in batches of at most `BATCH_BYTES`, or of one row."""
    if batch.nbytes <= BATCH_BYTES or len(batch) < 2:
        yield batch
        return
    half = len(batch) // 2
    for rows in (range(half), range(half, len(batch))):
        # Copied, as a slice would carry the whole batch into another process.
        yield from in_pieces(batch.take(pa.array(rows)))


def _written_decimal(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    whole = value.to_integral_value()
    return format(whole if value == whole else value, "f")


def _written_datetime(value: datetime) -> str:
    if value.time() == time() and value.tzinfo is None:
        return value.date().isoformat()
    return value.isoformat(sep=" ")


# Of any other type Python's own text will do: of a day and a time of day it is ISO.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: str(value).upper(),
    float: float_text,
    Decimal: _written_decimal,
    datetime: _written_datetime,
    bytes: lambda value: value.decode("utf-8", errors="replace"),
}
