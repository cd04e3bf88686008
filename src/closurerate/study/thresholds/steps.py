"""Effective cases against one threshold, the others held: a step function, with every jump."""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.effective import passing_ratio
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.ratio_order import RatioOrder

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class StepFunction:
    """Effective cases as one threshold moves over its whole range.

    Args:
        parameter: The threshold.
        numerators, denominators (numpy.ndarray of int64, shape (n,)): Where the number jumps, as
            fractions in ascending order (denominator 1 for a boundary). On a ratio each is the
            repayment ratio of a case: an exact one is for restricted eyes.
        effective (numpy.ndarray of int64, shape (n + 1,)): Cases before the first jump, and after
            each.
        is_new_at_jump: Whether the threshold that lies exactly on a jump has the number after it:
            with `>` a case on the ratio is lost there already, with `>=` only beyond it.
        first, last: Ends of the range: ratios from 0 without end, boundaries between their
            neighbours.
    """

    parameter: Parameter
    numerators: Ints
    denominators: Ints
    effective: Ints
    is_new_at_jump: bool
    first: Fraction
    last: Fraction | None

    def jump(self, place: int) -> Fraction:
        """Return where a jump lies."""
        return Fraction(int(self.numerators[place]), int(self.denominators[place]))

    def interval(self, value: Fraction) -> int:
        """Return in which interval between jumps a threshold lies, from 0."""
        low, high = 0, len(self.numerators)
        while low < high:
            middle = (low + high) // 2
            jump = self.jump(middle)
            if jump < value or (jump == value and self.is_new_at_jump):
                low = middle + 1
            else:
                high = middle
        return low

    def at(self, value: Fraction) -> int:
        """Return the effective cases at a threshold."""
        return int(self.effective[self.interval(value)])


def step_function(
    index: ThresholdIndex, parameter: Parameter, branch: str | None = None
) -> StepFunction:
    """Return the effective cases against one threshold, the others as in force.

    Args:
        index: The year's cases.
        parameter: The threshold that moves; a boundary moves between the neighbouring ones and
            takes the cases that it passes into the other tier.
        branch: One branch; None for the nation.

    Raises:
        InputError: If the branch has no case.
    """
    official = index.official_effective(branch)
    part = index.nation if branch is None else index.parts[branch]
    if parameter.kind == "ratio":
        return _over_ratio(index, parameter, part.order, official)
    return _over_boundary(index, parameter, part.order, official)


def _over_ratio(
    index: ThresholdIndex, parameter: Parameter, order: RatioOrder, official: int
) -> StepFunction:
    tier = index.version.rule.tiers[parameter.place]
    own = order.referred_twd >= tier.from_twd
    if tier.below_twd is not None:
        own &= order.referred_twd < tier.below_twd
    paid, referred = order.paid_twd[own], order.referred_twd[own]
    # In the exact order, equal ratios are neighbours with the same digits.
    is_last = np.ones(paid.size, dtype=bool)
    for digits in (order.whole[own], order.high[own], order.low[own]):
        is_last[:-1] &= digits[1:] == digits[:-1]
    is_last[:-1] = ~is_last[:-1]
    ends = np.flatnonzero(is_last)
    passing = paid.size - np.concatenate([[0], ends + 1])
    function = StepFunction(
        parameter=parameter,
        numerators=paid[ends],
        denominators=referred[ends],
        effective=passing,
        is_new_at_jump=not index.version.rule.is_equal_effective,
        first=Fraction(0),
        last=None,
    )
    return _lifted(function, official)


def _over_boundary(
    index: ThresholdIndex, parameter: Parameter, order: RatioOrder, official: int
) -> StepFunction:
    rule = index.version.rule
    below, above = rule.tiers[parameter.place - 1 : parameter.place + 1]
    last = MAX_REFERRED_TWD + 1 if above.below_twd is None else above.below_twd
    own = (order.referred_twd >= below.from_twd) & (order.referred_twd < last)
    paid, referred = order.paid_twd[own], order.referred_twd[own]
    in_lower, in_upper = (
        passing_ratio(referred, paid, tier.ratio, is_equal=rule.is_equal_effective)
        for tier in (below, above)
    )
    amounts, places = np.unique(referred, return_inverse=True)
    gained = np.zeros(amounts.size, dtype=np.int64)
    np.add.at(gained, places, in_lower.astype(np.int64) - in_upper)
    is_jump = gained != 0
    function = StepFunction(
        parameter=parameter,
        # A case is in the lower tier once the boundary is one NTD over its referred amount.
        numerators=amounts[is_jump] + 1,
        denominators=np.ones(int(is_jump.sum()), dtype=np.int64),
        effective=np.concatenate([[0], np.cumsum(gained[is_jump])]),
        is_new_at_jump=True,
        first=Fraction(below.from_twd),
        last=Fraction(last),
    )
    return _lifted(function, official)


def _lifted(function: StepFunction, official: int) -> StepFunction:
    """Return a function that counts from any base, moved to meet the official number."""
    here = function.at(function.parameter.official)
    return replace(function, effective=function.effective + (official - here))
