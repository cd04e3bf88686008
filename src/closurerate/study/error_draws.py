"""Draws of the counts as they would be without errors in the records, branch by branch."""

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from closurerate.study.error_models import SLIPS, Exposure
from closurerate.study.settings import ErrorRates, MonteCarlo
from closurerate.study.thresholds import ThresholdIndex

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Drawn = Ints | Floats | None


def drawn_counts(
    index: ThresholdIndex, exposed: Exposure, rates: ErrorRates, sampling: MonteCarlo
) -> dict[str, Drawn]:
    """Return each branch's counts as they would be without the errors.

    Parameters
    ----------
    index
        The year's cases.
    exposed
        How many cases could be wrong.
    rates
        Highest rates of error.
    sampling
        Draws and seed.

    Returns
    -------
    dict of str to numpy.ndarray, shape (draws, branches)
        `effective`, `closed` and `pending`; and each other count as recorded, shape (branches,),
        None where the data do not tell.
    """
    rng = np.random.default_rng(sampling.seed)
    shape = (sampling.draws, len(exposed.branches))
    rate = {
        field.name: float(getattr(rates, field.name)) * _degree(rng, shape)
        for field in fields(rates)
    }
    part = exposed.part_effective + exposed.part_not
    closed = exposed.full + part + exposed.unpaid
    recorded = exposed.full + exposed.part_effective
    passing = _share(exposed.part_effective, part)
    effective = recorded - rng.binomial(exposed.full, rate["full_is_part"] * (1 - passing))
    effective += rng.binomial(exposed.unpaid, rate["unpaid_is_part"] * passing)
    # One case is wrong in one way: in its disposition, or else in an amount.
    is_slip = rate["amount_digit"] * (1 - rate["part_is_full"] - rate["part_is_unpaid"])
    for slips in range(SLIPS + 1):
        flips = is_slip * slips / SLIPS
        effective += rng.binomial(exposed.gained[:, slips], rate["part_is_full"] + flips)
        effective -= rng.binomial(exposed.lost[:, slips], rate["part_is_unpaid"] + flips)
    late = np.minimum(rng.binomial(closed, rate["late"]), exposed.pending)
    effective += rng.binomial(late, _share(recorded, closed))
    return {
        **_other_counts(index),
        "effective": effective,
        "closed": closed + late,
        "pending": exposed.pending - late,
    }


def _degree(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return what share of a declared rate each draw takes in each branch, from 0 to 1.

    Half of it is common to all branches, as a habit of the whole agency would be, and half is the
    branch's own.
    """
    return (rng.random((shape[0], 1)) + rng.random(shape)) / 2


def _share(part: Ints, whole: Ints) -> Floats:
    """Return part over whole, 0 where there is none."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


def _other_counts(index: ThresholdIndex) -> dict[str, Drawn]:
    """Return the branches' counts that no error model touches, as recorded."""
    counts = [index.counts[name] for name in index.branches]
    return {
        name: np.array([one[name] for one in counts], dtype=np.float64)
        if all(one[name] is not None for one in counts)
        else None
        for name in counts[0]
    }
