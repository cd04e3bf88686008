"""What the report says of thresholds: any KPI, both languages, nothing that gives a case away."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.print.table import PrintedTable
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table
from closurerate.press.text import exactly
from closurerate.press.words import word
from closurerate.quantity import number, printed
from closurerate.records.paths import kpi_file
from closurerate.study.errors import page as errors_page
from closurerate.study.errors.page import corrected_values, open_errors
from closurerate.study.thresholds import page as thresholds_page
from closurerate.study.thresholds import panel_page, variants_page
from closurerate.study.thresholds.breakpoints import breakpoints
from closurerate.study.thresholds.page import leading_breakpoints, leading_threshold
from closurerate.study.thresholds.parameters import parameters
from closurerate.study.thresholds.public_page import public_curve
from closurerate.study.thresholds.sensitivity import elasticities
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.variants_page import changes_by_variant
from closurerate.study.thresholds.wording_page import axis_amount, definition_told, threshold_value
from closurerate.study.variance import page as variance_page
from closurerate.study.variance.page import leading_share
from threshold_samples import errors_of, panels_of, threshold_data
from year_samples import en, kpi_data, plain, texts, zh

LANGUAGES = ("zh-Hant", "en")
KPIS = ("geometric_mean", "disposition_time")


def sayable(data: ThresholdData) -> Sayable:
    """All that a sentence can hold."""
    every = [make(data) for make in (leading_threshold, changes_by_variant, leading_breakpoints)]
    every.append(corrected_values(open_errors(data)))
    every.append(leading_share(data, panels_of(data)))
    figures = {name: item for found, _ in every for name, item in found.items()}
    return figures, {name: item for _, names in every for name, item in names.items()}


CHARTS: dict[str, Callable[..., Chart | Markdown]] = {
    "steps": thresholds_page.steps_chart,
    "tornado": thresholds_page.tornado_chart,
    "shares": lambda data: variance_page.shares_chart(data, panels_of(data)),
    "errors": lambda data: errors_page.errors_chart(errors_of(data)),
    "panel": panel_page.static_panel,
}
TABLES: dict[str, Callable[..., Table | Markdown]] = {
    "sensitivity": thresholds_page.sensitivity_table,
    "breakpoints": thresholds_page.breakpoints_table,
    "variants": variants_page.variants_table,
    "shares_table": lambda data: variance_page.shares_table(data, panels_of(data)),
    "interactions": lambda data: variance_page.interactions_table(data, panels_of(data)),
    "models": lambda data: errors_page.models_table(errors_of(data)),
    "rates": lambda data: errors_page.rates_table(errors_of(data)),
}
ALL: dict[str, Callable[..., Chart | Table | Markdown]] = {**CHARTS, **TABLES}
WITHOUT_EFFECT = {"disposition_time"}


def definition(kpi: str):  # type: ignore[no-untyped-def]
    return read_definition(kpi_file(kpi), kpi_file)


@cache
def shown(name: str) -> Chart | Table | Markdown:
    return ALL[name](threshold_data())


@cache
def table(name: str) -> PrintedTable:
    made = shown(name)
    assert isinstance(made, Table)
    return en(made)  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_shows(name: str, language: str) -> None:
    made = shown(name)
    assert isinstance(made, Chart)
    chart = made.said(language)
    assert (chart.language, chart.evidence) == (language, "illustration")
    assert word("source_synthetic", language) == chart.source
    assert len(chart.alt) > 40
    told = chart.alt + texts(chart) + chart.caption
    assert not re.search(r"\b(nan|None|inf)\b|[{}]", told)
    assert not re.search(
        r"[\u4e00-\u9fff]" if language == "en" else r"\b(ratio|Nation|vary)\b", told
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_it_shows(name: str, language: str) -> None:
    made = shown(name).said(language)
    cells = " ".join(cell for row in made.rows for cell in row)
    told = " ".join([made.caption, made.note, cells, *(item.heading for item in made.columns)])
    assert not re.search(r"\b(nan|None|inf)\b|[{}]", told)
    assert (made.evidence == "illustration") is (name != "rates")
    assert not re.search(r"[\u4e00-\u9fff]" if language == "en" else r"\b(ratio|vary)\b", told)


@pytest.mark.parametrize("kpi", KPIS)
def test_every_kpi_is_shown_or_says_why_not(kpi: str) -> None:
    data = threshold_data(kpi=kpi)
    for name in ("tornado", "shares", "errors", *TABLES):
        made = ALL[name](data)
        assert isinstance(made, Chart | Table | Markdown), name
        if isinstance(made, Markdown):
            assert kpi in WITHOUT_EFFECT, name
            assert en(data.kpi.kpi_name) in en(made).text
    sayable(data)
    assert isinstance(ALL["tornado"](data), Markdown) is (kpi in WITHOUT_EFFECT)


def test_on_an_extract_the_evidence_is_the_extract() -> None:
    data = threshold_data(kind="extract")
    for make in (thresholds_page.tornado_chart, variants_page.variants_table):
        made = make(data)
        assert isinstance(made, Chart | Table)
        assert made.grounds.evidence == "extract"
        assert "ynthetic" not in en(made).source


# Disclosure -----------------------------------------------------------------------------------
def test_no_exact_breakpoint_is_in_the_public_table() -> None:
    data = threshold_data()
    rules = data.settings.disclosure
    cells = [cell for row in table("breakpoints").rows for cell in (row[2], row[4])]
    moved = parameters(data.index.version.rule, data.settings)
    exact = [
        found
        for item in moved
        for found in breakpoints(data.index, step_function(data.index, item))
    ]
    assert len(cells) == len(exact)
    for cell, found in zip(cells, exact, strict=True):
        if found.value is None:
            assert cell == "unchanged"
        elif abs(found.moved) < rules.least_count:
            assert cell == "withheld"
        else:
            shown = Fraction(cell.replace(",", ""))
            assert shown != found.value
            assert (shown - found.value) * found.direction > 0
    assert "withheld" in cells


def test_breakpoints_that_move_enough_cases_are_rounded_outwards() -> None:
    data = threshold_data()
    loose = replace(data.settings, disclosure=replace(data.settings.disclosure, least_count=1))
    made = en(thresholds_page.breakpoints_table(replace(data, settings=loose)))
    ratio = made.rows[0]
    assert ratio[:2] == ("Ordinary ratio", "0.5")
    assert (ratio[2], ratio[4]) == ("0.49", "0.51")
    assert all(re.fullmatch(r"\d\d\.\d\d", cell) for cell in (ratio[3], ratio[5]))


def test_what_moves_fewer_cases_than_the_least_is_withheld_everywhere() -> None:
    data = threshold_data()
    strict = replace(data.settings, disclosure=replace(data.settings.disclosure, least_count=10**6))
    closed = replace(data, settings=strict)
    for row in en(variants_page.variants_table(closed)).rows[1:]:
        is_official = row[3] == number(data.index.official_effective())
        assert is_official or set(row[3:]) == {"withheld"}
    at_ends = [row[4:] for row in en(thresholds_page.sensitivity_table(closed)).rows]
    assert at_ends[0] == ("withheld",) * 3
    assert leading_threshold(closed)[0] == {}
    alike = en(variants_page.alike_table(closed, definition("effective_over_closed")))
    assert {cell for row in alike.rows for cell in row[2:]} <= {"withheld", "0.0000"}
    tornado = thresholds_page.tornado_chart(closed)
    assert isinstance(tornado, Chart)
    assert "0.3: withheld" in en(tornado.alt)
    figures, _ = sayable(closed)
    assert "effective_official" in figures
    assert "change_strictest" not in figures
    assert "change_strictest" in sayable(data)[0]


def test_one_threshold_that_may_be_shown_does_not_pass_for_others_that_may_not() -> None:
    data = threshold_data()
    told = re.search(r"(\d) others", en(thresholds_page.tornado_chart(data)).alt)
    assert told is not None
    official = data.index.official_effective()
    hidden = [end for pair in data.ends[-int(told[1]) :] for end in pair]
    moves = {abs(end.effective - official) for end in hidden}
    assert len(moves) > 1
    rules = replace(data.settings.disclosure, least_count=max(moves))
    partly = replace(data, settings=replace(data.settings, disclosure=rules))
    assert any(partly.is_public(end.effective) for end in hidden)
    assert f"{told[0]} withheld" in en(thresholds_page.tornado_chart(partly)).alt


def test_a_public_curve_moves_by_the_least_count_at_points_of_the_grid() -> None:
    data = threshold_data()
    version, counts = data.index.version, data.index.counts[None]
    assert version.unit == "percent"
    one_case = Fraction(
        Fraction(data.index.value(data.index.official_effective() + 1).value or 0)
        - Fraction(data.index.value(data.index.official_effective()).value or 0)
    )
    for parameter in parameters(version.rule, data.settings):
        curve = public_curve(data.index, data.settings.disclosure, parameter)
        moves = np.abs(np.diff(curve["value"])) / float(one_case * 100)
        assert ((moves < 1e-6) | (moves > data.settings.disclosure.least_count - 1e-6)).all()
        step = Fraction(1, 100) if parameter.kind == "ratio" else Fraction(1000)
        exact = [Fraction(str(value)) / step for value in curve["threshold"]]
        assert all(item.denominator == 1 for item in exact)
        at = exact.index(parameter.official / step)
        assert curve["value"][at] == pytest.approx(float(data.kpi.total.quantity().value))
    assert counts is not None


# Numbers --------------------------------------------------------------------------------------
def test_the_variants_in_force_are_the_year_s_own() -> None:
    data = threshold_data()
    own, *others = table("variants").rows
    value = data.kpi.total.quantity().value
    assert own[:3] == ("In force", "0.5 / 0.6 / 0.75", "200 / 1,000")
    assert own[3:6] == (number(data.index.official_effective()), number(value, 2), "0.00")
    assert [row[0] for row in others] == [
        "A ratio of 0.5 for all tiers", "A ratio of 0.75 for all tiers",
        "Strictest within the ranges", "Laxest within the ranges", "Boundaries × 1.1",
        "Payment of exactly the ratio counts (≥)",
    ]  # fmt: skip
    assert others[2][5].startswith("−")
    assert others[3][5].startswith("+")
    chinese = zh(shown("variants")).rows
    assert chinese[0][2] == "20 / 100"


def test_official_and_effective_over_closed_answer_alike_and_the_reason_is_arithmetic() -> None:
    data = threshold_data()
    made = en(variants_page.alike_table(data, definition("effective_over_closed")))
    assert len(made.rows) == 10
    assert all(row[2] == row[3] for row in made.rows)
    assert any(row[2].startswith("+") for row in made.rows)
    why = variants_page.alike_finding(data, definition("effective_over_closed"))
    assert isinstance(why, Finding)
    assert why.evidence == "derived"
    assert "same percentage" in en(why).text
    not_alike = variants_page.alike_finding(data, definition("disposition_time"))
    assert "need not" in en(not_alike).text
    still = en(variants_page.alike_table(data, definition("disposition_time")))
    assert {row[3] for row in still.rows} <= {"0.00", "withheld"}
    assert "0.00" in {row[3] for row in still.rows}


def test_variants_outside_the_ranges_of_the_strictest_are_named() -> None:
    note = plain(table("variants").note)
    # 0.5 is under the major tier's range, 0.75 over the ordinary one's.
    assert "than any within: a ratio of 0.5 for all tiers, a ratio of 0.75 for all tiers." in note
    data = threshold_data()
    wide = dict.fromkeys(data.settings.ratio_ranges, (Fraction(1, 2), Fraction(3, 4)))
    inside = replace(data, settings=replace(data.settings, ratio_ranges=wide))
    made = en(variants_page.variants_table(inside))
    assert "Outside the ranges" not in made.note


def test_an_elasticity_has_the_digits_that_its_moved_cases_carry() -> None:
    data = threshold_data()
    moved = parameters(data.index.version.rule, data.settings)
    for row, found in zip(
        table("sensitivity").rows,
        elasticities(data.index, moved, data.settings.elasticity_step),
        strict=True,
    ):
        if row[-1] == "withheld" or not found.moved:
            assert row[-1] in ("withheld", "0")
            continue
        shown = len(row[-1].partition(".")[2])
        error = abs(float(found.value or 0)) / abs(found.moved) ** 0.5
        assert shown < 4
        assert 4 * error <= 10**-shown or not shown
        assert 4 * error > 10 ** -(shown + 1)


def test_a_sentence_can_hold_what_was_found() -> None:
    data = threshold_data()
    figures, names = sayable(data)
    assert en(names["leading"]) == "ordinary ratio"
    assert {quantity.evidence for quantity in figures.values()} == {"illustration"}
    said = data.say(
        figures, names,
        zh="{leading}由 {leading_from} 至 {leading_to}：{leading_low}",
        en="{leading} from {leading_from} to {leading_to}: {leading_low} to {leading_high}.",
    )  # fmt: skip
    assert isinstance(said, Finding)
    assert said.evidence == "illustration"
    expected = printed(figures["leading_low"], "en")
    assert plain(en(said).text).startswith(f"ordinary ratio from 0.3 to 0.7: {plain(expected)}")
    assert printed(figures["change_official"], "en") == "0.00 percentage points"


def test_words_for_thresholds() -> None:
    ratio, boundary = (threshold_data().moved[place] for place in (0, -1))
    assert [en(exactly(Fraction(item))) for item in ("0.5", "10", "1.1", "0", "0.1234567")] == [
        "0.5", "10", "1.1", "0", "0.123457",
    ]  # fmt: skip
    assert en(threshold_value(ratio, Fraction(1, 2))) == "0.5"
    assert en(threshold_value(boundary, 1_000_000)) == "1,000,000"
    assert zh(axis_amount(200_000)) == "20"
    assert en(axis_amount(1_234_000)) == "1,234"


def test_the_definition_has_what_changes_are_read_against() -> None:
    data = kpi_data()
    counts, formulas, tiers = definition_told(data).objects
    told = plain(en(counts).text)
    assert f"effective (E) {data.total.counts['effective']:,}; closed (C)" in told
    assert f"{float(data.figures['rate'].value):.2f} %" in told
    assert "as published for 2018" in told
    other = plain(en(definition_told(kpi_data(kpi="geometric_mean")).objects[0]).text)
    assert "published" not in other
    spoken = formulas.said("en").alt
    assert "I1 = E ÷ C = 32.76" in plain(spoken)
    assert f"{float(data.figures['rate'].value):.2f} %" in plain(spoken)
    assert "Ordinary (under NTD 200,000) 0.5; Special" in plain(en(tiers).text)
    # Of what is no count of cases there is no such sentence.
    days = definition_told(kpi_data(kpi="disposition_time")).objects
    assert "effective" not in plain(en(days[0]).text)
