"""The panel of 04_thresholds: sliders for the thresholds, redrawn at once, in a live JupyterLab.

What it shows is one inline SVG of a few hundred bytes a branch, made as text: a chart library
would need longer to draw than the engine needs to count. It stands on white, as charts do, so that
it can be read under a dark theme. Anywhere else the panel is a static chart at the thresholds in
force, and nothing is loaded.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from closurerate.kpi.evaluate import in_unit
from closurerate.kpi.value import Value
from closurerate.press import drawing as figures
from closurerate.press.cells import joined
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import labels
from closurerate.press.print.prose import Chart
from closurerate.press.print.style import PALETTE, drawing
from closurerate.press.text import said
from closurerate.press.words import word
from closurerate.quantity import Exact, number, printed, signed
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.page_words import parameter_name, threshold_text, unit_name
from closurerate.study.thresholds.parameters import Parameter, parameters, scenarios_with
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.sensitivity import difference
from closurerate.year.changes import change_word
from closurerate.year.kpi_page import axis_name

_ROW = 20
_LABEL, _BARS, _VALUE = 110, 430, 130
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
    shown = {
        name: in_unit(value.value, version.unit) for name, value in in_force(data).items() if name
    }
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
            frame, axes, xlabel=said(axis_name(data.kpi), language),
            nation=float(nation.value or 0),
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


@dataclass(frozen=True)
class Ground:
    """What the panel shows every move against; `ground` makes it.

    Parameters
    ----------
    official
        What `in_force` returns.
    most
        The value of the longest bar, in the KPI's printed unit: one scale for all moves, so that a
        bar's length can be followed.
    """

    official: Mapping[str | None, Value]
    most: float


def ground(data: ThresholdData) -> Ground:
    """Return the KPI in force, and how far it reaches with all ratios 0 and with all ratios 1."""
    index, official = data.index, in_force(data)
    ends = [
        {item: Fraction(end) for item in _moved(data) if item.kind == "ratio"} for end in (0, 1)
    ]
    counted = index.effective_by_branch(scenarios_with(index.version.rule, ends))
    values = [
        index.value(int(effective), name)
        for row in counted
        for name, effective in zip(index.branches, row, strict=True)
    ]
    shown = (in_unit(item.value, index.version.unit) for item in (*values, *official.values()))
    return Ground(
        official, max((abs(float(item)) for item in shown if item is not None), default=0)
    )


def panel_html(data: ThresholdData, thresholds: Scenarios, against: Ground) -> str:
    """Return what the panel shows for one scenario: E and KPI of the nation, KPI of each branch.

    Parameters
    ----------
    data
        The year's thresholds.
    thresholds
        One scenario.
    against
        What `ground` returns: the same for every move.
    """
    index, language = data.index, data.language
    counted = index.effective_by_branch(thresholds)[0]
    # The branches add up to the nation, which need not be counted again.
    effective = (int(counted.sum()), *map(int, counted))
    values = {
        name: index.value(item, name)
        for name, item in zip((None, *index.branches), effective, strict=True)
    }
    texts = _texts(data, effective[0], against.official[None], values[None])
    sizes = ("20px", "14px")
    heading = "".join(
        f'<p style="margin:0;font-size:{size}">{html_text(text[:1].upper() + text[1:])}</p>'
        for size, text in zip(sizes, texts, strict=True)
    )
    return (
        f'<div lang="{language}" style="display:inline-block;padding:10px 14px;line-height:1.5;'
        f'background:#fff;color:{PALETTE.ink}">{heading}{_legend(data)}'
        f"{_bars(data, values, against)}</div>"
    )


def _texts(data: ThresholdData, effective: int, before: Value, after: Value) -> tuple[str, str]:
    """Return the two lines on the nation: the KPI, and E."""
    language, version = data.language, data.index.version
    value = number(in_unit(after.value, version.unit), version.decimals)
    change = difference(version, before, after)
    return (
        word(
            "threshold_panel_value", language, name=data.kpi.name,
            unit=change_word(version.unit, language), value=f"{value} {unit_name(data)}",
            change=signed(change, version.decimals + 1),
        ),
        word(
            "threshold_panel_effective", language, effective=number(effective),
            change=signed(effective - data.index.official_effective(), 0),
        ),
    )  # fmt: skip


def _legend(data: ThresholdData) -> str:
    """Return what the bars are, what the mark on each is, and what they rest on."""
    mark = f'<span style="color:{PALETTE.series[1]};font-weight:700">|</span>'
    official = html_text(word("threshold_variant_official", data.language))
    label = html_text(labels(data.language).evidence(data.evidence))
    return (
        f'<p style="margin:2px 0 8px;font-size:12px;color:{PALETTE.muted}">'
        f"{html_text(said(axis_name(data.kpi), data.language))}\u2003{mark} {official}\u2003"
        f'<span style="border:1px solid {PALETTE.rule};padding:0 4px">{label}</span></p>'
    )


def _bars(data: ThresholdData, values: Mapping[str | None, Value], against: Ground) -> str:
    """Return the bars of nation and branches, a mark on each at the value in force."""
    unit = data.index.version.unit
    rows = [
        _bar(
            data, name, place * _ROW + (name is not None) * _ROW // 3,
            (in_unit(value.value, unit), in_unit(against.official[name].value, unit)),
            against.most,
        )
        for place, (name, value) in enumerate(values.items())
    ]  # fmt: skip
    size = f'width="{_LABEL + _BARS + _VALUE}" height="{len(rows) * _ROW + _ROW // 3}"'
    style = 'style="display:block;font-variant-numeric:tabular-nums"'
    return f'<svg {size} {style} font-size="13" fill="{PALETTE.ink}">{"".join(rows)}</svg>'


def _bar(
    data: ThresholdData, name: str | None, y: int, pair: tuple[Exact | None, Exact | None],
    most: float,
) -> str:  # fmt: skip
    """Return one bar: the value now and the value in force, from the top edge at `y`."""
    (value, usual), decimals = pair, data.index.version.decimals
    label = html_text(word(name or "nation", data.language))
    text = f'<text x="{_LABEL - 8}" y="{y + 14}" text-anchor="end">{label}</text>'
    if value is None or usual is None:
        return f'{text}<text x="{_LABEL}" y="{y + 14}">{number(None)}</text>'
    # A KPI that rises and falls may pass both its ends: such a bar stops at the edge.
    width, mark = (
        _BARS * min(1.0, max(0.0, float(item)) / (most or 1.0)) for item in (value, usual)
    )
    return (
        f'{text}<rect x="{_LABEL}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}" '
        f'fill="{PALETTE.accent}"/>'
        f'<path d="M{_LABEL + mark:.1f} {y + 1}v{_ROW - 2}" stroke="{PALETTE.series[1]}" '
        f'stroke-width="2"/>'
        f'<text x="{_LABEL + max(width, mark) + 6:.1f}" y="{y + 14}">{number(value, decimals)} '
        f"({signed(Fraction(value) - Fraction(usual), decimals)})</text>"
    )


# The sliders ----------------------------------------------------------------------------------
def _widget(data: ThresholdData) -> Any:
    """Return the sliders over the picture."""
    # Only JupyterLab has it: no report needs it.
    import ipywidgets

    moved, against, picture = _moved(data), ground(data), ipywidgets.HTML()
    sliders = [_slider(ipywidgets, parameter, data) for parameter in moved]

    def show(values: Sequence[Fraction]) -> None:
        for slider, value in zip(sliders, values, strict=True):
            # One redraw for all that moves together.
            slider.unobserve(move, names="value")
            slider.value = value
            slider.observe(move, names="value")
        changes = dict(zip(moved, values, strict=True))
        picture.value = panel_html(
            data, scenarios_with(data.index.version.rule, [changes]), against
        )

    def move(change: Any) -> None:
        place = sliders.index(change["owner"])
        show(pushed(moved, [slider.value for slider in sliders], place))

    for slider in sliders:
        slider.observe(move, names="value")
    show([parameter.official for parameter in moved])
    button = ipywidgets.Button(
        description=word("threshold_panel_reset", data.language), layout={"width": "max-content"}
    )
    button.on_click(lambda _: show([parameter.official for parameter in moved]))
    note = ipywidgets.HTML(html_text(word("threshold_panel_crossing", data.language)))
    return ipywidgets.VBox([*sliders, ipywidgets.HBox([button, note]), picture])


def _moved(data: ThresholdData) -> tuple[Parameter, ...]:
    return parameters(data.index.version.rule, data.settings)


def _slider(ipywidgets: Any, parameter: Parameter, data: ThresholdData) -> Any:
    options = grid(parameter, _moved(data))
    texts = [threshold_text(parameter, value) for value in options]
    return ipywidgets.SelectionSlider(
        options=list(zip(texts, options, strict=True)),
        value=parameter.official,
        description=parameter_name(data, parameter),
        continuous_update=True,
        style={"description_width": "12em"},
        layout={"width": "44em"},
    )


def grid(parameter: Parameter, moved: Sequence[Parameter]) -> list[Fraction]:
    """Return the thresholds that a slider offers: hundredths, or round amounts; in force included.

    Ratios go from 0 to 1. All boundaries have one scale, from half the lowest declared end to
    twice the highest: what stands below another is below it, and one can push another anywhere.

    Parameters
    ----------
    parameter
        The slider's.
    moved
        All thresholds of the panel.
    """
    if parameter.kind == "ratio":
        values = {Fraction(step, 100) for step in range(101)}
        return sorted(values | {parameter.official})
    boundaries = [item for item in moved if item.kind == "boundary"]
    lowest, highest = min(item.low for item in boundaries), max(item.high for item in boundaries)
    points = np.geomspace(float(lowest) / 2, float(highest) * 2, 80)
    amounts = {Fraction(_two_digits(float(point))) for point in points}
    official = {item.official for item in boundaries}
    return sorted({amount for amount in amounts if amount >= 1} | official)


def _two_digits(amount: float) -> int:
    size = int(10 ** max(0, len(str(int(amount))) - 2))
    return int(amount) // size * size


def pushed(moved: Sequence[Parameter], values: Sequence[Fraction], place: int) -> list[Fraction]:
    """Return where all sliders stand once one was moved: boundaries that it passed go along.

    Parameters
    ----------
    moved, values
        The thresholds and where their sliders stand, the moved one there already.
    place
        Which one was moved.
    """
    result = list(values)
    for other, parameter in enumerate(moved):
        if parameter.kind == moved[place].kind == "boundary":
            limit = max if other > place else min
            result[other] = limit(result[other], result[place])
    return result
