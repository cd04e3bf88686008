"""How the national value follows from the branches': exact weights, and the effect of structure."""

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import carrier_of
from closurerate.kpi.evaluate import Evaluation, evaluate_groups, in_unit, value_of
from closurerate.kpi.formula import measure
from closurerate.quantity import Exact


@dataclass(frozen=True)
class BranchWeight:
    """A branch's part in the national value, both in the printed unit.

    Args:
        weight: What its value is multiplied by; None where it has no value or the weight would
            divide by 0.
    """

    branch: str
    value: Exact | None
    weight: Fraction | None
    contribution: Fraction


@dataclass(frozen=True)
class NationalWeights:
    """The national value as a weighted sum of the branches'.

    Args:
        carrier: The measure that the KPI is proportional to, such as `effective`; empty where there
            is none.
        branches: Each branch that has a case, in the contract's order; empty where there are no
            weights.
    """

    carrier: str
    national: Fraction | None
    branches: tuple[BranchWeight, ...]
    reason: str = ""

    @property
    def total(self) -> Fraction | None:
        """The sum of the weights; None where there are none, or a branch that counts has none."""
        if not self.branches or any(
            row.weight is None and row.contribution for row in self.branches
        ):
            return None
        return sum((row.weight for row in self.branches if row.weight is not None), Fraction(0))

    @property
    def excess(self) -> Fraction | None:
        """The sum of the weights less 1: the national value's surplus over a weighted mean."""
        return None if self.total is None else self.total - 1

    @property
    def structure_effect(self) -> Fraction | None:
        """What of the national value is not in the branches': it less their weighted mean."""
        if not self.total or self.national is None:
            return None
        return self.national - self.national / self.total


def branch_weights(version: KpiVersion, counts: pd.DataFrame) -> NationalWeights:
    """Return the weights by which the national value follows from the branches'.

    Exact; where the KPI is irrational its values are given to 30 digits, and so are the weights.
    There are none, for a reason, where the KPI is proportional to no count that it uses, or the
    nation has no value.

    A KPI that is proportional to a count X, the others being held, is X·g. As the branches' X add
    up to the nation's, KPI = Σ X_b·g = Σ w_b·KPI_b with w_b = g / g_b: for the non-linear I,
    w_b = [(C_b² + P_b²) / (C_b + P_b)] · (C + P) / (C² + P²). What a branch contributes, X_b·g, has
    a value where the weight has none.
    """
    *branches, nation = evaluate_groups(version, counts, "branch")
    national = in_unit(nation.value.value, version.unit)
    name = carrier_of(version)
    if name is None:
        reason = f"{version.formula.text} is proportional to no single count"
        return NationalWeights("", national, (), reason)
    carrier = measure(name)
    factor = _factor(version, nation, carrier)
    if factor is None or national is None:
        reason = f"the nation has no value: {nation.value.reason}"
        return NationalWeights(carrier, national, (), reason)
    rows = tuple(
        BranchWeight(
            row.by or "",
            row.quantity().value,
            factor / own if (own := _factor(version, row, carrier)) else None,
            (row.counts[carrier] or 0) * factor,
        )
        for row in branches
    )
    return NationalWeights(carrier, national, rows)


def _factor(version: KpiVersion, row: Evaluation, carrier: str) -> Fraction | None:
    """Return the printed value for one case (or NTD) of the carrier."""
    return in_unit(value_of(version, {**row.counts, carrier: 1}).value, version.unit)
