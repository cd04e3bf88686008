"""Worlds as a report shows them: words, numbers, evidence, and what is left out."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown, Several
from closurerate.press.table import Table
from closurerate.quantity import MINUS, signed
from closurerate.records.paths import data_folder, kpi_file
from closurerate.study.settings import read_settings
from closurerate.study.worlds import ensemble_page
from closurerate.study.worlds.assumptions import read_world_settings
from closurerate.study.worlds.drawing import draw_rank_ranges, draw_strips
from closurerate.study.worlds.ensemble_page import Ensemble, open_ensemble, open_worlds
from closurerate.study.worlds.findings_page import leading_finding, variants_finding
from closurerate.study.worlds.page import (
    conclusions_table,
    fixed_box,
    ranges_table,
    world_quantities,
    worlds_finding,
)
from closurerate.study.worlds.spread_page import worlds_chart, worlds_ranks_chart
from closurerate.study.worlds.summary_page import effects_table
from closurerate.study.worlds.worlds import Worlds, make_worlds, write_worlds
from closurerate.synthetic.assumptions import load_assumptions
from closurerate.synthetic.published_totals import panel_of
from threshold_samples import threshold_data
from year_samples import assert_draws, en, kpi_data, plain, said, texts, zh


@cache
def worlds(kpi: str = "effective_closure_rate", count: int = 2) -> Worlds:
    folder = data_folder()
    return make_worlds(
        107,
        read_definition(kpi_file(kpi), kpi_file).in_force(107),
        read_world_settings(folder / "worlds.yml"),
        totals=panel_of(107),
        assumptions=load_assumptions(folder / "synthetic.yml"),
        settings=read_settings(folder / "study.yml"),
        others=[read_definition(kpi_file("effective_share"), kpi_file).in_force(107)],
        count=count,
        fraction=Fraction(1, 1000),
    )


def of_worlds(found: Worlds | None = None) -> Ensemble:
    """An ensemble as a notebook opens it."""
    found = found or worlds()
    return open_ensemble(kpi_data(kpi=found.kpi), found)


# What is not there -------------------------------------------------------------------------------
def test_without_worlds_one_sentence_says_why() -> None:
    data = kpi_data(kind="extract")
    assert worlds_chart(data, None) == Several(())
    assert worlds_ranks_chart(data, None) == Several(())
    assert ranges_table(None) == Several(())
    assert worlds_finding(data, None, zh="{worlds}", en="{worlds}") == Several(())
    real, none = (conclusions_table(kpi_data(kind=kind), None) for kind in ("extract", "synthetic"))
    assert isinstance(real, Markdown)
    assert isinstance(none, Markdown)
    assert "own" in en(real).text
    assert "實際案件" in zh(real).text
    assert "not generated here" in en(none).text
    assert "不是本專案依公布總數產生的" in zh(none).text


def test_real_case_data_open_no_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_worlds(kpi_data(kind="extract")) is None
    monkeypatch.setattr(ensemble_page, "cases_folder", lambda year, source: tmp_path)
    with pytest.raises(InputError, match="run `closurerate worlds` first"):
        open_worlds(kpi_data())


def test_made_up_cases_that_were_taken_in_open_no_worlds() -> None:
    assert open_worlds(replace(kpi_data(), folder="extract")) is None


def test_worlds_of_another_kpi_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble_page, "cases_folder", lambda year, source: tmp_path)
    path = tmp_path / "worlds.effective_closure_rate.json"
    write_worlds(replace(worlds(), kpi="minimum"), path)
    with pytest.raises(InputError, match=r"is of minimum \(107\)"):
        open_worlds(kpi_data())
    write_worlds(worlds(), path)
    assert open_worlds(kpi_data()) == of_worlds()


# What is shown -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "kind"), [("zh-Hant", "synthetic"), ("en", "synthetic"), ("en", "extract")]
)
def test_all_is_said_in_one_language_with_its_evidence(language: str, kind: str) -> None:
    data = kpi_data(kind=kind)
    held = [
        conclusions_table(data, of_worlds()),
        worlds_chart(data, of_worlds()),
        worlds_ranks_chart(data, of_worlds()),
    ]
    for item in held:
        assert item.said(language).evidence == "worlds"
    for item in (*held, ranges_table(of_worlds())):
        text = said(item.said(language))
        assert not re.search(r"\b(nan|None|inf)\b|[{}]", text)
        if language == "en":
            assert not re.search(r"[\u4e00-\u9fff]", text)
        else:
            words = r"\b(Taipei|the|lowers|worlds of|ordinary|points)\b"
            assert not re.search(words, text)


def test_conclusions_tell_where_they_hold_and_what_they_rest_on() -> None:
    table = en(conclusions_table(kpi_data(), of_worlds()))
    assert "2 synthetic years" in table.caption
    assert "1/1,000" in table.note
    assert "no bunching" in fixed_box(of_worlds()).said("en").parts[0]
    # 0.05 ^ (1/2) = 22.36 %.
    assert "holds with 95 % confidence in at least 22.3 % of the years" in plain(table.note)
    rows = [tuple(plain(cell) for cell in row) for row in table.rows]
    by_start = {row[0][:30]: row for row in rows}
    first = by_start["Closing 10 more cases unpaid l"]
    assert first[1:] == ("2 of 2", "−0.0109")
    target = next(row for row in rows if row[0].startswith("The target of 25 %"))
    assert target[1] == "2 of 2"
    assert re.fullmatch(r"\d\d\.\d\d to \d\d\.\d\d %", target[2])
    part = replace(worlds(), fraction="1", size="1/10")
    note = en(conclusions_table(kpi_data(), of_worlds(part))).note
    assert "Each year is 1/10 of the nation, the 10 cases in proportion." in plain(note)
    whole = replace(worlds(), fraction="1", size="1")
    table = en(conclusions_table(kpi_data(), of_worlds(whole)))
    assert [row[1] for row in table.rows].count("2 of 2*") == 1
    assert "* by totals and formula alone" in table.note
    assert "of the nation" not in table.note


def test_the_charts_of_worlds_name_every_threshold_and_branch() -> None:
    chart, ranks = (show(kpi_data(), of_worlds()) for show in (worlds_chart, worlds_ranks_chart))
    assert isinstance(chart, Chart)
    assert isinstance(ranks, Chart)
    found = texts(en(chart))
    for words in ("Ordinary ratio to 0.3", "Change (percentage points)", "8 other moves"):
        assert words in found.replace("\n", " ")
    assert len(en(ranks.alt).split(", ")) == 13
    assert "Rank (1 is best)" in texts(en(ranks))
    # A median would rank the branches, of which nothing is known.
    assert not any("median" in str(column) for column in ranks.data()["columns"])
    letters = [said[0] for said in en(ranks.alt).split("Branch ")[1:]]
    assert letters == list("ABCDEFGHIJKLM")


def test_moves_that_would_stand_at_zero_share_a_row_and_are_kept_as_data() -> None:
    chart = worlds_chart(kpi_data(), of_worlds())
    assert isinstance(chart, Chart)
    found = texts(en(chart)).replace("\n", " ")
    assert "Major boundary" not in found
    changes = [
        change
        for world in worlds().worlds
        for name, ends in world.swings.items()
        if name != "ratio_ordinary"
        for change in ends.values()
    ]
    told = f"{signed(Fraction(min(changes)), 2)} to {signed(Fraction(max(changes)), 2)}"
    assert "8 other moves" in found
    assert told in found
    assert {"+1", "0"} <= set(found.split())  # an axis of changes has signs
    rows = chart.data()["rows"]
    assert len(rows) == 10 * len(worlds().worlds)
    assert "Major boundary to NTD 2,000,000" in {row[0]["en"] for row in rows}


def test_a_kpi_without_effective_cases_has_its_charts() -> None:
    data, found = kpi_data(kpi="disposition_time"), of_worlds(worlds("disposition_time", 1))
    chart = worlds_chart(data, found)
    assert isinstance(chart, Chart)
    assert "Change (days)" in texts(en(chart))
    table = conclusions_table(data, found)
    assert isinstance(table, Table)
    assert "is the most influential" not in said(table)


def test_quantities_of_worlds_can_be_named() -> None:
    shown = world_quantities(kpi_data(), of_worlds())
    assert shown["worlds"].value == 2
    assert 0 < shown["conclusions_in_all"].value <= shown["conclusions"].value
    assert 50 < shown["full_low"].value <= shown["full_high"].value < 100
    assert float(shown["in_all_least"].value) == pytest.approx(22.3607, abs=1e-4)
    assert {quantity.evidence for quantity in shown.values()} == {"worlds"}


def test_the_answer_of_the_year_can_be_named() -> None:
    shown = world_quantities(kpi_data(), of_worlds())
    met = sum(world.full_alone > 25 for world in worlds().worlds)
    assert shown["target_met"].value == met


def test_all_of_the_worlds_are_called_all() -> None:
    def told(full_alone: float, en_text: str) -> str:
        first, *others = worlds().worlds
        changed = (replace(first, full_alone=full_alone), *others)
        found = of_worlds(replace(worlds(), worlds=changed))
        return plain(en(worlds_finding(kpi_data(), found, zh="", en=en_text)).text)

    assert told(30.0, "{target_met_in}") == "all 2 synthetic years"
    assert told(20.0, "{target_met_in}") == "1 of 2 synthetic years"


def test_an_extract_that_contradicts_what_most_worlds_hold_is_marked() -> None:
    def told(base: float) -> str:
        found = replace(worlds(), base=replace(worlds().base, full_share=base))
        table = en(conclusions_table(kpi_data(), of_worlds(found)))
        cell = next(row[1] for row in table.rows if "paid in full" in row[0])
        assert "not in the year of the other tables" in table.note or "†" not in cell
        return plain(cell)

    assert [told(0.9), told(0.4)] == ["2 of 2", "2 of 2†"]


def test_what_rests_on_worlds_is_told_as_its_range() -> None:
    data, spread = threshold_data(), of_worlds()
    item = spread.moved[0].name
    lows = sorted(Fraction(world.swings[item]["low"]) for world in worlds().worlds)
    ends = " to ".join(signed(change, 2) for change in lows)
    told = leading_finding(data, spread, zh="", en="{leading}{leading_in} {leading_low}")
    assert told.evidence == "worlds"
    first = "ordinary ratio (first in all 2 synthetic years)"
    assert plain(en(told).text) == f"{first} {ends} percentage points"
    variant = variants_finding(data, spread, zh="", en="{uniform_2}: {change_uniform_2}")
    low, high = sorted(world.variants["uniform_0.75"] for world in worlds().worlds)
    ends = f"{low:+.2f} to {high:+.2f}".replace("-", MINUS)
    assert plain(en(variant).text) == f"a ratio of 0.75 for all tiers: {ends} percentage points"
    met = worlds_finding(kpi_data(), spread, zh="{target_met_in}", en="{target_met_in}")
    assert plain(en(met).text) == "all 2 synthetic years"
    # Without worlds one made-up year is told with a digit fewer.
    alone = leading_finding(data, None, zh="", en="{leading_low}{leading_in}")
    assert alone.evidence == "illustration"
    assert re.fullmatch(r"\d+\.\d percentage points", plain(en(alone).text))


def test_the_yearly_report_has_one_table_of_what_thresholds_do() -> None:
    data, spread = kpi_data(), of_worlds()
    table = en(effects_table(data, spread))
    rows = {row[:2]: plain(row[2]) for row in table.rows}
    low, high = sorted(world.variants["uniform_0.75"] for world in worlds().worlds)
    uniform = f"{low:+.1f} to {high:+.1f}".replace("-", MINUS)
    assert rows["Threshold of every tier", "0.75"] == uniform
    ends = [
        float(world_quantities(data, spread)[f"full_alone_{end}"].value)
        - float(data.figures["rate"].value)
        for end in ("low", "high")
    ]
    told = f"{ends[0]:+.1f} to {ends[1]:+.1f}".replace("-", MINUS)
    assert rows["Part-paid cases", "none counted"] == told
    moved = [world.swings[spread.moved[0].name]["low"] for world in worlds().worlds]
    assert f"{max(moved):+.1f}" in rows["Ordinary threshold", "0.3"]
    # Whatever hardly moves it shares a row, where each is named.
    shared = (
        "Special threshold (0.4 to 0.8), Major threshold (0.55 to 0.95), "
        "Special tier's lower bound (NTD 100,000 to NTD 400,000), "
        "Major tier's lower bound (NTD 500,000 to NTD 2,000,000)"
    )
    assert rows[shared, "ends of the range"] == "within ±0.1"
    assert "Ordinary 0.5, Special 0.6, Major 0.75" in table.note
    assert table.evidence == "worlds"
    assert effects_table(data, None) == Several(())


def test_the_declared_ranges_are_all_shown() -> None:
    settings = read_world_settings(data_folder() / "worlds.yml")
    table = en(ranges_table(of_worlds()))
    assert len(table.rows) == len(settings.ranges)
    # Both ends of a range have as many decimals; a factor stands beside what it multiplies.
    assert table.rows[0] == (
        "Part payment", "share of the closed", "0.07", "0.04 to 0.10",
    )  # fmt: skip
    assert ("Part payment: by branch", "odds", "0.9 to 1.1", "× 0.7 to 1.4") in table.rows
    # Of a mix of tiers the share above the lowest: traffic debts have none, estate taxes half.
    row = ("Size: special and major cases", "share of the kind", "0.0 to 0.5", "× 0.5 to 2.0")
    assert row in table.rows
    kept = ranges_table(of_worlds()).data()
    assert kept["columns"][-1]["heading"]["en"] == "Reason"
    assert kept["rows"][1][-1]["en"] == "Not published."


# The drawing -------------------------------------------------------------------------------------
DRAWINGS = {
    "strips": (
        pd.DataFrame({"label": ["a"], "text": ["1"], "values": [[0.5, 1.0]]}),
        partial(draw_strips, xlabel="x"),
    ),
    "ranks": (
        pd.DataFrame({"label": ["a"], "best": [1], "worst": [2]}),
        partial(draw_rank_ranges, xlabel="x"),
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_takes_its_axes_and_leaves_its_frame(name: str) -> None:
    assert_draws(*DRAWINGS[name])
