"""Variance-based sensitivity: how much of a result's spread each input explains, and with which.

The estimates are Saltelli's (2010, doi:10.1016/j.cpc.2009.09.018) as SALib computes them; inputs
are independent whole numbers, so that what they stand for is exact.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample

from closurerate.errors import InputError
from closurerate.study.settings import SobolSampling

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NOUGHT = 1e-12
"""Relative spread below which floats of one value are taken as that value."""


@dataclass(frozen=True)
class GridInput:
    """An input that takes each whole number from `low` to `high` with the same probability."""

    name: str
    low: int
    high: int


@dataclass(frozen=True)
class Index:
    """The sensitivity to one input.

    Parameters
    ----------
    name
        The input.
    first, total
        Share of the variance that it explains alone, and with all its interactions; None where
        the result does not vary at all.
    first_interval, total_interval
        Half the width of their confidence intervals (bootstrap).
    has_effect
        Whether any draw moved the result when this input alone changed; without it both are
        exactly 0.
    exact
        The share that the input explains alone, exact; None where the structure does not give it.
    """

    name: str
    first: float | None
    first_interval: float | None
    total: float | None
    total_interval: float | None
    has_effect: bool
    exact: Fraction | None = None


@dataclass(frozen=True)
class Pair:
    """Share of the variance that two inputs explain only together, with its half interval."""

    names: tuple[str, str]
    second: float
    interval: float


@dataclass(frozen=True)
class Sensitivity:
    """Sobol indices of a result.

    Parameters
    ----------
    indices
        One an input, in their order.
    pairs
        One a pair of inputs; empty where the result does not vary.
    variance
        Of the result over the sample, in its own unit squared; 0.0 where it does not vary, and
        then no index is given: it would divide by nought.
    runs
        Scenarios computed.
    sampling
        How they were drawn.
    """

    indices: tuple[Index, ...]
    pairs: tuple[Pair, ...]
    variance: float
    runs: int
    sampling: SobolSampling


def sobol_indices(
    inputs: Sequence[GridInput], model: Callable[[Ints], Floats], sampling: SobolSampling
) -> Sensitivity:
    """Return the Sobol indices of a model over independent inputs on whole-number grids.

    Parameters
    ----------
    inputs
        One or more, independent.
    model
        Takes whole numbers of shape (n, inputs) and returns n finite floats.
    sampling
        Size, bootstrap, seed.

    Raises
    ------
    InputError
        If there is no input, or the model has no value somewhere in the ranges.
    """
    if not inputs:
        raise InputError("sobol: there is no input to vary.")
    names = [item.name for item in inputs]
    # SALib knows unit ranges only from here: the grids are laid over them below.
    problem = {"num_vars": len(inputs), "names": names, "bounds": [[0.0, 1.0]] * len(inputs)}
    unit = sobol_sample.sample(problem, sampling.size, seed=sampling.seed)
    results = model(_on_grids(unit, inputs))
    if not np.isfinite(results).all():
        raise InputError(
            "sobol: the KPI has no value in some scenario of the declared ranges, so that its "
            "variance is not defined; narrow the ranges."
        )
    is_moved = _moved(results, len(inputs))
    spread = float(np.ptp(results))
    if spread <= _NOUGHT * max(float(np.abs(results).max()), 1e-300):
        still = tuple(Index(name, None, None, None, None, False) for name in names)
        return Sensitivity(still, (), 0.0, len(results), sampling)
    found = sobol_analysis.analyze(
        problem,
        results,
        num_resamples=sampling.resamples,
        conf_level=float(sampling.confidence),
        seed=sampling.seed,
    )
    indices = tuple(
        Index(
            name=name,
            first=float(found["S1"][place]),
            first_interval=float(found["S1_conf"][place]),
            total=float(found["ST"][place]),
            total_interval=float(found["ST_conf"][place]),
            has_effect=bool(is_moved[place]),
        )
        for place, name in enumerate(names)
    )
    pairs = tuple(
        Pair((names[i], names[j]), float(found["S2"][i, j]), float(found["S2_conf"][i, j]))
        for i in range(len(names))
        for j in range(i + 1, len(names))
    )
    return Sensitivity(indices, pairs, float(np.var(results)), len(results), sampling)


def _on_grids(unit: Floats, inputs: Sequence[GridInput]) -> Ints:
    """Return a sample of unit ranges laid over the inputs' grids."""
    low = np.array([item.low for item in inputs], dtype=np.int64)
    high = np.array([item.high for item in inputs], dtype=np.int64)
    points: Ints = np.minimum(low + np.floor(unit * (high - low + 1)).astype(np.int64), high)
    return points


def _moved(results: Floats, inputs: int) -> npt.NDArray[np.bool_]:
    """Return whether exchanging one input alone ever changed the result (SALib's row order)."""
    blocks = results.reshape(-1, 2 * inputs + 2)
    moved: npt.NDArray[np.bool_] = (blocks[:, 1 : inputs + 1] != blocks[:, :1]).any(axis=0)
    return moved
