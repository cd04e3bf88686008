"""The points at which an algebraic function of one positive variable can change its sign, exactly.

Its roots are replaced by symbols and removed by resultants, so that every such point is among the
real roots of polynomials with rational coefficients (Cox, Little & O'Shea, *Ideals, Varieties, and
Algorithms*, chapter 3).
"""

from collections.abc import Sequence

import sympy

DIGITS = 60
"""Digits of an evaluation that settles a sign; roots of our polynomials lie much farther apart."""
NOUGHT = sympy.Float(10) ** -40


MOST_ROOTS = 5
"""Roots in one expression up to which it takes seconds to eliminate them: each doubles a degree."""


class UndecidedError(Exception):
    """The sign cannot be settled by algebra: search instead."""


def critical_points(expression: sympy.Expr, variable: sympy.Symbol) -> tuple[sympy.Expr, ...]:
    """Return all points over 0 at which an algebraic function can change its sign, in order.

    UndecidedError if it has a pole there, too many roots, or an elimination leaves nothing.
    """
    relations: list[tuple[sympy.Symbol, int, sympy.Expr]] = []
    plain = sympy.together(_without_roots(expression, relations))
    if len(relations) > MOST_ROOTS:
        raise UndecidedError(f"{expression} has more than {MOST_ROOTS} roots")
    numerator, divisor = sympy.fraction(sympy.cancel(plain))
    if numerator == 0:
        return ()
    for pole in _roots(divisor, relations, variable):
        if abs(sympy.N(divisor.subs(_values(relations, variable, pole)), DIGITS)) < NOUGHT:
            raise UndecidedError(f"{expression} has a pole at {variable} = {pole}")
    points = set(_roots(numerator, relations, variable))
    for place, (_, _, base) in enumerate(relations):
        for part in sympy.fraction(sympy.together(base)):
            points |= set(_roots(part, relations[:place], variable))
    return ascending(points)


def _without_roots(
    expression: sympy.Expr, relations: list[tuple[sympy.Symbol, int, sympy.Expr]]
) -> sympy.Expr:
    """Return an expression with a symbol s for each root; `relations` gains (s, q, s^q)."""

    def named(root: sympy.Expr) -> sympy.Expr:
        base, exponent = root.args
        for symbol, index, known in relations:
            if known == base and index == exponent.q:
                return symbol**exponent.p
        symbol = sympy.Dummy("s", positive=True)
        relations.append((symbol, int(exponent.q), base))
        return symbol**exponent.p

    return expression.replace(lambda part: part.is_Pow and not part.exp.is_Integer, named)


def _values(
    relations: Sequence[tuple[sympy.Symbol, int, sympy.Expr]],
    variable: sympy.Symbol,
    point: sympy.Expr,
) -> dict[sympy.Symbol, sympy.Expr]:
    """Return the variable and every root's symbol as numbers at a point."""
    values = {variable: sympy.N(point, DIGITS)}
    for symbol, index, base in relations:
        values[symbol] = sympy.N(base.subs(values), DIGITS) ** sympy.Rational(1, index)
    return values


def _roots(
    polynomial: sympy.Expr,
    relations: Sequence[tuple[sympy.Symbol, int, sympy.Expr]],
    variable: sympy.Symbol,
) -> list[sympy.Expr]:
    """Return the points over 0 among which the zeros of a polynomial in variable and roots are."""
    rest = sympy.expand(polynomial)
    for symbol, index, base in reversed(relations):
        above, below = sympy.fraction(sympy.together(base))
        if rest.has(symbol):
            rest = sympy.resultant(rest, below * symbol**index - above, symbol)
    if rest == 0:
        raise UndecidedError(f"{polynomial} leaves nothing when its roots are eliminated")
    factors = sympy.factor_list(rest, variable)[1] if rest.has(variable) else []
    return [
        root
        for factor, _ in factors
        for root in sympy.real_roots(sympy.Poly(factor, variable))
        if root.is_positive
    ]


def ascending(points: set[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """Return points in order, one that is written in two ways once."""
    kept: list[sympy.Expr] = []
    for point in sorted(points, key=lambda point: sympy.N(point, DIGITS)):
        if not kept or abs(sympy.N(point - kept[-1], DIGITS)) > NOUGHT:
            kept.append(point)
    return tuple(kept)
