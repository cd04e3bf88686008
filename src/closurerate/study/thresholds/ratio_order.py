"""Repayment ratios in their exact order, and how many of them pass a given ratio.

No ratio becomes a float. Two different fractions with denominators of at most 10¹² differ by at
least 10⁻²⁴, so 96 binary digits behind the point tell them apart; a ratio is kept as its whole
part and these digits, in two integers of 48.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.effective import Ints

Words = npt.NDArray[np.uint64]

MAX_DENOMINATOR = MAX_REFERRED_TWD
"""The greatest denominator of a ratio that is compared by digits; others are compared one by one.
It is also that of every case: the contract bounds the referred amount."""

_LIMB = np.uint64(24)
_HALF = np.uint64(48)
_TOP = np.uint64(2**16 - 1)
_LAST = np.uint64(2**64 - 1)
"""Whole parts from `_TOP` on share this one key, and are told apart after it."""


@dataclass(frozen=True)
class RatioOrder:
    """Cases in ascending order of paid over referred amount, equal ratios in order of place.

    Args:
        places (numpy.ndarray of int32): Place of each case in the arrays that the order was made
            from.
        paid_twd, referred_twd (numpy.ndarray of int64): Amounts in this order.
        key (numpy.ndarray of uint64): What is searched first: whole part and first 48 digits, as
            far as they fit.
        whole, high, low (numpy.ndarray of uint64): Whole part, first and last 48 digits.
    """

    places: npt.NDArray[np.int32]
    paid_twd: Ints
    referred_twd: Ints
    key: Words
    whole: Words
    high: Words
    low: Words

    def passing(
        self, numerators: Ints | npt.NDArray[np.object_], denominator: int, *, is_equal: bool
    ) -> Ints:
        """Return how many cases have paid more than given ratios of their referred amount.

        Args:
            numerators: Ratios times `denominator`: whole numbers from 0, of int64 or Python
                integers.
            is_equal: Whether exactly on the ratio passes.
        """
        if not self.places.size:
            return np.zeros(numerators.size, dtype=np.int64)
        distinct, inverse = np.unique(numerators, return_inverse=True)
        if denominator <= MAX_DENOMINATOR and distinct.dtype != object:
            below = self._below(distinct.astype(np.int64), denominator, or_equal=not is_equal)
        else:
            ratios = [Fraction(int(item), denominator) for item in distinct]
            below = np.array([self._one_below(item, or_equal=not is_equal) for item in ratios])
        return (self.places.size - below)[inverse].astype(np.int64)

    def _below(self, numerators: Ints, denominator: int, *, or_equal: bool) -> Ints:
        """Return how many cases lie below sorted ratios, or on them."""
        whole, high, low = _digits(numerators, np.full(numerators.size, denominator))
        key = _search_key(whole, high)
        first = np.searchsorted(self.key, key, side="left")
        # Where cases share the key, halve their range until the rest of the digits decides.
        shared = np.flatnonzero(self.key[np.minimum(first, self.key.size - 1)] == key)
        if shared.size:
            digits = whole[shared], high[shared], low[shared]
            last = np.searchsorted(self.key, key[shared], side="right")
            first[shared] = self._below_in_run(first[shared], last, digits, or_equal=or_equal)
        return first

    def _below_in_run(
        self, first: Ints, last: Ints, digits: tuple[Words, Words, Words], *, or_equal: bool
    ) -> Ints:
        """Return the same for ratios whose key the cases from `first` to before `last` have."""
        whole, high, low = digits
        while (first < last).any():
            middle = np.minimum((first + last) >> 1, self.key.size - 1)
            is_below = self.low[middle] <= low if or_equal else self.low[middle] < low
            for own, other in ((self.high[middle], high), (self.whole[middle], whole)):
                is_below = (own < other) | ((own == other) & is_below)
            is_open = first < last
            first = np.where(is_open & is_below, middle + 1, first)
            last = np.where(is_open & ~is_below, middle, last)
        return first

    def _one_below(self, ratio: Fraction, *, or_equal: bool) -> int:
        """Return the same for one ratio of any number of digits."""

        def own(place: int) -> Fraction:
            return Fraction(int(self.paid_twd[place]), int(self.referred_twd[place]))

        passed = bisect_right if or_equal else bisect_left
        return passed(range(self.places.size), ratio, key=own)


def ratio_order(paid_twd: Ints, referred_twd: Ints) -> RatioOrder:
    """Return cases in the exact order of their repayment ratio; referred 1 to 10¹² whole NTD."""
    whole, high, low = _digits(paid_twd, referred_twd)
    key = _search_key(whole, high)
    keys = (low, key) if whole.size and whole.max() < _TOP else (low, high, whole)
    places = np.lexsort(keys).astype(np.int32)
    return RatioOrder(
        places,
        paid_twd[places],
        referred_twd[places],
        key[places],
        whole[places],
        high[places],
        low[places],
    )


def _digits(numerators: Ints, denominators: Ints) -> tuple[Words, Words, Words]:
    """Return whole parts and the first and last 48 binary digits behind the point."""
    above, below = numerators.astype(np.uint64), denominators.astype(np.uint64)
    whole, rest = np.divmod(above, below)
    limbs = []
    for _ in range(4):
        # A rest is under 10¹² < 2⁴⁰, so 24 digits more stay inside 64.
        limb, rest = np.divmod(rest << _LIMB, below)
        limbs.append(limb)
    return whole, limbs[0] << _LIMB | limbs[1], limbs[2] << _LIMB | limbs[3]


def _search_key(whole: Words, high: Words) -> Words:
    key: Words = np.where(whole < _TOP, whole << _HALF | high, _LAST)
    return key
