"""Tables whose cells are values: printed in a reader's language when they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from numbers import Rational
from typing import Any

from closurerate.errors import InputError
from closurerate.press.heard import listening, standing_at
from closurerate.press.print import table as markup
from closurerate.press.print.labels import Language
from closurerate.press.print.table import Align
from closurerate.press.shown import UNGROUNDED, Grounds, Shown
from closurerate.press.text import (
    Digits,
    Item,
    Run,
    bare,
    clauses,
    data_of,
    exact,
    formed,
    in_a_line,
    said,
    spaced,
    t,
)
from closurerate.quantity import UNDEFINED, Quantity


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how its values are printed.

    Args:
        heading: Words, with the unit where there is one.
        unit: Unit of its plain numbers, as in `Quantity`.
        decimals: Digits after the point of its plain numbers; a `Quantity` has its own.
        is_signed: Whether its numbers are changes, with a plus sign.
    """

    heading: Item
    unit: str = ""
    decimals: int = 0
    is_signed: bool = False
    align: Align = "left"

    def value(self, cell: Item) -> Item:
        """Return what a cell prints: a number with this column's decimals, and without unit."""
        if isinstance(cell, Quantity):
            return bare(cell, is_signed=self.is_signed)
        if cell is None or isinstance(cell, Rational | Decimal):
            quantity = Quantity(exact(cell), self.unit, self.decimals)
            return Digits(quantity, is_signed=self.is_signed)
        return cell


def words(*headings: Item) -> list[Column]:
    """Return columns of words to the left, headed by keys of the vocabulary or other items."""
    return [Column(_heading(heading)) for heading in headings]


def numbers(
    *headings: Item, unit: str = "", decimals: int = 0, is_signed: bool = False
) -> list[Column]:
    """Return columns of numbers to the right, headed by keys of the vocabulary or other items."""
    return [Column(_heading(heading), unit, decimals, is_signed, "right") for heading in headings]


def _heading(heading: Item) -> Item:
    return t(heading) if isinstance(heading, str) else heading


def share(part: Any, whole: Any) -> Fraction | None:
    """Return a share in percent, exact; None of nothing."""
    return 100 * Fraction(part) / Fraction(whole) if whole else None


def band_labels(edges: Sequence[int]) -> list[Run]:
    """Return "1-999", "1,000-2,999", …, "10,000,000+" for lower ends of bands."""
    following = [*edges[1:], None]
    return [
        Run((edge, "+") if upper is None else (edge, "–", upper - 1))
        if upper is None or upper - 1 > edge
        else Run((edge,))
        for edge, upper in zip(edges, following, strict=True)
    ]


@dataclass(frozen=True)
class Table(Shown):
    """A table of values under a caption; the first column heads the rows.

    Args:
        columns: Two or more.
        rows: As many cells each as there are columns.
        caption: What the table says, without its number, which is counted.
        note: Line below, without its label; empty for none.
        has_total: Whether the last row is a total, and is set apart.
        is_filtered: Whether a page can show the rows of one first cell alone, as of one definition.
        tells_once: Whether in print a column that says the same in every row stands in the note.
        kept: Columns and rows that are kept as its data in place of the printed ones, where these
            have less, such as a range in one cell.

    Raises:
        InputError: If a row has too few or too many cells; and on showing, what `PrintedTable`
            refuses.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Item]]
    caption: Item
    grounds: Grounds = UNGROUNDED
    note: Item = ""
    has_total: bool = False
    is_filtered: bool = False
    tells_once: bool = False
    kept: tuple[Sequence[Column], Sequence[Sequence[Item]]] | None = None

    def __post_init__(self) -> None:
        """Check the shape."""
        for place, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise InputError(
                    f"table {said(self.caption, 'en')!r}: row {place} has {len(row)} cells: it "
                    f"must have {len(self.columns)}, one for each column."
                )

    def _items(self) -> list[list[Item]]:
        """Return what each cell prints."""
        return _cells(self.columns, self.rows)

    def _told_once(self) -> "Table":
        """Return the table with each column that says the same in all rows told in its note."""
        cells = list(zip(*self._items(), strict=True))
        alike = [
            place
            for place, column in enumerate(cells)
            if place and len(column) > 1 and _says_one_thing(column)
        ]
        if not alike or len(alike) == len(cells) - 1:
            return self
        kept = [place for place in range(len(cells)) if place not in alike]
        told = (
            t(
                "told_once_item",
                heading=formed(self.columns[place].heading, in_a_line),
                value=cells[place][0],
            )
            for place in alike
        )
        return replace(
            self,
            columns=[self.columns[place] for place in kept],
            rows=[[row[place] for place in kept] for row in self.rows],
            note=spaced([*([self.note] if self.note else []), t("told_once", items=clauses(told))]),
        )

    def said(self, language: Language) -> markup.PrintedTable:
        """Return the table as printed in a language."""
        return (self._told_once() if self.tells_once else self)._said(language)

    def _said(self, language: Language) -> markup.PrintedTable:
        return markup.PrintedTable(
            columns=tuple(
                markup.PrintedColumn(said(column.heading, language), column.align)
                for column in self.columns
            ),
            rows=tuple(
                tuple(_said_at(row, column, item, language) for column, item in enumerate(items))
                for row, items in enumerate(self._items())
            ),
            caption=said(self.caption, language),
            note=said(self.note, language),
            source=said(self.grounds.source, language),
            evidence=self.grounds.evidence,
            language=language,
            has_total=self.has_total,
            is_filtered=self.is_filtered,
        )

    def data(self) -> dict[str, Any]:
        """Return columns and rows as data."""
        columns, rows = self.kept or (self.columns, self.rows)
        return {
            "kind": "table",
            "caption": data_of(self.caption),
            "columns": [
                {"heading": data_of(c.heading), "unit": c.unit, "decimals": c.decimals}
                for c in columns
            ],
            "rows": [[data_of(item) for item in row] for row in _cells(columns, rows)],
            "note": data_of(self.note),
            **({"has_total": True} if self.has_total and self.kept is None else {}),
            **self.grounds.data(),
        }


def _said_at(row: int, column: int, item: Item, language: Language) -> str:
    with standing_at("cell", row, column):
        return said(item, language)


def _cells(columns: Sequence[Column], rows: Sequence[Sequence[Item]]) -> list[list[Item]]:
    return [[column.value(cell) for column, cell in zip(columns, row, strict=True)] for row in rows]


def _says_one_thing(cells: Sequence[Item]) -> bool:
    """Return whether all cells print alike, and more than nothing or a dash."""
    with listening():  # what is said here is printed nowhere
        printed = {said(cell, "en") for cell in cells}
    return len(printed) == 1 and printed.isdisjoint(("", UNDEFINED))
