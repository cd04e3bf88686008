"""How records may be wrong, and which part-paid cases a wrong digit would flip."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.effective import EffectiveRule, Ints, passing
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.repayments import Repayments

SLIPS = 4
"""A digit too many or too few, in the paid or the referred amount: each as likely as the others."""


@dataclass(frozen=True)
class Exposure:
    """How many recorded cases of each kind could be wrong, by branch in the index's order.

    Args:
        full, part_effective, part_not, unpaid, pending (numpy.ndarray of int64, shape (branches,)):
            Closed cases recorded as paid in full; in part, effective and not; as neither; and cases
            recorded as pending.
        gained, lost (numpy.ndarray of int64, shape (branches, SLIPS + 1)): Part-paid cases, not
            effective and effective as recorded, that exactly 0, 1, … 4 of the slips of a digit
            would flip; they add up to `part_not` and `part_effective`.
        closed_before (numpy.ndarray of int64, shape (branches,), or None): Cases recorded as closed
            in the year before; None where nobody knows.
    """

    full: Ints
    part_effective: Ints
    part_not: Ints
    unpaid: Ints
    pending: Ints
    gained: Ints
    lost: Ints
    closed_before: Ints | None = None


def exposure(
    index: ThresholdIndex, counts: pd.DataFrame, closed_before: Mapping[str, int] | None = None
) -> Exposure:
    """Return how many recorded cases could be wrong, by branch; closings before where known."""
    rule = index.version.rule
    flips = [_flips(index.repayments.of_branch(name), rule) for name in index.branches]
    is_part = counts["disposition"].isin(rule.paid_in_part)
    is_full = counts["disposition"].isin(rule.paid_in_full)

    def summed(rows: pd.DataFrame, measure: str) -> Ints:
        sums = rows.groupby("branch", observed=True)[measure].sum()
        return sums.reindex(list(index.branches), fill_value=0).to_numpy(dtype=np.int64)

    part_effective = summed(counts[is_part], "effective")
    return Exposure(
        full=summed(counts[is_full], "closed"),
        part_effective=part_effective,
        part_not=summed(counts[is_part], "closed") - part_effective,
        unpaid=summed(counts[~is_part & ~is_full], "closed"),
        pending=summed(counts, "pending"),
        gained=np.array([gained for gained, _ in flips], dtype=np.int64),
        lost=np.array([lost for _, lost in flips], dtype=np.int64),
        closed_before=None
        if closed_before is None
        else np.array([closed_before.get(name, 0) for name in index.branches], dtype=np.int64),
    )


def slips(referred: Ints, paid: Ints) -> tuple[tuple[Ints, Ints], ...]:
    """Return what is true of referred and paid amounts, NTD, by each of the slips of a digit."""
    return (
        (referred, paid // 10),
        (referred, np.minimum(paid, MAX_REFERRED_TWD) * 10),
        (np.maximum(referred // 10, 1), paid),
        (np.minimum(referred * 10, MAX_REFERRED_TWD), paid),
    )


def _flips(cases: Repayments, rule: EffectiveRule) -> tuple[Ints, Ints]:
    """Return how many cases 0, 1, … slips would make effective, and ineffective."""
    referred, paid = cases.referred_twd, cases.paid_twd
    recorded = passing(referred, paid, rule)
    flipped = np.zeros(len(cases), dtype=np.int64)
    for true_referred, true_paid in slips(referred, paid):
        flipped += passing(true_referred, true_paid, rule) != recorded
    gained, lost = (
        np.bincount(flipped[chosen], minlength=SLIPS + 1) for chosen in (~recorded, recorded)
    )
    return gained, lost
