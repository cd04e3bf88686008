"""How I1 and I2 combine, as it is shown: tables, landscapes, figures."""

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sympy
from matplotlib import pyplot

from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.maths import cell_html
from closurerate.press.print.prose import PrintedFinding, PrintedMarkdown
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedTable
from closurerate.press.words import vocabulary
from closurerate.quantity import printed
from closurerate.records.feasible import Interval
from closurerate.study.alternatives_page import open_alternatives
from closurerate.study.formula import derivatives_page, page
from closurerate.study.formula import landscape as layout
from closurerate.study.formula.drawing import draw_surface
from closurerate.study.formula.landscape_page import counts_surface_chart, surface_chart
from closurerate.study.formula.one_line import bounds_text, formula_text
from closurerate.study.formula.properties import PROPERTIES
from closurerate.study.incentives.formulas_page import formulas_table
from closurerate.year.change_rule import effective_before
from closurerate.year.kpi_year import KpiData
from own_kpis import own_kpi
from year_samples import en, kpi_data, plain, texts, with_formula, zh

LANGUAGES = ("zh-Hant", "en")
KPIS = (
    "effective_closure_rate", "effective_over_closed", "effective_share", "harmonic_mean",
    "geometric_mean", "minimum", "disposition_time", "clearance_rate", "contraharmonic_mean",
)  # fmt: skip
TABLES = {
    "properties": lambda data: page.properties_table(data, open_alternatives(data)),
    "counterexamples": lambda data: page.counterexamples_table(data, open_alternatives(data)),
    "proofs": page.proofs_table, "derivatives": derivatives_page.derivatives_table,
    "branches": derivatives_page.branch_derivatives_table,
}  # fmt: skip
CHARTS = {"indicators": surface_chart, "counts": counts_surface_chart}


@cache
def year(language: str, kpi: str) -> KpiData:
    return kpi_data(kpi=kpi)


@cache
def made(name: str, language: str = "en", kpi: str = "effective_closure_rate") -> Any:
    return (TABLES | CHARTS)[name](year(language, kpi)).said(language)


def rows(name: str, language: str = "en", kpi: str = "effective_closure_rate") -> dict[str, Any]:
    table = made(name, language, kpi)
    assert isinstance(table, PrintedTable)
    return {row[0]: row[1:] for row in table.rows}


# What is missing ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize(("language", "said"), [("en", "also uses new"), ("zh-Hant", "用到 new")])
def test_a_kpi_that_is_no_function_of_the_indicators_is_a_sentence(
    name: str, language: str, said: str
) -> None:
    shown = made(name, language, "clearance_rate")
    assert isinstance(shown, PrintedMarkdown)
    assert said in shown.text


def test_cases_without_effective_ones_have_no_landscape() -> None:
    data = kpi_data()
    empty = replace(data, counts=data.counts.assign(effective=0, pending=0))
    shown = en(surface_chart(empty))
    assert isinstance(shown, PrintedMarkdown)
    assert "effective, closed or pending cases are 0" in shown.text
    assert "no function" not in shown.text


def test_without_the_year_before_there_is_no_path() -> None:
    data = kpi_data()
    alone = replace(data, cases=replace(data.cases, published={107: data.cases.published[107]}))
    chart = en(surface_chart(alone))
    assert isinstance(chart, PrintedChart)
    assert "106" not in chart.alt
    assert "Nation: 107 (2018) 36.49" in chart.alt
    assert effective_before(alone, "nonlinear") is None


@pytest.mark.parametrize(("language", "name"), [("en", "Shilin"), ("zh-Hant", "士林")])
def test_over_counts_stands_only_what_has_the_effective_cases_held(language, name) -> None:
    """The year before and branches were moved to counts that they never had."""
    data = kpi_data(kind="extract")
    chart, placed = (show(data).said(language) for show in (counts_surface_chart, surface_chart))
    assert "36.49" in texts(chart)
    assert name in texts(placed)
    for foreign in (name, "106", "36.89"):
        assert foreign not in chart.alt + texts(chart)
    drawn = str(counts_surface_chart(data).data())
    assert "106" not in drawn
    assert en(counts_surface_chart(kpi_data())).evidence == "published"


@pytest.mark.parametrize(
    ("language", "told"), [("en", "by another rule than"), ("zh-Hant", "所依者不同")]
)
def test_a_rule_of_its_own_has_no_path(language, told) -> None:
    data = own_kpi("tiers")
    chart = surface_chart(data).said(language)
    assert told in chart.alt
    assert told in chart.caption
    assert "106" not in texts(chart)
    assert told not in counts_surface_chart(data).said(language).caption, "no year before there"
    # Where E cancels the value compares, the place on the landscape does not.
    assert told in surface_chart(own_kpi("tiers_in_days")).said(language).caption


def test_a_formula_that_divides_by_nothing_fails_no_table() -> None:
    data = with_formula(kpi_data(), "1 / (I1 - I1)")
    assert isinstance(en(surface_chart(data)), PrintedMarkdown)
    assert {row[1] for row in en(page.proofs_table(data)).rows} == {"not applicable"}


# What is shown --------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", KPIS)
def test_all_is_told_of_every_kpi_in_both_languages(kpi: str, language: str) -> None:
    """No glyph missing and no table too wide: a Chart and a Table refuse it when they are made."""
    of_all = ("properties", "counterexamples") if kpi == KPIS[0] else ()
    for name in (*of_all, "proofs", "derivatives", "branches"):
        shown = made(name, language, kpi)
        text = (
            shown.text if isinstance(shown, PrintedMarkdown) else str((shown.caption, shown.rows))
        )
        assert not re.search(r"\b(nan|None|oo|zoo|sqrt)\b|\*\*|[{}]", text)
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", text)


def test_each_property_is_called_something() -> None:
    words = {key for key in vocabulary() if key.startswith("property_")} - {"property_asked"}
    assert words == {f"property_{name}" for name in PROPERTIES}


def test_properties_side_by_side() -> None:
    table = rows("properties")
    assert len(table) >= 12
    assert table["effective closure rate"] == (
        "✓", "1", "✓", "×", "×", "×", "none",
    )  # fmt: skip
    assert table["effective share of caseload"] == (
        "✓", "1", "×", "✓", "✓", "✓", "none",
    )  # fmt: skip
    assert table["clearance rate"][:5] == ("—",) * 5
    assert table["disposition time"][:5] == ("×", "0", "—", "×", "✓"), "less of it is better"
    assert table["smaller of I1 and I2"][6] == "C†, P†"
    assert table["arithmetic mean of I1 and I2"][6] == "C, P"
    assert not [cell for row in table.values() for cell in row if "\n" in cell]
    assert "† The formula has a limit" in made("properties").note
    for name in ("properties", "counterexamples", "proofs"):
        assert made(name).evidence == "derived"
    first, second, *_ = rows("properties", "en", "harmonic_mean")
    assert (first, second) == ("harmonic mean of I1 and I2", "effective closure rate")


def test_a_verdict_by_search_carries_a_mark() -> None:
    table = en(TABLES["properties"](with_formula(kpi_data(), "sqrt(I1 + I2^2) - I1")))
    assert any("*" in cell or "?" in cell for cell in table.rows[0])
    assert "search" in table.note or "not decided" in table.note
    assert "search" not in made("properties").note, "a note explains what occurs"
    assert "not decided" not in made("properties").note
    proof = en(page.proofs_table(with_formula(kpi_data(), "sqrt(I1 + I2^2) - I1")))
    assert any("no proof" in row[2] for row in proof.rows)
    gaps = en(page.proofs_table(with_formula(kpi_data(), "1 / (I1 - I2)")))
    assert any(row[1] == "open" for row in gaps.rows)


def test_the_formulas_are_written_out_beside_their_values() -> None:
    data = kpi_data()
    table = en(formulas_table(data, open_alternatives(data)))
    found = {row[0]: tuple(map(plain, row[1:])) for row in table.rows}
    assert table.evidence == "published"
    assert len(found) >= 12
    assert found["effective closure rate"] == ("(I1² I2 + I1 I2²) / (I1² + I2²)", "36.49 %")
    assert found["geometric mean of I1 and I2"] == ("√(I1 I2)", "37.48 %")
    assert found["disposition time"] == ("365 P / C", "278.9 days")
    assert found["clearance rate"] == ("C / N", "98.20 %")
    assert table.note == "N: new cases."
    assert found["effective over closed cases (2017)"] == ("E / C", "32.76 %")
    for row in table.rows:
        assert re.fullmatch(r"<math[^>]*>.*</math>", cell_html(row[1])), "set as mathematics"
    zhs = [row[1] for row in zh(formulas_table(data, open_alternatives(data))).rows]
    assert "C / N" in zhs
    own = own_kpi("tiers")
    lacking = en(formulas_table(own, open_alternatives(data)))
    assert lacking.rows[0][2] == "—"
    assert "its own rule" in lacking.note


def test_a_counterexample_names_the_counts_that_it_holds() -> None:
    rows = made("counterexamples", "en", "clearance_rate").rows
    assert [plain(row[1]) for row in rows if row[0] == "clearance rate"] == [
        "At most 100 % (new 700,000)"
    ]


def test_a_note_on_a_column_stands_where_the_column_is() -> None:
    assert "The response is" in made("derivatives").note
    assert "The response is" not in made("branches").note


def test_counterexamples_stand_beside_their_values() -> None:
    found = made("counterexamples").rows
    official = [row for row in found if row[0] == "effective closure rate"]
    assert [plain(row[1]) for row in official] == [
        "Better with I1: I2 < (√2 − 1) I1", "Better with I2: I2 > (1 + √2) I1",
        "At most 100 %: up to 120.71 %",
    ]  # fmt: skip
    least = [row[1] for row in found if row[0] == "smaller of I1 and I2"]
    assert least == ["Better with I1: flat where I2 < I1", "Better with I2: flat where I2 > I1"]
    effective, closed, pending, first, second, value = official[1][2:]
    assert effective == "225\n225"
    assert closed == "850\n850"
    assert pending == "350\n300"
    assert (first, second) == ("26.47\n26.47", "64.29\n75.00")
    assert plain(value) == "31.95 %\n31.85 %"
    over = [row[0] for row in found if row[1].startswith("At most 100")]
    assert over == ["effective closure rate"], "that others pass 100 % is kept as data"
    assert "are left out" in made("counterexamples").note
    data = TABLES["counterexamples"](year("en", KPIS[0])).data()["rows"]
    assert len(data) > len(found)
    assert "225,000" in str(data), "in cases"


def test_proofs_tell_the_signs() -> None:
    table = rows("proofs")
    verdict, because = table["Better with I2"]
    assert verdict == "fails\nrises and falls"
    assert because.startswith("∂I/∂I2 = I1² (I1² + 2 I1 I2 − I2²)/(I1² + I2²)²\n∂I/∂I2 > 0")
    assert table["With pending P"][1] == (
        "∂I/∂P < 0 where P > (√2 − 1) C; > 0 where P < (√2 − 1) C"
    )
    assert table["With effective E"][1].startswith("E ∂I/∂E = I1 I2 (I1 + I2)/(I1² + I2²) > 0")
    assert "E = C = P = 0: no value" in table["Has a value at zero"][1]
    assert "least upper bound while E ≤ C: (1 + √2)/2" in table["At most 100 %"][1]
    assert rows("proofs", "en", "clearance_rate")["With closed C"][1] == "∂I/∂C = 1/new > 0"


@pytest.mark.parametrize(
    ("language", "head", "verdict", "because"),
    [
        ("en", "At most 100 %", "open", "holds paid amount of closed cases, referred amount of"),
        ("zh-Hant", "不超過100%", "未定", "只試了終結案件清償金額、終結案件移送金額的一個值"),
    ],
)
def test_proofs_tell_what_a_search_holds(
    language: str, head: str, verdict: str, because: str
) -> None:
    data = with_formula(year(language, KPIS[0]), "closed_paid_twd / closed_referred_twd")
    table = page.proofs_table(data).said(language)
    (cells,) = [cells for cells in table.rows if cells[0] == head]
    assert cells[1] == verdict
    assert because in cells[2]
    assert TABLES["properties"](data).rows[0][6] == "?"


def test_a_proof_says_what_its_letters_are() -> None:
    """It said "at I1 = 1" of what is not homogeneous, and no word of k."""
    data = with_formula(kpi_data(), "E / (C + 1)")
    (cells,) = [row for row in en(page.proofs_table(data)).rows if row[0] == "At most 100 %"]
    assert (
        cells[2] == "1 − I (k = C − E, closings that are not effective) = (k + 1)/(E + k + 1) > 0"
    )
    least = with_formula(kpi_data(), "min(1, I1 + I2)")
    (cells,) = [row for row in en(page.proofs_table(least)).rows if row[0] == "At most 100 %"]
    assert cells[1] == "holds"
    assert "search" not in cells[2]
    assert cells[2].startswith("1 − one argument of the minimum (k = C − E) = 0")
    zeros = rows("proofs", "en", "minimum")["Has a value at zero"][1]
    assert "P = 0: no value by the rule of evaluation (the formula tends to E/C)" in zeros


def test_the_nations_response_is_exact() -> None:
    table = rows("derivatives")
    assert table["I1"] == ("32.76 %", "1 percentage point", "+0.775", "+0.696")
    assert table["I2"][2:] == ("+0.259", "+0.304")
    assert table["Effective E"][1:] == ("10,000 cases", "+0.111", "+1.000")
    assert table["Closed C"][3] == "−0.696"
    assert table["Pending P"][3] == "−0.304"
    assert made("derivatives").evidence == "published"
    other = rows("derivatives", "en", "clearance_rate")
    assert other["New"][3] == "−1.000"
    days = rows("derivatives", "en", "disposition_time")
    assert days["Pending P"][2] == "+0.364"


def test_amounts_have_steps_of_their_own() -> None:
    table = en(
        derivatives_page.derivatives_table(with_formula(kpi_data(), "collected_twd / C", "TWD"))
    )
    assert [row[2] for row in table.rows] == ["10,000 cases", "NTD 100,000,000"]


def test_branches_carry_the_evidence_of_their_rows() -> None:
    table = made("branches")
    assert table.evidence == "illustration"
    assert [row[0] for row in table.rows] == ["Branch A", "Branch M", "Nation"]
    assert table.rows[-1][1:3] == ("0.78", "0.26"), "to two decimals where branches are made up"
    assert "nation's row is computed from published figures" in table.note
    real = derivatives_page.branch_derivatives_table(kpi_data(kind="extract"))
    assert real.grounds.evidence == "extract"
    # Days for a point of an indicator: 365 / I2 is for the whole of it.
    assert made("branches", "en", "disposition_time").rows[-1][1:3] == ("8.51", "−6.50")


def test_a_kink_has_two_numbers_and_a_note() -> None:
    data = kpi_data(kpi="minimum")
    even = data.counts.assign(
        closed=[100, 0, 0, 0, 0], effective=[30, 0, 0, 0, 0], pending=[0, 0, 100, 0, 0]
    )
    table = en(derivatives_page.derivatives_table(replace(data, counts=even)))
    assert table.rows[0][3] == "+1.000 / 0.000"
    assert "kink" in table.note
    assert "kink" not in made("derivatives").note


# The landscape --------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_a_landscape_says_what_it_shows(name: str, language: str) -> None:
    chart = made(name, language)
    assert isinstance(chart, PrintedChart)
    # No made-up branch has a place; the year before has that of a reading of its printed rate.
    assert chart.evidence == ("assumed" if name == "indicators" else "published")
    shown = texts(chart)
    assert not re.search("Branch [A-M]|分署[甲-癸]", shown)
    assert ("36.89–36.90" in shown) == (name == "indicators")
    assert "36.49" in chart.alt
    assert "2.414 × " in shown
    assert "107" in chart.source
    foreign = r"[\u4e00-\u9fff]" if language == "en" else r"\b(Taipei|closed|lowers|Nation)\b"
    assert not re.search(foreign, chart.alt + shown + chart.caption)
    assert not re.search(r"\b(nan|None)\b|[{}]", chart.alt + shown)


def test_a_landscape_is_the_same_twice() -> None:
    assert made("indicators").svg == made.__wrapped__("indicators").svg
    assert pyplot.get_fignums() == []


def test_only_a_kpi_that_turns_has_shaded_regions() -> None:
    assert "lowers the KPI" in texts(made("indicators"))
    told = " ".join(texts(made("counts")).split())
    assert "more closed, pending unchanged, raise the KPI" in told
    assert "fewer pending, closed unchanged, lower the KPI" in told
    told = "".join(texts(made("counts", "zh-Hant")).split())
    assert "未結不變，終結愈多，指標愈高" in told
    assert "終結不變，未結愈少，指標愈低" in told
    for kpi in ("harmonic_mean", "disposition_time"):
        chart = made("indicators", "en", kpi)
        assert "lowers the KPI" not in texts(chart)
        assert "Nowhere" in chart.alt


def test_places_and_rays() -> None:
    silver = 1 + sympy.sqrt(2)
    area = layout.shaded([(silver, sympy.oo)], 80.0, is_in_counts=False)
    assert (area["high"] == 80).all()
    assert area["low"].iloc[10] == pytest.approx(area["x"].iloc[10] * 2.41421356)
    mirrored = layout.shaded([(silver, sympy.oo)], 80.0, is_in_counts=True)
    assert (mirrored["low"] == 0).all()
    assert mirrored["high"].iloc[-1] == pytest.approx(80 * 0.41421356)
    border = layout.borders([(silver, sympy.oo), (0, 1 / silver)], 80.0, is_in_counts=False)
    assert sorted(border.groupby("region")["y"].max().round(2)) == [33.14, 80.0]
    begun = layout.borders([(silver, sympy.oo)], 80.0, 10.0, is_in_counts=False)
    assert begun["x"].tolist() == pytest.approx([10.0, 33.137], abs=0.001)
    assert begun["y"].tolist() == pytest.approx([24.142, 80.0], abs=0.001)
    assert layout.axis_end([66.2]) == 80
    assert layout.axis_end([12.3]) == 16


def test_contours_are_named_where_they_cross_the_ray() -> None:
    ticks = np.linspace(0.5, 80, 160)
    grid = pd.DataFrame(np.minimum.outer(ticks, ticks), index=ticks, columns=ticks)
    levels = layout.contours(grid, [40.0], 0.0, is_in_counts=False)
    named = levels.dropna()
    assert len(named) > 5
    for row in named.to_dict("records"):
        assert min(row["x"], row["y"]) == pytest.approx(row["height"], abs=1.5)


def test_a_value_under_nought_shows_no_elasticity_and_says_so() -> None:
    told = "A value that is not over 0 has no elasticity"
    table = en(derivatives_page.derivatives_table(with_formula(kpi_data(), "(E - C) / P")))
    assert {row[-1] for row in table.rows} == {"—"}
    assert told in table.note
    assert told not in en(derivatives_page.derivatives_table(kpi_data())).note


def test_what_is_flat_in_places_unknown_is_flat_in_part() -> None:
    """Searched on a grid: it is seen to be flat, and no bounds are found."""
    table = en(TABLES["counterexamples"](with_formula(kpi_data(), "max(I1, min(0.3, I2))")))
    cells = [cell for row in table.rows for cell in row]
    assert any("flat in part" in cell for cell in cells)
    assert not [cell for cell in cells if cell.endswith("flat where")]


def test_contours_stand_around_values_under_nought() -> None:
    """As of (E − C)/P: far under the branches at the axis, and never over 0."""
    ticks = np.linspace(0.5, 80, 160)
    heights = -5000 / np.add.outer(ticks, np.zeros_like(ticks))
    grid = pd.DataFrame(heights, index=ticks, columns=ticks)
    values = [-120.0, -88.0, -69.0]
    found = layout.contours(grid, values, 0.0, is_in_counts=False)
    assert not any("-" in text for text in found["text"])
    levels = found["height"]
    assert levels.min() >= -120 - 1.5 * 120 - 20
    assert levels.max() >= -69
    assert (
        not layout.contours(grid, values, 0.0, is_in_counts=False)["text"].str.contains("-").any()
    )
    assert len(levels[(levels > -120) & (levels < -69)]) >= 2


def test_words_stand_where_a_region_reaches_the_edge() -> None:
    silver = 1 + sympy.sqrt(2)
    above, below = (silver, sympy.oo), (sympy.S.Zero, 1 / silver)
    assert layout.words_of(above, 0.0, 52.0, is_in_counts=False) == (0.0, 52.0, "top")
    assert layout.words_of(below, 0.0, 52.0, is_in_counts=False)[::2] == (52.0, "right")
    assert layout.words_of(below, 0.0, 52.0, is_in_counts=False)[1] == pytest.approx(
        10.770, abs=1e-3
    )
    assert layout.words_of(below, 3.3, 14.0, is_in_counts=True) == (3.3, 14.0, "top")


def test_long_names_of_contours_keep_apart() -> None:
    ticks = np.linspace(0.5, 80, 160)
    grid = pd.DataFrame(1e5 + 1e4 * np.add.outer(0 * ticks, ticks), index=ticks, columns=ticks)
    named = layout.contours(grid, [4e5], 0.0, is_in_counts=False).dropna().to_dict("records")
    assert len(named) > 3
    for one, other in pairwise(named):
        width = 0.0123 * len(one["text"] + other["text"]) / 2 * 80
        assert abs(one["x"] - other["x"]) >= width or abs(one["y"] - other["y"]) >= 2.3


def small_landscape() -> tuple[layout.Landscape, dict[str, pd.DataFrame]]:
    """A landscape of few points, and its frames by name."""
    ticks = np.linspace(1, 10, 12)
    grid = pd.DataFrame(np.minimum.outer(ticks, ticks), index=ticks, columns=ticks)
    label = {"text": ["a"], "x": [3.0], "y": [4.0]}
    frames = {
        "surface": grid,
        "levels": pd.DataFrame({"height": [2.0, 4.0], "text": ["2", "4"], "x": [2.0, np.nan],
                                "y": [3.0, np.nan]}),
        "regions": layout.shaded([(2, sympy.oo)], 10.0, is_in_counts=False),
        "borders": layout.borders([(2, sympy.oo)], 10.0, is_in_counts=False),
        "region_words": pd.DataFrame({"x": [2.0, 10.0], "y": [10.0, 2.0], "side": ["top", "right"],
                                      "text": ["here", "there"]}),
        "points": pd.DataFrame(label),
        "path": pd.DataFrame(label),
    }  # fmt: skip
    return layout.Landscape(start=1.0, **frames), frames


def test_a_drawing_takes_its_axes_and_leaves_its_frames() -> None:
    land, frames = small_landscape()
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    with chart_style("en"):
        figure, ax = pyplot.subplots()
        drawn = draw_surface(land, ax, excluded="no", diagonal="=", xlabel="x", ylabel="y")
        figure.canvas.draw()
        pyplot.close(figure)
    assert drawn is ax
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_two_regions_of_one_indicator_are_told_once() -> None:
    """Where I2 is under I1, and from 2 to 3 times I1; the chart asked for a word of its own."""
    text = "I2^4 / (4 * I1^3) - 2 * I2^3 / I1^2 + 11 * I2^2 / (2 * I1) - 6 * I2"
    chart = surface_chart(with_formula(kpi_data(), text))
    assert en(chart).alt.count("a higher I2 lowers the KPI") == 1
    drawn = " ".join(texts(en(chart)).split())
    assert drawn.count("a higher I2, I1 unchanged, lowers the KPI") == 2


@pytest.mark.parametrize(("is_square", "aspect"), [(True, 1.0), (False, "auto")])
def test_a_landscape_of_two_ratios_takes_the_width_of_the_page(
    is_square: bool, aspect: float | str
) -> None:
    land, _ = small_landscape()
    with chart_style("en"):
        figure, ax = pyplot.subplots(figsize=(6.3, 2.5))
        draw_surface(
            land, ax, excluded="no", diagonal="=", xlabel="x", ylabel="y", is_square=is_square
        )
        figure.canvas.draw()
        pyplot.close(figure)
    assert ax.get_aspect() == aspect
    (diagonal,) = (text for text in ax.texts if text.get_text() == "=")
    # Along its line, which is no longer at 45 degrees where the axes have scales of their own.
    slope = ax.transData.transform_angles([45.0], [[5.0, 5.0]])[0]
    assert diagonal.get_rotation() == pytest.approx(slope, abs=0.1)
    assert (slope < 40) is not is_square


# Formulas as text and figures -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (1 + sympy.sqrt(2), "1 + √2"), (sympy.sqrt(2) - 1, "√2 − 1"), (sympy.oo, "∞"),
        (sympy.Symbol("x") ** 12 * 2, "2 x¹²"), (-sympy.Symbol("x"), "−x"),
        (sympy.Max(sympy.Rational(3, 10), sympy.Symbol("x") / 2), "max(0.3, x/2)"),
        (sympy.Min(sympy.Rational(-1, 3), sympy.Symbol("x")), "min(−1/3, x)"),
        (sympy.Min(sympy.Rational(-1, 8), sympy.Symbol("x")), "min(−0.125, x)"),
    ],
)  # fmt: skip
def test_expressions_as_text(expression: sympy.Expr, text: str) -> None:
    assert formula_text(expression) == text


def test_bounds_in_both_kinds() -> None:
    silver = 1 + sympy.sqrt(2)
    assert bounds_text((sympy.S.Zero, sympy.oo), "indicators") == ""
    assert bounds_text((silver, sympy.oo), "indicators") == "I2 > (1 + √2) I1"
    assert bounds_text((silver, sympy.oo), "counts") == "P < (√2 − 1) C"
    assert bounds_text((silver, sympy.oo), "indicators", in_digits=True) == "I2 > 2.414 × I1"
    assert bounds_text((silver, sympy.oo), "counts", in_digits=True) == "P < 0.414 × C"
    assert bounds_text((sympy.S.Zero, sympy.S.One), "counts") == "P > C"
    assert bounds_text((sympy.S.Zero, sympy.S.One), "counts", in_digits=True) == "P > C"
    root = sympy.CRootOf(sympy.Symbol("t") ** 5 - sympy.Symbol("t") - 1, 0)
    assert bounds_text((root, sympy.oo), "indicators") == "I2 > 1.16730 I1"


def test_figures_for_sentences() -> None:
    found = derivatives_page.combination_quantities(kpi_data())
    told = {name: plain(printed(item, "en")) for name, item in found.items()}
    assert told == {
        "slope_I1": "0.775", "slope_I2": "0.259", "elasticity_E": "1.000",
        "elasticity_C": "−0.696", "elasticity_P": "−0.304", "falls_from": "2.414",
        "falls_below": "41.4 %", "peak": "120.71 %",
    }  # fmt: skip
    of_formula = {name for name, item in found.items() if item.evidence == "derived"}
    assert of_formula == {"falls_from", "falls_below", "peak"}
    days = kpi_data(kpi="disposition_time")
    other = derivatives_page.combination_quantities(days)
    assert [other[name].value for name in ("falls_from", "peak")] == [None] * 2


def test_a_sentence_names_its_figures() -> None:
    data, days = kpi_data(), kpi_data(kpi="disposition_time")
    found = data.say(
        derivatives_page.combination_quantities(data),
        zh="I2 達 I1 的 {falls_from} 倍。",
        en="From {falls_from} times I1 on.",
    )
    shown = en(found)
    assert isinstance(shown, PrintedFinding)
    assert plain(zh(found).text) == "I2 達 I1 的 2.414 倍。"
    assert plain(shown.text) == "From 2.414 times I1 on."
    assert shown.evidence == "derived"
    figures = derivatives_page.combination_quantities(days)
    assert figures["falls_from"].value is None
    assert isinstance(en(days.say(figures, zh="{falls_from}", en="{falls_from}")), PrintedMarkdown)
    assert isinstance(en(days.say(figures, zh="{needed}", en="{needed}")), PrintedMarkdown)


def test_the_interval_of_the_year_before() -> None:
    assert effective_before(kpi_data(), "effective_over_closed") == Interval(2761673, 2762421)
