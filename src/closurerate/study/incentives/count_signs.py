"""The sign of an expression in counts: decided by algebra where it can be, else by a search.

Counts are over 0, and of the closed cases some are effective and some are not: 0 < E < C.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import sympy

from closurerate.kpi.float_values import Floats, on_arrays

Sign = Literal[-1, 0, 1]

_LEVELS = (
    1, 2, 3, 4, 30, 100, 250, 400, 550, 700, 900, 1100, 1400, 2000, 3000, 10**4, 10**5, 10**7,
)  # fmt: skip
"""Sizes of each count in the search: close around each other, and orders of magnitude apart."""

_EFFECTIVE, _CLOSED, _INEFFECTIVE = (
    sympy.Symbol(name, positive=True) for name in ("E", "C", "ineffective")
)


@dataclass(frozen=True)
class Decided:
    """What is known of an expression's sign.

    Args:
        sign: Its sign where it is the same for all counts, else None.
        border: What has its sign everywhere, without the factors whose sign never changes; 1, 0 or
            -1 where the sign is the same everywhere.
        is_proved: Whether that follows by algebra; else from a search.
    """

    sign: Sign | None
    border: sympy.Expr
    is_proved: bool


@lru_cache(maxsize=1024)
def reduced(expression: sympy.Expr) -> Decided:
    """Return an expression's sign, or the part of it that decides the sign.

    Its symbols are over 0, and E < C. ZeroDivisionError if it divides by what is always 0.
    """
    factored = sympy.factor(sympy.together(expression))
    sign, border, is_proved = 1, sympy.Integer(1), True
    for factor in sympy.Mul.make_args(factored):
        base, exponent = factor.as_base_exp()
        decided, is_sure = _sign_of_coefficients(base), True
        if decided == 0 and exponent.is_negative:
            raise ZeroDivisionError
        if decided != 0 and (not exponent.is_integer or exponent.is_even):
            continue
        if decided is None:
            decided, is_sure = _searched(base)
        is_proved &= is_sure
        if decided == 0:
            return Decided(0, sympy.Integer(0), is_sure)
        if decided is None:
            border *= base
        else:
            sign *= decided
    if border == 1:
        return Decided(1 if sign > 0 else -1, sympy.Integer(sign), is_proved)
    return Decided(None, sign * border, is_proved)


def _searched(base: sympy.Expr) -> tuple[Sign | None, bool]:
    """Return the sign of one factor (None where it has both), and whether that is proved."""
    has_over, has_under = has_point((base,)), has_point((-base,))
    if has_over and has_under:
        return None, True
    if not has_over and not has_under:
        return 0, False
    return (1 if has_over else -1), not _may_be_nought(base)


def _sign_of_coefficients(base: sympy.Expr) -> Sign | None:
    """Return the sign that a polynomial's coefficients share once C is E and the ineffective."""
    shifted = base.subs(_CLOSED, _EFFECTIVE + _INEFFECTIVE) if base.has(_EFFECTIVE) else base
    if shifted.is_number:
        return 1 if shifted > 0 else -1 if shifted < 0 else 0
    if not shifted.is_polynomial(*shifted.free_symbols):
        return None
    coefficients = sympy.Poly(shifted, *shifted.free_symbols).coeffs()
    if not any(coefficients):
        return 0
    if all(item > 0 for item in coefficients):
        return 1
    return -1 if all(item < 0 for item in coefficients) else None


def is_over_nought(expression: sympy.Expr) -> bool:
    """Whether the coefficients show that a polynomial in counts is over 0 for all of them."""
    return _sign_of_coefficients(expression) == 1


def _may_be_nought(base: sympy.Expr) -> bool:
    """Whether a factor may be 0 for counts over 0: known for two counts at most (Sturm).

    Sturm's theorem is applied to rational coefficients alone; with roots among them it may.
    """
    symbols = sorted(base.free_symbols, key=str)
    if len(symbols) > 2 or not base.is_polynomial(*symbols):
        return True
    polynomial = sympy.Poly(base, *symbols)
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return True
    if len(symbols) == 2:
        if not polynomial.is_homogeneous:
            return True
        polynomial = sympy.Poly(base.subs(symbols[1], 1), symbols[0])
    return bool(polynomial.count_roots(0, sympy.oo))


def has_point(conditions: Sequence[sympy.Expr]) -> bool:
    """Whether the search finds counts over 0 at which all are over 0, checked exactly."""
    names = sorted(set().union(*(item.free_symbols for item in conditions)), key=str)
    if not names:
        return all(bool(item > 0) for item in conditions)
    points = _points(names)
    held = np.ones(len(points[0]), dtype=bool)
    for item in conditions:
        held &= on_arrays(item, dict(zip(names, points, strict=True))) > 0
    # The floats only propose points; the first few that they find are checked exactly.
    for place in np.flatnonzero(held)[:3]:
        point = {name: int(column[place]) for name, column in zip(names, points, strict=True)}
        if all(bool(item.subs(point) > 0) for item in conditions):
            return True
    return False


def _points(names: list[sympy.Symbol]) -> list[Floats]:
    """Return the counts searched, a column for each name; fewer sizes where there are many."""
    levels = np.array(_LEVELS if len(names) <= 4 else _LEVELS[::4], dtype=np.float64)
    points = [grid.ravel() for grid in np.meshgrid(*([levels] * len(names)), indexing="ij")]
    if _EFFECTIVE in names and _CLOSED in names:
        closed = names.index(_CLOSED)
        points[closed] = points[closed] + points[names.index(_EFFECTIVE)]
    return points
