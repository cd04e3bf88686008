"""Delimited text as a table: its encoding, its delimiter, its first rows, and how it is read."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from closurerate.errors import InputError
from closurerate.intake.came.careful_text import LINE, Row, Width, is_blank_line, split_rows
from closurerate.intake.came.decoding import (
    Coding,
    decoded,
    detect,
    fewest_undecodable,
    given_coding,
)
from closurerate.intake.came.plain_text import Layout, read_plain_rows
from closurerate.intake.came.raw_table import HEAD_ROWS, RESTART, Notes, RawTable
from closurerate.intake.came.unpacking import MOST_LINE_BYTES

Blocks = Callable[[Callable[[int], None]], Iterator[bytes]]
"""Gives a text's bytes from the start; the argument is told how many more were read."""

_SAMPLE_BYTES = 1 << 22
_HEAD_BYTES = 1 << 16
_DELIMITERS = {b",": "commas", b"\t": "tabs", b";": "semicolons", b"|": "|"}


@dataclass(frozen=True)
class _Head:
    """What the first lines show: how lines and cells end, and the first rows that are not blank.

    `line_counts` tells for each row with how many physical lines of the text it ends.
    """

    delimiter: bytes
    is_ended_by_return: bool
    rows: tuple[tuple[str, ...], ...]
    line_counts: tuple[int, ...]


def open_text(
    name: str, sheet: str | None, blocks: Blocks, size_bytes: int, encoding: str | None = None
) -> RawTable:
    """Open a delimited text: detect its encoding and delimiter, and read its first rows.

    Args:
        encoding: Python's name of the encoding; without it, it is detected. Should that turn out
            wrong late in the text, the table's `read` yields a batch of no rows whose schema has
            the metadata key `RESTART`, resets the notes and begins anew.

    Raises:
        InputError: The text is empty, or there is no such encoding.
    """
    where = f"{name}, {sheet}," if sheet else name
    sample = b""
    for block in blocks(_tell_nobody):
        sample += block
        if len(sample) >= _SAMPLE_BYTES:
            break
    coding = given_coding(encoding, sample) if encoding else detect(sample)
    head = _read_head(sample, coding)
    if not coding.is_settled and head is None:
        coding = Coding(fewest_undecodable(lambda: blocks(_tell_nobody)))
        head = _read_head(sample, coding)
    if head is None or not head.rows:
        raise InputError(f"{where} is empty: a header and rows of text were expected")
    read = _Text(where, blocks, coding, head).read
    return RawTable(name, sheet, head.rows, read, size_bytes, _reading(coding, head))


def _reading(coding: Coding, head: _Head) -> str:
    origin = "given" if coding.is_given else "detected"
    between = _DELIMITERS[head.delimiter] if len(max(head.rows, key=len)) > 1 else "nothing"
    return f"{coding.name} ({origin}) with {between} between its cells"


def _tell_nobody(_: int) -> None:
    pass


def _read_head(sample: bytes, coding: Coding) -> _Head | None:
    """Read the first rows; None where the sample already contradicts an encoding not settled."""
    notes = Notes()
    text = b"".join(decoded([sample] if sample else [], coding.name, notes))
    if notes.undecodable_count and not coding.is_settled:
        return None
    is_ended_by_return = b"\n" not in text
    if is_ended_by_return:
        text = text.replace(b"\r", b"\n")
    if len(text) > _HEAD_BYTES:
        text = text[: text.rfind(b"\n", 0, _HEAD_BYTES) + 1] or text
    split = {each: split_rows(text, each)[0] for each in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda each: _fitness(split[each]))
    rows: list[tuple[str, ...]] = []
    line_counts, line_count = [], 0
    for row in split[delimiter]:
        line_count += row.line_count
        if not is_blank_line(row) and len(rows) < HEAD_ROWS:
            cells = row.cells if row.cells is not None else [row.line]
            rows.append(tuple(cell.decode().strip() for cell in cells))
            line_counts.append(line_count)
    return _Head(delimiter, is_ended_by_return, tuple(rows), tuple(line_counts))


def _fitness(rows: list[Row]) -> int:
    """Tell how well a delimiter splits: delimiters in the rows of the width that it makes most."""
    widths = Counter(len(row.cells) for row in rows if row.cells)
    return max(((width - 1) * count for width, count in widths.items()), default=0)


@dataclass(frozen=True)
class _Text:
    where: str
    blocks: Blocks
    coding: Coding
    head: _Head

    def read(
        self,
        header_row: int,
        wanted: dict[int, str],
        notes: Notes,
        tell_bytes: Callable[[int], None],
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows after a row of the head, as `RawTable.read` is to do."""
        names = self.head.rows[header_row]
        named = max((place + 1 for place, name in enumerate(names) if name), default=0)
        layout = Layout(self.head.delimiter, Width(named, len(names)), wanted)
        skip = self.head.line_counts[header_row]
        told = read = 0

        def tell(count: int) -> None:
            nonlocal told, read
            read += count
            if read > told:  # more than was read when the text was begun anew
                tell_bytes(read - told)
                told = read

        try:
            yield from read_plain_rows(self._lines(self.coding, skip, notes, tell), layout)
        except _Contradicted as contradicted:
            read = 0
            coding = Coding(str(contradicted))
            self._note(notes, coding)
            schema = layout.schema().with_metadata({RESTART: b""})
            yield pa.RecordBatch.from_pylist([], schema=schema)
            yield from read_plain_rows(self._lines(coding, skip, notes, tell), layout)

    def _lines(
        self, coding: Coding, skip: int, notes: Notes, tell_bytes: Callable[[int], None]
    ) -> Iterator[bytes]:
        """Give the text in blocks of whole lines, without the first `skip` lines."""
        self._note(notes, coding)
        rest = b""
        for text in decoded(self.blocks(tell_bytes), coding.name, notes):
            if notes.undecodable_count and not coding.is_settled:
                settled = fewest_undecodable(lambda: self.blocks(_tell_nobody))
                if settled != coding.name:
                    raise _Contradicted(settled)
                coding = Coding(settled)
            if self.head.is_ended_by_return:
                text = text.replace(b"\r", b"\n")
            cut = text.rfind(b"\n") + 1
            if cut:
                lines, rest = rest + text[:cut], text[cut:]
                ends = [line.end() for line in islice(LINE.finditer(lines), skip)]
                skip -= len(ends)
                yield lines[ends[-1] :] if ends else lines
            else:
                rest += text
                if len(rest) > MOST_LINE_BYTES:
                    raise InputError(
                        f"{self.where} has a line of over {MOST_LINE_BYTES >> 20} MB, which is no "
                        "row of a case; give a text with a line for each row."
                    )
        # What old programs end a file with, or fill it up with, belongs to no row.
        if (rest := rest.rstrip(b"\0\x1a")) and not skip:
            yield rest + b"\n"

    def _note(self, notes: Notes, coding: Coding) -> None:
        delimiter = self.head.delimiter.decode()
        vars(notes).update(vars(Notes(coding.name, coding.is_given, delimiter)))


class _Contradicted(Exception):
    """Names the encoding of a text whose rest contradicts what was detected from its beginning."""
