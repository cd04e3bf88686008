"""Sobol indices: published values, exact ones where the structure gives them, and noughts."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from closurerate.errors import InputError
from closurerate.kpi.degrees import is_affine
from closurerate.study.variance.exact import DEFINITION, threshold_indices
from closurerate.study.variance.sobol import GridInput, sobol_indices
from engine_samples import ROWS, SAMPLING, SETTINGS, index_of, moved_of, recount
from kpi_samples import of_formula, version_of


def test_without_an_input_there_is_nothing_to_vary() -> None:
    with pytest.raises(InputError, match="there is no input"):
        sobol_indices([], lambda points: points[:, 0] * 1.0, SAMPLING)


def test_a_kpi_without_a_value_somewhere_is_refused() -> None:
    index = index_of(ROWS, of_formula("1 / (E - E)"))
    with pytest.raises(InputError, match="has no value in some scenario"):
        threshold_indices(index, moved_of(index.version), SAMPLING)


def test_ishigami_has_its_published_indices() -> None:
    """Ishigami & Homma 1990 with a = 7, b = 0.1: S = 0.314, 0.442, 0; S13 = 0.244."""
    grid = 10**6
    inputs = [GridInput(name, 0, grid) for name in "xyz"]

    def model(points: np.ndarray) -> np.ndarray:
        x, y, z = (points.T / grid * 2 - 1) * np.pi
        return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)

    found = sobol_indices(inputs, model, replace(SAMPLING, size=8192))
    first = [item.first for item in found.indices]
    total = [item.total for item in found.indices]
    assert np.allclose(first, [0.3139, 0.4424, 0.0], atol=0.01)
    assert np.allclose(total, [0.5576, 0.4424, 0.2437], atol=0.01)
    pairs = {item.names: item.second for item in found.pairs}
    assert pairs["x", "z"] == pytest.approx(0.2437, abs=0.02)
    assert pairs["x", "y"] == pytest.approx(0, abs=0.02)
    assert found.variance == pytest.approx(13.845, abs=0.1)


def test_every_whole_number_of_a_grid_is_drawn_alike_and_none_beyond() -> None:
    seen = []

    def model(points: np.ndarray) -> np.ndarray:
        seen.append(points)
        return points.sum(axis=1) * 1.0

    sobol_indices([GridInput("a", 3, 6), GridInput("b", -1, 0)], model, SAMPLING)
    values, counts = np.unique(seen[0][:, 0], return_counts=True)
    assert values.tolist() == [3, 4, 5, 6]
    assert counts.min() > 0.9 * counts.max()
    assert np.unique(seen[0][:, 1]).tolist() == [-1, 0]


def test_an_input_without_effect_has_exactly_nought() -> None:
    inputs = [GridInput("a", 0, 100), GridInput("idle", 0, 100)]
    found = sobol_indices(inputs, lambda points: points[:, 0] ** 2.0, SAMPLING)
    acting, idle = found.indices
    assert (idle.first, idle.total, idle.has_effect) == (0, 0, False)
    assert acting.has_effect
    assert acting.first == pytest.approx(1, abs=0.01)


def test_no_variance_is_said_and_not_divided_by() -> None:
    """Warnings are errors here: a division by nought would fail."""
    for kpi in ("disposition_time", "clearance_rate"):
        made = version_of(kpi)
        index = index_of(ROWS, made)
        index.counts[None]["new"] = 100  # type: ignore[index]
        found = threshold_indices(index, moved_of(made), SAMPLING)
        assert found.variance == 0
        assert found.pairs == ()
        assert {(item.first, item.total, item.has_effect) for item in found.indices} == {
            (None, None, False)
        }
    empty = index_of([], version_of())
    assert threshold_indices(empty, moved_of(empty.version), SAMPLING).variance == 0


@pytest.mark.parametrize(
    "kpi", ["effective_closure_rate", "effective_over_closed", "minimum", "geometric_mean"]
)
def test_kpis_affine_in_effective_cases_have_the_same_exact_shares(kpi: str) -> None:
    index = index_of(ROWS, version_of(kpi))
    found = threshold_indices(index, moved_of(index.version)[:3], SAMPLING)
    assert found.is_exact
    assert sum(Fraction(item.first or 0) for item in found.indices) == 1
    assert all(item.first == item.total for item in found.indices)
    assert {pair.second for pair in found.pairs} == {0}
    other = index_of(ROWS, of_formula("E / (C + 1)"))
    assert threshold_indices(other, moved_of(index.version)[:3], SAMPLING).indices == found.indices


def test_the_exact_shares_are_those_of_a_plain_recount() -> None:
    """Every thousandth of a ratio counted one case at a time; no case lies between two."""
    index = index_of(ROWS, version_of())
    moved = moved_of(index.version)[:3]
    variances = []
    for place, parameter in enumerate(moved):
        counts = []
        for step in range(int(parameter.low * 1000), int(parameter.high * 1000) + 1):
            ratios = [Fraction(1, 2), Fraction(3, 5), Fraction(3, 4)]
            ratios[place] = Fraction(step, 1000)
            counts.append(recount(ROWS, ratios, [200_000, 1_000_000], False))
        mean = Fraction(sum(counts), len(counts))
        variances.append(sum((count - mean) ** 2 for count in counts) / len(counts))
    found = threshold_indices(index, moved, SAMPLING)
    for item, variance in zip(found.indices, variances, strict=True):
        assert float(item.first or 0) == pytest.approx(float(variance / sum(variances)), rel=0.02)


def test_a_kpi_that_is_not_affine_is_estimated_and_its_shares_stay_from_0_to_1() -> None:
    """With few draws an estimator goes beyond: its first-order sum of one input is over 1."""
    made = of_formula("E^2 / C^2")
    index = index_of(ROWS, made)
    assert not is_affine(made)
    moved = moved_of(made)
    for seed in range(1, 6):
        few = replace(SAMPLING, size=16, seed=seed)
        found = threshold_indices(index, moved, few)
        assert not found.is_exact
        shares = [share for item in found.indices for share in (item.first, item.total)]
        shares += [pair.second for pair in found.pairs]
        assert all(0 <= (share or 0) <= 1 for share in shares)
        assert all(item.first_interval is not None for item in found.indices)
    assert is_affine(of_formula("(E + C) / P"))
    assert is_affine(of_formula("min(I1, I2)"))


def test_two_identical_alternatives_have_no_sensitivity() -> None:
    made = version_of()
    index = index_of(ROWS, made)
    moved = moved_of(made)[:1]
    same = threshold_indices(index, moved, SAMPLING, alternatives=[made, made])
    chosen = same.indices[-1]
    assert (chosen.name, chosen.first, chosen.total) == (DEFINITION, 0, 0)
    assert not chosen.has_effect
    other = threshold_indices(
        index, moved, SAMPLING, alternatives=[made, version_of("effective_over_closed")]
    )
    assert other.indices[-1].has_effect
    assert (other.indices[-1].first or 0) > 0.02


def test_the_same_seed_gives_the_same_indices() -> None:
    index = index_of(ROWS, of_formula("E^2 / C^2"))
    moved = moved_of(index.version)
    assert threshold_indices(index, moved, SAMPLING) == threshold_indices(index, moved, SAMPLING)
    other = threshold_indices(index, moved, replace(SAMPLING, seed=1))
    assert other != threshold_indices(index, moved, SAMPLING)


def test_the_declared_sample_is_large_enough_for_two_digits() -> None:
    assert SETTINGS.sobol.size >= 1024
