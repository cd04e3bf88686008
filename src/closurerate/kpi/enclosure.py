"""Certified bounds of an expression in counts, and of its slopes.

They are had by interval arithmetic in the natural way (Moore 1966), in exact fractions; only roots
are rounded, and outward.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache, partial, reduce
from math import isqrt

import sympy

from closurerate.kpi.pieces import innermost_extreme
from closurerate.kpi.walk import NoResultError, fraction_of, walked

Interval = tuple[Fraction, Fraction]
Box = Mapping[str, Interval]
"""Lowest and highest value of each count."""

_ROOT_BITS = 160


def enclosure(expression: sympy.Expr, box: Box) -> Interval:
    """Return an interval that holds every value over a box of an expression in counts.

    NoResultError where it has no finite bounds: there may be a pole or the root of a negative
    number in the box.
    """

    def known(part: sympy.Expr) -> Interval | None:
        if part.is_Symbol:
            return box[str(part)]
        return (fraction_of(part),) * 2 if part.is_Rational else None

    return walked(expression, known, _INTERVALS)


def _product(one: Interval, two: Interval) -> Interval:
    if one[0] >= 0 and two[0] >= 0:
        return one[0] * two[0], one[1] * two[1]
    corners = [first * second for first in one for second in two]
    return min(corners), max(corners)


def _by_ends(join: Callable[..., Fraction], *parts: Interval) -> Interval:
    lows, highs = zip(*parts, strict=True)
    return join(lows), join(highs)


def _power(base: Interval, exponent: Fraction) -> Interval:
    roots = exponent.denominator
    while roots % 2 == 0:
        base, roots = _root(base), roots // 2
    if roots != 1:
        raise NoResultError(f"the power {exponent} is not one of square roots")
    low, high = base
    whole = abs(exponent.numerator)
    corners = (low**whole, high**whole)
    result = min(corners), max(corners)
    if whole % 2 == 0 and low < 0 < high:
        result = Fraction(0), max(corners)
    if exponent > 0:
        return result
    if result[0] <= 0 <= result[1]:
        raise NoResultError("a divisor may be 0")
    return 1 / result[1], 1 / result[0]


def _root(base: Interval) -> Interval:
    if base[0] < 0:
        raise NoResultError("the root of what may be negative")
    low, high = (
        Fraction(isqrt((value.numerator << 2 * _ROOT_BITS) // value.denominator), 1 << _ROOT_BITS)
        for value in map(Fraction, base)
    )
    return low, high if high * high == base[1] else high + Fraction(1, 1 << _ROOT_BITS)


_INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "+": partial(_by_ends, sum),
    "*": lambda *parts: reduce(_product, parts),
    "^": _power,
    "min": partial(_by_ends, min),
    "max": partial(_by_ends, max),
}


def active(expression: sympy.Expr, box: Box) -> Iterator[sympy.Expr]:
    """Yield what an expression with minima and maxima may be somewhere in a box, without them.

    Along a line the expression is absolutely continuous, and where it has a derivative, which is
    almost everywhere, that is the derivative of one of these.
    """
    chosen = innermost_extreme(expression)
    if chosen is None:
        yield expression
        return
    sign = 1 if isinstance(chosen, sympy.Min) else -1
    spans = {argument: enclosure(sign * argument, box) for argument in chosen.args}
    reach = min(high for _, high in spans.values())
    for argument, (low, _) in spans.items():
        if low <= reach:
            yield from active(expression.xreplace({chosen: argument}), box)


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
        NoResultError: If it has no finite bounds there.
    """
    spans = [enclosure(slope(part, direction), box) for part in active(expression, box)]
    return min(low for low, _ in spans), max(high for _, high in spans)
