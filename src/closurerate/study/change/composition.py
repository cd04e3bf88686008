"""What the effective cases are made of: caseload, tiers, dispositions, and how much was repaid."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from closurerate.kpi.effective import EffectiveRule

FACTORS = ("caseload", "tier_mix", "disposition_mix", "repayment")
"""What a year's effective cases follow from; see `Composition`."""


@dataclass(frozen=True)
class Composition:
    """A year's closed cases in the shares that its effective cases follow from.

    E = caseload × Σ over tiers of tier_mix × (in full + in part × repayment). None stands where a
    year has no case to take a share of.

    Args:
        tier_mix: Share of the closed cases in each tier.
        disposition_mix: Of the closed cases in each tier, the share paid in full and the share paid
            in part.
        repayment: Of the cases paid in part in each tier, the share that passes its ratio.
    """

    caseload: int
    tier_mix: Mapping[str, Fraction | None]
    disposition_mix: Mapping[str, tuple[Fraction, Fraction] | None]
    repayment: Mapping[str, Fraction | None]


def composition(counts: pd.DataFrame, rule: EffectiveRule) -> Composition:
    """Return what the effective cases of a count, by a rule, are made of."""
    closed = counts[counts["disposition"].notna()]
    caseload = _total(closed["closed"])
    tiers: dict[str, Fraction | None] = {}
    dispositions: dict[str, tuple[Fraction, Fraction] | None] = {}
    repayments: dict[str, Fraction | None] = {}
    for tier in rule.tiers:
        rows = closed[closed["tier"] == tier.name]
        in_part = rows[rows["disposition"].isin(rule.paid_in_part)]
        full = _total(rows.loc[rows["disposition"].isin(rule.paid_in_full), "closed"])
        part, cases = _total(in_part["closed"]), _total(rows["closed"])
        tiers[tier.name] = _share(cases, caseload)
        dispositions[tier.name] = (Fraction(full, cases), Fraction(part, cases)) if cases else None
        repayments[tier.name] = _share(_total(in_part["effective"]), part)
    return Composition(caseload, tiers, dispositions, repayments)


def effective_of(
    before: Composition, after: Composition, changed: Collection[str] = FACTORS
) -> Fraction:
    """Return the effective cases when the `changed` ones of `FACTORS` are those of the year after.

    A share that one year does not have (no such case) is taken from the other, so that the factor
    has no part in the change; one that neither has counts for nothing.
    """
    first = {factor: after if factor in changed else before for factor in FACTORS}
    second = {factor: before if factor in changed else after for factor in FACTORS}
    total = Fraction(0)
    for tier in before.tier_mix:
        full, part = (
            first["disposition_mix"].disposition_mix[tier]
            or second["disposition_mix"].disposition_mix[tier]
            or (Fraction(0), Fraction(0))
        )
        repaid = _either(first["repayment"].repayment[tier], second["repayment"].repayment[tier])
        share = _either(first["tier_mix"].tier_mix[tier], second["tier_mix"].tier_mix[tier])
        total += share * (full + part * repaid)
    return first["caseload"].caseload * total


def _total(column: pd.Series) -> int:
    return sum(int(item) for item in column)


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _either(first: Fraction | None, second: Fraction | None) -> Fraction:
    return first if first is not None else second if second is not None else Fraction(0)
