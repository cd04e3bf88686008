"""What is odd about a row that is kept: the KPI goes by its disposition all the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from closurerate.cases.engine import opened
from closurerate.cases.scope import year_bounds

FAR_OUTSIDE_FACTOR = 10
"""An amount is far outside last year's from this many times the bound of its category."""

_ALL_BUT_FEW = 0.9999
"""The bound is the amount that this share of last year's cases does not pass."""


Condition = Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Oddity:
    """One thing that is odd about a row; all such rows are counted, and which of them is listed."""

    code: str
    condition: Condition
    is_listed: Condition = lambda table: ibis.literal(True)

    def holds(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether it applies to a row."""
        return self.condition(table).fill_null(False)

    def listed(self, table: ir.Table) -> ir.BooleanValue:
        """Return whether it applies to a row and is listed with it."""
        return self.holds(table) & self.is_listed(table).fill_null(False)


LastYear = Mapping[str, Mapping[str, int]]
"""By amount (`referred`, `paid`) and category last year's largest, NTD, not far outside."""


def amounts_of(cases: Path) -> LastYear:
    """Return the bounds that a year's case file sets for the next year's amounts."""
    names = ("referred", "paid")
    with opened(cases) as table:
        most = {name: table[f"{name}_amount_twd"].quantile(_ALL_BUT_FEW) for name in names}
        found = table.group_by("category").agg(**most).to_pyarrow().to_pylist()
    return {
        name: {row["category"]: FAR_OUTSIDE_FACTOR * max(1, int(row[name])) for row in found}
        for name in names
    }


def oddities(before: LastYear | None, year: int) -> tuple[Oddity, ...]:
    """Return all that may be odd; amounts far outside only where there is a year before."""
    far = (_far_outside(name, bounds) for name, bounds in (before or {}).items())
    return (*_OF_ITSELF, *_after(year), *far)


def _far_outside(name: str, bounds: Mapping[str, int]) -> Oddity:
    def condition(table: ir.Table) -> ir.BooleanValue:
        bound = ibis.cases(*((table.category == one, most) for one, most in bounds.items()))
        return table[f"{name}_amount_twd"] > bound

    holds = condition if bounds else lambda table: ibis.literal(False)
    return Oddity(f"{name}_far_outside", holds)


def _after(year: int) -> tuple[Oddity, ...]:
    """Return what may be odd where the extract knows of days after its year."""
    (_, last), (_, next_last) = (tuple(map(ibis.literal, year_bounds(y))) for y in (year, year + 1))
    return (
        Oddity(
            "closed_after_year",
            lambda t: t.closed_on > last,
            # What is written in the year after may know of its closings; further off is a slip.
            lambda t: t.closed_on > next_last,
        ),
        Oddity(
            "reopened_after_year",
            lambda t: t.reopened_on > last if "reopened_on" in t.columns else ibis.literal(False),
        ),
    )


_OF_ITSELF = (
    Oddity(
        "paid_in_full_short",
        lambda t: (t.disposition == "paid_in_full") & (t.paid_amount_twd < t.referred_amount_twd),
    ),
    Oddity(
        "paid_over_referred",
        lambda t: t.paid_amount_twd > t.referred_amount_twd,
        # Interest and fees make it common; it says something where not all was paid.
        lambda t: t.disposition != "paid_in_full",
    ),
    Oddity(
        "part_with_nothing_paid",
        lambda t: t.disposition.startswith("part_") & (t.paid_amount_twd == 0),
    ),
    Oddity(
        "unpaid_with_something_paid",
        lambda t: t.disposition.startswith("unpaid_") & (t.paid_amount_twd > 0),
    ),
)
