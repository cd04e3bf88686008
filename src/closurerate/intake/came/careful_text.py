"""Delimited text row by row, by the rules of RFC 4180, so that a stray quote loses no row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from closurerate.intake.came.folding import is_blank
from closurerate.intake.came.raw_table import MOST_COLUMNS

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A physical line with its end."""

QUOTED_LINES = 50
"""Over how many physical lines a quoted cell may go."""

QUOTED_BYTES = 1 << 16
"""Within how many bytes the row of a cell that goes over several lines must end."""

_TELLING_WIDTH = 4
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class Width:
    """How many cells a row has: up to the last one that the header names, and in all."""

    named: int
    full: int


class Row(NamedTuple):
    """One row: its cells, or None with the whole line where it has no cells to read."""

    cells: list[bytes] | None
    line: bytes
    line_count: int


def split_rows(
    text: bytes, delimiter: bytes, width: Width | None = None, *, is_last: bool = True
) -> tuple[list[Row], bytes]:
    """Split whole lines into rows, blank lines among them as rows without any cell.

    Of a line with more than `MOST_COLUMNS` cells the last that is given is all the rest, or the
    rest is not given. A quote inside an unquoted cell is literal. A quoted cell that is not closed
    on its line, and whose close further down does not make a row of the right number of cells, is
    a slip: its first line alone is malformed, and the next line is read as a row.

    Args:
        text: UTF-8, from the start of a row.
        width: A row with another number of cells is malformed; without it, any number will do.
            Empty cells beyond it are dropped.
        is_last: False where more lines follow: what is no whole row yet then comes back, second.
    """
    lines = LINE.findall(text)
    rows: list[Row] = []
    index = 0
    while index < len(lines):
        row = _line_row(lines[index], delimiter, width)
        if row is None:
            ahead = _ahead(lines, index)
            row = _row_of_lines(ahead, delimiter, width)
            is_cut = len(ahead) < QUOTED_LINES and index + len(ahead) == len(lines)
            if row is None and is_cut and not is_last:
                return rows, b"".join(lines[index:])
            row = row or Row(None, lines[index], 1)
        rows.append(row)
        index += row.line_count
    return rows, b""


def is_blank_line(row: Row) -> bool:
    """Tell whether a row is a line without any cell, or of blank cells only."""
    return row.cells == []


def _ahead(lines: Sequence[bytes], index: int) -> Sequence[bytes]:
    """Give the lines from an index on that one row may go over."""
    ahead = lines[index : index + QUOTED_LINES]
    lengths = accumulate(map(len, ahead))
    return ahead[: sum(length <= QUOTED_BYTES for length in lengths)]


def _line_row(line: bytes, delimiter: bytes, width: Width | None) -> Row | None:
    """Read one line as a row; None where a quote stays open."""
    if b'"' in line:
        return _row_of_lines([line], delimiter, width)
    cells = line.rstrip(b"\r\n").split(delimiter, MOST_COLUMNS)
    return Row(_filled(cells, width), line, 1)


def _row_of_lines(lines: Sequence[bytes], delimiter: bytes, width: Width | None) -> Row | None:
    """Read a row that goes over one or several of the lines; None where its quote is not closed."""
    text = b"".join(lines)
    cells, length = _cells(text, delimiter, width)
    if not length:
        return None
    fitted = _filled(cells, width)
    if fitted is None:
        return Row(None, lines[0], 1)
    return Row(fitted, text[:length], len(LINE.findall(text[:length])))


def _cells(text: bytes, delimiter: bytes, width: Width | None) -> tuple[list[bytes], int]:
    """Give the cells of the first row and its length; 0 where a quote is not closed."""
    pattern = _cell_pattern(delimiter)
    cells: list[bytes] = []
    position = 0
    while match := pattern.match(text, position):
        quoted, after, plain, end = match.groups()
        if quoted is None:
            cells.append(plain)
        else:
            inside = _LINE_END.split(quoted)
            # Text after the close of such a cell: not a close, but the next stray quote.
            if len(inside) > 1 and (after or _has_rows(inside, len(cells), delimiter, width)):
                return [], 0
            cells.append(quoted.replace(b'""', b'"') + after)
        position = match.end()
        if len(cells) > MOST_COLUMNS:
            return cells, len(text)
        if end != delimiter:
            return cells, position
    return [], 0


def _has_rows(inside: Sequence[bytes], place: int, delimiter: bytes, width: Width | None) -> bool:
    """Tell whether the lines inside a quoted cell look like rows that a stray quote swallowed.

    Only rows of several cells tell: a sentence may have a comma, hardly as many as a row has.
    """
    if width is None or width.full < _TELLING_WIDTH:
        return False
    if any(line.count(delimiter) >= width.full - 1 for line in inside[1:-1]):
        return True
    return place > 0 and inside[-1].count(delimiter) >= place


@cache
def _cell_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    return re.compile(
        rb'(?:"((?:[^"]++|"")*+)"([^%b\r\n]*)|((?!")[^%b\r\n]*))(%b|\r\n|\r|\n|\Z)'
        % (mark, mark, mark)
    )


def _filled(cells: list[bytes], width: Width | None) -> list[bytes] | None:
    """Give a row's cells, none where all are blank; None where they do not fit the width."""
    is_short = len(cells) <= MOST_COLUMNS
    if is_short and all(is_blank(cell.decode()) for cell in cells):
        return []
    if width is None or len(cells) == width.full:
        return cells
    if width.named <= len(cells) < width.full:
        return cells + [b""] * (width.full - len(cells))
    if width.full < len(cells) and is_short and not b"".join(cells[width.full :]).strip():
        return cells[: width.full]
    return None
