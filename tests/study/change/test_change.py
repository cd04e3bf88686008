"""The change between two years: bad input first, then Shapley, degrees, composition, the split."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations
from math import factorial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import PROPORTIONAL, carrier_of, counts_used, degrees_in, is_affine
from closurerate.kpi.effective import Tier
from closurerate.kpi.evaluate import evaluate, totals, value_of
from closurerate.records.published import feasible_by_reading, load_published
from closurerate.study.change.change import (
    Change,
    YearCounts,
    corners,
    factors_total,
    one_level,
    split_change,
)
from closurerate.study.change.change_span import MOST_EVALUATIONS, split_span
from closurerate.study.change.composition import FACTORS, composition, effective_of
from closurerate.study.change.shapley import shapley
from kpi_samples import KPIS, OF_107, kpi_ids, of_formula, version_of

OF_106 = {"effective": 2_762_000, "closed": 7_493_345, "pending": 7_478_941, "new": 9_359_813}


def year(kpi: KpiVersion, counts: dict[str, int], **given: object) -> YearCounts:
    return YearCounts(kpi, counts, **given)  # type: ignore[arg-type]


def rows(*cases: tuple[str, str | None, int, int]) -> pd.DataFrame:
    """A count of tier, disposition, cases, of them effective."""
    made = [
        dict.fromkeys(MEASURES, 0)
        | dict(zip(KEYS, ("臺北", "罰鍰", tier, disposition), strict=True))
        | ({"closed": cases, "effective": good} if disposition else {"pending": cases})
        for tier, disposition, cases, good in cases
    ]
    return ordered(pd.DataFrame(made), version_of().rule)


# Bad input ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("players", "said"),
    [
        ([], "at least one"),
        ([[]], "at least one"),
        (["a", "b", "a"], "each once"),
        (["a", ["b", "a"]], "each once"),
        (list("abcdefghi"), "362,880 orderings"),
    ],
)
def test_players_that_cannot_share_are_refused(players: list, said: str) -> None:
    with pytest.raises(InputError, match=said):
        shapley(lambda _: Fraction(0), players)


def test_compositions_that_do_not_belong_are_refused() -> None:
    frame = rows(("ordinary", "paid_in_full", 10, 10), ("ordinary", "part_returned", 4, 1))
    made, counts = composition(frame, version_of().rule), totals(frame)
    with pytest.raises(InputError, match="one year alone"):
        split_change(year(version_of(), counts, composition=made), year(version_of(), counts))
    wrong = {**counts, "effective": 12}
    with pytest.raises(InputError, match="year after: 12 effective cases in the counts and 11 in"):
        split_change(
            year(version_of(), counts, composition=made),
            year(version_of(), wrong, composition=made),
        )


def test_years_of_two_rules_must_be_recounted() -> None:
    other = replace(version_of(), rule=replace(version_of().rule, is_equal_effective=True))
    with pytest.raises(InputError, match="recounted by the other"):
        split_change(year(version_of(), OF_106), year(other, OF_107))


@pytest.mark.parametrize(("low", "high"), [(5, 4), (-1, 4)])
def test_an_interval_must_ascend_from_nought(low: int, high: int) -> None:
    with pytest.raises(InputError, match="must ascend from 0"):
        split_span(year(version_of(), OF_106), year(version_of(), OF_107), low, high)


# Shapley -----------------------------------------------------------------------------------
def by_subsets(value, players: str) -> dict[str, Fraction]:
    """The textbook formula over subsets, which goes through no ordering."""
    count, parts = len(players), {}
    for player in players:
        others = [name for name in players if name != player]
        parts[player] = sum(
            Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
            * (value(frozenset(chosen) | {player}) - value(frozenset(chosen)))
            for size in range(count)
            for chosen in combinations(others, size)
        )
    return parts


games = st.lists(st.fractions(-9, 9, max_denominator=50), min_size=32, max_size=32)


def game(numbers: list[Fraction], players: str):
    return lambda joined: numbers[sum(2**place for place, p in enumerate(players) if p in joined)]


@given(games)
@settings(deadline=None, max_examples=10)
def test_without_groups_it_is_the_textbook_formula(numbers: list[Fraction]) -> None:
    value = game(numbers, "abcde")
    assert shapley(value, "abcde") == by_subsets(value, "abcde")


@given(games)
@settings(deadline=None, max_examples=10)
def test_a_group_has_what_it_would_have_as_one_player(numbers: list[Fraction]) -> None:
    value = game(numbers, "abcde")
    parts = shapley(value, [["a", ["b", "c"]], "d", "e"])

    def as_one(joined: frozenset[str]) -> Fraction:
        return value(joined - {"g"} | set("abc") if "g" in joined else joined)

    one = by_subsets(as_one, "gde")
    assert (parts["a"] + parts["b"] + parts["c"], parts["d"]) == (one["g"], one["d"])
    assert sum(parts.values()) == value(frozenset("abcde")) - value(frozenset())


def test_the_inside_of_a_group_by_hand() -> None:
    """Only {a, b, c} is worth anything: in a group, a and b share the half that they have."""

    def value(joined: frozenset[str]) -> Fraction:
        return Fraction(joined == frozenset("abc"))

    half, quarter, third = Fraction(1, 2), Fraction(1, 4), Fraction(1, 3)
    assert shapley(value, "abc") == {"a": third, "b": third, "c": third}
    assert shapley(value, [["a", "b"], "c"]) == {"a": quarter, "b": quarter, "c": half}


# Degrees -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("formula", "degrees"),
    [
        ("(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)", {1}), ("sqrt(I1 * I2)", {1}),
        ("min(I1, I2)", {1}), ("365 * P / C", {0}), ("E / C + 0.1", {0, 1}),
        ("E^2 / C + E", {1, 2}), ("(E^2 + E) / E", {0, 1}), ("C / E", {-1}), ("I1^-2", {-2}),
        ("-(E / C)", {1}), ("E / (C - E)", None), ("min(I1, 0.5)", None), ("sqrt(E + C)", None),
        ("(E + C)^-2", None), ("(E + C)^2", {0, 1, 2}), ("max(I1, I2) * sqrt(I1)", {1.5}),
        ("(E + C)^0", {0}),
    ],
)  # fmt: skip
def test_degrees_in_the_effective_cases(formula: str, degrees: set | None) -> None:
    assert degrees_in(of_formula(formula), "E") == degrees


@given(st.integers(1, 50), st.integers(1, 60), st.integers(1, 60), st.integers(2, 9))
@settings(deadline=None, max_examples=10)
def test_a_kpi_said_to_be_proportional_is(effective: int, closed: int, new: int, by: int) -> None:
    counts = {"effective": effective, "closed": closed, "pending": 7, "new": new}
    found = 0
    for kpi in (version_of(name) for name in KPIS):
        for name, measure in (("E", "effective"), ("C", "closed"), ("P", "pending"), ("new",) * 2):
            if degrees_in(kpi, name) == PROPORTIONAL:
                one = Fraction(evaluate(kpi, counts, None).value.value)
                more = evaluate(kpi, {**counts, measure: by * counts[measure]}, None).value.value
                assert abs(by * one - Fraction(more)) < Fraction(1, 10**26)
                found += 1
    assert found >= len(KPIS)


def test_what_carries_a_kpi_and_what_it_uses() -> None:
    assert {name: carrier_of(version_of(name)) for name in KPIS} == {
        "effective_closure_rate": "E", "effective_over_closed": "E", "effective_share": "E",
        "harmonic_mean": "E", "geometric_mean": "E", "minimum": "E", "disposition_time": "P",
        "clearance_rate": "C",
    }  # fmt: skip
    assert carrier_of(of_formula("E / (C - E)")) is None
    assert counts_used(version_of("clearance_rate")) == ("closed", "new")
    assert counts_used(version_of()) == ("effective", "closed", "pending")
    assert not is_affine(of_formula("E^2 / C"))
    assert not is_affine(of_formula("E / (C - E)"))
    # What cancels is affine although the written form does not show it.
    assert is_affine(of_formula("(E^2 - C^2) / (E + C)"))
    assert not is_affine(of_formula("sqrt(E^2 + E)"))


# What the effective cases are made of --------------------------------------------------------
OLD = rows(
    ("ordinary", "paid_in_full", 50, 50), ("ordinary", "part_returned", 20, 5),
    ("ordinary", "unpaid_returned", 30, 0), ("special", "part_certificate", 10, 4),
    ("ordinary", None, 60, 0),
)  # fmt: skip
NEW = rows(
    ("ordinary", "paid_in_full", 60, 60), ("ordinary", "part_withdrawn", 30, 12),
    ("ordinary", "unpaid_certificate", 60, 0), ("special", "part_certificate", 10, 5),
    ("special", "other", 5, 0), ("major", "part_returned", 8, 6), ("major", None, 90, 0),
)  # fmt: skip


def test_a_composition_by_hand() -> None:
    made = composition(OLD, version_of().rule)
    assert made.caseload == 110
    assert made.tier_mix == {"ordinary": Fraction(10, 11), "special": Fraction(1, 11), "major": 0}
    assert made.disposition_mix["ordinary"] == (Fraction(1, 2), Fraction(1, 5))
    assert (made.disposition_mix["major"], made.repayment["major"]) == (None, None)
    assert made.repayment == {"ordinary": Fraction(1, 4), "special": Fraction(2, 5), "major": None}
    later = composition(NEW, version_of().rule)
    assert effective_of(made, later, ()) == 59
    assert effective_of(made, later) == 83
    assert effective_of(made, later, ("caseload",)) == 59 * Fraction(173, 110)


def test_a_year_without_closings_takes_its_shares_from_the_other() -> None:
    nothing = composition(rows(("ordinary", None, 5, 0)), version_of().rule)
    made = composition(OLD, version_of().rule)
    assert effective_of(nothing, made, ()) == 0
    assert effective_of(nothing, nothing) == 0
    assert effective_of(nothing, made, ("caseload",)) == 59


def inside(kpi: KpiVersion, old: pd.DataFrame = OLD, new: pd.DataFrame = NEW) -> Change:
    return split_change(
        *(year(kpi, totals(one), composition=composition(one, kpi.rule)) for one in (old, new))
    )


@pytest.mark.parametrize("kpi", KPIS)
def test_inside_the_effective_cases_the_parts_sum_to_their_part(kpi: str) -> None:
    parts = inside(version_of(kpi)).parts
    whole = split_change(
        year(version_of(kpi), totals(OLD)), year(version_of(kpi), totals(NEW))
    ).parts
    if "effective" not in whole:
        assert parts == whole
        return
    hair = Fraction(1, 10**25) if kpi == "geometric_mean" else 0
    assert abs(factors_total(parts) - whole["effective"]) <= hair
    for name in whole.keys() - {"effective"}:
        assert abs(parts[name] - whole[name]) <= hair
    assert set(parts) == {*FACTORS} | whole.keys() - {"effective"}


def test_a_factor_that_stays_has_no_part() -> None:
    doubled = OLD.assign(**{name: OLD[name] * 2 for name in ("closed", "effective", "pending")})
    parts = inside(version_of(), OLD, doubled).parts
    assert parts["tier_mix"] == parts["disposition_mix"] == parts["repayment"] == 0
    assert parts["caseload"] > 0


# The split -----------------------------------------------------------------------------------
def test_two_counts_by_hand() -> None:
    """Of E / C: half the change at either year's other count, in plain fractions."""
    change = split_change(
        year(version_of("effective_over_closed"), OF_106),
        year(version_of("effective_over_closed"), OF_107),
    )
    first, last = (
        [Fraction(of[name]) for name in ("effective", "closed")] for of in (OF_106, OF_107)
    )
    effective = 50 * (last[0] - first[0]) * (1 / first[1] + 1 / last[1])
    closed = 50 * (first[0] + last[0]) * (1 / last[1] - 1 / first[1])
    assert change.parts == {"effective": effective, "closed": closed}
    assert change.after - change.before == effective + closed
    assert round(float(change.after), 4) == 32.7596


def test_106_to_107_as_published() -> None:
    """The printed 36.86 and 36.49 %: the new formula, more effective, more closed, more pending."""
    interval = feasible_by_reading(load_published(106))["effective_over_closed"]
    before, after = year(version_of(year=106), OF_106), year(version_of(), OF_107)
    span = split_span(before, after, interval.low, interval.high)
    assert [round(float(end), 3) for end in span.before] == [36.855, 36.865]
    assert [round(float(end), 4) for end in span.after] == [36.4890, 36.4890]
    parts = {name: tuple(round(float(end), 2) for end in ends) for name, ends in span.parts.items()}
    assert parts == {
        "definition": (1.88, 1.88), "effective": (6.25, 6.26), "closed": (-8.33, -8.32),
        "pending": (-0.18, -0.18),
    }  # fmt: skip
    four = corners(before, after)
    assert [round(float(value), 2) for value in vars(four).values()] == [36.86, 36.89, 32.76, 36.49]
    low, high = four.first_new - four.first_old, four.last_new - four.last_old
    assert (round(float(low), 2), round(float(high), 2)) == (0.04, 3.73)
    assert split_change(before, after).parts["definition"] == (low + high) / 2
    # Every one of the 24 orders by hand: what each part is on one level, and its ends.
    names = ["definition", "effective", "closed", "pending"]
    versions, counts = (before.version, after.version), (OF_106, OF_107)

    def value(changed: set[str]) -> Fraction:
        taken = {name: counts[name in changed][name] for name in names[1:]}
        return 100 * Fraction(value_of(versions["definition" in changed], taken).value)

    moves = {name: [] for name in names}
    for order in permutations(names):
        for place, name in enumerate(order):
            moves[name].append(value({*order[: place + 1]}) - value({*order[:place]}))
    for name, found in one_level(before, after).items():
        assert (found.low, found.high) == (min(moves[name]), max(moves[name]))
        assert found.mean == sum(moves[name]) / 24
    shown = {name: [round(float(end), 2) for end in span.orders[name]] for name in names}
    assert (shown["definition"], shown["closed"]) == ([-0.50, 3.99], [-11.09, -5.77])
    assert round(float(span.means["definition"][0]), 2) == 1.74


@pytest.mark.parametrize("kpi", KPIS)
@given(st.lists(st.integers(1, 400), min_size=8, max_size=8))
@settings(deadline=None, max_examples=5)
def test_the_parts_sum_to_the_change(kpi: str, numbers: list[int]) -> None:
    names = ("closed", "pending", "new", "effective")
    old, new = (dict(zip(names, half, strict=True)) for half in (numbers[:4], numbers[4:]))
    change = split_change(year(version_of(kpi), old), year(version_of(kpi), new))
    assert sum(change.parts.values()) == change.after - change.before
    assert tuple(change.parts) == counts_used(version_of(kpi))
    back = split_change(year(version_of(kpi), new), year(version_of(kpi), old))
    assert back.parts == {name: -part for name, part in change.parts.items()}


@pytest.mark.parametrize("kpi", KPIS)
def test_one_year_twice_has_no_parts_but_nought(kpi: str) -> None:
    change = split_change(year(version_of(kpi), OF_107), year(version_of(kpi), OF_107))
    assert set(change.parts.values()) == {0}


def test_a_mixture_without_a_value_is_a_reason_and_no_crash() -> None:
    old, new = {**OF_106, "closed": 0, "effective": 0}, {**OF_107, "pending": 0}
    change = split_change(year(version_of(), old), year(version_of(), new))
    assert (change.parts, change.before) == ({}, 0)
    assert "divisor" in change.reason
    unknown = {**OF_106, "new": None}
    kpi = version_of("clearance_rate")
    change = split_change(year(kpi, unknown), year(kpi, OF_107))
    assert (change.before, change.reason) == (None, "the case data do not tell new")
    span = split_span(year(kpi, unknown), year(kpi, OF_107), 1, 2)
    assert (span.parts, span.total, span.reason) == ({}, None, change.reason)
    assert corners(year(kpi, unknown), year(kpi, OF_107)) is None
    assert one_level(year(kpi, unknown), year(kpi, OF_107)) == {}


def test_two_units_do_not_compare() -> None:
    change = split_change(year(version_of(), OF_106), year(version_of("disposition_time"), OF_107))
    assert change.reason == "the unit changes from percent to day"
    assert (change.parts, change.after > 200) == ({}, True)


def test_a_change_of_the_rule_is_in_the_definitions_part() -> None:
    other = replace(
        version_of(), rule=replace(version_of().rule, tiers=(Tier("all", 1, None, Fraction(0)),))
    )
    change = split_change(
        year(version_of(), OF_106, recounted={**OF_106, "effective": 3_000_000}),
        year(other, {**OF_107, "effective": 3_500_000}, recounted=OF_107),
    )
    parts = change.parts
    assert sum(parts.values()) == change.after - change.before
    effects = [
        evaluate(version_of(), {**of, "effective": most}, None).quantity().value
        - evaluate(version_of(), {**of, "effective": least}, None).quantity().value
        for of, least, most in ((OF_106, 2_762_000, 3_000_000), (OF_107, 3_286_050, 3_500_000))
    ]
    assert parts["definition"] == sum(effects) / 2


def test_a_formula_without_counts_has_the_definition_alone() -> None:
    one, two = of_formula("0.5"), of_formula("0.75")
    assert split_change(year(one, OF_106), year(two, OF_107)).parts == {"definition": 25}
    assert split_change(year(one, OF_106), year(one, OF_107)).parts == {}


# The interval --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "formula",
    ["(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)", "min(I1, I2)", "E * (40 - E) / C", "E / (C + E)"],
)
def test_an_interval_holds_every_number_in_it_and_is_reached(formula: str) -> None:
    kpi, low, high = of_formula(formula), 10, 30
    old, new = {"closed": 60, "pending": 70}, {"effective": 35, "closed": 90, "pending": 65}
    span = split_span(year(kpi, old), year(kpi, new), low, high)
    each = [
        split_change(year(kpi, {**old, "effective": effective}), year(kpi, new))
        for effective in range(low, high + 1)
    ]
    assert span.before == (min(item.before for item in each), max(item.before for item in each))
    assert span.total[0] == min(item.after - item.before for item in each)
    for name, ends in span.parts.items():
        values = [item.parts[name] for item in each]
        assert ends == (min(values), max(values))


def test_too_wide_an_interval_of_a_kpi_that_is_not_affine_is_not_split() -> None:
    kpi = of_formula("E / (C + E)")
    span = split_span(year(kpi, OF_106), year(kpi, OF_107), 0, MOST_EVALUATIONS)
    assert (span.parts, span.before) == ({}, None)
    assert "2,001 numbers of effective cases" in span.reason


def test_every_definition_of_the_project_splits() -> None:
    interval = feasible_by_reading(load_published(106))["nonlinear"]
    for name in kpi_ids():
        span = split_span(
            year(version_of(name), OF_106),
            year(version_of(name), OF_107),
            interval.low,
            interval.high,
        )
        assert span.parts or span.reason, name
