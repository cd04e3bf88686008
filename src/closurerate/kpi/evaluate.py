"""KPI values by group, exact, from counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from closurerate.kpi.counts import GROUPS, MEASURES
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.value import Value, evaluate_formula
from closurerate.quantity import Evidence, Quantity

BY = ("branch", "category", "tier")
"""What a KPI can be evaluated by."""


@dataclass(frozen=True)
class Evaluation:
    """A KPI in one group.

    Parameters
    ----------
    by
        The group's name, None for the total.
    counts
        Cases and NTD by name, as in `kpi.counts.MEASURES`; None where the data do not tell.
    indicators
        Value of each indicator (a plain ratio).
    value
        The KPI's value (a plain ratio where the unit is percent).
    unit, decimals
        How it is printed.
    """

    by: str | None
    counts: Mapping[str, int | None]
    indicators: Mapping[str, Value]
    value: Value
    unit: str
    decimals: int

    def quantity(self, evidence: Evidence = "published") -> Quantity:
        """Return the value as it is printed, in its unit."""
        value = self.value.value
        if value is not None and self.unit == "percent":
            value = Fraction(value) * 100
        return Quantity(value, self.unit, self.decimals, evidence)


def evaluate(version: KpiVersion, counts: Mapping[str, int | None], by: str | None) -> Evaluation:
    """Return a KPI version's value for the counts of one group.

    Parameters
    ----------
    version
        The KPI as in force.
    counts
        As in `kpi.counts.MEASURES`.
    by
        The group's name, None for the total.
    """
    names = {
        "E": counts["effective"],
        "C": counts["closed"],
        "P": counts["pending"],
        **{name: counts.get(name) for name in MEASURES},
    }
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


def evaluate_groups(
    version: KpiVersion, counts: pd.DataFrame, by: str | None = None
) -> list[Evaluation]:
    """Return the KPI for each group that has a case counted, in the contract's order, then in all.

    Parameters
    ----------
    version
        The KPI as in force; its rule is the one that `counts` were made with.
    counts
        As returned by `kpi.counts.count_cases`.
    by
        One of `BY`, or None for the total alone.
    """
    total = evaluate(version, totals(counts), None)
    if by is None:
        return [total]
    order = GROUPS[by] if by in GROUPS else [tier.name for tier in version.rule.tiers]
    present = [name for name in order if (counts[by] == name).any()]
    groups = [evaluate(version, totals(counts[counts[by] == name]), name) for name in present]
    return [*groups, total]


def totals(counts: pd.DataFrame) -> dict[str, int | None]:
    """Return the sums of a count's measures as Python integers; None where no row tells."""
    known = {name: counts[name].dropna() for name in MEASURES}
    return {
        name: sum(int(item) for item in column) if len(column) else None
        for name, column in known.items()
    }


def achievement(value: Fraction, target: Fraction, *, is_capped: bool) -> Fraction:
    """Return the achievement of a target in percent.

    Parameters
    ----------
    value, target
        In the same unit.
    is_capped
        Whether it stops at 100 (register of readings: `achievement_cap`).
    """
    reached = value / target * 100
    return min(reached, Fraction(100)) if is_capped else reached
