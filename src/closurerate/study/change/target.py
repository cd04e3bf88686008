"""What a target asked for: the effective cases that meet it, and how it stood to the year before.

Where a year's effective cases are not printed they are an interval of whole cases, and so is all
that follows from them: a KPI that does not turn as E grows takes its ends at theirs.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import in_unit, value_of
from closurerate.quantity import rounded
from closurerate.records.feasible import Interval
from closurerate.study.formula.properties import properties

Reason = Literal["", "not_by_effective", "not_improving", "out_of_reach"]


@dataclass(frozen=True)
class Need:
    """The least effective cases that meet a target, all other counts held.

    `effective` is None where there is no such number, for a reason: `not_by_effective` (the KPI
    does not depend on E), `not_improving` (it gets worse as E grows, so that no number is the
    least that will do), `out_of_reach` (not even all closed cases would do).
    """

    effective: int | None
    reason: Reason = ""


@dataclass(frozen=True)
class TargetCheck:
    """A year beside its target.

    Args:
        need, need_printed: For the exact value to reach it, and for the value as printed.
        surplus: How many of the effective cases were more than needed (negative: short).
        low, high: The KPI at the ends of `effective`, in its printed unit; None where it has none.
    """

    target: Fraction
    need: Need
    need_printed: Need
    effective: Interval
    surplus: Interval | None
    low: Fraction | None
    high: Fraction | None


@dataclass(frozen=True)
class Demand:
    """How demanding a target was against what had been reached the year before.

    Args:
        low, high: The KPI of the year before on the definition that the target is set for, in its
            printed unit; None where it has no value.
        gap_low, gap_high: Target less that value: where the target asks for less than was reached,
            negative, or positive for a KPI of which less is better.
        more: How many more the target needs than there were (negative: fewer would do).
    """

    low: Fraction | None
    high: Fraction | None
    gap_low: Fraction | None
    gap_high: Fraction | None
    effective: Interval
    more: Interval | None


def needed_effective(
    version: KpiVersion, counts: Counts, target: Fraction, *, as_printed: bool = False
) -> Need:
    """Return the least effective cases, from 0 to all that were closed, that meet a target.

    Exact: found by bisection, which `study.properties` allows, having decided that the KPI does not
    get worse as E grows. InputError if the closed cases are not known, or the target is not over 0.

    Args:
        counts: `effective` is not looked at, all else is held.
        target: In the KPI's printed unit; met by a value that is not below it, or not above it
            where less of the KPI is better.
        as_printed: Whether the value counts as it is printed, rounded half up.
    """
    closed = counts.get("closed")
    if closed is None:
        raise InputError("needed effective cases: the counts do not tell the closed cases.")
    if target <= 0:
        raise InputError(f"needed effective cases: the target must be over 0, found {target}.")
    moves = properties(version)["monotone_E"].direction
    if moves in ("constant", ""):
        return Need(None, "not_by_effective")
    better = "increasing" if version.is_higher_better else "decreasing"
    if moves not in (better, f"weakly_{better}"):
        return Need(None, "not_improving")

    def is_met(effective: int) -> bool:
        value = _value(version, counts, effective)
        if value is None:
            return False
        shown = Fraction(rounded(value, version.decimals)) if as_printed else value
        return shown >= target if version.is_higher_better else shown <= target

    if not is_met(closed):
        return Need(None, "out_of_reach")
    return Need(bisect_left(range(closed), True, key=is_met))


def check_target(
    version: KpiVersion, counts: Counts, effective: Interval, target: Fraction
) -> TargetCheck:
    """Return a year beside its target; printed effective cases are an interval of one."""
    need = needed_effective(version, counts, target)
    low, high = _values(version, counts, effective)
    return TargetCheck(
        target=target,
        need=need,
        need_printed=needed_effective(version, counts, target, as_printed=True),
        effective=effective,
        surplus=None
        if need.effective is None
        else Interval(effective.low - need.effective, effective.high - need.effective),
        low=low,
        high=high,
    )


def against_before(
    version: KpiVersion,
    need: Need,
    target: Fraction,
    counts_before: Counts,
    effective_before: Interval,
) -> Demand:
    """Return how a target, and what it needed, stood to the year before, on one definition."""
    low, high = _values(version, counts_before, effective_before)
    return Demand(
        low=low,
        high=high,
        gap_low=None if high is None else target - high,
        gap_high=None if low is None else target - low,
        effective=effective_before,
        more=None
        if need.effective is None
        else Interval(
            need.effective - effective_before.high, need.effective - effective_before.low
        ),
    )


def _values(
    version: KpiVersion, counts: Counts, effective: Interval
) -> tuple[Fraction | None, Fraction | None]:
    """Return the KPI at the ends of an interval of effective cases, the lower first.

    Nothing where it turns between them, so that its ends need not be theirs.
    """
    if properties(version)["monotone_E"].direction == "mixed":
        return None, None
    ends = [_value(version, counts, end) for end in (effective.low, effective.high)]
    known = sorted(end for end in ends if end is not None)
    return (known[0], known[-1]) if len(known) == len(ends) else (None, None)


def _value(version: KpiVersion, counts: Counts, effective: int) -> Fraction | None:
    """Return the KPI in its printed unit; an irrational one to 30 digits."""
    return in_unit(value_of(version, {**counts, "effective": effective}).value, version.unit)
