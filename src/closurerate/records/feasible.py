"""Which exact values print as a number, under each way of rounding it, and which counts do."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal, get_args

Rounding = Literal["half_up", "half_even", "truncated", "down", "up", "unknown"]
"""Half up: halves away from zero; truncated: toward zero; down and up: to the least and greatest
value; unknown: any of these."""
ROUNDINGS: tuple[Rounding, ...] = get_args(Rounding)


@dataclass(frozen=True)
class Interval:
    """Whole numbers from `low` to `high`, both included; none where `high` is below `low`."""

    low: int
    high: int

    @property
    def middle(self) -> int:
        """The number in the middle, the lower of two."""
        return (self.low + self.high) // 2


@dataclass(frozen=True)
class ExactRange:
    """Exact values from `low` to `high`, and whether each end is one of them."""

    low: Fraction
    high: Fraction
    has_low: bool = True
    has_high: bool = True

    def meets(self, other: "ExactRange") -> bool:
        """Tell whether some value is in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low < high or (low == high and self._has(low) and other._has(low))

    def _has(self, value: Fraction) -> bool:
        return (value > self.low or (value == self.low and self.has_low)) and (
            value < self.high or (value == self.high and self.has_high)
        )


def prints_as(value: Fraction, decimals: int, rounding: Rounding = "half_up") -> ExactRange:
    """Return the exact values that are printed as `value`.

    Args:
        decimals: Printed precision: digits after the point; -4 is to the 萬.
    """
    unit = Fraction(10) ** -decimals
    if rounding == "half_even":
        is_even = value / unit % 2 == 0
        return ExactRange(value - unit / 2, value + unit / 2, is_even, is_even)
    if rounding == "half_up":
        return ExactRange(value - unit / 2, value + unit / 2, value > 0, value < 0)
    if rounding == "up" or (rounding == "truncated" and value < 0):
        return ExactRange(value - unit, value, has_low=False)
    if rounding == "down" or (rounding == "truncated" and value > 0):
        return ExactRange(value, value + unit, has_high=False)
    return ExactRange(value - unit, value + unit, has_low=False, has_high=False)


def feasible_counts(
    value: Fraction, decimals: int, per_one: Fraction, rounding: Rounding = "half_up"
) -> Interval:
    """Return which whole numbers of cases print as a rate: where there is none, it is impossible.

    Args:
        value: The printed rate.
        decimals: Its printed precision.
        per_one: What the rate is for one case, over 0 and in its unit; it is proportional to them.
            For 100 · E / C it is 100 / C; for the non-linear I, 100 · (C + P) / (C² + P²).
    """
    span = prints_as(value, decimals, rounding)
    first, last = span.low / per_one, span.high / per_one
    low = ceil(first) if span.has_low else floor(first) + 1
    return Interval(max(low, 0), floor(last) if span.has_high else ceil(last) - 1)
