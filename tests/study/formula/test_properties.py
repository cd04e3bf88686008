"""The properties of formulas: what is decided, by what, and that it is so."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import evaluate
from closurerate.study.formula import counterexamples as search
from closurerate.study.formula.critical import UndecidedError, critical_points
from closurerate.study.formula.proofs import T
from closurerate.study.formula.properties import PROPERTIES, falling_regions, properties
from closurerate.study.formula.signs import branches, sign_chart
from kpi_samples import kpi_ids, of_formula, version_of

SILVER = 1 + sympy.sqrt(2)


def value(version: KpiVersion, effective: int, closed: int, pending: int) -> Fraction:
    counts = {"effective": effective, "closed": closed, "pending": pending}
    return Fraction(evaluate(version, counts, None).value.value)


# Signs ----------------------------------------------------------------------------------------
def test_what_algebra_does_not_settle_is_no_verdict():
    with pytest.raises(UndecidedError, match="pole"):
        critical_points(1 / (T - 2), T)
    with pytest.raises(UndecidedError, match="no real value"):
        sign_chart(sympy.sqrt(T - 2), T)
    with pytest.raises(UndecidedError, match="pole"):
        sign_chart(1 / (sympy.sqrt(T) - 2), T)
    with pytest.raises(UndecidedError, match="more than 5 roots"):
        critical_points(sum(sympy.sqrt(T + number) for number in range(6)), T)


def test_a_formula_without_any_value_has_its_properties_told():
    """Under E < C its divisor is 0 for all counts."""
    for text in ("E / (sqrt((E - C)^2) + E - C)", "P / (sqrt((E - C)^2) + E - C)^2"):
        assert set(properties(of_formula(text))) == set(PROPERTIES)


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        (T**2 - 2 * T - 1, [SILVER]),
        (T**2 + 1, []),
        (sympy.sqrt(T) - 3, [9]),
        (sympy.sqrt(1 + T**2) - 2 * T, [1 / sympy.sqrt(3)]),
        (sympy.sqrt(sympy.sqrt(T) + 2) - 2, [4]),
        (T**3 - T - 1, [sympy.CRootOf(T**3 - T - 1, 0)]),
        (sympy.Integer(0), []),
    ],
)
def test_points_at_which_a_sign_changes(expression, points):
    found = [sympy.N(point, 30) for point in critical_points(expression, T)]
    for point in points:
        assert any(abs(item - sympy.N(point, 30)) < 1e-25 for item in found)
    signs = [span.sign for span in sign_chart(expression, T)] if expression != 0 else [0]
    assert len(signs) == len(points) + 1


def test_a_chart_has_exact_ends_and_merges_equal_signs():
    low, middle, high = sign_chart((T - 1) * (T**2 - 2), T)
    assert [low.sign, middle.sign, high.sign] == [1, -1, 1]
    assert (low.upper, middle.upper) == (1, sympy.sqrt(2))
    (whole,) = sign_chart((T - 1) ** 2, T)
    assert (whole.lower, whole.upper, whole.sign) == (0, sympy.oo, 1)
    (part,) = sign_chart(T - 1, T, sympy.Integer(2), sympy.Integer(3))
    assert part.sign == 1


def test_minima_are_split_where_their_arguments_meet():
    nested = sympy.Max(sympy.Min(T, 3), 2)
    found = branches(nested, lambda part: part, T)
    taken = [branch.expression for branch in found]
    assert taken[0] == 2
    assert T in taken
    assert taken[-1] == 3
    (branch,) = [branch for branch in found if branch.expression == T]
    assert (branch.lower, branch.upper) == (2, 3)


# What is not decided, and what makes no sense -------------------------------------------------
def test_what_is_no_function_of_the_indicators_is_decided_in_counts():
    found = properties(version_of("clearance_rate"))
    for name in ("symmetric", "homogeneous", "between", "improving_I1", "improving_I2"):
        verdict = found[name]
        assert (verdict.holds, verdict.method, verdict.argument) == (
            None, "not_applicable", "other_counts",
        )  # fmt: skip
    assert found["monotone_C"].direction == "increasing"
    assert found["monotone_E"].direction == found["monotone_P"].direction == "constant"
    assert found["bounded"].holds is False
    (point,) = found["bounded"].points
    assert point.closed > search.OTHERS["new"]
    assert dict(found["defined_at_zero"].zeros)[("new",)] is None


def test_days_are_neither_bounded_nor_between():
    found = properties(version_of("disposition_time"))
    assert [found[name].argument for name in ("between", "bounded")] == ["unit", "unit"]
    assert found["monotone_P"].direction == "increasing"
    assert found["homogeneous"].degree == 0


def test_a_formula_that_divides_by_nothing_has_no_properties():
    found = properties(of_formula("1 / (I1 - I1)"))
    assert {verdict.argument for verdict in found.values()} == {"divides_by_zero"}
    assert {verdict.holds for verdict in found.values()} == {None}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # Referred 100 and paid 120 give 6/5: money stands still on the grid.
        ("closed_paid_twd / closed_referred_twd", "bounded"),
        ("(P + new) / (P + reopened)", "monotone_P"),
        ("sqrt(E * new) - sqrt(E * reopened)", "monotone_E"),
    ],
)
def test_a_search_that_holds_further_counts_settles_nothing(text, name):
    verdict = properties(of_formula(text))[name]
    assert (verdict.holds, verdict.method, verdict.argument) == (None, "search", "held")
    assert (verdict.direction, verdict.points) == ("", ())


def test_a_counterexample_counts_whatever_else_is_held():
    verdict = properties(of_formula("(E - 0.1 * C) / (new + P)"))["monotone_P"]
    assert (verdict.holds, verdict.direction) == (False, "mixed")
    assert len(verdict.points) == 4


def test_further_counts_are_named():
    money = of_formula("closed_paid_twd / closed_referred_twd")
    assert search.held(money) == ("closed_paid_twd", "closed_referred_twd")
    assert search.held(of_formula("I1")) == search.held(of_formula("1 / (C - C)")) == ()


@pytest.mark.parametrize(
    ("text", "name", "holds", "method", "direction"),
    [
        ("I1 + I1 * I2", "improving_I1", True, "symbolic", "increasing"),
        ("I1 - I1 * I2", "improving_I1", False, "search", "mixed"),
        ("sqrt(I1 + I2^2) - I1", "monotone_P", True, "search", "decreasing"),
        ("I1 + I1 * I2", "homogeneous", False, "counterexample", ""),
        ("I1 + I1 * I2", "between", False, "counterexample", ""),
        ("sqrt(I1 * I2) * I1", "bounded", False, "counterexample", ""),
        ("1 / (I1 - I2)", "improving_I2", None, "search", ""),
        ("1 / (I1 - I2)", "monotone_P", None, "search", ""),
        ("E / (C + 1)", "bounded", True, "symbolic", ""),
        ("min(E / (C + 1), 1)", "bounded", True, "symbolic", ""),
        ("min(E / (C + 1), 1)^2", "bounded", True, "search", ""),
        ("max(I1, 2 * I2)", "monotone_C", True, "symbolic", "weakly_decreasing"),
    ],
)
def test_other_formulas(text, name, holds, method, direction):
    verdict = properties(of_formula(text))[name]
    assert (verdict.holds, verdict.method, verdict.direction) == (holds, method, direction)


# What is decided ------------------------------------------------------------------------------
# symmetric, between, better with I1 and I2, bounded, defined at zero
KNOWN = {
    "effective_closure_rate": (True, True, False, False, False, True),
    "arithmetic_mean": (True, True, True, True, False, False),
    "clearance_rate": (None, None, None, None, False, False),
    "contraharmonic_mean": (True, True, False, False, False, False),
    "disposition_time": (False, None, False, True, None, False),
    "effective_over_closed": (False, True, True, False, True, False),
    "effective_share": (True, False, True, True, True, True),
    "geometric_mean": (True, True, True, True, False, False),
    "harmonic_mean": (True, True, True, True, False, True),
    "minimum": (True, True, False, False, True, False),
    "power_mean_minus_two": (True, True, True, True, False, False),
    "quadratic_mean": (True, True, True, True, False, False),
}
ASKED = (
    "symmetric", "between", "improving_I1", "improving_I2", "bounded", "defined_at_zero",
)  # fmt: skip


def test_every_definition_is_known_here():
    assert set(KNOWN) <= set(kpi_ids())


@pytest.mark.parametrize("name", KNOWN)
def test_verdicts_side_by_side(name):
    found = properties(version_of(name))
    assert tuple(found) == tuple(PROPERTIES)
    assert tuple(found[asked].holds for asked in ASKED) == KNOWN[name]
    assert all(verdict.method != "search" for verdict in found.values())


def test_the_borders_of_the_official_formula_are_exact():
    found = properties(version_of("effective_closure_rate"))
    assert falling_regions(found["improving_I2"]) == ((SILVER, sympy.oo),)
    assert falling_regions(found["improving_I1"]) == ((0, SILVER - 2),)
    rising = [step for step in found["monotone_P"].steps if step.sign > 0]
    assert [(step.lower, step.upper) for step in rising] == [(SILVER, sympy.oo)]  # P < (√2−1)·C
    assert found["monotone_P"].direction == found["monotone_C"].direction == "mixed"
    assert found["monotone_E"].direction == "increasing"
    assert sympy.simplify(found["bounded"].peak - SILVER / 2) == 0
    contraharmonic = properties(version_of("contraharmonic_mean"))
    assert falling_regions(contraharmonic["improving_I1"]) == ((SILVER, sympy.oo),)


def test_what_a_kpi_is_at_zero():
    found = properties(version_of("effective_closure_rate"))["defined_at_zero"]
    zeros = {names: None if item is None else str(item) for names, item in found.zeros}
    assert zeros == {("E",): "0", ("E", "C"): "0", ("P",): "E/C", ("E", "C", "P"): None}
    smaller = dict(properties(version_of("minimum"))["defined_at_zero"].zeros)
    assert smaller[("E",)] == 0
    assert smaller[("P",)] is None


def test_what_is_better_goes_by_the_direction():
    """Of days, those that rise with I1 are a vice and were shown with a tick."""
    days = properties(version_of("disposition_time"))
    assert (days["improving_I1"].holds, days["improving_I1"].direction) == (False, "increasing")
    assert (days["improving_I2"].holds, days["improving_I2"].direction) == (True, "decreasing")
    before, after = days["improving_I1"].points
    assert after.first > before.first
    assert after.value.value > before.value.value
    share = replace(of_formula("1 - E / C"), is_higher_better=False)
    assert properties(share)["improving_I1"].holds
    assert properties(replace(share, is_higher_better=True))["improving_I1"].holds is False


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("minimum", {("E", "C"): "0", ("P",): "E/C"}),
        ("power_mean_minus_two", {("E",): "0", ("E", "C"): "0", ("P",): "sqrt(2)*E/C"}),
        ("geometric_mean", {("E", "C"): "0"}),
        ("arithmetic_mean", {}),
        ("effective_over_closed", {}),
        ("effective_closure_rate", {}),
    ],
)
def test_a_formula_that_has_a_limit_lacks_a_value_by_rule_alone(name, limits):
    found = properties(version_of(name))["defined_at_zero"]
    assert {names: str(item) for names, item in found.limits} == limits
    lacking = {names for names, item in found.zeros if item is None}
    assert limits.keys() <= lacking


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("E / (C + 1)", "below_one_counts"),
        ("min(1, I1 + I2)", "below_one_part"),
        ("min(I1 + I2, max(I1, 0.9))", "below_one_part"),
        ("max(I1, 0.5)", "below_one_counts"),
    ],
)
def test_what_is_not_homogeneous_is_bounded_by_a_proof_in_counts(text, what):
    found = properties(of_formula(text))["bounded"]
    assert (found.holds, found.method) == (True, "symbolic")
    assert {step.what for step in found.steps} == {what}
    k, E = (sympy.Symbol(name, positive=True) for name in "kE")
    if text == "E / (C + 1)":
        assert sympy.simplify(found.steps[0].expression - (1 - E / (E + k + 1))) == 0


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "clearance_rate"])
def test_zeros_agree_with_the_evaluation(name):
    for names, found in properties(version_of(name))["defined_at_zero"].zeros:
        counts = {"E": 30, "C": 100, "P": 40} | dict.fromkeys(names, 0)
        exact = evaluate(
            version_of(name),
            {"effective": counts["E"], "closed": counts["C"], "pending": counts["P"]},
            None,
        ).value.value
        symbols = {symbol: counts[str(symbol)] for symbol in getattr(found, "free_symbols", ())}
        assert (None if found is None else Fraction(str(found.subs(symbols)))) == exact


@pytest.mark.parametrize(
    ("name", "peak"),
    [
        ("harmonic_mean", 2), ("arithmetic_mean", sympy.oo), ("effective_share", 1),
        ("power_mean_minus_two", sympy.sqrt(2)), ("minimum", 1),
    ],
)  # fmt: skip
def test_the_least_upper_bound(name, peak):
    assert properties(version_of(name))["bounded"].peak == peak


# Verdicts and counterexamples against a brute force -------------------------------------------
COUNT = st.integers(1, 10**6)


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "clearance_rate"])
@settings(deadline=None, max_examples=12)
@given(COUNT, COUNT, COUNT, COUNT)
def test_nothing_found_at_random_contradicts_a_verdict(name, effective, closed, pending, fewer):
    version, found = version_of(name), properties(version_of(name))
    effective, fewer = min(effective, closed), min(fewer, pending)
    here, there = (value(version, effective, closed, item) for item in (pending, fewer))
    first, second = Fraction(effective, closed), Fraction(effective, pending)
    rounding = Fraction(1, 10**25)
    if found["between"].holds:
        assert min(first, second) - rounding <= here <= max(first, second) + rounding
    if found["bounded"].holds:
        assert here <= 1
    if found["symmetric"].holds:
        assert abs(value(version, effective, pending, closed) - here) <= rounding * here
    if found["improving_I2"].holds and fewer < pending:
        assert there > here if version.is_higher_better else there < here
    if found["bounded"].peak not in (None, sympy.oo):
        assert here <= Fraction(str(sympy.N(found["bounded"].peak, 40)))


@pytest.mark.parametrize("name", KNOWN)
def test_counterexamples_are_ones_in_whole_cases_of_a_branch(name):
    version = version_of(name)
    for verdict in properties(version).values():
        if verdict.holds is False and verdict.name != "defined_at_zero":
            assert verdict.points
        for point in verdict.points:
            assert 0 < point.effective <= point.closed <= 1_000_000
            assert 0 < point.pending <= 1_000_000
            counts = {"effective": point.effective, "closed": point.closed, "new": 700_000}
            assert evaluate(version, counts | {"pending": point.pending}, None).value == point.value
        is_less_better = not version.is_higher_better
        _check(verdict.name, verdict.direction, verdict.points, is_less_better=is_less_better)


def _check(name, direction, points, *, is_less_better):
    values = [Fraction(point.value.value) for point in points]
    if name == "between" and points:
        (point,) = points
        assert not min(point.first, point.second) <= values[0] <= max(point.first, point.second)
    if name == "bounded" and points:
        assert values[0] > 1
    if name == "symmetric" and points:
        one, other = points
        assert (one.closed, one.pending) == (other.pending, other.closed)
        assert values[0] != values[1]
    if name == "homogeneous" and points:
        assert values[0] * values[2] != values[1] ** 2
    if name in ("improving_I1", "improving_I2") and points:
        before, after = points
        grown = "first" if name.endswith("1") else "second"
        assert getattr(after, grown) > getattr(before, grown)
        assert values[1] >= values[0] if is_less_better else values[1] <= values[0]
    if name.startswith("monotone") and points:
        assert direction == "mixed"
        assert values[1] > values[0]
        assert values[3] < values[2]


@pytest.mark.parametrize("share", [Fraction(9, 10), Fraction(11, 10)])
def test_the_border_is_where_the_kpi_turns(share):
    """Around P = (√2−1)·C, a smaller backlog is worse on one side and better on the other."""
    closed, border = 10**6, 414_214
    pending = int(border * share)
    fewer = value(version_of("effective_closure_rate"), 300_000, closed, pending - 1_000)
    here = value(version_of("effective_closure_rate"), 300_000, closed, pending)
    assert (fewer < here) is (share < 1)


def test_a_formula_is_decided_once():
    assert properties(version_of("minimum")) is properties(replace(version_of("minimum")))
    assert properties(of_formula("I1")) is not properties(of_formula("I1", unit="day"))
