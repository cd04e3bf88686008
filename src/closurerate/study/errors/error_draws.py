"""Draws of the counts as they would be without errors in the records, branch by branch."""

from collections.abc import Mapping

import numpy as np

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import names_used
from closurerate.kpi.effective import Ints
from closurerate.kpi.float_values import Floats
from closurerate.study.errors.error_models import SLIPS, Exposure, slips
from closurerate.study.settings import ErrorRates, MonteCarlo
from closurerate.study.thresholds.engine import ThresholdIndex

Drawn = Ints | Floats | None

MONEY = ("closed_referred_twd", "closed_paid_twd", "collected_twd")
"""Sums of money that a formula may use. A slip is put right in the referred and the paid amounts of
part-paid cases, which alone are at hand one by one; cases registered late have their branch's
average amounts; collections are as recorded."""


def uses_money(version: KpiVersion) -> bool:
    """Tell whether a KPI takes sums of money, of which not every error is modelled."""
    return not names_used(version).isdisjoint(MONEY)


def drawn_counts(
    index: ThresholdIndex, exposed: Exposure, rates: ErrorRates, sampling: MonteCarlo
) -> dict[str, Drawn]:
    """Return each branch's counts as they would be without the errors.

    Returns:
        dict of str to numpy.ndarray, shape (draws, branches): `effective`, `closed` and `pending`,
            and the closed cases' amounts where the KPI uses them; and each other count as recorded,
            shape (branches,), None where the data do not tell.
    """
    rng = np.random.default_rng(sampling.seed)
    shape = (sampling.draws, len(index.branches))
    rate = {name: float(highest) * _degree(rng, shape) for name, highest in vars(rates).items()}
    part = exposed.part_effective + exposed.part_not
    closed = exposed.full + part + exposed.unpaid
    recorded = exposed.full + exposed.part_effective
    passing = _share(exposed.part_effective, part)
    effective = recorded - rng.binomial(exposed.full, rate["full_is_part"] * (1 - passing))
    effective += rng.binomial(exposed.unpaid, rate["unpaid_is_part"] * passing)
    # One case is wrong in one way: in its disposition, or else in an amount.
    is_slip = rate["amount_digit"] * (1 - rate["part_is_full"] - rate["part_is_unpaid"])
    for number in range(SLIPS + 1):
        flips = is_slip * number / SLIPS
        effective += rng.binomial(exposed.gained[:, number], rate["part_is_full"] + flips)
        effective -= rng.binomial(exposed.lost[:, number], rate["part_is_unpaid"] + flips)
    # What the year before registered late is counted in this one, and this one's in the next.
    earlier = np.zeros_like(closed) if exposed.closed_before is None else exposed.closed_before
    early = np.minimum(rng.binomial(earlier, rate["late"]), closed)
    late = np.minimum(rng.binomial(closed, rate["late"]), exposed.pending)
    passing = _share(recorded, closed)
    taken = rng.binomial(early, passing)
    effective -= np.clip(taken, early - (closed - effective), effective)
    effective += rng.binomial(late, passing)
    true = closed - early + late
    others = _other_counts(index)
    return {
        **others,
        **_amounts(index, others, rng, is_slip, _share(true, closed)),
        "effective": effective,
        "closed": true,
        "pending": exposed.pending - late,
    }


def _degree(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Return what share of a declared rate each draw takes in each branch, from 0 to 1.

    The nation's is even from 0 to 1, as habits of the whole agency would be; the branches' lie
    evenly about it, as far as neither end is passed. Drawn branch by branch, small and full rates
    would never meet in the nation.
    """
    nation = rng.random((shape[0], 1))
    return nation + (2 * rng.random(shape) - 1) * np.minimum(nation, 1 - nation)


def _share(part: Ints, whole: Ints) -> Floats:
    """Return part over whole, 0 where there is none."""
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _amounts(
    index: ThresholdIndex,
    recorded: Mapping[str, Drawn],
    rng: np.random.Generator,
    is_slip: Floats,
    grown: Floats,
) -> dict[str, Drawn]:
    """Return the closed cases' amounts that the KPI uses, NTD, without the errors; see `MONEY`."""
    used, found = names_used(index.version), dict[str, Drawn]()
    for column, name in enumerate(MONEY[:2]):
        total = recorded.get(name)
        if name not in used or total is None:
            continue
        drawn = np.broadcast_to(total, is_slip.shape).astype(np.float64)
        for place, branch in enumerate(index.branches):
            cases = index.repayments.of_branch(branch)
            own = cases.referred_twd, cases.paid_twd
            for true in slips(*own):
                count = rng.binomial(len(cases), is_slip[:, place] / SLIPS)
                drawn[:, place] += _sums_of_some(rng, true[column] - own[column], count)
        found[name] = drawn * grown
    return found


def _sums_of_some(rng: np.random.Generator, values: Ints, count: Ints) -> Floats:
    """Return for each draw the sum of so many of the values, any of them as likely as the others.

    They follow each other in a ring that was shuffled once, so that a draw costs two look-ups.
    """
    if not values.any():
        return np.zeros(count.shape)
    ring = np.tile(rng.permutation(values).astype(np.float64), 2)
    sums = np.concatenate([[0.0], np.cumsum(ring)])
    start = rng.integers(0, len(values), count.shape)
    total: Floats = sums[start + count] - sums[start]
    return total


def _other_counts(index: ThresholdIndex) -> dict[str, Drawn]:
    """Return the branches' counts that no error model touches, as recorded."""
    counts = [index.counts[name] for name in index.branches]
    return {
        name: np.array([one[name] for one in counts], dtype=np.float64)
        if all(one[name] is not None for one in counts)
        else None
        for name in counts[0]
    }
