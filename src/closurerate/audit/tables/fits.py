"""How well each candidate fits each figure of a table, under each way of rounding, by period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from closurerate.audit.tables.claims_file import TableClaims
from closurerate.audit.tables.column_formula import ColumnFormula, parse_columns
from closurerate.audit.tables.exact_columns import (
    Fractions,
    Whole,
    column_of,
    computed_column,
    in_digits,
    is_near,
    roundings,
)
from closurerate.audit.tables.printed_rows import Digits, PrintedRows
from closurerate.errors import InputError
from closurerate.records.documents import nearest
from closurerate.records.feasible import ROUNDINGS
from closurerate.records.fields import fault


@dataclass(frozen=True)
class JudgedColumn:
    """One candidate of one figure, row by row in the table's order.

    Args:
        formula: What the candidate is.
        printed: What is printed, as digits; None where nothing is.
        rounded: What the candidate gives in units of the last printed digit, by way of rounding.
        agrees: Where the print is that, by way of rounding; of `unknown` where it is any of them.
        is_checked: Where there is a print, and a value to hold it to.
        starts: Where the rows of each period begin, and at last where they end.
    """

    figure: str
    candidate: str
    formula: ColumnFormula
    decimals: int
    printed: Sequence[Digits | None]
    rounded: Mapping[str, Whole]
    agrees: Mapping[str, Any]
    is_checked: Any
    starts: Sequence[int]

    def counts(self, rounding: str) -> list[int]:
        """Return how many rows agree in each period."""
        return self._by_period(self.agrees[rounding])

    @property
    def checked(self) -> list[int]:
        """How many rows it can check in each period."""
        return self._by_period(self.is_checked)

    def _by_period(self, where: Any) -> list[int]:
        return [int(np.count_nonzero(where[one:two])) for one, two in pairwise(self.starts)]

    def print_in(self, row: int) -> str:
        """Return what is printed in a row, where something is, as plain digits."""
        return plain_digits(*(self.printed[row] or (0, 0)))

    def recomputed(self, row: int, rounding: str) -> str:
        """Return what it gives in a row, rounded, as plain digits; half up of `unknown`."""
        by = "half_up" if rounding == "unknown" else rounding
        return plain_digits(self.rounded[by][row], self.decimals)


def judge_table(rows: PrintedRows, claims: TableClaims, path: Path) -> list[JudgedColumn]:
    """Return each candidate of each figure, held to each row.

    Args:
        path: The file of the claims, for what is wrong in it.

    Raises:
        InputError: If a figure or a formula names a column that is not in the table, a formula is
            none, a cell is no number, or most prints of a figure have more decimals than it.
    """
    formulas: dict[tuple[str, str], ColumnFormula] = {}
    for figure, said in claims.figures.items():
        if figure not in rows.headings:
            near = nearest(figure, rows.headings)
            raise fault(path, ["figures"], f"there is no column {figure!r}{near}", figure)
        for name, text in said.candidates.items():
            formulas[figure, name] = _parsed(rows, path, figure, name, text)
    cells = {cell for one in formulas.values() for cell in one.cells.values()}
    used = {*claims.figures, *(heading for heading, _ in cells)}
    read = {heading: rows.column(heading, claims) for heading in rows.headings if heading in used}
    columns = {heading: column_of(numbers) for heading, numbers in read.items()}
    back = _rows_before(rows, max((lag for _, lag in cells), default=0))
    values = {(heading, lag): columns[heading].at(back[lag]) for heading, lag in cells}
    for figure in claims.figures:
        _check_digits(rows, claims, figure, read[figure])
    return [
        _judged(rows, claims, figure, name, formula, read[figure], values)
        for (figure, name), formula in formulas.items()
    ]


def fits_of(columns: Sequence[JudgedColumn], rows: PrintedRows) -> Iterator[dict[str, Any]]:
    """Yield how a candidate fits in a period by a way of rounding, as data, with each row that not.

    `n` are the period's rows: those that agree, those that it cannot check, and the `disagreeing`.
    """
    for column in columns:
        for rounding in ROUNDINGS:
            agrees = column.agrees[rounding]
            missed = np.flatnonzero(column.is_checked & ~agrees)
            counts, checked = column.counts(rounding), column.checked
            ends = np.searchsorted(missed, column.starts)
            for place, period in enumerate(rows.periods):
                count = column.starts[place + 1] - column.starts[place]
                yield {
                    "figure": column.figure,
                    "candidate": column.candidate,
                    "rounding": rounding,
                    "period": period,
                    "n": count,
                    "agrees": counts[place],
                    "cannot_check": count - checked[place],
                    "disagreeing": [
                        {
                            "entity": rows.rows[row].entity,
                            "period": period,
                            "printed": column.print_in(row),
                            "recomputed": column.recomputed(row, rounding),
                        }
                        for row in missed[ends[place] : ends[place + 1]].tolist()
                    ],
                }


def plain_digits(number: int, decimals: int) -> str:
    """Return a number in units of its last digit as plain decimal digits."""
    if decimals <= 0:
        return str(number * 10**-decimals)
    whole, rest = divmod(abs(number), 10**decimals)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{decimals}d}"


def _parsed(rows: PrintedRows, path: Path, figure: str, name: str, text: str) -> ColumnFormula:
    try:
        return parse_columns(text, rows.headings, "")
    except InputError as error:
        said = str(error).removeprefix(": ").rstrip(".")
        raise fault(path, ["figures", figure, "candidates", name], said) from None


def _rows_before(rows: PrintedRows, most: int) -> list[Any]:
    """Return for each lag the place of the row so many periods before, −1 where there is none."""
    places = {(row.entity, row.period): place for place, row in enumerate(rows.rows)}
    back = [np.arange(len(rows.rows))]
    steps = (rows.before[row.period] for row in rows.rows)
    keys = [(row.entity, step) for row, step in zip(rows.rows, steps, strict=True)]
    once = np.array([-1 if key[1] is None else places.get(key, -1) for key in keys])  # type: ignore[arg-type]
    for _ in range(most):
        back.append(np.where(back[-1] >= 0, once[back[-1]], -1))
    return back


def _check_digits(
    rows: PrintedRows, claims: TableClaims, figure: str, printed: Sequence[Digits | None]
) -> None:
    """Refuse a number of decimals that most prints do not have: one cell may be a misprint."""
    decimals = claims.figures[figure].decimals
    finer = [
        place
        for place, one in enumerate(printed)
        if one is not None and _in_units(one, decimals) is None
    ]
    if 2 * len(finer) > len(printed):
        first = printed[finer[0]]
        assert first is not None
        raise InputError(
            f"{rows.path}, row {rows.rows[finer[0]].number}: {plain_digits(*first)} in {figure!r} "
            f"is not given to {decimals} decimals, which the claims say; {len(finer)} rows are so."
        )


def _in_units(one: Digits, decimals: int) -> int | None:
    """Return a printed number in units of the last digit; None where it has more digits."""
    number, own = one
    if own <= decimals:
        return int(number * 10 ** (decimals - own))
    whole, rest = divmod(number, 10 ** (own - decimals))
    return None if rest else whole


def _judged(
    rows: PrintedRows,
    claims: TableClaims,
    figure: str,
    name: str,
    formula: ColumnFormula,
    printed: Sequence[Digits | None],
    values: Mapping[tuple[str, int], Fractions],
) -> JudgedColumn:
    decimals = claims.figures[figure].decimals
    names = {holder: values[cell] for holder, cell in formula.cells.items()}
    found = computed_column(formula, names, len(rows.rows))
    checked = found.is_known & np.array([one is not None for one in printed])
    whole, rest, below = in_digits(found, decimals)
    if formula.has_root:
        for row in np.flatnonzero(checked & is_near(rest, below)).tolist():
            exact = _exactly(formula, names, row)
            whole[row], rest[row], below[row] = (part[0] for part in in_digits(exact, decimals))
            checked[row] &= exact.is_known[0]
    given = roundings(whole, rest, below)
    units = np.array([one and _in_units(one, decimals) for one in printed], object)
    agrees = {by: checked & (units == number) for by, number in given.items()}
    agrees["unknown"] = agrees["down"] | agrees["up"]
    starts = np.searchsorted([row.period for row in rows.rows], range(len(rows.periods) + 1))
    return JudgedColumn(
        figure, name, formula, decimals, printed, given, agrees, checked, starts.tolist()
    )


def _exactly(formula: ColumnFormula, names: Mapping[str, Fractions], row: int) -> Fractions:
    """Return the value of a formula with roots in one row, to 30 digits where it is no fraction."""
    from closurerate.kpi.value import evaluate_formula

    counts: Any = {
        holder: Fraction(column.above[row], column.below[row]) for holder, column in names.items()
    }
    value = evaluate_formula(formula.formula, {}, counts).value
    above, below = Fraction(value or 0).as_integer_ratio()
    known = np.array([value is not None])
    return Fractions(np.array([above], object), np.array([below], object), known)
