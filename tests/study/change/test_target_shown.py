"""What the target needed and how demanding it was, as it is shown: what is missing first."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from closurerate.press.prose import Markdown, Several
from closurerate.records.feasible import Interval
from closurerate.study.change.target_page import (
    demand,
    demand_finding,
    demand_table,
    needed_table,
    target_years,
)
from closurerate.year.kpi_year import KpiData
from own_kpis import own_kpi
from year_samples import en, kpi_data, plain, said, zh

TABLES = {"needed": needed_table, "demand": demand_table}
OTHER_RULE = {"en": "by another rule than", "zh-Hant": "所依者不同"}


# What is missing ------------------------------------------------------------------------------
def test_a_kpi_without_a_target_says_so_once() -> None:
    assert said(demand_table(kpi_data(kpi="harmonic_mean"))) == ""
    shown = needed_table(kpi_data(kpi="harmonic_mean"))
    assert isinstance(shown, Markdown)
    assert "has no target for 2018 to compare with" in en(shown).text
    assert "沒有可供比較的目標" in zh(shown).text


def test_without_the_year_before_there_is_no_demand() -> None:
    data = kpi_data()
    alone = replace(data, cases=replace(data.cases, published={107: data.cases.published[107]}))
    assert demand(alone, "nonlinear") is None
    assert en(demand_table(alone)).text == (
        "No published counts of 2017 compare with the target of the effective closure rate."
    )
    assert [item.year for item in target_years(alone)] == [107]


@pytest.mark.parametrize("language", OTHER_RULE)
def test_a_rule_of_its_own_has_no_demand(language) -> None:
    told, data = OTHER_RULE[language], own_kpi("tiers")
    assert told in demand_table(data).said(language).text
    assert demand(data, "nonlinear") is None
    assert [item.year for item in target_years(data)] == [107]
    assert told in needed_table(data).said(language).note
    assert told not in needed_table(kpi_data()).said(language).note
    days = own_kpi("tiers_in_days")
    for table in (demand_table(days).said(language), needed_table(days).said(language)):
        assert table.rows[0][4] == "—"
        assert told in table.note
    assert demand_table(days).said(language).rows[0][2] == "364.3"


# What is shown --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "kpi",
    ["effective_closure_rate", "effective_over_closed", "effective_share", "harmonic_mean",
     "geometric_mean", "minimum", "disposition_time", "clearance_rate", "contraharmonic_mean"],
)  # fmt: skip
def test_all_is_told_of_every_kpi_in_both_languages(kpi: str, name: str) -> None:
    """No glyph missing and no table too wide: a Table refuses it when it is said."""

    def text(shown: Any) -> str:
        return shown.text if hasattr(shown, "text") else str((shown.caption, shown.rows))

    shown = TABLES[name](kpi_data(kpi=kpi))
    if isinstance(shown, Several):
        return
    for told in (text(en(shown)), text(zh(shown))):
        assert not re.search(r"\b(nan|None|oo|zoo|sqrt)\b|\*\*|[{}]", told)
    assert not re.search(r"[\u4e00-\u9fff]", text(en(shown)))


def test_what_the_target_needed() -> None:
    table = en(needed_table(kpi_data()))
    found = table.rows
    assert [row[0] for row in found] == ["106 (2017)", "106 (2017)", "107 (2018)"]
    assert found[-1][2:] == ("2,251,398 (2,250,948)", "3,286,050", "+1,034,652")
    assert found[0][1] == "E/C (adopted reading)"
    assert found[0][2:] == (
        "1,835,870 (1,835,495)", "2,761,673 to 2,762,421", "+925,803 to +926,551",
    )  # fmt: skip
    assert table.evidence == "assumed"
    check = target_years(kpi_data())[-1].check
    assert (check.need.effective, check.surplus) == (2_251_398, Interval(1_034_652, 1_034_652))


def test_heads_of_the_target_say_which_year() -> None:
    heads = [plain(column.heading) for column in zh(demand_table(kpi_data())).columns]
    assert heads[2].startswith("106 年度的值")
    assert all(head.count("\n") < 2 for head in heads), "no head of three lines"
    assert "107 年度的目標值與106 年度的值" in plain(zh(demand_table(kpi_data())).caption)
    assert "(" not in "".join(heads)
    assert "（2,250,948）" in zh(needed_table(kpi_data())).rows[-1][2]


def test_a_sentence_tells_the_target() -> None:
    def told(data: KpiData) -> Any:
        return demand_finding(data, zh="{needed}", en="{needed} for {target}, {surplus}; {gap}")

    shown = en(told(kpi_data()))
    assert plain(shown.text) == (
        "2,251,398 cases for 25 %, 1,034,652 cases fewer; −11.90 to −11.89 percentage points"
    )
    assert shown.evidence == "assumed"
    assert told(kpi_data(kpi="harmonic_mean")) == Several(())


def test_the_target_against_the_year_before() -> None:
    adopted, other = en(demand_table(kpi_data())).rows
    assert adopted == (
        "adopted reading", "25.00", "36.89 to 36.90", "−11.90 to −11.89",
        "−511,023 to −510,275",
    )  # fmt: skip
    assert other[2:4] == ("36.86", "−11.86")
    found = demand(kpi_data(), "effective_over_closed")
    assert found is not None
    assert found.more == Interval(-511_023, -510_275)
    days = kpi_data(kpi="disposition_time")
    assert (target_years(days), demand(days, "effective_over_closed")) == ((), None)
    assert kpi_data().definition.target(107) == 25


def test_where_the_year_before_is_printed_there_is_nothing_to_read() -> None:
    data = kpi_data()
    cases = replace(data.cases, year=108, published={107: data.cases.published[107]})
    definition = replace(data.definition, targets={107: Fraction(25), 108: Fraction(30)})
    data = replace(data, cases=cases, author=None, definition=definition)
    assert [(item.year, item.reading) for item in target_years(data)] == [(107, ""), (108, "")]
    found = en(needed_table(data)).rows
    assert found[0][:2] == ("107 (2018)", "Non-linear combination I")
    assert found[0][2:] == ("2,251,398 (2,250,948)", "3,286,050", "+1,034,652")
    (row,) = en(demand_table(data)).rows
    assert row[0] == "On the counts of 107 (2018)"


def test_a_target_in_days_is_met_from_above() -> None:
    data = own_kpi("days")
    found = en(needed_table(data)).rows[-1]
    assert found[2:5] == ("3,108,073 (3,107,901)", "3,286,050", "+177,977")
    table = demand_table(data)
    assert "Less of this KPI is better" in en(table).note
    assert "以少為佳" in zh(table).note
    assert en(table).rows[0][1:4] == ("900.00", "988.2 to 988.5", "−88.5 to −88.2")
