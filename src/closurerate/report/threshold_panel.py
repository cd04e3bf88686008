"""The panel of 04_thresholds: sliders for the thresholds, redrawn at once, in a live JupyterLab.

What it shows is one inline SVG of a few hundred bytes a branch, made as text: a chart library
would need longer to draw than the engine needs to count. Anywhere else the panel is a static
chart at the thresholds in force, and nothing is loaded.
"""

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from closurerate.kpi.value import Value
from closurerate.quantity import number, printed
from closurerate.report import figures
from closurerate.report.cells import joined
from closurerate.report.escape import html_text
from closurerate.report.kpi_charts import axis_name
from closurerate.report.labels import labels
from closurerate.report.show import Chart
from closurerate.report.style import PALETTE, drawing
from closurerate.report.threshold_data import ThresholdData
from closurerate.report.threshold_words import (
    change_unit,
    parameter_name,
    signed,
    threshold_text,
    unit_name,
)
from closurerate.report.words import word
from closurerate.study.float_values import in_unit
from closurerate.study.parameters import Parameter, parameters, scenarios_with
from closurerate.study.scenarios import Scenarios
from closurerate.study.sensitivity import difference

_ROW = 22
_LABEL, _BARS, _VALUE = 110, 430, 120
"""Widths in the picture, in pixels: labels, bars, printed values."""


def is_live() -> bool:
    """Tell whether a person sits before this kernel: a Jupyter server started it for a session.

    papermill and nbconvert start kernels without a session, and so without this variable.
    """
    return "JPY_SESSION_NAME" in os.environ and find_spec("ipywidgets") is not None


def threshold_panel(data: ThresholdData) -> Any:
    """Return the panel: a widget in a live JupyterLab with ipywidgets, else a static `Chart`.

    Parameters
    ----------
    data
        The year's thresholds.
    """
    return _widget(data) if is_live() else static_panel(data)


def static_panel(data: ThresholdData) -> Chart:
    """Return the KPI by branch at the thresholds in force."""
    language, version = data.language, data.index.version
    shown = {name: in_unit(version, value) for name, value in in_force(data).items() if name}
    known = sorted(
        ((Fraction(value), name) for name, value in shown.items() if value is not None),
        reverse=True,
    )
    nation = data.kpi.total.quantity()
    frame = pd.DataFrame(
        {
            "label": [word(name, language) for _, name in known],
            "value": [float(value) for value, _ in known],
            "text": [number(value, version.decimals) for value, _ in known],
        }
    )
    items = [f"{row['label']} {row['text']}" for row in frame.to_dict("records")]
    with drawing(language, 8.6) as axes:
        figures.draw_dots(
            frame, axes, xlabel=axis_name(data.kpi), nation=float(nation.value or 0),
            text=f"{word('nation', language)} {number(nation.value, version.decimals)}",
        )  # fmt: skip
        return Chart(
            axes.get_figure(),
            caption=word("threshold_caption_panel", language, name=data.kpi.name),
            alt=word(
                "alt_branches", language, names=joined(items, language),
                nation=printed(nation, language),
            ),
            source=data.source_line,
            evidence=data.evidence,
            language=language,
        )  # fmt: skip


def in_force(data: ThresholdData) -> dict[str | None, Value]:
    """Return the KPI at the thresholds in force, of the nation (key None) and each branch."""
    index = data.index
    return {
        name: index.value(index.official_effective(name), name) for name in (None, *index.branches)
    }


def panel_html(
    data: ThresholdData, thresholds: Scenarios, official: Mapping[str | None, Value]
) -> str:
    """Return what the panel shows for one scenario: E and KPI of the nation, KPI of each branch.

    Parameters
    ----------
    data
        The year's thresholds.
    thresholds
        One scenario.
    official
        What `in_force` returns: the same for every move.
    """
    index, language, version = data.index, data.language, data.index.version
    effective = int(index.effective(thresholds)[0])
    kpi = index.value(effective)
    change = difference(version, official[None], kpi)
    texts: tuple[str, ...] = (
        word(
            "threshold_panel_value", language, name=data.kpi.name, unit=change_unit(data),
            value=f"{number(in_unit(version, kpi), version.decimals)} {unit_name(data)}",
            change=signed(change, version.decimals + 1),
        ),
        word(
            "threshold_panel_effective", language, effective=number(effective),
            change=signed(effective - index.official_effective(), 0),
        ),
    )  # fmt: skip
    texts += (labels(language).evidence(data.evidence),)
    heading = "".join(f'<p style="margin:0 0 4px">{html_text(text)}</p>' for text in texts)
    return f'<div lang="{language}">{heading}{_bars(data, thresholds, official)}</div>'


def _bars(data: ThresholdData, thresholds: Scenarios, official: Mapping[str | None, Value]) -> str:
    """Return the branches' bars, a mark on each at the value in force."""
    index, version = data.index, data.index.version
    counted = index.effective_by_branch(thresholds)[0]
    rows = [
        (
            name,
            in_unit(version, index.value(int(effective), name)),
            in_unit(version, official[name]),
        )
        for name, effective in zip(index.branches, counted, strict=True)
    ]
    most = max((abs(float(value)) for _, *pair in rows for value in pair if value is not None),
               default=0.0) or 1.0  # fmt: skip
    lines = []
    for place, (name, value, usual) in enumerate(rows):
        y = place * _ROW
        text = f'<text x="{_LABEL - 8}" y="{y + 15}" text-anchor="end">'
        lines.append(f"{text}{html_text(word(name, data.language))}</text>")
        if value is None or usual is None:
            lines.append(f'<text x="{_LABEL}" y="{y + 15}">{number(None)}</text>')
            continue
        width, mark = (_BARS * max(0.0, float(item)) / most for item in (value, usual))
        change = signed(Fraction(value) - Fraction(usual), version.decimals)
        lines.append(
            f'<rect x="{_LABEL}" y="{y + 4}" width="{width:.1f}" height="{_ROW - 8}" '
            f'fill="{PALETTE.accent}"/>'
            f'<path d="M{_LABEL + mark:.1f} {y + 1}v{_ROW - 2}" stroke="{PALETTE.series[1]}" '
            f'stroke-width="2"/>'
            f'<text x="{_LABEL + max(width, mark) + 6:.1f}" y="{y + 15}">'
            f"{number(value, version.decimals)} ({change})</text>"
        )
    size = f'width="{_LABEL + _BARS + _VALUE}" height="{len(rows) * _ROW}"'
    return f'<svg {size} font-size="12" fill="{PALETTE.ink}">{"".join(lines)}</svg>'


# The sliders ----------------------------------------------------------------------------------
def _widget(data: ThresholdData) -> Any:
    """Return the sliders over the picture."""
    # Only JupyterLab has it: no report needs it.
    import ipywidgets

    moved = parameters(data.index.version.rule, data.settings)
    sliders = [_slider(ipywidgets, parameter, data) for parameter in moved]
    picture, official = ipywidgets.HTML(), in_force(data)

    def redraw(change: object = None) -> None:
        thresholds = chosen(data, moved, [item.value for item in sliders])
        picture.value = panel_html(data, thresholds, official)

    def reset(button: object) -> None:
        for slider, parameter in zip(sliders, moved, strict=True):
            slider.value = parameter.official

    for slider in sliders:
        slider.observe(redraw, names="value")
    button = ipywidgets.Button(description=word("threshold_panel_reset", data.language))
    button.on_click(reset)
    redraw()
    note = ipywidgets.HTML(f"<p>{html_text(word('threshold_panel_crossing', data.language))}</p>")
    return ipywidgets.VBox([*sliders, button, picture, note])


def _slider(ipywidgets: Any, parameter: Parameter, data: ThresholdData) -> Any:
    options = grid(parameter)
    texts = [threshold_text(parameter, value) for value in options]
    return ipywidgets.SelectionSlider(
        options=list(zip(texts, options, strict=True)),
        value=parameter.official,
        description=parameter_name(parameter, data.language),
        continuous_update=True,
        style={"description_width": "12em"},
        layout={"width": "44em"},
    )


def grid(parameter: Parameter) -> list[Fraction]:
    """Return the thresholds that a slider offers: hundredths, or round amounts; in force included.

    Ratios go from 0 to 1, boundaries over twice their declared range on either side.
    """
    if parameter.kind == "ratio":
        values = {Fraction(step, 100) for step in range(101)}
        return sorted(values | {parameter.official})
    points = np.geomspace(float(parameter.low) / 2, float(parameter.high) * 2, 60)
    amounts = {_two_digits(float(point)) for point in points}
    return sorted({Fraction(amount) for amount in amounts if amount >= 1} | {parameter.official})


def _two_digits(amount: float) -> int:
    size = int(10 ** max(0, len(str(int(amount))) - 2))
    return int(amount) // size * size


def chosen(
    data: ThresholdData, moved: Sequence[Parameter], values: Sequence[Fraction]
) -> Scenarios:
    """Return the scenario of the sliders; a boundary that would pass the next one moves it along.

    Parameters
    ----------
    data
        The year's thresholds.
    moved, values
        The thresholds and where their sliders stand.
    """
    changes = dict(zip(moved, values, strict=True))
    highest = Fraction(0)
    for parameter in moved:
        if parameter.kind == "boundary":
            highest = changes[parameter] = max(highest, changes[parameter])
    return scenarios_with(data.index.version.rule, [changes])
