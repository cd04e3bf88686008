"""The panel of 04_thresholds: sliders for the thresholds, redrawn at once, in a live JupyterLab.

What it shows is one inline SVG of a few hundred bytes a branch, made as text: a chart library
would need longer to draw than the engine needs to count. It stands on white, as charts do, so that
it can be read under a dark theme. Anywhere else the panel is that of the page
(`public_page`), and nothing is loaded.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import numpy as np
from jinja2 import Environment, Template

from closurerate.kpi.evaluate import in_unit
from closurerate.kpi.value import Value
from closurerate.press.chart import Chart
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import labels
from closurerate.press.print.looks import PALETTE
from closurerate.press.shown import reader_language
from closurerate.press.text import Item, Run, Say, bare, t
from closurerate.quantity import Exact
from closurerate.study.thresholds.parameters import Parameter, scenarios_with
from closurerate.study.thresholds.public_page import public_panel
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.sensitivity import kpi_change
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.wording_page import parameter_name, threshold_value
from closurerate.year.changes import change_word
from closurerate.year.kpi_page import dots_of_branches
from closurerate.year.kpi_words import value_column

_SIZES = {"row": 20, "label": 110, "bars": 430, "value": 130}
"""In the picture, in pixels: height of a row; widths of labels, bars and printed values."""


def is_live() -> bool:
    """Tell whether a person sits before this kernel: a Jupyter server started it for a session.

    papermill and nbconvert start kernels without a session, and so without this variable.
    """
    return "JPY_SESSION_NAME" in os.environ and find_spec("ipywidgets") is not None


def threshold_panel(data: ThresholdData) -> Any:
    """Return the panel: a widget in a live JupyterLab with ipywidgets, else the page's sliders.

    Where the KPI is no line in the effective cases, a page has a static `Chart`.
    """
    return _widget(data) if is_live() else public_panel(data) or static_panel(data)


def static_panel(data: ThresholdData) -> Chart:
    """Return the KPI by branch at the thresholds in force."""
    values = {
        name: data.value(data.index.official_value(name).value) for name in data.index.branches
    }
    caption = t("threshold_caption_panel", name=data.kpi.kpi_name)
    return dots_of_branches(data.kpi, values, caption, data.grounds())


@dataclass(frozen=True)
class Ground:
    """What the panel shows every move against; `ground` makes it.

    Args:
        official: The KPI at the thresholds in force, of the nation (key None) and each branch.
        most: The value of the longest bar, in the KPI's printed unit: one scale for all moves, so
            that a bar's length can be followed.
    """

    official: Mapping[str | None, Value]
    most: float


def ground(data: ThresholdData) -> Ground:
    """Return the KPI in force, and how far it reaches with all ratios 0 and with all ratios 1."""
    index = data.index
    official = {name: index.official_value(name) for name in (None, *index.branches)}
    ends = [{item: Fraction(end) for item in data.moved if item.kind == "ratio"} for end in (0, 1)]
    counted = index.effective_by_branch(scenarios_with(index.version.rule, ends))
    groups = (official, *map(index.values_by_branch, counted))
    shown = (in_unit(one.value, index.version.unit) for group in groups for one in group.values())
    return Ground(official, max((abs(float(one)) for one in shown if one is not None), default=0))


@cache
def _template() -> Template:
    written = files("closurerate.study.thresholds").joinpath("panel.html.j2")
    return Environment(autoescape=True).from_string(written.read_text(encoding="utf-8"))


def panel_html(data: ThresholdData, thresholds: Scenarios, against: Ground, say: Say) -> str:
    """Return what the panel shows for one scenario: E and KPI of the nation, KPI of each branch.

    Args:
        thresholds: One scenario.
        against: What `ground` returns: the same for every move.
    """
    index = data.index
    counted = index.effective_by_branch(thresholds)[0]
    # The branches add up to the nation, which need not be counted again.
    effective = int(counted.sum())
    nation = index.value(effective)
    values = {None: nation, **index.values_by_branch(counted)}
    lines = map(say, _lines(data, effective, against.official[None], nation))
    return _template().render(
        language=say.language,
        palette=PALETTE,
        sizes=_SIZES,
        lines=[line[:1].upper() + line[1:] for line in lines],
        axis=say(value_column(data.kpi)),
        official=say(t("threshold_variant_official")),
        evidence=labels(say.language)[data.evidence],
        bars=_bars(data, values, against, say),
    )


def _lines(data: ThresholdData, effective: int, before: Value, after: Value) -> list[Item]:
    """Return the two lines on the nation: the KPI, and E."""
    version = data.index.version
    value = bare(in_unit(after.value, version.unit), version.decimals)
    change = bare(kpi_change(version, before, after), version.decimals + 1, is_signed=True)
    moved = bare(effective - data.index.official_effective(), is_signed=True)
    return [
        t(
            "threshold_panel_value",
            name=data.kpi.kpi_name,
            unit=change_word(version.unit),
            value=Run((value, t(f"unit_{version.unit}")), " "),
            change=change,
        ),
        t("threshold_panel_effective", effective=effective, change=moved),
    ]


def _bars(
    data: ThresholdData, values: Mapping[str | None, Value], against: Ground, say: Say
) -> list[dict[str, Any]]:
    """Return the bars of nation and branches, a mark on each at the value in force."""
    unit, decimals, bars = data.index.version.unit, data.index.version.decimals, []
    for name, value in values.items():
        now, usual = (in_unit(item.value, unit) for item in (value, against.official[name]))
        width = mark = None
        text: Item = bare(None)
        if now is not None and usual is not None:
            width, mark = (_length(item, against.most) for item in (now, usual))
            change = bare(Fraction(now) - Fraction(usual), decimals, is_signed=True)
            text = Run((bare(now, decimals), " (", change, ")"))
        label = say(data.kpi.cases.place(name))
        bars.append({"label": label, "text": say(text), "width": width, "mark": mark})
    return bars


def _length(value: Exact, most: float) -> float:
    """Return a bar's length; one that passes both ends of its scale stops at the edge."""
    return _SIZES["bars"] * min(1.0, max(0.0, float(value)) / (most or 1.0))


# The sliders ----------------------------------------------------------------------------------
def _widget(data: ThresholdData) -> Any:
    """Return the sliders over the picture."""
    # Only JupyterLab has it: no report needs it.
    import ipywidgets

    say = Say(reader_language())
    moved, against, picture = data.moved, ground(data), ipywidgets.HTML()
    sliders = [_slider(ipywidgets, parameter, data, say) for parameter in moved]

    def show(values: Sequence[Fraction]) -> None:
        for slider, value in zip(sliders, values, strict=True):
            # One redraw for all that moves together.
            slider.unobserve(move, names="value")
            slider.value = value
            slider.observe(move, names="value")
        changes = dict(zip(moved, values, strict=True))
        scenario = scenarios_with(data.index.version.rule, [changes])
        picture.value = panel_html(data, scenario, against, say)

    def move(change: Any) -> None:
        place = sliders.index(change["owner"])
        show(pushed(moved, [slider.value for slider in sliders], place))

    for slider in sliders:
        slider.observe(move, names="value")
    show([parameter.official for parameter in moved])
    button = ipywidgets.Button(
        description=say(t("threshold_panel_reset")), layout={"width": "max-content"}
    )
    button.on_click(lambda _: show([parameter.official for parameter in moved]))
    note = ipywidgets.HTML(html_text(say(t("threshold_panel_crossing"))))
    return ipywidgets.VBox([*sliders, ipywidgets.HBox([button, note]), picture])


def _slider(ipywidgets: Any, parameter: Parameter, data: ThresholdData, say: Say) -> Any:
    options = grid(parameter, data.moved)
    texts = [say(threshold_value(parameter, value)) for value in options]
    return ipywidgets.SelectionSlider(
        options=list(zip(texts, options, strict=True)),
        value=parameter.official,
        description=say(parameter_name(data, parameter)),
        continuous_update=True,
        style={"description_width": "12em"},
        layout={"width": "44em"},
    )


def grid(parameter: Parameter, moved: Sequence[Parameter]) -> list[Fraction]:
    """Return the thresholds that a slider offers: hundredths, or round amounts; in force included.

    Ratios go from 0 to 1. All boundaries have one scale, from half the lowest declared end to
    twice the highest: what stands below another is below it, and one can push another anywhere.
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

    Args:
        moved, values: The thresholds and where their sliders stand, the moved one there already.
        place: Which one was moved.
    """
    result = list(values)
    for other, parameter in enumerate(moved):
        if parameter.kind == moved[place].kind == "boundary":
            limit = max if other > place else min
            result[other] = limit(result[other], result[place])
    return result
