"""Branches against the nation: weights, ranks, agreement, margins, and other thresholds."""

from dataclasses import replace
from fractions import Fraction
from math import isnan, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.effective import Tier
from closurerate.kpi.evaluate import evaluate
from closurerate.study.ranks.margins import Margin, rank_margins
from closurerate.study.ranks.ranking import (
    agreement,
    branch_values,
    rank_shifts,
    rank_spread,
    rank_table,
    ranks,
)
from closurerate.study.ranks.robustness import sample_scenarios, threshold_ranks
from closurerate.study.ranks.weights import branch_weights
from closurerate.study.thresholds.parameters import Parameter, scenarios_with
from closurerate.study.thresholds.scenarios import Scenarios
from engine_samples import SOME, cases, index_of, recount
from kpi_samples import KPIS, of_formula, version_of

Counts = tuple[int, int, int]

branch = (
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 80))
    .filter(lambda item: item[1] + item[2] > 0)
    .map(lambda item: (min(item[:2]), *item[1:]))
)
nations = st.lists(branch, min_size=1, max_size=4)


def counted(*branches: Counts) -> pd.DataFrame:
    """A count of branches with E, C and P."""
    made = []
    for name, (effective, closed, pending) in zip(BRANCHES, branches, strict=False):
        for disposition, own in (
            ("paid_in_full", {"closed": effective, "effective": effective}),
            ("unpaid_certificate", {"closed": closed - effective}),
            (None, {"pending": pending, "new": 7}),
        ):
            keys = zip(KEYS, (name, "罰鍰", "ordinary", disposition), strict=True)
            made.append(dict.fromkeys(MEASURES, 0) | dict(keys) | own)
    return ordered(pd.DataFrame(made), version_of().rule)


# Bad input ---------------------------------------------------------------------------------
def test_rankings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="lower must be among them"):
        rank_table({})
    with pytest.raises(InputError, match="lower must be among them"):
        rank_table({"a": {"x": 1}}, ["b"])
    with pytest.raises(InputError, match="same groups: x"):
        rank_table({"a": {"x": 1}, "b": {"y": 1}})
    with pytest.raises(InputError, match="no ranks by 'c'; there are a"):
        rank_shifts(rank_table({"a": {"x": 1}}), "c")


def thresholds(low: int = 100, high: int = 300) -> list[Parameter]:
    half = Fraction(1, 2)
    return [
        *(Parameter("ratio", str(place), place, half, Fraction(2, 5), half) for place in range(3)),
        Parameter("boundary", "1", 1, Fraction(200), Fraction(100), Fraction(300)),
        Parameter("boundary", "2", 2, Fraction(200), Fraction(low), Fraction(high)),
    ]


def test_samples_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(InputError, match="0 scenarios: draw at least one"):
        sample_scenarios(thresholds(), 0, 1)
    with pytest.raises(InputError, match="a boundary passes that of the next tier"):
        sample_scenarios(thresholds(0, 90), 10, 1)


# Weights -----------------------------------------------------------------------------------
def test_two_branches_at_34_6_percent_make_a_nation_at_50() -> None:
    found = branch_weights(version_of(), counted((30, 100, 20), (30, 20, 100)))
    assert found.national == 50
    assert [row.value for row in found.branches] == [Fraction(450, 13)] * 2
    assert [row.contribution for row in found.branches] == [25, 25]
    assert [row.weight for row in found.branches] == [Fraction(13, 18)] * 2
    assert found.excess == Fraction(4, 9)
    assert found.structure_effect == 50 - Fraction(450, 13)


@given(nations)
@settings(deadline=None, max_examples=12)
def test_the_weights_of_the_official_kpi(branches: list[Counts]) -> None:
    found = branch_weights(version_of(), counted(*branches))
    closed, pending = (sum(item[place] for item in branches) for place in (1, 2))
    nation = Fraction(closed**2 + pending**2, closed + pending)
    for row, (_, own_closed, own_pending) in zip(found.branches, branches, strict=True):
        own = Fraction(own_closed**2 + own_pending**2, own_closed + own_pending)
        assert row.weight == own / nation
        assert row.contribution == row.weight * row.value
    assert found.excess >= 0
    assert sum(row.contribution for row in found.branches) == found.national


@pytest.mark.parametrize("kpi", KPIS)
@given(nations)
@settings(deadline=None, max_examples=5)
def test_contributions_sum_to_the_nation(kpi: str, branches: list[Counts]) -> None:
    found = branch_weights(version_of(kpi), counted(*branches))
    if found.national is None:
        assert found.reason.startswith("the nation has no value: ")
        return
    hair = Fraction(1, 10**24) if kpi == "geometric_mean" else 0
    assert abs(sum(row.contribution for row in found.branches) - found.national) <= hair
    for row in found.branches:
        if row.weight is not None and row.value is not None:
            assert abs(row.weight * Fraction(row.value) - row.contribution) <= hair
    if kpi == "effective_share":
        assert (found.excess, found.structure_effect) == (0, 0)


def test_a_kpi_proportional_to_nothing_says_so() -> None:
    found = branch_weights(of_formula("E / (C - E)"), counted((3, 9, 2), (4, 8, 1)))
    assert (found.branches, found.total, found.excess, found.carrier) == ((), None, None, "")
    assert found.reason == "E / (C - E) is proportional to no single count"
    assert found.structure_effect is None


def test_a_branch_without_a_value_contributes_nothing_and_spoils_nothing() -> None:
    found = branch_weights(version_of("minimum"), counted((3, 9, 2), (0, 0, 5)))
    assert [row.value for row in found.branches] == [Fraction(100, 3), None]
    assert (found.branches[1].weight, found.branches[1].contribution) == (None, 0)
    assert found.total == 1


def test_a_kpi_of_other_counts_is_carried_by_one_of_them() -> None:
    assert branch_weights(version_of("disposition_time"), counted((3, 9, 2))).carrier == "pending"
    found = branch_weights(version_of("clearance_rate"), counted((3, 9, 2), (1, 5, 3)))
    assert (found.carrier, found.total) == ("closed", 1)


# Ranks -------------------------------------------------------------------------------------
def test_equal_values_share_the_better_rank() -> None:
    values = {"a": Fraction(1, 2), "b": 3, "c": None, "d": Fraction(1, 2), "e": 0}
    assert ranks(values) == {"a": 2, "b": 1, "c": None, "d": 2, "e": 4}
    lower = ranks(values, is_higher_better=False)
    assert lower == {"a": 2, "b": 4, "c": None, "d": 2, "e": 1}


def test_of_days_less_is_better() -> None:
    assert not version_of("disposition_time").is_higher_better
    assert version_of().is_higher_better


def table() -> pd.DataFrame:
    return rank_table(
        {
            "official": {"a": 5, "b": 4, "c": 3, "d": 2},
            "other": {"a": 4, "b": 5, "c": 5, "d": None},
            "days": {"a": 1, "b": 2, "c": 3, "d": 4},
            "alike": dict.fromkeys("abcd", 1),
        },
        lower=["days"],
    )


def test_a_table_of_ranks_with_shifts_and_spread() -> None:
    made = table()
    assert made["days"].tolist() == [1, 2, 3, 4]
    assert made["other"].tolist()[:3] == [3, 1, 1]
    shifts = rank_shifts(made, "official")
    assert shifts["other"].tolist()[:3] == [-2, 1, 2]
    assert shifts["other"].isna().tolist() == [False] * 3 + [True]
    assert "official" not in shifts
    spread = rank_spread(made)
    assert spread.loc["a"].tolist() == [1, 1, 3]
    assert spread.loc["d"].tolist() == [1, 4, 4]


def tau_b(one: list[int], other: list[int]) -> float:
    """Kendall's tau-b from pairs counted in whole numbers, without scipy."""
    pairs = [(i, j) for i in range(len(one)) for j in range(i)]
    signs = [(np.sign(one[i] - one[j]), np.sign(other[i] - other[j])) for i, j in pairs]
    agree = sum(int(first * second) for first, second in signs)
    untied = [sum(bool(sign[place]) for sign in signs) for place in (0, 1)]
    return agree / sqrt(untied[0] * untied[1]) if all(untied) else float("nan")


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=9))
@settings(deadline=None, max_examples=10)
def test_agreement_is_kendalls_tau_b(values: list[tuple[int, int]]) -> None:
    names = [str(place) for place in range(len(values))]
    columns = [[item[place] for item in values] for place in (0, 1)]
    made = rank_table(
        {key: dict(zip(names, columns[place], strict=True)) for place, key in enumerate("xy")}
    )
    found = agreement(made)
    expected = tau_b(*columns)
    assert found.loc["x", "y"] == pytest.approx(expected, abs=1e-14, nan_ok=True)
    itself = 1 if len(set(columns[0])) > 1 else float("nan")
    assert found.loc["x", "x"] == pytest.approx(itself, abs=1e-14, nan_ok=True)


def test_agreement_where_there_is_none_to_speak_of() -> None:
    found = agreement(table())
    assert isnan(found.loc["official", "alike"])
    assert found.loc["official", "days"] == 1
    assert found.loc["official", "other"] == pytest.approx(-2 / sqrt(3 * 2))


def test_values_of_branches_are_exact_and_leave_the_counts_alone() -> None:
    counts = counted((30, 100, 20), (3, 20, 10))
    kept = counts.copy()
    assert branch_values(version_of(), counts)["臺北"] == Fraction(450, 13)
    shuffled = counts.sample(frac=1, random_state=1)
    assert branch_values(version_of(), shuffled) == branch_values(version_of(), counts)
    rank_margins(version_of(), counts)
    branch_weights(version_of(), counts)
    pd.testing.assert_frame_equal(counts, kept)


# Margins -----------------------------------------------------------------------------------
def brute_margin(kpi: KpiVersion, branches: list[Counts], place: int) -> tuple:
    """Move one case after another and rank everybody anew."""

    def rank(effective: int) -> int | None:
        values = []
        for other, (own, closed, pending) in enumerate(branches):
            counts = {"effective": own, "closed": closed, "pending": pending}
            if other == place:
                counts["effective"] = effective
            values.append(evaluate(kpi, counts, None).value.value)
        mine = values[place]
        return None if mine is None else 1 + sum(v > mine for v in values if v is not None)

    effective, closed, _ = branches[place]
    official = rank(effective)
    if official is None:
        return None, None, None
    ups = (n for n in range(1, closed - effective + 1) if rank(effective + n) < official)
    downs = (n for n in range(1, effective + 1) if rank(effective - n) > official)
    return official, next(ups, None), next(downs, None)


@pytest.mark.parametrize("kpi", ["effective_closure_rate", "minimum", "geometric_mean"])
@given(st.lists(branch, min_size=1, max_size=3))
@settings(deadline=None, max_examples=6)
def test_margins_are_what_moving_cases_one_by_one_finds(kpi: str, branches: list[Counts]) -> None:
    found = rank_margins(version_of(kpi), counted(*branches))
    for place, margin in enumerate(found):
        expected = brute_margin(version_of(kpi), branches, place)
        assert (margin.rank, margin.up, margin.down) == expected


def test_margins_at_a_tie() -> None:
    found = rank_margins(version_of(), counted((30, 100, 20), (30, 20, 100), (0, 0, 9)))
    assert found[0] == Margin("臺北", 1, None, 1)
    assert found[2].rank == 3
    assert (found[2].up, found[2].down) == (None, None)


def test_margins_that_have_no_sense_say_why() -> None:
    counts = counted((3, 9, 2), (1, 5, 3))
    found = rank_margins(version_of("disposition_time"), counts)
    assert [item.rank for item in found] == [1, 2]
    assert {item.reason for item in found} == {"365 * P / C is not proportional to E"}
    days = replace(version_of(), unit="day", is_higher_better=False)
    assert rank_margins(days, counts)[0].reason.endswith("less is better")
    missing = rank_margins(version_of("minimum"), counted((3, 9, 2), (0, 0, 5)))[1]
    assert (missing.rank, missing.up) == (None, None)
    assert missing.reason.startswith("新北 has no value: ")


# Other thresholds --------------------------------------------------------------------------
def test_a_sample_lies_in_its_ranges_ends_included_and_is_repeatable() -> None:
    made = sample_scenarios(thresholds(300, 302), 2_000, 7)
    assert made.ratio_denominator == 10**6
    assert 400_000 <= made.ratio_numerators.min() < 401_000
    assert 499_000 < made.ratio_numerators.max() <= 500_000
    assert set(made.boundaries_twd[:, 1]) == {300, 301, 302}
    assert {made.boundaries_twd[:, 0].min(), made.boundaries_twd[:, 0].max()} == {100, 300}
    again = sample_scenarios(thresholds(300, 302), 2_000, 7)
    assert (again.boundaries_twd == made.boundaries_twd).all()
    other = sample_scenarios(thresholds(300, 302), 2_000, 8)
    assert (other.boundaries_twd != made.boundaries_twd).any()
    assert sample_scenarios(thresholds(300, 302), 1, 7, is_equal_effective=True).is_equal_effective


def brute_ranks(
    kpi: KpiVersion, rows: list[tuple[int, int, int]], scenarios: Scenarios
) -> list[list[int]]:
    found = []
    for ratios, bounds in zip(scenarios.ratio_numerators, scenarios.boundaries_twd, strict=True):
        exact = [Fraction(int(ratio), scenarios.ratio_denominator) for ratio in ratios]
        values = []
        for place in range(len(SOME)):
            own = [row for row in rows if row[0] == place]
            effective = 5 + recount(own, exact, list(bounds), scenarios.is_equal_effective)
            counts = {"effective": effective, "closed": 5 + len(own), "pending": 7}
            values.append(evaluate(kpi, counts, None).value.value)
        higher = kpi.is_higher_better
        found.append([1 + sum(v > mine if higher else v < mine for v in values) for mine in values])
    return found


@pytest.mark.parametrize("kpi", ["effective_closure_rate", "geometric_mean", "disposition_time"])
@given(cases(), st.integers(0, 99))
@settings(deadline=None, max_examples=6)
def test_ranks_under_thresholds_are_a_recounts(
    kpi: str, rows: list[tuple[int, int, int]], seed: int
) -> None:
    version = version_of(kpi)
    index = index_of(rows, version)
    moved = [
        replace(item, low=Fraction(1, 5), high=Fraction(1))
        if item.kind == "ratio"
        else replace(item, low=Fraction(10 ** (4 + item.place)), high=Fraction(2_000_000))
        for item in thresholds()
    ]
    moved[3] = replace(moved[3], high=Fraction(900_000))
    moved[4] = replace(moved[4], low=Fraction(900_000))
    scenarios = sample_scenarios(moved, 6, seed)
    frame = threshold_ranks(index, scenarios)
    (official,) = brute_ranks(version, rows, scenarios_with(version.rule, [{}]))
    each = brute_ranks(version, rows, scenarios)
    assert frame["official"].tolist() == official
    assert frame["best"].tolist() == [min(column) for column in zip(*each, strict=True)]
    assert frame["worst"].tolist() == [max(column) for column in zip(*each, strict=True)]
    kept = [
        sum(rank == own for rank in column)
        for column, own in zip(zip(*each, strict=True), official, strict=True)
    ]
    assert frame["kept"].tolist() == kept
    assert frame["scenarios"].tolist() == [6] * len(SOME)


def test_a_branch_without_a_value_has_no_rank_under_any_threshold() -> None:
    index = index_of([(0, 100, 60), (0, 100, 40)], version_of("minimum"))
    counts = {**index.counts, SOME[1]: {"effective": 0, "closed": 0, "pending": 7}}
    lone = replace(index, counts=counts, always={**index.always, SOME[1]: 0})
    frame = threshold_ranks(lone, scenarios_with(lone.version.rule, [{}] * 3))
    assert frame.loc[SOME[1], ["official", "best", "worst"]].isna().all()
    assert frame.loc[SOME[1], ["kept", "scenarios"]].tolist() == [0, 0]
    assert frame.loc[SOME[0], "scenarios"] == 3


def test_the_rule_of_another_kpi_may_have_any_number_of_tiers() -> None:
    rule = replace(version_of().rule, tiers=(Tier("all", 1, None, Fraction(1, 2)),))
    index = index_of([(0, 100, 60), (1, 100, 40)], replace(version_of(), rule=rule))
    scenarios = sample_scenarios(thresholds()[:1], 50, 3)
    assert scenarios.boundaries_twd.shape == (50, 0)
    found = threshold_ranks(index, scenarios)
    # 6 of 6 with 7 pending; 5 of 6 with 7; 5 of 5 with 7.
    assert found["official"].tolist() == [1, 3, 2]
    assert found["kept"].tolist() == [50, 50, 50]
