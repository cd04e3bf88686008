"""The chart of what the thresholds explain together, and the runs that it and its tables show."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import PALETTE, chart_size, chart_style
from closurerate.press.words import word
from closurerate.quantity import Quantity
from closurerate.study.thresholds import page_drawing as threshold_figures
from closurerate.study.thresholds.page_charts import chart_of
from closurerate.study.thresholds.page_data import Facts, ThresholdData
from closurerate.study.thresholds.page_words import parameter_name
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.variance.exact import threshold_indices
from closurerate.study.variance.sobol import Sensitivity

_DOMINANT = 0.9
"""Share of the variance from which one threshold hides the others, which then have a panel."""


@dataclass(frozen=True)
class Panel:
    """What varies in a panel, under its title, and the indices that were found."""

    title: str
    moved: tuple[Parameter, ...]
    found: Sensitivity


def sobol_chart(data: ThresholdData, panels: Sequence[Panel]) -> Chart | Markdown:
    """Return the share of the KPI's variance that each threshold explains, alone and in all.

    Where one threshold explains nearly all, a second panel holds it and shows the others.
    """
    language = data.language
    if not panels:
        return Markdown(word("threshold_no_variance", language, name=markdown_text(data.kpi.name)))
    frames = [_sobol_frame(data, panel) for panel in panels]
    with chart_style(language):
        figure, axes = pyplot.subplots(
            1,
            len(panels),
            figsize=chart_size(2.6 + 1.0 * len(panels[0].moved)),
            squeeze=False,
            sharey=True,
        )
        for ax, panel, frame in zip(axes.flat, panels, frames, strict=True):
            threshold_figures.draw_sobol(
                frame, ax, title=panel.title, xlabel=word("threshold_axis_share", language)
            )
        _sobol_legend(figure, data)
        return chart_of(data, figure, "sobol", joined(_sobol_items(data, panels), language))


def _sobol_items(data: ThresholdData, panels: Sequence[Panel]) -> list[str]:
    return [
        word(
            "threshold_sobol_item",
            data.language,
            panel=panel.title,
            name=parameter_name(data, parameter),
            first=f"{float(item.first or 0):.3f}",
            total=f"{float(item.total or 0):.3f}",
        )
        for panel in panels
        for parameter, item in zip(panel.moved, panel.found.indices, strict=True)
    ]


def sobol_panels(data: ThresholdData) -> list[Panel]:
    """Return the panels of the chart; none where no threshold moves the KPI."""
    moved = parameters(data.index.version.rule, data.settings)
    panels = [_panel(data, "all", moved)]
    if not panels[0].found.variance:
        return []
    shares = [float(item.first or 0) for item in panels[0].found.indices]
    leading = moved[shares.index(max(shares))]
    rest = tuple(parameter for parameter in moved if parameter != leading)
    if max(shares) > _DOMINANT and rest:
        panels.append(_panel(data, "rest", rest, held=parameter_name(data, leading)))
    return [panel for panel in panels if panel.found.variance]


def _panel(data: ThresholdData, name: str, moved: tuple[Parameter, ...], **places: str) -> Panel:
    title = word(f"threshold_panel_{name}", data.language, **places)
    return Panel(title, moved, threshold_indices(data.index, moved, data.settings.sobol))


def _sobol_frame(data: ThresholdData, panel: Panel) -> pd.DataFrame:
    """Return a row for each threshold, empty for those that are held."""
    columns = ("first", "first_interval", "total", "total_interval")
    found = {
        parameter.name: [np.nan if value is None else float(value) for value in values]
        for parameter, item in zip(panel.moved, panel.found.indices, strict=True)
        for values in [[getattr(item, name) for name in columns]]
    }
    moved = parameters(data.index.version.rule, data.settings)
    rows = [found.get(parameter.name, [np.nan] * len(columns)) for parameter in moved]
    labels = [parameter_name(data, parameter) for parameter in moved]
    return pd.DataFrame(rows, columns=list(columns)).assign(label=labels)


def _sobol_legend(figure: Figure, data: ThresholdData) -> None:
    marks = [
        Line2D([], [], marker="o", linestyle="none", color=PALETTE.accent),
        Line2D(
            [], [], marker="o", linestyle="none", color=PALETTE.series[1], markerfacecolor="white"
        ),
    ]
    names = ["threshold_first", "threshold_total"]
    figure.legend(
        marks, [word(name, data.language) for name in names], loc="outside lower center",
        ncols=len(marks),
    )  # fmt: skip


def share_facts(data: ThresholdData, panels: Sequence[Panel]) -> Facts:
    """Return `weightiest`, which explains most of the variance by itself, and `leading_share`.

    The share is the first-order index in percent: a figure where it is exact, and a name that tells
    its confidence interval where it is an estimate. Nothing where nothing varies.
    """
    if not panels:
        return {}, {}
    pairs = zip(panels[0].moved, panels[0].found.indices, strict=True)
    weightiest, index = max(pairs, key=lambda pair: pair[1].first or 0)
    names = {"weightiest": markdown_text(parameter_name(data, weightiest).lower())}
    share, interval = index.first or 0, index.first_interval
    if interval is None:
        exact = Quantity(Fraction(share) * 100, "percent", 2, data.evidence)
        return {"leading_share": exact}, names
    ends = (max(share - interval, 0.0), min(share + interval, 1.0))
    names["leading_share"] = " – ".join(f"{end * 100:.0f}" for end in ends) + " %"
    return {}, names
