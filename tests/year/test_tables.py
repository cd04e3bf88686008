"""The tables: what is counted, in the contract's order, printed, with what it rests on."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.print.labels import Language
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, band_labels, share
from closurerate.press.text import bare, joined, roc_year, said
from closurerate.records.paths import kpi_file
from closurerate.year.case_year import CaseData
from closurerate.year.cases_page import (
    amounts_chart,
    bands_table,
    debtors_table,
    dispositions_table,
    flow_table,
    groups_table,
    months_chart,
    source_table,
)
from closurerate.year.collections_page import growth_table
from closurerate.year.definition_page import definition_table, readings_table, tier_range
from closurerate.year.kpi_page import kpi_table
from closurerate.year.kpi_words import printed_target
from closurerate.year.kpi_year import KpiData
from closurerate.year.series_page import series_table
from year_samples import LARGE, SMALL, case_data, en, kpi_data, plain, profile, with_formula, zh
from year_samples import said as all_said

OPTIONAL = ("obligor_id", "obligor_kind", "subcategory", "collected_in_year_twd")


def rows(table: Any, language: Language = "en") -> list[tuple[str, ...]]:
    return list(table.said(language).rows)


# What is missing -----------------------------------------------------------------------------
def test_a_table_without_its_columns_is_a_sentence() -> None:
    shown = debtors_table(case_data(absent=OPTIONAL))
    assert isinstance(shown, Markdown)
    for told in (en(shown), zh(shown)):
        for name in ("obligor_id", "obligor_kind", "collected_in_year_twd"):
            assert f"`{name}`" in told.text
    assert "left out" in en(shown).text
    assert "略去" in zh(shown).text


def test_a_column_that_the_table_does_not_need_is_not_blamed() -> None:
    data = case_data(absent=("referring_agency", "obligor_id"))
    shown = debtors_table(data)
    assert isinstance(shown, Markdown)
    assert "obligor_id" in en(shown).text
    assert "referring_agency" not in en(shown).text


def test_an_extract_without_collections_leaves_them_out_of_growth() -> None:
    names = [row[0] for row in rows(growth_table(kpi_data(has_collected=False)))]
    assert names == ["New (cases)", "Closed (cases)", "Pending (cases)"]


def test_a_target_that_is_not_set_is_a_dash() -> None:
    data = kpi_data(kpi="harmonic_mean", has_author=False)
    assert said(printed_target(data), "en") == "—"
    assert plain(said(printed_target(kpi_data()), "en")) == "25 %"


def test_a_group_without_closed_cases_has_dashes() -> None:
    data = kpi_data()
    counts = data.counts.assign(
        closed=data.counts["closed"].where(data.counts["branch"] != "士林", 0),
        effective=data.counts["effective"].where(data.counts["branch"] != "士林", 0),
    )
    found = {row[0]: row for row in rows(kpi_table(replace(data, counts=counts), "branch"))}
    assert found["Branch M"][1:] == ("0", "0", "663,741", "—", "0.00", "0.00")


def with_tables(**tables: pd.DataFrame) -> CaseData:
    """The same year with other tables in its profile."""
    data = case_data()
    return replace(data, profile=replace(data.profile, tables={**data.profile.tables, **tables}))


def test_a_year_without_a_kind_of_case_says_so_in_place_of_its_tables_and_charts() -> None:
    known = case_data().profile.tables
    nothing = {name: known[name].head(0) for name in ("months", "amounts", "ages")}
    empty = with_tables(**nothing, groups=known["groups"].assign(closed=0))
    for shown in (
        months_chart(empty),
        amounts_chart(empty),
        bands_table(empty, "amounts"),
        bands_table(empty, "ages"),
        dispositions_table(empty),
    ):
        assert isinstance(shown, Markdown)
        assert "has no" in en(shown).text
        assert zh(shown).text.strip()


def test_a_band_or_month_without_a_case_is_nought_and_not_left_out() -> None:
    known = case_data().profile.tables
    some = with_tables(amounts=known["amounts"].iloc[[0]], months=known["months"].iloc[[4]])
    assert len(rows(bands_table(some, "amounts"))) == len(rows(bands_table(case_data(), "amounts")))
    assert rows(bands_table(some, "amounts"))[1][1:] == ("0", "0.00", "0.00")
    chart = months_chart(some)
    assert isinstance(chart, Chart)
    assert "from 0 to" in en(chart).alt


def test_debtors_of_whom_nothing_is_known_to_be_collected_are_left_out() -> None:
    unknown = case_data().profile.tables["debtors"].assign(collected_twd=None)
    assert isinstance(debtors_table(with_tables(debtors=unknown)), Markdown)


# What is counted -----------------------------------------------------------------------------
def test_flow_closes_and_stands_beside_the_year_before() -> None:
    table = en(flow_table(case_data()))
    assert list(table.rows) == [
        ("106 (2017)", "5,612,473", "9,359,813", "—", "7,493,345", "7,478,941"),
        ("107 (2018)", "7,478,941", "10,214,937", "656", "10,030,793", "7,663,741"),
    ]
    assert "656" in table.note
    assert table.evidence == "assumed"  # that no case was reopened in 106


def test_flow_of_an_extract_says_nothing_of_synthetic_cases() -> None:
    table = en(flow_table(case_data(kind="extract")))
    assert table.evidence == "assumed"  # the opening stock of 106, which is not printed
    assert "synthetic" not in table.note
    assert "SHA-256" in table.source


def test_groups_stand_in_the_contracts_order_with_a_total() -> None:
    table = groups_table(case_data(), "branch")
    assert rows(table) == [
        ("Branch A", "9,500,000", "9,730,793", "7,000,000"),
        ("Branch M", "714,937", "300,000", "663,741"),
        ("Total", "10,214,937", "10,030,793", "7,663,741"),
    ]
    assert table.has_total
    assert table.grounds.evidence == "illustration"
    by_category = rows(groups_table(case_data(), "category"), "zh-Hant")
    assert [row[0] for row in by_category] == ["財稅", "罰鍰", "合計"]


def test_shares_of_dispositions_are_of_all_that_was_closed() -> None:
    assert rows(dispositions_table(case_data())) == [
        ("Paid in full", "3,000,000", "29.91"),
        ("Paid in part and certificate issued", "300,000", "2.99"),
        ("Unpaid and certificate issued", "6,730,793", "67.10"),
        ("Total", "10,030,793", "100.00"),
    ]


def test_bands_tell_cases_and_money() -> None:
    amounts = rows(bands_table(case_data(), "amounts"))
    assert amounts[0] == ("1–999", "7,000,000", "68.53", "0.76")
    assert amounts[-2] == ("1,000,000–9,999,999", "14,937", "0.15", "76.34")
    assert amounts[-1] == ("10,000,000+", "0", "0.00", "0.00")
    ages = rows(bands_table(case_data(), "ages"), "zh-Hant")
    assert [row[0] for row in ages] == ["0", "1", "2", "3–4", "5–9", "10+"]


def test_large_debtors_give_the_published_share() -> None:
    assert rows(debtors_table(case_data())) == [
        ("Other obligors", "5,000,000", f"{SMALL:,}", "56.31"),
        ("Large debtors", "1,200", f"{LARGE:,}", "43.69"),
    ]


def test_the_source_says_what_it_is_and_what_it_lacks() -> None:
    made_up = dict(rows(source_table(case_data())))
    assert made_up["Kind of data"] == "Synthetic data (no real case)"
    assert made_up["Optional columns not supplied"] == "none"
    lacking = case_data(kind="extract", absent=OPTIONAL)
    real = dict(rows(source_table(lacking), "zh-Hant"))
    assert real["資料種類"] == "機關提供的案件資料"
    assert real["未提供的選填欄位"] == "、".join(OPTIONAL)
    assert real["SHA-256"].replace("\n", "") == "ab" * 32


# The KPI -------------------------------------------------------------------------------------
def test_the_kpi_is_the_printed_one() -> None:
    table = kpi_table(kpi_data())
    assert rows(table) == [
        ("Nation", "3,286,050", "10,030,793", "7,663,741", "32.76", "42.88", "36.49")
    ]
    assert table.grounds.evidence == "published"
    assert not table.has_total
    assert kpi_table(kpi_data(kind="extract")).grounds.evidence == "extract"


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("branch", ["分署甲", "分署寅", "全國"]),
        ("category", ["財稅", "罰鍰", "全國"]),
        ("tier", ["普案", "特專案", "全國"]),
    ],
)
def test_the_kpi_by_group(by: str, names: list[str]) -> None:
    table = kpi_table(kpi_data(), by)
    found = rows(table, "zh-Hant")
    assert [row[0] for row in found] == names
    values = {row[0]: row[-1] for row in found}
    # E (C + P) / (C² + P²), by hand
    assert values[names[-1]] == "36.49"
    assert sorted(values.values()) == ["34.93", "36.49", "51.96"]
    assert table.has_total
    assert table.grounds.evidence == "illustration"


def test_days_are_not_called_percent() -> None:
    table = kpi_table(kpi_data(kpi="disposition_time"))
    # 365 · 7,663,741 / 10,030,793
    assert rows(table)[0][-1] == "278.9"
    assert "%" not in en(table).columns[-1].heading


def test_the_definition_is_that_of_the_source() -> None:
    table = definition_table(kpi_data())
    assert rows(table) == [
        ("Ordinary", "under NTD 200,000", "0.5"),
        ("Special", "NTD 200,000 to under 1,000,000", "0.6"),
        ("Major", "NTD 1,000,000 or more", "0.75"),
    ]
    assert "107" in en(table).source
    rule = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107).rule
    assert [tier_range(tier).said("zh-Hant") for tier in rule.tiers] == [
        "不滿 200,000 元", "200,000 元以上不滿 1,000,000 元", "1,000,000 元以上",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_register_names_what_is_unsourced(language: Language) -> None:
    found = rows(readings_table(kpi_data()), language)
    marked = [row for row in found if "unsourced" in row[1] or "尚無依據" in row[1]]
    assert len(marked) == 1
    assert len(found) >= 8
    assert all(all(cell.strip() for cell in row) for row in found)


def of_one_definition(text: str, unit: str = "percent", **rule: Any) -> KpiData:
    """Another KPI than the agency's, of one definition since 106."""
    data = with_formula(kpi_data(), text, unit)
    version = replace(data.version, version=106, rule=replace(data.version.rule, **rule))
    definition = replace(data.definition, files=(Path("own.yml"),), versions={106: version})
    return replace(data, definition=definition)


def test_of_another_kpi_only_the_readings_that_bear_on_it_are_shown() -> None:
    """No 36.86 % of 106, no light and no "greater than" where its own definition says which."""
    table = readings_table(of_one_definition("365 * P / C", "day"))
    assert isinstance(table, Table)
    assert [row[0] for row in rows(table)] == ["Do reopened cases count as pending and closed?"]
    assert "left out" in en(table).note
    assert len(rows(readings_table(of_one_definition("I1")))) == 4
    shown = all_said(readings_table(of_one_definition("I1", is_equal_effective=True)))
    assert not re.search("light|achievement|greater than|no ratio passes one", shown)
    assert isinstance(readings_table(of_one_definition("collected_twd", "TWD")), Markdown)


def test_what_is_paid_beyond_is_open_where_a_ratio_reaches_one() -> None:
    data = of_one_definition("I1")
    tiers = tuple(replace(tier, ratio=Fraction(1)) for tier in data.version.rule.tiers)
    question = "Does what is paid beyond the referred amount"
    assert question not in all_said(readings_table(data))
    strict = all_said(readings_table(of_one_definition("I1", tiers=tiers)))
    assert question in strict
    assert "no ratio passes one" not in strict
    assert question not in all_said(
        readings_table(of_one_definition("I1", tiers=tiers, is_equal_effective=True))
    )
    assert question in all_said(readings_table(of_one_definition("closed_paid_twd / C", "TWD")))


def test_a_kpi_of_one_definition_has_one_series_by_it() -> None:
    table = series_table(of_one_definition("I1"))
    assert {row[0] for row in rows(table)} == {"By this definition"}
    assert {row[0] for row in rows(table, "zh-Hant")} == {"依本定義"}
    assert "before 106 the KPI was another" not in en(table).note
    assert "agency" in en(table).note
    assert en(series_table(of_one_definition("365 * P / C", "day"))).note == ""
    assert "before 106 the KPI was another" in en(series_table(kpi_data())).note


def test_growth_is_computed() -> None:
    table = growth_table(kpi_data())
    assert rows(table) == [
        ("New (cases)", "9,359,813", "10,214,937", "+855,124", "+9.14"),
        ("Closed (cases)", "7,493,345", "10,030,793", "+2,537,448", "+33.86"),
        ("Pending (cases)", "7,478,941", "7,663,741", "+184,800", "+2.47"),
        ("Collected (NTD)", "27,591,251,282", "29,998,900,437", "+2,407,649,155", "+8.73"),
    ]
    assert table.grounds.evidence == "published"


def test_growth_with_rows_that_miss_the_printed_totals_is_no_published_figure() -> None:
    data = kpi_data()
    counts = data.counts.assign(closed=data.counts["closed"] // 2)
    assert growth_table(replace(data, counts=counts)).grounds.evidence == "illustration"


# Cells ---------------------------------------------------------------------------------------
def test_bands_have_labels_without_overlap() -> None:
    labels = [en(label) for label in band_labels([1, 1_000, 1_001, 5_000])]
    assert labels == ["1–999", "1,000", "1,001–4,999", "5,000+"]
    assert [en(label) for label in band_labels([0])] == ["0+"]


def test_a_share_of_nothing_is_a_dash() -> None:
    assert said(share(3, 0), "en") == "—"
    assert bare(share(1, 8), 2).said("en") == "12.50"
    assert bare(share(1, 3), 4).said("en") == "33.3333"


def test_years_and_lists_in_both_languages() -> None:
    assert (zh(roc_year(107)), en(roc_year(107))) == ("107 年度", "107 (2018)")
    assert (zh(joined(["a", "b"])), en(joined(["a", "b"]))) == ("a、b", "a, b")


def test_nothing_given_is_changed() -> None:
    data = kpi_data()
    before = data.counts.copy(deep=True)
    groups = data.cases.profile.tables["groups"].copy(deep=True)
    for by in ("branch", "category", "tier"):
        kpi_table(data, by)
    groups_table(data.cases, "branch")
    bands_table(data.cases, "amounts")
    pd.testing.assert_frame_equal(data.counts, before)
    pd.testing.assert_frame_equal(data.cases.profile.tables["groups"], groups)
    assert profile().flow()["opening"] == 7_478_941
