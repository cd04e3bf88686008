"""A KPI along an action done again and again: at which whole numbers of times it can turn.

A quotient of polynomials keeps on one side of a target but where it meets the target or has a pole,
and a minimum or maximum of such does too; so a few whole numbers around these roots decide exactly
what holds at all others.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

import sympy

from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import measure
from closurerate.kpi.pieces import Piece, pieces
from closurerate.study.incentives.action_signs import derivative
from closurerate.study.incentives.actions import Action, check_action
from closurerate.study.incentives.count_signs import reduced

_TIMES = sympy.Symbol("times", real=True)
_NARROW = sympy.Rational(1, 4)
"""How far a root is pinned down: no more than two whole numbers lie around it."""


def crossings(
    version: KpiVersion, counts: Counts, action: Action, target: Fraction, most: int
) -> list[int] | None:
    """Return the numbers of times at which a KPI can first stand on another side of a target.

    In order, from 1 to `most`: the KPI stands on one side of the target from each up to the next.
    None where algebra does not decide: the formula adds roots to something else. A target of 28
    digits, where the KPI is irrational, moves no crossing past a neighbouring whole number.
    """
    aim = sympy.Rational(target.numerator, target.denominator)
    expressions: list[sympy.Expr] = []
    for part in pieces(version):
        rational, power = _without_root(part.expression)
        above, below = sympy.fraction(rational)
        expressions += [above - aim**power * below, below]
        expressions += [above] * (power - 1)  # beyond its zeros a root has no value
    line = [_along(item, counts, action) for item in expressions]
    found = _near_roots(line, 1, most)
    return None if found is None else sorted({1, *found} if most else set())


def _without_root(expression: sympy.Expr) -> tuple[sympy.Expr, int]:
    """Return an expression, squared where it is a root, and the power that it was raised to."""
    if expression.is_rational_function(*expression.free_symbols):
        return expression, 1
    return sympy.cancel(expression**2), 2


def turning_points(
    version: KpiVersion, counts: Counts, action: Action, least: int, most: int
) -> list[int] | None:
    """Return, in order, the numbers of times among which a KPI's highest and lowest value are.

    They are from `least` to `most`, negative for so many times fewer; None as for `crossings`.
    """
    expressions: list[sympy.Expr] = []
    for part in pieces(version):
        try:
            expressions += _turning(part, counts, action)
        except ZeroDivisionError:
            return None
    found = _near_roots(expressions, least, most)
    # At an end, where a count is used up, the KPI may have no value: the next number then counts.
    ends = {least, min(least + 1, most), max(most - 1, least), most}
    return None if found is None else sorted(found | ends)


def _turning(part: Piece, counts: Counts, action: Action) -> list[sympy.Expr]:
    """Return what is 0 where a piece turns, has a pole, or gives way to another."""
    slope = reduced(derivative(part.expression, action)).border
    rational, power = _without_root(part.expression)
    above, below = sympy.fraction(rational)
    ends = [slope, below, *[above] * (power - 1)]
    conditions = [sympy.fraction(item)[0] for item in part.conditions]
    return [_along(item, counts, action) for item in (*ends, *conditions)]


def _along(expression: sympy.Expr, counts: Counts, action: Action) -> sympy.Expr:
    """Return an expression in the counts as one in the number of times."""
    check_action(action)
    line = {}
    for item in expression.free_symbols:
        name = measure(str(item))
        line[item] = (counts[name] or 0) + _TIMES * (action.changes.get(name) or 0)
    return expression.subs(line)


def _near_roots(expressions: Iterable[sympy.Expr], least: int, most: int) -> set[int] | None:
    """Return the whole numbers next to the expressions' real roots, or None for no polynomials."""
    found: set[int] = set()
    for expression in expressions:
        if not expression.is_polynomial(_TIMES):
            return None
        polynomial = sympy.Poly(expression, _TIMES)
        if polynomial.degree() < 1:
            continue
        if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
            return None
        for (low, high), _ in polynomial.intervals(eps=_NARROW, inf=least - 1, sup=most + 1):
            found |= set(range(ceil(low) - 1, floor(high) + 2))
    return {times for times in found if least <= times <= most}
