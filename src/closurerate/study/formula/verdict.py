"""Whether a property holds of a KPI's formula, and why."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import sympy

from closurerate.study.formula.counterexamples import CountsPoint
from closurerate.study.formula.proofs import Direction, Step

Method = Literal["symbolic", "counterexample", "search", "not_applicable"]


@dataclass(frozen=True)
class Verdict:
    """Whether a property holds, and why.

    Args:
        holds: None where the property makes no sense for the KPI, or was not decided.
        method: `symbolic`: proved, or refuted, by `steps`; `counterexample`: refuted by `points`;
            `search`: decided on the grid alone, which is no proof; `not_applicable`, for the reason
            in `argument`.
        argument: What settles it, or why there is nothing to settle, as a key: `swap`, `degree`,
            `signs`, `slope`, `zeros`, `grid`, `gaps` (the grid has points without value), `held`
            (the grid holds further counts, so that finding nothing there settles nothing),
            `points`; `unit`, or a reason of `combination.Combination`.
        points: The counterexample: one point, or points whose comparison is one.
        direction: How the KPI moves with the variable of an `improving_` or `monotone_` property.
        peak: Of `bounded`: the least upper bound over all E ≤ C and P > 0, where the degree is 1.
        zeros: Of `defined_at_zero`: for each set of counts that are 0, the KPI then, None if it has
            none.
        limits: Of `defined_at_zero`: where it has none by the rule of its evaluation alone, as a
            root or a minimum has none where an indicator has none, the limit that the formula has
            there.
        better: Of an `improving_` property: the sign of a change of the KPI that is better.
    """

    name: str
    holds: bool | None
    method: Method
    argument: str
    steps: tuple[Step, ...] = ()
    points: tuple[CountsPoint, ...] = ()
    direction: Direction = ""
    degree: Fraction | None = None
    peak: sympy.Expr | None = None
    zeros: tuple[tuple[tuple[str, ...], sympy.Expr | None], ...] = ()
    limits: tuple[tuple[tuple[str, ...], sympy.Expr], ...] = ()
    better: Literal[1, -1] = 1
