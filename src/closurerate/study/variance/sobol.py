"""Variance-based sensitivity: how much of a result's spread each input explains, and with which.

The estimates are Saltelli's (2010, doi:10.1016/j.cpc.2009.09.018) as SALib computes them; inputs
are independent whole numbers, so that what they stand for is exact. A share lies from 0 to 1, which
an estimator does not know: what it puts beyond is put at the nearer end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import numpy.typing as npt
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import sobol as sobol_sample

from closurerate.errors import InputError
from closurerate.kpi.effective import Ints
from closurerate.kpi.float_values import Floats
from closurerate.study.settings import SobolSampling

_NOUGHT = 1e-12
"""Relative spread below which floats of one value are taken as that value."""


@dataclass(frozen=True)
class GridInput:
    """An input that takes each whole number from `low` to `high` with the same probability."""

    name: str
    low: int
    high: int

    def __post_init__(self) -> None:
        """Check that there is a number to take."""
        if self.low > self.high:
            raise InputError(
                f"{self.name}: the lowest number is {self.low:,} and the highest {self.high:,}: "
                "they must be the other way round."
            )


@dataclass(frozen=True)
class Index:
    """The sensitivity to one input.

    Args:
        first, total: Share of the variance that it explains alone, and with all its interactions,
            from 0 to 1: a `Fraction` is exact, a float an estimate; None where the result does not
            vary at all.
        has_effect: Whether the result moves with this input alone; without it both are exactly 0.
        first_interval, total_interval: Half the width of an estimate's confidence interval
            (bootstrap); None for what is exact.
    """

    name: str
    first: Fraction | float | None
    total: Fraction | float | None
    has_effect: bool
    first_interval: float | None = None
    total_interval: float | None = None


@dataclass(frozen=True)
class Pair:
    """Share of the variance that two inputs explain only together, as exact as in `Index`."""

    names: tuple[str, str]
    second: Fraction | float
    interval: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """Sobol indices of a result.

    Args:
        pairs: One a pair of inputs; empty where the result does not vary.
        variance: Of the result, in its own unit squared; 0.0 where it does not vary, and then no
            index is given: it would divide by nought.
        runs: Scenarios computed; 0 where the indices are exact.
    """

    indices: tuple[Index, ...]
    pairs: tuple[Pair, ...]
    variance: float
    runs: int = 0

    @property
    def is_exact(self) -> bool:
        """Whether the indices are exact."""
        return not self.runs


def unmoved(names: Sequence[str], runs: int = 0) -> Sensitivity:
    """Return that a result does not vary with inputs."""
    still = tuple(Index(name, None, None, has_effect=False) for name in names)
    return Sensitivity(still, (), 0.0, runs)


def no_value() -> InputError:
    """Return the error of a KPI that has no value somewhere in the ranges."""
    return InputError(
        "sobol: the KPI has no value in some scenario of the declared ranges, so that its "
        "variance is not defined; narrow the ranges."
    )


def sobol_indices(
    inputs: Sequence[GridInput], model: Callable[[Ints], Floats], sampling: SobolSampling
) -> Sensitivity:
    """Return the Sobol indices of a model over independent inputs on whole-number grids.

    The model takes whole numbers of shape (n, inputs) and returns n floats; InputError if one is
    not finite, or if there is no input.
    """
    if not inputs:
        raise InputError("sobol: there is no input to vary.")
    names = [item.name for item in inputs]
    # SALib knows unit ranges only from here: the grids are laid over them below.
    problem = {"num_vars": len(inputs), "names": names, "bounds": [[0.0, 1.0]] * len(inputs)}
    unit = sobol_sample.sample(problem, sampling.size, seed=sampling.seed)
    results = model(_on_grids(unit, inputs))
    if not np.isfinite(results).all():
        raise no_value()
    is_moved = _moved(results, len(inputs))
    spread = float(np.ptp(results))
    if spread <= _NOUGHT * max(float(np.abs(results).max()), 1e-300):
        return unmoved(names, len(results))
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
            first=_share(found["S1"][place]),
            total=_share(found["ST"][place]),
            has_effect=bool(is_moved[place]),
            first_interval=float(found["S1_conf"][place]),
            total_interval=float(found["ST_conf"][place]),
        )
        for place, name in enumerate(names)
    )
    pairs = tuple(
        Pair((names[i], names[j]), _share(found["S2"][i, j]), float(found["S2_conf"][i, j]))
        for i, j in combinations(range(len(names)), 2)
    )
    return Sensitivity(indices, pairs, float(np.var(results)), len(results))


def _share(estimate: float) -> float:
    return min(max(float(estimate), 0.0), 1.0)


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
