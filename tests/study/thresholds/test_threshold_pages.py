"""What the report says of thresholds: any KPI, both languages, nothing that gives a case away."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.definition import read_definition
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.press.chart import Chart
from closurerate.press.print.table import PrintedTable
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table
from closurerate.press.text import exactly
from closurerate.press.words import word
from closurerate.quantity import number, printed
from closurerate.records.paths import kpi_file
from closurerate.study.errors import page as errors_page
from closurerate.study.errors.page import ErrorData, corrected_values, open_errors
from closurerate.study.thresholds import page as thresholds_page
from closurerate.study.thresholds import panel_page, variants_page
from closurerate.study.thresholds.breakpoints import breakpoints
from closurerate.study.thresholds.page import leading_breakpoints, leading_threshold
from closurerate.study.thresholds.parameters import parameters
from closurerate.study.thresholds.public_curve import public_curve
from closurerate.study.thresholds.sensitivity import elasticities
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.variants_page import changes_by_variant
from closurerate.study.thresholds.wording import axis_amount, threshold_value
from closurerate.study.variance import page as variance_page
from closurerate.study.variance.page import Panel, leading_share, variance_panels
from kpi_samples import of_formula
from threshold_samples import threshold_data
from year_samples import en, plain, texts, zh

LANGUAGES = ("zh-Hant", "en")
OFFICIAL = "effective_closure_rate"
KPIS = ("geometric_mean", "disposition_time")
PANELS: dict[int, list[Panel]] = {}
ERRORS: dict[int, ErrorData] = {}


def panels_of(data: ThresholdData) -> list[Panel]:
    """The runs that chart and tables show, made once for each data set."""
    return PANELS.setdefault(id(data), variance_panels(data))


def errors_of(data: ThresholdData) -> ErrorData:
    """The draws that chart and tables show, made once for each data set."""
    if id(data) not in ERRORS:
        ERRORS[id(data)] = open_errors(data)
    return ERRORS[id(data)]


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
    data = threshold_data(cases=400)
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
    assert own[3:6] == (number(data.index.official_effective()), number(value, 2), "0.000")
    assert [row[0] for row in others] == [
        "0.5 for all tiers", "0.75 for all tiers", "Strictest of the declared ranges",
        "Laxest of the declared ranges", "Boundaries × 1.1", "≥ instead",
    ]  # fmt: skip
    assert others[2][5].startswith("-")
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
    assert why.evidence == "arithmetic"
    assert "same percentage" in en(why).text
    not_alike = variants_page.alike_finding(data, definition("disposition_time"))
    assert "need not" in en(not_alike).text
    still = en(variants_page.alike_table(data, definition("disposition_time")))
    assert {row[3] for row in still.rows} <= {"0.0000", "withheld"}
    assert "0.0000" in {row[3] for row in still.rows}


def estimated() -> ThresholdData:
    """The same cases under a KPI that is not affine in the effective cases."""
    data = threshold_data()
    version = of_formula("E^2 / C^2")
    return replace(data, index=replace(data.index, version=version))


def test_exact_shares_add_up_and_carry_no_error() -> None:
    panel = panels_of(threshold_data())[0]
    assert panel.found.is_exact
    made = table("shares_table")
    alone = [row[1] for row in made.rows if row[1] != "no effect"]
    assert not any("±" in cell for row in made.rows for cell in row)
    pairs = sum(pair.second for pair in panel.found.pairs)
    assert sum(map(float, alone)) + float(pairs) == pytest.approx(1, abs=1e-5)
    assert "estimate" not in made.note
    told = table("interactions")
    assert len(told.rows) == sum(
        pair.second > 0 for pair in panels_of(threshold_data())[-1].found.pairs
    )
    assert "exactly nought" in told.note


def test_an_estimate_is_shown_with_the_digits_that_its_error_carries() -> None:
    assert en(variance_page.share_of_variance(0.999888, 0.036271, 6)) == "1.00 ± 0.04"
    assert en(variance_page.share_of_variance(Fraction(999_877, 10**6), None, 6)) == "0.999877"
    data = estimated()
    shares = variance_page.shares_table(data, variance_panels(data))
    assert isinstance(shares, Table)
    made = en(shares)
    assert "estimates" in made.note
    for row in made.rows:
        for cell in row[1:]:
            if "±" in cell:
                value, error = cell.split(" ± ")
                assert len(value) == len(error)
                assert len(error.replace("0", "").replace(".", "")) <= 2
                assert 0 <= float(value) <= 1
    assert any("±" in cell for row in made.rows for cell in row)


def test_a_share_in_a_sentence_is_exact_or_tells_its_error() -> None:
    """It was a sampled float made a figure of the ledger, such as 100.03 %."""
    figures, _ = leading_share(threshold_data(), panels_of(threshold_data()))
    first = max(Fraction(item.first or 0) for item in panels_of(threshold_data())[0].found.indices)
    assert figures["leading_share"].value == 100 * first
    data = estimated()
    none, names = leading_share(data, variance_panels(data))
    assert none == {}
    low, high = re.findall(r"\d+", en(names["leading_share"]))
    assert 0 <= int(low) < int(high) <= 100
    said = data.say(none, names, zh="{leading_share}", en="{leading_share} by the {weightiest}.")
    assert " – " in en(said).text


def test_variants_outside_the_ranges_of_the_strictest_are_named() -> None:
    note = plain(table("variants").note)
    # 0.5 is under the major tier's range, 0.75 over the ordinary one's.
    assert "laxer than the laxest: 0.5 for all tiers, 0.75 for all tiers." in note
    data = threshold_data()
    wide = dict.fromkeys(data.settings.ratio_ranges, (Fraction(1, 2), Fraction(3, 4)))
    inside = replace(data, settings=replace(data.settings, ratio_ranges=wide))
    made = en(variants_page.variants_table(inside))
    assert "Outside the declared ranges" not in made.note


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


def test_recorded_value_and_intervals_of_the_error_models() -> None:
    made = table("models")
    recorded = re.search(r"As recorded: (\S+) %", plain(made.note))
    assert recorded is not None
    # The worst case is no interval: it has a place of its own, and lies about all of them.
    assert len(made.rows) == 4
    facts, _ = corrected_values(errors_of(threshold_data()))
    worst = [float(facts[f"worst_{end}"].value or 0) for end in ("low", "high")]
    assert worst[0] < float(recorded[1]) < worst[1]
    together = [float(cell) for cell in made.rows[-1][1:]]
    assert together == sorted(together)
    assert worst[0] < together[0] < together[2] < worst[1]
    assert [row[1] for row in table("rates").rows] == ["0.2", "1", "1", "0.2", "0.5", "0.3"]


def test_an_end_is_printed_to_the_digits_that_the_draws_carry() -> None:
    made, found = table("models"), errors_of(threshold_data()).found
    intervals = [*found.alone.values(), found.nation]
    for row, interval in zip(made.rows, intervals, strict=True):
        error = 100 * interval.error
        digits = {len(cell.partition(".")[2]) for cell in row[1:]}
        assert len(digits) == 1
        assert 2 * error <= 10 ** -max(digits)
    assert {len(row[1].partition(".")[2]) for row in made.rows} == {1}


def test_late_registration_says_what_is_known_of_the_year_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = threshold_data()
    assert errors_page.closed_before(data) is None  # three branches are no nation
    assert "which overstates its effect" in table("models").note
    whole = replace(
        data.index,
        counts={name: {"closed": 13 if name is None else 1} for name in [*BRANCHES, None]},
    )
    shared = errors_page.closed_before(replace(data, index=whole))
    assert shared == dict.fromkeys(BRANCHES, 576_411)  # a 13th of 7,493,345
    counted = pd.DataFrame({"branch": ["臺北", "臺北", "臺中"], "closed": [300, 400, 50]})
    monkeypatch.setattr(errors_page, "counts_before", lambda kpi: counted)
    assert errors_page.closed_before(data) == {"臺北": 700, "臺中": 50}
    note = plain(en(errors_page.models_table(open_errors(data))).note)
    assert "of the 750 closed in the year before" in note


def test_ranks_that_errors_do_not_move_are_said_to_be_so() -> None:
    note = plain(table("models").note)
    kept = sum(
        item.rank_low == item.rank_high for item in errors_of(threshold_data()).found.branches
    )
    assert kept
    assert f"Of 3 branches {kept} hold one rank in 95 % of the draws" in note


def test_sums_of_money_claim_no_immunity() -> None:
    data = threshold_data()
    formula = parse_formula("collected_twd / closed_referred_twd", COUNT_NAMES, "test")
    version = replace(data.index.version, formula=formula)
    money = {"collected_twd": 10**9, "closed_referred_twd": 2 * 10**9, "closed_paid_twd": 10**9}
    counts = {name: {**own, **money} for name, own in data.index.counts.items()}
    index = replace(data.index, version=version, counts=counts)
    errors = open_errors(replace(data, index=index))
    made = en(errors_page.models_table(errors))
    dispositions, amounts, late, together = (row[1:] for row in made.rows)
    assert set(dispositions) == {"—"}
    for row in (amounts, late, together):
        assert row[0] != row[2]
    assert "which is no immunity" in made.note
    assert "no worst case" in made.note
    facts, _ = corrected_values(errors)
    assert "worst_low" not in facts
    assert "no immunity" not in table("models").note


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
    assert printed(figures["change_official"], "en") == "0.000 points"


def test_words_for_thresholds() -> None:
    ratio, boundary = (threshold_data().moved[place] for place in (0, -1))
    assert [en(exactly(Fraction(item))) for item in ("0.5", "10", "1.1", "0", "0.1234567")] == [
        "0.5", "10", "1.1", "0", "0.123457",
    ]  # fmt: skip
    assert en(threshold_value(ratio, Fraction(1, 2))) == "0.5"
    assert en(threshold_value(boundary, 1_000_000)) == "1,000,000"
    assert zh(axis_amount(200_000)) == "20"
    assert en(axis_amount(1_234_000)) == "1,234"
