"""A KPI as a function of I1 = E/C and I2 = E/P: the expression, or why there is none.

The expressions are sympy's, in positive symbols. What they are in the counts may be cancelled and
is then the KPI everywhere; what has a root, a minimum or a maximum is kept as it is written.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy

from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.formula import COUNT_NAMES, Formula, Indicators, names_in
from closurerate.kpi.value import in_counts, symbolic
from closurerate.kpi.walk import NoResultError, walked

I1, I2 = sympy.symbols("I1 I2", positive=True)
"""The two indicators, E/C and E/P."""
COUNTS: dict[str, sympy.Symbol] = {name: sympy.Symbol(name, positive=True) for name in COUNT_NAMES}
"""The counts that a formula may use, as positive symbols."""
E, C, P = (COUNTS[name] for name in ("E", "C", "P"))

_PRESUMED = {"I1": E / C, "I2": E / P}


@dataclass(frozen=True)
class Combination:
    """What a KPI is in I1 and I2.

    Args:
        expression: The KPI (a plain ratio) in the symbols `I1` and `I2`; None where it is no
            function of them.
        degree: d where I(λ·I1, λ·I2) = λᵈ·I(I1, I2); None where there is none, or none was found.
        reason: Why there is no expression: `other_indicators` (the version's I1 is not E/C, or its
            I2 not E/P), `other_counts` (it uses the counts in `names`), `depends_on_size` (it
            changes when E, C and P grow alike), `divides_by_zero`; empty where there is one.
        names: What the reason is about.
    """

    expression: sympy.Expr | None
    degree: Fraction | None = None
    reason: str = ""
    names: tuple[str, ...] = ()


def in_indicators(version: KpiVersion) -> Combination:
    """Return a KPI as a function of I1 = E/C and I2 = E/P, where it is one.

    A formula in counts is rewritten by C = E/I1 and P = E/I2, which is one in the indicators
    exactly if E drops out: if the formula is homogeneous of degree 0 in (E, C, P).
    """
    return _combination(*check_version(version).written)


def count_expression(version: KpiVersion) -> sympy.Expr | None:
    """Return a KPI (a plain ratio) in the symbols of `COUNTS`; None where it divides by 0.

    A formula without a root, minimum or maximum is cancelled, as for its value.
    """
    return _count_expression(*check_version(version).written)


@lru_cache(maxsize=128)
def _count_expression(formula: Formula, indicators: Indicators) -> sympy.Expr | None:
    try:
        cancelled = in_counts(formula, dict(indicators))
        if cancelled is not None:
            return cancelled.subs(
                {symbol: COUNTS[str(symbol)] for symbol in cancelled.free_symbols}
            )
        return _without_abs(symbolic(formula.node, COUNTS | _indicators(indicators)))
    except (ZeroDivisionError, ValueError):
        return None


def _indicators(indicators: Indicators) -> dict[str, sympy.Expr]:
    return {name: symbolic(formula.node, COUNTS) for name, formula in indicators}


@lru_cache(maxsize=128)
def _combination(formula: Formula, indicators: Indicators) -> Combination:
    written = _count_expression(formula, indicators)
    if written is None:
        return Combination(None, reason="divides_by_zero")
    other = [
        name
        for name, item in _indicators(indicators).items()
        if name in _PRESUMED and sympy.simplify(item - _PRESUMED[name]) != 0
    ]
    if other:
        return Combination(None, reason="other_indicators", names=tuple(sorted(other)))
    names = sorted(str(symbol) for symbol in written.free_symbols - {E, C, P})
    if names:
        return Combination(None, reason="other_counts", names=tuple(names))
    if degree_of(written, (E, C, P)) != 0:
        return Combination(None, reason="depends_on_size")
    expression = _rewritten(written, formula)
    return Combination(expression, degree_of(expression, (I1, I2)))


def _without_abs(expression: sympy.Expr) -> sympy.Expr:
    """Return an expression with |x|, which sympy makes of the root of a square, as a maximum."""
    return expression.replace(sympy.Abs, lambda inner: sympy.Max(inner, -inner))


def _rewritten(written: sympy.Expr, formula: Formula) -> sympy.Expr:
    """Return an expression of degree 0 in (E, C, P) in the indicators."""
    is_rational = written.is_rational_function(E, C, P)
    if not is_rational and names_in(formula.node) <= _PRESUMED.keys():
        return _without_abs(symbolic(formula.node, {"I1": I1, "I2": I2}))
    # As E drops out, any E will do: 1.
    inside = written.subs({E: 1, C: 1 / I1, P: 1 / I2}, simultaneous=True)
    return sympy.factor(sympy.cancel(inside)) if is_rational else inside


def degree_of(expression: sympy.Expr, symbols: tuple[sympy.Symbol, ...]) -> Fraction | None:
    """Return the degree in which an expression is homogeneous in symbols, None where it is not.

    A rational function is homogeneous exactly if its cancelled numerator and divisor are; what has
    roots, minima or maxima is taken apart, and must be made of parts that agree.
    """

    def known(part: sympy.Expr) -> Fraction | None:
        return _rational_degree(part, symbols) if part.is_rational_function(*symbols) else None

    try:
        return walked(expression, known, _DEGREES)
    except NoResultError:
        return None


def _rational_degree(expression: sympy.Expr, symbols: tuple[sympy.Symbol, ...]) -> Fraction:
    orders = []
    for part in sympy.fraction(sympy.cancel(sympy.together(expression))):
        polynomial = sympy.Poly(part, *symbols)
        if not polynomial.is_homogeneous:
            raise NoResultError
        orders.append(max(sum(exponents) for exponents in polynomial.monoms()))
    return Fraction(orders[0] - orders[1])


def _alike(*degrees: Fraction) -> Fraction:
    if len(set(degrees)) > 1:
        raise NoResultError
    return degrees[0]


_DEGREES: Mapping[str, Callable[..., Fraction]] = {
    "+": _alike,
    "*": lambda *degrees: sum(degrees, Fraction(0)),
    "^": operator.mul,
    "min": _alike,
    "max": _alike,
}
