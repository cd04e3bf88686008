"""What only the yearly report shows: four years, costs, lights, the author's prose."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from closurerate.audit.claims.findings import place_words, places_words
from closurerate.errors import InputError
from closurerate.press.chart import Chart
from closurerate.press.print.labels import Language
from closurerate.press.prose import Finding, Markdown
from closurerate.press.shown import SHOWN
from closurerate.press.text import Text, said
from closurerate.quantity import Quantity
from closurerate.records.year_parts import Cost, CostRow
from closurerate.records.years import SECTIONS
from closurerate.year import collections_page, kpi_page, series_page, summary_page
from closurerate.year import yearly_page as yearly
from closurerate.year.kpi_words import light_cutoffs, light_of
from closurerate.year.kpi_year import KpiData
from year_samples import en, kpi_data, plain, with_formula, zh

KPIS = ("effective_closure_rate", "effective_share")


def with_author(data: KpiData, **changes: object) -> KpiData:
    assert data.author is not None
    return replace(data, author=replace(data.author, **changes))  # type: ignore[arg-type]


def cells(table: Any, language: Language = "en") -> dict[str, tuple[str, ...]]:
    rows = table.said(language).rows
    return {row[0]: tuple(plain(cell) for cell in row[1:]) for row in rows}


def percent(value: str | None) -> Quantity:
    return Quantity(None if value is None else Fraction(value), "percent", 2)


# What is missing -----------------------------------------------------------------------------
def test_a_report_without_its_author_says_how_to_begin() -> None:
    data = kpi_data(has_author=False)
    for show in (
        yearly.objective,
        yearly.four_years_table,
        yearly.costs_table,
        yearly.lights_table,
    ):
        with pytest.raises(
            InputError, match=r"data/years/107\.yml: there is no such file.*new-year 107"
        ):
            show(data)


def test_no_cost_table_is_a_sentence() -> None:
    shown = yearly.costs_table(with_author(kpi_data(), cost_table=()))
    assert isinstance(shown, Markdown)
    assert "沒有提供成本表" in zh(shown).text
    assert "no cost table" in en(shown).text
    assert "107" in en(shown).text


def test_paragraphs_without_figures_are_left_out_and_named() -> None:
    data = kpi_data()
    assert data.author is not None
    assert list(yearly.missing_prose(data).objects) == []
    fact = data.author.facts["prohibition_orders"]
    unknown = replace(fact, value=None)
    gap = with_author(data, facts=dict(data.author.facts) | {"prohibition_orders": unknown})
    heading, sentence = yearly.missing_prose(gap).objects
    assert en(heading).text == "## Notes"
    assert isinstance(sentence, Markdown)
    assert en(sentence).text == (
        "Paragraphs left out for want of figures: Large debtors. "
        "What is missing: `prohibition_orders` (not yet supplied for 107)."
    )
    shown = yearly.authored(gap, "results.large_debtors").objects
    assert len(shown) < len(yearly.authored(data, "results.large_debtors").objects)


def test_targets_of_author_and_definition_must_agree() -> None:
    data = with_author(kpi_data(), targets={"effective_closure_rate": Fraction(26)})
    with pytest.raises(
        InputError, match=r"target of 107 is 26 in .*107\.yml and 25 in .*must agree"
    ):
        kpi_page.target_table(data)


@pytest.mark.parametrize(
    ("reached", "light"),
    [
        ("100", "green"), ("99.999", "yellow"), ("80", "yellow"), ("79.999", "red"),
        ("0", "red"), (None, "white"),
    ],
)  # fmt: skip
def test_a_light_begins_exactly_at_its_cut_off(reached: str | None, light: str) -> None:
    assert light_of(percent(reached), 107) == light
    assert light_of(percent(reached), 120) == light


def test_a_table_stands_behind_the_first_paragraph_that_speaks_of_it() -> None:
    data = kpi_data()
    plainly = yearly.authored(data, "results.collections").objects
    shown = yearly.authored(data, "results.collections", "table").objects
    assert shown[1] == "table"
    assert [*shown[:1], *shown[2:]] == list(plainly)
    assert "656 cases" in plain(en(shown[2]).text), "the remark on it follows"


def test_cut_offs_are_those_of_the_register() -> None:
    assert light_cutoffs(107) == {"green": 100, "yellow": 80, "red": 0}


# Four years ----------------------------------------------------------------------------------
def test_the_four_year_table_is_that_of_the_source() -> None:
    table = yearly.four_years_table(kpi_data())
    assert [column.heading for column in zh(table).columns] == [
        "項目", "104 年度", "105 年度", "106 年度", "107 年度",
    ]  # fmt: skip
    assert cells(table, "zh-Hant") == {
        "衡量標準": (
            *("投資報酬率",) * 2,
            "有效結案件數\n÷終結件數",
            "I1 與 I2 的\n非線性組合 I",
        ),
        "原訂目標值": ("—", "—", "24.5%", "25%"),
        "實際值": ("—", "—", "36.86%", "36.49%"),
        "達成度": ("—", "—", "100%", "100%"),
        "初核結果": ("—", "—", "★ 綠燈", "★ 綠燈"),
        "複核結果": ("—", "—", "---", "---"),
    }
    assert table.grounds.evidence == "published"
    assert cells(table, "en")["Measure"][0] == "Return on\ninvestment"
    for told in (
        "燈號為原報告所列",
        "投資報酬率",
        "I2 = 有效結案件數÷未結件數",
        "見「有效結案率的定義」",
    ):
        assert told in zh(table).note
    assert yearly.four_years_table(kpi_data(kind="extract")).grounds.evidence == "extract"


def test_the_printed_report_is_the_source_only_of_figures_that_stand_in_it() -> None:
    shown = {
        yearly.four_years_table: "Administrative Enforcement Agency, report for",
        kpi_page.target_chart: "Administrative Enforcement Agency, report for",
        series_page.series_table: "Computed from the Administrative",
        collections_page.growth_table: "Computed from the Administrative",
    }
    for page, source in shown.items():
        assert plain(en(page(kpi_data())).source).startswith(source), page.__name__


def unjoined(item: Any) -> str:
    return said(item, "zh-Hant").replace("\N{WORD JOINER}", "")


def stands_in(place: str, source: str) -> bool:
    """Tell whether a source names a place, whole or after a neighbour with the same head."""
    parts = place.split(".")
    ways = [(".".join(parts[:at]), ".".join(parts[at:])) for at in range(1, len(parts))]
    named = [rf"{unjoined(place_words(head))}[^；]*、{unjoined(place_words(end))}"
             for head, end in ways]  # fmt: skip
    return any(re.search(way, source) for way in (unjoined(place_words(place)), *named))


def test_a_source_has_the_place_of_each_printed_figure_that_is_shown() -> None:
    data = kpi_data()
    shown = (
        yearly.four_years_table(data),
        collections_page.growth_table(data),
        kpi_page.target_chart(data),
        summary_page.tiles(data),
    )
    for one in shown:
        source, found = unjoined(one.grounds.source), 0
        for number in one._repr_mimebundle_()[SHOWN]["numbers"]["zh-Hant"]:
            figure, _, year = number["name"].removeprefix("printed.").partition("@")
            report = data.cases.published[int(year or data.year)]
            if figure in report:
                places = report[figure].places
                assert any(stands_in(place, source) for place in places), (figure, source)
                found += 1
        assert found, source


def test_places_in_the_printed_report_are_as_few_as_have_all_and_in_its_order() -> None:
    cases = kpi_data().cases
    rows = ("collected", "pending_previous", "closed")
    assert cases.printed_at(rows) == ("壹.三.一.（一）", "壹.三.一.（二）")
    assert cases.printed_at(("effective", "closed", "measure_formula")) == (
        "壹.一.（一）.1.表",
        "壹.一.（一）.1.分析.（2）",
    )
    assert cases.printed_at(("surface", "pending_later")) == ()
    later = {**cases.published, 108: replace(cases.published[107], year=108)}
    report = replace(later[108].report, year=108)
    later[108] = replace(later[108], report=report)
    assert replace(cases, year=108, published=later).printed_at(["closed_previous"]) == ()
    told = places_words(("壹.一.（一）.1.表", "壹.一.（一）.1.分析.（2）", "壹.三.二"))
    assert said(told, "en") == "I.1(1).1, table, analysis (2); I.3.2"
    assert unjoined(told) == "壹、一（一）、1、表、分析（2）；壹、三、二"


def test_a_year_that_nobody_knows_is_dashes() -> None:
    data = kpi_data()
    alone = replace(data, cases=replace(data.cases, published={}))
    found = cells(yearly.four_years_table(with_author(alone, other_kpis=())))
    assert found["Actual"] == ("—", "—", "—", "36.49 %")
    assert found["Original target"] == ("—", "—", "—", "25 %")
    assert found["Measure"][:3] == ("—", "—", "—")


def test_a_missed_target_is_no_full_achievement() -> None:
    data = kpi_data()
    counts = data.counts.assign(effective=data.counts["effective"] // 2)
    missed = replace(data, counts=counts)
    found = cells(kpi_page.target_table(missed))
    # half of E is half of I: 18.2445 / 25
    assert found["Actual"] == ("18.24 %",)
    assert found["Achievement"] == ("72.98 %",)
    assert found["Light by achievement"] == ("● red",)
    assert kpi_page.target_table(missed).grounds.evidence == "illustration"


def test_target_and_light_say_that_the_cut_offs_are_unsourced() -> None:
    table = kpi_page.target_table(kpi_data())
    assert table.grounds.evidence == "assumed"
    assert cells(table) == {
        "Target": ("25 %",),
        "Actual": ("36.49 %",),
        "Achievement": ("100 %",),
        "Light by achievement": ("★ green",),
    }
    assert "unsourced" in en(table).note
    assert "capped at 100 %" in en(table).note


def test_without_a_target_there_is_no_achievement_and_a_white_light() -> None:
    data = kpi_data(kpi="effective_share")
    assert cells(kpi_page.target_table(data))["Achievement"] == ("—",)
    assert light_of(data.achievement, 107) == "white"


def test_an_achievement_under_nought_is_red() -> None:
    assert light_of(Quantity(Fraction(-5), "percent"), 107) == "red"


def test_another_kpi_has_no_light_and_none_of_the_words_on_the_printed_one() -> None:
    data = kpi_data(kpi="effective_share")
    table = en(kpi_page.target_table(data))
    assert "Light by achievement" not in [row[0] for row in table.rows]
    assert "unsourced" not in table.note
    assert isinstance(yearly.lights_table(data), Markdown)
    years = en(yearly.four_years_table(data))
    assert "Self-assessment" not in [row[0] for row in years.rows]
    shown = [cell for row in (*years.rows, *table.rows) for cell in row]
    assert not re.search("[★▲●□]", " ".join([*shown, years.note, table.note]))
    for section in SECTIONS:
        text = " ".join(en(item).text for item in yearly.authored(data, section).objects)
        assert not re.search(r"\bI[12]\b|effective closure rate", text), section
    assert "effective closure rate" not in en(yearly.objective(data)).text
    assert "share of caseload" in en(yearly.objective(data)).text


def test_every_year_of_another_kpi_is_given_with_its_unit() -> None:
    data = kpi_data(kpi="disposition_time")
    _, actual, *_ = (row for row in en(yearly.four_years_table(data)).rows if row[0] != "Measure")
    assert [cell.rpartition(" ")[2] for cell in actual[-2:]] == ["days", "days"]


# Costs and lights ----------------------------------------------------------------------------
def test_the_cost_table_is_no_cost_of_collection() -> None:
    table = zh(yearly.costs_table(kpi_data()))
    (plan, *numbers, related), subtotal = table.rows
    assert numbers == ["82,911", "102.66", "250,024", "92.86"]
    assert "高雄分署" in plan
    assert related == "提升執行案件有效結案率"
    assert subtotal == ("小計", "82,911", "102.66", "250,024", "92.86", "")
    assert table.has_total
    assert "不是徵起案款的成本" in table.note


def test_the_progress_of_a_sum_weighs_by_budget() -> None:
    name = {"zh-Hant": "計畫", "en": "plan"}
    rows = (
        CostRow(name, name, {107: Cost(100, Fraction(50))}),
        CostRow(name, name, {106: Cost(7, Fraction(10)), 107: Cost(300, Fraction(90))}),
    )
    table = en(yearly.costs_table(with_author(kpi_data(), cost_table=rows)))
    assert table.rows[0][1:5] == ("—", "—", "100", "50.00")
    assert table.rows[-1][1:5] == ("7", "10.00", "400", "80.00")


def test_lights_are_the_authors() -> None:
    table = zh(yearly.lights_table(kpi_data()))
    assert table.rows == (
        ("1、推廣多元便民措施，強化行政執行績效", "(1)", "提升執行案件有效結案率", "★ 綠燈", "---"),
    )
    changed = with_author(kpi_data(), lights={"self": "red", "review": "white"})
    assert en(yearly.lights_table(changed)).rows[0][3:] == ("● red", "□ white")


# Prose ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["zh-Hant", "en"])
@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_told_with_its_figures(section: str, language: Language) -> None:
    shown = yearly.authored(kpi_data(), section).objects
    assert shown
    for item in shown:
        assert isinstance(item, Finding | Markdown)
        assert not re.search(r"[{}]|\bNone\b|—(?=\s*$)", item.said(language).text)
    labelled = [item for item in shown if isinstance(item, Finding)]
    assert {item.evidence for item in labelled} <= {"published", "assumed"}


def test_prose_on_an_extract_is_labelled_so() -> None:
    shown = yearly.authored(kpi_data(kind="extract"), "results.collections").objects
    assert {item.evidence for item in shown if isinstance(item, Finding)} == {"extract"}


def test_objective_and_kpi_are_named() -> None:
    shown = yearly.objective(kpi_data())
    assert "**關鍵策略目標**：推廣" in zh(shown).text
    assert "**Key strategic objective**: Offer" in en(shown).text


def test_the_opinion_is_numbered() -> None:
    whose, *shown = yearly.opinion(kpi_data()).objects
    assert "abridged by this project" in en(whose).text
    assert [zh(item).text[:3] for item in shown] == ["（一）", "（二）", "（三）", "（四）"]
    assert [en(item).text[:4] for item in shown] == ["(1) ", "(2) ", "(3) ", "(4) "]
    (other,) = yearly.opinion(kpi_data(kpi="effective_share")).objects
    assert "is left out" in en(other).text


def test_the_parts_of_the_collections_sum_to_all() -> None:
    parts = collections_page.large_debtor_parts(kpi_data())
    values = {name: quantity.value for name, quantity in parts.items()}
    assert values == {
        "two_cities": 13_106_911_307 - 1_976_985_108,
        "other_large_debtors": 1_976_985_108,
        "all_others": 29_998_900_437 - 13_106_911_307,
    }
    assert collections_page.large_debtor_parts(kpi_data(has_author=False)) == {}
    assert collections_page.large_debtor_parts(kpi_data(has_collected=False)) == {}


# Another KPI in place of the printed one ------------------------------------------------------
def test_a_box_says_that_another_kpi_stands_in_place_of_the_printed_one() -> None:
    assert list(yearly.other_kpi_notice(kpi_data()).objects) == []
    (box,) = yearly.other_kpi_notice(kpi_data(kpi="effective_share")).objects
    assert "share of caseload" in en(box).text


def test_only_the_printed_kpis_series_are_called_published() -> None:
    official, other = (series_page.series_caption(kpi_data(kpi=kpi)) for kpi in KPIS)
    assert isinstance(official, Text)
    assert isinstance(other, Text)
    assert (official.words, other.words) == ("caption_series", "caption_series_own")


def test_a_series_without_any_value_is_a_sentence() -> None:
    data = kpi_data(kind="extract")
    alone = replace(data, cases=replace(data.cases, published={}))
    without = with_formula(alone, "E / (P - P)")
    versions = {107: without.definition.versions[107]}
    without = replace(without, definition=replace(without.definition, versions=versions))
    assert not isinstance(series_page.series_chart(without), Chart)
    assert isinstance(series_page.series_chart(alone), Chart)


def test_a_target_has_the_unit_of_its_kpi() -> None:
    data = with_author(
        kpi_data(kpi="disposition_time"), targets={"disposition_time": Fraction(200)}
    )
    assert cells(kpi_page.target_table(data))["Target"] == ("200 days",)


def test_the_authors_prose_on_another_kpi_names_no_value_of_it() -> None:
    named = {name.split(".")[0] for name in yearly._narratable(kpi_data(kpi="effective_share"))}
    assert not named & {"rate", "rate_previous", "target", "achievement"}
    assert {"new", "closed"} <= named
