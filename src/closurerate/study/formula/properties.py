"""The properties of a KPI's formula, each decided, with a proof or a counterexample.

What algebra does not settle is searched on the grid of `study.counterexamples`, and the verdict
says that it was.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Literal

import sympy

from closurerate.kpi.combination import COUNTS, I1, I2, C, E, count_expression, in_indicators
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.zeros import at_zeros, limits_at_zero
from closurerate.study.formula import counterexamples as search
from closurerate.study.formula.counterexamples import CountsPoint
from closurerate.study.formula.critical import UndecidedError
from closurerate.study.formula.proofs import (
    Step,
    by_coefficients,
    direction,
    nowhere,
    peak,
    signs,
    slopes,
    slopes_in_counts,
)
from closurerate.study.formula.verdict import Verdict

_AXES = ("E", "C", "P")
_RATIOS = ("percent", "ratio")


@dataclass(frozen=True)
class Property:
    """What is asked of every formula; the vocabulary calls it `property_<name>`.

    Args:
        kind: Whether it is told in I1 and I2, where formulas are compared side by side, or in
            counts.
        variable: With what the KPI moves, where that is what is asked.
    """

    name: str
    decide: Callable[[KpiVersion], Verdict]
    kind: Literal["indicators", "counts"] = "indicators"
    variable: str = ""


def properties(version: KpiVersion) -> Mapping[str, Verdict]:
    """Return the verdict on each of `PROPERTIES` for a KPI as in force; decided once."""
    key = (check_version(version).written, version.unit, version.is_higher_better)
    return _properties(_Decided(key, version))


def falling_regions(verdict: Verdict) -> tuple[tuple[sympy.Expr, sympy.Expr], ...]:
    """Return the open intervals of t = I2/I1 = C/P in which more of the variable lowers the KPI.

    Their ends are exact: in (I1, I2) each is the ray I2 = t·I1, in counts the ray P = C/t.
    """
    return tuple((step.lower, step.upper) for step in verdict.steps if step.sign < 0)


def falling_by_indicator(
    version: KpiVersion,
) -> list[tuple[str, tuple[sympy.Expr, sympy.Expr]]]:
    """Return the `falling_regions` of I1 and I2, where elsewhere more of it raises the KPI."""
    verdicts = {name: properties(version)[f"improving_{name}"] for name in ("I1", "I2")}
    return [
        (name, region)
        for name, verdict in verdicts.items()
        if verdict.direction == "mixed"
        for region in falling_regions(verdict)
    ]


@dataclass(frozen=True)
class _Decided:
    """What a version's properties follow from; the version itself cannot be hashed."""

    key: tuple[object, ...]
    version: KpiVersion = field(compare=False)


@lru_cache(maxsize=128)
def _properties(decided: _Decided) -> Mapping[str, Verdict]:
    version = decided.version
    if count_expression(version) is None:
        return {name: _absent(name, version) for name in PROPERTIES}
    return {name: item.decide(version) for name, item in PROPERTIES.items()}


def _absent(name: str, version: KpiVersion) -> Verdict:
    return Verdict(name, None, "not_applicable", in_indicators(version).reason)


def _symmetric(version: KpiVersion) -> Verdict:
    expression = in_indicators(version).expression
    if expression is None:
        return _absent("symmetric", version)
    swapped = expression.subs({I1: I2, I2: I1}, simultaneous=True)
    if sympy.simplify(expression - swapped) == 0:
        return Verdict("symmetric", True, "symbolic", "swap", (nowhere("difference"),))
    return _refuted("symmetric", search.unlike_swapped(version))


def _homogeneous(version: KpiVersion) -> Verdict:
    combination = in_indicators(version)
    if combination.expression is None:
        return _absent("homogeneous", version)
    if combination.degree is not None:
        return Verdict("homogeneous", True, "symbolic", "degree", degree=combination.degree)
    return _refuted("homogeneous", search.unlike_scaled(version))


def _refuted(name: str, points: tuple[CountsPoint, ...]) -> Verdict:
    """Return that points refute a property; undecided where there are none."""
    if points:
        return Verdict(name, False, "counterexample", "points", points=points)
    return Verdict(name, None, "search", "grid")


def _between(version: KpiVersion) -> Verdict:
    if version.unit not in _RATIOS:
        return Verdict("between", None, "not_applicable", "unit")
    combination = in_indicators(version)
    if combination.expression is None:
        return _absent("between", version)
    points = search.outside(version)
    if points:
        return _refuted("between", points)
    if combination.degree != 1:
        return Verdict("between", True, "search", "grid")
    least, greatest = sympy.Min(I1, I2), sympy.Max(I1, I2)
    try:
        steps = (
            *signs("above_least", combination.expression - least),
            *signs("below_greatest", greatest - combination.expression),
        )
    except UndecidedError:
        return Verdict("between", True, "search", "grid")
    holds = all(step.sign >= 0 for step in steps)
    return Verdict("between", holds, "symbolic", "signs", steps)


def _improving(version: KpiVersion, name: str) -> Verdict:
    combination = in_indicators(version)
    if combination.expression is None:
        return _absent(f"improving_{name}", version)
    # More of an indicator is less of the cases that it divides by.
    symbol, axis = (I1, 1) if name == "I1" else (I2, 2)
    try:
        steps: tuple[Step, ...] = slopes(combination.expression, symbol, combination.degree)
        moves = direction({step.sign for step in steps})
    except UndecidedError:
        if search.has_gaps(version):
            return Verdict(f"improving_{name}", None, "search", "gaps")
        steps, moves = (), direction({-sign for sign in _found(version, axis)})
    holds = moves == ("increasing" if version.is_higher_better else "decreasing")
    # The most telling pair: one where more makes the KPI worse, else one where it changes nothing.
    better: Literal[1, -1] = 1 if version.is_higher_better else -1
    # An axis is a count: more of the indicator is less of it.
    against = search.steps(version, axis, better) or search.steps(version, axis, 0)
    return Verdict(
        f"improving_{name}",
        holds,
        "symbolic" if steps else "search",
        "slope" if steps else "grid",
        steps,
        () if holds else tuple(reversed(against)),
        moves,
        better=better,
    )


def _found(version: KpiVersion, axis: int) -> set[int]:
    return {sign for sign in (-1, 0, 1) if search.steps(version, axis, sign)}


def _bounded(version: KpiVersion) -> Verdict:
    if version.unit not in _RATIOS:
        return Verdict("bounded", None, "not_applicable", "unit")
    combination = in_indicators(version)
    is_linear = combination.expression is not None and combination.degree == 1
    most = peak(combination.expression) if is_linear else None
    points = search.over_one(version)
    if points:
        return Verdict("bounded", False, "counterexample", "points", points=points, peak=most)
    try:
        steps = _below_one(version)
    except UndecidedError:
        if search.held(version):
            return Verdict("bounded", None, "search", "held")
        return Verdict("bounded", True, "search", "grid")
    holds = all(step.sign >= 0 for step in steps)
    return Verdict("bounded", holds, "symbolic", "signs", steps, peak=most)


def _below_one(version: KpiVersion) -> tuple[Step, ...]:
    """Return the signs of 1 − I at I1 = 1, which decide as I1 ≤ 1; else in counts, C = E + k."""
    combination = in_indicators(version)
    if combination.expression is not None and (combination.degree or 0) > 0:
        return signs("below_one", (1 - combination.expression).subs(I1, 1))
    return _below_one_in_counts(sympy.sympify(count_expression(version)))


def _below_one_in_counts(written: sympy.Expr) -> tuple[Step, ...]:
    """Return the signs of 1 − I with k = C − E; of a minimum one argument's are enough."""
    if isinstance(written, sympy.Max):
        return tuple(step for part in written.args for step in _below_one_in_counts(part))
    if isinstance(written, sympy.Min):
        for part in written.args:
            with suppress(UndecidedError):
                steps = _below_one_in_counts(part)
                if all(step.sign >= 0 for step in steps):
                    return tuple(replace(step, what="below_one_part") for step in steps)
    more = sympy.Symbol("k", positive=True)
    rest = sympy.factor(1 - written.subs(C, E + more))
    return (by_coefficients("below_one_counts", rest),)


def _monotone(version: KpiVersion, name: str) -> Verdict:
    axis = _AXES.index(name)
    try:
        steps: tuple[Step, ...] = slopes_in_counts(version, COUNTS[name])
        moves = direction({step.sign for step in steps})
    except UndecidedError:
        if search.has_gaps(version):
            return Verdict(f"monotone_{name}", None, "search", "gaps")
        steps, moves = (), direction(_found(version, axis))
        if moves != "mixed" and search.held(version):
            return Verdict(f"monotone_{name}", None, "search", "held")
    is_mixed = moves == "mixed"
    pairs = (*search.steps(version, axis, 1), *search.steps(version, axis, -1)) if is_mixed else ()
    return Verdict(
        f"monotone_{name}",
        not is_mixed,
        "symbolic" if steps else "search",
        "slope" if steps else "grid",
        steps,
        pairs,
        moves,
    )


def _defined_at_zero(version: KpiVersion) -> Verdict:
    zeros = at_zeros(version)
    holds = all(value is not None for names, value in zeros if names != _AXES)
    limits = limits_at_zero(version)
    return Verdict("defined_at_zero", holds, "symbolic", "zeros", zeros=zeros, limits=limits)


PROPERTIES: Mapping[str, Property] = {
    item.name: item
    for item in (
        Property("symmetric", _symmetric),
        Property("homogeneous", _homogeneous),
        Property("between", _between),
        *(
            Property(f"improving_{name}", partial(_improving, name=name), variable=name)
            for name in ("I1", "I2")
        ),
        Property("bounded", _bounded),
        Property("defined_at_zero", _defined_at_zero),
        *(
            Property(f"monotone_{name}", partial(_monotone, name=name), "counts", name)
            for name in _AXES
        ),
    )
}
"""The properties by name. `between`: the smaller and the larger of I1 and I2; `improving`:
strictly, the way that is better; `bounded`: at most 1 for all E ≤ C and any P; `defined_at_zero`:
has a value where E, C (then E too) or P, or another count it uses, is 0; `monotone`: never rises in
one place and falls in another."""
