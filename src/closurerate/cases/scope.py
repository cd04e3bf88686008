"""What a case is in a year: new, reopened, closed or pending, as the case contract defines it."""

import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir

from closurerate.errors import InputError
from closurerate.records.paths import ROC_OFFSET


def year_bounds(year: int) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of a ROC year."""
    gregorian = year + ROC_OFFSET
    return datetime.date(gregorian, 1, 1), datetime.date(gregorian, 12, 31)


def require_open(rows: int, path: Path, year: int) -> None:
    """Refuse, by an InputError, a file of which no case was open in the year."""
    if not rows:
        raise InputError(f"{path}: no case was open in year {year}; is it another year's extract?")


def in_year(cases: ir.Table, year: int) -> ir.Table:
    """Return the cases that were closed in a year or pending at its end, with what they are.

    Added are the booleans `is_new`, `is_reopened` and `is_closed`; one that is not closed is
    pending. A case counts as reopened where it was opened again in the year and referred before it,
    so that opening + new + reopened - closed = pending holds for any table.
    """
    first, last = (ibis.literal(day) for day in year_bounds(year))
    # No case is closed before it was referred, so one open in the year was referred by its end and
    # not closed before it. An engine skips by an AND of plain bounds, but not by an OR of the two
    # kinds of case, which costs it a second a scan.
    is_open_in_year = (cases.referred_on <= last) & (cases.closed_on >= first).fill_null(True)
    is_new = cases.referred_on >= first
    is_closed = (cases.closed_on <= last).fill_null(False)
    is_reopened = (
        cases.reopened_on.between(first, last).fill_null(False) & ~is_new
        if "reopened_on" in cases.columns
        else ibis.literal(False)
    )
    return cases.mutate(is_new=is_new, is_reopened=is_reopened, is_closed=is_closed).filter(
        is_open_in_year
    )
