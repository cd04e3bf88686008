"""What may leave the house: rounded thresholds, least counts, no sum that is mostly one case."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError
from closurerate.study.settings import DisclosureRules


def outward(value: Fraction, step: Fraction, direction: int) -> Fraction:
    """Return the next multiple of a step strictly beyond a value: never the value itself.

    `direction` is 1 for upwards, −1 for downwards; what would fall under 0 is 0.

    Raises:
        InputError: If the step is not over 0 or the direction is another.
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


def is_dominated(largest_twd: int, total_twd: int, rules: DisclosureRules) -> bool:
    """Tell whether one case, the largest, makes more than the allowed share of a sum of amounts."""
    return total_twd > 0 and Fraction(largest_twd, total_twd) > rules.largest_share


def coarsened(
    effective: npt.NDArray[np.int64], rules: DisclosureRules, *, in_force: int, below: int
) -> npt.NDArray[np.int64]:
    """Return a series of counts in which no change by fewer than the least count shows.

    It starts from the count in force, which is public, and goes outward both ways; a count of its
    own shows only where it is at least the least count away from every other that shows, and else
    the one that stands before it or the nearest. So any two counts that show, that in force among
    them, are equal or at least so many cases apart, and each differs from its exact count by fewer.

    Args:
        effective: Cases at the points of a public grid, in their order.
        rules: The least count.
        in_force: Cases by the threshold in force, which need not be a point of the grid.
        below: How many points lie below it.
    """
    shown, levels = effective.copy(), [in_force]
    for outwards in (range(below - 1, -1, -1), range(below, len(shown))):
        level = in_force
        for place in outwards:
            exact = int(effective[place])
            near = [other for other in levels if not is_enough(exact - other, rules)]
            if level not in near:
                if not near:
                    levels.append(exact)
                level = min((abs(exact - other), other) for other in near or [exact])[1]
            shown[place] = level
    return shown
