"""Tornado, elasticities, and two KPIs on the same thresholds."""

from fractions import Fraction

import pytest
from hypothesis import given, settings

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import degree_in_effective
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.sensitivity import Response, elasticities, responses, tornado
from engine_samples import SETTINGS, Rows, cases, counted, index_of, moved_of
from kpi_samples import KPIS, of_formula, version_of

ROWS: Rows = [
    *((0, 1000, paid) for paid in range(250, 800, 25)),
    *((1, 250_000, paid) for paid in range(100_000, 240_000, 10_000)),
    *((2, 1_200_000, paid) for paid in range(300_000, 1_200_000, 60_000)),
]


def answers_of(index: ThresholdIndex, other: KpiVersion) -> list[Response]:
    return responses(index, other, tornado(index, moved_of(index.version)))


@pytest.mark.parametrize("kpi", KPIS)
def test_a_tornado_is_the_kpi_at_both_ends_recounted(kpi: str) -> None:
    index = index_of(ROWS, version_of(kpi))
    moved = moved_of(index.version)
    found = tornado(index, moved)
    assert {low.parameter for low, _ in found} == set(moved)
    official = index.value(index.official_effective()).value
    scale = 100 if index.version.unit == "percent" else 1
    for pair in found:
        assert [end.value for end in pair] == [pair[0].parameter.low, pair[0].parameter.high]
        for end in pair:
            assert end.effective == counted(index, ROWS, end.parameter, end.value)
            assert end.kpi == index.value(end.effective)
            if official is None:
                assert end.change is None
            else:
                moved_by = Fraction(end.kpi.value or 0) - Fraction(official)
                assert end.change == moved_by * scale
    widths = [
        max(0, low.change or 0, high.change or 0) - min(0, low.change or 0, high.change or 0)
        for low, high in found
    ]
    assert widths == sorted(widths, reverse=True)
    if kpi in {"disposition_time", "clearance_rate"}:
        assert not any(widths)
    else:
        assert all(widths[:3])


@pytest.mark.parametrize("kpi", ["effective_closure_rate", "geometric_mean", "minimum"])
def test_an_elasticity_is_the_declared_difference_in_plain_fractions(kpi: str) -> None:
    index = index_of(ROWS, version_of(kpi))
    step = Fraction(1, 20)
    here = Fraction(index.value(index.official_effective()).value or 0)
    for found in elasticities(index, moved_of(index.version), step):
        official = found.parameter.official
        assert (found.low, found.high) == (official * (1 - step), official * (1 + step))
        ends = [
            Fraction(index.value(counted(index, ROWS, found.parameter, end)).value or 0)
            for end in (found.low, found.high)
        ]
        assert found.value == (ends[1] - ends[0]) / (2 * step) / here


def test_an_elasticity_that_has_no_sense_says_why() -> None:
    index = index_of(ROWS, of_formula("E / (P - P)"))
    for found in elasticities(index, moved_of(index.version), Fraction(1, 20)):
        assert found.value is None
        assert "divides by 0" in found.reason
    nought = index_of(ROWS, of_formula("0 * E"))
    assert {
        item.reason for item in elasticities(nought, moved_of(nought.version), Fraction(1, 20))
    } == {"the KPI is not over 0"}
    under = index_of(ROWS, of_formula("(E - C) / P"))
    assert {
        item.reason for item in elasticities(under, moved_of(under.version), Fraction(1, 20))
    } == {"the KPI is not over 0"}
    answers = answers_of(under, version_of("effective_over_closed"))
    assert {answer.first for answer in answers} == {None}
    assert None not in {answer.second for answer in answers}
    still = index_of(ROWS, version_of("disposition_time"))
    assert {
        item.value for item in elasticities(still, moved_of(still.version), Fraction(1, 20))
    } == {0}


@pytest.mark.parametrize(
    ("kpi", "degree"),
    [(kpi, 0 if kpi in {"disposition_time", "clearance_rate"} else 1) for kpi in KPIS],
)
def test_the_degree_in_the_effective_cases_is_known(kpi: str, degree: int) -> None:
    assert degree_in_effective(version_of(kpi)) == degree


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("E^2 / C", 2), ("sqrt(E / C)", Fraction(1, 2)), ("E^-1", -1), ("-I1 * I2", 2),
        ("max(I1, I2)", 1), ("E + C", None), ("min(E, C)", None), ("(E + C) * E", None),
        ("sqrt(E + C)", None), ("C / (E + P)", None), ("3", 0), ("(E + C)^2", None),
    ],
)  # fmt: skip
def test_the_degree_follows_from_the_form_or_is_not_known(text: str, degree: object) -> None:
    assert degree_in_effective(of_formula(text)) == degree


@settings(deadline=None, max_examples=30)
@given(cases())
def test_the_official_kpi_and_effective_over_closed_answer_alike_in_percent(rows: Rows) -> None:
    index = index_of(rows, version_of())
    for found in answers_of(index, version_of("effective_over_closed")):
        expected = Fraction(100 * found.end.effective, index.official_effective()) - 100
        assert found.first == found.second == expected


def test_a_kpi_that_is_no_multiple_of_the_effective_cases_answers_otherwise() -> None:
    index = index_of(ROWS, version_of())
    others = answers_of(index, of_formula("(E + C) / P"))
    assert any(found.first != found.second for found in others)
    squared = answers_of(index, of_formula("E^2 / C^2"))
    for found in squared:
        ratio = Fraction(found.first or 0) / 100 + 1
        assert found.second == (ratio**2 - 1) * 100


def test_a_response_without_a_value_is_none() -> None:
    index = index_of(ROWS, version_of())
    for found in answers_of(index, of_formula("E / (C - C)")):
        assert found.second is None
        assert found.first is not None


def test_the_settings_step_is_a_share() -> None:
    assert 0 < SETTINGS.elasticity_step < 1
