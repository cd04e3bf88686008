"""Exact shares of the thresholds' variance, against every scenario of a small range and SALib."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.definition import KpiVersion
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.steps import step_function
from closurerate.study.variance.exact import first_beyond, threshold_indices
from engine_samples import ROWS, SAMPLING, Rows, cases, index_of, moved_of
from engine_samples import version as version_with
from kpi_samples import of_formula, version_of

GRID = 10**6


def narrow(version: KpiVersion, steps: int = 4) -> list[Parameter]:
    """Every threshold over a few points of its grid: the one in force and those after it."""
    found = []
    for place, tier in enumerate(version.rule.tiers):
        high = tier.ratio + Fraction(steps + place, GRID)
        found.append(Parameter("ratio", tier.name, place, tier.ratio, tier.ratio, high))
    for place, tier in enumerate(version.rule.tiers[1:], start=1):
        low = Fraction(tier.from_twd)
        found.append(Parameter("boundary", tier.name, place, low, low, low + steps - place % 2))
    return found


def crowded(version: KpiVersion, rng: np.random.Generator) -> ThresholdIndex:
    """Cases whose ratios and amounts lie on and between the points of the narrow ranges."""
    rows = []
    tiers = version.rule.tiers
    for _ in range(80):
        place = int(rng.integers(1, len(tiers)))
        referred = tiers[place].from_twd + int(rng.integers(-2, 6))
        tier = tiers[place - int(rng.integers(2))]
        share = tier.ratio + Fraction(int(rng.integers(-2, 14)), 2 * GRID)
        rows.append((0, referred, int(share * referred) + int(rng.integers(0, 2))))
    return index_of(rows, version)


def by_every_scenario(
    index: ThresholdIndex, moved: list[Parameter]
) -> tuple[dict[frozenset[str], Fraction], Fraction]:
    """The variance of E by each set of thresholds alone and in pairs, and the whole, by counting.

    Each scenario is counted by the engine; means of the others give what is left of a set.
    """
    steps = [
        [int(item.low * GRID) + one for one in range(int((item.high - item.low) * GRID) + 1)]
        if item.kind == "ratio"
        else list(range(int(item.low), int(item.high) + 1))
        for item in moved
    ]
    tiers = len(index.version.rule.tiers)
    points = list(product(*steps))
    scenarios = Scenarios(
        np.array([point[:tiers] for point in points], dtype=np.int64),
        GRID,
        np.array([point[tiers:] for point in points], dtype=np.int64),
        index.version.rule.is_equal_effective,
    )
    shape = [len(item) for item in steps]
    table = index.effective(scenarios).reshape(shape).astype(object)
    names = [item.name for item in moved]

    def of(kept: tuple[int, ...]) -> Fraction:
        others = tuple(axis for axis in range(len(shape)) if axis not in kept)
        size = int(np.prod([shape[axis] for axis in others], dtype=object))
        sums = [int(one) for one in np.ravel(table.sum(axis=others))]
        mean = Fraction(sum(sums), len(sums) * size)
        return sum((Fraction(one, size) - mean) ** 2 for one in sums) / Fraction(len(sums))

    alone = {frozenset({names[axis]}): of((axis,)) for axis in range(len(names))}
    pairs = {
        frozenset((names[i], names[j])): of((i, j))
        - alone[frozenset({names[i]})]
        - alone[frozenset({names[j]})]
        for i, j in combinations(range(len(names)), 2)
    }
    return alone | pairs, of(tuple(range(len(names))))


@pytest.mark.parametrize("kpi", ["effective_closure_rate", "four_tiers", "at_least"])
def test_the_shares_are_those_of_every_scenario_counted(kpi: str) -> None:
    version = version_of("effective_closure_rate")
    if kpi == "at_least":
        version = replace(version, rule=replace(version.rule, is_equal_effective=True))
    if kpi == "four_tiers":
        lowest, *others = version.rule.tiers
        first = replace(lowest, below_twd=50_000, name="tiny", ratio=Fraction(2, 5))
        second = replace(lowest, from_twd=50_000)
        version = replace(version, rule=replace(version.rule, tiers=(first, second, *others)))
    steps = 2 if kpi == "four_tiers" else 4
    for seed in (1, 2, 3):
        index = crowded(version, np.random.default_rng(seed))
        moved = narrow(version, steps)
        parts, whole = by_every_scenario(index, moved)
        found = threshold_indices(index, moved, SAMPLING)
        assert found.is_exact
        for item in found.indices:
            with_others = sum(part for names, part in parts.items() if item.name in names)
            assert item.first == parts[frozenset({item.name})] / whole
            assert item.total == with_others / whole
        assert {frozenset(pair.names): pair.second for pair in found.pairs} == {
            names: part / whole for names, part in parts.items() if len(names) == 2
        }
        assert sum(parts.values()) == whole, "no three thresholds act only together"
        tiers = [tier.name for tier in version.rule.tiers]
        acting = {frozenset(pair.names) for pair in found.pairs if pair.second}
        assert acting
        assert acting <= {
            frozenset((f"ratio_{tiers[place + by]}", f"boundary_{tiers[place + 1]}_twd"))
            for place in range(len(tiers) - 1)
            for by in (0, 1)
        }


def test_estimates_meet_the_exact_shares() -> None:
    """A minimum that is always E is the same KPI, whose formula does not show that it is affine."""
    exact = index_of(ROWS, version_of("effective_over_closed"))
    estimated = index_of(ROWS, of_formula("min(E, C + P) / C"))
    moved = moved_of(exact.version)
    one = threshold_indices(exact, moved, SAMPLING)
    other = threshold_indices(estimated, moved, replace(SAMPLING, size=4096))
    assert (one.is_exact, other.is_exact) == (True, False)
    assert one.variance == pytest.approx(other.variance, rel=0.01)
    for item, like in zip(one.indices, other.indices, strict=True):
        assert float(like.first or 0) == pytest.approx(float(item.first or 0), abs=0.01)
        assert float(like.total or 0) == pytest.approx(float(item.total or 0), abs=0.01)
    for pair, like in zip(one.pairs, other.pairs, strict=True):
        assert pair.names == like.names
        assert float(like.second) == pytest.approx(float(pair.second), abs=0.01)
    assert max(pair.second for pair in one.pairs) > Fraction(1, 50)


def test_a_held_threshold_explains_nothing_and_stays_as_in_force() -> None:
    """What is left is as if the held one had a range of one point."""
    index = index_of(ROWS, version_of())
    moved = moved_of(index.version)
    found = threshold_indices(index, moved[1:], SAMPLING)
    first = moved[0]
    still = replace(first, low=first.official, high=first.official)
    held, *others = threshold_indices(index, [still, *moved[1:]], SAMPLING).indices
    assert (held.first, held.total, held.has_effect) == (0, 0, False)
    assert tuple(others) == found.indices


def test_a_kpi_that_lacks_a_value_or_does_not_use_effective_cases() -> None:
    index = index_of(ROWS, of_formula("E * (C - C) / (P - P)"))
    with pytest.raises(InputError, match="has no value in some scenario"):
        threshold_indices(index, moved_of(index.version), SAMPLING)
    idle = index_of(ROWS, of_formula("C / P"))
    assert threshold_indices(idle, moved_of(idle.version), SAMPLING).variance == 0


def test_boundaries_that_cross_are_refused() -> None:
    index = index_of(ROWS, version_of())
    *ratios, special, major = moved_of(index.version)
    wide = replace(special, high=major.low + 1)
    with pytest.raises(InputError, match=r"boundary_special_twd goes up to 500,001 and .* cross"):
        threshold_indices(index, [*ratios, wide, major], SAMPLING)
    with pytest.raises(InputError, match="narrow the ranges"):
        threshold_indices(index, [replace(special, high=Fraction(10**6 + 1))], SAMPLING)


def test_sums_over_pairs_of_cases_are_exact_however_large() -> None:
    """Amounts up to the contract's bound and a range as wide: nothing leaves 64 bits unseen."""
    version = version_of()
    big = 10**12
    rows = [(0, big - 7 * one, (big - 7 * one) * (30 + one) // 50) for one in range(20)]
    index = index_of(rows, version)
    ratio, boundary = (moved_of(version)[place] for place in (2, 4))
    moved = [ratio, replace(boundary, low=Fraction(500_000), high=Fraction(big))]
    found = threshold_indices(index, moved, SAMPLING)
    assert [type(item.first) for item in found.indices] == [Fraction, Fraction]
    (pair,) = found.pairs
    assert sum(Fraction(item.first or 0) for item in found.indices) + pair.second == 1


@settings(deadline=None, max_examples=40)
@given(cases(), st.booleans(), st.sampled_from([1, 4, 100, 10**6]))
def test_a_grid_is_the_same_as_one_threshold_at_a_time(
    rows: Rows, is_equal: bool, denominator: int
) -> None:
    index = index_of(rows, version_with("effective_closure_rate", is_equal=is_equal))
    for parameter in moved_of(index.version)[:3]:
        function = step_function(index, parameter)
        wanted = {0, 1, denominator, 3 * denominator, 2**62}
        for place in range(len(function.numerators)):
            at = int(function.jump(place) * denominator)
            wanted |= {at, at + 1}
        numerators = np.array(sorted(item for item in wanted if item < 2**63), dtype=np.int64)
        first = first_beyond(
            function.numerators, function.denominators, denominator, is_at=not is_equal
        )
        found = function.effective[np.searchsorted(first, numerators, side="right")]
        expected = [function.at(Fraction(int(item), denominator)) for item in numerators]
        assert found.tolist() == expected
