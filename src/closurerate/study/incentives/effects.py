"""What a KPI rewards: the exact effect of each action on it.

An effect is the KPI that the changed counts would have given less the KPI as it was.
"""

from dataclasses import dataclass
from decimal import Context
from fractions import Fraction
from typing import Literal

from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import value_of
from closurerate.quantity import Exact, whole_number
from closurerate.study.incentives.actions import Action, after, most_times

_DIFFERENCE = Context(prec=60)

Cause = Literal["", "impossible", "amount", "no_value"]
"""Why a change is not known: there are too few cases for it, it moves an amount that nobody has
said, or the KPI has no value before or after; empty where it is known."""


@dataclass(frozen=True)
class Effect:
    """What an action done some times changes in a KPI.

    Args:
        change: The KPI's change, a plain ratio where it is in percent: a `Fraction`, or where the
            KPI is irrational a `Decimal` within 10⁻²⁹ of the KPI's size; None where there is none.
        is_gain: Whether the KPI is the better for it; None where it stays or there is no change.
        reason: Why there is no change: the action is not possible so often, or the KPI has no
            value.
    """

    action: Action
    times: int
    change: Exact | None
    is_gain: bool | None
    reason: str = ""
    cause: Cause = ""

    @property
    def is_perverse(self) -> bool:
        """Whether the KPI rewards what does not serve its purpose, or penalises what does."""
        return self.is_gain is not None and self.action.serves is (not self.is_gain)


def effect(version: KpiVersion, counts: Counts, action: Action, times: int = 1) -> Effect:
    """Return what an action done some times, 1 or more, changes in a KPI, exactly.

    Raises:
        InputError: If the number of times or the counts are none.
    """
    times = whole_number(times, "times: how often an action is done", least=1)
    most = most_times(action, counts)
    if most is not None and times > most:
        reason = f"{action.name} is possible {most} times at most"
        return Effect(action, times, None, None, reason, "impossible")
    if reason := unsaid(version, action):
        return Effect(action, times, None, None, reason, "amount")
    before = value_of(version, counts)
    changed = value_of(version, after(action, counts, times))
    if before.value is None or changed.value is None:
        return Effect(action, times, None, None, before.reason or changed.reason, "no_value")
    change = difference(changed.value, before.value)
    is_gain = None if change == 0 else (change > 0) is version.is_higher_better
    return Effect(action, times, change, is_gain)


def unsaid(version: KpiVersion, action: Action) -> str:
    """Return which count of the KPI an action changes by nobody knows how much, or nothing."""
    used = sorted(counts_used(version))
    unknown = [name for name in used if action.changes.get(name, 0) is None]
    return f"{action.name} says no {unknown[0]}" if unknown else ""


def difference(left: Exact, right: Exact) -> Exact:
    """Return one KPI value less another: exact, or a `Decimal` where one of them is irrational."""
    if isinstance(left, int | Fraction) and isinstance(right, int | Fraction):
        return Fraction(left) - Fraction(right)
    exact = Fraction(left) - Fraction(right)
    return _DIFFERENCE.divide(_DIFFERENCE.create_decimal(exact.numerator), exact.denominator)
