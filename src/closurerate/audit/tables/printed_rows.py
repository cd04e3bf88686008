"""The rows of a published table: a delimited text, in any encoding, as Python's `csv` reads it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from closurerate.audit.tables.claims_file import TableClaims, as_heading
from closurerate.audit.tables.periods import before_each, ordered_periods
from closurerate.errors import InputError
from closurerate.intake.came.decoding import decoded, detect, given_coding
from closurerate.intake.came.folding import DASHES, fold
from closurerate.intake.came.raw_table import Notes
from closurerate.records.documents import nearest

Digits = tuple[int, int]
"""A decimal as a whole number, and how many of its digits stand after the point."""
_PLAIN = {mark: re.compile(rf"(-?\d{{1,40}})(?:[{mark}](\d{{1,40}}))?", re.ASCII) for mark in ".,"}
_GROUPED = {
    mark: re.compile(
        rf"(?P<bracket>\()?(?P<sign>[-+])?"
        rf"(?P<whole>\d{{0,40}}|\d{{1,3}}(?:(?P<group>[{group} '’])\d{{3}})(?:(?P=group)\d{{3}})*)"
        rf"(?:[{mark}](?P<decimals>\d{{1,40}}))?(?(bracket)\)) ?%?",
        re.ASCII,
    )
    for mark, group in ((".", ","), (",", "."))
}


@dataclass(frozen=True)
class PrintedRow:
    """A row: its number in the file (the headings are row 1), of whom, when, and its cells."""

    number: int
    entity: str
    period: int
    cells: Sequence[str]


@dataclass(frozen=True)
class PrintedRows:
    """A table in the order of its periods.

    Args:
        periods: From the first to the last.
        before: For each the place of the one right before it; None where it is not there.
        rows: Those of the first period first, within one as in the file.
    """

    path: Path
    headings: Sequence[str]
    periods: Sequence[str]
    before: Sequence[int | None]
    rows: Sequence[PrintedRow]

    def column(self, heading: str, claims: TableClaims) -> list[Digits | None]:
        """Return the numbers of a column; None where the value is missing.

        Raises:
            InputError: Naming the row whose cell is no number, or the column that stands twice.
        """
        place = _place(self.path, self.headings, heading, claims)
        missing = {"", *claims.missing}
        numbers: list[Digits | None] = []
        for row in self.rows:
            cell = row.cells[place]
            found = None if cell in missing else _number(cell, claims.decimal)
            if found is None and cell not in missing:
                raise InputError(
                    f"{self.path}, row {row.number}: {cell!r} in {heading!r} is no number with the "
                    f"decimal mark {claims.decimal!r}; if it stands for no value, add it to "
                    "`missing`."
                )
            numbers.append(found)
        return numbers


def read_printed_rows(path: Path, claims: TableClaims, encoding: str | None = None) -> PrintedRows:
    """Return the rows of a table.

    Args:
        encoding: Python's name of it; else detected (a byte order mark, UTF-8, UTF-16, or Big5).

    Raises:
        InputError: Naming the row that is not as long as the headings, has bytes of another
            encoding, or no entity or period; and the column that is not there or stands twice.
    """
    lines = _lines(path, _text(path, encoding), claims.delimiter)
    first = next(lines, None)
    if first is None:
        raise InputError(f"{path}: holds no row; the first must be the columns' headings.")
    headings = [as_heading(cell) for cell in first[1]]
    places = [_place(path, headings, one, claims) for one in (claims.entity, claims.period)]
    found: dict[tuple[str, str], tuple[int, list[str]]] = {}
    for number, cells in lines:
        if len(cells) != len(headings):
            raise InputError(
                f"{path}, row {number}: has {len(cells)} cells, and the headings are "
                f"{len(headings)}; put what holds {claims.delimiter!r} in quotes."
            )
        entity, period = (cells[place] for place in places)
        for name, cell in ((claims.entity, entity), (claims.period, period)):
            if not cell:
                raise InputError(f"{path}, row {number}: nothing stands in {name!r}.")
        if (entity, period) in found:
            raise InputError(
                f"{path}, row {number}: {entity!r} in {period!r} stands in row "
                f"{found[entity, period][0]} already; each has one row a period."
            )
        found[entity, period] = number, cells
    if not found:
        raise InputError(f"{path}: holds headings and no row below them.")
    periods = ordered_periods(list(dict.fromkeys(period for _, period in found)))
    order = {period: place for place, period in enumerate(periods)}
    rows = [PrintedRow(at[0], who, order[when], at[1]) for (who, when), at in found.items()]
    rows.sort(key=lambda row: row.period)
    return PrintedRows(path, headings, periods, before_each(periods), rows)


def _text(path: Path, encoding: str | None) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    coding = detect(data) if encoding is None else given_coding(encoding, data)
    notes = Notes()
    text = b"".join(decoded([data], coding.name, notes)).decode() if data else ""
    if notes.undecodable:
        line, lost = notes.undecodable[0]
        raise InputError(
            f"{path}, row {line}: the bytes {lost} are no character of {coding.name}; give its "
            "encoding by --encoding, such as cp950 (Big5), utf-16 or cp1252."
        )
    return text


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with its number, its cells without blanks around."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error as error:
        raise InputError(f"{path}, row {number + 1}: is no row of a CSV ({error}).") from None


def _place(path: Path, headings: Sequence[str], heading: str, claims: TableClaims) -> int:
    if headings.count(heading) > 1:
        raise InputError(f"{path}: the column {heading!r} stands twice.")
    if heading in headings:
        return headings.index(heading)
    others = [sign for sign in ";\t|," if len(headings) == 1 and sign in headings[0]]
    hint = f"; is the delimiter {others[0]!r}, and not {claims.delimiter!r}" if others else ""
    raise InputError(f"{path}: there is no column {heading!r}{hint or nearest(heading, headings)}.")


def _number(text: str, mark: str) -> Digits | None:
    """Read a decimal: `1234.50`, `1,234.5`, `−3`, `(3)`, `36.49 %`; full-width signs as others."""
    if plain := _PLAIN[mark].fullmatch(text):
        decimals = plain[2] or ""
        return int(plain[1] + decimals), len(decimals)
    found = _GROUPED[mark].fullmatch(fold(text).translate(DASHES))
    if found is None or not (found["whole"] or found["decimals"]):
        return None
    if found["bracket"] and found["sign"]:
        return None
    decimals = found["decimals"] or ""
    whole = found["whole"].replace(found["group"], "") if found["group"] else found["whole"]
    number = int(f"{whole}{decimals}")
    return -number if found["bracket"] or found["sign"] == "-" else number, len(decimals)
