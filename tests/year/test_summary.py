"""Page one of the yearly report, the departures, and the box of the definition."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table
from closurerate.year import definition_page, departures_page, series_page, summary_page
from closurerate.year.definition_page import definition_box
from closurerate.year.kpi_year import KpiData
from year_samples import en, kpi_data, plain, with_formula, zh

TO = "\N{WORD JOINER}–\N{WORD JOINER}"
"""Between the ends of a range in English, which no line parts."""


def told(item: Any) -> str:
    return plain(en(item).text)


def unpublished(**given: Any) -> KpiData:
    data = kpi_data(kind="extract", **given)
    return replace(data, cases=replace(data.cases, published={}))


# The answer -----------------------------------------------------------------------------------
def test_the_answer_comes_with_what_the_cap_hides() -> None:
    answer = summary_page.answer(kpi_data())
    assert isinstance(answer, Finding)
    assert told(answer) == (
        "The effective closure rate of 2018 is **36.49 %** and meets the target of 25 %. "
        "Achievement is capped at 100 %; uncapped it would be 145.96 %."
    )
    assert answer.evidence == "published"
    assert "達到目標值 25%" in plain(zh(answer).text)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("E / C / 2", "misses the target of 25 %. Achievement is 65.52 %."),
        ("0.25", "meets the target of 25 %. Achievement is 100 %."),
        ("E / (P - P)", "left out"),
    ],
)
def test_the_answer_is_by_the_exact_value(formula: str, said: str) -> None:
    assert said in told(summary_page.answer(with_formula(kpi_data(), formula)))


def test_without_target_the_answer_says_so() -> None:
    assert "there is no target to compare it with" in told(
        summary_page.answer(kpi_data(kpi="effective_share"))
    )


def test_the_years_compare_on_each_definition() -> None:
    compared = summary_page.on_one_definition(kpi_data())
    assert isinstance(compared, Finding)
    said = told(compared)
    assert f"down by 4.10{TO}4.11 percentage points, from 36.86 % to 32.76 %" in said
    assert f"down by 0.40{TO}0.41 percentage points, from 36.89{TO}36.90 % to 36.49 %" in said
    assert "(effective over closed cases)" in said
    assert "(non-linear combination I)" in said
    chinese = str(zh(compared).text)
    assert "由 36.86% 降為 32.76%，下降 4.10\N{NO-BREAK SPACE}至\N{NO-BREAK SPACE}4.11" in chinese
    assert compared.evidence == "assumed"
    assert isinstance(summary_page.on_one_definition(unpublished()), Markdown)


def test_the_target_is_measured_by_what_was_reached() -> None:
    demand = summary_page.height_of_target(kpi_data())
    assert demand is not None
    assert told(demand) == (
        "By the definition of 2018, the effective closure rate had already reached "
        f"36.89{TO}36.90 % in 2017; the target of 25 % lies 11.89{TO}11.90 "
        "percentage points below that."
    )
    assert isinstance(demand, Finding)
    assert demand.evidence == "assumed"
    assert summary_page.height_of_target(unpublished()) is None
    assert summary_page.height_of_target(kpi_data(kpi="effective_share")) is None


def test_the_largest_change_goes_by_growth_and_is_called_what_it_is() -> None:
    data = kpi_data()
    change = summary_page.largest_change(data)
    assert change is not None
    assert "closed cases changed most: from 7,493,345 cases" in told(change)
    assert "up by 2,537,448 cases (33.86 %)" in told(change)
    fewer = replace(data.figures["pending"], value=Fraction(1_000_000))
    data.figures["pending"] = fewer
    assert "pending cases" in told(summary_page.largest_change(data))
    assert "down by 6,478,941 cases (86.63 %)" in told(summary_page.largest_change(data))
    assert summary_page.largest_change(unpublished()) is None


def test_what_to_check_is_counted_and_left_out_where_there_is_nothing() -> None:
    checks = summary_page.to_check(kpi_data())
    assert checks is not None
    for said in ("8 items", "pending cases by 656 cases, unexplained", "changed in 2018"):
        assert said in told(checks)
    assert "synthetic" in told(checks)
    real = summary_page.to_check(kpi_data(kind="extract"))
    assert "synthetic" not in told(real)
    of_another = unpublished(kpi="effective_share")
    assert summary_page.to_check(of_another) is None


def test_page_one_says_whose_report_is_retold_and_that_it_is() -> None:
    about = summary_page.about_source(kpi_data())
    assert about is not None
    for said in ("ROC 107 (2018)", "Taiwan's Administrative Enforcement Agency", "on 2019-03-08"):
        assert said in told(about)
    assert "「107 年度施政績效報告（節錄）」，108 年 3 月 8 日核定" in plain(zh(about).text)
    assert "節錄" in plain(zh(about).text)
    assert summary_page.about_source(unpublished()) is None
    assert summary_page.about_source(kpi_data(kpi="effective_share")) is None


def test_six_tiles_stand_beside_the_year_before() -> None:
    tiles = {
        label: (plain(value), plain(note))
        for label, value, note in en(summary_page.tiles(kpi_data())).items
    }
    assert tiles == {
        "Effective closure rate": ("36.49 %", "2017: 36.86 % (old definition)"),
        "Achievement": ("100 %", "target 25 %; ★ green; 2017: 100 %"),
        "Effective cases": ("3,286,050", "cases; 2017: not published"),
        "Closed cases": ("10,030,793", "cases; 2017: 7,493,345"),
        "Pending cases": ("7,663,741", "cases; 2017: 7,478,941"),
        "Collected": ("30.0", "NTD billion; 2017: 27.6"),
    }
    assert len(summary_page.tiles(kpi_data(has_collected=False)).items) == 5


# Departures -----------------------------------------------------------------------------------
def test_the_departures_stand_with_place_and_reason() -> None:
    heading, table = departures_page.departures_section(kpi_data(), zh="## 甲", en="## A").objects
    assert isinstance(heading, Markdown)
    assert isinstance(table, Table)
    assert table.grounds.evidence == "assumed"
    rows = {row[0]: tuple(map(plain, row[1:])) for row in en(table).rows}
    assert rows["Growth of collections"][:3] == ("I.3.1(1)", "8.03 %", "8.73 %")
    assert rows["Cities that repaid subsidies"][2] == "—"
    assert list(rows)[-1] == "Cities that repaid subsidies"
    assert rows["Increase in closed cases"][1] == "2,537,748 cases (253 萬 7,748 件)"
    assert "but 2017 for the 2.47 % of pending cases" in rows["Growth of collections"][3]
    assert "656 cases short" in rows["Pending at the end of the year"][3]
    assert {row[1].replace("\N{WORD JOINER}", "") for row in zh(table).rows} == {
        "壹、三、一（一）", "壹、三、一（二）", "壹、三、三（一）", "壹、三、四（一）",
        "壹、一（一）、1、分析",
    }  # fmt: skip
    assert all("\N{WORD JOINER}" in row[1] for row in zh(table).rows)
    assert rows["Cities that repaid subsidies"][0] == "I.1(1).1, analysis"
    # What is printed with 餘 is the least that it may be.
    assert rows["Proceeds of the joint auctions"][1:3] == (
        "NTD 1,000,005,973 and more (10 億 5,973 餘元)", "NTD 1,059,730,000 and more",
    )  # fmt: skip
    for other in (unpublished(), kpi_data(kpi="effective_share")):
        assert list(departures_page.departures_section(other, zh="甲", en="A").objects) == []


# The definition -------------------------------------------------------------------------------
def test_the_box_says_whose_it_is() -> None:
    (source,) = definition_page.box_source(kpi_data()).objects
    assert source.evidence == "published"
    assert list(definition_page.box_source(kpi_data(kpi="effective_share")).objects) == []


def test_the_box_defines_all_and_works_the_year_out() -> None:
    box = en(definition_box(kpi_data()))
    text = plain("\n".join(part for part in box.parts if isinstance(part, str)))
    for said in ("**Effective cases, E**", "**Closed cases, C**", "**Pending cases, P**", "0.75"):
        assert said in text
    formula = box.parts[-1]
    lines = plain(formula.alt).split("; ")
    assert lines[:2] == [
        "I1 = E ÷ C = 3,286,050 ÷ 10,030,793 = 32.76 %",
        "I2 = E ÷ P = 3,286,050 ÷ 7,663,741 = 42.88 %",
    ]
    whole, worked = lines[2].split(" × 100 %", 1)
    assert whole.startswith("I = (I1^2 × I2 + I1 × I2^2) ÷ ")
    assert worked.startswith(" = (0.327596^2 × 0.428779 + 0.327596 × 0.428779^2) ÷ ")
    assert worked.endswith(" × 100 % = 36.49 %")
    assert formula.typst.count("&=") == 3
    assert "wide upright(I)_2 = " in formula.typst
    assert formula.mathml.count("<mtr>") == 5
    assert "100%" in definition_box(kpi_data()).said("zh-Hant").parts[-1].alt


def test_the_box_of_a_kpi_without_effective_cases_or_value_tells_what_there_is() -> None:
    box = en(definition_box(with_formula(kpi_data(), "C / P")))
    assert "Thresholds" not in str(box.parts)
    assert "10,030,793 ÷ 7,663,741" in box.parts[-1].alt
    box = en(definition_box(with_formula(kpi_data(), "E / (P - P)")))
    assert box.parts[-1].typst.count("&=") == 2
    box = en(definition_box(with_formula(kpi_data(), "E - C")))
    assert "(3,286,050 − 10,030,793) × 100 %" in plain(box.parts[-1].alt)


def test_the_restatement_of_the_year_before_shows_its_working() -> None:
    (told,) = series_page.restated_before(kpi_data()).objects
    for figure in ("36.86 %", "2,761,673 cases to 2,762,421 cases", "36.89 % to 36.90 %"):
        assert figure in plain(en(told).text)
    assert list(series_page.restated_before(kpi_data(kpi="effective_share")).objects) == []


def test_the_other_reading_is_told_where_there_is_one() -> None:
    (other,) = series_page.other_reading(kpi_data()).objects
    assert isinstance(other, Finding)
    assert "was 36.82 % to 36.83 % in that year and 32.76 % in 2018" in told(other)
    assert list(series_page.other_reading(kpi_data(kpi="effective_share")).objects) == []
