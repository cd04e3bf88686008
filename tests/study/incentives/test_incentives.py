"""Incentives: what is refused, known effects, and each result derived again in plain fractions."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.counts import MEASURES
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import evaluate
from closurerate.kpi.formula import measure
from closurerate.study.incentives.action_signs import sign_line
from closurerate.study.incentives.actions import actions, after, most_times
from closurerate.study.incentives.cheapest import cheapest_point
from closurerate.study.incentives.count_signs import reduced
from closurerate.study.incentives.effects import effect
from kpi_samples import OF_107, of_formula, version_of

# The KPIs again, in plain arithmetic on E, C, P and new cases.
ORACLES: dict[str, Callable[..., Fraction]] = {
    "effective_closure_rate": lambda E, C, P, new: Fraction(E * (C + P)) / (C**2 + P**2),
    "effective_over_closed": lambda E, C, P, new: Fraction(E) / C,
    "effective_share": lambda E, C, P, new: Fraction(E) / (C + P),
    "harmonic_mean": lambda E, C, P, new: Fraction(2 * E) / (C + P),
    "arithmetic_mean": lambda E, C, P, new: (Fraction(E) / C + Fraction(E) / P) / 2,
    "minimum": lambda E, C, P, new: min(Fraction(E) / C, Fraction(E) / P),
    "disposition_time": lambda E, C, P, new: Fraction(365 * P) / C,
    "clearance_rate": lambda E, C, P, new: Fraction(C) / new,
}
ACTIONS = tuple(actions())
SOME = ("close_effective", "close_unpaid", "collect_on_closed", "leave_unpaid_pending",
        "split_effective", "merge_ineffective", "refer_again", "merge_pending")  # fmt: skip


def oracle(kpi: str, counts: dict[str, int]) -> Fraction:
    return ORACLES[kpi](counts["effective"], counts["closed"], counts["pending"], counts["new"])


@st.composite
def some_counts(draw: st.DrawFn, most: int = 10**7) -> dict[str, int]:
    effective, ineffective, pending, new = (draw(st.integers(1, most)) for _ in range(4))
    return {
        "effective": effective, "closed": effective + ineffective, "pending": pending, "new": new,
    }  # fmt: skip


# Bad input ------------------------------------------------------------------------------------
@pytest.mark.parametrize("times", [0, -1, 1.5, True, None])
def test_an_action_is_done_a_whole_number_of_times(times):
    with pytest.raises(InputError, match=r"times: .* must be a whole number from 1"):
        effect(version_of("minimum"), OF_107, actions()["close_unpaid"], times)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"effective": None}, "effective: must be a whole number from 0, found None"),
        ({"pending": -1}, "pending: must be a whole number from 0, found -1"),
        ({"closed": 3}, "3286050 effective cases are more than 3 closed"),
    ],
)
def test_counts_that_are_none_are_refused(changed, said):
    for call in (effect, lambda v, c, a: cheapest_point(v, c)):
        with pytest.raises(InputError, match=said):
            call(version_of("minimum"), OF_107 | changed, actions()["close_unpaid"])


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"parts": 1}, "parts: .* must be a whole number from 2, found 1"),
        ({"parts": 2.0}, "parts: .* found 2.0"),
        ({"amount_twd": 0}, "amount_twd: NTD of a case: must be a whole number from 1, found 0"),
        ({"amount_twd": 1.5}, "amount_twd: .* found 1.5"),
    ],
)
def test_actions_that_cannot_be(given_, said):
    with pytest.raises(InputError, match=said):
        actions(**given_)


@pytest.mark.parametrize("gain", [Fraction(0), Fraction(-1, 100)])
def test_a_gain_is_over_nought(gain):
    with pytest.raises(InputError, match="gain: must be an exact number over 0"):
        cheapest_point(version_of("minimum"), OF_107, gain=gain)


def test_what_is_not_possible_says_so():
    few = {"effective": 2, "closed": 5, "pending": 3, "new": 1}
    kpi = version_of("effective_closure_rate")
    for name, most in [("close_unpaid", 3), ("close_effective", 3), ("collect_on_closed", 3),
                       ("leave_effective_pending", 2), ("merge_pending", 1), ("merge_effective", 1),
                       ("split_pending", 3)]:  # fmt: skip
        action = actions()[name]
        assert most_times(action, few) == most, name
        assert effect(kpi, few, action, most).change is not None or name == "merge_pending"
        beyond = effect(kpi, few, action, most + 1)
        assert beyond.change is None
        assert beyond.is_gain is None
        assert not beyond.is_perverse
        assert beyond.reason == f"{name} is possible {most} times at most"
    assert most_times(actions()["refer_new"], few) is None
    many = few | {"new": 100}
    assert most_times(actions()["merge_ineffective"], many) == 1
    assert most_times(actions(3)["merge_pending"], many) == 1


def test_what_has_no_value_says_why():
    empty = {"effective": 0, "closed": 0, "pending": 0, "new": 0}
    one = effect(version_of("effective_closure_rate"), empty, actions()["refer_new"])
    assert (one.change, one.reason) == (None, "its divisor C**2 + P**2 is 0")
    unknown = {name: OF_107.get(name) for name in OF_107} | {"new": None}
    one = effect(version_of("clearance_rate"), unknown, actions()["close_unpaid"])
    assert (one.change, one.reason) == (None, "the case data do not tell new")
    ways = cheapest_point(version_of("clearance_rate"), unknown).ways
    assert {way.reason for way in ways} == {"the case data do not tell new"}
    assert cheapest_point(version_of("minimum"), empty).cheapest == ()


def test_a_kpi_that_counts_money_needs_the_amount():
    money = of_formula("closed_paid_twd / closed_referred_twd")
    counts = OF_107 | {"closed_referred_twd": 1000, "closed_paid_twd": 400, "collected_twd": 400}
    assert effect(money, counts, actions()["close_unpaid"]).reason == (
        "close_unpaid says no closed_referred_twd"
    )
    line = sign_line(money, actions()["close_unpaid"])
    assert (line.regions, line.reason) == ((), "close_unpaid says no closed_referred_twd")
    with_amount = actions(amount_twd=100)
    changes = {name: effect(money, counts, action).change for name, action in with_amount.items()}
    assert changes["close_unpaid"] == Fraction(400, 1100) - Fraction(2, 5)
    assert changes["close_effective"] == Fraction(500, 1100) - Fraction(2, 5)
    assert changes["collect_on_closed"] == Fraction(1, 10)
    assert changes["leave_effective_pending"] == Fraction(300, 900) - Fraction(2, 5)
    assert changes["leave_unpaid_pending"] == Fraction(400, 900) - Fraction(2, 5)
    assert changes["split_effective"] == changes["refer_new"] == 0


# Known values ---------------------------------------------------------------------------------
def test_ten_thousand_cases_out_of_pending():
    kpi = version_of("effective_closure_rate")
    paid = effect(kpi, OF_107, actions()["close_effective"], 10_000)
    unpaid = effect(kpi, OF_107, actions()["close_unpaid"], 10_000)
    assert round(100 * Fraction(paid.change or 0), 3) == Fraction("0.100")
    assert round(100 * Fraction(unpaid.change or 0), 3) == Fraction("-0.011")
    assert (paid.is_gain, unpaid.is_gain) == (True, False)
    assert not paid.is_perverse
    assert not unpaid.is_perverse
    left = effect(kpi, OF_107, actions()["leave_unpaid_pending"])
    assert left.is_gain
    assert left.is_perverse


def test_what_penalises_closing_as_effective_is_perverse():
    """2E(C − P + 1) > C² + P²: one more lowers I."""
    counts = {"effective": 900, "closed": 1000, "pending": 300, "new": 0}
    one = effect(version_of("effective_closure_rate"), counts, actions()["close_effective"])
    assert one.is_gain is False
    assert one.is_perverse


@pytest.mark.parametrize(
    ("kpi", "action", "line"),
    [
        ("effective_closure_rate", "close_unpaid", "P - C - 1"),
        ("effective_closure_rate", "leave_unpaid_pending", "C - 1 - P"),
        ("effective_closure_rate", "close_effective", "C**2 + P**2 - 2*E*(C - P + 1)"),
        ("effective_closure_rate", "close_new_effective",
         "(C + P + 1)*(C**2 + P**2) - E*(C**2 + 2*C*P - P**2 + C + P)"),
        ("effective_closure_rate", "refer_new", "C**2 - 2*C*P - P**2 - C - P"),
        ("effective_closure_rate", "refer_again", "P**2 - 2*C*P - C**2 - C - P"),
        ("arithmetic_mean", "close_unpaid", "C + 1 - P"),
        ("geometric_mean", "close_unpaid", "C + 1 - P"),
        ("power_mean_minus_two", "close_unpaid", "P - C - 1"),
        ("minimum", "close_unpaid", "P - C - 1"),
        ("minimum", "refer_new", "C - P"),
        ("clearance_rate", "refer_again", "new - C"),
    ],
)  # fmt: skip
def test_lines_where_the_sign_changes(kpi, action, line):
    found = sign_line(version_of(kpi), actions()[action])
    names = {name: sympy.Symbol(name, positive=True) for name in ("E", "C", "P", "new")}
    assert [sympy.expand(border) for border in found.borders] == [
        sympy.expand(sympy.sympify(line, locals=names))
    ]
    assert found.sign is None
    assert found.is_proved


@pytest.mark.parametrize(
    ("kpi", "action", "sign"),
    [
        ("harmonic_mean", "close_unpaid", 0),
        ("effective_share", "close_unpaid", 0),
        ("harmonic_mean", "close_new_effective", 1),
        ("effective_over_closed", "close_unpaid", -1),
        ("effective_over_closed", "close_new_effective", 1),
        ("effective_over_closed", "refer_new", 0),
        ("disposition_time", "close_unpaid", -1),
        ("minimum", "close_effective", 1),
        ("geometric_mean", "close_effective", 1),
        ("clearance_rate", "close_unpaid", 1),
    ],
)
def test_actions_that_always_have_one_sign(kpi, action, sign):
    found = sign_line(version_of(kpi), actions()[action])
    assert found.sign == sign
    assert found.borders == ()
    assert [region.conditions for region in found.regions] == [()]
    assert found.is_proved


def test_a_sum_of_a_root_and_fractions_that_turn_alike_has_a_short_line():
    """The Heronian mean's derivative printed C^(9/2)·P^(5/2) − … > 0 where C > P would do."""
    found = sign_line(of_formula("(I1 + sqrt(I1 * I2) + I2) / 3"), actions()["close_unpaid"])
    assert [str(border) for border in found.borders] == ["C - P + 1"]
    assert found.is_proved


def test_a_case_that_passes_over_a_kink_is_told_exactly():
    """At P = C the minimum is both; at P = C + 1 the closing changes E/P into E/C of the same."""
    line = sign_line(version_of("minimum"), actions()["close_unpaid"])
    for more, sign in ((-1, -1), (0, -1), (1, 0), (2, 1), (3, 1)):
        counts = {"effective": 3, "closed": 10, "pending": 10 + more}
        found = effect(version_of("minimum"), counts, actions()["close_unpaid"])
        assert found.change is not None
        assert (found.change > 0) - (found.change < 0) == sign
        assert {one.sign for one in line.regions if holds(one.conditions, counts)} == (
            {sign} if sign else set()
        )


def test_a_case_that_takes_a_kpi_from_one_piece_to_the_other_is_told():
    """At 2 of 7 the rate is under its cap of 0.3, and one more closed as effective reaches it."""
    kpi = of_formula("min(0.3, I1)")
    line = sign_line(kpi, actions()["close_effective"])
    for effective, sign in ((1, 1), (2, 1), (3, 0)):
        counts = {"effective": effective, "closed": 7, "pending": 5}
        found = effect(kpi, counts, actions()["close_effective"])
        assert found.is_gain is (True if sign else None)
        signs = {one.sign for one in line.regions if holds(one.conditions, counts)}
        assert signs - {0} == {sign} - {0}


def test_a_formula_without_value_has_no_line():
    found = sign_line(of_formula("E / (C - C)"), actions()["close_unpaid"])
    assert (found.regions, found.borders, found.sign) == ((), (), None)
    assert found.reason == "E / (C - C) divides by 0"


def test_the_sign_of_an_expression_is_proved_or_said_to_be_searched():
    E, C, P = (sympy.Symbol(name, positive=True) for name in "ECP")
    assert reduced(C - E).sign == 1
    assert reduced(C**2 - C * P + P**2) == replace(reduced(C**2 - C * P + P**2), sign=1)
    assert reduced(C**2 - C * P + P**2).is_proved
    assert reduced((C - P) ** 2 * (E - P)).border == E - P
    searched = reduced(sympy.sqrt(C**2 + P**2) + C)
    assert (searched.sign, searched.is_proved) == (1, False)
    irrational = reduced(C - sympy.root(sympy.Rational(3, 4), 2) * P + 5 * P)
    assert (irrational.sign, irrational.is_proved) == (1, True)
    tangled = reduced(C**2 - sympy.sqrt(3) * C * P + P**2)
    assert (tangled.sign, tangled.is_proved) == (1, False)


def test_a_root_of_a_number_in_a_formula_has_its_signs():
    formula = of_formula("(((min(sqrt((sqrt(max(0, 0.75)))^2), new)) / (C + C)) / 2)^2")
    found = {name: sign_line(formula, action) for name, action in actions().items()}
    assert {line.reason for line in found.values()} == {""}
    assert [region.sign for region in found["close_unpaid"].regions] == [-1]


# Derived again --------------------------------------------------------------------------------
@settings(deadline=None, max_examples=60)
@given(some_counts(), st.sampled_from(ACTIONS), st.integers(1, 1000), st.integers(2, 5))
def test_an_effect_is_the_kpi_of_the_changed_counts_less_the_kpi(counts, name, times, parts):
    action = actions(parts)[name]
    changed = {key: counts[key] + times * (action.changes.get(key) or 0) for key in counts}
    for kpi in ORACLES:
        found = effect(version_of(kpi), counts, action, times)
        most = most_times(action, counts)
        if most is not None and times > most:
            assert found.change is None
            continue
        try:
            expected = oracle(kpi, changed) - oracle(kpi, counts)
        except ZeroDivisionError:
            continue
        assert found.change == expected
        assert isinstance(found.change, Fraction)
        better = expected < 0 if kpi == "disposition_time" else expected > 0
        assert found.is_gain is (better if expected else None)
        assert found.is_perverse is (
            expected != 0 and action.serves is not None and better != action.serves
        )


@settings(deadline=None, max_examples=15)
@given(some_counts(10**5), st.sampled_from(ACTIONS))
def test_counts_stay_counts_as_often_as_an_action_is_possible(counts, name):
    action = actions(3)[name]
    most = most_times(action, counts)
    before = dict(counts)
    changed = after(action, counts, 100 if most is None else most)
    assert counts == before
    assert min(changed[key] or 0 for key in counts) >= 0
    assert changed["effective"] <= changed["closed"]


def test_merging_undoes_splitting_and_leaving_pending_undoes_closing():
    every = dict.fromkeys(MEASURES, 1000) | {"effective": 300}
    chosen = actions(4, amount_twd=20)
    for kind in ("pending", "effective", "ineffective"):
        split = after(chosen[f"split_{kind}"], every, 2)
        assert after(chosen[f"merge_{kind}"], split, 2) == every
    for closing, undone in [("close_effective", "leave_effective_pending"),
                            ("close_unpaid", "leave_unpaid_pending")]:  # fmt: skip
        assert after(chosen[undone], after(chosen[closing], every, 7), 7) == every


@settings(deadline=None, max_examples=60)
@given(some_counts(12), st.sampled_from(ACTIONS), st.sampled_from(sorted(ORACLES)))
@example(
    {"effective": 9, "closed": 10, "pending": 4, "new": 1},
    "close_effective",
    "effective_closure_rate",
)
def test_the_signs_are_those_of_one_case_more(counts, name, kpi):
    """Small counts, where a derivative and one case differ most."""
    action = actions()[name]
    changed = {key: counts[key] + (action.changes.get(key) or 0) for key in counts}
    kinds = (
        (one["effective"], one["closed"] - one["effective"], one["pending"], one["new"])
        for one in (counts, changed)
    )
    if any(number < 1 for kind in kinds for number in kind):
        return
    change = oracle(kpi, changed) - oracle(kpi, counts)
    line = sign_line(version_of(kpi), action)
    signs = {one.sign for one in line.regions if holds(one.conditions, counts)} - {0}
    assert signs == ({1 if change > 0 else -1} if change else set())
    assert line.is_proved


def value_of(expression: sympy.Expr, counts: dict[str, int]) -> sympy.Rational:
    return expression.subs({item: counts[measure(str(item))] for item in expression.free_symbols})


def holds(conditions: tuple[sympy.Expr, ...], counts: dict[str, int]) -> bool:
    return all(value_of(item, counts) > 0 for item in conditions)


@settings(deadline=None, max_examples=60)
@given(some_counts(10**6))
def test_one_case_closed_unpaid_lowers_the_rate_unless_pending_cases_are_more(counts):
    change = effect(version_of("effective_closure_rate"), counts, actions()["close_unpaid"]).change
    lead = counts["closed"] - counts["pending"]
    assert change is not None
    assert (change < 0, change > 0) == (lead > -1, lead < -1)
    if 2 * counts["effective"] <= counts["closed"]:
        paid = sign_line(version_of("effective_closure_rate"), actions()["close_effective"])
        assert holds(paid.borders, counts)


def test_an_irrational_effect_is_a_decimal():
    one = effect(version_of("geometric_mean"), OF_107, actions()["close_unpaid"], 10_000)
    assert isinstance(one.change, Decimal)
    E, C, P = (OF_107[name] for name in ("effective", "closed", "pending"))
    with localcontext() as context:
        context.prec = 60
        before, later = (
            (Decimal(E**2) / Decimal(c * p)).sqrt() for c, p in ((C, P), (C + 10_000, P - 10_000))
        )
        expected = later - before
    assert abs(one.change - expected) < Decimal("1e-29")


# The cheapest point ---------------------------------------------------------------------------
FORMULAS = (
    "effective_closure_rate", "effective_over_closed", "minimum", "disposition_time",
    "clearance_rate", "arithmetic_mean", "geometric_mean",
)  # fmt: skip


def brute_force(kpi: KpiVersion, counts, action, gain: Fraction, most: int) -> int | None:
    start = evaluate(kpi, counts, None).value.value
    for times in range(1, most + 1):
        value = evaluate(kpi, after(action, counts, times), None).value.value
        if value is not None and start is not None:
            change = Fraction(value) - Fraction(start)
            if change >= gain if gain > 0 else change <= gain:
                return times
    return None


@settings(deadline=None, max_examples=25)
@given(some_counts(40), st.sampled_from(FORMULAS), st.integers(1, 40), st.booleans())
def test_the_least_number_of_times_is_the_first_that_gains(counts, kpi, hundredths, is_higher):
    one = replace(version_of(kpi), is_higher_better=is_higher)
    gain = Fraction(hundredths, 100) * (20 if kpi == "disposition_time" else 1)
    ways = {name: actions()[name] for name in SOME}
    found = cheapest_point(one, counts, ways=ways, gain=gain)
    for way in found.ways:
        assert not way.is_search
        most = most_times(way.action, counts)
        signed = gain if is_higher else -gain
        assert way.times == brute_force(one, counts, way.action, signed, most or 0), way


def test_a_gain_that_comes_and_goes_is_found_where_it_comes_first():
    """I rises until C = P and falls beyond: the gain is there in the middle only."""
    counts = {"effective": 100, "closed": 200, "pending": 1000, "new": 0}
    one = version_of("effective_closure_rate")
    top = Fraction(100 * 1200, 2 * 600**2) - oracle("effective_closure_rate", counts)
    way = cheapest_point(one, counts, ways={"a": actions()["close_unpaid"]}, gain=top).ways[0]
    assert way.times == 400
    assert way.is_perverse
    beyond = cheapest_point(
        one, counts, ways={"a": actions()["close_unpaid"]}, gain=top + Fraction(1, 10**9)
    ).ways[0]
    assert (beyond.times, beyond.reason) == (None, "not gained by all 1000 that are possible")


@pytest.mark.parametrize(
    ("text", "is_search"),
    [
        ("sqrt(I1) + I2", True),
        ("sqrt(I1) + sqrt(I2)", True),
        ("max(I1, sqrt(I2), 1/2)", False),
        ("min(I1, 0.4) + max(I2, C / 200)", False),
    ],
)
def test_a_sum_of_roots_is_searched_and_says_so(text, is_search):
    counts = {"effective": 30, "closed": 90, "pending": 70, "new": 50}
    found = cheapest_point(of_formula(text), counts)
    assert all(way.is_search == is_search for way in found.ways if way.most)
    for way in found.ways:
        assert way.times == brute_force(
            of_formula(text), counts, way.action, Fraction(1, 100), way.most
        )


def test_the_cheapest_point_of_the_nation():
    found = cheapest_point(version_of("effective_closure_rate"), OF_107)
    ways = {way.action.name: way for way in found.ways}
    C, P = OF_107["closed"], OF_107["pending"]
    # I is linear in E: a point needs (C² + P²) / 100 (C + P) effective cases more.
    assert ways["collect_on_closed"].times == -(-(C**2 + P**2) // (100 * (C + P))) == 90_056
    assert ways["close_effective"].times == 100_572
    assert ways["close_unpaid"].times is ways["leave_unpaid_pending"].times is None
    assert ways["merge_ineffective"].cases == 2 * (ways["merge_ineffective"].times or 0)
    assert [way.action.name for way in found.cheapest] == ["collect_on_closed"]
    assert found.cheapest == found.cheapest_serving
    assert [way.action.name for way in found.cheapest_perverse] == ["split_effective"]
    assert "refer_new" not in ways
    assert "close_new_effective" not in ways


@pytest.mark.parametrize("kpi", ["geometric_mean", "quadratic_mean", "minimum"])
def test_one_case_fewer_is_not_enough_in_the_nation(kpi):
    found = cheapest_point(version_of(kpi), OF_107)
    start = Fraction(evaluate(version_of(kpi), OF_107, None).value.value or 0)
    assert len(found.cheapest_serving) + len(found.cheapest_perverse) >= 2
    for way in found.ways:
        assert not way.is_search
        if way.times is not None:
            before, at = (
                Fraction(evaluate(version_of(kpi), after(way.action, OF_107, times), None)
                         .value.value or 0) - start
                for times in (way.times - 1, way.times)
            )  # fmt: skip
            assert before < Fraction(1, 100) <= at


def test_a_kpi_in_days_gains_by_falling_and_cannot_tell_paid_from_unpaid():
    found = cheapest_point(version_of("disposition_time"), OF_107)
    assert found.gain == 1
    assert [way.action.name for way in found.cheapest] == ["close_effective", "close_unpaid"]
    assert {way.is_perverse for way in found.cheapest} == {True, False}
    C, P = OF_107["closed"], OF_107["pending"]
    times = found.cheapest[0].times or 0
    drop = [Fraction(365 * P, C) - Fraction(365 * (P - n), C + n) for n in (times - 1, times)]
    assert drop[0] < 1 <= drop[1]
    turned = cheapest_point(replace(version_of("disposition_time"), is_higher_better=True), OF_107)
    assert [way.action.name for way in turned.cheapest] == [
        "leave_effective_pending", "leave_unpaid_pending",
    ]  # fmt: skip


def test_what_is_not_possible_so_often_has_no_effect():
    kpi, action = version_of("effective_closure_rate"), actions()["close_unpaid"]
    few = OF_107 | {"pending": 5}
    often = effect(kpi, few, action, 10)
    assert (often.times, often.change) == (10, None)
    assert often.reason == "close_unpaid is possible 5 times at most"
    assert effect(kpi, few, action, 1).reason == ""
    found = [effect(kpi, counts, action, times) for counts in (OF_107, few) for times in (1, 10)]
    assert not any(one.is_perverse for one in found)


# What is not known ----------------------------------------------------------------------------
def test_what_is_not_known_is_told_from_what_gains_nothing():
    money = of_formula("closed_paid_twd / closed_referred_twd")
    counts = OF_107 | {"closed_referred_twd": 100, "closed_paid_twd": 40}
    empty = dict.fromkeys(OF_107, 0)
    official, one = version_of(), actions()["close_unpaid"]
    assert effect(money, counts, one).cause == "amount"
    assert effect(official, empty, one).cause == "impossible"
    assert effect(official, empty, actions()["refer_new"]).cause == "no_value"
    assert effect(official, OF_107, one).cause == ""
    ways = {way.action.name: way for way in cheapest_point(money, counts).ways}
    assert ways["close_unpaid"].cause == "amount"
    assert not ways["close_unpaid"].is_known
    assert ways["split_pending"].cause == ""  # its money stays: nothing is gained
    assert (ways["split_pending"].times, ways["split_pending"].is_known) == (None, True)
    none = {way.action.name: way for way in cheapest_point(official, empty).ways}
    assert none["close_unpaid"].cause == "impossible"
    assert none["close_unpaid"].is_known
    valueless = cheapest_point(of_formula("1 / (C - C)"), OF_107)
    assert {way.cause for way in valueless.ways} == {"no_value"}
