"""The extremes over joint choices equal a naive trial of every one, and bounds enclose."""

import time
from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import closurerate.study.doubts.extremes as module
from closurerate.kpi.degrees import names_used
from closurerate.kpi.enclosure import enclosure, slope_enclosure
from closurerate.kpi.value import evaluate_formula
from closurerate.kpi.walk import NoResultError
from closurerate.study.doubts.choices import all_choices
from closurerate.study.doubts.extremes import NoValueError, extremes
from closurerate.study.doubts.treatments import OPTIONS
from kpi_samples import OF_107, of_formula, version_of

FORMULAS = {
    "official": version_of(),
    "over closed": of_formula("E / C"),
    "share": of_formula("E / (C + P)"),
    "harmonic": of_formula("2 * I1 * I2 / (I1 + I2)"),
    "geometric": of_formula("sqrt(I1 * I2)"),
    "quadratic": of_formula("sqrt((I1^2 + I2^2) / 2)"),
    "minimum": of_formula("min(I1, I2)"),
    "ridge": of_formula("E / max(C, P)"),
    "days": of_formula("365 * P / C", "day", "lower"),
    "clearance": of_formula("C / new"),
    "two sides": of_formula("(C - P)^2 / (C + P)^2 - E / C"),
}
option_sets = st.frozensets(st.sampled_from(OPTIONS), min_size=1, max_size=4)


def value_of(version, counts):
    value = evaluate_formula(version.formula, version.indicators, counts)
    assert value.value is not None
    return Fraction(value.value)


def naive(version, base, cases):
    """Try every joint choice, the cases with the same options in all their combinations."""
    each = [
        list(combinations_with_replacement(sorted(options), number))
        for options, number in cases.items()
    ]
    found = []
    for joint in product(*each):
        counts = Counter(base)
        for option in (item for group in joint for item in group):
            counts.update(dict(option))
        found.append(value_of(version, counts))
    return min(found), max(found)


@pytest.mark.parametrize("text", ["C / P", "1 / (C - P)", "sqrt(P - 1)"])
def test_a_choice_without_a_value_leaves_none(text):
    base = {"E": 0, "C": 2, "P": 0}
    with pytest.raises(NoValueError):
        extremes(of_formula(text), base, {frozenset({(), (("P", 1),)}): 4})


@pytest.mark.parametrize("name", FORMULAS)
@settings(max_examples=25, deadline=None)
@given(
    base=st.tuples(*[st.integers(0, 6)] * 4),
    cases=st.dictionaries(option_sets, st.integers(1, 4), max_size=3),
)
def test_extremes_are_those_of_every_joint_choice(name, base, cases):
    effective, others, pending, new = base
    version = FORMULAS[name]
    stands = {"E": effective, "C": effective + others + 1, "P": pending + 1, "new": new + 1}
    used = {count: stands[count] for count in names_used(version)}
    lowest, highest = extremes(version, used, cases)
    expected = naive(version, used, cases)
    assert lowest.is_exact
    assert highest.is_exact
    if name in {"geometric", "quadratic"}:
        found = [float(lowest.value), float(highest.value)]
        assert found == pytest.approx([float(value) for value in expected])
    else:
        assert (lowest.value, highest.value) == expected


@settings(max_examples=60, deadline=None)
@given(
    cases=st.dictionaries(
        st.frozensets(st.integers(0, 3), min_size=1), st.integers(1, 3), max_size=3
    ),
    bounds=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6)), min_size=4, max_size=4),
)
def test_choices_within_bounds_are_those_that_can_be_made(cases, bounds):
    each = [list(combinations_with_replacement(sorted(key), n)) for key, n in cases.items()]
    counted = {
        tuple(sum(group.count(place) for group in joint) for place in range(4))
        for joint in product(*each)
    }
    made = {
        taken
        for taken in counted
        if all(low <= one <= high for one, (low, high) in zip(taken, bounds, strict=True))
    }
    choices = all_choices(cases, 4)
    bounded = type(choices)(
        choices.reach, tuple(low for low, _ in bounds), tuple(high for _, high in bounds)
    )
    assert bounded.is_possible == bool(made)
    if made:
        for places in ([0], [1, 2], [0, 3], [0, 1, 2]):
            sums = [sum(taken[place] for place in places) for taken in made]
            assert (bounded.fewest(places), bounded.most(places)) == (min(sums), max(sums))
        assert bounded.greedy([2, 0, 3, 1]) == max(
            made, key=lambda taken: (taken[2], taken[0], taken[3], taken[1])
        )


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 9)), min_size=3, max_size=3))
def test_an_enclosure_holds_every_value_in_its_box(sides):
    box = {
        name: (Fraction(low), Fraction(low + width))
        for name, (low, width) in zip("ECP", sides, strict=True)
    }
    E, C, P = (sympy.Symbol(name, positive=True) for name in "ECP")
    for expression in (
        E * (C + P) / (C**2 + P**2), sympy.sqrt(E * C) - P**2, sympy.Min(E / C, sympy.Max(P, E)),
        (C - P) ** 2 / (E - P - 100) ** 3,
    ):  # fmt: skip
        low, high = enclosure(expression, box)
        gradient = slope_enclosure(expression, (("C", 1),), box)
        for point in product(*[(side[0], sum(side) / 2, side[1]) for side in box.values()]):
            at = dict(zip((E, C, P), map(sympy.Rational, map(str, point)), strict=True))
            assert low <= expression.subs(at) <= high
            if not expression.has(sympy.Min):
                assert gradient[0] <= sympy.diff(expression, C).subs(at) <= gradient[1]


def test_an_enclosure_knows_a_pole():
    with pytest.raises(NoResultError):
        enclosure(1 / sympy.Symbol("P"), {"P": (Fraction(-1), Fraction(1))})


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("doubtful", [17_694, 200_000])
def test_a_national_file_is_settled_at_once(name, doubtful):
    base = {"E": OF_107["effective"], "C": OF_107["closed"], "P": OF_107["pending"], "new": 10**7}
    cases = {
        frozenset(OPTIONS): doubtful // 2,
        frozenset({OPTIONS[0], OPTIONS[1], OPTIONS[5]}): doubtful // 4,
        frozenset({OPTIONS[3], OPTIONS[5]}): doubtful // 4,
    }
    version = FORMULAS[name]
    begun = time.process_time()
    lowest, highest = extremes(version, {key: base[key] for key in names_used(version)}, cases)
    assert lowest.is_exact
    assert highest.is_exact
    assert lowest.value < highest.value
    assert time.process_time() - begun < 5


def test_where_no_order_holds_the_search_is_still_exact():
    """Around as many closed as pending, more pending first raises the KPI and then lowers it."""
    version = version_of()
    base = {"E": 3_000_000, "C": 7_000_000, "P": 2_000_000}
    cases = {frozenset({(), (("P", 1),)}): 3_000_000}
    lowest, highest = extremes(version, base, cases)
    peak = [2_899_494, 2_899_495]  # next to (sqrt(2) - 1) C
    best = max(value_of(version, base | {"P": pending}) for pending in peak)
    ends = [value_of(version, base | {"P": pending}) for pending in (2_000_000, 5_000_000)]
    assert (lowest.value, highest.value) == (min(ends), best)
    assert highest.is_exact


def test_too_many_parts_leave_an_outer_bound_that_says_so(monkeypatch):
    version = version_of()
    base = {"E": 3_000_000, "C": 7_000_000, "P": 2_000_000}
    cases = {frozenset({(), (("P", 1),)}): 3_000_000}
    exact = extremes(version, base, cases)[1]
    monkeypatch.setattr(module, "MAX_PARTS", 4)
    bound = extremes(version, base, cases)[1]
    assert not bound.is_exact
    assert exact.value < bound.value < exact.value * Fraction(11, 10)
