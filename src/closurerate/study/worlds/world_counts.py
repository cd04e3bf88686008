"""A synthetic year in memory, counted as a case file of it would be."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from closurerate.cases.scope import year_bounds
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.effective import EffectiveRule, passing, tier_places
from closurerate.study.thresholds.repayments import Repayments
from closurerate.synthetic.block import Block
from closurerate.synthetic.codebook import codebook
from closurerate.synthetic.outcome import Standing
from closurerate.synthetic.sampling import looked_up, sampling_pieces
from closurerate.synthetic.year import SyntheticYear

Ints = npt.NDArray[np.int64]
_STATES = len(DISPOSITIONS) + 1
"""The dispositions, and a place for cases that are pending, which comes first."""


def count_world(drawn: SyntheticYear, rule: EffectiveRule) -> pd.DataFrame:
    """Return the count of a synthetic year, as `kpi.counts.count_cases` returns that of its file.

    Args:
        drawn: From `synthetic.year.draw_year`.
        rule: Tiers and what is effective.

    Notes:
        NTD are added in floats that hold whole numbers exactly up to 2**53; a year's amounts
        together are under a hundredth of that.
    """
    tables = [
        _counted(drawn, drawn.blocks[name], drawn.standings[name], rule) for name in drawn.blocks
    ]
    together = sum(tables[1:], tables[0])
    shape = (len(BRANCHES), len(CATEGORIES), len(rule.tiers), _STATES)
    places = np.unravel_index(np.flatnonzero(together[-1]), shape)
    names = (BRANCHES, CATEGORIES, [tier.name for tier in rule.tiers], (None, *DISPOSITIONS))
    keys = {
        key: [words[place] for place in column]
        for key, words, column in zip(KEYS, names, places, strict=True)
    }
    rows = together[:-1, np.flatnonzero(together[-1])]
    measures = {
        name: row.astype(np.int64).tolist() for name, row in zip(MEASURES, rows, strict=True)
    }
    return ordered(pd.DataFrame(keys | measures), rule)


def _counted(
    drawn: SyntheticYear, block: Block, standing: Standing, rule: EffectiveRule
) -> npt.NDArray[np.float64]:
    """Return a block's measures, and its rows, by the flat key of branch to disposition.

    Whether a case is closed is part of the key, so nothing is picked out of millions of rows.
    """
    category_of = codebook(drawn.nation.assumptions).category_of.astype(np.intp)
    first = np.datetime64(year_bounds(drawn.year)[0], "D").astype(np.int64)
    size = len(BRANCHES) * len(CATEGORIES) * len(rule.tiers) * _STATES
    cases, new, reopened, passes = np.zeros((4, size), dtype=np.int64)
    referred, paid, collected = np.zeros((3, size), dtype=np.float64)
    for part in sampling_pieces(block.rows):
        cell = _cell(block, standing, rule, category_of, part)
        is_new = block.referred[part] >= first
        cases += np.bincount(cell, minlength=size)
        new += np.bincount(cell[is_new], minlength=size)
        if standing.reopened_on is not None:
            is_reopened = (standing.reopened_on[part] >= first) & ~is_new
            reopened += np.bincount(cell[is_reopened], minlength=size)
        amounts = (block.amount[part], standing.paid[part], standing.collected[part])
        for total, amount in zip((referred, paid, collected), amounts, strict=True):
            total += np.bincount(cell, weights=amount, minlength=size)
        rows = np.flatnonzero(_is_part(standing.disposition[part], rule))
        rows = rows[passing(amounts[0][rows], amounts[1][rows], rule)]
        passes += np.bincount(cell[rows], minlength=size)
    is_closed = np.arange(size) % _STATES > 0
    measures = [
        new,
        reopened,
        np.where(is_closed, cases, 0),
        np.where(_is_full(rule, size), cases, 0) + passes,
        np.where(is_closed, 0, cases),
        np.where(is_closed, referred, 0),
        np.where(is_closed, paid, 0),
        np.where(is_closed, 0, referred),
        collected,
        cases,
    ]
    return np.stack(measures, dtype=np.float64)


def _cell(
    block: Block,
    standing: Standing,
    rule: EffectiveRule,
    category_of: npt.NDArray[np.intp],
    part: slice,
) -> npt.NDArray[np.intp]:
    """Return the flat key of each of some rows."""
    cell = category_of[block.kind[part]]
    cell += block.branch[part].astype(np.intp) * len(CATEGORIES)
    cell *= len(rule.tiers)
    cell += tier_places(block.amount[part], rule)
    cell *= _STATES
    cell += standing.disposition[part]
    cell += 1
    return cell


def _is_full(rule: EffectiveRule, size: int) -> npt.NDArray[np.bool_]:
    """Return which keys are of dispositions that are effective as they are."""
    places = [DISPOSITIONS.index(name) + 1 for name in rule.paid_in_full]
    return np.isin(np.arange(size) % _STATES, places)


def _is_part(disposition: npt.NDArray[np.int8], rule: EffectiveRule) -> npt.NDArray[np.bool_]:
    """Return which cases were closed as paid in part."""
    is_part = np.zeros(_STATES, dtype=np.bool_)
    is_part[[DISPOSITIONS.index(name) for name in rule.paid_in_part]] = True
    # A pending case's -1 takes the last place, which no disposition has.
    return looked_up(is_part, disposition)


def repayments_of(drawn: SyntheticYear, rule: EffectiveRule) -> Repayments:
    """Return the part-paid cases of a synthetic year, as `collect_repayments` would from its file.

    Args:
        drawn: From `synthetic.year.draw_year`.
        rule: Which dispositions are paid in part.
    """
    pairs = [(block, drawn.standings[name]) for name, block in drawn.blocks.items()]
    parts = [np.flatnonzero(_is_part(standing.disposition, rule)) for _, standing in pairs]
    branch = np.concatenate(
        [block.branch[own] for (block, _), own in zip(pairs, parts, strict=True)]
    ).astype(np.int8)
    referred = np.concatenate(
        [block.amount[own] for (block, _), own in zip(pairs, parts, strict=True)]
    )
    paid = np.concatenate(
        [standing.paid[own] for (_, standing), own in zip(pairs, parts, strict=True)]
    )
    order = np.lexsort((paid, referred, branch))
    return Repayments(branch[order], referred[order], paid[order])
