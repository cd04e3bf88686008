"""What is read off an expression in counts by walking it: arrays, slopes, certified bounds.

Bounds are by interval arithmetic in the natural way (Moore 1966), in exact fractions; only roots
are rounded, and outward.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import isqrt, prod
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

FloatGrid = npt.NDArray[np.float64]
Interval = tuple[Fraction, Fraction]
Box = Mapping[str, Interval]
"""Lowest and highest value of each count."""

_ROOT_BITS = 160


class UnboundedError(Exception):
    """An expression that has no finite bounds over a box, such as a quotient by nought."""


# Arrays ---------------------------------------------------------------------------------------
def on_arrays(expression: sympy.Expr, arrays: Mapping[sympy.Symbol, FloatGrid]) -> FloatGrid:
    """Return an expression's values for arrays of its symbols, nan where it has none.

    The tree is walked with numpy: no code is made of a formula.
    """
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = np.broadcast_to(np.asarray(_walked(expression, arrays), dtype=float), shape)
    return np.where(np.isfinite(values), values, np.nan)


def _walked(expression: sympy.Expr, arrays: Mapping[sympy.Symbol, FloatGrid]) -> Any:
    if expression.is_Symbol:
        return arrays[expression]
    if not expression.args:
        return float(expression)
    parts = [_walked(part, arrays) for part in expression.args]
    if isinstance(expression, sympy.Pow):
        return np.power(*parts)
    folded = {sympy.Add: np.add, sympy.Mul: np.multiply, sympy.Min: np.minimum}
    join = folded.get(type(expression), np.maximum)
    result = parts[0]
    for part in parts[1:]:
        result = join(result, part)
    return result


# Bounds ---------------------------------------------------------------------------------------
def enclosure(expression: sympy.Expr, box: Box) -> Interval:
    """Return an interval that holds every value of an expression over a box.

    Args:
        expression: Made of counts and rational numbers by `+ * ^`, square roots, minima and maxima.
        box: Has an interval for each count of the expression.

    Raises:
        UnboundedError: If there may be a pole or the root of a negative number in the box.
    """
    if expression.is_Symbol:
        return box[str(expression)]
    if expression.is_Rational:
        value = Fraction(int(expression.p), int(expression.q))
        return value, value
    if isinstance(expression, sympy.Pow):
        return _power(enclosure(expression.base, box), expression.exp)
    parts = [enclosure(part, box) for part in expression.args]
    lows, highs = zip(*parts, strict=True)
    if expression.is_Add:
        return sum(lows, Fraction(0)), sum(highs, Fraction(0))
    if isinstance(expression, sympy.Min | sympy.Max):
        pick = min if isinstance(expression, sympy.Min) else max
        return pick(lows), pick(highs)
    if not expression.is_Mul:
        raise UnboundedError(f"{expression} is not made of counts")
    return _product(parts)


def _product(parts: list[Interval]) -> Interval:
    if all(low >= 0 for low, _ in parts):
        one = Fraction(1)
        return prod((low for low, _ in parts), start=one), prod(
            (high for _, high in parts), start=one
        )
    low, high = parts[0]
    for other in parts[1:]:
        corners = [one * two for one in (low, high) for two in other]
        low, high = min(corners), max(corners)
    return low, high


def _power(base: Interval, exponent: sympy.Expr) -> Interval:
    roots = int(exponent.q) if exponent.is_Rational else 0
    while roots > 1 and roots % 2 == 0:
        base, roots = _root(base), roots // 2
    if roots != 1:
        raise UnboundedError(f"the power {exponent} is not one of square roots")
    low, high = base
    whole = abs(int(exponent.p))
    corners = (low**whole, high**whole)
    result = min(corners), max(corners)
    if whole % 2 == 0 and low < 0 < high:
        result = Fraction(0), max(corners)
    if exponent > 0:
        return result
    if result[0] <= 0 <= result[1]:
        raise UnboundedError("a divisor may be 0")
    return 1 / result[1], 1 / result[0]


def _root(base: Interval) -> Interval:
    if base[0] < 0:
        raise UnboundedError("the root of what may be negative")
    low, high = (
        Fraction(isqrt((value.numerator << 2 * _ROOT_BITS) // value.denominator), 1 << _ROOT_BITS)
        for value in map(Fraction, base)
    )
    return low, high if high * high == base[1] else high + Fraction(1, 1 << _ROOT_BITS)


def active(expression: sympy.Expr, box: Box) -> Iterator[sympy.Expr]:
    """Yield what an expression with minima and maxima may be somewhere in a box, without them.

    Along a line the expression is absolutely continuous, and where it has a derivative, which is
    almost everywhere, that is the derivative of one of these.
    """
    chosen = _innermost(expression)
    if chosen is None:
        yield expression
        return
    sign = 1 if isinstance(chosen, sympy.Min) else -1
    spans = {argument: enclosure(sign * argument, box) for argument in chosen.args}
    reach = min(high for _, high in spans.values())
    for argument, (low, _) in spans.items():
        if low <= reach:
            yield from active(expression.xreplace({chosen: argument}), box)


@lru_cache(maxsize=256)
def _innermost(expression: sympy.Expr) -> sympy.Expr | None:
    """Return a minimum or maximum whose arguments hold no other; None where there is none."""
    found = [
        part
        for part in sympy.preorder_traversal(expression)
        if isinstance(part, sympy.Min | sympy.Max)
    ]
    return found[-1] if found else None


# Slopes ---------------------------------------------------------------------------------------
@lru_cache(maxsize=4096)
def slope(expression: sympy.Expr, direction: tuple[tuple[str, int], ...]) -> sympy.Expr:
    """Return the derivative of an expression along a direction in the counts, factored."""
    symbols = {str(symbol): symbol for symbol in expression.free_symbols}
    total = sum(
        (
            step * sympy.diff(expression, symbols[name])
            for name, step in direction
            if name in symbols
        ),
        sympy.Integer(0),
    )
    return sympy.factor(sympy.together(total))


def slope_enclosure(
    expression: sympy.Expr, direction: tuple[tuple[str, int], ...], box: Box
) -> Interval:
    """Return an interval that holds the derivative along a direction all over a box.

    Raises:
        UnboundedError: If it has no finite bounds there.
    """
    spans = [enclosure(slope(part, direction), box) for part in active(expression, box)]
    return min(low for low, _ in spans), max(high for _, high in spans)
