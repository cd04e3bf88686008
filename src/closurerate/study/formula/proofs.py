"""Signs of expressions in I1 and I2 that settle a property, as the steps of a proof.

What is homogeneous in (I1, I2) has one sign along each ray t = I2/I1 = C/P, so that the sign of a
function of t over 0 decides, which `study.signs` settles exactly.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import sympy

from closurerate.kpi.combination import I1, I2, C, E, count_expression, in_indicators
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.value import rational
from closurerate.study.formula.critical import UndecidedError
from closurerate.study.formula.signs import branches, sign_chart

T = sympy.Symbol("t", positive=True)
"""t = I2/I1 = C/P."""

Direction = Literal[
    "", "increasing", "weakly_increasing", "constant", "weakly_decreasing", "decreasing", "mixed"
]


@dataclass(frozen=True)
class Step:
    """One step of a proof: for t between two ends (0 and ∞ at most), an expression has this sign.

    `what` is `difference` (of the value and the one with I1 and I2 exchanged), `above_least` and
    `below_greatest` (distances from the smaller and the larger indicator), `slope`, `below_one`
    (1 − I at I1 = 1) `below_one_counts` (1 − I with k for C − E) or
    `below_one_part` (the same of one argument of a minimum).
    """

    what: str
    lower: sympy.Expr
    upper: sympy.Expr
    expression: sympy.Expr
    sign: int


def nowhere(what: str) -> Step:
    """Return the step that says that something is 0 for all t."""
    return Step(what, sympy.S.Zero, sympy.oo, sympy.S.Zero, 0)


def slopes(
    expression: sympy.Expr, symbol: sympy.Symbol, degree: Fraction | None
) -> tuple[Step, ...]:
    """Return the signs of the slope of an expression in I1 or I2; UndecidedError if not settled."""
    if degree is None:
        return (by_coefficients("slope", _slope(expression, symbol)),)
    return tuple(
        step
        for branch in branches(expression, along, T)
        for step in _charted("slope", _slope(branch.expression, symbol), branch.lower, branch.upper)
    )


def slopes_in_counts(version: KpiVersion, symbol: sympy.Symbol) -> tuple[Step, ...]:
    """Return the signs of a KPI's slope in E, C or P, for t = C/P; else UndecidedError.

    For a function of I1 and I2 more of C is less of I1, and more of P is less of I2, so that their
    slopes have the opposite sign; E moves both: the slope is d·I/E where the degree is d.
    """
    written, combination = count_expression(version), in_indicators(version)
    if written is None or not written.has(symbol):
        return (nowhere("slope"),)
    if combination.expression is None or combination.degree is None:
        return (by_coefficients("slope", _slope(written, symbol)),)
    if symbol == E:
        return signs("slope", rational(combination.degree) * combination.expression)
    inverse = slopes(combination.expression, I1 if symbol == C else I2, combination.degree)
    return tuple(
        Step("slope", step.lower, step.upper, -step.expression, -step.sign) for step in inverse
    )


def signs(what: str, expression: sympy.Expr) -> tuple[Step, ...]:
    """Return the signs of an expression homogeneous in I1 and I2 (or I1 is 1); UndecidedError."""
    return tuple(
        step
        for branch in branches(expression, along, T)
        for step in _charted(what, sympy.factor(branch.expression), branch.lower, branch.upper)
    )


def by_coefficients(what: str, expression: sympy.Expr) -> Step:
    """Return the sign of a fraction whose coefficients all agree; UndecidedError if they do not."""
    found = []
    for part in sympy.fraction(sympy.factor(expression)):
        expanded = sympy.expand(part)
        symbols = sorted(expanded.free_symbols, key=str)
        if not expanded.is_polynomial(*symbols):
            raise UndecidedError(f"{expression} is no fraction of polynomials")
        coefficients = sympy.Poly(expanded, *symbols).coeffs() if symbols else [expanded]
        kinds = {sympy.sign(coefficient) for coefficient in coefficients}
        if len(kinds) != 1 or not all(kind.is_Integer for kind in kinds):
            raise UndecidedError(f"the coefficients of {part} have not one sign")
        found.append(int(kinds.pop()))
    return Step(what, sympy.S.Zero, sympy.oo, expression, found[0] * found[1])


def peak(expression: sympy.Expr) -> sympy.Expr | None:
    """Return the least upper bound of an expression at I1 = 1 over I2 > 0, None if not found."""
    try:
        parts = branches(expression, along, T)
        borders = [step.lower for step in slopes(expression, I2, Fraction(1)) if step.lower != 0]
        values = [
            *(along(expression).subs(T, border) for border in borders),
            sympy.limit(along(parts[0].expression), T, 0, "+"),
            sympy.limit(along(parts[-1].expression), T, sympy.oo),
        ]
    except (UndecidedError, NotImplementedError, ValueError):
        return None
    return max((sympy.radsimp(value) for value in values), key=sympy.N)


def direction(kinds: set[int]) -> Direction:
    """Return how something moves whose changes have these signs."""
    if {1, -1} <= kinds:
        return "mixed"
    if kinds <= {0}:
        return "constant"
    if 1 in kinds:
        return "weakly_increasing" if 0 in kinds else "increasing"
    return "weakly_decreasing" if 0 in kinds else "decreasing"


def along(expression: sympy.Expr) -> sympy.Expr:
    """Return an expression at I1 = 1 and I2 = t."""
    return expression.subs({I1: 1, I2: T}, simultaneous=True)


def _slope(expression: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    return sympy.factor(sympy.diff(expression, symbol))


def _charted(
    what: str, expression: sympy.Expr, lower: sympy.Expr, upper: sympy.Expr
) -> tuple[Step, ...]:
    return tuple(
        Step(what, span.lower, span.upper, expression, span.sign)
        for span in sign_chart(along(expression), T, lower, upper)
    )
