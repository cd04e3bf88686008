"""How much of the KPI's variance each threshold explains, on the exact scenario engine.

Where the structure gives the exact shares, they stand beside the estimates.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.kpi.definition import KpiVersion
from closurerate.study.degrees import is_affine
from closurerate.study.float_values import float_values
from closurerate.study.parameters import Parameter
from closurerate.study.scenarios import Scenarios
from closurerate.study.settings import SobolSampling
from closurerate.study.settings_values import RATIO_GRID
from closurerate.study.sobol import GridInput, Sensitivity, sobol_indices
from closurerate.study.steps import step_function
from closurerate.study.thresholds import ThresholdIndex

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DEFINITION = "definition"
"""Name of the input that chooses between alternative KPIs."""


def threshold_indices(
    index: ThresholdIndex,
    moved: Sequence[Parameter],
    sampling: SobolSampling,
    *,
    alternatives: Sequence[KpiVersion] = (),
) -> Sensitivity:
    """Return the sensitivity of the nation's KPI to thresholds drawn independently.

    Parameters
    ----------
    index
        The year's cases.
    moved
        The thresholds that vary, uniformly over their declared ranges: ratios in millionths,
        boundaries in whole NTD; the others are as in force.
    sampling
        Size, bootstrap, seed.
    alternatives
        KPIs of which a further input, `DEFINITION`, chooses one; their own thresholds are of no
        account. Empty: the index's own.

    Returns
    -------
    Sensitivity
        With the exact shares where all that varies are ratios and the KPI is affine in E: it is
        then a sum of one function a tier, and no two interact.

    Raises
    ------
    InputError
        As `sobol_indices`; or if two ranges of boundaries can cross.
    """
    inputs = [_grid(parameter) for parameter in moved]
    versions = list(alternatives) or [index.version]
    if len(versions) > 1:
        inputs.append(GridInput(DEFINITION, 0, len(versions) - 1))

    def model(points: Ints) -> Floats:
        effective = index.effective(_scenarios(index, moved, points[:, : len(moved)]))
        counts = {**index.counts[None], "effective": effective}
        if len(versions) == 1:
            return float_values(versions[0], counts)
        columns = np.stack([float_values(version, counts) for version in versions])
        chosen: Floats = columns[points[:, -1], np.arange(len(points))]
        return chosen

    found = sobol_indices(inputs, model, sampling)
    shares = _exact_shares(index, moved) if len(versions) == 1 and found.variance else None
    if shares is None:
        return found
    indices = zip(found.indices, shares, strict=True)
    return replace(found, indices=tuple(replace(one, exact=share) for one, share in indices))


def _grid(parameter: Parameter) -> GridInput:
    grid = RATIO_GRID if parameter.kind == "ratio" else 1
    return GridInput(
        parameter.name, (parameter.low * grid).__ceil__(), (parameter.high * grid).__floor__()
    )


def _scenarios(index: ThresholdIndex, moved: Sequence[Parameter], points: Ints) -> Scenarios:
    rule = index.version.rule
    ratios = np.tile(
        np.array([int(tier.ratio * RATIO_GRID) for tier in rule.tiers], dtype=np.int64),
        (len(points), 1),
    )
    boundaries = np.tile(
        np.array([tier.from_twd for tier in rule.tiers[1:]], dtype=np.int64), (len(points), 1)
    )
    for column, parameter in enumerate(moved):
        if parameter.kind == "ratio":
            ratios[:, parameter.place] = points[:, column]
        else:
            boundaries[:, parameter.place - 1] = points[:, column]
    return Scenarios(ratios, RATIO_GRID, boundaries, rule.is_equal_effective)


def _exact_shares(index: ThresholdIndex, moved: Sequence[Parameter]) -> list[Fraction] | None:
    """Return each ratio's share of the variance, from its own step function on the same grid."""
    if not is_affine(index.version) or any(parameter.kind == "boundary" for parameter in moved):
        return None
    variances = [_variance(index, parameter) for parameter in moved]
    whole = sum(variances, Fraction(0))
    return [variance / whole for variance in variances] if whole else None


def _variance(index: ThresholdIndex, parameter: Parameter) -> Fraction:
    """Return the exact variance of the effective cases over one threshold's grid."""
    grid = _grid(parameter)
    numerators = np.arange(grid.low, grid.high + 1, dtype=np.int64)
    effective = step_function(index, parameter).at_grid(numerators, RATIO_GRID)
    values, counts = np.unique(effective, return_counts=True)
    pairs = [(int(value), int(count)) for value, count in zip(values, counts, strict=True)]
    total = sum(count for _, count in pairs)
    mean = Fraction(sum(value * count for value, count in pairs), total)
    return Fraction(sum(value * value * count for value, count in pairs), total) - mean * mean
