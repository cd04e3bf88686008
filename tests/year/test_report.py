"""Case data and KPI as the notebooks use them: figures, sentences, and what each rests on."""

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from closurerate.errors import InputError
from closurerate.press.prose import Finding, Markdown, Notice
from closurerate.quantity import Quantity
from closurerate.records.paths import resolved
from closurerate.year import kpi_page
from closurerate.year.case_year import open_cases, say, synthetic_notice
from closurerate.year.kpi_year import open_kpi
from year_samples import case_data, en, kpi_data, plain, with_formula, zh

FIGURES = {
    "new": Quantity(30, "case"),
    "closed": Quantity(10, "case", 0, "illustration"),
    "rate": Quantity(Fraction(73, 2), "percent", 2, "extract"),
}


# Sentences -----------------------------------------------------------------------------------
def test_a_figure_that_is_not_known_is_an_error_unless_the_sentence_may_go() -> None:
    with pytest.raises(InputError, match=r"no figure for \{clsed\}; did you mean 'closed'"):
        say(FIGURES, zh="{clsed}", en="{clsed} of {closed}")
    gone = say(FIGURES, zh="{new}{other}", en="{new} {other}", is_optional=True)
    assert isinstance(gone, Markdown)
    assert "從略" in zh(gone).text
    assert "left out" in en(gone).text
    assert "10,214,937" not in en(gone).text


def test_an_optional_sentence_with_a_malformed_placeholder_is_still_an_error() -> None:
    with pytest.raises(InputError, match=r"is no figure|unknown step"):
        say(FIGURES, zh="{new.over.closed}", en="{new.over.closed}", is_optional=True)


def test_a_figure_without_a_value_is_not_told_as_if_it_had_one() -> None:
    nothing = {"rate": Quantity(None, "percent", 2)}
    told = say(nothing, zh="{rate}", en="The rate is {rate}.", is_optional=True)
    assert plain(en(told).text) == "The rate is —." or isinstance(told, Markdown)


def test_a_sentence_is_computed_and_carries_its_weakest_evidence() -> None:
    told = say(FIGURES, zh="甲", en="{new}, {new.minus.closed}, {closed.share_of.new}")
    assert isinstance(told, Finding)
    assert plain(en(told).text) == "30 cases, 20 cases, 33.33 %"
    assert told.evidence == "illustration"
    assert say(FIGURES, zh="", en="{new}").evidence == "published"  # type: ignore[union-attr]
    assert say(FIGURES, zh="", en="{new} {rate}").evidence == "extract"  # type: ignore[union-attr]
    weaker = say(FIGURES, zh="", en="{new}", at_best="illustration")
    assert weaker.evidence == "illustration"  # type: ignore[union-attr]
    chinese = say(FIGURES, zh="{new}", en="x", names={"year": "107"})
    assert plain(zh(chinese).text) == "30 件"


# Case data -----------------------------------------------------------------------------------
def test_case_data_that_are_not_there_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "kpi").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        InputError, match=r"107.synthetic.cases\.parquet: .*make 01_cases YEAR=107 CASES=synthetic"
    ):
        open_cases(107)
    with pytest.raises(InputError, match=r"no KPI has the id|there are no case data"):
        open_kpi(107)


def test_auto_takes_the_extract_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "kpi").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert resolved(107, "auto") == "synthetic"
    taken = tmp_path / "data" / "cases" / "107" / "extract" / "cases.parquet"
    taken.parent.mkdir(parents=True)
    taken.touch()
    assert resolved(107, "auto") == "extract"
    assert resolved(106, "auto") == "synthetic"
    assert resolved(107, "synthetic-0.01") == "synthetic-0.01"


def test_the_box_is_there_for_synthetic_data_only() -> None:
    (notice,) = case_data().notice().objects
    assert isinstance(notice, Notice)
    assert notice.text == synthetic_notice(case_data().source)
    assert re.search("Synthetic cases are not real", en(notice).text)
    small = replace(case_data().source, fraction="1/100")
    assert "1/100" in en(synthetic_notice(small))
    assert "1/100" in zh(synthetic_notice(small))
    assert list(case_data(kind="extract").notice().objects) == []


def test_a_synthetic_total_that_meets_the_printed_one_is_published() -> None:
    data = case_data()
    assert data.evidence == "illustration"
    assert data.evidence_of("closed", 10_030_793) == "published"
    assert data.evidence_of("closed", 10_030_792) == "illustration"
    assert data.evidence_of("unheard_of", 1) == "illustration"
    assert case_data(kind="extract").evidence_of("closed", 10_030_793) == "extract"
    assert replace(data, published={}).evidence_of("closed", 10_030_793) == "illustration"


def test_figures_know_the_year_before_and_leave_out_what_is_absent() -> None:
    known = case_data().figures()
    assert known["closed_previous"].value == 7_493_345
    assert known["opening"].value == 7_478_941
    assert known["small_traffic"].value == 9_500_000
    assert known["large_debtors_share_counted"].value == Fraction(
        100 * 13_106_911_307, 29_998_900_437
    )
    # Printed, as the synthetic debtors meet it; not so in an extract.
    assert known["large_debtors_share_counted"].evidence == "published"
    real = case_data(kind="extract").figures()
    assert real["large_debtors_share_counted"].evidence == "extract"
    absent = ("subcategory", "obligor_id", "obligor_kind", "collected_in_year_twd")
    fewer = case_data(absent=absent).figures()
    assert known.keys() - fewer.keys() == {
        "small_traffic", "large_debtors", "large_debtors_share_counted",
    }  # fmt: skip


# The KPI -------------------------------------------------------------------------------------
def test_the_headline_is_the_printed_one() -> None:
    data = kpi_data()
    assert data.evidence == "published"
    assert data.achievement == Quantity(Fraction(100), "percent", 0, "published")
    values = [(plain(value), plain(note)) for _, value, note in en(data.key_figures()).items]
    assert values == [
        ("36.49 %", ""), ("100 %", "target 25 %"),
        ("3,286,050", "cases"), ("10,030,793", "cases"), ("7,663,741", "cases"),
    ]  # fmt: skip
    assert data.key_figures().grounds.evidence == "published"
    assert kpi_data(kind="extract").key_figures().grounds.evidence == "extract"


def test_one_case_more_and_nothing_is_published_any_longer() -> None:
    data = kpi_data()
    counts = data.counts.copy()
    counts.loc[0, "effective"] += 1
    other = replace(data, counts=counts)
    assert other.evidence == "illustration"
    assert other.figures["rate"].evidence == "illustration"
    assert other.figures["closed"].evidence == "published"


def test_the_years_figures_on_each_version() -> None:
    known = kpi_data().figures
    assert known["rate_of_106"].value == Fraction("36.86")
    assert known["rate_on_106"].value == Fraction(328_605_000, 10_030_793)
    assert known["rate_on_107"].value == Fraction(100 * 5_814_512_345_070, 15_934_973_432_393)
    assert known["I1"].value == Fraction(328_605_000, 10_030_793)
    assert known["I2"].value == Fraction(328_605_000, 7_663_741)
    assert known["highest"].evidence == "illustration"


def test_branches_at_the_ends_are_named() -> None:
    told = kpi_data().say(zh="甲", en="{highest_branch} {highest}, {lowest_branch} {lowest}")
    assert isinstance(told, Finding)
    assert plain(en(told).text) == "Branch M 51.96 %, Branch A 34.93 %"
    assert told.evidence == "illustration"


def test_all_branches_that_tie_are_named() -> None:
    """Of three branches two are alike: neither is highest or lowest alone."""
    data = kpi_data(kind="extract")
    assert not kpi_page.branches_finding(kpi_data()).objects
    again = data.counts[data.counts["branch"] == "士林"].assign(branch="宜蘭")
    tied = replace(data, counts=pd.concat([data.counts, again], ignore_index=True))
    (told,) = kpi_page.branches_finding(tied).objects
    assert "Among the branches Yilan, Shilin are highest (51.96 %) and Taipei lowest" in plain(
        en(told).text
    )
    assert "宜蘭、士林最高" in zh(told).text
    (told,) = kpi_page.branches_finding(with_formula(tied, "1 - I1")).objects
    assert "Taipei is highest" in en(told).text
    assert "and Yilan, Shilin lowest" in en(told).text
    (told,) = kpi_page.branches_finding(with_formula(tied, "0.5")).objects
    assert plain(en(told).text) == "All branches have the same value, 50.00 %."


@pytest.mark.parametrize(
    ("formula", "achieved"),
    [
        ("E / C", "the achievement 100 %, capped at 100 %; uncapped it is 131.04 %."),
        ("E / C / 2", "the achievement 65.52 %."),
        ("(E - C) / P", "the achievement 0.00 %."),
    ],
)
def test_the_achievement_without_the_cap_is_said_where_it_is_another(
    formula: str, achieved: str
) -> None:
    told = kpi_page.target_finding(with_formula(kpi_data(), formula))
    assert isinstance(told, Finding)
    assert plain(en(told).text) == f"The target is 25 % and {achieved}"
    assert "-" not in plain(zh(told).text)


def test_a_kpi_without_target_has_no_achievement() -> None:
    assert isinstance(kpi_page.target_finding(kpi_data(kpi="effective_share")), Markdown)
    data = kpi_data(kpi="effective_share")
    assert data.target is None
    assert data.achievement.value is None
    # 3,286,050 / 17,694,534
    assert plain(en(data.key_figures()).items[0][1]) == "18.57 %"


def test_a_kpi_of_another_name_is_not_compared_with_the_printed_rate() -> None:
    data = kpi_data(kpi="effective_share")
    told = data.say(zh="甲", en="{rate_of_106}", is_optional=True)
    assert isinstance(told, Markdown) or "36.86" not in en(told).text
