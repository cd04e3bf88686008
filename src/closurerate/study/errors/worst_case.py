"""The nation's KPI where errors in the records all point one way: exact, without chance."""

from fractions import Fraction
from itertools import product
from math import ceil

from closurerate.kpi.effective import Ints
from closurerate.kpi.evaluate import value_of
from closurerate.kpi.value import Value
from closurerate.study.errors.error_draws import uses_money
from closurerate.study.errors.error_models import Exposure
from closurerate.study.settings import ErrorRates
from closurerate.study.thresholds.engine import ThresholdIndex


def worst_case(
    index: ThresholdIndex, exposed: Exposure, rates: ErrorRates
) -> tuple[Value, Value] | None:
    """Return the nation's lowest and highest exact KPI where all errors point one way.

    Of each kind the declared share, rounded up to whole cases, is wrong, every one of them to
    the same side; the late ones, of this year and of the year before, are none or all, and none
    or all of them effective. None where the KPI has no value in one of these cases, or uses sums
    of money: what a case may owe has no bound here.
    """
    if uses_money(index.version):
        return None
    closed = sum(_total(item) for item in _closed(exposed))
    before = 0 if exposed.closed_before is None else _total(exposed.closed_before)
    late = min(ceil(rates.late * closed), _total(exposed.pending))
    early = min(ceil(rates.late * before), closed)
    values = [
        value_of(
            index.version,
            {
                **index.counts[None],
                # Of those that leave no more can be effective, or not, than there are.
                "effective": min(max(effective - taken, 0), closed - gone) + added,
                "closed": closed - gone + moved,
                "pending": _total(exposed.pending) - moved,
            },
        )
        for effective, (gone, taken), (moved, added) in product(
            _extremes(exposed, rates), _none_or_all(early), _none_or_all(late)
        )
    ]
    if any(value.value is None for value in values):
        return None
    ordered = sorted(values, key=lambda value: Fraction(value.value or 0))
    return ordered[0], ordered[-1]


def _none_or_all(late: int) -> tuple[tuple[int, int], ...]:
    """Return how many cases were late, and how many of them are effective."""
    return (0, 0), (late, 0), (late, late)


def _extremes(exposed: Exposure, rates: ErrorRates) -> tuple[int, int]:
    """Return the fewest and the most effective cases with all errors to one side."""
    full, effective, others, unpaid = (_total(item) for item in _closed(exposed))
    part = effective + others
    slipped = ceil(rates.amount_digit * part)
    lost = min(
        effective, ceil(rates.part_is_unpaid * part) + min(slipped, _total(exposed.lost[:, 1:]))
    )
    gained = min(
        others, ceil(rates.part_is_full * part) + min(slipped, _total(exposed.gained[:, 1:]))
    )
    recorded = full + effective
    return (
        recorded - ceil(rates.full_is_part * full) - lost,
        recorded + gained + ceil(rates.unpaid_is_part * unpaid),
    )


def _closed(exposed: Exposure) -> tuple[Ints, Ints, Ints, Ints]:
    return exposed.full, exposed.part_effective, exposed.part_not, exposed.unpaid


def _total(counts: Ints) -> int:
    return int(counts.sum())
