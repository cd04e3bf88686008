"""Effective cases against one threshold, the others held: a step function, with every jump."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.kpi.effective import EffectiveRule, Ints, Tier, passing_ratio
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, admissible
from closurerate.study.thresholds.ratio_order import RatioOrder


@dataclass(frozen=True)
class StepFunction:
    """Effective cases as one threshold moves over its whole range.

    Args:
        numerators, denominators (numpy.ndarray of int64, shape (n,)): Where the number jumps, as
            fractions in ascending order (denominator 1 for a boundary). On a ratio each is the
            repayment ratio of a case: an exact one is for restricted eyes.
        effective (numpy.ndarray of int64, shape (n + 1,)): Cases before the first jump, and after
            each.
        is_new_at_jump: Whether the threshold that lies exactly on a jump has the number after it:
            with `>` a case on the ratio is lost there already, with `>=` only beyond it.
        first, last: Ends of the range, as `admissible` gives them.
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
        passed = bisect_right if self.is_new_at_jump else bisect_left
        return passed(range(len(self.numerators)), value, key=self.jump)

    def at(self, value: Fraction) -> int:
        """Return the effective cases at a threshold."""
        return int(self.effective[self.interval(value)])


def step_function(
    index: ThresholdIndex, parameter: Parameter, branch: str | None = None
) -> StepFunction:
    """Return the effective cases (None: of the nation) against one threshold, others as in force.

    A boundary moves between the neighbouring ones and takes the cases that it passes into the other
    tier. InputError if the branch has no case.
    """
    official = index.official_effective(branch)
    order = index.nation.order if branch is None else index.parts[branch].order
    rule = index.version.rule
    is_ratio = parameter.kind == "ratio"
    numerators, denominators, effective = (_over_ratio if is_ratio else _over_boundary)(
        rule, parameter.place, order
    )
    first, last = admissible(rule, parameter)
    function = StepFunction(
        parameter=parameter,
        numerators=numerators,
        denominators=denominators,
        effective=effective,
        is_new_at_jump=not (is_ratio and rule.is_equal_effective),
        first=first,
        last=last,
    )
    # What was counted from any base meets the official number at the official threshold.
    lift = official - function.at(parameter.official)
    return replace(function, effective=function.effective + lift)


def _over_ratio(rule: EffectiveRule, place: int, order: RatioOrder) -> tuple[Ints, Ints, Ints]:
    """Return the jumps as fractions, and how many of the tier's cases pass around them."""
    own = _between(order, rule.tiers[place], rule.tiers[place])
    paid, referred = order.paid_twd[own], order.referred_twd[own]
    # In the exact order, equal ratios are neighbours with the same digits.
    is_last = np.ones(paid.size, dtype=bool)
    for digits in (order.whole[own], order.high[own], order.low[own]):
        is_last[:-1] &= digits[1:] == digits[:-1]
    is_last[:-1] = ~is_last[:-1]
    ends = np.flatnonzero(is_last)
    return paid[ends], referred[ends], paid.size - np.concatenate([[0], ends + 1])


def _over_boundary(rule: EffectiveRule, place: int, order: RatioOrder) -> tuple[Ints, Ints, Ints]:
    """Return the jumps, each over 1, and how many effective cases were gained by then."""
    below, above = rule.tiers[place - 1 : place + 1]
    own = _between(order, below, above)
    paid, referred = order.paid_twd[own], order.referred_twd[own]
    in_lower, in_upper = (
        passing_ratio(referred, paid, tier.ratio, is_equal=rule.is_equal_effective)
        for tier in (below, above)
    )
    amounts, places = np.unique(referred, return_inverse=True)
    gained = np.zeros(amounts.size, dtype=np.int64)
    np.add.at(gained, places, in_lower.astype(np.int64) - in_upper)
    is_jump = gained != 0
    # A case is in the lower tier once the boundary is one NTD over its referred amount.
    numerators = amounts[is_jump] + 1
    return numerators, np.ones_like(numerators), np.concatenate([[0], np.cumsum(gained[is_jump])])


def _between(order: RatioOrder, lowest: Tier, highest: Tier) -> npt.NDArray[np.bool_]:
    """Return which cases are in neighbouring tiers."""
    own = order.referred_twd >= lowest.from_twd
    return own if highest.below_twd is None else own & (order.referred_twd < highest.below_twd)
