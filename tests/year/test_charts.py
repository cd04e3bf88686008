"""The charts: words, numbers and evidence of each; drawing changes nothing."""

import re
from dataclasses import replace
from functools import cache, partial

import matplotlib
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from closurerate.press import chart as shown_chart
from closurerate.press import drawing as figures
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.looks import chart_size
from closurerate.press.print.style import chart_style
from closurerate.press.prose import Markdown
from closurerate.press.text import Say
from closurerate.year import cases_page, collections_page, kpi_page, series_page
from year_samples import assert_draws, case_data, en, kpi_data, plain, texts, with_formula, zh

LANGUAGES = ("zh-Hant", "en")
OF_CASES = {
    "flow": cases_page.flow_chart, "months": cases_page.months_chart,
    "amounts": cases_page.amounts_chart,
}  # fmt: skip
OF_KPI = {
    "branches": kpi_page.branches_chart, "target": kpi_page.target_chart,
    "series": series_page.series_chart, "collections": collections_page.collections_chart,
}  # fmt: skip


@cache
def drawn(name: str, language: str = "zh-Hant", **given: object) -> PrintedChart:
    if name in OF_CASES:
        chart = OF_CASES[name](case_data(**given))  # type: ignore[arg-type]
    else:
        chart = OF_KPI[name](kpi_data(**given))  # type: ignore[arg-type]
    return chart.said(language)  # type: ignore[no-any-return]


def said(name: str) -> str:
    """The alternative text of a chart in English."""
    return plain(drawn(name, "en").alt)


def test_collections_without_their_parts_are_a_sentence() -> None:
    shown = collections_page.collections_chart(kpi_data(has_author=False))
    assert isinstance(shown, Markdown)
    assert "略去圖表" in zh(shown).text
    assert "the chart is left out" in en(shown).text


def test_a_branch_without_a_value_is_not_drawn_as_nought() -> None:
    data = kpi_data()
    counts = data.counts.copy()
    nothing = counts["branch"] == "士林"
    counts.loc[nothing, ["closed", "pending", "effective"]] = 0
    chart = en(kpi_page.branches_chart(replace(data, counts=counts)))
    assert "Branch M" not in chart.alt
    assert "Branch M" not in texts(chart)
    assert "Branch A" in chart.alt


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*OF_CASES, *OF_KPI])
def test_a_chart_says_what_it_shows(name: str, language: str) -> None:
    """No glyph missing: Chart refuses one when it is made, in our fonts alone."""
    chart = drawn(name, language)
    assert chart.language == language
    assert chart.caption.strip()
    assert chart.source.strip()
    assert len(chart.alt) > 25
    assert not re.search(r"\b(nan|None|inf)\b|[{}]", chart.alt + texts(chart) + chart.caption)
    foreign = r"[\u4e00-\u9fff]" if language == "en" else r"\b(Taipei|New|Closed|Million|Target)\b"
    assert not re.search(foreign, chart.alt + texts(chart) + chart.caption + chart.source)


@pytest.mark.parametrize("name", [*OF_CASES, *OF_KPI])
def test_a_chart_is_the_same_twice(name: str) -> None:
    assert drawn(name).svg == drawn.__wrapped__(name).svg


@pytest.mark.parametrize(
    ("name", "made_up", "real"),
    [
        ("flow", "published", "extract"),
        ("months", "illustration", "extract"),
        ("amounts", "illustration", "extract"),
        ("branches", "illustration", "extract"),
        ("target", "published", "extract"),
        ("series", "assumed", "assumed"),
        ("collections", "published", "extract"),
    ],
)
def test_a_chart_names_its_evidence(name: str, made_up: str, real: str) -> None:
    assert drawn(name).evidence == made_up
    assert drawn(name, kind="extract").evidence == real
    assert "合成" not in drawn(name, kind="extract").source


def test_numbers_of_each_chart() -> None:
    assert "Opening 7,478,941, New +10,214,937, Unexplained difference +656" in said("flow")
    assert "from 851,244 to 851,253" in said("months")
    assert "97.90 % of the new cases are under NTD 10,000" in said("amounts")
    assert re.search(r"Branch A 34\.93, Branch M 51\.96; nation 36\.49 %", said("branches"))
    assert "Nation 36.49" in texts(drawn("branches", "en"))
    target = said("target")
    assert re.search(r"106 \(2017\).* 36\.86 .*24\.5 %.*107 \(2018\).* 36\.49 .*25 %", target)
    series = said("series")
    assert "As published 36.86 → 36.49" in series
    assert "36.86 → 32.76" in series
    assert "36.89 to 36.90 → 36.49" in series
    collections = said("collections")
    for figure in ("27.6", "11.1", "2.0", "16.9"):
        assert figure in collections
    for figure in ("275.9", "111.3", "19.8", "168.9"):
        assert figure in drawn("collections", "zh-Hant").alt


def test_units_stand_on_every_axis() -> None:
    units = {
        "flow": "Million cases", "months": "Thousand cases", "amounts": "Million cases",
        "branches": "(%)", "target": "%", "series": "(%)", "collections": "NTD billion",
    }  # fmt: skip
    for name, unit in units.items():
        assert unit in texts(drawn(name, "en")), name


def test_charts_of_another_kpi_call_it_by_its_name_and_unit() -> None:
    chart = drawn("branches", "en", kpi="disposition_time")
    assert "Disposition time" in texts(chart)
    assert "(%)" not in texts(chart)
    assert re.search(r"nation 278\.9 days", plain(chart.alt))


def test_no_figure_stays_open_and_no_setting_is_left() -> None:
    before = dict(matplotlib.rcParams)
    for name in (*OF_CASES, *OF_KPI):
        drawn.__wrapped__(name)
    assert pyplot.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


# The drawing ---------------------------------------------------------------------------------
FRAMES = {
    "flow": pd.DataFrame(
        {
            "label": ["a", "b"], "start": [0.0, 2.0], "end": [2.0, 1.0], "text": ["2", "1"],
            "is_stock": [True, False],
        }
    ),
    "lines": pd.DataFrame({"新收": [1.0, 2.0], "終結": [2.0, 2.0]}, index=[1, 2]),
    "bars": pd.DataFrame({"label": ["a"], "value": [1.0], "text": ["1"], "is_context": [False]}),
    "dots": pd.DataFrame({"label": ["a", "b"], "value": [2.0, 1.0], "text": ["2", "1"]}),
}  # fmt: skip


DRAWINGS = {
    "flow": figures.draw_flow,
    "lines": partial(figures.draw_lines, ylabel="千件", xlabel="月"),
    "bars": partial(figures.draw_bars, xlabel="件"),
    "dots": partial(figures.draw_dots, xlabel="%", nation=1.5, text="全國"),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_takes_its_axes_and_leaves_its_frame(name: str) -> None:
    assert_draws(FRAMES[name], DRAWINGS[name])


def test_a_bar_stands_where_its_numbers_say() -> None:
    with chart_style("en"):
        figure, ax = pyplot.subplots()
        figures.draw_flow(FRAMES["flow"], ax)
        spans = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches]  # type: ignore[attr-defined]
        pyplot.close(figure)
    assert spans == [(0.0, 2.0), (1.0, 2.0)]


DIGITS = ("9,573,816,339", "5,573,816,339", "338,427,298", "7")
"""Sums of money: the shortest stand where names of branches stand, the longest at the end."""


def sums(sign: int = 1) -> pd.DataFrame:
    values = [sign * float(text.replace(",", "")) for text in DIGITS]
    texts = [text if sign > 0 else f"-{text}" for text in DIGITS]
    return pd.DataFrame({"label": ["Taipei", "Shilin", "Hsinchu", "Hualien"], "value": values,
                         "text": texts}).sort_values("value", ascending=False)  # fmt: skip


def labels_are_inside(ax: Axes) -> bool:
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    return all(ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 for box in boxes)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("nation", [None, 1.0, 5e9, 3e10])
def test_no_branch_is_written_over_by_its_own_value(sign: int, nation: float | None) -> None:
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=chart_size())
        line = None if nation is None else sign * nation
        figures.draw_dots(sums(sign), ax, xlabel="NTD", nation=line, text="Nation")
        assert labels_are_inside(ax)
        pyplot.close(figure)


@pytest.mark.parametrize(
    ("text", "unit", "is_measured"),
    [
        ("collected_twd", "TWD", False), ("E", "case", False), ("I1 + P / 100", "ratio", False),
        ("I1", "percent", True), ("collected_twd / C", "TWD", True),
        ("E / (C + 10)", "percent", True), ("max(I1, min(0.3, I2))", "percent", True),
    ],
)  # fmt: skip
def test_a_part_is_not_measured_against_the_sum(text: str, unit: str, is_measured: bool) -> None:
    chart = en(kpi_page.branches_chart(with_formula(kpi_data(), text, unit)))
    assert ("Nation" in texts(chart)) is is_measured
    assert "nation" in chart.alt


def test_a_label_stands_outside_its_bar_on_either_side_of_nought() -> None:
    rows = [("a", -88.0, "−88", None, ""), ("b", 12.0, "12", 10.0, "10"), ("c", 0.0, "0", None, "")]
    frame = pd.DataFrame(rows, columns=["label", "value", "text", "target", "target_text"])
    frame = frame.assign(is_other=[True, False, False])
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=chart_size())
        figures.draw_target(frame, ax, ylabel="%", target="Target")
        figure.draw_without_rendering()
        bars = [bar.get_window_extent() for bar in ax.patches]
        of_bars = [text for text in ax.texts if text.get_text() in set(frame["text"])]
        boxes = [text.get_window_extent() for text in of_bars]
        assert [text.get_text() for text in of_bars] == ["−88", "12", "0"]
        assert boxes[0].y1 <= bars[0].y0 + 1
        assert boxes[1].y0 >= bars[1].y1 - 1
        pyplot.close(figure)


@pytest.mark.parametrize(
    ("reach", "zh_ticks", "en_ticks"),
    [
        (9_000, ["8000"], ["8000"]),
        (50_000, ["50,000"], ["50,000"]),
        (4_000_000, ["400 萬"], ["4 million"]),
        (2_500_000_000, ["25 億"], ["2.5 billion"]),
        (-30_000_000_000, ["−300 億"], ["−30 billion"]),
        (36.48904, [], []),
    ],
)
def test_an_axis_sets_no_power_of_ten_apart(
    reach: float, zh_ticks: list[str], en_ticks: list[str]
) -> None:
    def draw(figure: Figure, _: Say) -> None:
        low = 36.48901 if reach == 36.48904 else 0
        figure.subplots().plot([0, 1], [low, reach])

    chart = shown_chart.Chart(draw, "a", "b")
    for shown, ticks in ((zh(chart), zh_ticks), (en(chart), en_ticks)):
        written = texts(shown).splitlines()
        assert set(ticks) <= set(written)
        assert not any(re.search(r"\de|\+", text) for text in written)
