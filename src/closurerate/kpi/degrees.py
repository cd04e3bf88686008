"""Which counts a KPI uses, and how it answers to one of them growing in proportion."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from operator import or_

import sympy

from closurerate.errors import InputError
from closurerate.kpi.combination import COUNTS, count_expression
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.formula import COUNT_NAMES, Name, Node, Number, measure, names_in
from closurerate.kpi.walk import NoResultError, walked
from closurerate.records.documents import nearest

Degrees = frozenset[Fraction]

PROPORTIONAL: Degrees = frozenset({Fraction(1)})
"""What `degrees_in` returns for a KPI proportional to the count."""

_NONE, _ONE = frozenset({Fraction(0)}), PROPORTIONAL


def names_used(version: KpiVersion) -> frozenset[str]:
    """Return the counts that a KPI's formula uses, as a formula names them."""
    names = names_in(check_version(version).formula.node)
    own = (names_in(version.indicators[name].node) for name in names & version.indicators.keys())
    return (names - version.indicators.keys()).union(*own)


def counts_used(version: KpiVersion) -> tuple[str, ...]:
    """Return the measures that a KPI's formula uses, directly or through indicators, in order."""
    used = names_used(version)
    return tuple(measure(name) for name in COUNT_NAMES if name in used)


def degrees_in(version: KpiVersion, count: str) -> Degrees | None:
    """Return the powers of a count of which the KPI is a sum, the other counts being held.

    `{1}`: the KPI is proportional to the count, such as `E`. A subset of `{0, 1}`: it is affine in
    it. `{0}`: it does not depend on it. None where the formula as written does not show it.

    Read off the written formula, for counts of 0 and more: degrees of a product add up, a divisor
    must have a single one, a root halves it, and of a minimum or maximum all sides must have the
    same. The powers of a formula that cancels may be fewer than found.

    Raises:
        InputError: If there is no such count.
    """
    if count not in COUNT_NAMES:
        raise InputError(f"count: {count!r} is no count of a formula{nearest(count, COUNT_NAMES)}.")
    return _degrees(version, count)


def degree_in_effective(version: KpiVersion) -> Fraction | None:
    """Return d where the KPI is E to the power d times a factor without it, and that is shown.

    A threshold reaches a KPI through E alone, so of two KPIs of the same degree in E each changes
    by the same percentage, whatever else they hold: (E'/E)^d − 1. Degree 0 means that no threshold
    moves it.
    """
    degrees = degrees_in(version, "E")
    return next(iter(degrees)) if degrees is not None and len(degrees) == 1 else None


def degrees_of_size(version: KpiVersion) -> Degrees | None:
    """Return the powers of size of which the KPI is a sum: of all counts and amounts together.

    `{0}`: it is the same for a hundredth of the cases, and a branch's is measured against the
    nation's. Any other is a count or sum, or holds one. None as in `degrees_in`.
    """
    return _degrees(version, None)


def is_of_any_size(version: KpiVersion) -> bool:
    """Return whether the formula as written shows that a KPI does not depend on size."""
    return degrees_of_size(version) == _NONE


def is_affine(version: KpiVersion, count: str = "E") -> bool:
    """Return whether the KPI is shown to be affine in a count, the other counts being held.

    Shown by the formula as written, or else by what is left of it once it is cancelled.
    """
    degrees = degrees_in(version, count)
    if degrees is not None and degrees <= _NONE | _ONE:
        return True
    expression, symbol = count_expression(version), COUNTS[count]
    if expression is None or not expression.is_rational_function(symbol):
        return False
    above, below = sympy.fraction(sympy.cancel(sympy.together(expression)))
    return not below.has(symbol) and bool(sympy.degree(above, symbol) <= 1)


def carrier_of(version: KpiVersion) -> str | None:
    """Return the first count that the KPI is proportional to (`E` before others), None for none."""
    return next((name for name in COUNT_NAMES if degrees_in(version, name) == _ONE), None)


def _degrees(version: KpiVersion, count: str | None) -> Degrees | None:
    """Return the degrees in a count, or in all of them together where it is None."""

    def known(part: Node) -> Degrees | None:
        match part:
            case Number():
                return _NONE
            case Name(name=name) if name in version.indicators:
                return walked(version.indicators[name].node, known, _STEPS)
            case Name(name=name):
                return _ONE if count in (name, None) else _NONE
        return None

    try:
        return walked(check_version(version).formula.node, known, _STEPS)
    except NoResultError:
        return None


def _single(degrees: Degrees) -> Fraction:
    if len(degrees) > 1:
        raise NoResultError
    return next(iter(degrees))


def _product(left: Degrees, right: Degrees) -> Degrees:
    return frozenset(one + other for one in left for other in right)


def _power(base: Degrees, exponent: Fraction) -> Degrees:
    if exponent < 0:
        return frozenset({_single(base) * exponent})
    return reduce(_product, [base] * int(exponent), _NONE)


def _alike(*sides: Degrees) -> Degrees:
    if len(set(sides)) > 1:
        raise NoResultError
    return frozenset({_single(sides[0])})


_STEPS: Mapping[str, Callable[..., Degrees]] = {
    "+": or_,
    "-": or_,
    "*": _product,
    "/": lambda above, below: _product(above, frozenset({-_single(below)})),
    "^": _power,
    "negative": lambda inner: inner,
    "sqrt": lambda inner: frozenset({_single(inner) / 2}),
    "min": _alike,
    "max": _alike,
}
