"""Which column of an extract is which of the contract: the names of `data/columns/*.yml`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from closurerate.cases.vocabulary import COLUMNS
from closurerate.errors import InputError
from closurerate.intake.came.folding import fold_word
from closurerate.records import fields

FIRST_YEAR, LAST_YEAR = 1, 999
REQUIRED = tuple(column.name for column in COLUMNS if not column.is_optional)
"""Columns that every extract has."""

# A unit that changes the quantity, such as 千元, is part of the name.
_UNIT = re.compile(
    r"\((?:(?:單位:?)?(?:新臺幣|nt\$|ntd|twd)?元?|民國|西元|(?:民國)?年/?月/?日|y+[-/]?m+[-/]?d+)\)$"
)


_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class HeaderName:
    """What a column was called, and in which ROC years (both ends included)."""

    column: str
    name: str
    first_year: int = FIRST_YEAR
    last_year: int = LAST_YEAR

    def holds_in(self, year: int) -> bool:
        """Tell whether the column was called so in a ROC year."""
        return self.first_year <= year <= self.last_year

    def overlaps(self, other: "HeaderName") -> bool:
        """Tell whether there is a year in which both hold."""
        return self.first_year <= other.last_year and other.first_year <= self.last_year

    @property
    def years(self) -> str:
        """The years in words."""
        if self.first_year == FIRST_YEAR:
            return f"up to {self.last_year}"
        if self.last_year == LAST_YEAR:
            return f"from {self.first_year}"
        return f"for {self.first_year} to {self.last_year}"


@dataclass(frozen=True)
class Header:
    """The row of a table that names its columns; it and the positions in it count from 0."""

    row: int
    columns: dict[int, str]
    extra: tuple[str, ...]
    absent: tuple[str, ...]


class LacksColumns(InputError):
    """A table of which no row names all required columns; its best `row` names those in `found`."""

    def __init__(self, told: str, row: int, found: set[str]) -> None:
        super().__init__(told)
        self.row = row
        self.found = found


@dataclass(frozen=True)
class ColumnNames:
    """What the contract's columns were called: by folded name, all that it has meant."""

    names: Mapping[str, tuple[HeaderName, ...]]

    def find_header(self, head: Sequence[Sequence[str]], year: int, where: str) -> Header | None:
        """Find the row that names the columns: the first that has all required ones.

        A header that stands once more below it is a row like any other, as what lies between them
        would else be lost. Where no row has any known name there is none.

        Args:
            where: File and sheet, for the sentence of an error.

        Raises:
            LacksColumns: If no row has all required columns: which the best one lacks, what it has,
                and the names nearest to theirs.
            InputError: If two names of the header mean the same column.
        """
        rows = [self._meanings(row) for row in head]
        found = [
            {name.column for names in row for name in names if name.holds_in(year)} for row in rows
        ]
        known = [sum(map(bool, row)) for row in rows]
        if not any(known):
            return None
        best = _header_row(found, known)
        place = f"{where}, row {best + 1}"
        if missing := [column for column in REQUIRED if column not in found[best]]:
            told = self._missing(missing, head[best], year, place)
            raise LacksColumns(told, best, found[best].intersection(REQUIRED))
        columns = {
            position: name.column
            for position, names in enumerate(rows[best])
            for name in names
            if name.holds_in(year)
        }
        _check_named_once(columns, head[best], place)
        extra = tuple(
            name for position, name in enumerate(head[best]) if name and position not in columns
        )
        absent = tuple(column.name for column in COLUMNS if column.name not in found[best])
        return Header(best, columns, extra, absent)

    def within(self, row: Sequence[str]) -> tuple[str, ...]:
        """Return the known names in a row that are not told apart into cells; two at least."""
        words = [
            word for cell in row for word in _WORD.findall(cell) if fold_name(word) in self.names
        ]
        return tuple(words) if len(words) > 1 else ()

    def _meanings(self, row: Sequence[str]) -> list[tuple[HeaderName, ...]]:
        return [self.names.get(fold_name(cell), ()) for cell in row]

    def _missing(self, missing: list[str], row: Sequence[str], year: int, place: str) -> str:
        """Return the sentence on required columns that a header lacks."""
        cells = [" ".join(cell.split()) for cell in row if cell.strip()]
        free = {
            fold_name(cell): cell
            for cell in cells
            if not any(name.holds_in(year) for name in self.names.get(fold_name(cell), ()))
        }
        each = "; ".join(self._missing_one(column, free, year) for column in missing)
        return (
            f"{place}: the header lacks {each}; it has {', '.join(cells)}: correct it, or add "
            "its name to the file of columns."
        )

    def _missing_one(self, column: str, free: Mapping[str, str], year: int) -> str:
        """Return what a missing column may be called, and what in the row comes near it."""
        called = [name for names in self.names.values() for name in names if name.column == column]
        hints = [
            f"{free[fold_name(name.name)]} is known {name.years}"
            for name in called
            if fold_name(name.name) in free and not name.holds_in(year)
        ]
        current = list(dict.fromkeys(name.name for name in called if name.holds_in(year)))
        near = {
            free[close]: None
            for name in current
            for close in get_close_matches(fold_name(name), free)
        }
        if near:
            hints.append(f"nearest are {', '.join(near)}")
        known = f"known as {' or '.join(current)}"
        return f"{column} ({', '.join([known, *hints])})"


def _header_row(found: Sequence[set[str]], known: Sequence[int]) -> int:
    """Return the first row with all required columns; if there is none, that with the most."""
    for row, columns in enumerate(found):
        if columns.issuperset(REQUIRED):
            return row
    return max(range(len(found)), key=lambda row: (len(found[row]), known[row]))


def fold_name(name: str) -> str:
    """Return the form in which names of columns are compared: as words are, without a unit."""
    return _UNIT.sub("", fold_word(name))


def _entry(entry: Mapping[str, Any]) -> tuple[str, int, int]:
    """Return a name, and the first and the last year in which it held."""
    first, last = entry.get("from", FIRST_YEAR), entry.get("to", LAST_YEAR)
    if type(first) is not int or type(last) is not int or not FIRST_YEAR <= first <= last:
        raise fields.Wrong(
            f"{entry['name']!r}: from and to must be ROC years in order, such as 102 and 105, "
            f"found {first!r} and {last!r}"
        )
    return entry["name"], first, last


_IN_QUOTES = "%r must be a text; put it in quotes"
_Name = Annotated[str, fields.check(fold_name, _IN_QUOTES), fields.says(_IN_QUOTES)]
_YEAR = Annotated[Any, WithJsonSchema({"type": "integer"})]
_Long = Annotated[Any, fields.keys({"name": _Name}, {"from": _YEAR, "to": _YEAR})]
_Entry = Annotated[
    tuple[str, int, int],
    fields.written(_Long),
    BeforeValidator(
        lambda value: value if isinstance(value, dict) else {"name": value},
        json_schema_input_type=_Name | _Long,
    ),
    AfterValidator(_entry),
]
_Entries = Annotated[list[_Entry], fields.says("must be a list of names")]
ColumnsFile = Annotated[
    dict[str, list[_Entry]], fields.keys({}, {column.name: _Entries for column in COLUMNS})
]
"""A file in data/columns."""


def load_columns(path: Path) -> ColumnNames:
    """Read what the contract's columns were called; their own names are always among it.

    Raises:
        InputError: Naming file, line and key: an unknown column, a name that is no text, years that
            are none, or a name that would mean two columns in the same year.
    """
    names = {column.name: (HeaderName(column.name, column.name),) for column in COLUMNS}
    for column, entries in fields.read(path, ColumnsFile).items():
        for place, entry in enumerate(entries):
            name = HeaderName(column, *entry)
            known = names.get(fold_name(name.name), ())
            for other in known:
                if other.column != column and other.overlaps(name):
                    said = f"{name.name!r} would mean {other.column} too in the same year"
                    raise fields.fault(path, (column, place), said)
            names[fold_name(name.name)] = (*known, name)
    return ColumnNames(names)


def _check_named_once(columns: Mapping[int, str], row: Sequence[str], place: str) -> None:
    """Raise where two names of a row mean the same column."""
    first: dict[str, int] = {}
    for position, column in columns.items():
        other = first.setdefault(column, position)
        if other != position:
            raise InputError(
                f"{place}: {column} is named twice, {row[other]!r} in column {other + 1} and "
                f"{row[position]!r} in column {position + 1}: only one of them can be it."
            )
