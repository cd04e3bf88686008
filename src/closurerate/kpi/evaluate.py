"""KPI values by group, exact, from counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.counts import GROUPS, MEASURES, Counts
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.formula import COUNT_NAMES, measure
from closurerate.kpi.value import Value, evaluate_formula
from closurerate.quantity import Evidence, Exact, Quantity, whole_number
from closurerate.records.documents import nearest

BY = ("branch", "category", "tier")
"""What a KPI can be evaluated by."""


@dataclass(frozen=True)
class Evaluation:
    """A KPI, and its indicators, in one group (`by`; None for the total), and how it is printed."""

    by: str | None
    counts: Counts
    indicators: Mapping[str, Value]
    value: Value
    unit: str
    decimals: int

    def quantity(self, evidence: Evidence = "published") -> Quantity:
        """Return the value as it is printed, in its unit."""
        return Quantity(in_unit(self.value.value, self.unit), self.unit, self.decimals, evidence)


def scale_of(unit: str) -> int:
    """Return how many of a unit make 1: 100 percent, one of any other."""
    return 100 if unit == "percent" else 1


def in_unit(value: Exact | None, unit: str) -> Fraction | None:
    """Return a value or change (a plain ratio where the unit is percent) in its printed unit."""
    return None if value is None else Fraction(value) * scale_of(unit)


def evaluate(version: KpiVersion, counts: Counts, by: str | None) -> Evaluation:
    """Return a KPI version's value for the counts of one group (None: the total)."""
    check_version(version)
    names = named(counts)
    return Evaluation(
        by=by,
        counts=counts,
        indicators={
            name: evaluate_formula(formula, {}, names)
            for name, formula in version.indicators.items()
        },
        value=evaluate_formula(version.formula, version.indicators, names),
        unit=version.unit,
        decimals=version.decimals,
    )


def named(counts: Counts) -> dict[str, int | None]:
    """Return `known_counts` by their names in formulas.

    Raises:
        InputError: As `known_counts`.
    """
    known = known_counts(counts)
    return {name: known.get(measure(name)) for name in COUNT_NAMES}


def known_counts(counts: Counts) -> dict[str, int | None]:
    """Return counts as Python's exact numbers, None where the data do not tell.

    What would have been counted may be a fraction of a case, but never a float. InputError if a
    name is none of `kpi.counts.MEASURES`, or a count is not exact or under 0.
    """
    for name in counts:
        if name not in MEASURES:
            raise InputError(f"counts: {name!r} is no count{nearest(name, MEASURES)}.")
    return {
        name: count
        if count is None or (isinstance(count, Fraction) and count >= 0)
        else whole_number(count, f"counts: {name}")
        for name, count in counts.items()
    }


def evaluate_groups(
    version: KpiVersion, counts: pd.DataFrame, by: str | None = None
) -> list[Evaluation]:
    """Return the KPI for each group that has a case counted, in the contract's order, then in all.

    Args:
        version: The KPI as in force; its rule is the one that `counts` were made with.
        by: One of `BY`, or None for the total alone.
    """
    groups = group_totals(version, counts, by) if by else {}
    every = [evaluate(version, sums, name) for name, sums in groups.items()]
    return [*every, evaluate(version, totals(counts), None)]


def group_totals(version: KpiVersion, counts: pd.DataFrame, by: str) -> dict[str, Counts]:
    """Return the `totals` of each group that has a case counted, in the contract's order."""
    order = GROUPS[by] if by in GROUPS else [tier.name for tier in version.rule.tiers]
    own = dict(iter(counts.groupby(by, sort=False)))
    return {name: totals(own[name]) for name in order if name in own}


def totals(counts: pd.DataFrame) -> Counts:
    """Return the sums of a count's measures as Python integers; None where no row tells."""
    known = {name: counts[name].to_numpy() for name in MEASURES}
    items = {name: values[pd.notna(values)].tolist() for name, values in known.items()}
    return {name: sum(map(int, own)) if own else None for name, own in items.items()}


def value_of(version: KpiVersion, counts: Counts) -> Value:
    """Return a KPI version's value for the counts of one group, as `evaluate` gives it."""
    check_version(version)
    return evaluate_formula(version.formula, version.indicators, named(counts))


def achievement(
    value: Fraction, target: Fraction, *, is_capped: bool, is_higher_better: bool = True
) -> Fraction | None:
    """Return the achievement of a target in percent: 100 or more exactly where it is met.

    Args:
        value, target: In the same unit; the target is over 0.
        is_capped: Whether it stops at 100 (register of readings: `achievement_cap`).
        is_higher_better: Whether it is the value over the target, or the target over the value. A
            value of 0 or less achieves nothing of a target of the first kind, and meets any of the
            second by no percentage that could be named.
    """
    if is_higher_better and value <= 0:
        return Fraction(0)
    if not is_higher_better and value <= 0:
        return Fraction(100) if is_capped else None
    reached = 100 * (value / target if is_higher_better else target / value)
    return min(reached, Fraction(100)) if is_capped else reached
