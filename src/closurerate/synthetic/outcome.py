"""How the cases of a block stand at the end of a year: open or closed, how, and what was paid."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from closurerate.synthetic.block import Block
from closurerate.synthetic.closing import PENDING, Closed, Closing, beta_draw, close
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.panel import CARRIED, FRESH, REOPENED, SETTLED, half_up_share, still_open
from closurerate.synthetic.sampling import Ints, Mask, looked_up, u16, u32
from closurerate.synthetic.working_days import Days, within

NO_DAY = np.iinfo(np.int32).min
"""Stands for a date that is not there."""


@dataclass(frozen=True)
class Standing:
    """A block at the end of a year, one row a case.

    Attributes:
        year: The ROC year.
        begin (numpy.ndarray of int32): Day on which each could be closed at the earliest.
        reopened_on (numpy.ndarray of int32 or None): Day since 1970-01-01; None where no case of
            the block was reopened.
        disposition (numpy.ndarray of int8): Place in the contract's dispositions; `PENDING` while
            open.
        paid, collected (numpy.ndarray of int64): Paid so far, and of it within the year, NTD.
    """

    year: int
    begin: Days
    reopened_on: Days | None
    disposition: npt.NDArray[np.int8]
    paid: Ints
    collected: Ints


def carried_second(nation: Nation, block: Block) -> Standing:
    """Return how the cases pending at the end of the first year stand at the end of the second."""
    before = carried_first(nation, block).paid
    totals, year = nation.totals.second, nation.totals.first_year + 1
    shares = nation.assumptions.second_year_new
    closing = Closing(
        label="carried second",
        lateness=looked_up(nation.lateness(nation.assumptions.closing_odds), block.cell()),
        closed=totals.closed - _fresh_closed(nation) - _reopened_closed(nation),
        effective=totals.effective - half_up_share(totals.effective, shares["effective"]),
    )
    return _second(nation, block, closing, before, _from_new_year(nation, block, year))


def fresh_second(nation: Nation, block: Block) -> Standing:
    """Return how the cases referred in the second year stand at its end."""
    year = nation.totals.first_year + 1
    shares = nation.assumptions.second_year_new
    is_closed = np.maximum(1 - still_open(nation, year), 1e-3).astype(np.float32)
    lateness = looked_up(nation.lateness(nation.assumptions.closing_odds), block.cell())
    lateness /= looked_up(is_closed, block.referred - nation.axis.start)
    closing = Closing(
        label="fresh second",
        lateness=lateness,
        closed=_fresh_closed(nation),
        effective=half_up_share(nation.totals.second.effective, shares["effective"]),
    )
    return _second(nation, block, closing, np.zeros_like(block.amount), block.referred)


def reopened_second(nation: Nation, block: Block) -> Standing:
    """Return how the reopened cases stand at the end of the second year; none is effective."""
    year = nation.totals.first_year + 1
    begin = _from_new_year(nation, block, year)
    rng = nation.random(block.name, "reopened on")
    reopened_on = within(nation.axis, begin, nation.axis.last(year), u16(rng, block.rows))
    closing = Closing(
        label="reopened second",
        lateness=np.ones(block.rows, dtype=np.float32),
        closed=_reopened_closed(nation),
        effective=0,
        part_share=0.0,
    )
    before = np.zeros_like(block.amount)
    standing = _second(nation, block, closing, before, reopened_on)
    return replace(standing, reopened_on=reopened_on)


def settled_first(nation: Nation, block: Block) -> Standing:
    """Close every case in the first year; some had paid a part before it."""
    totals, year = nation.totals.first, nation.totals.first_year
    closing = Closing(
        label="settled first",
        lateness=np.ones(block.rows, dtype=np.float32),
        closed=block.rows,
        effective=totals.effective,
    )
    closed = close(nation, block, closing, np.zeros_like(block.amount))
    before = _paid_before(nation, block, closed.paid)
    begin = np.maximum(block.referred, _from_new_year(nation, block, year))
    return _standing(nation, block, closed, before, begin, year)


def reopened_first(nation: Nation, block: Block) -> Standing:
    """Close every case in the first year, unpaid."""
    year = nation.totals.first_year
    closing = Closing(
        label="reopened first",
        lateness=np.ones(block.rows, dtype=np.float32),
        closed=block.rows,
        effective=0,
        part_share=0.0,
    )
    nothing = np.zeros_like(block.amount)
    closed = close(nation, block, closing, nothing)
    return _standing(nation, block, closed, nothing, _from_new_year(nation, block, year), year)


def carried_first(nation: Nation, block: Block) -> Standing:
    """Leave every case open at the end of the first year; some have paid a part."""
    is_open = np.ones(block.rows, dtype=np.bool_)
    paid = np.zeros_like(block.amount)
    _pay_by_instalments(nation, block, "first", is_open, paid)
    collected = paid - _paid_before(nation, block, paid)
    if block.boundary is not None:
        paid[block.boundary.rows] = block.boundary.paid
        collected[block.boundary.rows] = 0
    if block.large is not None:
        paid[block.large.rows] = block.large.collected_first
        collected[block.large.rows] = block.large.collected_first
    year = nation.totals.first_year
    return Standing(
        year=year,
        begin=_from_new_year(nation, block, year),
        reopened_on=None,
        disposition=np.full(block.rows, PENDING, dtype=np.int8),
        paid=paid,
        collected=collected,
    )


def _second(nation: Nation, block: Block, closing: Closing, before: Ints, begin: Days) -> Standing:
    """Close cases in the second year and let open ones pay; `before` was paid by its start."""
    closed = close(nation, block, closing, before)
    _pay_by_instalments(nation, block, "second", closed.disposition == PENDING, closed.paid)
    if block.large is not None:
        rows = block.large.rows
        closed.paid[rows] = before[rows] + block.large.collected_second
    return _standing(nation, block, closed, before, begin, nation.totals.first_year + 1)


def _standing(
    nation: Nation, block: Block, closed: Closed, before: Ints, begin: Days, year: int
) -> Standing:
    return Standing(year, begin, None, closed.disposition, closed.paid, closed.paid - before)


def closing_days(nation: Nation, block: Block, standing: Standing) -> Days:
    """Return the days on which cases were closed, since 1970-01-01; `NO_DAY` while open."""
    closed_on = np.full(block.rows, NO_DAY, dtype=np.int32)
    rows = np.flatnonzero(standing.disposition != PENDING)
    numbers = u16(nation.random(block.name, "closed on", str(standing.year)), rows.size)
    last = nation.axis.last(standing.year)
    closed_on[rows] = within(nation.axis, standing.begin[rows], last, numbers)
    return closed_on


def _paid_before(nation: Nation, block: Block, paid: Ints) -> Ints:
    """Return what of a first year's payments had come before it, NTD: a part, from older cases."""
    entry = nation.assumptions.earlier_payment
    rng = nation.random(block.name, "paid before")
    payers = np.flatnonzero(paid[: block.older] > 0)
    payers = payers[u16(rng, payers.size) < int(entry["share"] * 65536)]
    before = np.zeros_like(paid)
    before[payers] = beta_draw(entry, u32(rng, payers.size), paid[payers])
    if block.boundary is not None:
        before[block.boundary.rows] = paid[block.boundary.rows]
    return before


def _pay_by_instalments(
    nation: Nation, block: Block, label: str, is_open: Mask, paid: Ints
) -> None:
    """Let some open cases pay a part of what they still owe, never all; `paid` is added to."""
    entry = nation.assumptions.pending_payment
    rng = nation.random(block.name, "instalments", label)
    is_payer = u16(rng, block.rows) < int(entry["share"] * 65536)
    is_payer &= is_open & (block.amount <= nation.greatest_payment_twd)
    rows = np.flatnonzero(is_payer)
    owed = block.amount[rows] - 1 - paid[rows]
    paid[rows] += beta_draw(entry, u32(rng, rows.size), owed)


def _from_new_year(nation: Nation, block: Block, year: int) -> Days:
    return np.broadcast_to(np.int32(nation.axis.first_working(year)), block.rows)


def _fresh_closed(nation: Nation) -> int:
    """Return how many of the second year's closed cases were referred in it."""
    totals = nation.totals
    wanted = half_up_share(totals.second.closed, nation.assumptions.second_year_new["closed"])
    least = totals.second.closed - _reopened_closed(nation) - totals.first.pending
    return min(max(wanted, least), totals.second.new)


def _reopened_closed(nation: Nation) -> int:
    return half_up_share(nation.totals.reopened, nation.assumptions.reopened)


FIRST_STANDING = {
    REOPENED: reopened_first,
    CARRIED: carried_first,
    SETTLED: settled_first,
}
"""What makes the standing of each block of the first year's file."""

SECOND_STANDING = {
    REOPENED: reopened_second,
    CARRIED: carried_second,
    FRESH: fresh_second,
}
"""What makes the standing of each block of the second year's file."""
