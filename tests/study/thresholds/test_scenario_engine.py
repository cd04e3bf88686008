"""The scenario engine equals a recount one case at a time, for any thresholds and any KPI."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from benchmarks.scenarios import bytes_of
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases
from closurerate.kpi.effective import EffectiveRule, Tier
from closurerate.kpi.effective_value import values_over_effective
from closurerate.kpi.evaluate import evaluate
from closurerate.study.thresholds.engine import build_index
from closurerate.study.thresholds.repayments import collect_repayments
from closurerate.study.thresholds.scenarios import Scenarios
from engine_samples import SOME, cases, index_of, recount
from kpi_samples import version_of

OFFICIAL = version_of()
HALF = Fraction(1, 2)


# Bad input ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ratios", "boundaries", "said"),
    [
        ([["0.5", "0.6", "-0.1"]], [[1, 2]], r"scenario 1: a ratio is under 0"),
        ([["0.5"] * 3] * 2, [[1, 2], [3, 2]], r"scenario 2: a boundary passes that of the next"),
        ([["0.5"] * 3], [[-1, 2]], r"scenario 1: a boundary is under 0"),
        ([[0.5, "0.6", "0.7"]], [[1, 2]], r"ratio 0.5: must be exact"),
        ([["half", "0.6", "0.7"]], [[1, 2]], r"ratio 'half': must be a number"),
        ([["1/0", "0.6", "0.7"]], [[1, 2]], r"ratio '1/0': must be a number"),
        ([["0.5", "0.6"], ["0.5"]], [[1], [1]], r"each must have 2 ratios, 1 boundaries"),
        ([["0.5", "0.6"]], [[1, 2]], r"each must have 2 ratios, 1 boundaries"),
    ],
)
def test_a_scenario_that_is_none_is_refused(ratios, boundaries, said):
    with pytest.raises(InputError, match=said):
        Scenarios.of(ratios, boundaries)


@pytest.mark.parametrize(
    ("ratios", "denominator", "boundaries", "said"),
    [
        (np.array([[0.5, 0.6]]), 1, np.array([[1]]), "not floats"),
        (np.array([[1, 2]]), 0, np.array([[1]]), "denominator 0"),
        (np.array([[1, 2]]), 1, np.array([[1, 2]]), r"shape \(1, 2\)"),
    ],
)
def test_arrays_that_are_no_scenarios_are_refused(ratios, denominator, boundaries, said):
    with pytest.raises(InputError, match=said):
        Scenarios(ratios, denominator, boundaries)


def test_other_tiers_and_unknown_branches_are_refused():
    index = index_of([(0, 100, 60)], OFFICIAL)
    with pytest.raises(InputError, match="scenarios have 2 tiers: effective_closure_rate has 3"):
        index.effective(Scenarios.of([["0.5", "0.6"]], [[100]]))
    with pytest.raises(InputError, match="branch '屏東' has no case in the year; there are 臺北"):
        index.value(3, "屏東")


def test_cases_and_counts_of_two_files_are_refused(case_file):
    row = closed("1", "part_returned", 100, 60)
    counts = count_cases(case_file([row]), 107, OFFICIAL.rule)
    other = collect_repayments(
        case_file([row, row | {"case_id": "2"}], "other.parquet"), 107, OFFICIAL.rule
    )
    with pytest.raises(InputError, match="2 part-paid cases and counts of 1"):
        build_index(other, counts, OFFICIAL)


# The engine against a recount -----------------------------------------------------------------
@st.composite
def scenario(draw, rows, tiers=3):
    """Thresholds at random, or exactly on a case's own ratio and amount."""
    own = [Fraction(paid, referred) for _, referred, paid in rows] or [HALF]
    amounts = [referred for _, referred, _ in rows] or [1]
    ratio = st.sampled_from(own) | st.decimals(0, 2, places=3).map(Fraction) | st.just(HALF)
    bound = st.sampled_from(amounts) | st.integers(0, 10**13) | st.sampled_from([0, 1])
    return (
        [draw(ratio) for _ in range(tiers)],
        sorted(draw(bound) for _ in range(tiers - 1)),
    )


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_every_scenario_is_a_recount(data, is_equal):
    rows = data.draw(cases())
    chosen = data.draw(st.lists(scenario(rows), min_size=1, max_size=6))
    index = index_of(rows, OFFICIAL)
    scenarios = Scenarios.of(*zip(*chosen, strict=True), is_equal_effective=is_equal)
    expected = [15 + recount(rows, *thresholds, is_equal) for thresholds in chosen]
    assert index.effective(scenarios).tolist() == expected
    for place in range(len(SOME)):
        own = [row for row in rows if row[0] == place]
        expected = [5 + recount(own, *thresholds, is_equal) for thresholds in chosen]
        assert index.effective_by_branch(scenarios)[:, place].tolist() == expected


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from([1, 2, 4]))
def test_any_number_of_tiers(data, tiers):
    rows = data.draw(cases())
    chosen = data.draw(scenario(rows, tiers))
    names, bounds = ("a", "b", "c", "d"), (1, 200, 3000, 40000)
    rule = EffectiveRule(
        tuple(
            Tier(names[at], bounds[at], (*bounds[1:tiers], None)[at], HALF) for at in range(tiers)
        ),
        ("paid_in_full",),
        ("part_returned",),
    )
    index = index_of(rows, type(OFFICIAL)(**{**vars(OFFICIAL), "rule": rule}))
    scenarios = Scenarios.of([chosen[0]], [chosen[1]])
    assert index.effective(scenarios)[0] == 15 + recount(rows, *chosen, False)


def test_many_scenarios_are_as_each_alone(rng):
    rows = [
        (int(b), int(r), int(p)) for b, r, p in rng.integers([0, 1, 0], [3, 900, 900], (200, 3))
    ]
    index = index_of(rows, OFFICIAL)
    numerators = rng.integers(0, 1000, (70_000, 3))
    bounds = np.sort(rng.integers(0, 900, (70_000, 2)), axis=1)
    found = index.effective(Scenarios(numerators, 1000, bounds))
    for at in (0, 32767, 32768, 65535, 65536, 69999):
        ratios = [Fraction(int(item), 1000) for item in numerators[at]]
        assert found[at] == 15 + recount(rows, ratios, bounds[at].tolist(), False)


# The KPI --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "kpi",
    ["effective_closure_rate", "effective_share", "geometric_mean", "minimum", "disposition_time"],
)
def test_values_are_the_exact_kpi(kpi):
    index = index_of([(0, 100, paid) for paid in range(40, 80)], version_of(kpi))
    effective = np.array([0, 5, 17, 17, 44, 55])
    for branch in (None, SOME[0]):
        values, places = values_over_effective(index.version, index.counts[branch], effective)
        for number, place in zip(effective, places, strict=True):
            counts = {**index.counts[branch], "effective": int(number)}
            exact = evaluate(index.version, counts, branch).value
            assert index.value(int(number), branch) == exact
            assert values[place] == exact.value


def test_a_kpi_without_value_is_nan_and_says_why():
    index = index_of([], version_of("clearance_rate"))
    assert index.value(3).value is None
    assert "do not tell new" in index.value(3).reason


def test_the_official_scenario_is_the_count(case_file):
    rows = [
        closed("1", "paid_in_full", 100, 100),
        closed("2", "part_returned", 100, 51),
        closed("3", "part_withdrawn", 100, 50),
        closed("4", "part_certificate", 1_000_000, 750_001, branch="高雄"),
        closed("5", "part_certificate", 1_000_000, 750_000, branch="高雄"),
        closed("6", "unpaid_returned", 100, 0),
        closed("7", "part_returned", 100, 99) | {"closed_on": None, "disposition": None},
    ]
    path = case_file(rows)
    counts = count_cases(path, 107, OFFICIAL.rule)
    index = build_index(collect_repayments(path, 107, OFFICIAL.rule), counts, OFFICIAL)
    assert index.branches == ("臺北", "高雄")
    assert index.effective(index.official).tolist() == [3] == [index.official_effective()]
    assert index.effective_by_branch(index.official).tolist() == [[2, 1]]
    assert (index.always_effective(), index.always_effective("高雄")) == (1, 0)
    inclusive = Scenarios.of(
        [[Decimal("0.5"), "0.6", Fraction(3, 4)]], [[200_000, 1_000_000]], is_equal_effective=True
    )
    assert index.effective(inclusive).tolist() == [5]
    assert index.tiers == ("ordinary", "special", "major")


def test_the_memory_of_the_index_is_that_of_its_arrays(rng):
    few, more = (
        bytes_of(index_of([(0, 100, int(paid)) for paid in rng.integers(0, 100, size)], OFFICIAL))
        for size in (100, 1000)
    )
    assert 100 * 60 < few < more < 1000 * 200


def closed(case_id, disposition, referred, paid, branch="臺北"):
    from datetime import date

    return {
        "case_id": case_id,
        "branch": branch,
        "category": "罰鍰",
        "referred_on": date(2017, 5, 1),
        "closed_on": date(2018, 5, 1),
        "disposition": disposition,
        "referred_amount_twd": referred,
        "paid_amount_twd": paid,
    }
