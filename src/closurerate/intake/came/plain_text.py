"""Rows of delimited text: Arrow reads what is plain, `careful_text` what has stray quotes."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyarrow import csv

from closurerate.intake.came.careful_text import Row, Width, is_blank_line, split_rows
from closurerate.intake.came.cells import raw_batch
from closurerate.intake.came.folding import is_blank
from closurerate.intake.came.raw_table import MALFORMED

_PIECE_BYTES = 1 << 15

# Nearly every case has its own: a dictionary would be as long as the column.
_UNSHARED = ("case_id", "obligor_id", "prior_case_id")


@dataclass(frozen=True)
class Layout:
    """How a row is read: the delimiter, its width, and the wanted positions with their names."""

    delimiter: bytes
    width: Width
    wanted: dict[int, str]

    def schema(self) -> pa.Schema:
        """Give the schema of the batches."""
        text = pa.string()
        shared = pa.dictionary(pa.int32(), text)
        fields = [(name, text if name in _UNSHARED else shared) for name in self.wanted.values()]
        return pa.schema([*fields, (MALFORMED, text)])


def read_plain_rows(blocks: Iterable[bytes], layout: Layout) -> Iterator[pa.RecordBatch]:
    """Read blocks of whole lines.

    A block that Arrow cannot be trusted with is cut into pieces, and only the pieces that it
    cannot be trusted with either are read with care; so what is odd costs only where it stands.
    """
    rest = b""
    for block, plain in _read_ahead(blocks, layout):
        batch = None if rest else plain.result()
        if batch is not None:
            yield batch
            continue
        batches = []
        for piece in _pieces(block):
            if not rest and not piece.strip(b"\r\n"):
                continue  # a million blank lines
            batch = None if rest else _arrow_batch(piece, layout)
            if batch is None:
                rows, rest = split_rows(rest + piece, layout.delimiter, layout.width, is_last=False)
                batch = _careful_batch(rows, layout)
            batches.append(batch)
        if batches:
            yield pa.concat_batches(batches)
    if rest:
        yield _careful_batch(split_rows(rest, layout.delimiter, layout.width)[0], layout)


def _read_ahead(
    blocks: Iterable[bytes], layout: Layout
) -> Iterator[tuple[bytes, "Future[pa.RecordBatch | None]"]]:
    """Let Arrow read the next blocks while the caller works on one."""
    workers = min(4, os.cpu_count() or 1)
    ahead: deque[tuple[bytes, Future[pa.RecordBatch | None]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for block in blocks:
            ahead.append((block, pool.submit(_arrow_batch, block, layout)))
            if len(ahead) > workers:
                yield ahead.popleft()
        while ahead:
            yield ahead.popleft()


def _pieces(block: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(block):
        end = block.find(b"\n", start + _PIECE_BYTES) + 1 or len(block)
        yield block[start:end]
        start = end


def _arrow_batch(lines: bytes, layout: Layout) -> pa.RecordBatch | None:
    """Read lines each of which is one row; None where a line is not, or may not be.

    Arrow lets an open quote swallow the rows that follow and tells nobody, so its rows stand only
    if they are as many as the lines. A row of empty cells is added for a quote to swallow that is
    open at the end. What Arrow finds too long or too short is looked at again, alone.
    """
    if layout.width.full == 1:
        return None  # a blank line and an empty cell look the same
    line_count = lines.count(b"\n")
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
        return None
    guard = layout.delimiter * (layout.width.full - 1) + b"\n"
    invalid: dict[int, bytes] = {}

    def skip(row: csv.InvalidRow) -> str:
        invalid[row.number - 1] = row.text.encode()
        return "skip"

    try:
        table = _arrow_table(lines + guard, layout, skip)
    except pa.ArrowInvalid:
        return None
    if table.num_rows - 1 + len(invalid) != line_count:
        return None
    columns = [column.combine_chunks() for column in table.slice(0, table.num_rows - 1).columns]
    if _may_have_blank_row(columns):
        return None  # only a look at the whole line tells
    batch = raw_batch(layout.wanted.values(), columns)
    return _with_lines(batch, invalid, layout) if invalid else batch


def _may_have_blank_row(columns: list[pa.Array]) -> bool:
    """Tell whether a row is blank in all columns whose different texts are few enough to see."""
    is_empty = np.ones(len(columns[0]), bool)
    shared = [column for column in columns if pa.types.is_dictionary(column.type)]
    for column in sorted(shared, key=lambda column: len(column.dictionary)):
        if not is_empty.any():
            return False
        blanks = np.array([is_blank(text) for text in column.dictionary.to_pylist()], bool)
        is_empty &= blanks[column.indices.to_numpy()]
    return bool(is_empty.any())


def _arrow_table(lines: bytes, layout: Layout, skip: Callable[[csv.InvalidRow], str]) -> pa.Table:
    return csv.read_csv(
        pa.py_buffer(lines),
        read_options=csv.ReadOptions(
            use_threads=False,
            block_size=len(lines) + 1,
            column_names=[
                layout.wanted.get(place, f"#{place}") for place in range(layout.width.full)
            ],
        ),
        parse_options=csv.ParseOptions(
            delimiter=layout.delimiter.decode(), newlines_in_values=True, invalid_row_handler=skip
        ),
        convert_options=csv.ConvertOptions(
            column_types=layout.schema(),
            include_columns=list(layout.wanted.values()),
            strings_can_be_null=False,
        ),
    )


def _with_lines(batch: pa.RecordBatch, lines: dict[int, bytes], layout: Layout) -> pa.RecordBatch:
    """Put lines, read one by one, at their places among the rows of a batch."""
    rows = [split_rows(line, layout.delimiter, layout.width)[0][0] for line in lines.values()]
    is_row = np.array([not is_blank_line(row) for row in rows])
    places = (np.array(list(lines)) - np.arange(len(lines)))[is_row]
    careful = _careful_batch(rows, layout)
    order = np.insert(np.arange(len(batch)), places, len(batch) + np.arange(len(careful)))
    return pa.concat_batches([batch, careful]).take(pa.array(order))


def _careful_batch(rows: list[Row], layout: Layout) -> pa.RecordBatch:
    rows = [row for row in rows if not is_blank_line(row)]
    columns: list[list[bytes | None]] = [
        [row.cells[place] if row.cells else None for row in rows] for place in layout.wanted
    ]
    malformed = [None if row.cells else row.line.rstrip(b"\r\n") for row in rows]
    return pa.record_batch([*columns, malformed], schema=layout.schema())
