"""Formulas over whole columns, exactly: each value a fraction of whole numbers, never a float."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import isqrt
from typing import Any

import numpy as np

from closurerate.audit.tables.column_formula import ColumnFormula
from closurerate.audit.tables.printed_rows import Digits
from closurerate.kpi.formula import Node, Number
from closurerate.kpi.walk import walked

Whole = Any
"""A NumPy array of Python's whole numbers (of type object), of any size."""
_ROOT_DIGITS = 10**40
_NEAR = 10**12
"""A value no farther from half a unit than one such part of a unit is computed once more."""


@dataclass(frozen=True)
class Fractions:
    """A column of exact values.

    Args:
        above, below: Whole numbers; those below are over 0.
        is_known: Where there is a value.
    """

    above: Whole
    below: Whole
    is_known: Any

    def at(self, places: Any) -> "Fractions":
        """Return the values of other rows, by their places; none where a place is under 0."""
        is_known = self.is_known[places] & (places >= 0)
        return Fractions(self.above[places], self.below[places], is_known)


def column_of(numbers: Sequence[Digits | None]) -> Fractions:
    """Return a column of decimals as fractions."""
    above = np.array([0 if one is None else one[0] for one in numbers], object)
    below = np.array([1 if one is None else 10 ** one[1] for one in numbers], object)
    return Fractions(above, below, np.array([one is not None for one in numbers]))


def computed_column(found: ColumnFormula, names: Mapping[str, Fractions], size: int) -> Fractions:
    """Return a formula's value in each row, none where it divides by nought or takes no root.

    Args:
        names: The column of each of its names.
        size: How many rows there are.
    """

    def known(node: Node) -> Fractions | None:
        if isinstance(node, Number):
            above, below = (np.full(size, part, object) for part in node.value.as_integer_ratio())
            return Fractions(above, below, np.full(size, True))
        return names.get(getattr(node, "name", ""))

    return walked(found.formula.node, known, _STEPS)


def _sum(one: Fractions, two: Fractions) -> Fractions:
    above = one.above * two.below + two.above * one.below
    return Fractions(above, one.below * two.below, one.is_known & two.is_known)


def _negative(one: Fractions) -> Fractions:
    return Fractions(-one.above, one.below, one.is_known)


def _product(one: Fractions, two: Fractions) -> Fractions:
    known = one.is_known & two.is_known
    return Fractions(one.above * two.above, one.below * two.below, known)


def _inverse(one: Fractions) -> Fractions:
    is_zero = one.above == 0
    above = np.where(one.above < 0, -one.below, one.below)
    below = np.where(is_zero, 1, np.abs(one.above))
    return Fractions(above, below, one.is_known & ~is_zero)


def _power(one: Fractions, exponent: Fraction) -> Fractions:
    power = abs(int(exponent))
    found = Fractions(one.above**power, one.below**power, one.is_known)
    return _inverse(found) if exponent < 0 else found


def _root(one: Fractions) -> Fractions:
    """Return roots that are fractions exactly, and others to 40 digits after the point."""
    under = zip(one.above, one.below, strict=True)
    roots = [isqrt(max(above, 0) * below * _ROOT_DIGITS**2) for above, below in under]
    known = one.is_known & (one.above >= 0)
    return Fractions(np.array(roots, object), one.below * _ROOT_DIGITS, known)


def _picked(is_first: Callable[[Any, Any], Any]) -> Callable[..., Fractions]:
    def pick(one: Fractions, two: Fractions) -> Fractions:
        first = is_first(one.above * two.below, two.above * one.below)
        above = np.where(first, one.above, two.above)
        below = np.where(first, one.below, two.below)
        return Fractions(above, below, one.is_known & two.is_known)

    return lambda *all_of: reduce(pick, all_of)


_STEPS: Mapping[str, Callable[..., Fractions]] = {
    "+": _sum,
    "-": lambda one, two: _sum(one, _negative(two)),
    "*": _product,
    "/": lambda one, two: _product(one, _inverse(two)),
    "^": _power,
    "negative": _negative,
    "sqrt": _root,
    "min": _picked(np.less),
    "max": _picked(np.greater),
}


def in_digits(found: Fractions, decimals: int) -> tuple[Whole, Whole, Whole]:
    """Return values in units of the last digit: the whole part (downward), the rest, over what."""
    above = found.above * 10 ** max(decimals, 0)
    below = found.below * 10 ** max(-decimals, 0)
    return above // below, above % below, below


def is_near(rest: Whole, below: Whole) -> Any:
    """Tell which values are so near half a unit, or a whole one, that a last digit decides."""
    doubled = 2 * rest % below
    return np.minimum(doubled, below - doubled) * _NEAR < below


def roundings(whole: Whole, rest: Whole, below: Whole) -> dict[str, Whole]:
    """Return values rounded in each named way (`records.feasible.Rounding`)."""
    up = whole + (rest > 0)
    is_over, is_half = 2 * rest > below, 2 * rest == below
    return {
        "half_up": whole + (is_over | (is_half & (whole >= 0))),
        "half_even": whole + (is_over | (is_half & (whole % 2 == 1))),
        "truncated": np.where(whole < 0, up, whole),
        "down": whole,
        "up": up,
    }
