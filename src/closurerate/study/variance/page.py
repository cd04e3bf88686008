"""What is shown of the thresholds moving together: how much of the variance each one explains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, log10, nan

from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Say, Text, bare, both, exactly, t
from closurerate.quantity import Quantity
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.wording_page import (
    chart_of,
    name_in_text,
    parameter_name,
    table_of,
    why_none,
)
from closurerate.study.variance import drawing
from closurerate.study.variance.exact import threshold_indices
from closurerate.study.variance.sobol import Index, Sensitivity
from closurerate.year.changes import interval as year_interval

_DOMINANT = 0.9
"""Share of the variance from which one threshold hides the others, which then have a panel."""
_HUNDREDTH = Fraction(1, 100)
_SHARE_DECIMALS = 6
_PAIR_DECIMALS = 4
"""Digits of exact shares; an estimate has those that its error leaves it."""
_ORDERS = ("threshold_first", "threshold_total")
_COLON = {"zh-Hant": "：\n", "en": ":\n"}
"""Between what varies and the order of an index, in two lines of a heading."""


@dataclass(frozen=True)
class Panel:
    """What varies in a panel, under its title, and the indices that were found."""

    title: Text
    moved: tuple[Parameter, ...]
    found: Sensitivity

    @property
    def shares(self) -> dict[Parameter, Index]:
        """The index of each threshold that varies."""
        return dict(zip(self.moved, self.found.indices, strict=True))


def variance_panels(data: ThresholdData) -> list[Panel]:
    """Return the runs that chart and tables show; none where no threshold moves the KPI."""
    panels = [_panel(data, t("threshold_panel_all"), data.moved)]
    if not panels[0].found.variance:
        return []
    shares = [float(item.first or 0) for item in panels[0].found.indices]
    leading = data.moved[shares.index(max(shares))]
    rest = tuple(parameter for parameter in data.moved if parameter != leading)
    if max(shares) > _DOMINANT and rest:
        title = t("threshold_panel_rest", held=parameter_name(data, leading))
        panels.append(_panel(data, title, rest))
    return [panel for panel in panels if panel.found.variance]


def _panel(data: ThresholdData, title: Text, moved: tuple[Parameter, ...]) -> Panel:
    return Panel(title, moved, threshold_indices(data.index, moved, data.settings.sobol))


def shares_chart(data: ThresholdData, panels: Sequence[Panel]) -> Chart | Markdown:
    """Return the share of the KPI's variance that each threshold explains, alone and in all.

    Where one threshold explains nearly all, a second panel holds it and shows the others.
    """
    if not panels:
        return why_none(data, "threshold_no_variance")

    def draw(figure: Figure, say: Say) -> None:
        columns = ("label", "first", "first_interval", "total", "total_interval")
        axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)
        for ax, panel in zip(axes.flat, panels, strict=True):
            rows = [
                (parameter_name(data, item), *_dots(panel.shares.get(item))) for item in data.moved
            ]
            drawing.draw_sobol(
                say.frame(rows, *columns, panel=panel.title),
                ax,
                title=say(panel.title),
                xlabel=say(t("threshold_axis_share")),
            )
        drawing.name_orders(figure, [say(t(name)) for name in _ORDERS])

    items = (
        t(
            "threshold_sobol_item",
            panel=panel.title,
            name=parameter_name(data, parameter),
            first=bare(Fraction(item.first or 0), 3),
            total=bare(Fraction(item.total or 0), 3),
        )
        for panel in panels
        for parameter, item in panel.shares.items()
    )
    return chart_of(data, "sobol", draw, items, 2.5 + 0.68 * len(panels[0].moved))


def _dots(found: Index | None) -> list[float]:
    """Return shares and half their intervals; nan for what is exact, and for a threshold held."""
    if found is None:
        return [nan] * 4
    values = (found.first, found.first_interval, found.total, found.total_interval)
    return [nan if value is None else float(value) for value in values]


def shares_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return the share of the variance that each threshold explains, alone and in all.

    Where one threshold hides the others, two more columns show these with it held.
    """
    if not panels:
        return why_none(data, "threshold_no_variance")
    heads = [Run((panel.title, t(f"{name}_short")), _COLON) for panel in panels for name in _ORDERS]
    rows = [
        (
            parameter_name(data, item),
            *(cell for panel in panels for cell in _cells(data, panel.shares.get(item))),
        )
        for item in panels[0].moved
    ]
    columns = [*words("threshold"), *numbers(*heads)]
    return table_of(data, "shares", columns, rows, _note(data, panels[0]))


def _note(data: ThresholdData, panel: Panel) -> Text:
    return t(
        f"threshold_note_{'exact' if panel.found.is_exact else 'estimated'}",
        name=data.kpi.kpi_name,
        confidence=exactly(data.settings.sobol.confidence * 100),
        runs=panel.found.runs,
    )


def _cells(data: ThresholdData, found: Index | None) -> tuple[Item, Item]:
    if found is None:
        return None, None
    if not found.has_effect:
        return t("threshold_no_effect"), t("threshold_no_effect")
    decimals = _SHARE_DECIMALS if data.evidence != "illustration" else 1
    return (
        share_of_variance(found.first or 0, found.first_interval, decimals),
        share_of_variance(found.total or 0, found.total_interval, decimals),
    )


def share_of_variance(share: Fraction | float, interval: float | None, decimals: int) -> Item:
    """Return a share: an exact one to so many decimals, an estimate as its interval.

    No share lies beyond zero and one, and none that only rounds to them is printed as either: an
    interval is cut there, and what is smaller than the last digit is said to be so, or
    smaller than a hundredth, as a sentence tells it (over 99 %).
    """
    if interval is None:
        last, exact = Fraction(1, 10**decimals), Fraction(share)
        rest = min(exact, 1 - exact)
        if 0 < rest <= last / 2:
            finer = max(decimals, 2) if rest < _HUNDREDTH else decimals
            bound = Fraction(1, 10**finer)
            sign, end = ("< ", bound) if rest == exact else ("> ", 1 - bound)
            return Run((sign, bare(end, finer)))
        return bare(exact, decimals)
    carried = max(0, -floor(log10(interval))) if interval else decimals
    low, high = max(share - interval, 0), min(share + interval, 1)
    return year_interval(Fraction(low), Fraction(high), carried)


def interactions_table(data: ThresholdData, panels: Sequence[Panel]) -> Table | Markdown:
    """Return what pairs of thresholds explain only together, the largest first.

    Where one threshold hides the others it is held, as in the chart. Of exact shares those that
    are 0 are left out.
    """
    if not panels:
        return why_none(data, "threshold_no_variance")
    panel = panels[-1]
    pairs = [pair for pair in panel.found.pairs if pair.second or pair.interval is not None]
    if not pairs:
        return why_none(data, "threshold_no_pairs")
    names = {item.name: parameter_name(data, item) for item in panel.moved}
    return Table(
        [*words("threshold_pair"), *numbers("threshold_second")],
        [
            (
                Run(tuple(names[name] for name in pair.names), " × "),
                share_of_variance(pair.second, pair.interval, data.borne(_PAIR_DECIMALS)),
            )
            for pair in sorted(pairs, key=lambda pair: -pair.second)
        ],
        t("threshold_caption_pairs", panel=panel.title),
        data.grounds(),
        note=t("threshold_note_pairs") if panel.found.is_exact else _note(data, panel),
    )


def leading_share(data: ThresholdData, panels: Sequence[Panel]) -> Sayable:
    """Return `weightiest`, which explains most of the variance by itself, and `leading_share`.

    The share is the first-order index in percent: a figure where it is exact, of made-up rows the
    whole percent that it is over (`leading_over`), and a name that tells its confidence interval
    where it is an estimate. Nothing where nothing varies.
    """
    if not panels:
        return {}, {}
    shares = panels[0].shares
    weightiest, index = max(shares.items(), key=lambda pair: pair[1].first or 0)
    names: dict[str, Item] = {"weightiest": name_in_text(data, weightiest), "leading_over": ""}
    share, interval = index.first or 0, index.first_interval
    if interval is None:
        exact = Quantity(Fraction(share) * 100, "percent", 2, data.evidence)
        if data.evidence == "illustration" and share < 1:
            names["leading_over"] = both("以上", "over ")
            exact = replace(exact, value=floor(100 * share), decimals=0)
        return {"leading_share": exact}, names
    ends = (max(share - interval, 0.0), min(share + interval, 1.0))
    names["leading_share"] = Run(
        (Run(tuple(bare(Fraction(end) * 100) for end in ends), " – "), " %")
    )
    return {}, names
