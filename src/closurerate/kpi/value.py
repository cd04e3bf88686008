"""The exact value of a formula.

A formula is evaluated in the counts: indicators are replaced by their own formulas and common
factors cancelled, so that removable gaps close. One that cannot be cancelled (a root, a minimum)
has no value where one of its indicators has none.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache, partial
from math import isqrt

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
    """Return the formula in the counts, cancelled; None where it has a function.

    Raises:
        ZeroDivisionError: If it divides by an expression that is 0.
    """
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
    cancelled = _cancelled(formula, hashable(indicators))
    if isinstance(cancelled, Value):
        return cancelled
    if cancelled is not None:
        return _rational_value(cancelled, counts)
    found = _plain_value(formula, indicators, counts)
    return _symbolic_value(formula, indicators, counts) if found is None else Value(found)


_Terms = Sequence[tuple[Sequence[int], int | Fraction]]


@dataclass(frozen=True)
class _Quotient:
    """A formula over its divisor, each as terms: the counts' exponents, and a coefficient."""

    names: Sequence[str]
    above: _Terms
    below: _Terms
    divisor: str


@lru_cache(maxsize=256)
def _cancelled(formula: Formula, indicators: Indicators) -> _Quotient | Value | None:
    """Return a formula in the counts, or why it has no value; None where it has a function."""
    try:
        expression = _in_counts(formula, indicators)
    except ZeroDivisionError:
        return Value(None, "it divides by 0")
    if expression is None:
        return None
    symbols = sorted(expression.free_symbols, key=str)
    above, below = (
        sympy.Poly(part, *symbols or [_NO_COUNT]) for part in sympy.fraction(expression)
    )
    names = [str(symbol) for symbol in symbols]
    return _Quotient(names, _terms(above), _terms(below), str(below.as_expr()))


def _terms(polynomial: sympy.Poly) -> _Terms:
    exact = [(exponents, fraction_of(item)) for exponents, item in polynomial.terms()]
    # Whole numbers stay so: as fractions they would be cancelled at each step.
    return [(of, item.numerator if item.denominator == 1 else item) for of, item in exact]


def _rational_value(quotient: _Quotient, counts: Mapping[str, int | None]) -> Value:
    point = []
    for name in quotient.names:
        value = counts.get(name)
        if value is None:
            return count_value(name, counts)
        point.append(value)
    below = _at(quotient.below, point)
    if below == 0:
        return Value(None, f"its divisor {quotient.divisor} is 0")
    return Value(Fraction(_at(quotient.above, point), below))


def _at(terms: _Terms, point: Sequence[int]) -> int | Fraction:
    total: int | Fraction = 0
    for exponents, coefficient in terms:
        term = coefficient
        # Without a count the one exponent, that of no count, is 0.
        for base, exponent in zip(point, exponents, strict=bool(point)):
            term *= base**exponent
        total += term
    return total


def _plain_value(
    formula: Formula, indicators: Mapping[str, Formula], counts: Mapping[str, int | None]
) -> Exact | None:
    """Return a formula's value where plain arithmetic comes to it; None where sympy has to look.

    That is where a root that is no fraction is calculated with, and where there is no value.
    """
    values = {}
    for name in names_in(formula.node):
        value = _named_value(name, indicators, counts).value
        if not isinstance(value, Fraction):
            return None
        values[name] = value
    plain = partial(walked, known=partial(_plain_leaf, values), steps=_PLAIN)
    try:
        match formula.node:
            case Operation(sign="sqrt", parts=(inside,)):
                return _last_root(plain(inside))
            case node:
                return plain(node)
    except (ZeroDivisionError, _NotPlainError):
        return None


def _plain_leaf(values: Mapping[str, Fraction], node: Node) -> Fraction | None:
    match node:
        case Number(value=value):
            return value
        case Name(name=name):
            return values[name]
    return None


class _NotPlainError(Exception):
    """A root is no fraction."""


def _plain_root(inside: Fraction) -> Fraction:
    """Return a root that is a fraction."""
    root = Fraction(*(isqrt(abs(part)) for part in inside.as_integer_ratio()))
    if root**2 != inside:
        raise _NotPlainError
    return root


def _last_root(inside: Fraction) -> Exact:
    """Return the root that a formula is: with it nothing more is calculated."""
    try:
        return _plain_root(inside)
    except _NotPlainError:
        if inside < 0:
            raise
    exact = Context(prec=2 * IRRATIONAL_DIGITS)
    root = exact.sqrt(exact.divide(*map(Decimal, inside.as_integer_ratio())))
    return Context(prec=IRRATIONAL_DIGITS).plus(root)


_PLAIN: Mapping[str, Callable[..., Fraction]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
    "negative": operator.neg,
    "sqrt": _plain_root,
    "min": min,
    "max": max,
}


def count_value(name: str, counts: Mapping[str, int | None]) -> Value:
    """Return a count by its name in formulas, or that the data do not tell it."""
    count = counts.get(name)
    if count is None:
        return Value(None, f"the case data do not tell {name}")
    return Value(Fraction(count))


def _named_value(
    name: str, indicators: Mapping[str, Formula], counts: Mapping[str, int | None]
) -> Value:
    """Return an indicator or a count by its name in a formula."""
    if name in indicators:
        return evaluate_formula(indicators[name], {}, counts)
    return count_value(name, counts)


def _symbolic_value(
    formula: Formula, indicators: Mapping[str, Formula], counts: Mapping[str, int | None]
) -> Value:
    try:
        return exact_value(_expression(formula, indicators, counts))
    except _NoValueError as error:
        return Value(None, str(error))


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
        value = _named_value(name, indicators, counts)
        if value.value is None:
            raise _NoValueError(f"{name} has no value: {value.reason}")
        exact[name] = rational(value.value)
    try:
        return symbolic(formula.node, exact)
    except ZeroDivisionError:
        raise _NoValueError(f"{formula.text} divides by 0") from None
    except ValueError as error:
        raise _NoValueError(f"{formula.text} {error}") from None
