"""How much of the KPI's variance each threshold explains, alone and with which other.

A part-paid case is effective in a tier where the tier's ratio lets it through and it lies below the
tier's upper boundary but not below its lower one. So E is a sum of functions of one ratio and one
boundary of its tier, and what thresholds explain of an E, or of a KPI that is affine in it, follows
exactly from how often each case passes each of them (Hoeffding 1948; Sobol 1993). Only a KPI that
is not affine in E is estimated, on the exact scenario engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import is_affine
from closurerate.kpi.effective import Ints
from closurerate.kpi.evaluate import value_of
from closurerate.kpi.float_values import Floats, float_values
from closurerate.study.settings import RATIO_GRID, SobolSampling
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, threshold_names
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.variance.sobol import (
    GridInput,
    Index,
    Pair,
    Sensitivity,
    no_value,
    sobol_indices,
    unmoved,
)

_LARGEST = np.iinfo(np.int64).max

DEFINITION = "definition"
"""Name of the input that chooses between alternative KPIs."""


def threshold_indices(
    index: ThresholdIndex,
    moved: Sequence[Parameter],
    sampling: SobolSampling,
    *,
    alternatives: Sequence[KpiVersion] = (),
) -> Sensitivity:
    """Return the sensitivity of the nation's KPI to thresholds that vary independently.

    Exact where the KPI is affine in E and no other is an alternative; else estimated by sampling.

    Args:
        moved: The thresholds that vary, uniformly over their declared ranges: ratios in millionths,
            boundaries in whole NTD; the others are as in force.
        alternatives: KPIs of which a further input, `DEFINITION`, chooses one; their own thresholds
            are of no account. Empty: the index's own.

    Raises:
        InputError: As `sobol_indices`; or if two ranges of boundaries can cross.
    """
    versions = list(alternatives) or [index.version]
    grids = _grids(index, moved)
    if len(versions) == 1 and is_affine(versions[0]):
        return _exact(index, versions[0], moved, grids)
    names = [parameter.name for parameter in moved]
    inputs = [grids[name] for name in names]
    if len(versions) > 1:
        inputs.append(GridInput(DEFINITION, 0, len(versions) - 1))

    def model(points: Ints) -> Floats:
        drawn = dict(zip(names, points.T, strict=False))
        effective = index.effective(_scenarios(index, grids, drawn, len(points)))
        counts = {**index.counts[None], "effective": effective}
        if len(versions) == 1:
            return float_values(versions[0], counts)
        columns = np.stack([float_values(version, counts) for version in versions])
        chosen: Floats = columns[points[:, -1], np.arange(len(points))]
        return chosen

    return sobol_indices(inputs, model, sampling)


def _grids(index: ThresholdIndex, moved: Sequence[Parameter]) -> dict[str, GridInput]:
    """Return the values of every threshold, one alone where it is held, by `Parameter.name`."""
    rule = index.version.rule
    ratios, boundaries = threshold_names(rule)
    held = dict(zip(ratios, (int(tier.ratio * RATIO_GRID) for tier in rule.tiers), strict=True))
    held |= dict(zip(boundaries, (tier.from_twd for tier in rule.tiers[1:]), strict=True))
    grids = {name: GridInput(name, value, value) for name, value in held.items()}
    grids |= {parameter.name: GridInput(parameter.name, *parameter.steps) for parameter in moved}
    for lower, upper in pairwise(grids[name] for name in boundaries):
        if lower.high > upper.low:
            raise InputError(
                f"{lower.name} goes up to {lower.high:,} and {upper.name} down to {upper.low:,}: "
                "boundaries that cross leave no tier between them; narrow the ranges."
            )
    return grids


def _scenarios(
    index: ThresholdIndex, grids: Mapping[str, GridInput], drawn: Mapping[str, Ints], count: int
) -> Scenarios:
    """Return scenarios of drawn thresholds, the others held at the one value of their grid."""
    columns = {name: np.full(count, grid.low) for name, grid in grids.items()} | dict(drawn)
    ratios, boundaries = (
        np.array([columns[name] for name in names], dtype=np.int64).reshape(len(names), count).T
        for names in threshold_names(index.version.rule)
    )
    return Scenarios(ratios, RATIO_GRID, boundaries, index.version.rule.is_equal_effective)


# Exactly --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Gate:
    """At how many of a threshold's `size` values each case passes it.

    A ratio lets a case through, a boundary has it below. The values at which a case passes hold
    those at which a case with a lower count does, so that counts tell all.
    """

    counts: Ints
    size: int

    def inside(self) -> npt.NDArray[np.bool_]:
        """Return the cases for which the threshold's value matters."""
        return (self.counts > 0) & (self.counts < self.size)


def _exact(
    index: ThresholdIndex,
    version: KpiVersion,
    moved: Sequence[Parameter],
    grids: Mapping[str, GridInput],
) -> Sensitivity:
    """Return the shares of the effective cases, which those of a KPI affine in them are."""
    names = [parameter.name for parameter in moved]
    alone, together = _variances(index, grids)
    whole = sum(alone.values(), Fraction(0)) + sum(together.values(), Fraction(0))
    slope = _slope(index, version)
    if not whole or not slope:
        return unmoved(names)
    indices = []
    for name in names:
        with_others = sum((part for pair, part in together.items() if name in pair), Fraction(0))
        total = (alone[name] + with_others) / whole
        indices.append(Index(name, alone[name] / whole, total, has_effect=total > 0))
    pairs = tuple(
        Pair(pair, together.get(frozenset(pair), Fraction(0)) / whole)
        for pair in combinations(names, 2)
    )
    return Sensitivity(tuple(indices), pairs, float(slope**2 * whole))


def _slope(index: ThresholdIndex, version: KpiVersion) -> Fraction:
    """Return what one effective case more does to a KPI that is affine in them."""
    least = index.always[None]
    counts = [{**index.counts[None], "effective": least + more} for more in (0, 1)]
    ends = [value_of(version, one).value for one in counts]
    if ends[0] is None or ends[1] is None:
        raise no_value()
    return Fraction(ends[1]) - Fraction(ends[0])


def _variances(
    index: ThresholdIndex, grids: Mapping[str, GridInput]
) -> tuple[dict[str, Fraction], dict[frozenset[str], Fraction]]:
    """Return the variance of E by each threshold alone, and by each pair only together."""
    names, boundaries = threshold_names(index.version.rule)
    cases = len(index.repayments)
    ratios = [_ratio_gate(index, grids[name]) for name in names]
    below = [_boundary_gate(index, grids[name]) for name in boundaries]
    none, every = (_Gate(np.full(cases, one, dtype=np.int64), 1) for one in (0, 1))
    ends = [none, *below, every]
    alone = {
        name: _variance(ratios[place], ends[place + 1], ends[place])
        for place, name in enumerate(names)
    }
    together = dict[frozenset[str], Fraction]()
    for place, name in enumerate(boundaries):
        alone[name] = _variance(below[place], ratios[place], ratios[place + 1])
        for beside in (place, place + 1):
            pair = frozenset((name, names[beside]))
            together[pair] = _joint_variance(below[place], ratios[beside])
    return alone, together


def _ratio_gate(index: ThresholdIndex, grid: GridInput) -> _Gate:
    size = grid.high - grid.low + 1
    first_failed = first_beyond(
        index.repayments.paid_twd,
        index.repayments.referred_twd,
        RATIO_GRID,
        is_at=not index.version.rule.is_equal_effective,
    )
    return _Gate(np.clip(first_failed - grid.low, 0, size), size)


def first_beyond(numerators: Ints, denominators: Ints, grid: int, *, is_at: bool) -> Ints:
    """Return the first point of a grid that lies beyond each of many fractions, exact.

    The points are the whole multiples of 1/grid (up to 10⁶), and are given times `grid`, at most
    the greatest number of 64 bits. With `is_at` a point on the fraction counts as beyond it.
    """
    limit = _LARGEST // grid - 1
    product = np.minimum(numerators, limit) * grid
    whole, rest = np.divmod(product, denominators)
    first: Ints = whole + (rest > 0) if is_at else whole + 1
    for place in np.flatnonzero(numerators > limit):
        exact = Fraction(int(numerators[place]), int(denominators[place])) * grid
        first[place] = min(ceil(exact) if is_at else floor(exact) + 1, _LARGEST)
    return first


def _boundary_gate(index: ThresholdIndex, grid: GridInput) -> _Gate:
    size = grid.high - grid.low + 1
    return _Gate(np.clip(grid.high - index.repayments.referred_twd, 0, size), size)


def _variance(gate: _Gate, gained: _Gate, lost: _Gate) -> Fraction:
    """Return the variance, as one threshold varies, of the mean of E over the others.

    A case that passes it counts as often as it passes `gained` less as often as it passes `lost`.
    """
    inside = gate.inside()
    weights = (
        gained.counts[inside].astype(object) * lost.size
        - lost.counts[inside].astype(object) * gained.size
    )
    counts = gate.counts[inside]
    mean = Fraction(_sum(counts * weights), gate.size)
    square = Fraction(_square(counts, weights), gate.size)
    return (square - mean * mean) / (gained.size * lost.size) ** 2


def _square(counts: Ints, weights: npt.NDArray[np.object_]) -> int:
    """Return Σᵢⱼ min(countᵢ, countⱼ)·weightᵢ·weightⱼ."""
    order = np.argsort(counts, kind="stable")
    weight = weights[order]
    after = _sum(weight) - np.cumsum(weight)
    return _sum(counts[order] * weight * (weight + 2 * after))


def _joint_variance(one: _Gate, other: _Gate) -> Fraction:
    """Return the variance that two thresholds cause only together.

    Of Σᵢ (uᵢ − pᵢ)(vᵢ − qᵢ), where uᵢ and vᵢ say whether case i passes each, and p, q how often it
    does: Σᵢⱼ (min(pᵢ, pⱼ) − pᵢpⱼ)(min(qᵢ, qⱼ) − qᵢqⱼ).
    """
    inside = one.inside() & other.inside()
    first, second = one.counts[inside], other.counts[inside]
    order = np.argsort(first, kind="stable")
    first, second = first[order], second[order]
    both = first * (second + 2 * _minima_after(second)).astype(object)
    cross = _sum(first * second.astype(object))
    sizes = one.size * other.size
    return (
        Fraction(_sum(both), sizes)
        - Fraction(_square(first, second.astype(object)), sizes * other.size)
        - Fraction(_square(second, first.astype(object)), sizes * one.size)
        + Fraction(cross * cross, sizes * sizes)
    )


def _minima_after(values: Ints) -> Ints:
    """Return for each entry i the sum of min(valueᵢ, valueⱼ) over all entries j after it.

    Blocks are joined two by two: an entry of the left one meets each of the right one once, and
    sorted by value those under it stand before it.
    """
    total = np.zeros(values.size, dtype=np.int64)
    places, size = np.arange(values.size), 1
    while size < values.size:
        order = np.lexsort((values, places // (2 * size)))
        is_right = order // size % 2 == 1
        start = order // (2 * size) * (2 * size)
        sums, counts = (
            np.concatenate([[0], np.cumsum(np.where(is_right, part, 0))])
            for part in (values[order], 1)
        )
        ends = np.minimum(start + 2 * size, values.size)
        smaller = sums[:-1] - sums[start]
        larger = (counts[ends] - counts[:-1]) * values[order]
        total[order] += np.where(is_right, 0, smaller + larger)
        size *= 2
    return total


def _sum(numbers: npt.NDArray[np.object_]) -> int:
    """Return a sum of Python integers, exact however large."""
    return int(numbers.sum()) if numbers.size else 0
