"""How the cases of two linked years divide into blocks, and on which days each was referred."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from closurerate.errors import InputError
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.sampling import Floats, Ints, apportioned
from closurerate.synthetic.totals import half_up
from closurerate.synthetic.working_days import referral_weights

SETTLED, REOPENED, CARRIED, FRESH = "settled", "reopened", "carried", "fresh"
"""Closed in the first year for good; closed in it and reopened in the second; pending between the
two; referred in the second. The first three are in the first year's file, the last three in the
second's."""


@dataclass(frozen=True)
class PanelPlan:
    """When the cases of a block were referred.

    Attributes:
        name: The block.
        per_day (numpy.ndarray of int64): Cases referred on each day of the nation's axis; rows of
            the block are in this order.
        serial_base (numpy.ndarray of int64): What to add to a row's place in the block for its
            serial number within its year's cases.
        older: How many were referred before the first year: the first rows.
    """

    name: str
    per_day: Ints
    serial_base: Ints
    older: int


def make_plans(nation: Nation) -> Mapping[str, PanelPlan]:
    """Divide the cases of both years into the four blocks.

    Serial numbers run through a year's referrals in order of day, whatever their block, so both
    files know a case by the same number though each may be made alone.

    Raises:
        InputError: If the totals leave no room for the assumed share of cases closed in their first
            year.
    """
    totals, assumptions = nation.totals, nation.assumptions
    settled = totals.first.closed - totals.reopened
    settled_new = half_up_share(settled, assumptions.first_year_closed)
    settled_new = min(max(settled_new, totals.first.new - totals.first.pending), totals.first.new)
    carried_new = totals.first.new - settled_new
    if settled < settled_new:
        raise InputError(
            f"totals of {totals.first_year}: {totals.first.new:,} new cases cannot be among "
            f"{totals.first.closed:,} closed and {totals.first.pending:,} pending."
        )
    older, stays, leaves, fresh = _day_weights(nation)
    counts = {
        SETTLED: apportioned(settled - settled_new, older) + apportioned(settled_new, leaves),
        REOPENED: apportioned(totals.reopened, older),
        CARRIED: apportioned(totals.first.pending - carried_new, older)
        + apportioned(carried_new, stays),
        FRESH: apportioned(totals.second.new, fresh),
    }
    bases = _serial_bases(nation, counts)
    is_older = nation.axis.year < totals.first_year
    return {
        name: PanelPlan(name, per_day, bases[name], int(per_day[is_older].sum()))
        for name, per_day in counts.items()
    }


def half_up_share(total: int, share: float) -> int:
    """Return a share of a whole number, rounded half up."""
    return half_up(total * Fraction(str(share)))


def _day_weights(nation: Nation) -> tuple[Floats, Floats, Floats, Floats]:
    """Return day weights of referrals: older, first year open and closed by its end, fresh."""
    axis, first = nation.axis, nation.totals.first_year
    weights = referral_weights(axis, nation.assumptions.referral_months)
    by_age = np.array([0.0, *nation.assumptions.older_cases])
    age = np.clip(first - axis.year, 0, by_age.size - 1)
    open_share = still_open(nation, first)
    of_first = np.where(axis.year == first, weights, 0.0)
    return (
        weights * by_age[age],
        of_first * open_share,
        of_first * (1 - open_share),
        np.where(axis.year == first + 1, weights, 0.0),
    )


def still_open(nation: Nation, year: int) -> Floats:
    """Return the share of a day's new cases that is open at the end of a year, for each day."""
    days_left = nation.axis.last(year) - nation.axis.start - np.arange(nation.axis.year.size)
    share: Floats = np.exp(-np.maximum(days_left, 0) / nation.assumptions.pending_days)
    return share


def _serial_bases(nation: Nation, counts: Mapping[str, Ints]) -> Mapping[str, Ints]:
    """Return for each block what turns a row's place into its serial number in its year."""
    by_day = np.stack(list(counts.values()), axis=1)
    before = np.cumsum(by_day.ravel()).reshape(by_day.shape) - by_day
    year_start = np.searchsorted(nation.axis.year, nation.axis.year)
    in_year = before - before[year_start, :1] + 1
    rows_before = np.cumsum(by_day, axis=0) - by_day
    return {name: (in_year - rows_before)[:, place] for place, name in enumerate(counts)}
