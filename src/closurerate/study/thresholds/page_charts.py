"""Charts of the thresholds: one at a time over their whole range, at both ends, and together."""

from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib import pyplot

from closurerate.kpi.evaluate import scale_of
from closurerate.kpi.float_values import float_values
from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import chart_size, chart_style, drawing
from closurerate.press.text import said
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.study.disclosure import coarsened
from closurerate.study.thresholds import page_drawing as threshold_figures
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.page_words import (
    amount_text,
    is_public,
    moved_text,
    parameter_name,
    threshold_text,
)
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.thresholds.sensitivity import tornado
from closurerate.study.thresholds.steps import StepFunction, step_function
from closurerate.year.changes import change_word
from closurerate.year.kpi_page import axis_name

_ACROSS = 3
_POINTS = 120


# One at a time --------------------------------------------------------------------------------
def steps_chart(data: ThresholdData) -> Chart:
    """Return the KPI against each threshold over its whole range, on the public grid."""
    language = data.language
    moved = parameters(data.index.version.rule, data.settings)
    frames = [public_curve(data, parameter) for parameter in moved]
    texts = [_range_text(data, frame) for frame in frames]
    rows = -(-len(moved) // _ACROSS)
    with chart_style(language):
        figure, grid = pyplot.subplots(
            rows, _ACROSS, figsize=chart_size(1.0 + 4.4 * rows), sharey=True, squeeze=False
        )
        for ax, parameter, frame, text in zip(grid.flat, moved, frames, texts, strict=False):
            threshold_figures.draw_steps(
                frame, ax, title=parameter_name(data, parameter),
                official=float(parameter.official),
                declared=(float(parameter.low), float(parameter.high)), text=text,
                ticks=_ticks(parameter, frame, data),
            )  # fmt: skip
            ax.set_xlabel(_axis(parameter, data))
        for ax in list(grid.flat)[len(moved) :]:
            ax.set_axis_off()
        for ax in grid[:, 0]:
            ax.set_ylabel(said(axis_name(data.kpi), data.language))
        items = [
            f"{parameter_name(data, parameter)} {text}"
            for parameter, text in zip(moved, texts, strict=True)
        ]
        return chart_of(data, figure, "steps", joined(items, language))


def public_curve(data: ThresholdData, parameter: Parameter) -> pd.DataFrame:
    """Return the nation's KPI over a threshold's whole range as a public page may show it.

    Returns
    -------
    DataFrame
        `threshold` on the declared grid (ratios from 0 to 1, boundaries between their neighbours,
        geometric), and `value` in the KPI's printed unit; changes by fewer cases than the least
        are shown with those that follow.
    """
    index, rules = data.index, data.settings.disclosure
    function = step_function(index, parameter)
    grid = _public_grid(data, parameter, function)
    effective = coarsened(np.array([function.at(value) for value in grid]), rules)
    values = float_values(index.version, {**index.counts[None], "effective": effective})
    scale = scale_of(index.version.unit)
    return pd.DataFrame({"threshold": [float(value) for value in grid], "value": values * scale})


def _public_grid(
    data: ThresholdData, parameter: Parameter, function: StepFunction
) -> list[Fraction]:
    rules = data.settings.disclosure
    if parameter.kind == "ratio":
        last = max(Fraction(1), parameter.high)
        return [step * rules.ratio_step for step in range(int(last / rules.ratio_step) + 1)]
    step = rules.boundary_step_twd
    # The last boundary has no upper end: ten times its range shows what there is.
    last = min(function.last or parameter.high, parameter.high * 10)
    first = max(function.first, Fraction(step))
    points = np.geomspace(float(first), float(last), _POINTS)
    inner = sorted({int(point // step) * step for point in points} | {int(parameter.official)})
    return [Fraction(point) for point in inner if first <= point <= last]


def _range_text(data: ThresholdData, frame: pd.DataFrame) -> str:
    decimals = data.index.version.decimals
    if frame["value"].isna().all():
        return number(None)
    low, high = (
        number(Fraction(float(end)), decimals)
        for end in (frame["value"].min(), frame["value"].max())
    )
    return word("interval", data.language, low=low, high=high) if low != high else low


def _ticks(
    parameter: Parameter, frame: pd.DataFrame, data: ThresholdData
) -> list[tuple[float, str]]:
    if parameter.kind == "ratio":
        return []
    low, high = frame["threshold"].iloc[0], frame["threshold"].iloc[-1]
    powers = [10**power for power in range(15) if low <= 10**power <= high]
    ticks = sorted({*powers, int(parameter.official)})
    kept = [
        tick
        for tick in ticks
        if tick == parameter.official or abs(np.log(tick / float(parameter.official))) > 1
    ]
    return [(tick, amount_text(tick, data.language)) for tick in kept]


def _axis(parameter: Parameter, data: ThresholdData) -> str:
    return word(f"threshold_axis_{parameter.kind}", data.language)


# At both ends ---------------------------------------------------------------------------------
def tornado_chart(data: ThresholdData) -> Chart | Markdown:
    """Return the change of the KPI with each threshold at either end of its declared range."""
    language, decimals = data.language, data.index.version.decimals + 2
    ends = tornado(data.index, parameters(data.index.version.rule, data.settings))
    if not any(end.change for pair in ends for end in pair):
        return Markdown(word("threshold_no_change", language, name=markdown_text(data.kpi.name)))
    frame = pd.DataFrame(
        {
            "label": [parameter_name(data, low.parameter) for low, _ in ends],
            **{
                name: [
                    float(pair[place].change or 0) if is_public(data, pair[place].effective) else 0
                    for pair in ends
                ]
                for place, name in enumerate(("low", "high"))
            },
            **{
                f"{name}_text": [
                    f"{threshold_text(pair[place].parameter, pair[place].value)}: "
                    f"{moved_text(data, pair[place].effective, pair[place].change, decimals)}"
                    for pair in ends
                ]
                for place, name in enumerate(("low", "high"))
            },
        }
    )
    items = [
        f"{row['label']} {row['low_text']} / {row['high_text']}" for row in frame.to_dict("records")
    ]
    with drawing(language, 2.2 + 1.0 * len(frame)) as axes:
        threshold_figures.draw_tornado(
            frame,
            axes,
            xlabel=word(
                "change_in",
                language,
                unit=change_word(data.index.version.unit, language),
            ),
        )
        return chart_of(data, axes.get_figure(), "tornado", joined(items, language))


def chart_of(data: ThresholdData, figure: object, name: str, items: str) -> Chart:
    """Return a drawn figure with the caption of that name and what it shows, in words."""
    return Chart(
        figure,  # type: ignore[arg-type]
        caption=word(f"threshold_caption_{name}", data.language, name=data.kpi.name),
        alt=word(f"threshold_alt_{name}", data.language, items=items),
        source=data.source_line,
        evidence=data.evidence,
        language=data.language,
    )
