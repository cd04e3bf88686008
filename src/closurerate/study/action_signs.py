"""Where a change of the counts raises a KPI and where it lowers it, decided symbolically.

The marginal effect of an action is the KPI's derivative along the action's direction in the counts.
Each piece of a KPI with a minimum or maximum (`study.pieces`) is decided by itself.
"""

from dataclasses import dataclass
from functools import lru_cache

import sympy

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import measure
from closurerate.study.actions import Action
from closurerate.study.count_signs import Sign, has_point, reduced
from closurerate.study.pieces import Piece, pieces


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


def derivative(expression: sympy.Expr, action: Action) -> sympy.Expr:
    """Return the derivative of an expression in the counts along an action, factored.

    Parameters
    ----------
    expression
        In the symbols of `COUNTS`.
    action
        Its changes are the direction; those of amounts that nobody has said count as 0.
    """
    changes = {
        item: action.changes.get(measure(str(item))) or 0 for item in expression.free_symbols
    }
    return _derivative(expression, frozenset(changes.items()))


@lru_cache(maxsize=1024)
def _derivative(expression: sympy.Expr, changes: frozenset[tuple[sympy.Symbol, int]]) -> sympy.Expr:
    slope = sum(change * sympy.diff(expression, item) for item, change in changes)
    return sympy.factor(sympy.together(slope))


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
