"""The change since the year before as it is shown: what is missing first, then what is there."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib import pyplot

from closurerate.errors import InputError
from closurerate.press.chart import Chart
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.table import Table
from closurerate.press.words import word
from closurerate.quantity import MINUS, Quantity, signed
from closurerate.study.change import page, year_change
from closurerate.study.change.composition import FACTORS
from closurerate.study.change.drawing import draw_waterfall
from closurerate.study.change.inside_page import inside_chart, inside_table, mix_table
from closurerate.study.change.page import (
    change_chart,
    change_finding,
    change_names,
    change_quantities,
    change_table,
)
from closurerate.study.change.worked_page import corners_table, orders_table
from closurerate.study.change.year_change import YearChange, open_change, version_before
from closurerate.year import before
from closurerate.year.before import counts_before
from closurerate.year.kpi_year import KpiData
from own_kpis import own_kpi
from year_samples import counts, en, plain, zh
from year_samples import kpi_data as made_kpi_data

kpi_data = cache(made_kpi_data)  # nothing here changes it, and it takes a while to read
FOREIGN = {"en": r"[\u4e00-\u9fff]", "zh-Hant": r"\b(Effective|Closed|Value|Change|points)\b"}


def change_of(kpi: str = "effective_closure_rate", kind: str = "synthetic") -> YearChange:
    return open_change(kpi_data(kpi=kpi, kind=kind))


def scaled(data: KpiData) -> KpiData:
    return replace(
        data, cases=replace(data.cases, source=replace(data.cases.source, fraction="0.01"))
    )


@pytest.fixture
def both_years(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Rows of the year before: half of this year's, and fewer paid in full."""
    frame = counts()
    for name in ("closed", "effective", "pending", "new"):
        frame[name] = [value // 2 for value in frame[name]]
    is_full = frame["disposition"] == "paid_in_full"
    frame.loc[is_full, ["closed", "effective"]] = 1_000_000
    monkeypatch.setattr(year_change, "counts_before", lambda data: frame)
    return frame


def unescaped(shown: Any) -> str:
    """A sentence in English, as it is read."""
    return plain(en(shown).text).replace("\\", "")


# What is missing -----------------------------------------------------------------------------
def test_without_printed_figures_that_compare_there_is_one_sentence() -> None:
    data = kpi_data()
    unprinted = replace(data, cases=replace(data.cases, published={}))
    reasons = {
        "the case data are not of the nation's size": scaled(data),
        "the counts it needs were not published for 2017": unprinted,
    }
    for reason, given in reasons.items():
        lacking = open_change(given)
        assert change_chart(lacking) == Several(())
        shown = change_table(lacking)
        assert isinstance(shown, Markdown)
        assert f"is not split: {reason}." in unescaped(shown)
        assert "What follows" not in unescaped(shown)
        assert "無法拆解" in zh(shown).text
        for language in LANGUAGES:
            assert not re.search(FOREIGN[language], shown.said(language).text)
    assert open_change(scaled(data)).since_print == []


def test_what_is_not_split_from_print_is_said_to_be_split_on_rows(
    both_years: pd.DataFrame,
) -> None:
    part = open_change(scaled(kpi_data()))
    shown = change_table(part)
    assert isinstance(shown, Markdown)
    assert unescaped(shown).endswith("What follows compares the case data of the two years.")
    assert isinstance(inside_chart(part), Chart)
    other = open_change(scaled(kpi_data(kpi="disposition_time")))
    assert "What follows" not in en(change_table(other)).text


def test_without_rows_of_the_year_before_there_is_one_sentence() -> None:
    shown = inside_table(change_of())
    assert inside_chart(change_of()) == mix_table(change_of()) == Several(())
    assert isinstance(shown, Markdown)
    assert "no case rows of 2017" in en(shown).text
    assert "沒有 106 年度的逐件資料" in zh(shown).text


def test_a_kpi_without_effective_cases_has_no_inside(both_years: pd.DataFrame) -> None:
    change = change_of("disposition_time")
    assert isinstance(inside_table(change), Markdown)
    assert inside_chart(change) == Several(())
    assert isinstance(mix_table(change), Table)


def test_a_mixture_without_a_value_is_a_sentence() -> None:
    frame = kpi_data().counts.copy()
    frame[["closed", "effective"]] = 0
    lacking = open_change(replace(kpi_data(kpi="minimum"), counts=frame))
    assert "a step on the way has no value" in en(change_table(lacking)).text
    assert change_chart(lacking) == Several(())
    assert change_names(lacking) == {}


def test_a_rule_of_its_own_compares_with_no_printed_effective_cases() -> None:
    change = open_change(own_kpi("tiers"))
    assert change.since_print == []
    assert change_names(change) == {}
    shown = change_table(change)
    assert isinstance(shown, Markdown)
    assert "by another rule than the figures printed for 106" in en(shown).text
    assert "不與公布的有效" in zh(shown).text


def test_a_rule_of_its_own_does_not_matter_where_no_effective_cases_are_used() -> None:
    table = en(change_table(open_change(own_kpi("tiers_in_days"))))
    assert [row[0] for row in table.rows][1:3] == ["Closed cases", "Pending cases"]


def test_thresholds_of_two_years_are_a_reason_of_their_own() -> None:
    data = kpi_data(kpi="disposition_time")
    version = data.version
    old = replace(version, version=106, rule=replace(version.rule, is_equal_effective=True))
    definition = replace(data.definition, versions={106: old, 107: replace(version, version=107)})
    shown = change_table(open_change(replace(data, definition=definition)))
    assert "the thresholds differ between the years" in unescaped(shown)


def test_years_of_two_rules_are_not_split_from_printed_figures(monkeypatch) -> None:
    data = kpi_data()
    old = data.definition.versions[106]
    changed = replace(old, rule=replace(old.rule, is_equal_effective=True))
    definition = replace(data.definition, versions={**data.definition.versions, 106: changed})
    other = open_change(replace(data, definition=definition))
    assert other.since_print == []
    monkeypatch.setattr(year_change, "counts_before", lambda _: counts())
    assert other.inside is None
    assert isinstance(inside_table(other), Markdown)


def test_a_kpi_first_defined_this_year_is_compared_on_it() -> None:
    data = kpi_data()
    young = replace(data.definition, versions={107: data.definition.versions[107]})
    assert version_before(replace(data, definition=young)) == data.version
    assert version_before(data).version == 106
    assert version_before(data, "nonlinear").version == 107


# The year before's rows ------------------------------------------------------------------------
def case(number: int, paid: int, year: int = 2017) -> dict[str, object]:
    return {
        "case_id": str(number), "branch": "臺北", "category": "罰鍰",
        "referred_on": date(year - 1, 3, 1), "closed_on": date(year, 5, 1),
        "disposition": "part_returned", "referred_amount_twd": 100, "paid_amount_twd": paid,
    }  # fmt: skip


def test_the_year_before_is_counted_by_this_years_rule(
    case_file, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = kpi_data()
    assert counts_before(data) is None
    monkeypatch.setattr(before, "cases_folder", lambda year, folder: tmp_path / f"{folder}-{year}")
    folder = tmp_path / "none-106"
    folder.mkdir()
    case_file([case(1, 50), case(2, 51)], "none-106/cases.parquet")
    found = counts_before(data)
    assert (found["closed"].sum(), found["effective"].sum()) == (2, 1)
    rule = replace(data.version.rule, is_equal_effective=True)
    equal = replace(data.definition, versions={107: replace(data.version, rule=rule)})
    assert counts_before(replace(data, definition=equal))["effective"].sum() == 2
    case_file([case(1, 51), case(2, 51), case(3, 52)], "none-106/cases.parquet")
    assert counts_before(data)["effective"].sum() == 3


def test_rows_of_another_year_are_an_error(case_file, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(before, "cases_folder", lambda year, folder: tmp_path)
    case_file([case(1, 50, year=2015)])
    with pytest.raises(InputError, match="106"):
        counts_before(kpi_data())


# What is shown ---------------------------------------------------------------------------------
def test_the_split_from_the_printed_figures() -> None:
    table = en(change_table(change_of()))
    assert table.evidence == "assumed"
    assert table.rows == (
        ("Value in 106 (2017), %", "36.86", "36.86"),
        ("Definition", "+1.88", "—"),
        ("Effective cases", "+6.25 to +6.26", "+6.43 to +6.44"),
        ("Closed cases", "−8.33 to −8.32", "−6.44"),
        ("Pending cases", "−0.18", "−0.37"),
        ("Change in all", "−0.38 to −0.37", "−0.38 to −0.37"),
        ("Value in 107 (2018), %", "36.49", "36.49"),
    )
    assert [column.heading.split("\n")[0] for column in table.columns[1:]] == [
        "Published rate of 106 (2017) as E/C", "Published rate of 106 (2017) as I",
    ]  # fmt: skip
    note = plain(table.note)
    assert "Owen" in note
    assert "Shapley" not in note + zh(change_table(change_of())).note
    assert "the published figures differ by −0.37 percentage points" in note
    assert word("note_rounded_ends", "en") in note


def test_the_four_values_stand_before_their_means() -> None:
    table = en(corners_table(change_of()))
    assert table.rows == (
        ("Counts of 106 (2017)", "36.86", "36.89 to 36.90", "+0.04"),
        ("Counts of 107 (2018)", "32.76", "36.49", "+3.73"),
        ("Effect of the counts", "−4.11 to −4.10", "−0.41 to −0.40", "—"),
    )
    assert "Means of two effects: definition +1.88" in plain(table.note)
    assert table.evidence == "assumed"
    assert corners_table(change_of("disposition_time")) == Several(())
    assert corners_table(open_change(scaled(kpi_data()))) == Several(())


def test_all_orders_stand_beside_the_split() -> None:
    table = en(orders_table(change_of()))
    assert table.rows[0] == ("Definition", "+1.88", "+1.74", "−0.50", "+3.99")
    assert table.rows[2][3:] == ("−11.09", "−5.77")
    assert "(all 24, in percentage points)" in table.caption
    days = en(orders_table(change_of("disposition_time")))
    assert "(all 2, in days)" in days.caption
    assert all(row[1] == row[2] for row in days.rows)  # one level is all there is
    assert orders_table(open_change(scaled(kpi_data()))) == Several(())


def test_a_kpi_without_effective_cases_needs_no_reading() -> None:
    table = en(change_table(change_of("disposition_time")))
    assert table.rows == (
        ("Value in 106 (2017), days", "364.3"), ("Closed cases", "−93.3"),
        ("Pending cases", "+7.9"), ("Change in all", "−85.4"),
        ("Value in 107 (2018), days", "278.9"),
    )  # fmt: skip
    assert table.columns[1].heading == "On the counts of 106 (2017)"
    assert table.caption.endswith("(days)")
    assert "range" not in table.note


def test_a_split_of_real_rows_is_a_convention_too() -> None:
    assert change_table(change_of(kind="extract")).grounds.evidence == "assumed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shown_thing_is_in_its_language(language, both_years: pd.DataFrame) -> None:
    for show in (change_table, inside_table, mix_table, change_chart, inside_chart):
        item = show(change_of())
        assert isinstance(item, Table | Chart)
        shown = item.said(language)
        text = plain(shown._repr_mimebundle_()["text/plain"]) + shown.caption + shown.source
        text += shown.note if isinstance(item, Table) else shown.alt
        assert not re.search(FOREIGN[language], text), show
        assert not re.search(r"\b(nan|None)\b|[{}]", text)


def test_inside_the_effective_cases_the_parts_sum_up(both_years: pd.DataFrame) -> None:
    shown, change = change_of(), change_of().inside
    table = en(inside_table(shown))
    assert (table.evidence, table.has_total) == ("illustration", True)
    assert [row[0] for row in table.rows] == [
        "Closings", "Tier mix", "Disposition mix", "Repayment", "Effective cases",
    ]  # fmt: skip
    parts = [float(row[-1].replace(MINUS, "-")) for row in table.rows]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.021)
    assert sum(change.parts.values()) == change.after - change.before
    # Closed cases bring effective ones and divide them: one cause, told with its net.
    closed, caseload = (signed(change.parts[name], 2) for name in ("closed", "caseload"))
    net = signed(change.parts["closed"] + change.parts["caseload"], 2)
    places = {"closed": closed, "caseload": caseload, "net": net, "unit": "percentage points"}
    assert word("split_net_closed", "en", **places) in plain(table.note)
    chart = en(inside_chart(shown))
    assert chart.evidence == "illustration"
    assert "Disposition mix" in chart.alt


def test_the_mix_of_both_years_by_tier(both_years: pd.DataFrame) -> None:
    rows = en(mix_table(change_of())).rows
    assert [row[:2] for row in rows[:2]] == [("Ordinary", "106 (2017)"), ("Ordinary", "107 (2018)")]
    # 3,000,000 of 9,730,793 ordinary closings paid in full; 286,050 of 300,000 major over 0.75.
    assert rows[1][3] == "30.83"
    assert rows[5][2:] == ("2.99", "0.00", "100.00", "95.35")
    assert rows[2][2:] == ("0.00", "—", "—", "—")


def test_the_chart_steps_from_value_to_value() -> None:
    chart = en(change_chart(change_of()))
    assert plain(chart.alt).startswith("Steps: 106 (2017) 36.86, Definition +1.88, Effective cases")
    assert chart.evidence == "assumed"


def test_each_step_begins_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(
        page,
        "draw_waterfall",
        lambda frame, *a, **k: drawn.append(frame) or draw_waterfall(frame, *a, **k),
    )
    en(change_chart(change_of()))
    frame = drawn[-2]  # in English, at full width
    assert frame["start"].tolist()[1:] == pytest.approx(frame["end"].tolist()[:-1], abs=1e-12)
    assert frame["end"].iloc[-1] == pytest.approx(36.4890, abs=1e-4)
    assert frame["kind"].tolist() == ["level", "definition", "gain", "loss", "loss", "level"]


def test_drawing_steps_changes_nothing() -> None:
    frame = pd.DataFrame(
        {
            "label": ["a", "b", "c", "d"], "start": [5.0, 5.0, 7.0, 6.0],
            "end": [5.0, 7.0, 6.0, 6.0], "text": ["5", "+2", "−1", "6"],
            "kind": ["level", "gain", "loss", "level"],
        }
    )  # fmt: skip
    kept = frame.copy()
    _, axes = pyplot.subplots()
    assert draw_waterfall(frame, axes, xlabel="percent") is axes
    pd.testing.assert_frame_equal(frame, kept)
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(5, 2), (7, -1)]
    assert [label.get_text() for label in axes.get_yticklabels()] == list("abcd")
    pyplot.close("all")


def test_of_real_cases_no_share_tells_of_fewer_than_the_least_count(both_years) -> None:
    change = change_of(kind="extract")
    whole = en(mix_table(change))
    assert "withheld" not in str(whole.rows) + whole.note
    frame = change.kpi.counts.copy()
    is_part = frame["disposition"] == "part_certificate"

    def last(closed: int, effective: int, kind: str = "extract") -> tuple[str, ...]:
        frame.loc[is_part, ["closed", "effective"]] = closed, effective
        table = en(mix_table(open_change(replace(kpi_data(kind=kind), counts=frame))))
        assert ("fewer than 10 cases" in table.note) == ("withheld" in str(table.rows))
        return table.rows[-1][2:]

    assert last(9, 0) == ("withheld",) * 4
    assert last(20, 9)[1:] == ("0.00", "100.00", "withheld")
    assert last(20, 11)[3] == "withheld"  # the nine that do not pass would be told
    assert last(20, 10) == ("0.00", "0.00", "100.00", "50.00")
    assert last(20, 20)[3] == "100.00"
    assert "withheld" not in last(9, 1, "synthetic")


# Sentences ---------------------------------------------------------------------------------------
def test_a_sentence_names_the_parts() -> None:
    said = change_finding(
        change_of(),
        zh="有效結案{effective_change}。",
        en="The definition alone: {definition_change}; in all {total_change}; {rate}.",
    )
    assert isinstance(said, Finding)
    assert plain(en(said).text) == (
        "The definition alone: +1.88 percentage points; in all −0.38 to −0.37 percentage points "
        "(−0.37 percentage points as published; −0.41 to −0.40 with both years on the "
        "definition now in force); 36.49 %."
    )
    assert said.evidence == "assumed"
    assert plain(zh(said).text) == "有效結案+6.25 至 +6.26 個百分點。"


def test_a_sentence_names_whatever_parts_there_are() -> None:
    def told(kpi: str = "effective_closure_rate") -> Finding | Markdown:
        return change_finding(
            change_of(kpi),
            zh="變動 {total_change}：{change_parts}。{change_shared}。",
            en="The change of {total_change}: {change_parts}. {change_shared}.",
        )

    assert plain(en(told()).text) == (
        "The change of −0.38 to −0.37 percentage points "
        "(−0.37 percentage points as published; −0.41 to −0.40 with both years on the "
        "definition now in force): definition +1.88, effective "
        "cases +6.25 to +6.26, closed cases −8.33 to −8.32, pending cases −0.18. "
        f"{word('split_shared', 'en')}; {word('split_rounded', 'en')}."
    )
    assert plain(zh(told()).text) == (
        "變動 −0.38 至 −0.37 個百分點（公布值相差 −0.37 個百分點；"
        "兩年都依現行定義則為 −0.41 至 −0.40）："
        "定義變更 +1.88、有效結案件數 +6.25 至 +6.26、終結件數 −8.33 至 −8.32、未結件數 −0.18。"
        f"{word('split_shared', 'zh-Hant')}；{word('split_rounded', 'zh-Hant')}。"
    )
    assert plain(en(told("disposition_time")).text) == (
        "The change of −85.4 days: closed cases −93.3, pending cases +7.9. "
        f"{word('split_shared_counts', 'en')}."
    )
    cleared = en(told("clearance_rate")).text
    assert "new cases" in cleared
    assert "pending" not in cleared


def test_a_sentence_on_what_is_not_there_is_left_out() -> None:
    change = open_change(scaled(kpi_data()))
    assert isinstance(change_finding(change, zh="", en="{definition_change}"), Markdown)
    with pytest.raises(InputError, match="no figure for"):
        kpi_data().say(
            change_quantities(change_of()), zh="", en="{caseload_part}", is_optional=False
        )


def test_quantities_of_the_parts_are_exact(both_years: pd.DataFrame) -> None:
    found = change_quantities(change_of())
    assert found["definition_part_low"] == Quantity(
        found["definition_part_low"].value, "point", 2, "assumed"
    )
    low, high = (found[f"definition_on_before_{end}"].value for end in ("low", "high"))
    assert 0 < low < high < Fraction(1, 20)
    change = change_of().inside
    others = sum(part for name, part in change.parts.items() if name not in FACTORS)
    total = sum(found[f"{name}_part"].value for name in FACTORS)
    assert total == change.after - change.before - others
    assert {found[f"{name}_part"].evidence for name in FACTORS} == {"illustration"}
