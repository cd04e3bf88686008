"""Charts of an open year as matplotlib axes, to go on with: own points, titles, other axes beside.

Words are English, or Chinese after `closurerate.set_theme("zh-Hant")`; on synthetic cases the word
"Illustration" lies behind what is drawn.
"""

from contextlib import AbstractContextManager

import matplotlib
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot
from matplotlib.axes import Axes

from closurerate.cases.vocabulary import BRANCHES, CATEGORIES
from closurerate.errors import InputError
from closurerate.kpi.combination import in_indicators
from closurerate.kpi.evaluate import scale_of
from closurerate.library.opened import OpenYear
from closurerate.library.tables import TOTAL
from closurerate.press import drawing
from closurerate.press.print.chart import mark_made_up
from closurerate.press.print.labels import Language, labels
from closurerate.press.print.looks import CHART_TEXT_PT, PALETTE, chart_size
from closurerate.press.print.style import chart_parameters, know_fonts
from closurerate.press.text import Item, Run, capital, formed, given_name, said, t
from closurerate.quantity import number, signed
from closurerate.records.paths import data_folder
from closurerate.study.formula.drawing import draw_surface
from closurerate.study.formula.landscape import landscape
from closurerate.study.formula.one_line import bounds_text
from closurerate.study.formula.properties import falling_by_indicator
from closurerate.study.formula.surface import surface
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.drawing import draw_tornado
from closurerate.study.thresholds.parameters import parameters
from closurerate.study.thresholds.sensitivity import End, tornado
from closurerate.year.case_year import lettered
from closurerate.year.changes import change_word
from closurerate.year.kpi_words import tier_name, with_unit


def branch_dots(cases: OpenYear, ax: Axes | None = None) -> Axes:
    """Draw the KPI of each branch as a dot, and the total as a line.

    >>> import closurerate as cr
    >>> ax = cr.plot.branch_dots(cr.year(107))
    """
    table = cases.kpi("branch")
    parts, total = table.drop(TOTAL), table.loc[TOTAL].to_dict()
    decimals = cases.version.decimals
    if cases.kind != "synthetic":
        parts = parts.sort_values("value", ascending=False)
    frame = pd.DataFrame(
        {
            "label": [_said(_place(cases, name)) for name in parts.index],
            "value": list(parts["value"]),
            "text": [number(exact, decimals) for exact in parts["exact"]],
        }
    ).dropna()
    words = f"{_whole(cases)} {number(total['exact'], decimals)}"
    with _theme():
        ax = _axes(ax)
        drawing.draw_dots(frame, ax, xlabel=_axis_name(cases), nation=total["value"], text=words)
    return _marked(ax, cases)


def combination_map(
    cases: OpenYear, points: pd.DataFrame | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the KPI over I1 and I2 as a map, with the cases' own place and any points.

    >>> import closurerate as cr, pandas as pd
    >>> points = pd.DataFrame({"I1": [40.0], "I2": [55.0]}, index=["if more were paid"])
    >>> ax = cr.plot.combination_map(cr.year(107), points)

    Args:
        points: `I1` and `I2` in percent; the index names them. A KPI table by branch is one.

    Raises:
        InputError: If the KPI is no function of I1 and I2, or a point has none.
    """
    version, total = cases.version, cases.kpi().drop(columns="value")
    given = (
        pd.DataFrame(columns=["I1", "I2"])
        if points is None
        else points.drop(TOTAL, errors="ignore")
    )
    if missing := {"I1", "I2"} - {*given.columns}:
        raise InputError(
            f"points: column {min(missing)} is missing: I1 and I2 are needed, percent."
        )
    regions = []
    for name, region in falling_by_indicator(version):
        bounds = bounds_text(region, "indicators", in_digits=True)
        regions.append((_said(Run((t(f"region_{name}_indicators"), bounds), "\n")), region))
    land = landscape(version, _placed(cases, given), _placed(cases, total), regions)
    with _theme():
        ax = _axes(ax, height_cm=9.2)
        draw_surface(
            land,
            ax,
            excluded="",
            diagonal=_said(t("diagonal_indicators")),
            xlabel=_said(t("axis_x_indicators")),
            ylabel=_said(t("axis_y_indicators")),
        )
    return _marked(ax, cases)


def _placed(cases: OpenYear, points: pd.DataFrame) -> pd.DataFrame:
    """Return `text`, `value`, `I1` and `I2` (plain ratios) of points in percent."""
    combination, rows = in_indicators(cases.version), []
    for name, first, second in zip(points.index, points["I1"], points["I2"], strict=True):
        x, y = float(first) / 100, float(second) / 100
        height = surface(combination, np.array([x]), np.array([y]))[0, 0]
        value = float(height) * scale_of(cases.version.unit)
        named = str(cases.year) if name == TOTAL else str(name)
        named = _said(_place(cases, named)) if named in BRANCHES else named
        rows.append((f"{named} {value:.{cases.version.decimals}f}", value, x, y))
    return pd.DataFrame(rows, columns=["text", "value", "I1", "I2"])


def threshold_moves(cases: OpenYear, ax: Axes | None = None) -> Axes:
    """Draw how far the KPI moves with each threshold at either end of its declared range.

    >>> import closurerate as cr
    >>> ax = cr.plot.threshold_moves(cr.year(107))

    The ranges are those of data/study.yml.
    """
    version, settings = cases.version, read_settings(data_folder() / "study.yml")
    rows = []
    for low, high in tornado(cases.index, parameters(version.rule, settings)):
        moved = low.parameter
        name = t(f"threshold_{moved.kind}", tier=tier_name(version.rule.tiers[moved.place]))
        changes = [end.change or 0 for end in (low, high)]
        texts = [
            f"{_threshold(end)}: {signed(end.change, version.decimals)}" for end in (low, high)
        ]
        rows.append((_said(name), *map(float, changes), *texts))
    frame = pd.DataFrame(rows, columns=["label", "low", "high", "low_text", "high_text"])
    with _theme():
        ax = _axes(ax)
        draw_tornado(frame, ax, xlabel=_said(t("change_in", unit=change_word(version.unit))))
    return _marked(ax, cases)


def repayment_ratios(cases: OpenYear, by: str = "tier", ax: Axes | None = None) -> Axes:
    """Draw which share of the cases paid in part was paid up to which ratio, and the thresholds.

    >>> import closurerate as cr
    >>> ax = cr.plot.repayment_ratios(cr.year(107))

    Args:
        by: `tier` (a curve each, with its ratio) or `branch`.
    """
    if by not in ("tier", "branch"):
        raise InputError(f"by: {by!r}: must be 'tier' or 'branch'; repayments have no other group.")
    frame = cases.repaid()
    with _theme(), sns.color_palette("colorblind"):
        ax = _axes(ax)
        groups = frame[by].cat.remove_unused_categories().cat.rename_categories(_names(cases, by))
        sns.ecdfplot(x=frame["ratio"], hue=groups, ax=ax)
        for tier in cases.version.rule.tiers:
            ax.axvline(float(tier.ratio), color=PALETTE.yardstick, linewidth=0.8, linestyle="--")
        ax.set(xlabel=_said(t("threshold_axis_ratio")), xlim=(0, 1), ylabel=_said(t("share_up_to")))
        legend = ax.get_legend()
        if legend is not None:
            legend.set_title("")
    return _marked(ax, cases)


def facets(cases: OpenYear, of: str = "ratio", by: str = "branch") -> sns.FacetGrid:
    """Draw how something is distributed in each group, a panel each, over all groups' outline.

    >>> import closurerate as cr
    >>> grid = cr.plot.facets(cr.year(107), "age_years", by="category")
    >>> grid.col_names
    ['Tax', 'Health insurance', 'Fine', 'Fee']

    Args:
        of: `ratio` of the cases in `OpenYear.repaid`, with the thresholds; or `age_years` of those
            in `OpenYear.pending`.
        by: `branch`, `tier`, or `category` (not of a ratio).

    Returns:
        FacetGrid: seaborn's, to go on with: `grid.axes_dict["Fine"]` is one panel.

    Raises:
        InputError: If there is no such distribution or group.
    """
    frames = {"ratio": cases.repaid, "age_years": cases.pending}
    if of not in frames:
        raise InputError(f"of: {of!r}: must be 'ratio' or 'age_years'.")
    frame = frames[of]()
    groups = [name for name in ("branch", "category", "tier") if name in frame.columns]
    if by not in groups:
        raise InputError(f"by: {by!r}: must be one of {', '.join(groups)}, as {of!r} has them.")
    if frame.empty:
        raise InputError(f"of: {of!r}: there is no such case to draw.")
    is_ratio = of == "ratio"
    frame[of] = frame[of].clip(upper=1.05) if is_ratio else frame[of]
    edges = np.arange(22) / 20 if is_ratio else np.arange(frame[of].max() + 2)
    counted = frame.groupby([by, of], observed=True).size().reset_index(name="cases")
    counted[by] = (
        counted[by].cat.rename_categories(_names(cases, by)).cat.remove_unused_categories()
    )
    shares = np.histogram(counted[of], edges, weights=counted["cases"])[0] * 100 / len(frame)
    with _theme(), matplotlib.rc_context({"figure.constrained_layout.use": False}):
        grid = sns.displot(
            counted, x=of, weights="cases", bins=list(edges), col=by, stat="percent",
            col_wrap=min(4, counted[by].nunique()), common_norm=False,
            height=chart_size(4)[1], color=PALETTE.value_tints[-1], edgecolor=PALETTE.paper,
        )  # fmt: skip
        for ax in grid.axes.flat:
            ax.stairs(shares, edges, color=PALETTE.yardstick, linewidth=1, label=_whole(cases))
            ratios = {float(tier.ratio) for tier in cases.version.rule.tiers} if is_ratio else ()
            for ratio in ratios:
                ax.axvline(ratio, color=PALETTE.yardstick, linewidth=0.8, linestyle="--")
            ax.tick_params(axis="y", labelleft=ax.get_subplotspec().is_first_col())
        grid.set(xlim=(0, 1) if is_ratio else (0, None))
        grid.set_titles("{col_name}").set_axis_labels("", "")
        said_x = t("threshold_axis_ratio") if is_ratio else t("years_since")
        grid.figure.supxlabel(_said(said_x), fontsize=CHART_TEXT_PT)
        grid.figure.supylabel(_said(t("share_of_panel")), fontsize=CHART_TEXT_PT)
        grid.figure.legend(*grid.axes.flat[0].get_legend_handles_labels(), loc="lower right")
        grid.tight_layout()
    _marked(grid.axes.flat[0], cases)
    return grid


def _names(cases: OpenYear, by: str) -> dict[str, str]:
    """Return what the groups of a chart are called."""
    if by == "branch":
        return {name: _said(_place(cases, name)) for name in BRANCHES}
    if by == "category":
        return {name: _said(t(name)) for name in CATEGORIES}
    return {tier.name: _said(tier_name(tier)) for tier in cases.version.rule.tiers}


def _whole(cases: OpenYear) -> str:
    """Return what all cases together are called: the nation, or the total of some of them."""
    return _said(t("total" if cases.limits or cases.kind == "own" else "nation"))


def _threshold(end: End) -> str:
    return number(end.value, 0 if end.parameter.kind == "boundary" else 2)


def _place(cases: OpenYear, branch: str) -> Item:
    return lettered(branch) if cases.kind == "synthetic" else t(branch)


def _language() -> Language:
    known = str(matplotlib.rcParams["text.language"])
    return "zh-Hant" if known == "zh-Hant" else "en"


def _said(item: Item) -> str:
    return said(item, _language())


def _axis_name(cases: OpenYear) -> str:
    return _said(formed(with_unit(given_name(cases.definition.name), cases.version), capital))


def _theme() -> AbstractContextManager[None]:
    """Return the report's look for a chart; the resolution is the reader's own."""
    know_fonts()
    # A backend that is loaded inside a context loses, at its end, that it shows each figure.
    pyplot.draw_if_interactive()  # type: ignore[no-untyped-call]
    own = {"figure.dpi": matplotlib.rcParams["figure.dpi"]}
    return matplotlib.rc_context(chart_parameters(_language()) | own)


def _axes(ax: Axes | None, height_cm: float = 7.5) -> Axes:
    if ax is None:
        ax = pyplot.figure(figsize=chart_size(height_cm)).subplots()
    return ax


def _marked(ax: Axes, cases: OpenYear) -> Axes:
    """Draw the word of made-up cases behind a figure that rests on them, once."""
    figure = ax.get_figure(root=True)
    if cases.kind == "synthetic" and figure is not None and not figure.artists:
        mark_made_up(figure, labels(_language())["watermark"])
    return ax
