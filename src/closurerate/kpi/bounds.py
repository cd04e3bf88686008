"""How large a formula may be: one measure of all that is ever done with it, read off its tree.

Whatever is asked of a formula (cancelling, derivatives, proofs, roots, extremes), it is first made
a fraction of two polynomials in the counts. Here only the exponents of their terms are kept, and
none cancels but by a count that all terms share: an upper bound of degree and number of terms, had
without multiplying out. A root is one more unknown; of a minimum or maximum each argument counts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, reduce
from itertools import combinations, product
from math import prod

from closurerate.errors import InputError
from closurerate.kpi.formula import Formula, Name, Node, Number, Operation
from closurerate.kpi.walk import walked

MOST_DEGREE = 6
MOST_TERMS = 20
MOST_TOGETHER = 75_000
"""Degree cubed, terms squared, counts and cases together, and three times the cases a root."""
MOST_ROOTS = 2
MOST_CASES = 16
"""Ways to pick one argument of each minimum and maximum."""
MOST_INDICATORS = 8
MOST_DIGITS = 300
"""Of any number that can arise, as where numbers stand under powers of powers."""

_FRACTION = "as one fraction of polynomials in the counts"
_BOUNDS = {
    "degree": (MOST_DEGREE, f"{_FRACTION} its degree is over"),
    "terms": (MOST_TERMS, f"{_FRACTION} its terms are more than"),
    "together": (
        MOST_TOGETHER,
        "the cube of its degree, times its terms squared, its different counts and its minima's "
        "and maxima's cases, and for each root three times those cases, is more than",
    ),
    "roots": (MOST_ROOTS, "its different roots are more than"),
    "cases": (MOST_CASES, "the cases of its minima and maxima together are more than"),
    "digits": (MOST_DIGITS, "the digits of a number in it, multiplied out, are more than"),
}
_DIGITS_OF_A_BIT = 0.30103

_Term = frozenset[tuple[Node, int]]
"""Each unknown with its exponent, which is over 0."""
_Terms = frozenset[_Term]
_ONE: _Terms = frozenset({frozenset()})


class _BoundError(Exception):
    """Which bound is passed."""


def _check(bound: str, size: int) -> None:
    most, told = _BOUNDS[bound]
    if size > most:
        raise _BoundError(f"{told} {most}")


def check_bounds(formula: Formula, indicators: Mapping[str, Formula], where: str) -> None:
    """Refuse, by an InputError that names the bound, a formula with which anything takes long."""
    measure = _Measure(indicators)
    try:
        found = measure.of(formula.node)
        parts = found.fractions.union(*measure.roots.values())
        degree, terms = max(part.degree for part in parts), max(part.terms for part in parts)
        _check("degree", degree)
        counts = len(frozenset().union(*(part.counts for part in parts)))
        together = degree**3 * terms**2 * counts * found.cases
        _check("together", together * (3 * found.cases) ** len(measure.roots))
    except _BoundError as error:
        raise InputError(f"{where}: the formula is too large: {error}.") from None


@dataclass(frozen=True)
class _Fraction:
    """The terms above and below the line, and how many bits their coefficients can have."""

    above: _Terms = _ONE
    below: _Terms = _ONE
    bits: int = 0

    @property
    def terms(self) -> int:
        return len(self.above) + len(self.below)

    @property
    def degree(self) -> int:
        return max(sum(exponent for _, exponent in term) for term in self.above | self.below)

    @property
    def counts(self) -> frozenset[Node]:
        unknowns = (node for term in self.above | self.below for node, _ in term)
        return frozenset(node for node in unknowns if isinstance(node, Name))

    def power(self, exponent: int) -> "_Fraction":
        if exponent < 0:
            return _Fraction(self.below, self.above, self.bits).power(-exponent)
        return reduce(_product, [self] * exponent, _Fraction())


@dataclass(frozen=True)
class _Size:
    """What a node can be: the different fractions, and in how many cases."""

    fractions: frozenset[_Fraction]
    cases: int = 1


@dataclass(frozen=True)
class _Measure:
    """Measures trees; `roots` gains each root that is met, with what is under it."""

    indicators: Mapping[str, Formula]
    roots: dict[Node, frozenset[_Fraction]] = field(default_factory=dict)

    def of(self, node: Node) -> _Size:
        return walked(node, self._known, _STEPS)

    def _known(self, node: Node) -> _Size | None:
        match node:
            case Number(value=value):
                bits = value.numerator.bit_length() + (value.denominator - 1).bit_length()
                return _Size(frozenset({_checked(_Fraction(bits=bits))}))
            case Name(name=name):
                found = self.indicators.get(name)
                return _unknown(node) if found is None else self.of(found.node)
            case Operation(sign="sqrt", parts=(argument,)):
                inside = self.of(argument)
                self.roots[node] = inside.fractions
                _check("roots", len(self.roots))
                return _unknown(node, inside.cases)
        return None


def _unknown(node: Node, cases: int = 1) -> _Size:
    return _Size(frozenset({_Fraction(frozenset({frozenset({(node, 1)})}))}), cases)


def _picked(*sides: _Size) -> _Size:
    cases = len(sides) * prod(side.cases for side in sides)
    _check("cases", cases)
    for pair in combinations(sides, 2):
        # Which one is picked is decided by the sign of their difference.
        _check("degree", max(part.degree for part in _joined("-", *pair).fractions))
    return _Size(frozenset().union(*(side.fractions for side in sides)), cases)


def _joined(sign: str, left: _Size, right: _Size) -> _Size:
    cases = left.cases * right.cases
    _check("cases", cases)
    pairs = product(left.fractions, right.fractions)
    if sign in "+-":
        return _Size(frozenset(_sum(*pair) for pair in pairs), cases)
    exponent = 1 if sign == "*" else -1
    return _Size(frozenset(_product(one, two.power(exponent)) for one, two in pairs), cases)


def _power(base: _Size, exponent: Fraction) -> _Size:
    return _Size(frozenset(one.power(int(exponent)) for one in base.fractions), base.cases)


_STEPS: Mapping[str, Callable[..., _Size]] = {
    **{sign: partial(_joined, sign) for sign in "+-*/"},
    "^": _power,
    "negative": lambda inner: inner,
    "min": _picked,
    "max": _picked,
}


def _product(left: _Fraction, right: _Fraction) -> _Fraction:
    above, below = _times(left.above, right.above), _times(left.below, right.below)
    return _checked(_Fraction(above, below, left.bits + right.bits))


def _sum(left: _Fraction, right: _Fraction) -> _Fraction:
    shared = _shared(left.below | right.below)
    first, second = _without(left.below, shared), _without(right.below, shared)
    above = _times(left.above, second) | _times(right.above, first)
    below = _times(_times(first, second), {shared})
    return _checked(_Fraction(above, below, left.bits + right.bits + 1))


def _checked(fraction: _Fraction) -> _Fraction:
    """Return a fraction without the unknowns that all its terms share, if it is small enough."""
    shared = _shared(fraction.above | fraction.below)
    above, below = _without(fraction.above, shared), _without(fraction.below, shared)
    _check("terms", len(above) + len(below))
    _check("digits", round(fraction.bits * _DIGITS_OF_A_BIT))
    return _Fraction(above, below, fraction.bits)


def _times(left: Iterable[_Term], right: Iterable[_Term]) -> _Terms:
    return frozenset(_moved(one, two, 1) for one in left for two in right)


def _without(terms: Iterable[_Term], shared: _Term) -> _Terms:
    return frozenset(_moved(term, shared, -1) for term in terms)


def _moved(term: _Term, other: _Term, sign: int) -> _Term:
    """Return a term times another one, or with the sign −1 divided by it."""
    exponents = dict(term)
    for unknown, exponent in other:
        exponents[unknown] = exponents.get(unknown, 0) + sign * exponent
    return frozenset((unknown, exponent) for unknown, exponent in exponents.items() if exponent)


def _shared(terms: Iterable[_Term]) -> _Term:
    """Return what all terms can be divided by."""
    shared, *others = map(dict, terms)
    for other in others:
        shared = {
            item: min(exponent, other[item]) for item, exponent in shared.items() if item in other
        }
    return frozenset(shared.items())
