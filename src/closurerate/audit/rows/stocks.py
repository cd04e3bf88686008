"""Stock and flow: whether what was pending, came and went makes what is pending now.

In one file opening + new + reopened - closed = pending holds by what the words mean (decision
0005): the opening stock is then every case that was open when the year began. Whether these are
the cases that the file of the year before left pending only the two files together tell.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from closurerate.cases.engine import beside, computed, hashed, opened
from closurerate.cases.scope import in_year, year_bounds
from closurerate.kpi.effective import EffectiveRule, tier_name_expression, tier_rank_expression

CELL = ["branch", "category", "tier"]
FLOW = ["opening", "new", "reopened", "closed", "pending"]
MORE = ("appeared", "moved_in")
"""Why a case is in this file's opening stock and not in what the other left: it was not pending
there; or it was in another branch, category or tier."""
LESS = ("vanished", "closed_earlier", "taken_as_new", "taken_as_reopened", "moved_out")
"""Why a case was left pending and is not in this file's opening stock: this file does not have it;
has it as closed before the year; as new; as reopened; or in another branch, category or tier."""


class StockGap(NamedTuple):
    """So many cases of a cell that are in one stock and not in the other, for one reason."""

    branch: str
    category: str
    tier: str
    reason: str
    cases: int


@dataclass(frozen=True)
class Stocks:
    """A year's stocks and flows, and how its opening stock stands to the file of the year before.

    Attributes:
        flow: By branch, category and tier: `FLOW` in cases; `reopened` is part of `opening` where
            the file does not tell it.
        before: Cases that the file of the year before left pending, by the same; None without one.
        gaps: Behind the differences of the two; nothing without such a file.
        known_before: New cases that the file of the year before has too, pending or closed.
    """

    year: int
    flow: pd.DataFrame
    before: pd.Series | None = None
    gaps: tuple[StockGap, ...] = ()
    known_before: int = 0

    @property
    def gap(self) -> int | None:
        """The opening stock less what was left pending, cases; None where nobody knows."""
        return None if self.before is None else int(self.flow["opening"].sum() - self.before.sum())

    @property
    def reasons(self) -> dict[str, int]:
        """The cases behind all gaps, by reason."""
        found = Counter[str]()
        for one in self.gaps:
            found[one.reason] += one.cases
        return {reason: found[reason] for reason in (*MORE, *LESS)}

    def by_cell(self) -> pd.DataFrame:
        """Return `flow`, and with a file of the year before `before`, `gap` and each reason."""
        if self.before is None:
            return self.flow
        reasons = pd.DataFrame(self.gaps, columns=list(StockGap._fields)).pivot_table(
            "cases", CELL, "reason", "sum", fill_value=0
        )
        table = pd.concat([self.flow, self.before.rename("before"), reasons], axis=1)
        table = table.reindex(columns=[*FLOW, "before", *MORE, *LESS]).fillna(0).astype("int64")
        return table.assign(gap=table["opening"] - table["before"])


def stocks(
    counts: pd.DataFrame,
    year: int,
    rule: EffectiveRule,
    case_file: Path,
    before_file: Path | None = None,
) -> Stocks:
    """Return the stocks and flows of a year, held against the file of the year before.

    Args:
        counts: Of the year by the rule, as `kpi.counts.count_cases` makes it.
        rule: Whose tiers are taken, of both years.
        before_file: The contract file of the year before, whose cases have the same `case_id`s.

    Raises:
        InputError: If one of the files is damaged.
    """
    sums = counts.assign(reopened=counts["reopened"].fillna(0)).groupby(CELL, sort=False)
    flow = sums[FLOW[1:]].sum().astype("int64")
    opening = flow["pending"] + flow["closed"] - flow["new"] - flow["reopened"]
    flow.insert(0, "opening", opening)
    if before_file is None:
        return Stocks(year, flow)
    with opened(case_file) as cases:
        earlier = beside(cases, before_file)
        left = in_year(earlier, year - 1)
        left = _keyed(left.filter(~left.is_closed), rule)
        own = in_year(cases, year)
        stock = _keyed(own.filter(~own.is_new & ~own.is_reopened), rule)
        gaps = tuple(_gaps(cases, year, stock, left))
        new = own.filter(own.is_new).select(key=hashed(own.case_id))
        known = new.semi_join(earlier.select(key=hashed(earlier.case_id)), "key").count()
        left = left.group_by(CELL).agg(before=left.count())
        before = pd.DataFrame(left.to_pyarrow().to_pydict()).set_index(CELL)["before"]
        return Stocks(year, flow, before, gaps, int(known.to_pyarrow().as_py()))


def _keyed(rows: ir.Table, rule: EffectiveRule) -> ir.Table:
    """Return a case's cell, and its identifier in 64 bits: of so many two are hardly ever one."""
    rank = tier_rank_expression(rows.referred_amount_twd, rule)
    return rows.select(
        "branch", "category", tier=tier_name_expression(rank, rule), key=hashed(rows.case_id)
    )


def _gaps(cases: ir.Table, year: int, stock: ir.Table, left: ir.Table) -> Iterator[StockGap]:
    """Give the cases of one stock that are not in the same cell of the other."""
    both = stock.outer_join(left, "key", lname="", rname="{name}_before")
    is_moved = ibis.or_(*(both[name] != both[f"{name}_before"] for name in CELL))
    is_unknown, is_gone = both.key_before.isnull(), both.key.isnull()
    apart = computed(both.filter(is_unknown | is_gone | is_moved))
    is_in, is_out = apart.key.notnull(), apart.key_before.notnull()
    yield from _counted(apart.filter(is_in & ~is_out), "appeared")
    yield from _counted(apart.filter(is_in & is_out), "moved_in")
    was = apart.filter(is_out).select(
        **{name: apart[f"{name}_before"] for name in CELL},
        key=apart.key_before,
        is_moved=apart.key.notnull(),
    )
    yield from _counted(was.filter(was.is_moved), "moved_out")
    gone = was.filter(~was.is_moved)
    there = cases.select(key=hashed(cases.case_id), reason=_reason(cases, year))
    found = gone.left_join(there.semi_join(gone, "key"), "key")
    for reason in LESS[:-1]:
        yield from _counted(found.filter(found.reason.fill_null("vanished") == reason), reason)


def _reason(cases: ir.Table, year: int) -> ir.StringValue:
    """Return what a case that was left pending is in this file, where not of its opening stock."""
    first, last = (ibis.literal(day) for day in year_bounds(year))
    return ibis.cases(
        (cases.referred_on > last, "vanished"),
        (cases.referred_on >= first, "taken_as_new"),
        ((cases.closed_on < first).fill_null(False), "closed_earlier"),
        else_="taken_as_reopened",
    )


def _counted(rows: ir.Table, reason: str) -> Iterator[StockGap]:
    for row in rows.group_by(CELL).agg(cases=rows.count()).order_by(CELL).to_pyarrow().to_pylist():
        yield StockGap(row["branch"], row["category"], row["tier"], reason, row["cases"])
