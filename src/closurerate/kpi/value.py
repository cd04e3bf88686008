"""The exact value of a formula.

A formula is evaluated in the counts: indicators are replaced by their own formulas and common
factors cancelled, so that removable gaps close. One that cannot be cancelled (a root, a minimum)
has no value where one of its indicators has none.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache, partial

import sympy

from closurerate.kpi.formula import (
    FUNCTIONS,
    Formula,
    Indicators,
    Name,
    Node,
    Number,
    Operation,
    hashable,
    names_in,
    nodes_in,
)
from closurerate.kpi.walk import fraction_of, walked
from closurerate.quantity import Exact

IRRATIONAL_DIGITS = 30
"""Significant digits to which an irrational value is given."""

_NO_COUNT = sympy.Symbol("no_count")


@dataclass(frozen=True)
class Value:
    """A formula's value, or None with the reason why it has none.

    A rational value is a `Fraction`, an irrational one a `Decimal` correct to 30 digits.
    """

    value: Exact | None
    reason: str = ""


def in_counts(formula: Formula, indicators: Mapping[str, Formula]) -> sympy.Expr | None:
    """Return the formula in the counts, cancelled; None where it has a function."""
    return _in_counts(formula, hashable(indicators))


@lru_cache(maxsize=256)
def _in_counts(formula: Formula, indicators: Indicators) -> sympy.Expr | None:
    known = dict(indicators)
    used = [known[name] for name in names_in(formula.node) & known.keys()]
    if any(map(_has_function, (formula, *used))):
        return None
    replacements = {name: symbolic(indicator.node) for name, indicator in indicators}
    return sympy.cancel(sympy.together(symbolic(formula.node, replacements)))


def symbolic(node: Node, names: Mapping[str, sympy.Expr] | None = None) -> sympy.Expr:
    """Return the tree as a sympy expression, with the symbol of each name or what is put in for it.

    ZeroDivisionError or ValueError: it divides by what is 0, or has the root of a negative number.
    """
    return walked(node, partial(_leaf, names or {}), SYMBOLIC)


def _leaf(names: Mapping[str, sympy.Expr], node: Node) -> sympy.Expr | None:
    match node:
        case Number(value=value):
            return rational(value)
        case Name(name=name):
            return names.get(name, sympy.Symbol(name))
    return None


def rational(number: Exact) -> sympy.Expr:
    """Return an exact number of Python's as sympy's."""
    return sympy.Rational(*Fraction(number).as_integer_ratio())


def _root(inside: sympy.Expr) -> sympy.Expr:
    if inside.is_negative:
        raise ValueError(f"takes the root of {inside}")
    return sympy.sqrt(inside)


def _power(base: sympy.Expr, exponent: Fraction) -> sympy.Expr:
    if base.is_zero and exponent < 0:
        raise ZeroDivisionError
    return base ** rational(exponent)


def _quotient(above: sympy.Expr, below: sympy.Expr) -> sympy.Expr:
    if sympy.expand(below).is_zero:
        raise ZeroDivisionError
    return above / below


SYMBOLIC: Mapping[str, Callable[..., sympy.Expr]] = {
    "+": sympy.Add,
    "-": operator.sub,
    "*": sympy.Mul,
    "/": _quotient,
    "^": _power,
    "negative": operator.neg,
    "sqrt": _root,
    "min": sympy.Min,
    "max": sympy.Max,
}
"""What each step of a parsed formula makes of sympy expressions; raises as `symbolic`."""


def _has_function(formula: Formula) -> bool:
    nodes = nodes_in(formula.node)
    return any(isinstance(item, Operation) and item.sign in FUNCTIONS for item in nodes)


def evaluate_formula(
    formula: Formula, indicators: Mapping[str, Formula], counts: Mapping[str, int | None]
) -> Value:
    """Return the formula's exact value for given counts, None where the case data do not tell."""
    parts = _cancelled(formula, hashable(indicators))
    if parts is not None:
        return _rational_value(*parts, counts) if parts else Value(None, "it divides by 0")
    try:
        return exact_value(_expression(formula, indicators, counts))
    except _NoValueError as error:
        return Value(None, str(error))


@lru_cache(maxsize=256)
def _cancelled(
    formula: Formula, indicators: Indicators
) -> tuple[sympy.Poly, sympy.Poly] | tuple[()] | None:
    """Return numerator and divisor; nothing where it divides by 0; None where it has a function."""
    try:
        expression = _in_counts(formula, indicators)
    except ZeroDivisionError:
        return ()
    if expression is None:
        return None
    symbols = sorted(expression.free_symbols, key=str) or [_NO_COUNT]
    numerator, denominator = sympy.fraction(expression)
    return sympy.Poly(numerator, *symbols), sympy.Poly(denominator, *symbols)


def _rational_value(
    numerator: sympy.Poly, denominator: sympy.Poly, counts: Mapping[str, int | None]
) -> Value:
    for symbol in numerator.gens if numerator.gens != (_NO_COUNT,) else ():
        value = count_value(str(symbol), counts)
        if value.value is None:
            return value
    below = _at(denominator, counts)
    if below == 0:
        return Value(None, f"its divisor {denominator.as_expr()} is 0")
    return Value(_at(numerator, counts) / below)


def _at(polynomial: sympy.Poly, counts: Mapping[str, int | None]) -> Fraction:
    point = [counts.get(str(symbol)) or 0 for symbol in polynomial.gens]
    total = Fraction(0)
    for exponents, coefficient in polynomial.terms():
        term = fraction_of(coefficient)
        for base, exponent in zip(point, exponents, strict=True):
            term *= base**exponent
        total += term
    return total


def count_value(name: str, counts: Mapping[str, int | None]) -> Value:
    """Return a count by its name in formulas, or that the data do not tell it."""
    count = counts.get(name)
    if count is None:
        return Value(None, f"the case data do not tell {name}")
    return Value(Fraction(count))


def exact_value(number: sympy.Expr) -> Value:
    """Return an exact number as a value: a fraction, or a decimal of 30 digits."""
    expanded = sympy.expand(number)
    if expanded.is_Rational:
        return Value(fraction_of(expanded))
    digits = sympy.N(expanded, 2 * IRRATIONAL_DIGITS)
    return Value(Context(prec=IRRATIONAL_DIGITS).create_decimal(Decimal(str(digits))))


class _NoValueError(Exception):
    """Why a formula has no value."""


def _expression(
    formula: Formula, indicators: Mapping[str, Formula], counts: Mapping[str, int | None]
) -> sympy.Expr:
    """Return a formula with its counts put in, roots kept as roots."""
    exact: dict[str, sympy.Expr] = {}
    for name in sorted(names_in(formula.node)):
        if name in indicators and _has_function(indicators[name]):
            exact[name] = _expression(indicators[name], {}, counts)
            continue
        value = (
            evaluate_formula(indicators[name], {}, counts)
            if name in indicators
            else count_value(name, counts)
        )
        if value.value is None:
            raise _NoValueError(f"{name} has no value: {value.reason}")
        exact[name] = rational(value.value)
    try:
        return symbolic(formula.node, exact)
    except ZeroDivisionError:
        raise _NoValueError(f"{formula.text} divides by 0") from None
    except ValueError as error:
        raise _NoValueError(f"{formula.text} {error}") from None
