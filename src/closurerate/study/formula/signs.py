"""Where an algebraic function of one positive variable is positive, negative or nought, exactly.

The function is made of rational ones by roots, minima and maxima. Minima and maxima are first split
at the points where their arguments meet. Between two points at which the sign can change
(`study.critical`) one evaluation settles it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import sympy

from closurerate.kpi.pieces import innermost_extreme
from closurerate.study.formula.critical import (
    DIGITS,
    NOUGHT,
    UndecidedError,
    ascending,
    critical_points,
)


@dataclass(frozen=True)
class Span:
    """An open interval of the variable and the sign (1, 0, −1) that a function has in it.

    Isolated points where it is 0 are not told apart from their neighbourhood.
    """

    lower: sympy.Expr
    upper: sympy.Expr
    sign: int


@dataclass(frozen=True)
class Branch:
    """What a function with minima and maxima is in an open interval: one without them."""

    lower: sympy.Expr
    upper: sympy.Expr
    expression: sympy.Expr


def branches(
    expression: sympy.Expr, along: Callable[[sympy.Expr], sympy.Expr], variable: sympy.Symbol
) -> tuple[Branch, ...]:
    """Split an expression with minima and maxima where its arguments meet.

    In order, from 0 to infinity; each with the argument in place that is taken there. `along` puts
    in what makes an expression a function of `variable` alone, on which the split is made.
    """
    cuts = ascending(_meeting_points(expression, along, variable))
    ends = [sympy.S.Zero, *cuts, sympy.oo]
    return tuple(
        Branch(lower, upper, _taken(expression, along, variable, sample_between(lower, upper)))
        for lower, upper in pairwise(ends)
    )


def sign_chart(
    expression: sympy.Expr,
    variable: sympy.Symbol,
    lower: sympy.Expr = sympy.S.Zero,
    upper: sympy.Expr = sympy.oo,
) -> tuple[Span, ...]:
    """Return the signs of an algebraic function in the parts of an open interval, in order.

    It has one variable, over 0, and no minima and maxima. UndecidedError if it has a pole or no
    real value inside, or algebra does not settle where it is 0.
    """
    inside = [point for point in critical_points(expression, variable) if lower < point < upper]
    ends = [lower, *inside, upper]
    spans: list[Span] = []
    for start, end in pairwise(ends):
        sign = _sign_at(expression, variable, sample_between(start, end))
        if spans and spans[-1].sign == sign:
            start = spans.pop().lower
        spans.append(Span(start, end, sign))
    return tuple(spans)


def sample_between(lower: sympy.Expr, upper: sympy.Expr) -> sympy.Rational:
    """Return a rational number strictly between two ends, of which the upper may be infinite."""
    if upper == sympy.oo:
        return sympy.Integer(int(sympy.floor(lower)) + 2)
    middle = sympy.N((lower + upper) / 2, DIGITS)
    return sympy.Rational(str(middle))


def _sign_at(expression: sympy.Expr, variable: sympy.Symbol, point: sympy.Rational) -> int:
    value = sympy.N(expression.subs(variable, point), DIGITS)
    if not value.is_real:
        raise UndecidedError(f"{expression} has no real value at {variable} = {point}")
    if abs(value) > NOUGHT:
        return 1 if value > 0 else -1
    if sympy.simplify(expression) == 0:
        return 0
    raise UndecidedError(f"{expression} seems to be 0, and algebra does not show it")


def _meeting_points(
    expression: sympy.Expr, along: Callable[[sympy.Expr], sympy.Expr], variable: sympy.Symbol
) -> set[sympy.Expr]:
    chosen = innermost_extreme(expression)
    if chosen is None:
        return set()
    arguments = chosen.args
    points = {
        point
        for place, first in enumerate(arguments)
        for second in arguments[:place]
        for point in critical_points(along(first - second), variable)
    }
    for argument in arguments:
        points |= _meeting_points(expression.xreplace({chosen: argument}), along, variable)
    return points


def _taken(
    expression: sympy.Expr,
    along: Callable[[sympy.Expr], sympy.Expr],
    variable: sympy.Symbol,
    sample: sympy.Rational,
) -> sympy.Expr:
    """Return an expression with each minimum and maximum replaced by its argument at a point."""
    while (chosen := innermost_extreme(expression)) is not None:
        pick = min if isinstance(chosen, sympy.Min) else max
        argument = pick(
            chosen.args, key=lambda part: sympy.N(along(part).subs(variable, sample), DIGITS)
        )
        expression = expression.xreplace({chosen: argument})
    return expression
