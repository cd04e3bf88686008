"""What may leave the house: rounded thresholds, least counts, no sum that is mostly one case."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError
from closurerate.study.settings import DisclosureRules


def outward(value: Fraction, step: Fraction, direction: int) -> Fraction:
    """Return the next multiple of a step strictly beyond a value: never the value itself.

    Parameters
    ----------
    value
        An exact threshold, on which one case may lie.
    step
        Over 0.
    direction
        1 for upwards, −1 for downwards; what would fall under 0 is 0.

    Raises
    ------
    InputError
        If the step is not over 0 or the direction is another.
    """
    if step <= 0:
        raise InputError(f"disclosure: the step {step} must be over 0.")
    if direction not in (1, -1):
        raise InputError(f"disclosure: the direction {direction} must be 1 or -1.")
    steps = value / step
    if direction == 1:
        return (steps.__floor__() + 1) * step
    return max(Fraction(0), (steps.__ceil__() - 1) * step)


def is_enough(count: int, rules: DisclosureRules) -> bool:
    """Tell whether a figure rests on enough cases, of either sign, to be public."""
    return abs(count) >= rules.least_count


def is_dominated(amounts_twd: Sequence[int], rules: DisclosureRules) -> bool:
    """Tell whether one case makes more than the allowed share of a sum of amounts of 0 or more."""
    total = sum(amounts_twd)
    return total > 0 and Fraction(max(amounts_twd), total) > rules.largest_share


def coarsened(effective: npt.NDArray[np.int64], rules: DisclosureRules) -> npt.NDArray[np.int64]:
    """Return a series of counts that moves only where at least the least count has moved.

    A curve drawn from it shows no change by fewer cases: they show with those that follow. It
    differs from the exact series by fewer than the least count.

    Parameters
    ----------
    effective
        Cases at the points of a public grid, in their order.
    rules
        The least count.
    """
    shown = effective.copy()
    for place in range(1, len(shown)):
        if not is_enough(int(effective[place]) - int(shown[place - 1]), rules):
            shown[place] = shown[place - 1]
    return shown
