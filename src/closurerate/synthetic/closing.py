"""Which cases close within a year, in what way and with what paid, to exact counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from closurerate.cases.vocabulary import CATEGORIES, DISPOSITIONS
from closurerate.kpi.effective import passing
from closurerate.synthetic.block import Block
from closurerate.synthetic.codebook import codebook
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.panel import half_up_share
from closurerate.synthetic.sampling import (
    NEVER,
    Ints,
    Mask,
    Quantiles,
    cell_edges,
    looked_up,
    lottery,
    sampling_keys,
    smallest,
    u16,
    u32,
)

PENDING = -1
"""Stands for the disposition of a case that is open."""

PAID_IN_FULL = DISPOSITIONS.index("paid_in_full")
_FIRST = np.float32(-1)
_RATIO_BITS = 20


@dataclass(frozen=True)
class Closing:
    """What is to be closed of a block.

    Attributes:
        label: Names its random numbers.
        lateness (numpy.ndarray of float32): One over each case's odds of being closed.
        closed, effective: How many cases to close, and of them with effect.
        part_share (float or None): Share of the closed cases that is paid in part; None: as
            assumed.
    """

    label: str
    lateness: npt.NDArray[np.float32]
    closed: int
    effective: int
    part_share: float | None = None


@dataclass(frozen=True)
class Closed:
    """What the cases of a block came to.

    Attributes:
        disposition (numpy.ndarray of int8): Place in the contract's dispositions; `PENDING` while
            open.
        paid (numpy.ndarray of int64): Paid so far, NTD.
    """

    disposition: npt.NDArray[np.int8]
    paid: Ints


def close(nation: Nation, block: Block, closing: Closing, before: Ints) -> Closed:
    """Close exactly so many cases of a block, exactly so many of them with effect.

    Args:
        nation, block (Nation, Block): The cases.
        closing (Closing): How many.
        before (numpy.ndarray of int64): What each case had paid by the start of the year, NTD. One
            that had paid a part is closed as paid in part or in full, never as unpaid.

    Returns:
        Closed: Every case of the block; the open ones with what they had paid before.

    Raises:
        InputError: If the counts cannot be met.

    Notes:
        The repayment ratio of a part-paid case is drawn from one smooth distribution, so nothing
        gathers at a threshold; the cases paid in full then make up the effective ones that are
        wanted.
    """
    rows = np.flatnonzero(_is_closed(nation, block, closing))
    is_boundary = _marks(block)[rows]
    had_paid, amount = before[rows], block.amount[rows]
    cell = block.cell()[rows]
    part_keys, full_keys = _queues(nation, block, closing, rows, had_paid, cell, is_boundary)
    is_part = smallest(part_keys, _part_count(nation, closing, part_keys), "cases paid in part")
    paid = had_paid.copy()
    paid[is_part] = _part_payment(nation, closing, amount[is_part], had_paid[is_part])
    if block.boundary is not None:
        at = np.searchsorted(rows, block.boundary.rows)
        paid[at] = block.boundary.paid
    over = np.flatnonzero(is_part)
    effective_parts = int(passing(amount[over], paid[over], nation.rule).sum())
    full_keys[is_part] = NEVER
    is_full = smallest(full_keys, closing.effective - effective_parts, "cases paid in full")
    paid[is_full] = amount[is_full]
    disposition = np.full(block.rows, PENDING, dtype=np.int8)
    disposition[rows] = _dispositions(nation, closing, block.kind[rows], is_part, is_full)
    everything = before.copy()
    everything[rows] = paid
    return Closed(disposition, everything)


def beta_draw(shape: Mapping[str, float], numbers: npt.NDArray[np.uint32], whole: Ints) -> Ints:
    """Return a part of each amount by a Beta distribution, NTD, less than the whole.

    Args:
        shape (mapping): `alpha` and `beta`.
        numbers (numpy.ndarray of uint32): A random number for each.
        whole (numpy.ndarray of int64): The amounts, at most 10**12.
    """
    ratios = _beta_ratios(shape["alpha"], shape["beta"])
    parts: Ints = (whole * ratios.draw(numbers)) >> _RATIO_BITS
    return parts


@lru_cache(maxsize=16)
def _beta_ratios(alpha: float, beta: float) -> Quantiles:
    """Return a Beta distribution; a year's blocks share two or three."""
    return Quantiles.of([betaincinv(alpha, beta, cell_edges()) * (1 << _RATIO_BITS)])


def _is_closed(nation: Nation, block: Block, closing: Closing) -> Mask:
    if closing.closed == block.rows:
        return np.ones(block.rows, dtype=np.bool_)
    drawn = sampling_keys(nation.random(closing.label, "closed"), closing.lateness)
    if block.large is not None:
        drawn[block.large.rows] = NEVER
    if block.boundary is not None:
        drawn[block.boundary.rows] = _FIRST
    return smallest(drawn, closing.closed, "closed cases")


def _queues(
    nation: Nation,
    block: Block,
    closing: Closing,
    rows: Ints,
    had_paid: Ints,
    cell: npt.NDArray[np.int16],
    is_boundary: Mask,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the keys by which closed cases are chosen as paid in part and as paid in full."""
    assumptions = nation.assumptions
    part = sampling_keys(
        nation.random(closing.label, "part"),
        looked_up(nation.lateness(assumptions.part_odds), cell),
    )
    full = sampling_keys(
        nation.random(closing.label, "full"),
        looked_up(nation.lateness(assumptions.full_odds), cell),
    )
    too_much = block.amount[rows] > nation.greatest_payment_twd
    part[too_much] = full[too_much] = NEVER
    payers = np.flatnonzero(had_paid > 0)
    share = u16(nation.random(closing.label, "then full"), payers.size)
    then_full = share < int(assumptions.partly_then_full * 65536)
    part[payers], full[payers] = np.where(then_full, NEVER, _FIRST), _FIRST
    part[is_boundary], full[is_boundary] = _FIRST, NEVER
    return part, full


def _part_count(nation: Nation, closing: Closing, part_keys: npt.NDArray[np.float32]) -> int:
    """Return how many closed cases are paid in part: the assumed share, and all that must be."""
    share = nation.assumptions.part_share if closing.part_share is None else closing.part_share
    must = int(np.count_nonzero(part_keys < 0))
    return max(must, min(half_up_share(closing.closed, share), int((part_keys < NEVER).sum())))


def _part_payment(nation: Nation, closing: Closing, amount: Ints, had_paid: Ints) -> Ints:
    """Return what a case closed as paid in part has paid, NTD: something, and less than all."""
    numbers = u32(nation.random(closing.label, "repayment"), amount.size)
    more = beta_draw(nation.assumptions.repayment_ratio, numbers, amount - 1 - had_paid)
    paid: Ints = np.maximum(had_paid + more, 1)
    return paid


def _dispositions(
    nation: Nation,
    closing: Closing,
    kind: npt.NDArray[np.uint8],
    is_part: Mask,
    is_full: Mask,
) -> npt.NDArray[np.int8]:
    """Return the disposition of each closed case."""
    assumptions = nation.assumptions
    by_category = lottery(
        [_weights(assumptions.unpaid_dispositions[category]) for category in CATEGORIES]
    )
    category_of = codebook(assumptions).category_of
    numbers = u16(nation.random(closing.label, "disposition"), kind.size)
    codes = looked_up(by_category[category_of].view(np.int8), kind, numbers)
    parts = lottery(_weights(assumptions.part_dispositions))
    codes[is_part] = parts[numbers[is_part]]
    codes[is_full] = PAID_IN_FULL
    return codes


def _weights(odds: Mapping[str, float]) -> list[float]:
    return [odds.get(disposition, 0.0) for disposition in DISPOSITIONS]


def _marks(block: Block) -> Mask:
    is_boundary = np.zeros(block.rows, dtype=np.bool_)
    if block.boundary is not None:
        is_boundary[block.boundary.rows] = True
    return is_boundary
