"""The panel of 04_thresholds on a page: sliders for the ratios, exact on the public grid."""

from fractions import Fraction

from closurerate.kpi.evaluate import in_unit
from closurerate.press.sliders import Slider, Sliders
from closurerate.press.text import Run, t
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.public_curve import public_counts
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.wording_page import parameter_name, threshold_value


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
