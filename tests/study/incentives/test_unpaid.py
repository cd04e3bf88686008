"""Closing with nothing paid: the curve, each formula's stance on it, and how far it reaches."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.combination import count_expression
from closurerate.kpi.evaluate import evaluate
from closurerate.study.incentives.action_signs import sign_line
from closurerate.study.incentives.actions import actions, after
from closurerate.study.incentives.count_signs import reduced
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.unpaid import curve_level, reach, treatment, unpaid_curve
from kpi_samples import OF_107, kpi_ids, of_formula, version_of

OFFICIAL = "effective_closure_rate"


@st.composite
def some_counts(draw: st.DrawFn, most: int = 10**6) -> dict[str, int]:
    effective, ineffective, pending, new = (draw(st.integers(1, most)) for _ in range(4))
    return {
        "effective": effective, "closed": effective + ineffective, "pending": pending, "new": new,
    }  # fmt: skip


# Bad input ------------------------------------------------------------------------------------
def test_the_curve_needs_its_counts():
    for call in (curve_level, lambda counts: unpaid_curve(counts, [0])):
        with pytest.raises(InputError, match="counts: pending"):
            call(OF_107 | {"pending": None})


@pytest.mark.parametrize("closings", [7663742, -6744744])
def test_no_more_is_closed_than_is_pending_nor_left_than_was_closed(closings):
    with pytest.raises(InputError, match="must be from -6744743 to 7663741 here, found"):
        unpaid_curve(OF_107, [0, closings])


def test_what_has_no_value_says_why():
    nothing = {"effective": 0, "closed": 0, "pending": 0}
    assert curve_level(nothing) is None
    assert reach(version_of(OFFICIAL), nothing).reason == "its divisor C**2 + P**2 is 0"
    found = treatment(of_formula("E / (C - C)"))
    assert (found.stances, found.verdict, found.at(OF_107)) == ((), None, None)
    assert found.line.reason == "E / (C - C) divides by 0"
    sums = of_formula("sqrt(I1 + 1) + sqrt(I2 + 2)")
    assert "algebra does not decide" in reach(sums, OF_107).reason


def test_money_that_nobody_has_said_leaves_no_reach():
    money = of_formula("closed_paid_twd / closed_referred_twd")
    counts = OF_107 | {"closed_referred_twd": 100, "closed_paid_twd": 40}
    found = reach(money, counts)
    assert (found.times, found.best, found.change) == (None, None, None)
    assert found.reason == "close_unpaid says no closed_referred_twd"


# The curve ------------------------------------------------------------------------------------
@settings(deadline=None, max_examples=50)
@given(some_counts(), st.integers(-100, 100))
def test_the_reciprocals_of_the_indicators_add_up_to_the_same(counts, times):
    fewer = counts["closed"] - counts["effective"]
    times = max(-fewer, min(times, counts["pending"] - 1))
    frame = unpaid_curve(counts, [0, times])
    level = curve_level(counts)
    assert level == Fraction(counts["closed"] + counts["pending"], counts["effective"])
    for row in frame.to_dict("records"):
        assert 1 / row["I1"] + 1 / row["I2"] == level
    assert list(frame["closed"]) == [counts["closed"], counts["closed"] + times]
    assert list(frame["pending"]) == [counts["pending"], counts["pending"] - times]


def test_without_pending_cases_i2_has_no_value():
    frame = unpaid_curve({"effective": 2, "closed": 4, "pending": 3}, [3])
    assert frame["I2"].iloc[0] is None
    assert frame["I1"].iloc[0] == Fraction(2, 7)


# The stance of each formula -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kpi", "verdict"),
    [
        ("harmonic_mean", "neutral"),
        ("effective_share", "neutral"),
        ("effective_over_closed", "penalises"),
        ("clearance_rate", "rewards"),
        ("disposition_time", "rewards"),
    ],
)
def test_formulas_of_one_stance(kpi, verdict):
    found = treatment(version_of(kpi))
    assert found.verdict == verdict
    assert found.line.is_proved
    assert found.at({"effective": 1, "closed": 2, "pending": 2}) == verdict


@pytest.mark.parametrize(
    ("kpi", "where_more_closed", "where_more_pending"),
    [
        (OFFICIAL, "penalises", "rewards"),
        ("minimum", "penalises", "rewards"),
        ("arithmetic_mean", "rewards", "penalises"),
        ("geometric_mean", "rewards", "penalises"),
        ("contraharmonic_mean", "rewards", "penalises"),
    ],
)
def test_formulas_whose_stance_turns_where_closed_and_pending_are_equal(
    kpi, where_more_closed, where_more_pending
):
    found = treatment(version_of(kpi))
    assert found.verdict is None
    assert {str(one.conditions[0]): one.verdict for one in found.stances} == {
        "C - P + 1": where_more_closed,
        "-C + P - 1": where_more_pending,
    }
    assert found.at(OF_107) == where_more_closed
    assert found.at({"effective": 1, "closed": 5, "pending": 9}) == where_more_pending
    assert found.at({"effective": 1, "closed": 5, "pending": 5}) == where_more_closed
    assert found.at({"effective": 1, "closed": 5, "pending": 6}) == "neutral"
    assert found.at({"effective": 1, "closed": 5, "pending": None}) is None


def test_a_closing_that_takes_a_kpi_of_three_pieces_to_another_is_not_decided():
    kpi = of_formula("max(I1, min(0.3, I2))")
    found = treatment(kpi)
    assert found.verdict is None
    of_one_piece = {"effective": 1, "closed": 9, "pending": 9}
    assert effect(kpi, of_one_piece, actions()["close_unpaid"]).is_gain
    assert found.at(of_one_piece) == "rewards"
    across = {"effective": 1, "closed": 4, "pending": 4}
    assert effect(kpi, across, actions()["close_unpaid"]).is_gain
    assert found.at(across) is None


def test_a_factor_that_is_a_number_for_all_counts_has_its_sign():
    """Under E < C the root of (E - C)**2 is C - E, and their sum is 0."""
    kpi, close = of_formula("sqrt((min(E, P) - C)^2) / E"), actions()["close_unpaid"]
    counts = {"effective": 30, "closed": 70, "pending": 50}
    assert treatment(kpi).verdict == "rewards"
    assert effect(kpi, counts, close).is_gain
    stays = of_formula("(sqrt((E - C)^2) + E) / C")
    assert treatment(stays).verdict == "neutral"
    assert effect(stays, counts, close).change == 0


@pytest.mark.parametrize("power", ["", "^2"])
def test_what_divides_by_0_for_all_counts_has_no_stance(power):
    kpi = of_formula(f"P / (sqrt((E - C)^2) + E - C){power}")
    found = treatment(kpi)
    assert (found.stances, found.verdict) == ((), None)
    assert found.line.reason.endswith("divides by 0")
    assert reach(kpi, OF_107).reason
    assert reduced(count_expression(of_formula(f"(sqrt((E-C)^2) + E - C){power} * P"))).sign == 0


def test_a_kpi_that_changes_only_between_its_pieces_is_not_taken_for_one_that_stays():
    """C - P is under 0.2 or over 0.3 for all counts: none leaves the KPI between the two."""
    kpi, close = of_formula("max(0.2, min(0.3, C - P))"), actions()["close_unpaid"]
    assert effect(kpi, {"effective": 1, "closed": 4, "pending": 4}, close).is_gain
    assert sign_line(kpi, close).sign is None
    assert treatment(kpi).verdict is None


def test_weighing_i1_twice_penalises_and_a_difference_that_is_turned_round_rewards():
    weighed = of_formula("3 * E / (2 * C + P)")
    assert treatment(weighed).verdict == "penalises"
    assert treatment(replace(weighed, is_higher_better=False)).verdict == "rewards"


@pytest.mark.parametrize("kpi", kpi_ids())
def test_every_definition_has_a_stance(kpi):
    found = treatment(version_of(kpi))
    assert found.stances
    assert found.line.is_proved
    assert found.at(OF_107)


@settings(deadline=None, max_examples=40)
@given(some_counts() | some_counts(6), st.sampled_from(kpi_ids()))
def test_the_stance_is_what_one_more_closing_does(counts, kpi):
    if counts["pending"] == 1:  # the counts are over 0 before and after
        return
    found = effect(version_of(kpi), counts, actions()["close_unpaid"])
    said = {True: "rewards", False: "penalises", None: "neutral"}[found.is_gain]
    assert treatment(version_of(kpi)).at(counts) == said


# How far it reaches ---------------------------------------------------------------------------
@settings(deadline=None, max_examples=20)
@given(some_counts(15), st.sampled_from(kpi_ids()), st.booleans())
def test_the_reach_is_the_best_of_all_points_on_the_curve(counts, kpi, is_higher):
    one, action = replace(version_of(kpi), is_higher_better=is_higher), actions()["close_unpaid"]
    found = reach(one, counts)
    values = {
        times: evaluate(one, after(action, counts, times), None).value.value
        for times in range(counts["effective"] - counts["closed"], counts["pending"] + 1)
    }
    known = {times: Fraction(value) for times, value in values.items() if value is not None}
    best = max(known.values()) if is_higher else min(known.values())
    assert found.reason == ""
    assert abs(Fraction(found.best) - best) < Fraction(1, 10**25)
    if isinstance(found.best, Fraction):
        assert abs(found.times) == min(abs(times) for times in known if known[times] == best)
    assert abs(Fraction(found.change) - (best - known[0])) < Fraction(1, 10**25)


def test_where_a_root_has_no_value_the_reach_ends():
    kpi = of_formula("sqrt(C - P) * E / C")
    counts = {"effective": 5, "closed": 20, "pending": 16}
    for is_higher in (True, False):
        found = reach(replace(kpi, is_higher_better=is_higher), counts)
        values = {
            times: evaluate(kpi, after(actions()["close_unpaid"], counts, times), None).value.value
            for times in range(-15, 17)
        }
        known = [Fraction(value) for value in values.values() if value is not None]
        assert Fraction(found.best) == (max(known) if is_higher else min(known))
    assert found.times == -2


@pytest.mark.parametrize("formula", ["sqrt((I1 - I2)^2)", "sqrt((E - P)^2) / C"])
def test_a_distance_has_a_reach_that_algebra_does_not_decide(formula):
    assert reach(of_formula(formula), OF_107).reason.startswith("algebra does not decide")


def test_the_official_rate_is_highest_where_closed_and_pending_are_equal():
    """There it is the harmonic mean, which stays the same along the curve."""
    found = reach(version_of(OFFICIAL), OF_107)
    assert found.times == -(OF_107["closed"] - OF_107["pending"]) // 2 == -1_183_526
    assert found.best == evaluate(version_of("harmonic_mean"), OF_107, None).value.value
    assert found.change == found.best - evaluate(version_of(OFFICIAL), OF_107, None).value.value
    for closed, pending, times in [(9, 4, -2), (4, 9, 2)]:
        # 7 and 6, or 6 and 7, are as good: the nearer one is told.
        counts = {"effective": 2, "closed": closed, "pending": pending}
        assert reach(version_of(OFFICIAL), counts).times == times
    assert reach(version_of("harmonic_mean"), OF_107).times == 0
    everything = reach(version_of("effective_over_closed"), OF_107)
    assert (everything.best, everything.times) == (1, -(10030793 - 3286050))
