"""Closing cases with nothing paid: the curve that it moves a branch along, and who rewards it.

Such a closing adds a closed case and takes away a pending one. E and C + P stay, so that in the
plane of I1 = E / C and I2 = E / P the branch moves along 1/I1 + 1/I2 = (C + P) / E. A formula that
rises along this curve rewards the closing, one that keeps its level is neutral to it, one that
falls penalises it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from typing import Literal

import pandas as pd
import sympy

from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import value_of
from closurerate.kpi.formula import measure
from closurerate.quantity import Exact
from closurerate.study.incentives.action_signs import SignLine, sign_line
from closurerate.study.incentives.actions import actions, after, most_times
from closurerate.study.incentives.count_signs import Sign
from closurerate.study.incentives.effects import difference, unsaid
from closurerate.study.incentives.line import turning_points

Verdict = Literal["rewards", "neutral", "penalises"]

_VERDICTS: dict[int, Verdict] = {1: "rewards", 0: "neutral", -1: "penalises"}


@dataclass(frozen=True)
class Stance:
    """Where (all conditions are over 0) a formula takes one stance on closing with nothing paid."""

    verdict: Verdict
    conditions: tuple[sympy.Expr, ...]


@dataclass(frozen=True)
class Treatment:
    """What a formula makes of closing with nothing paid; `sense` is −1 where less is better."""

    line: SignLine
    sense: Sign

    @property
    def stances(self) -> tuple[Stance, ...]:
        """What it does where, for one more such closing; empty where that is not known."""
        return tuple(Stance(self._verdict(one.sign), one.conditions) for one in self.line.regions)

    def _verdict(self, sign: Sign) -> Verdict:
        return _VERDICTS[self.sense * sign]

    @property
    def verdict(self) -> Verdict | None:
        """The one verdict that holds everywhere, None where it depends on the counts."""
        return None if self.line.sign is None else self._verdict(self.line.sign)

    def at(self, counts: Counts) -> Verdict | None:
        """Return the verdict at given counts; None where it is not known."""
        if self.verdict:
            return self.verdict
        known = [[_is_over(item, counts) for item in one.conditions] for one in self.stances]
        for stance, held in zip(self.stances, known, strict=True):
            if all(held):
                return stance.verdict
        is_told = self.line.is_proved and not self.line.is_in_one_piece
        is_told &= not any(None in held for held in known)
        return "neutral" if known and is_told else None


def _is_over(expression: sympy.Expr, counts: Counts) -> bool | None:
    values = {item: counts.get(measure(str(item))) for item in expression.free_symbols}
    return None if None in values.values() else bool(expression.subs(values) > 0)


def treatment(version: KpiVersion) -> Treatment:
    """Return what a formula makes of closing a case with nothing paid."""
    line = sign_line(version, actions()["close_unpaid"])
    return Treatment(line, 1 if version.is_higher_better else -1)


def curve_level(counts: Counts) -> Fraction | None:
    """Return (C + P) / E, the sum 1/I1 + 1/I2 that closing unpaid keeps; None where E is 0."""
    effective, closed, pending = (_known(counts, name) for name in _PLANE)
    return Fraction(closed + pending, effective) if effective else None


_PLANE = ("effective", "closed", "pending")


def _known(counts: Counts, name: str) -> int:
    count = counts.get(name)
    if count is None:
        raise InputError(f"counts: {name} is not known; the curve needs {', '.join(_PLANE)}.")
    return count


def unpaid_curve(counts: Counts, closings: Sequence[int]) -> pd.DataFrame:
    """Return where a branch stands once it has closed cases with nothing paid.

    Negative `closings` are ineffective closings that are left pending instead; more than there are
    are an InputError.

    Returns:
        DataFrame: `closings_count`, `closed`, `pending` (integers), `I1` and `I2` (`Fraction`, None
            where the divisor is 0); one row each.
    """
    least, most = _range(counts)
    closings = [int(times) if isinstance(times, Integral) else times for times in closings]
    for times in closings:
        if not isinstance(times, int) or not least <= times <= most:
            raise InputError(f"closings: must be from {least} to {most} here, found {times}.")
    effective = _known(counts, "effective")
    closed = [_known(counts, "closed") + times for times in closings]
    pending = [_known(counts, "pending") - times for times in closings]
    indicators = {
        name: [Fraction(effective, count) if count else None for count in below]
        for name, below in (("I1", closed), ("I2", pending))
    }
    columns = {"closings_count": list(closings), "closed": closed, "pending": pending, **indicators}
    return pd.DataFrame({name: pd.Series(items, dtype=object) for name, items in columns.items()})


def _range(counts: Counts) -> tuple[int, int]:
    """Return how many unpaid closings fewer and more are possible."""
    fewer = most_times(actions()["leave_unpaid_pending"], counts) or 0
    return -fewer, most_times(actions()["close_unpaid"], counts) or 0


@dataclass(frozen=True)
class Reach:
    """How far a KPI can be moved by nothing but closing unpaid, or not.

    Args:
        times: How many unpaid closings more give the best value; negative for so many fewer.
        best: The KPI's best value on the curve; None where it has none.
    """

    times: int | None
    best: Exact | None
    change: Exact | None
    reason: str = ""


def reach(version: KpiVersion, counts: Counts) -> Reach:
    """Return the best value that a KPI takes along the curve, exactly, with the fewest moved.

    Raises:
        InputError: If the counts are none.
    """
    action, start = actions()["close_unpaid"], value_of(version, counts)
    reason = unsaid(version, action)
    if reason or start.value is None:
        return Reach(None, None, None, reason or start.reason)
    points = turning_points(version, counts, action, *_range(counts))
    if points is None:
        return Reach(None, None, None, f"algebra does not decide where {version.kpi} turns")
    sense = 1 if version.is_higher_better else -1
    found = {times: value_of(version, after(action, counts, times)).value for times in {0, *points}}
    known = {times: value for times, value in found.items() if value is not None}
    times = max(known, key=lambda one: (sense * Fraction(known[one]), -abs(one)))
    return Reach(times, known[times], difference(known[times], start.value))
