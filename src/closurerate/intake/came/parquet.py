"""Parquet: any column type becomes text, a day or a whole number."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from closurerate.cases.footer import open_parquet
from closurerate.errors import InputError, reason_of
from closurerate.intake.came.apart import apart
from closurerate.intake.came.cells import (
    EXACT_BELOW,
    float_text,
    in_pieces,
    raw_batch,
    text_column,
    text_of_bytes,
)
from closurerate.intake.came.raw_table import Notes, RawTable
from closurerate.intake.came.unpacking import MOST_CELL_BYTES, check_ratio

BATCH_ROWS = 100_000
SLIGHT_ROW_BYTES = 1 << 21
"""Of a file that needs no process of its own: its bytes times its rows."""
INT64_DIGITS = 18
"""Every whole number of so many digits fits 64 bits."""

PLAIN_DECIMALS = 6
"""With more decimals Arrow writes what is small, and 0, with an exponent."""

_TEXTS = {
    *(pa.string(), pa.large_string(), pa.string_view()),
    *(pa.binary(), pa.large_binary(), pa.binary_view()),
}
_EXACT_BELOW = {pa.float16(): 10.0**3, pa.float32(): 10.0**7, pa.float64(): EXACT_BELOW}
"""From where on whole numbers are no longer told apart, as a power of ten."""

_AHEAD = timedelta(hours=8)
"""What the agency's clocks are ahead of UTC."""

_MIDNIGHT = r"( 00:00:00(\.0+)?|\.0+)$"


def read_parquet(path: Path) -> list[RawTable]:
    """Open a Parquet file as the one table that it is.

    A column keeps one type in all batches, which goes by its type in the file: whole numbers of
    up to 64 bits are `int64`, days `date32`, everything else text. A point in time with a zone
    is written as the clock stood in Taipei; at midnight only its day is written. InputError where
    the file cannot be read, here or while its batches are.
    """
    with _opened(path) as file:
        names = tuple(name.strip() for name in file.schema_arrow.names)
        rows, is_slight = file.metadata.num_rows, _is_slight(file.metadata, path.stat().st_size)
    if not names:
        raise InputError(f"{path}: this Parquet file has no column; name one that holds cases.")
    read = partial(_read, path, rows, is_slight)
    return [RawTable(path.name, None, (names,), read, path.stat().st_size)]


def _is_slight(metadata: pq.FileMetaData, size_bytes: int) -> bool:
    """Tell whether a file cannot unpack to much, were all of it one cell that each row repeats.

    The sizes in its footer prove nothing; that Snappy packs to no less than a twentieth does.
    """
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    chunks = [group.column(place) for group in groups for place in range(group.num_columns)]
    if not {chunk.compression for chunk in chunks} <= {"UNCOMPRESSED", "SNAPPY"}:
        return False
    rows: int = sum(group.num_rows for group in groups)
    return size_bytes * rows <= SLIGHT_ROW_BYTES


def raw_column(column: pa.Array) -> pa.Array:
    """Return a column as `int64`, `date32` or text; Arrow fails at several values a cell.

    Raises:
        pyarrow.ArrowNotImplementedError: If it holds lists, structs or maps.
    """
    column = _unwrapped(column)
    kind = column.type
    is_small = pa.types.is_decimal(kind) and kind.scale == 0 and kind.precision <= INT64_DIGITS
    if is_small or (pa.types.is_integer(kind) and kind != pa.uint64()):
        return column.cast(pa.int64())
    if pa.types.is_date(kind):
        return column.cast(pa.date32())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if kind in _TEXTS or pa.types.is_fixed_size_binary(kind):
        # Parquet's reader does not check that a text is UTF-8; some writers store texts as bytes.
        return text_of_bytes(column.cast(pa.binary()))
    if pa.types.is_nested(kind):
        raise pa.ArrowNotImplementedError("several values in a cell")
    return _text_of_distinct(column)


def _unwrapped(column: pa.Array) -> pa.Array:
    """Return a column whose type Arrow can compute with."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _unwrapped(column.dictionary_decode())
    if isinstance(kind, pa.UuidType):
        return text_column(column.to_pylist())
    if isinstance(kind, pa.BaseExtensionType):
        return _unwrapped(column.storage)
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    return column


def _opened(path: Path) -> pq.ParquetFile:
    try:
        # In nanoseconds, which is what old files count in, years end at 2262 and begin anew.
        return open_parquet(path, coerce_int96_timestamp_unit="us")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _damaged(path, error) from None


def _read(
    path: Path,
    rows: int,
    is_slight: bool,
    header_row: int,
    wanted: dict[int, str],
    notes: Notes,
    tell_bytes: Callable[[int], None],
) -> Iterator[pa.RecordBatch]:
    size, told, seen = path.stat().st_size, 0, 0
    asked = path, wanted, BATCH_ROWS
    for batch in _batches(*asked) if is_slight else apart(path, _batches, *asked):
        yield batch
        seen += len(batch)
        tell_bytes(size * seen // max(rows, seen) - told)
        told = size * seen // max(rows, seen)


def _batches(path: Path, wanted: dict[int, str], batch_rows: int) -> Iterator[pa.RecordBatch]:
    with _opened(path) as file:
        columns = [file.schema_arrow.names[position] for position in wanted]
        for name in columns:  # a type that cannot be read is told before anything is unpacked
            _column(pa.array([], file.schema_arrow.field(name).type), name, path)
        batches = file.iter_batches(batch_size=batch_rows, columns=columns)
        size, unpacked, seen = path.stat().st_size, 0, 0
        while (batch := _next(batches, path)) is not None:
            arrays = [_column(batch.column(name), name, path) for name in columns]
            raw = raw_batch(wanted.values(), arrays)
            seen += len(raw)
            unpacked += raw.nbytes
            check_ratio(str(path), size, unpacked)
            yield from in_pieces(raw)
        if seen != file.metadata.num_rows:
            told = f"{seen:,} rows, of {file.metadata.num_rows:,} that its footer tells of"
            raise _damaged(path, told)


def _column(column: pa.Array, name: str, path: Path) -> pa.Array:
    try:
        raw = raw_column(column)
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise InputError(
            f"{path}: the column {name} is of the type {column.type}, which cannot be read "
            f"({reason_of(error)}); have it written as text, a whole number or a date."
        ) from None
    longest = pc.max(pc.binary_length(raw)).as_py() if pa.types.is_string(raw.type) else 0
    if (longest or 0) > MOST_CELL_BYTES:
        raise InputError(
            f"{path}: the column {name} has a cell of over {MOST_CELL_BYTES >> 20} MB, which is no "
            "value of a case; have it written without."
        )
    return raw


def _next(batches: Iterator[pa.RecordBatch], path: Path) -> pa.RecordBatch | None:
    try:
        return next(batches, None)
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception | str) -> InputError:
    return InputError(
        f"{path}: cannot be read as Parquet ({reason_of(error)}); have it written or copied again."
    )


def _text_of_distinct(column: pa.Array) -> pa.DictionaryArray:
    encoded = column.dictionary_encode()
    distinct = encoded.dictionary
    if pa.types.is_timestamp(column.type):
        texts = _text_of_moments(distinct)
    elif pa.types.is_floating(column.type):
        texts = _text_of_floats(distinct)
    elif pa.types.is_decimal(column.type) and 0 < column.type.scale <= PLAIN_DECIMALS:
        texts = pc.replace_substring_regex(distinct.cast(pa.string()), r"\.0+$", "")
    else:
        texts = text_column(distinct.to_pylist())
    return pa.DictionaryArray.from_arrays(encoded.indices, texts)


def _text_of_moments(moments: pa.Array) -> pa.Array:
    # Not by way of Python, whose years end at 9999.
    unit = moments.type.unit
    if moments.type.tz is not None:
        clock = moments.view(pa.int64()).view(pa.timestamp(unit))
        moments = pc.add_checked(clock, pa.scalar(_AHEAD, pa.duration(unit)))
    return pc.replace_substring_regex(moments.cast(pa.string()), _MIDNIGHT, "")


def _text_of_floats(numbers: pa.Array) -> pa.Array:
    # Amounts often come as floats, from pandas wherever one of them is missing: whole numbers
    # are written by Arrow, 20 times as fast.
    limit = _EXACT_BELOW[numbers.type]
    numbers = numbers.cast(pa.float64())
    is_whole = pc.equal(pc.floor(numbers), numbers)
    is_plain = pc.and_(is_whole, pc.less(pc.abs(numbers), limit))
    plain = pc.if_else(is_plain, numbers, None).cast(pa.int64()).cast(pa.string())
    others = pc.if_else(is_plain, None, numbers).to_pylist()
    texts = [None if number is None else float_text(number, limit) for number in others]
    return pc.coalesce(plain, pa.array(texts, pa.string()))
