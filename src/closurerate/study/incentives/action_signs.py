"""Where one more of an action raises a KPI and where it lowers it, decided symbolically.

What one more does is the KPI of the changed counts less the KPI as it was, not its derivative: near
the line where the sign turns the two differ by a case or so. Each piece of a KPI with a minimum or
maximum (`kpi.pieces`) before the action is set against each piece after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy

from closurerate.kpi.combination import COUNTS, C, E
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.enclosure import slope
from closurerate.kpi.formula import measure
from closurerate.kpi.pieces import Piece, pieces
from closurerate.study.incentives.actions import Action, check_action
from closurerate.study.incentives.count_signs import (
    Decided,
    Sign,
    has_point,
    is_over_nought,
    reduced,
)

Steps = Mapping[sympy.Symbol, int]

_MOST_PARTS = 2
"""Pieces of a KPI up to which each is set against each; with more, a case that takes the KPI from
one piece to another is left out, as there would be a region for each way to do so."""


@dataclass(frozen=True)
class Region:
    """Counts at which one more of an action has one sign.

    Args:
        conditions: Expressions in the counts before it that are all over 0 there; none where it is
            everywhere.
        sign: 1 where the action raises the KPI, -1 where it lowers it, 0 where it leaves it as it
            is.
    """

    conditions: tuple[sympy.Expr, ...]
    sign: Sign


@dataclass(frozen=True)
class SignLine:
    """Where an action raises a KPI and where it lowers it.

    Args:
        regions: Where it has which sign, for effective, ineffective and pending cases over 0 before
            and after; where no region is, it leaves the KPI as it is. Empty where that is not
            known.
        is_proved: Whether the signs follow by algebra; else they are what a search over many counts
            found.
        reason: Why there are no regions; empty where there are.
        is_in_one_piece: Whether the regions tell only of cases that leave the KPI in the piece in
            which it was: of those that take it to another, nothing is known.
    """

    action: str
    regions: tuple[Region, ...]
    is_proved: bool = True
    reason: str = ""
    is_in_one_piece: bool = False

    @property
    def sign(self) -> Sign | None:
        """The sign of the effect where it is the same everywhere, else None."""
        if self.is_in_one_piece:
            return None
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
    """Return the factored derivative of an expression along an action; amounts unsaid are 0."""
    names = sorted(map(str, expression.free_symbols))
    return slope(
        expression, tuple((name, action.changes.get(measure(name)) or 0) for name in names)
    )


def sign_line(version: KpiVersion, action: Action) -> SignLine:
    """Return where one more of an action raises a KPI of any formula and where it lowers it."""
    check_action(action)
    parts = pieces(version)
    undefined = SignLine(action.name, (), reason=f"{version.formula.text} divides by 0")
    if not parts:
        return undefined
    used = {measure(str(item)) for part in parts for item in part.expression.free_symbols}
    unknown = [name for name in sorted(used) if action.changes.get(name, 0) is None]
    if unknown:
        return SignLine(action.name, (), reason=f"{action.name} says no {unknown[0]}")
    changes = tuple((count, action.changes.get(measure(count)) or 0) for count in COUNTS)
    try:
        return replace(_sign_line(parts, changes), action=action.name)
    except ZeroDivisionError:
        return undefined


@lru_cache(maxsize=256)
def _sign_line(parts: tuple[Piece, ...], changes: tuple[tuple[str, int], ...]) -> SignLine:
    """Return it for the pieces of a KPI, and the change of each count; with no name."""
    steps = _steps({COUNTS[count]: change for count, change in changes})
    of_each = [_difference(part.expression, part.expression, steps) for part in parts]
    if len({one.sign for one in of_each}) == 1 and of_each[0].sign is not None:
        # A minimum or maximum goes the way that all its parts go.
        region = Region((), of_each[0].sign)
        return SignLine("", (region,), all(one.is_proved for one in of_each))
    is_proved, is_in_one_piece = True, len(parts) > _MOST_PARTS
    regions: list[Region] = []
    for before in parts:
        for later in (before,) if is_in_one_piece else parts:
            found, is_sure = _regions(before, later, steps)
            regions += found
            is_proved &= is_sure
    return SignLine("", _widest(regions), is_proved, is_in_one_piece=is_in_one_piece)


def _steps(changes: Steps) -> tuple[Steps, Steps]:
    """Return what the counts before an action, and after it, have beyond the smaller of the two.

    The counts are thought of as effective, ineffective and pending cases, so that all numbers over
    0 can be the smaller ones.
    """
    ineffective = changes[C] - changes[E]
    both = []
    for sign in (-1, 1):
        steps = {item: max(0, sign * change) for item, change in changes.items()}
        both.append(steps | {C: steps[E] + max(0, sign * ineffective)})
    return both[0], both[1]


def _beyond(expression: sympy.Expr, steps: Steps, sign: int = 1) -> sympy.Expr:
    moved = {item: item + sign * step for item, step in steps.items() if step}
    return expression.subs(moved, simultaneous=True)


def _regions(before: Piece, later: Piece, steps: tuple[Steps, Steps]) -> tuple[list[Region], bool]:
    """Return where two pieces hold and their difference has one sign, and whether it is proved."""
    lost, gained = steps
    held: list[sympy.Expr] = []
    is_proved = True
    for item in (
        *(_beyond(condition, lost) for condition in before.conditions),
        *(_beyond(condition, gained) for condition in later.conditions),
    ):
        decided = reduced(item)
        is_proved &= decided.is_proved
        if decided.sign == -1:
            return [], is_proved
        if decided.sign is None:
            # A border of whole counts that is over or at 0 is over 0 with 1 more.
            held.append(decided.border + 1 if _is_whole(decided.border) else decided.border)
    decided = _difference(before.expression, later.expression, steps)
    is_proved &= decided.is_proved
    sides: list[tuple[tuple[sympy.Expr, ...], Sign]] = (
        [((decided.border,), 1), ((-decided.border,), -1)]
        if decided.sign is None
        else [((), decided.sign)]
    )
    found = []
    for side, sign in sides:
        conditions = _plain([_beyond(item, lost, -1) for item in (*held, *side)])
        if has_point(conditions):
            found.append(Region(conditions, sign))
        elif not _contradict(conditions):
            is_proved = False
    return found, is_proved


def _is_whole(border: sympy.Expr) -> bool:
    """Return whether an expression is a whole number for all whole counts, for sure."""
    if not border.is_polynomial(*border.free_symbols):
        return False
    coefficients = sympy.Poly(border, *border.free_symbols or [E]).coeffs()
    return all(bool(item.is_Integer) for item in coefficients)


def _difference(before: sympy.Expr, later: sympy.Expr, steps: tuple[Steps, Steps]) -> Decided:
    """Return the sign of one expression after an action less another before it.

    Roots are told from the rest, and where all parts of a sum go the same way the sum does.
    """
    lost, gained = steps
    whole = _beyond(later, gained) - _beyond(before, lost)
    terms = _terms(before), _terms(later)
    if len(terms[0]) != len(terms[1]):
        return reduced(whole)
    found = [
        _of_term(_beyond(old, lost), _beyond(new, gained)) for old, new in zip(*terms, strict=True)
    ]
    moving = [one for one in found if one.sign != 0] or found[:1]
    if len({(one.sign, one.border) for one in moving}) > 1:
        return reduced(whole)
    return Decided(moving[0].sign, moving[0].border, all(one.is_proved for one in found))


def _terms(expression: sympy.Expr) -> list[sympy.Expr]:
    """Return an expression's sum of roots and other terms: first what is a fraction, all in one."""
    symbols = expression.free_symbols
    if expression.is_rational_function(*symbols):
        return [expression]
    terms = sympy.Add.make_args(sympy.expand(expression))
    rational = [item for item in terms if item.is_rational_function(*symbols)]
    return [sympy.Add(*rational), *(item for item in terms if item not in rational)]


def _of_term(old: sympy.Expr, new: sympy.Expr) -> Decided:
    """Return the sign of a term's change: for a root that of its square's, which has none."""
    squares = [sympy.cancel(item**2) for item in (old, new)]
    signs = [reduced(item) for item in (old, new)]
    is_root = not old.is_rational_function(*old.free_symbols)
    if (
        not is_root
        or signs[0].sign is None
        or signs[0].sign != signs[1].sign
        or not all(item.is_rational_function(*item.free_symbols) for item in squares)
    ):
        return reduced(new - old)
    found = reduced(signs[0].sign * (squares[1] - squares[0]))
    return Decided(found.sign, found.border, all(one.is_proved for one in (found, *signs)))


def _plain(conditions: list[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """Return conditions without those that another one implies."""
    kept: list[sympy.Expr] = []
    for item in dict.fromkeys(sympy.expand(one) for one in conditions):
        if not any(_implies(other, item) for other in kept):
            kept = [other for other in kept if not _implies(item, other)] + [item]
    return tuple(kept)


def _implies(one: sympy.Expr, other: sympy.Expr) -> bool:
    """Return whether an expression over 0 puts another over 0, as it is as large or larger."""
    more = sympy.expand(other - one)
    return bool(more >= 0) if more.is_number else is_over_nought(more)


def _contradict(conditions: tuple[sympy.Expr, ...]) -> bool:
    """Return whether two whole numbers of conditions cannot both be 1 or more."""
    whole = [item for item in conditions if _is_whole(item)]
    return any(
        _implies(one + other, sympy.Integer(1)) for one in whole for other in whole if one != other
    )


def _widest(regions: list[Region]) -> tuple[Region, ...]:
    """Return regions without those that lie in another one of the same sign."""
    kept: list[Region] = []
    for one in dict.fromkeys(regions):
        if not any(_lies_in(one, other) for other in kept):
            kept = [other for other in kept if not _lies_in(other, one)] + [one]
    return tuple(kept)


def _lies_in(one: Region, other: Region) -> bool:
    return one.sign == other.sign and all(
        any(_implies(mine, theirs) for mine in one.conditions) for theirs in other.conditions
    )
