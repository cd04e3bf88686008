"""A KPI in the counts, a minimum or maximum taken apart, each part with where it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import sympy

from closurerate.kpi.combination import COUNTS
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.formula import Call, Formula, Name, Negative, Node, Operation
from closurerate.kpi.value import symbolic


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
    """Return a KPI in the counts, cancelled, a minimum or maximum taken apart.

    Returns:
        tuple of Piece: Empty where the formula divides by 0.
    """
    check_version(version)
    return _pieces(version.formula, tuple(sorted(version.indicators.items(), key=lambda i: i[0])))


@lru_cache(maxsize=256)
def _pieces(formula: Formula, indicators: tuple[tuple[str, Formula], ...]) -> tuple[Piece, ...]:
    inlined = _inlined(formula.node, dict(indicators))
    try:
        return tuple(
            Piece(_in_counts(node), tuple(_in_counts(condition) for condition in conditions))
            for node, conditions in _chosen(inlined)
        )
    except (ZeroDivisionError, ValueError):
        return ()


def _in_counts(node: Node) -> sympy.Expr:
    plain = symbolic(node)
    positive = {item: COUNTS[str(item)] for item in plain.free_symbols}
    return sympy.cancel(sympy.together(plain.subs(positive)))


def _inlined(node: Node, indicators: Mapping[str, Formula]) -> Node:
    match node:
        case Name(name=name) if name in indicators:
            return indicators[name].node
        case Negative(node=inner):
            return Negative(_inlined(inner, indicators))
        case Operation(sign=sign, left=left, right=right):
            return Operation(sign, _inlined(left, indicators), _inlined(right, indicators))
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(_inlined(item, indicators) for item in arguments))
    return node


def _chosen(node: Node) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Yield the node for each choice of one argument in its minima and maxima, with conditions."""
    match node:
        case Negative(node=inner):
            yield from ((Negative(item), conditions) for item, conditions in _chosen(inner))
        case Operation(sign=sign, left=left, right=right):
            for (first, above), (second, below) in product(_chosen(left), _chosen(right)):
                yield Operation(sign, first, second), above + below
        case Call(function=function, arguments=arguments):
            for combination in product(*(tuple(_chosen(item)) for item in arguments)):
                items = [item for item, _ in combination]
                conditions = tuple(one for _, inner in combination for one in inner)
                if function == "sqrt":
                    yield Call(function, tuple(items)), conditions
                    continue
                for item in items:
                    others = (other for other in items if other is not item)
                    yield (
                        item,
                        conditions
                        + tuple(
                            Operation("-", *((other, item) if function == "min" else (item, other)))
                            for other in others
                        ),
                    )
        case _:
            yield node, ()
