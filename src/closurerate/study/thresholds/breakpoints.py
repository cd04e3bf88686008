"""The next threshold in each direction at which the printed figure changes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.kpi.float_values import float_values
from closurerate.quantity import rounded
from closurerate.study.disclosure import is_enough, outward
from closurerate.study.settings import DisclosureRules
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.steps import StepFunction

_CLOSE = 1e-6
"""Printed units within which a float may lie from a rounding edge without being trusted; relative
to the figure where that is over 1. Floats err by 1e-13 of it at most."""


@dataclass(frozen=True)
class Breakpoint:
    """Where the printed figure changes as one threshold moves away from its value in force.

    Args:
        direction: 1: upwards; −1: downwards.
        value: The nearest threshold with another figure (`is_reached`), or the one beyond which it
            is another at once; None where it never changes. A ratio is a case's own: for restricted
            eyes until `public_breakpoint` has rounded it.
        is_reached: Whether the figure has changed at `value` itself.
        moved: By how many effective cases; 0 where it never changes.
        before, after: The figure as printed, in the KPI's unit; None where the KPI has no value.
        is_withheld: Whether there is a value, which a public page does not show.
    """

    parameter: Parameter
    direction: int
    value: Fraction | None
    is_reached: bool
    moved: int
    before: Decimal | None
    after: Decimal | None
    is_withheld: bool = False


def breakpoints(
    index: ThresholdIndex, function: StepFunction, branch: str | None = None
) -> tuple[Breakpoint, Breakpoint]:
    """Return the exact breakpoints downwards and upwards, of a branch or the nation (None)."""
    here = function.interval(function.parameter.official)
    lowest = function.interval(function.first)
    return (
        _first(index, function, branch, -1, list(range(here - 1, lowest - 1, -1))),
        _first(index, function, branch, 1, list(range(here + 1, len(function.effective)))),
    )


def _first(
    index: ThresholdIndex,
    function: StepFunction,
    branch: str | None,
    direction: int,
    intervals: list[int],
) -> Breakpoint:
    official = function.at(function.parameter.official)
    before = _printed(index, official, branch)
    unchanged = Breakpoint(function.parameter, direction, None, False, 0, before, before)
    for place in _changed(index, branch, before, function.effective[intervals]):
        effective = int(function.effective[intervals[place]])
        after = _printed(index, effective, branch)
        if after != before:
            value, is_reached = _threshold(function, intervals[place], direction)
            moved = effective - official
            return replace(unchanged, value=value, is_reached=is_reached, moved=moved, after=after)
    return unchanged


def _threshold(function: StepFunction, interval: int, direction: int) -> tuple[Fraction, bool]:
    """Return the nearest threshold in an interval, and whether it lies in it."""
    if direction == 1:
        return function.jump(interval - 1), function.is_new_at_jump
    end = function.jump(interval)
    if function.parameter.kind == "boundary":
        return end - 1, True  # whole NTD
    return end, not function.is_new_at_jump


def _printed(index: ThresholdIndex, effective: int, branch: str | None) -> Decimal | None:
    exact = in_unit(index.value(effective, branch).value, index.version.unit)
    return None if exact is None else rounded(exact, index.version.decimals)


def _changed(
    index: ThresholdIndex,
    branch: str | None,
    before: Decimal | None,
    effective: npt.NDArray[np.int64],
) -> list[int]:
    """Return the places whose figure may be another, up to the first that surely is.

    Floats rule out all that lie well inside the printed figure's interval of rounding; the exact
    value decides on the others.
    """
    counts = {**index.counts[branch], "effective": effective}
    scale = 10**index.version.decimals * scale_of(index.version.unit)
    values = float_values(index.version, counts) * scale
    if before is None:
        is_sure = ~np.isnan(values)
        may_be = is_sure
    else:
        printed = float(before.scaleb(index.version.decimals))
        away = np.abs(values - printed)
        close = _CLOSE * max(1.0, abs(printed))
        is_sure = np.isnan(values) | (away > 0.5 + close)
        may_be = np.isnan(values) | (away > 0.5 - close)
    sure = np.flatnonzero(is_sure)
    last = int(sure[0]) + 1 if sure.size else len(values)
    return [int(place) for place in np.flatnonzero(may_be[:last])]


def public_breakpoint(
    found: Breakpoint, rules: DisclosureRules, bounds: tuple[Fraction, Fraction | None]
) -> Breakpoint:
    """Return a breakpoint as a public page may show it.

    `bounds` are the least and the greatest value that the threshold may take (None: no end).

    It is rounded outwards to the declared step, past the exact value, so that no case's own ratio
    or amount shows: the printed figure has changed by there. It is withheld where fewer cases
    than the least moved, or the rounded value is none that the threshold may take.
    """
    if found.value is None:
        return found
    is_ratio = found.parameter.kind == "ratio"
    step = rules.ratio_step if is_ratio else Fraction(rules.boundary_step_twd)
    value = outward(found.value, step, found.direction)
    low, high = bounds
    is_outside = value < low or (high is not None and value > high)
    if is_outside or not is_enough(found.moved, rules):
        return replace(found, value=None, is_reached=False, moved=0, is_withheld=True)
    return replace(found, value=value, is_reached=True, moved=0)
