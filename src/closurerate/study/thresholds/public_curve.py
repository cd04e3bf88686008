"""The KPI over a threshold's whole range as a public page may show it."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.evaluate import scale_of
from closurerate.kpi.float_values import float_values
from closurerate.study.disclosure import coarsened
from closurerate.study.settings import DisclosureRules
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.steps import StepFunction, step_function

_POINTS = 120


def public_curve(
    index: ThresholdIndex, rules: DisclosureRules, parameter: Parameter
) -> pd.DataFrame:
    """Return the nation's KPI over a threshold's whole range, on the public grid.

    Returns:
        DataFrame: `threshold` on the declared grid (ratios from 0 to 1, boundaries between their
            neighbours, geometric), and `value` in the KPI's printed unit, outward from the one in
            force; no change by fewer cases than the least shows.
    """
    grid, effective = public_counts(index, rules, parameter)
    values = float_values(index.version, {**index.counts[None], "effective": effective})
    scale = scale_of(index.version.unit)
    return pd.DataFrame({"threshold": [float(value) for value in grid], "value": values * scale})


def public_counts(
    index: ThresholdIndex, rules: DisclosureRules, parameter: Parameter
) -> tuple[list[Fraction], npt.NDArray[np.int64]]:
    """Return the declared grid of a threshold, and the nation's effective cases as they may show.

    Where they differ from the exact ones it is by fewer cases than the least count.
    """
    function = step_function(index, parameter)
    grid = _public_grid(rules, function)
    effective = coarsened(
        np.array([function.at(value) for value in grid]),
        rules,
        in_force=function.at(parameter.official),
        below=sum(value < parameter.official for value in grid),
    )
    return grid, effective


def _public_grid(rules: DisclosureRules, function: StepFunction) -> list[Fraction]:
    parameter = function.parameter
    if parameter.kind == "ratio":
        last = max(Fraction(1), parameter.high)
        return [step * rules.ratio_step for step in range(int(last / rules.ratio_step) + 1)]
    step = rules.boundary_step_twd
    # The last boundary has no upper end: ten times its range shows what there is.
    last = min(function.last or Fraction(MAX_REFERRED_TWD + 1), parameter.high * 10)
    first = max(function.first, Fraction(step))
    points = np.geomspace(float(first), float(last), _POINTS)
    inner = sorted({int(point // step) * step for point in points} | {int(parameter.official)})
    return [Fraction(point) for point in inner if first <= point <= last]
