"""A KPI in the counts, a minimum or maximum taken apart, each part with where it holds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from itertools import product

import sympy

from closurerate.kpi.combination import COUNTS
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.formula import Formula, Indicators, Name, Node, Number
from closurerate.kpi.value import SYMBOLIC, symbolic
from closurerate.kpi.walk import walked

_Choices = list[tuple[sympy.Expr, tuple[sympy.Expr, ...]]]
"""What a node can be, each with what must be over 0 (or 0) for it."""


@dataclass(frozen=True)
class Piece:
    """A KPI where one argument of each minimum and maximum is the one that counts.

    Args:
        expression: The KPI in the counts, without `Min` and `Max`.
        conditions: What must be over 0 (on the border it may be 0) for the piece to hold.
    """

    expression: sympy.Expr
    conditions: tuple[sympy.Expr, ...]


def pieces(version: KpiVersion) -> tuple[Piece, ...]:
    """Return a KPI in the counts, minima and maxima taken apart; nothing where it divides by 0."""
    return _pieces(*check_version(version).written)


@lru_cache(maxsize=256)
def _pieces(formula: Formula, indicators: Indicators) -> tuple[Piece, ...]:
    try:
        return tuple(
            Piece(_in_counts(expression), tuple(map(_in_counts, conditions)))
            for expression, conditions in _choices(formula.node, dict(indicators))
        )
    except (ZeroDivisionError, ValueError):
        return ()


def _in_counts(expression: sympy.Expr) -> sympy.Expr:
    positive = {item: COUNTS[str(item)] for item in expression.free_symbols}
    return sympy.cancel(sympy.together(expression.subs(positive)))


def _choices(node: Node, indicators: Mapping[str, Formula]) -> _Choices:
    """Return what a node is for each choice of one argument in its minima and maxima."""

    def known(part: Node) -> _Choices | None:
        match part:
            case Name(name=name) if name in indicators:
                return _choices(indicators[name].node, {})
            case Number() | Name():
                return [(symbolic(part), ())]
        return None

    return walked(node, known, _STEPS)


def _joined(step: Callable[..., sympy.Expr], *sides: _Choices) -> _Choices:
    return [(step(*parts), held) for parts, held in _together(sides)]


def _together(
    sides: Sequence[_Choices],
) -> Iterator[tuple[list[sympy.Expr], tuple[sympy.Expr, ...]]]:
    """Yield what all sides can be at once, and the conditions of all."""
    for choice in product(*sides):
        yield [part for part, _ in choice], tuple(one for _, held in choice for one in held)


def _power(base: _Choices, exponent: Fraction) -> _Choices:
    return [(SYMBOLIC["^"](part, exponent), held) for part, held in base]


def _picked(sign: int, *sides: _Choices) -> _Choices:
    """Return each side in turn, as long as it is the least, or with the sign −1 the greatest."""
    return [
        (part, held + tuple(sign * (other - part) for at, other in enumerate(parts) if at != place))
        for parts, held in _together(sides)
        for place, part in enumerate(parts)
    ]


_STEPS: Mapping[str, Callable[..., _Choices]] = {
    **{sign: partial(_joined, step) for sign, step in SYMBOLIC.items()},
    "^": _power,
    "min": partial(_picked, 1),
    "max": partial(_picked, -1),
}


@lru_cache(maxsize=256)
def innermost_extreme(expression: sympy.Expr) -> sympy.Expr | None:
    """Return a minimum or maximum whose arguments hold no other; None where there is none."""
    found = [
        part
        for part in sympy.preorder_traversal(expression)
        if isinstance(part, sympy.Min | sympy.Max)
    ]
    return found[-1] if found else None
