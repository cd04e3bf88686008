"""Bringing a file's collections to their exact total."""

from fractions import Fraction

import numpy as np

from closurerate.errors import InputError
from closurerate.synthetic.block import Block, in_steps
from closurerate.synthetic.closing import PAID_IN_FULL
from closurerate.synthetic.nation import Nation
from closurerate.synthetic.outcome import Standing
from closurerate.synthetic.sampling import Ints, apportioned, u16
from closurerate.synthetic.totals import half_up

_SCALE_BITS = 20
_SCALE_RANGE = (Fraction(1, 20), Fraction(20))
_MOST_INTEREST_BEARING_TWD = 200_000


def settle(
    nation: Nation,
    blocks: dict[str, Block],
    standings: dict[str, Standing],
    own: str,
    collected_twd: int,
) -> None:
    """Make the payments of a file add up to a total, by amounts that no total depends on.

    First the ordinary debts paid in full of the block that is in this file alone are scaled by one
    factor, which brings collections to just below the total; then interest and fees, which cases
    paid in full pay beyond the referred amount, make up the exact rest. Neither moves a case into
    another tier, or changes whether it is effective.

    Args:
        nation: The nation.
        blocks, standings: The file's cases; amounts, payments and collections are changed in place.
        own: The block that no other file has.
        collected_twd: What collections are to add up to, NTD.

    Raises:
        InputError: If the total is out of reach of the assumptions.
    """
    interest = nation.assumptions.interest
    ordinary = (1 - nation.assumptions.large_share) * collected_twd
    aim = collected_twd - half_up(Fraction(str(interest["aim"])) * ordinary)
    rows = _scalable(blocks[own], standings[own])
    given = int(blocks[own].amount[rows].sum())
    factor = Fraction(given + aim - _collected(standings), max(given, 1))
    if not _SCALE_RANGE[0] <= factor <= _SCALE_RANGE[1]:
        reason = f"the amounts paid in full would have to be scaled by {float(factor):.2f}"
        raise InputError(_out_of_reach(collected_twd, reason))
    _scale(nation, blocks[own], standings[own], rows, factor)
    rest = collected_twd - _collected(standings)
    if rest < 0:
        raise InputError(_out_of_reach(collected_twd, "interest would be negative"))
    _add_interest(nation, blocks, standings, rest)


def _collected(standings: dict[str, Standing]) -> int:
    return sum(int(standing.collected.sum()) for standing in standings.values())


def _scalable(block: Block, standing: Standing) -> Ints:
    """Return the rows of ordinary debts that were paid in full within the year."""
    is_full = (standing.disposition == PAID_IN_FULL) & (block.tier == 0)
    return np.flatnonzero(is_full & (standing.collected == block.amount))


def _scale(nation: Nation, block: Block, standing: Standing, rows: Ints, factor: Fraction) -> None:
    """Scale debts and their payments by one factor, within the ordinary tier, in whole steps.

    What would leave the tier starts again from nothing: cut off at its end it would be a heap just
    below the next tier, such as an audit looks for.
    """
    scaled = (block.amount[rows] * half_up(factor * (1 << _SCALE_BITS))) >> _SCALE_BITS
    special = nation.rule.tiers[1].from_twd
    shapes = nation.assumptions.ordinary_amount
    step = np.array([int(shapes[kind]["step"]) for kind in nation.assumptions.kind_names])
    bounded = np.maximum(scaled % special, nation.assumptions.smallest_amount)
    in_steps(bounded, step[block.kind[rows]])
    block.amount[rows] = standing.paid[rows] = standing.collected[rows] = bounded


def _add_interest(
    nation: Nation, blocks: dict[str, Block], standings: dict[str, Standing], rest: int
) -> None:
    """Spread the rest over cases paid in full, in proportion to their bounded amounts."""
    payers: list[tuple[Standing, Ints]] = []
    weights: list[Ints] = []
    bound = int(nation.assumptions.interest["payers"] * 65536)
    for name, standing in standings.items():
        rows = np.flatnonzero(standing.disposition == PAID_IN_FULL)
        numbers = u16(nation.random(name, "interest"), rows.size)
        rows = rows[numbers < bound]
        payers.append((standing, rows))
        weights.append(np.minimum(blocks[name].amount[rows], _MOST_INTEREST_BEARING_TWD))
    shares = apportioned(rest, np.concatenate(weights))
    ends = np.cumsum([rows.size for _, rows in payers])[:-1]
    for (standing, rows), share in zip(payers, np.split(shares, ends), strict=True):
        standing.paid[rows] += share
        standing.collected[rows] += share


def _out_of_reach(collected_twd: int, reason: str) -> str:
    return (
        f"synthetic extract: collections of {collected_twd:,} TWD are out of reach of the "
        f"assumptions: {reason}; change ordinary_amount or large_collections in "
        "data/synthetic.yml, or take a larger fraction of the nation."
    )
