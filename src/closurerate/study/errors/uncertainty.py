"""How far errors in the records, at declared rates, could move the KPI and the branches' ranks.

What is recorded is held to be wrong in a share of cases that nobody knows; the counts as they
would be without the errors are drawn, branch by branch, and the KPI is computed on them. A slip
of a digit lets the true amount be the recorded one times ten or divided by ten.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from closurerate.errors import InputError
from closurerate.kpi.effective import Ints
from closurerate.kpi.float_values import Floats, float_values
from closurerate.kpi.value import Value
from closurerate.quantity import carried
from closurerate.study.errors.error_draws import Drawn, drawn_counts
from closurerate.study.errors.error_models import Exposure
from closurerate.study.errors.worst_case import worst_case
from closurerate.study.ranks.ranking import ranks
from closurerate.study.settings import ErrorRates, MonteCarlo
from closurerate.study.thresholds.engine import ThresholdIndex

MODELS = {
    "dispositions": ("full_is_part", "part_is_full", "part_is_unpaid", "unpaid_is_part"),
    "amounts": ("amount_digit",),
    "late": ("late",),
}
"""The error models, by the rates that each of them has."""


@dataclass(frozen=True)
class DrawnInterval:
    """What remains of a KPI under errors.

    Args:
        recorded: The KPI as recorded, exact (a plain ratio where its unit is percent).
        low, middle, high: Quantiles of the draws at the two ends of the confidence level and at a
            half, as floats (each draw to 1e-13, the quantile to the sampling error); nan where
            there is no value.
        error: How far from any of these the same quantile of the population may lie, by two
            standard errors of its place among the draws.
    """

    recorded: Value
    low: float
    middle: float
    high: float
    error: float

    def decimals(self, most: int, scale: int = 1) -> int:
        """Return how many decimals the draws carry: their error is below half of the last."""
        return carried(scale * self.error, most)


@dataclass(frozen=True)
class BranchInterval:
    """A branch's KPI and rank under errors; rank 1 is the highest value, equals share the better.

    `rank`, `rank_low` and `rank_high` are None where the branch has no value.
    """

    branch: str
    kpi: DrawnInterval
    rank: int | None
    rank_low: int | None
    rank_high: int | None


@dataclass(frozen=True)
class Uncertainty:
    """The KPI under error models: of the nation, and of the branches in the contract's order.

    Args:
        alone: The nation's interval under each model of `MODELS` alone.
        worst: The lowest and the highest exact KPI of the nation where the declared shares are
            wrong all in one direction; None where it has none.
    """

    nation: DrawnInterval
    branches: tuple[BranchInterval, ...]
    alone: Mapping[str, DrawnInterval]
    worst: tuple[Value, Value] | None


def uncertainty(
    index: ThresholdIndex, exposed: Exposure, rates: ErrorRates, sampling: MonteCarlo
) -> Uncertainty:
    """Return the KPI's interval, and each branch's rank interval, under the error models.

    A declared rate is the highest thought of: each draw takes one for the nation, evenly between
    0 and it, and the branches' about it. Given the rate, errors are independent between cases; a
    case that is paid in part in truth is effective as often as the part-paid ones of its branch
    are recorded, and one registered late as often as its branch's closed ones. Cases registered
    late leave the year, and those of the year before came into it; sums of money are treated as
    `error_draws.MONEY` says. Fewer than 2,000 draws are an InputError.
    """
    if sampling.draws < 2000:
        raise InputError(f"monte_carlo.draws: {sampling.draws}: must be 2,000 or more.")
    drawn = drawn_counts(index, exposed, rates, sampling)
    alone = {
        name: drawn_counts(index, exposed, only(rates, names), sampling)
        for name, names in MODELS.items()
    }
    return Uncertainty(
        nation=_nation(index, drawn, sampling),
        branches=_branches(index, float_values(index.version, drawn), sampling),
        alone={name: _nation(index, counts, sampling) for name, counts in alone.items()},
        worst=worst_case(index, exposed, rates),
    )


def only(rates: ErrorRates, names: tuple[str, ...]) -> ErrorRates:
    """Return the rates with all but the named ones at 0."""
    return replace(rates, **{name: Fraction(0) for name in vars(rates) if name not in names})


def _nation(
    index: ThresholdIndex, drawn: Mapping[str, Drawn], sampling: MonteCarlo
) -> DrawnInterval:
    """Return the nation's interval: in each draw, its counts are the branches' added up."""
    sums = {
        name: values.sum(axis=1)
        for name, values in drawn.items()
        if values is not None and values.ndim > 1
    }
    values = float_values(index.version, {**index.counts[None], **sums})
    return _interval(index, None, values, sampling)


def _interval(
    index: ThresholdIndex, branch: str | None, values: Floats, sampling: MonteCarlo
) -> DrawnInterval:
    recorded = index.official_value(branch)
    if np.isnan(values).any():
        return DrawnInterval(recorded, np.nan, np.nan, np.nan, np.nan)
    levels = np.array(_levels(sampling))
    around = 2 * np.sqrt(levels * (1 - levels) / values.size)
    found = np.quantile(values, levels)
    beside = np.quantile(values, np.clip([levels - around, levels + around], 0, 1))
    low, middle, high = found.tolist()
    return DrawnInterval(recorded, low, middle, high, float(np.abs(beside - found).max()))


def _levels(sampling: MonteCarlo) -> tuple[float, float, float]:
    tail = float((1 - sampling.confidence) / 2)
    return tail, 0.5, 1 - tail


def _branches(
    index: ThresholdIndex, values: Floats, sampling: MonteCarlo
) -> tuple[BranchInterval, ...]:
    is_higher_better = index.version.is_higher_better
    drawn = _ranks(values if is_higher_better else -values)
    recorded = ranks(
        {name: index.official_value(name).value for name in index.branches},
        is_higher_better=is_higher_better,
    )
    tail, _, top = _levels(sampling)
    found = []
    for place, name in enumerate(index.branches):
        kpi, rank = _interval(index, name, values[:, place], sampling), recorded[name]
        if np.isnan(kpi.low) or rank is None:
            found.append(BranchInterval(name, kpi, None, None, None))
            continue
        low, high = np.quantile(drawn[:, place], [tail, top], method="nearest")
        found.append(BranchInterval(name, kpi, rank, int(low), int(high)))
    return tuple(found)


def _ranks(values: Floats) -> Ints:
    """Return each row's ranks: 1 for the greatest, equals sharing the better; none has the last."""
    filled = np.where(np.isnan(values), -np.inf, values)
    result: Ints = 1 + (filled[:, None, :] > filled[:, :, None]).sum(axis=2)
    return result
