"""What a page may show of moved thresholds: the KPI over a range of one, and sliders for ratios."""

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.kpi.float_values import float_values
from closurerate.press.sliders import Slider, Sliders
from closurerate.press.text import Run, t
from closurerate.study.disclosure import coarsened
from closurerate.study.settings import DisclosureRules
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.steps import StepFunction, step_function
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.wording_page import parameter_name, threshold_value

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


# The sliders of the page ----------------------------------------------------------------------
def public_panel(data: ThresholdData) -> Sliders | None:
    """Return sliders for the ratios; None where the KPI is no line in the effective cases.

    A case has one tier, so that what the ratios move adds up. Each slider has the public counts of
    its ratio alone (`public_counts`): together they give away no more than the curves do.
    """
    sliders = [_slider(data, item) for item in data.moved if item.kind == "ratio"]
    start = data.index.official_effective()
    added = [[count for _, count in slider.places] for slider in sliders]
    ends = [start + sum(map(end, added)) for end in (min, max)]
    line = _line(data, [start, *ends])
    if line is None or not sliders:
        return None
    intercept, slope = line
    version, value = data.index.version, data.value(data.index.value(start).value)
    unit = t(f"unit_{version.unit}")
    return Sliders(
        t("threshold_sliders_caption", name=data.kpi.kpi_name),
        t("threshold_sliders_still", name=data.kpi.kpi_name, value=value, effective=start),
        sliders,
        start,
        intercept,
        slope,
        version.decimals,
        t("effective"),
        data.kpi.kpi_name,
        Run((" ", unit)),
        data.grounds(),
    )


def _slider(data: ThresholdData, parameter: Parameter) -> Slider:
    """Return a slider over the public grid of a ratio, the one in force included."""
    start = data.index.official_effective()
    grid, effective = public_counts(data.index, data.settings.disclosure, parameter)
    added = dict(zip(grid, (int(count) - start for count in effective), strict=True))
    added[parameter.official] = 0
    values = sorted(added)
    places = [(threshold_value(parameter, value), added[value]) for value in values]
    return Slider(parameter_name(data, parameter), places, values.index(parameter.official))


def _line(data: ThresholdData, counts: list[int]) -> tuple[Fraction, Fraction] | None:
    """Return the KPI in its printed unit as a line in the effective cases; None where not one."""
    low, high = min(counts), max(counts)
    at = {}
    for count in (low, low + 1, *counts, high):
        value = in_unit(data.index.value(count).value, data.index.version.unit)
        if not isinstance(value, int | Fraction):
            return None
        at[count] = Fraction(value)
    slope = at[low + 1] - at[low]
    intercept = at[low] - slope * low
    is_line = all(value == intercept + slope * count for count, value in at.items())
    return (intercept, slope) if is_line else None
