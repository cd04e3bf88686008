"""Every chart that a notebook draws, in both languages, held to the rules of `chart_rules`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from chart_rules import faults_of
from chart_watch import charts_found
from closurerate.press.chart import Chart
from closurerate.press.print import chart as printed_chart
from closurerate.press.print.labels import Language
from closurerate.press.print.looks import PALETTE
from closurerate.press.print.style import chart_style
from closurerate.press.print.svg import save_svg
from closurerate.study.formula import landscape_page
from closurerate.study.incentives import page as incentives_page
from closurerate.study.incentives import unpaid_page
from closurerate.year import collections_page, kpi_page, series_page
from closurerate.year.kpi_year import KpiData
from test_notebooks import LANGUAGES, NAMES, page, project  # noqa: F401
from year_samples import kpi_data


def test_each_chart_holds_to_the_rules(project: Path) -> None:  # noqa: F811
    kernels = charts_found(project / "charts")
    assert len(kernels) == len(NAMES)
    assert min(map(len, kernels)) >= 6
    assert [chart for found in kernels for chart in found if chart[1]] == []


CHARTS = (
    landscape_page.surface_chart, landscape_page.counts_surface_chart, unpaid_page.unpaid_chart,
    incentives_page.closing_chart, series_page.series_chart, kpi_page.branches_chart,
    kpi_page.target_chart, collections_page.collections_chart,
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_charts_of_an_extract_of_the_nation_hold_to_the_rules(
    chart: Callable[[KpiData], Chart], language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up branches have no place on some, and a part of the nation has others not at all."""
    found = []

    def looked_at(figure: Figure, language: str) -> str:
        svg = save_svg(figure, language)
        with chart_style(language):
            found.append(faults_of(figure))
        return svg

    monkeypatch.setattr(printed_chart, "save_svg", looked_at)
    chart(kpi_data(kind="extract")).said(language)
    assert found == [[], []]


_NAMES = re.compile(r"\d{4}-\d\d-\d\d|SHA-256|Article \d+-\d+|GAO-20-283G|[0-9a-f]{32,}")
"""Dates and what bears a hyphen by its name."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_hyphen_stands_before_a_digit(project: Path, name: str, language: str) -> None:  # noqa: F811
    read = page(project, language, name)
    told = [value for _, found in read.elements for key, value in found.items()
            if key in ("aria-label", "alttext")]  # fmt: skip
    text = _NAMES.sub("", "\n".join([read.text, *told]))
    assert re.findall(r".{0,20}(?<!-)-\d.{0,8}", text) == []


def test_the_rules_are_held_in_both_drawings(project: Path) -> None:  # noqa: F811
    """Of a page and of a phone, which are saved one after the other."""
    for found in charts_found(project / "charts"):
        assert len(found) % 4 == 0, "two languages, two drawings"


def bad_chart() -> Figure:
    figure = pyplot.figure(figsize=(4, 3))
    ax = figure.subplots()
    ax.plot([0, 1], [0, 1], label="one")
    ax.plot([0, 1], [1, 0], label="other")
    ax.text(0.5, 0.5, "on the lines")
    ax.text(0.1, 0.8, "pale", color=PALETTE.rule)
    ax.text(0.8, 0.3, "-3 cases")
    ax.text(0.8, 0.31, "-3 again")
    ax.text(0.9, 0.1, "far out of the picture")
    ax.text(0.6, 0.6, "with a ground", bbox={"facecolor": "white"}, ha="center")
    ax.text(0.4, 0.9, "1 + √2")
    ax.text(0.1, 0.4, "through the frame", ha="center")
    ax.barh([0.2], [1], left=[36])
    ax.set_yticks([0.5, 0.52], ["close", "closer"])
    ax.set_xlabel("rate (%)")
    ax.set_xlim(0.1, 1)
    ax.legend()
    figure.set_layout_engine("none")
    return figure


def test_the_rules_find_what_breaks_them() -> None:
    with chart_style("en"):
        told = " | ".join(faults_of(bad_chart()))
    for fault in (
        "on a line: 'on the lines'", "contrast 1.60: 'pale'", "hyphen before a digit: '-3 cases'",
        "on each other: '-3 cases' and '-3 again'", "outside the picture: 'far out",
        "a key of colours: ['one', 'other']", "on a line: 'with a ground'", "a root: '1 + √2'",
        "across the frame: 'through the frame'",
        "an axis from 0.1 that does not say so: 'rate (%)'", "'close' and 'closer'",
    ):  # fmt: skip
        assert fault in told
