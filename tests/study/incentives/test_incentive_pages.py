"""The pages on incentives: words, numbers and evidence of each; drawing changes nothing."""

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest
import sympy
from matplotlib import pyplot

from closurerate.kpi.combination import C, E, P
from closurerate.press.print.maths import cell_html, cell_typst
from closurerate.press.print.prose import PrintedFinding, PrintedMarkdown
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedTable
from closurerate.quantity import UNDEFINED
from closurerate.study.alternatives import Alternatives
from closurerate.study.alternatives_page import open_alternatives
from closurerate.study.incentives import drawing
from closurerate.study.incentives.action_signs import sign_line
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.inequalities import inequalities
from closurerate.study.incentives.page import (
    _shown,
    branch_effects_table,
    closing_chart,
    incentive_finding,
    incentive_quantities,
    national_effects_table,
)
from closurerate.study.incentives.page_notes import decimals_for, effect_evidence, used_evidence
from closurerate.study.incentives.turning_page import cheapest_table, signs_table
from closurerate.study.incentives.unpaid_page import unpaid_chart, unpaid_table
from year_samples import en, kpi_data, plain, said, texts, with_formula, zh

LANGUAGES = ("zh-Hant", "en")


def by_all(data):
    """Return the table of all formulas, as a notebook asks for it."""
    return unpaid_table(data, open_alternatives(data))


def whole(table):
    """Return a table with the columns that say the same in every row."""
    columns, rows = table.kept
    return replace(table, tells_once=False, columns=columns, rows=rows)


def alone(data):
    """Return the table of all formulas with the year's own alone."""
    return en(unpaid_table(data, Alternatives((data.definition,), ())))


TABLES = {
    "effects": national_effects_table, "branches": branch_effects_table, "signs": signs_table,
    "cheapest": cheapest_table, "unpaid": by_all,
}  # fmt: skip
CHARTS = {"closing": closing_chart, "curve": unpaid_chart}
KPIS = ("effective_closure_rate", "minimum", "geometric_mean", "disposition_time", "clearance_rate",
        "effective_share")  # fmt: skip


@cache
def shown(name: str, language: str = "en", kpi: str = KPIS[0], kind: str = "synthetic"):
    data = kpi_data(kpi=kpi, kind=kind)
    return (TABLES | CHARTS)[name](data).said(language)


def row(table: PrintedTable, head: str) -> tuple[str, ...]:
    return next(cells for cells in table.rows if cells[0] == head)


# What has no sense ----------------------------------------------------------------------------
def test_without_level_lines_there_is_a_sentence():
    for language, word in (("zh-Hant", "無法在這個平面"), ("en", "no level lines in their plane")):
        found = shown("curve", language, "clearance_rate")
        assert isinstance(found, PrintedMarkdown)
        assert word in found.text


def test_branches_without_cases_are_left_out_and_without_any_there_is_a_sentence():
    data = kpi_data()
    counts = data.counts.copy()
    counts.loc[counts["branch"] == "士林", ["closed", "pending", "effective"]] = 0
    chart = closing_chart(replace(data, counts=counts))
    assert "Branch M" not in said(chart)
    assert "Branch A" in said(chart)
    counts[["closed", "pending", "effective"]] = 0
    empty = replace(data, counts=counts)
    assert isinstance(en(closing_chart(empty)), PrintedMarkdown)
    assert isinstance(en(unpaid_chart(empty)), PrintedMarkdown)
    effects = en(national_effects_table(empty))
    assert row(effects, "Close a pending case unpaid")[2] == UNDEFINED
    assert {cells[2:] for cells in en(whole(cheapest_table(empty))).rows} == {
        ("none", "", "none", "", "none")
    }


@pytest.mark.parametrize(
    ("text", "unit"),
    [("sqrt(I1) + I2", "ratio"), ("collected_twd / C", "TWD"), 
     ("max(I1, sqrt(I2), 1/2)", "percent"), ("1/2", "percent")],
)  # fmt: skip
def test_a_kpi_of_ones_own_is_shown_like_any_other(text, unit):
    """Sums of roots, money that nobody has told, another unit, no count at all."""
    data = with_formula(kpi_data(), text, unit)
    found = {name: said(show(data)) for name, show in (TABLES | CHARTS).items()}
    for name, words in found.items():
        assert not re.search(r"\b(nan|None|inf)\b", words), name
    assert ("search" in found["cheapest"]) == (text == "sqrt(I1) + I2")


# What is said ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kpi", "language"),
    [*zip(KPIS, LANGUAGES * 3, strict=True), ("effective_closure_rate", "en")],
)
def test_all_is_said_in_one_language(kpi, language):
    for name in (*TABLES, *CHARTS):
        text = said(shown(name, language, kpi))
        assert not re.search(r"\b(nan|None|inf)\b|[{}]", text), name
        foreign = r"[\u4e00-\u9fff]" if language == "en" else r"\b(Taipei|Nation|points|rewards)\b"
        assert not re.search(foreign, text), name


@pytest.mark.parametrize(
    ("name", "made_up", "real"),
    [
        ("effects", "published", "extract"),
        ("branches", "illustration", "extract"),
        ("signs", "derived", "derived"),
        ("cheapest", "illustration", "extract"),
        ("unpaid", "published", "extract"),
        ("closing", "illustration", "extract"),
        ("curve", "illustration", "extract"),
    ],
)
def test_each_names_its_evidence(name, made_up, real):
    assert shown(name).evidence == made_up
    found = shown(name, kind="extract")
    assert found.evidence == real
    assert "ynthetic" not in said(found)


def test_evidence_follows_the_counts_that_a_kpi_uses():
    assert used_evidence(kpi_data(kpi="clearance_rate")) == "published"
    counts = kpi_data().counts.copy()
    counts.loc[0, "new"] += 1
    moved = kpi_data(kpi="clearance_rate")
    assert used_evidence(replace(moved, counts=counts)) == "illustration"
    assert used_evidence(replace(kpi_data(), counts=counts)) == "published"
    assert used_evidence(with_formula(kpi_data(), "collected_twd / C", "TWD")) == "published"
    assert used_evidence(with_formula(kpi_data(), "closed_paid_twd / C", "TWD")) == "illustration"


def test_the_value_of_another_kpi_is_no_published_figure():
    assert effect_evidence(kpi_data()) == "published"
    assert effect_evidence(kpi_data(kpi="clearance_rate")) == "illustration"
    assert effect_evidence(kpi_data(kpi="clearance_rate", kind="extract")) == "extract"


def test_effects_of_the_nation():
    table = shown("effects")
    assert row(table, "Close a pending case as effective") == (
        "Close a pending case as effective", "E +1, C +1, P −1", "+0.100", "yes", "rewards",
    )  # fmt: skip
    assert row(table, "Refer a case and close it as effective")[1] == "E +1, C +1, N +1"
    assert "N new" in table.note
    unpaid = row(table, "Close a pending case unpaid")
    assert unpaid[2:] == ("−0.011", "no", "penalises")
    kept = national_effects_table(kpi_data()).data()
    once = [en(column.heading) for column in national_effects_table(kpi_data()).kept[0]]
    assert once[2:4] == ["× 1", "× 10,000"], "what is done once is kept as data"
    assert len(kept["columns"]) == len(table.columns) + 1
    left = row(table, "Leave a non-effective closure pending")
    assert plain(left[-1]) == "† rewards"
    assert row(table, "Refer a case that stays pending")[3] == "not its choice"
    days = row(shown("effects", kpi="disposition_time"), "Close a pending case unpaid")
    assert plain(days[-1]) == "† rewards"
    assert days[2].startswith("−0.6")


def test_effects_by_branch_end_with_the_nation():
    table = shown("branches")
    assert [cells[0] for cells in table.rows] == ["Branch A", "Branch M", "Nation"]
    # Shilin has more pending than closed cases: there, to close unpaid is rewarded.
    assert plain(row(table, "Branch M")[2]).startswith("† +")
    assert "†" not in row(table, "Branch A")[2]
    # As often as every branch can, to two decimals, or the first digit of what is less.
    assert "for 1,000 cases" in table.caption
    cells = [cell for line in table.rows for cell in line[1:]]
    others = [cell for cell in cells if len(cell.partition(".")[2]) != 2]
    assert all(re.search(r"[+−]0\.00\d+$", cell) for cell in others), others
    assert not [cell for cell in cells if cell.endswith("0.00")]
    assert "nation's row is computed from published figures" in table.note


def test_the_lines_are_inequalities_of_counts():
    table = shown("signs")
    assert row(table, "Close a pending case as effective")[1:] == ("C² + P² > 2 E (C − P + 1)",)
    assert row(table, "Close a pending case unpaid")[1:] == ("P > C + 1",)
    assert row(table, "Collect enough to make a closure effective")[1:] == ("everywhere",)
    assert "With the inequality reversed the KPI falls" in table.note
    assert "neither column" in shown("signs", kpi="effective_share").note
    alike = row(shown("signs", kpi="effective_share"), "Close a pending case unpaid")
    assert alike[1:] == (UNDEFINED, UNDEFINED)
    ones = row(shown("signs", "zh-Hant", "clearance_rate"), "未結案件發憑證後再移送")
    assert ones[1:] == ("C < 新收", "C > 新收")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_inequality_is_set_as_one_formula(language):
    cells = [
        cell
        for line in shown("signs", language).rows
        for cell in line[1:]
        if re.search("[<>]", cell)
    ]
    assert len(cells) > 12
    for cell in cells:
        alone = re.fullmatch(r"<math[^>]*>(.*)</math>", cell_html(cell))
        assert alone, cell
        assert "<math" not in alone[1]
        assert set(re.findall(r"<mi[^>]*>(.*?)</mi>", alone[1])) <= set("ECP")
        assert re.fullmatch(
            r'\[#(box\()?math\.equation\(alt: "[^"]*", \$[^$]*\$\)+;\]', cell_typst(cell)
        )


def test_a_shortened_inequality_says_the_same():
    """Read back, the difference of its sides is the condition times a number over 0."""
    letters = dict(zip("ECP", (E, C, P), strict=True))
    version = kpi_data().version
    conditions = [
        condition
        for action in actions().values()
        for region in sign_line(version, action).regions
        for condition in region.conditions
    ]
    assert len(conditions) > 20
    for condition in conditions:
        text = en(inequalities((condition,))).replace("−", "-").replace("²", "**2")
        left, right = (
            sympy.sympify(re.sub(r"(?<![-+]) (?![-+])", "*", side), locals=letters)
            for side in re.split(" [<>] ", text)
        )
        over = left - right if ">" in text else right - left
        factor = sympy.cancel(over / condition)
        assert factor.is_number, text
        assert factor > 0, text


def test_the_cheapest_point_by_branch():
    table = en(whole(cheapest_table(kpi_data())))
    nation = row(table, "Nation")
    assert nation[2:4] == ("Collect enough to make a closure effective", "90,056")
    assert nation[4:] == ("Split an effective closure in two", "117,747", "what helps")
    assert "search" not in table.note
    assert "not known" not in table.note
    both = en(whole(cheapest_table(kpi_data(kpi="disposition_time"))))
    assert {plain(cells[-1]) for cells in both.rows} == {"† both"}


def test_what_is_cheapest_in_every_branch_stands_once_in_the_note():
    table = shown("cheapest")
    assert [plain(column.heading) for column in table.columns] == [
        "Branch", "Effective closure rate (%)", "What helps to collect", "Cases, what helps",
        "Cases, † what does not",
    ]  # fmt: skip
    assert row(table, "Nation")[2:] == (
        "Collect enough to make a closure effective",
        "90,056",
        "117,747",
    )
    assert "† What does not: Split an effective closure in two in every row" in plain(table.note)
    alike = kpi_data().counts.query("branch == branch.iloc[0]")
    same = en(cheapest_table(replace(kpi_data(), counts=alike)))
    assert len(same.columns) == 4
    assert "In every row “Collect enough to make a closure effective” and “Split" in same.note
    assert "exact" not in table.note, "of made-up branches no number is"
    assert "nation's row is computed from published figures" in table.note


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cheapest_ways_fit_a_page_whatever_gains(language):
    """In a small extract nearly every action gains a point somewhere."""
    data = kpi_data(kind="extract")
    counts = data.counts.copy()
    names = ["new", "reopened", "closed", "effective", "pending"]
    counts[names] = counts[names] // 1000
    for text in ("I1", "E / (C + P)", "(I1 + I2) / new", "C / new + E / P"):
        table = whole(cheapest_table(with_formula(replace(data, counts=counts), text)))
        table = table.said(language)
        assert len(table.columns) == 7


# What is not known ----------------------------------------------------------------------------
MONEY = "closed_paid_twd / closed_referred_twd"


def with_money(language: str = "en"):
    data = kpi_data()
    counts = data.counts.assign(closed_referred_twd=100, closed_paid_twd=40)
    return with_formula(replace(data, counts=counts), MONEY)


def test_an_unknown_effect_is_neither_neutral_nor_none():
    data = with_money()
    effects = en(national_effects_table(data))
    closing = row(effects, "Close a pending case unpaid")
    assert closing[2:] == (UNDEFINED, "no", UNDEFINED)
    assert row(effects, "Split a pending case in two")[-1] == "neutral"
    why = "—: not known, as the KPI uses an amount that the action does not determine."
    for show in (national_effects_table, branch_effects_table, cheapest_table):
        assert why in en(show(data)).note, show
        assert "—: not known" not in en(show(kpi_data())).note, show
    assert "uses an amount that closing a case does not tell" in en(closing_chart(data)).text
    signs = en(signs_table(data))
    assert row(signs, "Close a pending case unpaid")[1:] == ("?", "?")
    assert row(signs, "Split a pending case in two")[1:] == (UNDEFINED, UNDEFINED)
    assert "?: not known, as the KPI uses an amount" in signs.note
    assert "?" not in said(signs_table(kpi_data()))
    unknown = (UNDEFINED,) * 3
    assert row(en(whole(cheapest_table(data))), "Nation")[2:] == (*unknown, UNDEFINED, UNDEFINED)
    assert "「—」：不明，因指標用到這種作法未說明的金額。" in zh(national_effects_table(data)).note


def test_of_three_pieces_only_what_stays_in_one_is_decided():
    data = kpi_data()
    own = with_formula(data, "max(I1, min(0.3, I2))")
    for told, one in ((False, data), (True, own)):
        for table in (en(signs_table(one)), alone(one)):
            assert ("only cases that leave it in the same piece" in table.note) is told


def test_without_a_value_nothing_is_known():
    data = with_formula(kpi_data(), "E / (C - C)")
    assert "?: not known, as the KPI has no value." in en(signs_table(data)).note
    cheapest = en(cheapest_table(data))
    assert "—: not known, as the KPI has no value." in cheapest.note
    assert row(cheapest, "Nation")[-1] == UNDEFINED


def test_what_there_are_too_few_cases_for_is_told():
    note = en(branch_effects_table(kpi_data(), times=10**6)).note
    assert "—: not possible, as there are not that many cases." in note


def test_a_figure_of_what_is_not_known_is_none():
    figures = incentive_quantities(with_money())
    assert figures["unpaid_best"].value is None
    assert figures["close_unpaid_effect"].value is None


def test_the_formulas_side_by_side_tell_an_unknown_effect():
    table = alone(with_money())
    assert table.rows[0][1:] == ("?", "?", "?", UNDEFINED, UNDEFINED)
    assert "? and — in the last two columns: not known, as the KPI uses an amount" in table.note


def test_a_formula_of_another_rule_keeps_its_verdict_without_its_amount():
    data = kpi_data()
    rule = replace(data.version.rule, is_equal_effective=True)
    assert rule != data.version.rule
    versions = {**data.definition.versions, 107: replace(data.version, rule=rule)}
    own = replace(data, definition=replace(data.definition, versions=versions))
    # The others, and the printed one beside them, are counted by the rule in force.
    table = en(unpaid_table(own, open_alternatives(data)))
    assert row(table, "effective closure rate")[4:] == ("penalises", UNDEFINED)
    assert row(table, "harmonic mean of I1 and I2")[4:] == ("neutral", UNDEFINED)
    assert plain(row(table, "disposition time")[-1]).endswith("days")  # it uses no effective cases
    assert "— in the last two columns: not known, as the formula has its own rule" in table.note
    assert "not known" not in shown("unpaid").note


def test_a_verdict_that_depends_on_effective_cases_of_another_rule_is_not_told():
    own = with_formula(kpi_data(), "(E - 0.1 * C) / (new + P)")
    assert alone(own).rows[0][4] == "rewards"
    rule = replace(own.version.rule, is_equal_effective=True)
    versions = {**own.definition.versions, 107: replace(own.version, rule=rule)}
    other = replace(own, definition=replace(own.definition, versions=versions))
    table = en(unpaid_table(other, Alternatives((own.definition,), ())))
    assert table.rows[0][4:] == (UNDEFINED, UNDEFINED)


def test_what_each_formula_makes_of_closing_unpaid():
    table = shown("unpaid")
    assert row(table, "effective closure rate")[1:5] == (
        "P > C + 1", "P = C + 1", "P < C + 1", "penalises",
    )  # fmt: skip
    assert row(table, "harmonic mean of I1 and I2")[2] == "everywhere"
    assert plain(table.columns[-1].heading) == "Effect"
    assert plain(table.caption).endswith("10,000 cases closed unpaid (percentage points)")
    assert row(table, "effective over closed cases")[-1] == "−0.033"
    assert plain(row(table, "disposition time")[-1]).endswith("days")
    assert len(table.rows) >= 10


def test_notes_explain_only_what_occurs():
    for name in ("effects", "branches"):
        assert "† marks a perverse incentive" in shown(name).note
    assert "†" not in en(national_effects_table(with_formula(kpi_data(), "1/2"))).note
    assert "none" not in shown("cheapest").note


def test_an_effect_that_is_not_0_is_not_printed_as_0():
    kept, small = (en(_shown(Fraction(1, size), 2)) for size in (100, 10_000))
    assert (kept, small, en(_shown(Fraction(0), 2))) == ("+0.01", "+0.0001", "0.00")


def test_a_finding_tells_an_effect_with_its_sign():
    found = incentive_finding(kpi_data(), zh="", en="{close_effective_signed}")
    assert plain(en(found).text) == "+0.100 percentage points"
    assert en(found).evidence == "published"
    named = incentive_finding(kpi_data(), zh="{cheapest_action}", en="{perverse_action}")
    assert plain(zh(named).text) == "徵足有效結案所需金額"
    assert plain(en(named).text) == "Split an effective closure in two"


def test_figures_that_a_sentence_can_name():
    figures = incentive_quantities(kpi_data())
    assert figures["cheapest_cases"].value == 90_056
    assert figures["perverse_cases"].value == 117_747
    assert figures["unpaid_fewer"].value == 1_183_526
    assert figures["unpaid_times"].value == 0
    assert {quantity.evidence for quantity in figures.values()} == {"published"}
    found = kpi_data().say(
        incentive_quantities(kpi_data()),
        zh="{close_unpaid_effect}",
        en="{rate}: {close_unpaid_effect}, {close_effective_effect}; up to {unpaid_best} "
        "({unpaid_gain}) by {unpaid_fewer}; a point by {close_effective_cases}",
    )
    shown = en(found)
    assert isinstance(shown, PrintedFinding)
    assert shown.evidence == "published"
    assert plain(shown.text) == (
        "36.49 %: −0.011 percentage points, 0.100 percentage points; "
        "up to 37.14 % (0.65 percentage points) by 1,183,526 cases; "
        "a point by 100,572 cases"
    )
    nothing = incentive_quantities(kpi_data(kpi="clearance_rate"))
    assert nothing["collect_on_closed_cases"].value is None


# What is drawn --------------------------------------------------------------------------------
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_same_twice_and_leaves_no_figure_open(name):
    assert shown(name).svg == en(CHARTS[name](kpi_data())).svg
    assert pyplot.get_fignums() == []


def test_the_charts_say_what_they_show():
    closing = said(shown("closing"))
    assert "Change of the effective closure rate (percentage points)" in closing
    assert re.search(r"Branch M \+[\d.]+ and \+", closing)
    assert re.search(r"Branch A −[\d.]+ and \+", closing)
    alike = said(shown("closing", kpi="disposition_time"))
    assert "all unpaid or all effective alike" in alike
    curve = said(shown("curve"))
    assert "I1 32.76 %, I2 42.88 %" in curve
    assert "crosses the level lines" in curve
    assert "39 %" in texts(shown("curve"))
    assert "I1 = E / C (%)" in curve
    assert "moves along the level lines" in said(shown("curve", kpi="effective_share"))


def test_drawings_take_their_axes_and_leave_their_frames():
    closing = pd.DataFrame(
        {
            "label": ["a", "b"], "unpaid": [-1.0, 0.5], "effective": [1.0, 2.0],
            "unpaid_text": ["x", "y"], "effective_text": ["z", "w"],
        }
    )  # fmt: skip
    levels = pd.DataFrame(np.outer([1.0, 2.0, 3.0], [1.0, 2.0]), [20, 30, 40], [20, 30])
    curve = pd.DataFrame({"I1": [20.0, 30.0], "I2": [40.0, 20.0]})
    branches = pd.DataFrame(
        [{"label": "a", "I1": 25, "I2": 30, "to_I1": 24, "to_I2": 31, "is_nation": True}]
    )
    marks = pd.DataFrame([{"label": "2 %", "I1": 22, "I2": 40, "is_top": True}])
    frames = (closing, levels, curve, branches, marks)
    before = [frame.copy(deep=True) for frame in frames]
    with chart_style("en"):
        figure, ax = pyplot.subplots()
        assert drawing.draw_closing(closing, ax, xlabel="x", names=("u", "e")) is ax
        dots = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "o"]
        pyplot.close(figure)
        figure, ax = pyplot.subplots()
        found = drawing.draw_curve(
            levels, curve, branches, marks, ax, at=[2, 4], labels=("c", "d"), names=("x", "y"),
        )  # fmt: skip
        pyplot.close(figure)
    assert dots == [[-1.0, 0.5], [1.0, 2.0]]
    assert found is ax
    assert (ax.get_xlim(), ax.get_ylim()) == ((20, 30), (20, 40))
    for frame, old in zip(frames, before, strict=True):
        pd.testing.assert_frame_equal(frame, old)


# The small parts ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "decimals"),
    [([], 0), ([None, 0], 0), ([sympy.Rational(1, 100)], 3), ([5, 123], 1), ([1234], 0)],
)
def test_decimals_show_two_digits_of_the_smallest(values, decimals):
    assert decimals_for(values) == decimals


def test_conditions_are_read_as_inequalities():
    assert en(inequalities(())) == "everywhere"
    assert en(inequalities((C - P, 2 * E - 2))) == "C > P and E > 1"
    assert zh(inequalities((2 * E - 2, C - P))) == "C > P 且 E > 1"
    assert zh(inequalities((C**2 - 2 * C * P - P**2,))) == "C² > 2 C P + P²"
    assert en(inequalities((-C - 1,))) == "C + 1 < 0"
    assert en(inequalities((sympy.sqrt(C) - P,))) == "√C − P > 0"
