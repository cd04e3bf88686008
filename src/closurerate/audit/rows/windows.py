"""Cases counted to either side of a cut-off, and of those that it is compared with.

A window has cases `inside`, where somebody with a reason would put them, and `beside` it, where
they would be otherwise: just over a tier's ratio and just under it; just under a boundary and just
over it; in the last days of the year and in as many days before. Cases exactly on a cut-off are in
neither, so that a heap on a round number tells nothing.
"""

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pandas as pd

from closurerate.audit.rows.settings import PatternSettings, family_of
from closurerate.cases.engine import opened
from closurerate.cases.scope import in_year, year_bounds
from closurerate.kpi.effective import EffectiveRule, tier_rank_expression

CERTIFICATES = ("part_certificate", "unpaid_certificate")
_DEBT = ("obligor_id", "category", "subcategory", "referring_agency", "referred_amount_twd")
_WEEKDAYS, _MONTHS = 5, 12


class Window(NamedTuple):
    """A cut-off in one branch.

    Attributes:
        pattern: `repaid`, `referred`, `year_end`, `certificates` or `referred_again`.
        cut: The tier whose ratio or lower end is in question; else empty.
        at: The cut-off: a ratio, NTD, or a month; 0 where there is none.
        is_own: Whether it is the one in question, and not one that it is compared with.
        inside, beside: Cases.
    """

    pattern: str
    cut: str
    branch: str
    at: Any
    is_own: bool
    inside: int
    beside: int


def count_windows(
    path: Path, year: int, rule: EffectiveRule, settings: PatternSettings
) -> pd.DataFrame:
    """Return all windows of a contract file's year, a row each with the fields of a `Window`.

    Without `obligor_id` there is no `referred_again`.
    """
    with opened(path) as cases:
        rows = in_year(cases, year)
        found = [
            *_repaid(rows, rule, settings),
            *_referred(rows, rule, settings),
            *_closings(rows, settings),
            *(_referred_again(rows, year, settings) if "obligor_id" in cases.columns else ()),
        ]
    return pd.DataFrame(found, columns=list(Window._fields))


def _repaid(rows: ir.Table, rule: EffectiveRule, settings: PatternSettings) -> Iterator[Window]:
    """Give the closed part-paid cases just over and just under each ratio, in whole products."""
    width, families = settings.repaid.width, settings.repaid.families
    cuts = {tier: _cuts(tier.ratio, families) for tier in rule.tiers}
    ratios = sorted({ratio for own in cuts.values() for ratio in own})
    scale = math.lcm(width.denominator, *(ratio.denominator for ratio in ratios))
    part = rows.filter(rows.is_closed & rows.disposition.isin(rule.paid_in_part))
    referred = part.referred_amount_twd
    # Twice what was referred passes whatever there is, and a product of it stays in 64 bits.
    paid = ibis.least(part.paid_amount_twd, 2 * referred) * _whole(scale)
    band, sums = referred * _whole(width * scale), dict[str, ir.IntegerScalar]()
    for place, ratio in enumerate(ratios):
        over = paid - referred * _whole(ratio * scale)
        sums[f"inside_{place}"] = ((over > 0) & (over <= band)).sum()
        sums[f"beside_{place}"] = ((over < 0) & (over >= -band)).sum()
    if not sums:
        return
    rank = tier_rank_expression(referred, rule)
    for row in _rows(part.group_by("branch", rank=rank).agg(**sums)):
        tier = rule.tiers[row["rank"]]
        for ratio in cuts[tier]:
            counts = _counts(row, ratios.index(ratio))
            yield Window("repaid", tier.name, row["branch"], ratio, ratio == tier.ratio, *counts)


def _referred(rows: ir.Table, rule: EffectiveRule, settings: PatternSettings) -> Iterator[Window]:
    """Give the new cases referred for just less and just more than each amount."""
    width, families = settings.referred.width, settings.referred.families
    cuts = {tier: _cuts(tier.from_twd, families) for tier in rule.tiers[1:]}
    amounts = sorted({amount for own in cuts.values() for amount in own})
    if not amounts:
        return
    referred, sums = rows.referred_amount_twd, dict[str, ir.IntegerScalar]()
    low, high = math.ceil(amounts[0] * (1 - width)), math.floor(amounts[-1] * (1 + width))
    new = rows.filter(rows.is_new & referred.between(low, high))
    for place, at in enumerate(amounts):
        inside = referred.between(math.ceil(at * (1 - width)), at - 1)
        beside = referred.between(at + 1, math.floor(at * (1 + width)))
        sums |= {f"inside_{place}": inside.sum(), f"beside_{place}": beside.sum()}
    for row in _rows(new.group_by("branch").agg(**sums)):
        for tier, own in cuts.items():
            for at in own:
                counts = _counts(row, amounts.index(at))
                is_own = at == tier.from_twd
                yield Window("referred", tier.name, row["branch"], at, is_own, *counts)


def _closings(rows: ir.Table, settings: PatternSettings) -> Iterator[Window]:
    """Give the closings about each month's end, and the small debts that end in a certificate."""
    closed = rows.filter(rows.is_closed)
    days = closed.group_by(
        "branch",
        "closed_on",
        is_small=closed.referred_amount_twd < settings.certificates.below_twd,
        is_certificate=closed.disposition.isin(CERTIFICATES),
    ).agg(cases=closed.count())
    found, small = _rows(days), dict[str, Counter[bool]]()
    for row in found:
        if row["is_small"]:
            small.setdefault(row["branch"], Counter())[row["is_certificate"]] += row["cases"]
    for branch, counted in small.items():
        yield Window("certificates", "", branch, 0, True, counted[True], counted[False])
    yield from _month_ends(found, settings.year_end.days)


def _month_ends(found: Sequence[dict[str, Any]], count: int) -> Iterator[Window]:
    """Give the last weekdays with closings of each month, and as many before; of all, or none."""
    by_day = dict[datetime.date, Counter[str]]()
    for row in found:
        if row["closed_on"].weekday() < _WEEKDAYS:
            by_day.setdefault(row["closed_on"], Counter())[row["branch"]] += row["cases"]
    branches = sorted({branch for day in by_day.values() for branch in day})
    for month in range(1, _MONTHS + 1):
        days = [by_day[day] for day in sorted(by_day) if day.month == month][-2 * count :]
        if len(days) < 2 * count:
            continue
        before, last = sum(days[:count], Counter()), sum(days[count:], Counter())
        for branch in branches:
            is_own = month == _MONTHS
            yield Window("year_end", "", branch, month, is_own, last[branch], before[branch])


def _referred_again(rows: ir.Table, year: int, settings: PatternSettings) -> Iterator[Window]:
    """Give the new cases whose debt the file has from before, and the other new ones."""
    first, _ = year_bounds(year)
    least, step = settings.referred_again.least_twd, settings.referred_again.round_twd
    amount = rows.referred_amount_twd
    known = rows.filter((amount >= least) & (amount % step != 0) & rows.obligor_id.notnull())
    # In 64 bits two of ten million debts are one by chance in one of a hundred thousand files.
    of_debt = [known[name] if name in known.columns else ibis.null("string") for name in _DEBT]
    debts = known.group_by(debt=_hashed_debt(*of_debt)).agg(
        new=known.is_new.sum(),
        is_older=(known.referred_on < first).any(),
        branch=known.branch.argmax(known.referred_on),
    )
    again = debts.new - (~debts.is_older).cast("int64")
    counted = (
        debts.filter(debts.new > 0).group_by("branch").agg(again=again.sum(), new=debts.new.sum())
    )
    for row in _rows(counted):
        counts = (int(row["again"]), int(row["new"] - row["again"]))
        yield Window("referred_again", "", row["branch"], 0, True, *counts)


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hashed_debt(
    obligor: str, category: str, subcategory: str, agency: str, amount: int
) -> dt.uint64:
    """Return DuckDB's 64-bit hash of several values, of which some may be null."""


def _cuts(own: Any, families: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    """Return a cut-off and those that it is compared with; nothing where there are none."""
    others = family_of(own, families)
    return (own, *others) if others else ()


def _whole(number: Any) -> ir.IntegerScalar:
    return ibis.literal(int(number), type="int64")


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def _counts(row: dict[str, Any], place: int) -> tuple[int, int]:
    return int(row[f"inside_{place}"] or 0), int(row[f"beside_{place}"] or 0)
