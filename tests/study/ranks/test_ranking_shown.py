"""Branches against the nation as they are shown: what has no sense first, then what is there."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.press.chart import Chart
from closurerate.press.print.maths import cell_html
from closurerate.press.print.style import chart_style
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table
from closurerate.press.text import said
from closurerate.records.paths import data_folder
from closurerate.study.ranks import formula_ranks, page, robustness_page
from closurerate.study.ranks.drawing import draw_agreement, draw_ranks
from closurerate.study.ranks.formula_ranks import FormulaRanks, open_ranks
from closurerate.study.ranks.page import (
    agreement_chart,
    movers_of,
    ranks_chart,
    ranks_finding,
    shifts_table,
    weights_and_ranks,
)
from closurerate.study.ranks.robustness_page import robustness_table
from closurerate.study.ranks.weights_page import weights_table
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.engine import build_index
from closurerate.study.thresholds.repayments import Repayments
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.year import kpi_year as module
from closurerate.year.kpi_year import KpiData
from year_samples import en, plain, with_formula, zh
from year_samples import kpi_data as made_kpi_data

kpi_data = cache(made_kpi_data)  # nothing here changes it, and it takes a while to read
alternatives = cache(formula_ranks.alternatives)
FOREIGN = {"en": r"[\u4e00-\u9fff]", "zh-Hant": r"\b(Taipei|Branch|Weight|Rank|Formula|mean)\b"}
CASES = [
    ("effective_closure_rate", "en"), ("effective_closure_rate", "zh-Hant"),
    ("clearance_rate", "en"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _definitions_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formula_ranks, "alternatives", alternatives)


def three(data: KpiData) -> KpiData:
    """The same year with a third branch, which closed nothing."""
    rows = data.counts[data.counts["branch"] == "士林"].iloc[[1]]
    lone = rows.assign(branch="花蓮", pending=1_000, new=10)
    return replace(data, counts=pd.concat([data.counts, lone], ignore_index=True))


def thresholds(data: KpiData) -> ThresholdData:
    """An engine on the sample's 300,000 part-paid cases, 286,050 just over three quarters."""
    referred = np.full(300_000, 2_000_000, dtype=np.int64)
    paid = np.where(np.arange(300_000) < 286_050, 1_500_001, 1_400_000).astype(np.int64)
    branch = np.full(300_000, BRANCHES.index("士林"), dtype=np.int8)
    index = build_index(Repayments(branch, referred, paid), data.counts, data.version)
    settings = read_settings(data_folder() / "study.yml")
    few = replace(settings, monte_carlo=replace(settings.monte_carlo, draws=200))
    return ThresholdData(data, index, few)


# What has no sense -----------------------------------------------------------------------------
def test_a_kpi_that_is_no_weighted_sum_is_a_sentence() -> None:
    shown = weights_table(with_formula(kpi_data(), "E / (C - E)"))
    assert isinstance(shown, Markdown)
    assert "not proportional to any single count" in en(shown).text
    assert "加權和" in zh(shown).text
    for language, foreign in FOREIGN.items():
        assert not re.search(foreign, shown.said(language).text)


def test_a_branch_without_a_value_has_dashes_and_spoils_nothing() -> None:
    data = three(kpi_data(kpi="minimum"))
    ranks = open_ranks(data)
    rows = {row[0]: row[1:] for row in en(weights_table(data)).rows}
    assert rows["Branch K"] == ("—", "—", "0.00", "0.0")
    assert ranks.table.loc["花蓮", "minimum"] is pd.NA
    found = {row[0]: row[1:] for row in en(robustness_table(ranks, thresholds(data))).rows}
    assert found["Branch K"][0] == "—"
    assert found["Branch K"][3:] == ("—", "—", "—", "—")
    for chart in (ranks_chart(ranks), agreement_chart(ranks)):
        assert isinstance(chart, Chart)
        assert en(chart).svg


def test_one_branch_alone_has_nothing_to_rank_with() -> None:
    data = kpi_data()
    lone = open_ranks(replace(data, counts=data.counts[data.counts["branch"] == "臺北"]))
    assert set(lone.table.to_numpy().ravel()) == {1}
    assert lone.with_base == {}
    for shown in (ranks_chart(lone), agreement_chart(lone), shifts_table(lone)):
        assert isinstance(shown, Markdown)
        assert "nothing to rank" in en(shown).text
    quantities, names = weights_and_ranks(lone)
    assert quantities["lowest_tau"].value is None
    assert "farthest_formula" not in names


def test_another_rule_needs_the_case_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = replace(kpi_data())
    other = kpi_data(kpi="minimum").definition
    version = other.in_force(107)
    changed = replace(version, rule=replace(version.rule, is_equal_effective=True))
    strict = replace(other, versions={107: changed})
    both = (data.definition, strict)
    monkeypatch.setattr(formula_ranks, "alternatives", lambda year, first: both)
    with pytest.raises(InputError, match="minimum has thresholds of its own"):
        open_ranks(data)
    (tmp_path / "cases.parquet").touch()
    monkeypatch.setattr(module, "cases_folder", lambda year, folder: tmp_path)
    asked = []
    monkeypatch.setattr(module, "count_cases", lambda *given: asked.append(given) or data.counts)
    assert open_ranks(data).table.shape == (2, 2)
    assert open_ranks(data).table.shape == (2, 2)
    assert [given[1:] for given in asked] == [(107, changed.rule)]


# What is shown ---------------------------------------------------------------------------------
def test_the_weights_and_contributions() -> None:
    table = en(weights_table(kpi_data()))
    assert (table.evidence, table.has_total) == ("illustration", True)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["Nation"][0] == rows["Nation"][2] == "36.49"
    # By hand: [(C² + P²) / (C + P)] of Taipei over the nation's.
    closed, pending = 9_730_793, 7_000_000
    nation = Fraction(10_030_793**2 + 7_663_741**2, 10_030_793 + 7_663_741)
    weight = Fraction(closed**2 + pending**2, closed + pending) / nation
    assert rows["Branch A"][1] == f"{float(100 * weight):.2f}"
    contributions = [float(rows[name][2]) for name in ("Branch A", "Branch M")]
    assert sum(contributions) == pytest.approx(36.49, abs=0.011)
    total, effect = rows["Nation"][1], Fraction("36.4890") * (1 - 100 / Fraction(rows["Nation"][1]))
    assert f"weights add up to {total} %." in plain(table.note)
    assert f"is {float(effect):.2f} percentage points" in table.note, "the step is told"


def test_weights_that_sum_to_one_have_no_structure_effect() -> None:
    table = en(weights_table(kpi_data(kpi="effective_share")))
    assert table.rows[-1][2] == "100.00"
    assert "weights add up to 100.00 %." in plain(table.note)
    assert "is 0.00 percentage points" in table.note
    assert "0.00 percentage points" in table.note


def test_the_ranks_by_each_formula() -> None:
    ranks = open_ranks(three(kpi_data()))
    table = ranks.table
    assert list(table.index) == ["臺北", "花蓮", "士林"] or set(table.index) == {
        "臺北",
        "花蓮",
        "士林",
    }
    assert next(iter(table)) == "effective_closure_rate"
    assert table.loc["士林", "effective_closure_rate"] == 1
    # 士林 has 663,741 pending to 300,000 closed: long to wait, though it closes well.
    assert table.loc["士林", "disposition_time"] > table.loc["臺北", "disposition_time"]
    shown = en(shifts_table(ranks)).rows
    rows = {row[0]: row[1:] for row in shown}
    assert [plain(cell) for cell in rows["disposition time"][2:]] == [
        "Branch A: +1",
        "Branch M: −1",
    ]
    assert rows["effective over closed cases"] == ("1.00", "2", "—", "—")
    taus = [float(row[1].replace("−", "-")) for row in shown if row[1] != "—"]
    assert taus == sorted(taus, reverse=True)


def test_the_kpi_is_ranked_by_the_formula_at_hand_and_not_by_its_file() -> None:
    ranks = open_ranks(with_formula(kpi_data(), "P / C")).table["effective_closure_rate"]
    # 士林 has more than twice as many pending as closed, 臺北 fewer; by its file 士林 is first too.
    assert ranks.to_dict() == {"臺北": 2, "士林": 1}
    ranks = open_ranks(with_formula(kpi_data(), "C / P")).table["effective_closure_rate"]
    assert ranks.to_dict() == {"臺北": 1, "士林": 2}


def test_how_firm_a_rank_is() -> None:
    data = kpi_data()
    made = robustness_table(open_ranks(data), thresholds(data))
    assert isinstance(made, Table)
    table = en(replace(made, tells_once=False))
    first, second = table.rows
    assert (first[0], first[1], second[0], second[1]) == ("Branch M", "1", "Branch A", "2")
    # From 0.55 to 0.95 of NTD 2,000,000: over three quarters 286,050 of Shilin's fall out.
    assert first[4] == "1–2"
    # Half of the 200 draws, give or take 7 %: no decimal is carried.
    assert first[5].isdigit()
    assert 0 < int(first[5]) < 100
    assert first[6] == second[7] == "—"
    assert "200 sets of thresholds" in table.note
    again = en(robustness_table(open_ranks(data), thresholds(data)))
    assert again.rows == en(made).rows


@pytest.mark.parametrize(("kpi", "language"), CASES)
def test_every_shown_thing_is_in_its_language(kpi: str, language: str) -> None:
    data = kpi_data(kpi=kpi)
    ranks = open_ranks(data)
    shown = [
        weights_table(data), shifts_table(ranks), ranks_chart(ranks), agreement_chart(ranks),
    ]  # fmt: skip
    if kpi == "effective_closure_rate":
        shown.append(robustness_table(ranks, thresholds(data)))
    for made in shown:
        assert isinstance(made, Table | Chart)
        item = made.said(language)
        assert item.evidence == "illustration"
        text = plain(item._repr_mimebundle_()["text/plain"]) + item.caption + item.source
        text += item.note if isinstance(made, Table) else item.alt
        assert not re.search(FOREIGN[language], text)
        assert not re.search(r"\b(nan|None|NA)\b|[{}]", text)


def test_ranks_that_every_threshold_keeps_have_no_column(monkeypatch) -> None:
    data = kpi_data()
    ranks, moved = open_ranks(data), thresholds(data)
    made = replace(robustness_table(ranks, moved), tells_once=False)
    assert "By thresholds" in [column.heading for column in en(made).columns]
    found = robustness_page.threshold_ranks
    monkeypatch.setattr(
        robustness_page,
        "threshold_ranks",
        lambda *a: found(*a).assign(kept=lambda f: f["scenarios"]),
    )
    table = en(robustness_table(ranks, moved))
    assert "By thresholds" not in [column.heading for column in table.columns]
    assert "200 sets of thresholds" in table.note
    assert "every branch keeps its rank" in table.note


def test_the_names_of_branches_stand_to_the_left() -> None:
    assert [column.align for column in en(shifts_table(four())).columns[-2:]] == ["left", "left"]


def test_of_made_up_branches_only_the_agreement_is_found() -> None:
    (told,) = ranks_finding(four(), zh="名次", en="Ranks of {restless_branch}").objects
    text = plain(en(told).text)
    assert text.startswith("By 1 other formulas the synthetic branches"), "not the KPI"
    assert "Branch A" not in text
    assert told.evidence == "illustration"
    lone = kpi_data().counts
    alone = open_ranks(replace(kpi_data(), counts=lone[lone["branch"] == "臺北"]))
    assert ranks_finding(alone, zh="", en="").objects == []
    extract = replace(four(), kpi=kpi_data(kind="extract"))
    (real,) = ranks_finding(extract, zh="", en="{formulas}").objects
    assert "synthetic" not in en(real).text


def test_real_rows_are_no_illustration() -> None:
    data = kpi_data(kind="extract")
    shown = (weights_table(data), ranks_chart(open_ranks(data)))
    assert {item.grounds.evidence for item in shown} == {"extract"}


def ranks_of(*columns: list[int]) -> FormulaRanks:
    """Ranks of the first branches by formulas called f0 (the KPI), f1, …"""
    table = pd.DataFrame(
        {f"f{place}": column for place, column in enumerate(columns)},
        index=pd.Index(BRANCHES[: len(columns[0])]), dtype="Int64",
    )  # fmt: skip
    return FormulaRanks(kpi_data(), {str(name): str(name) for name in table}, table, frozenset())


def test_a_chart_of_ranks_names_those_that_move_most() -> None:
    alt = plain(en(ranks_chart(open_ranks(three(kpi_data())))).alt)
    assert "synthetic data. The rank of each branch by " in alt
    # Disposition time turns the two about.
    assert alt.endswith("In colour: Branch M from 1 to 2, Branch A from 1 to 2.")


@pytest.mark.parametrize(
    ("columns", "movers", "told"),
    [
        (([1, 2, 3, 4, 5], [1, 2, 5, 3, 4]), [2, 3, 4], "(largest movers in colour)"),
        (([1, 2, 3, 4, 5, 6], [1, 2, 3, 6, 4, 5], [1, 2, 4, 3, 6, 5]), [3], "(largest movers"),
        (([5, 4, 3, 2, 1], [4, 5, 3, 1, 2]), [4, 3, 1, 0], "4 move most; in colour the 3 best"),
        (([1, 2, 3], [1, 2, 3]), [], "The branches' ranks by each formula"),
    ],
)  # fmt: skip
def test_in_colour_are_those_that_the_table_names(
    columns: tuple[list[int], ...], movers: list[int], told: str
) -> None:
    ranks = ranks_of(*columns)
    found = [BRANCHES.index(name) for name in movers_of(ranks)]
    assert found == movers
    chart = en(ranks_chart(ranks))
    assert told in plain(chart.caption)
    named = [plain(said(ranks.kpi.cases.place(BRANCHES[place]), "en")) for place in movers[:3]]
    in_table = " ".join(str(cell) for row in en(shifts_table(ranks)).rows for cell in row)
    letters = set(re.findall(r"\b[A-M]\b", plain(in_table)))
    assert all(f"{name} from" in plain(chart.alt) and name[-1] in letters for name in named)


def test_each_formula_of_the_chart_stands_beside_its_own_ranks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = []
    monkeypatch.setattr(
        page,
        "draw_ranks",
        lambda frame, *a, **k: drawn.append(frame) or draw_ranks(frame, *a, **k),
    )
    ranked = open_ranks(kpi_data())
    en(ranks_chart(ranked))
    frame = drawn[-2]  # in English, at full width
    assert set(frame.columns) == {"A", "M"}, "the letters of made-up branches, which stand level"
    found = {" ".join(label.split()): row.tolist() for label, row in frame.iterrows()}
    names = {en(ranked.names[name]): ranked.table[name].tolist() for name in ranked.table}
    assert found == names
    assert len({tuple(row) for row in names.values()}) == 2


# Drawing -----------------------------------------------------------------------------------------
def test_drawing_ranks_changes_nothing() -> None:
    frame = pd.DataFrame(
        {"a": [1.0, 2.0], "b": [2.0, 1.0], "c": [3.0, float("nan")]}, index=["x", "y"]
    )
    kept = frame.copy()
    _, axes = pyplot.subplots()
    assert draw_ranks(frame, axes, marked=["b"], xlabel="rank", tilt=60) is axes
    pd.testing.assert_frame_equal(frame, kept)
    assert len(axes.lines) == 3
    widths = [line.get_linewidth() for line in axes.lines]
    assert widths[1] > widths[0] == widths[2]
    # A branch is named at either end where it has a rank.
    assert sorted(text.get_text() for text in axes.texts) == ["a", "a", "b", "b", "c"]
    pyplot.close("all")


@pytest.mark.parametrize("tilt", [0, 60])
def test_the_names_of_branches_that_tie_stand_apart(tilt: int) -> None:
    frame = pd.DataFrame(
        {"甲": [2.0, 1.0], "乙": [2.0, 2.0], "丙": [2.0, 2.0], "丁": [1.0, 4.0]}, index=["f", "g"]
    )
    with chart_style("zh-Hant"):
        figure, axes = pyplot.subplots(figsize=(6, 1.7))
        draw_ranks(frame, axes, marked=["乙"], xlabel="rank", tilt=tilt)
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in axes.texts]
        assert min(box.y0 for box in boxes) >= axes.bbox.y0 - 1, "no rank below is written over"
        pyplot.close(figure)
    assert len(boxes) == 8
    centres = [((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) for box in boxes]
    assert all(np.hypot(a[0] - b[0], a[1] - b[1]) > 8 for a, b in combinations(centres, 2))


def test_long_names_of_branches_stand_on_no_rank_below() -> None:
    names = ("New Taipei", "Kaohsiung", "Changhua")
    frame = pd.DataFrame({name: [float(at)] * 12 for at, name in enumerate(names, start=1)})
    with chart_style("en"):
        figure, axes = pyplot.subplots(figsize=(6.3, 3.1))
        draw_ranks(frame, axes, marked=["Kaohsiung"], xlabel="rank", tilt=60)
        figure.draw_without_rendering()
        boxes = [text.get_window_extent() for text in axes.texts]
        pyplot.close(figure)
    assert min(box.y0 for box in boxes) >= axes.bbox.y0
    assert max(box.y1 for box in boxes) <= axes.bbox.y1


def test_drawing_agreement_shows_each_pair_once() -> None:
    frame = pd.DataFrame([[1.0, 0.5, np.nan], [0.5, 1.0, -0.2], [np.nan, -0.2, 1.0]])
    _, axes = pyplot.subplots()
    assert draw_agreement(frame, axes, labels=["x", "y", "z"]) is axes
    assert len(axes.patches) == 3
    assert {"0.50", "−0.20", "–"} <= {text.get_text() for text in axes.texts}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1. x", "2. y", "3. z"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2"]
    pyplot.close("all")


# Sentences ---------------------------------------------------------------------------------------
def test_a_sentence_names_weights_and_ranks() -> None:
    def said(data: KpiData, text: str) -> Finding | Markdown:
        return data.say(*weights_and_ranks(open_ranks(data)), zh="", en=text)

    told = said(
        with_formula(three(kpi_data()), "E * P / C"),
        "{formulas} formulas, {largest_shift} places, τ from {lowest_tau}: {restless_branch}.",
    )
    assert isinstance(told, Finding)
    # Hualien closed nothing and has no value by this formula; the other two change places.
    assert plain(en(told).text) == "3 formulas, 1 places, τ from −1.00: Branch A."
    assert told.evidence == "illustration"
    told = said(
        three(kpi_data()),
        "Weights of {weights_total}, {structure_effect} of structure; {farthest_formula}.",
    )
    assert isinstance(told, Finding)
    assert plain(en(told).text).startswith(
        "Weights of 101 %, 0.53 percentage points of structure; "
    )


# What findings rest on ---------------------------------------------------------------------------
def ranked() -> FormulaRanks:
    """Three branches: a clone, one that counts no effective cases, one that turns two about."""
    table = pd.DataFrame(
        {
            "own": [1, 2, 3], "twin": [1, 2, 3], "speed": [3, 2, 1], "other": [2, 1, 3],
            "speed too": [3, 2, 1],
        },
        index=pd.Index(["臺北", "士林", "花蓮"], name="group"), dtype="Int64",
    )  # fmt: skip
    names = {name: name.capitalize() for name in table}
    return FormulaRanks(kpi_data(), names, table, frozenset({"speed", "speed too"}))


def test_findings_rest_on_formulas_that_count_effective_cases_each_ranking_once() -> None:
    made = ranked()
    assert made.clones == {"twin": "own"}
    assert made.independent == ["own", "other"]
    assert made.spread["worst"].tolist() == [2, 2, 3]
    found, names = weights_and_ranks(made)
    asked = ("formulas", "others", "largest_shift", "steady_branches")
    shown = {name: found[name].value for name in asked}
    assert shown == {"formulas": 2, "others": 1, "largest_shift": 1, "steady_branches": 1}
    assert found["lowest_tau"].value == Fraction(1, 3)
    assert said(names["farthest_formula"], "en") == "Other"


def test_the_table_names_what_no_finding_rests_on_and_every_tie() -> None:
    table = shifts_table(ranked())
    told = "leave out Speed, Speed too, which count no effective cases"
    assert told in en(table).note
    assert "Speed、Speed too" in zh(table).note
    assert "KPI's own: 1 remain" in en(table).note
    assert "與本指標排名相同者不計，共 1 個" in zh(table).note
    gain, loss = (plain(cell) for cell in en(shifts_table(four())).rows[0][3:])
    assert (gain, loss) == ("Branch M, L: +1", "Branch A, K: −1")
    assert "<math" not in cell_html(gain + loss), "letters of branches are no variables"
    gain, loss = (plain(cell) for cell in zh(shifts_table(four())).rows[0][3:])
    assert (gain, loss) == ("分署寅、丑：+1", "分署甲、子：−1")


def four() -> FormulaRanks:
    """Two pairs of branches that change places."""
    table = pd.DataFrame(
        {"own": [1, 2, 3, 4], "other": [2, 1, 4, 3]},
        index=pd.Index(["臺北", "士林", "花蓮", "宜蘭"], name="group"), dtype="Int64",
    )  # fmt: skip
    return FormulaRanks(kpi_data(), {"own": "Own", "other": "Other"}, table, frozenset())


def test_that_ranks_are_kept_on_synthetic_rows_is_said_to_follow_from_them() -> None:
    for kind, is_said in (("synthetic", True), ("extract", False)):
        data = kpi_data(kind=kind)
        note = en(robustness_table(open_ranks(data), thresholds(data))).note
        assert ("share one distribution of repayment" in note) == is_said
