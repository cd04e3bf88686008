"""Examples of rejected and of odd rows: the commonest contents first, and where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from closurerate.cases.engine import ROW_NUMBER, opened
from closurerate.cases.vocabulary import AMOUNTS, DISPOSITIONS
from closurerate.intake.left.accounts import Intake
from closurerate.intake.left.delivery import TAKE_AGAIN
from closurerate.intake.page import column_name, place_name
from closurerate.press.foreign import CELL_EM, NARROW_EM, in_lines, value_text
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import Item, formed, t
from closurerate.quantity import UNDEFINED, number

MOST_EXAMPLES = 5

_AT_ODDS = {
    "closed_before_referred": ("referred_on", "closed_on"),
    "disposition_without_closing_date": ("disposition", "closed_on"),
    "closing_date_without_disposition": ("closed_on", "disposition"),
    "reopened_before_referred": ("referred_on", "reopened_on"),
    "closed_before_reopened": ("reopened_on", "closed_on"),
    "collected_over_paid": ("paid_amount_twd", "collected_in_year_twd"),
    "own_prior_case": ("case_id", "prior_case_id"),
}
"""Reasons that are about several values, which only tell something together."""

_ODD = ("disposition", "referred_amount_twd", "paid_amount_twd")


@dataclass(frozen=True)
class Example:
    """One content that was rejected or looks odd.

    Args:
        file, sheet, row: Where it stands first.
        case_id: Case of that row as it came; None where it has none.
        contents: Columns of the contract (None: the whole row) with what stands there; None for
            nothing.
    """

    file: str
    sheet: str | None
    row: int
    case_id: str | None
    contents: tuple[tuple[str | None, str | None], ...]
    rows: int = 1


def reject_examples(rejects: Path, codes: Iterable[str]) -> dict[str, list[Example]]:
    """Return examples of rejected rows by reason, each content once, the commonest first."""
    with opened(rejects, TAKE_AGAIN) as rows:
        return {code: _rejected(rows, code) for code in codes}


def _rejected(rows: ir.Table, code: str) -> list[Example]:
    beside = [name for name in _AT_ODDS.get(code, ()) if name in rows.columns]
    each = rows.select(ROW_NUMBER, *beside, reason=rows.reasons.unnest())
    found = each.filter(each.reason.code == code)
    found = found.mutate(at_fault=found.reason.column, came=found.reason.value)
    keys = beside or ["at_fault", "came"]
    groups = found.group_by(keys).agg(times=found.count(), first=found[ROW_NUMBER].min())
    chosen = groups.order_by(groups.times.desc(), groups.first).limit(MOST_EXAMPLES)
    commonest = chosen.to_pyarrow().to_pylist()
    places = _places(rows, [group["first"] for group in commonest])
    return [
        Example(
            **places[group["first"]],
            contents=tuple((name, group[name]) for name in beside)
            or ((group["at_fault"], group["came"]),),
            rows=group["times"],
        )
        for group in commonest
    ]


def _places(rows: ir.Table, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return file, sheet, row and case of these rows."""
    case = rows.case_id if "case_id" in rows.columns else ibis.null("string")
    chosen = rows.filter(rows[ROW_NUMBER].isin(list(numbers)))
    found = chosen.select(ROW_NUMBER, "file", "sheet", "row", case_id=case).to_pyarrow().to_pylist()
    return {place.pop(ROW_NUMBER): place for place in found}


def warning_examples(doubts: Path, codes: Iterable[str]) -> dict[str, list[Example]]:
    """Return the first odd rows of each kind."""
    with opened(doubts, TAKE_AGAIN) as rows:
        odd = rows.filter(rows.kind == "warning").order_by(ROW_NUMBER)
        return {
            code: [
                Example(
                    **{name: row[name] for name in ("file", "sheet", "row", "case_id")},
                    contents=tuple((name, _plain(row[name])) for name in _ODD),
                )
                for row in odd.filter(odd.code == code)
                .limit(MOST_EXAMPLES)
                .to_pyarrow()
                .to_pylist()
            ]
            for code in codes
        }


def _plain(value: object) -> str | None:
    return None if value is None else number(value) if isinstance(value, int) else str(value)


def examples_table(
    intake: Intake, name: Item, examples: Sequence[Example], *, show_ids: bool
) -> Table:
    """Return examples of one reason or warning: where, which case, what stands there, how often."""
    shown = _Examples(intake, show_ids)
    has_several = any(example.rows > 1 for example in examples)
    columns = [
        *words("intake_table"),
        *numbers("validation_first_row"),
        *words("intake_case"),
        *shown.headings(examples[0]),
        *(numbers("rows") if has_several else []),
    ]
    rows = [shown.cells(example) + (example.rows,) * has_several for example in examples]
    return Table(columns, rows, t("validation_examples", name=name))


@dataclass(frozen=True)
class _Examples:
    """How examples are shown: under the headings of their files, for whom."""

    intake: Intake
    show_ids: bool

    def headings(self, example: Example) -> list[Column]:
        """Return the columns of the contents: each of several, or which one it is and its value."""
        columns = [column for column, _ in example.contents]
        if len(columns) == 1:
            return words("intake_column", "validation_content")
        return [
            Column(column_name(column), align="right" if column in AMOUNTS else "left")
            for column in columns
            if column
        ]

    def cells(self, example: Example) -> tuple[Item, ...]:
        """Return the cells of an example's row."""
        table = self._table(example)
        width = CELL_EM if len(example.contents) == 1 else NARROW_EM
        values = [
            formed(self._value(column, text, example.case_id), partial(in_lines, most_em=width))
            for column, text in example.contents
        ]
        if len(values) == 1:
            values.insert(0, self._heading(table, example.contents[0][0]))
        case = example.case_id
        shown = UNDEFINED if case is None else self._value("case_id", case, case)
        return (
            in_lines(place_name(table)),
            example.row,
            formed(shown, partial(in_lines, most_em=NARROW_EM)),
            *values,
        )

    def _table(self, example: Example) -> Mapping[str, Any]:
        place = {"file": example.file, "sheet": example.sheet}
        same = (
            table for table in self.intake.tables if {key: table[key] for key in place} == place
        )
        return next(same, place | {"columns": {}})

    def _heading(self, table: Mapping[str, Any], column: str | None) -> Item:
        """Return the heading that a column came under; a dash for the whole row."""
        if column is None:
            return UNDEFINED
        heading = table["columns"].get(column)
        return in_lines(heading) if heading else formed(column_name(column), in_lines)

    def _value(self, column: str | None, text: str | None, case_id: str | None) -> Item:
        """Return what stands in a column; a whole row holds identifiers, and nobody knows where."""
        if text is None:
            return t("validation_empty")
        if column is None and not self.show_ids:
            return t("validation_whole_row", count=len(text))
        if column == "disposition" and text in DISPOSITIONS:
            return t(text)
        return value_text(column, text, case_id=case_id, show_ids=self.show_ids)
