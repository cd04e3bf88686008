"""Counting an extract under several readings at once: what specifications are made of."""

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from closurerate.cases.engine import opened
from closurerate.cases.scope import in_year, require_open
from closurerate.cases.vocabulary import COLUMNS
from closurerate.kpi.effective import EffectiveRule, passes_expression

_MONEY = ("referred_twd", "paid_twd", "capped_twd", "collected_twd")
_VARIANTS = tuple(product((False, True), (False, True), (False, True)))
"""Whether equality is effective, the tier goes by the obligor's total, and payment is capped."""


@dataclass(frozen=True)
class ReadingCounts:
    """An extract's counts, from which those under any reading follow by adding up.

    Args:
        groups: By `disposition`, `is_closed` and `is_reopened`: `cases`, `new`, `referred_twd`,
            `paid_twd`, `capped_twd` (paid, at most the referred amount), `collected_twd`.
        passing: Part-paid cases closed in the year over their ratio, by `is_reopened`; one column
            for each of `_VARIANTS`.
        absent: Optional columns that the file does not have.
    """

    groups: pd.DataFrame
    passing: pd.DataFrame
    rule: EffectiveRule
    absent: tuple[str, ...]

    def measures(
        self,
        *,
        is_equal_effective: bool,
        is_tier_of_obligor: bool,
        is_capped: bool,
        has_reopened: bool,
    ) -> dict[str, int | None]:
        """Return the nation's counts under one combination of readings, as `kpi.counts.MEASURES`.

        Args:
            is_equal_effective: Whether a case paid exactly to its ratio is effective.
            is_tier_of_obligor: Whether the tier goes by what the obligor owes in all (over all its
                cases that were open in the year); a case without an obligor stands by itself.
            is_capped: Whether what is paid beyond the referred amount is left out, of the
                comparison and of `closed_paid_twd`; collections within the year stay as they are.
            has_reopened: Whether cases reopened in the year count at all.
        """
        groups, passing = self.groups, self.passing
        if not has_reopened:
            groups, passing = groups[~groups["is_reopened"]], passing[~passing["is_reopened"]]
        closed, pending = groups[groups["is_closed"]], groups[~groups["is_closed"]]
        in_full = closed[closed["disposition"].isin(self.rule.paid_in_full)]
        variant = _name((is_equal_effective, is_tier_of_obligor, is_capped))
        reopened = groups.loc[groups["is_reopened"], "cases"]
        return {
            "new": _sum(groups["new"]),
            "reopened": None if "reopened_on" in self.absent else _sum(reopened),
            "closed": _sum(closed["cases"]),
            "effective": _sum(in_full["cases"]) + _sum(passing[variant]),
            "pending": _sum(pending["cases"]),
            "closed_referred_twd": _sum(closed["referred_twd"]),
            "closed_paid_twd": _sum(closed["capped_twd" if is_capped else "paid_twd"]),
            "pending_referred_twd": _sum(pending["referred_twd"]),
            "collected_twd": _known_sum(groups["collected_twd"]),
        }


def count_readings(path: Path, year: int, rule: EffectiveRule) -> ReadingCounts:
    """Return the counts of a contract file for a year under every reading, both comparisons too.

    Raises:
        InputError: If no case of the file was open in the year.
    """
    with opened(path) as cases:
        absent = tuple(column.name for column in COLUMNS if column.name not in cases.columns)
        scoped = in_year(cases, year)
        groups = _frame(_groups(scoped))
        passing = _frame(passing_expression(scoped, rule))
    require_open(len(groups), path, year)
    return ReadingCounts(groups, passing, rule, absent)


def _frame(table: ir.Table) -> pd.DataFrame:
    """Return a small result with Python integers of any size, and masks that may be empty."""
    frame = pd.DataFrame(table.to_pyarrow().to_pydict())
    masks = [name for name in ("is_closed", "is_reopened") if name in frame]
    return frame.astype(dict.fromkeys(masks, "bool"))


def _groups(cases: ir.Table) -> ir.Table:
    """Return the sums that need no obligor: one pass over the rows."""
    rows = cases.mutate(
        referred_twd=cases.referred_amount_twd,
        paid_twd=cases.paid_amount_twd,
        capped_twd=ibis.least(cases.paid_amount_twd, cases.referred_amount_twd),
        collected_twd=cases.collected_in_year_twd
        if "collected_in_year_twd" in cases.columns
        else ibis.null("int64"),
    )
    # Amounts may add up to more than 64 bits hold.
    sums = {name: rows[name].sum().cast("decimal(38, 0)") for name in _MONEY}
    return rows.group_by(["disposition", "is_closed", "is_reopened"]).agg(
        cases=rows.count(), new=rows.is_new.sum(), **sums
    )


def passing_expression(cases: ir.Table, rule: EffectiveRule) -> ir.Table:
    """Return how many part-paid cases pass their ratio under each reading, for any Ibis engine."""
    parts = _with_owed(
        cases, cases.filter(cases.is_closed, cases.disposition.isin(rule.paid_in_part)), rule
    )
    capped = ibis.least(parts.paid_amount_twd, parts.referred_amount_twd)
    sums = {}
    for variant in _VARIANTS:
        is_equal_effective, is_tier_of_obligor, is_capped = variant
        passes = passes_expression(
            parts.referred_amount_twd,
            capped if is_capped else parts.paid_amount_twd,
            replace(rule, is_equal_effective=is_equal_effective),
            owed=parts.owed_twd if is_tier_of_obligor else None,
        )
        sums[_name(variant)] = passes.sum()
    return parts.group_by("is_reopened").agg(**sums)


def _with_owed(cases: ir.Table, parts: ir.Table, rule: EffectiveRule) -> ir.Table:
    """Return the part-paid cases with `owed_twd`, what the obligor owes in all.

    Only obligors of a part-paid case are summed, and each case at most with the lower end of the
    highest tier, which settles the tier as the whole sum would and stays within 64 bits.
    """
    if "obligor_id" not in cases.columns:
        return parts.mutate(owed_twd=parts.referred_amount_twd)
    top = ibis.literal(rule.tiers[-1].from_twd, type="int64")
    asked = cases.semi_join(parts, "obligor_id")
    totals = asked.group_by("obligor_id").agg(
        together_twd=ibis.least(asked.referred_amount_twd, top).sum()
    )
    joined = parts.left_join(totals, "obligor_id")
    return joined.mutate(owed_twd=joined.together_twd.fill_null(joined.referred_amount_twd))


def _name(variant: tuple[bool, bool, bool]) -> str:
    parts = ("equal", "obligor", "capped")
    return "_".join(["passing", *(part for part, on in zip(parts, variant, strict=True) if on)])


def _sum(column: pd.Series) -> int:
    return sum(int(item) for item in column)


def _known_sum(column: pd.Series) -> int | None:
    known = column.dropna()
    return _sum(known) if len(known) else None
