"""Where a change of the counts raises a KPI and where it lowers it, decided symbolically.

The marginal effect of an action is the KPI's derivative along the action's direction in the counts.
A minimum or maximum is taken apart into pieces, each with the conditions under which it holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import sympy

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import Call, Formula, Name, Negative, Node, Operation
from closurerate.kpi.value import symbolic
from closurerate.study.actions import Action
from closurerate.study.count_signs import Sign, has_point, reduced

SYMBOLS = {"E": "effective", "C": "closed", "P": "pending"}
"""The counts that a formula names by a letter; the others as `kpi.counts.MEASURES` does."""


@dataclass(frozen=True)
class Piece:
    """A KPI where one argument of each minimum and maximum is the one that counts.

    Parameters
    ----------
    expression
        The KPI in the counts, without `Min` and `Max`.
    conditions
        What must be over 0 (on the border it may be 0) for the piece to hold.
    """

    expression: sympy.Expr
    conditions: tuple[sympy.Expr, ...]


@dataclass(frozen=True)
class Region:
    """Counts at which an action's marginal effect has one sign.

    Parameters
    ----------
    conditions
        Expressions in the counts that are all over 0 there; none where it is everywhere.
    sign
        1 where the action raises the KPI, -1 where it lowers it, 0 where it leaves it as it is.
    """

    conditions: tuple[sympy.Expr, ...]
    sign: Sign


@dataclass(frozen=True)
class SignLine:
    """Where an action raises a KPI and where it lowers it.

    Parameters
    ----------
    action
        The action's name.
    derivatives
        The marginal effect on each piece of the KPI (one unless it has a minimum or maximum),
        factored.
    regions
        Where it has which sign, for effective, ineffective and pending cases over 0; empty where
        that is not known.
    is_proved
        Whether the signs follow by algebra; else they are what a search over many counts found.
    reason
        Why there are no regions; empty where there are.
    """

    action: str
    derivatives: tuple[sympy.Expr, ...]
    regions: tuple[Region, ...]
    is_proved: bool = True
    reason: str = ""

    @property
    def sign(self) -> Sign | None:
        """The sign of the marginal effect where it is the same everywhere, else None."""
        signs = {region.sign for region in self.regions}
        return signs.pop() if len(signs) == 1 else None

    @property
    def borders(self) -> tuple[sympy.Expr, ...]:
        """Expressions whose zeros are the lines where the sign changes; none where it never does.

        Each is over 0 on the side where the action raises the KPI, or lowers it less.
        """
        if self.sign is not None or not self.regions:
            return ()
        best = max(region.sign for region in self.regions)
        better = [region.conditions for region in self.regions if region.sign == best]
        return tuple(dict.fromkeys(border for conditions in better for border in conditions))


def symbol(name: str) -> sympy.Symbol:
    """Return the symbol, over 0, that stands for a count in this study."""
    return sympy.Symbol(name, positive=True)


def measure(name: str) -> str:
    """Return a formula's count by its name as in `kpi.counts.MEASURES`."""
    return SYMBOLS.get(name, name)


def pieces(version: KpiVersion) -> tuple[Piece, ...]:
    """Return a KPI in the counts, cancelled, a minimum or maximum taken apart.

    Parameters
    ----------
    version
        The KPI as in force.

    Returns
    -------
    tuple of Piece
        Empty where the formula divides by 0.
    """
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
    positive = {item: symbol(str(item)) for item in plain.free_symbols}
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


def derivative(expression: sympy.Expr, action: Action) -> sympy.Expr:
    """Return the derivative of an expression in the counts along an action, factored.

    Parameters
    ----------
    expression
        In the symbols of `symbol`.
    action
        Its changes are the direction; those of amounts that nobody has said count as 0.
    """
    change = sum(
        (action.changes.get(measure(str(item))) or 0) * sympy.diff(expression, item)
        for item in expression.free_symbols
    )
    return sympy.factor(sympy.together(change))


def sign_line(version: KpiVersion, action: Action) -> SignLine:
    """Return where an action's marginal effect on a KPI changes its sign.

    Parameters
    ----------
    version
        The KPI as in force; any formula.
    action
        One of `actions()`, or one's own.
    """
    parts = pieces(version)
    if not parts:
        return SignLine(action.name, (), (), reason=f"{version.formula.text} divides by 0")
    used = {measure(str(item)) for part in parts for item in part.expression.free_symbols}
    unknown = [name for name in sorted(used) if action.changes.get(name, 0) is None]
    if unknown:
        return SignLine(action.name, (), (), reason=f"{action.name} says no {unknown[0]}")
    derivatives = tuple(derivative(part.expression, action) for part in parts)
    is_proved = True
    regions: list[Region] = []
    for part, slope in zip(parts, derivatives, strict=True):
        found, is_sure = _regions(part, slope)
        regions += found
        is_proved &= is_sure
    signs = {region.sign for region in regions}
    if len(signs) == 1:
        regions = [Region((), signs.pop())]
    return SignLine(action.name, derivatives, tuple(dict.fromkeys(regions)), is_proved)


def _regions(part: Piece, slope: sympy.Expr) -> tuple[list[Region], bool]:
    """Return where a piece holds and its derivative has one sign, and whether that is proved."""
    held: list[sympy.Expr] = []
    is_proved = True
    for condition in part.conditions:
        decided = reduced(condition)
        is_proved &= decided.is_proved
        if decided.sign == -1:
            return [], is_proved
        if decided.sign is None:
            held.append(decided.border)
    decided = reduced(slope)
    is_proved &= decided.is_proved
    sides: list[tuple[tuple[sympy.Expr, ...], Sign]] = (
        [((decided.border,), 1), ((-decided.border,), -1)]
        if decided.sign is None
        else [((), decided.sign)]
    )
    found = []
    for side, sign in sides:
        conditions = tuple(dict.fromkeys(sympy.expand(item) for item in (*held, *side)))
        if has_point(conditions):
            found.append(Region(conditions, sign))
        elif not any(sympy.expand(-item) in conditions for item in conditions):
            is_proved = False
    return found, is_proved
