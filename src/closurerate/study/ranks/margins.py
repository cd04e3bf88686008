"""By how many cases a branch holds its rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import pandas as pd

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import PROPORTIONAL, degrees_in
from closurerate.kpi.evaluate import Evaluation, evaluate_groups, value_of
from closurerate.study.ranks.ranking import ranks


@dataclass(frozen=True)
class Margin:
    """How many effective cases lie between a branch and another rank; closed and pending held.

    Args:
        rank: Its rank, 1 for the best; None where it has no value.
        up: The fewest more effective cases with which it would have a better rank; None for the
            first, and where it has not closed so many cases.
        down: The fewest effective cases it would have to lose to have a worse rank; None where
            losing all of them would not do it.
    """

    branch: str
    rank: int | None
    up: int | None
    down: int | None
    reason: str = ""


def rank_margins(version: KpiVersion, counts: pd.DataFrame) -> list[Margin]:
    """Return each branch's margins, exact, in the contract's order.

    For a KPI proportional to E, E·g, the next value v is reached from E = v / g on, rounded up.
    To reach the next better branch is to share its rank, and so to be better off; a branch that
    shares its rank loses it with one case. Other KPIs say why they have no margins.
    """
    *rows, _ = evaluate_groups(version, counts, "branch")
    found = {row.by or "": row.value.value for row in rows}
    values = {name: None if value is None else Fraction(value) for name, value in found.items()}
    places = ranks(values, is_higher_better=version.is_higher_better)
    refused = _refused(version)
    margins = []
    for row in rows:
        name = row.by or ""
        reason = refused
        if values[name] is None:
            reason = f"{name} has no value: {row.value.reason}"
        up, down = (None, None) if reason else _margins(version, row, values)
        margins.append(Margin(name, places[name], up, down, reason))
    return margins


def _refused(version: KpiVersion) -> str:
    if degrees_in(version, "E") != PROPORTIONAL:
        return f"{version.formula.text} is not proportional to E"
    return "" if version.is_higher_better else f"of {version.kpi} less is better"


def _margins(
    version: KpiVersion, row: Evaluation, values: Mapping[str, Fraction | None]
) -> tuple[int | None, int | None]:
    """Return how many cases more take a branch up, and how many fewer take it down."""
    effective, closed = row.counts["effective"] or 0, row.counts["closed"] or 0
    own = values[row.by or ""] or Fraction(0)
    others = [value for name, value in values.items() if name != row.by and value is not None]
    better = [value for value in others if value > own]
    not_better = [value for value in others if value <= own]
    up = _reaching(version, row, min(better)) if better else None
    down = _reaching(version, row, max(not_better)) if not_better else None
    return (
        up - effective if up is not None and up <= closed else None,
        effective - down + 1 if down else None,
    )


def _reaching(version: KpiVersion, row: Evaluation, value: Fraction) -> int | None:
    """Return the fewest effective cases with at least this value; None where none would do."""

    def at(effective: int) -> Fraction:
        found = value_of(version, {**row.counts, "effective": effective}).value
        return Fraction(found or 0)

    if not value:
        return 0
    if at(1) <= 0:
        return None
    # The quotient of irrational values may be a hair off a whole number: the value decides.
    fewest = max(0, floor(value / at(1)) - 1)
    while at(fewest) < value:
        fewest += 1
    return fewest
