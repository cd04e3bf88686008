"""Which closed case is effective: the tiers, their ratios, and the exact comparison in integers.

The rule stands here in three forms side by side: Python for one case, Ibis for the rows of a
file, NumPy for arrays in memory. `tests/kpi/test_effective.py` holds them to each other, and to
the index that answers many ratios at once (`study.thresholds.ratio_order`). Ibis is loaded where
rows are looked at: who only reads a definition does not wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from closurerate.cases.vocabulary import MAX_REFERRED_TWD

if TYPE_CHECKING:
    import ibis.expr.types as ir

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tier:
    """A range of referred amounts with the ratio that a part-paid case in it must pass.

    Args:
        name: `ordinary`, `special`, `major`, or a proposal's own.
        from_twd, below_twd: Referred amounts from `from_twd` up to, not including, `below_twd`
            (None: no upper end).
        called: What people call the tier, by language, where its author says; no part of the rule.
    """

    name: str
    from_twd: int
    below_twd: int | None
    ratio: Fraction
    called: Mapping[str, str] = field(default_factory=dict, compare=False)

    def name_in(self, language: str) -> str:
        """Return what the author of the definition calls it in a language, else its own name."""
        return self.called.get(language) or self.name.replace("_", " ")


@dataclass(frozen=True)
class EffectiveRule:
    """What makes a closed case effective.

    Args:
        tiers: From the lowest; together they cover every amount from 1 NTD once.
        paid_in_full: Dispositions that are effective as they are.
        paid_in_part: Dispositions that are effective where the paid amount passes the tier's ratio.
        is_equal_effective: Whether exactly on the ratio is effective (officially not).
    """

    tiers: tuple[Tier, ...]
    paid_in_full: tuple[str, ...]
    paid_in_part: tuple[str, ...]
    is_equal_effective: bool = False

    def tier_of(self, referred_amount_twd: int) -> Tier:
        """Return the tier of a referred amount (1 NTD or more)."""
        return next(tier for tier in reversed(self.tiers) if referred_amount_twd >= tier.from_twd)

    def is_effective(self, disposition: str, referred_twd: int, paid_twd: int) -> bool:
        """Return whether a closed case is effective, exactly."""
        if disposition in self.paid_in_full:
            return True
        required = self.tier_of(referred_twd).ratio * referred_twd
        return disposition in self.paid_in_part and paid_twd >= self.least_passing(required)

    def least_passing(self, required: Fraction) -> int:
        """Return the smallest whole amount, NTD, that passes what is required."""
        return ceil(required) if self.is_equal_effective else floor(required) + 1


# For the rows of a file -----------------------------------------------------------------------
def tier_rank_expression(referred: "ir.IntegerValue", rule: EffectiveRule) -> "ir.IntegerValue":
    """Return the place of a referred amount's tier, from 0, as an expression for any Ibis engine.

    Engines group by a small number faster than by a name; `tier_name_expression` gives the name.
    """
    import ibis

    *lower, _ = rule.tiers
    branches = [(referred < tier.below_twd, rank) for rank, tier in enumerate(lower)]
    return ibis.cases(*branches, else_=len(lower)) if branches else ibis.literal(0)


def tier_name_expression(rank: "ir.IntegerValue", rule: EffectiveRule) -> "ir.StringValue":
    """Return the name of the tier at a place, as an expression for any Ibis engine."""
    import ibis

    *lower, highest = (tier.name for tier in rule.tiers)
    branches = [(rank == place, name) for place, name in enumerate(lower)]
    return ibis.cases(*branches, else_=highest) if branches else ibis.literal(highest)


def passes_expression(
    referred: "ir.IntegerValue",
    paid: "ir.IntegerValue",
    rule: EffectiveRule,
    owed: "ir.IntegerValue | None" = None,
) -> "ir.BooleanValue":
    """Return whether a paid amount passes the ratio of its tier, whatever the disposition.

    `paid / referred > numerator / denominator` is compared as whole products. The paid amount is
    first cut down to one NTD over the largest that can matter, so that with the contract's bound
    on the referred amount and six decimals in a ratio no product leaves 64 bits.

    Args:
        owed: The amount that the tier goes by, NTD; None: the referred one.
    """
    import ibis

    *lower, highest = rule.tiers
    of_tier = referred if owed is None else owed
    branches = [(of_tier < tier.below_twd, _passes(referred, paid, tier, rule)) for tier in lower]
    last = _passes(referred, paid, highest, rule)
    return ibis.cases(*branches, else_=last) if branches else last


def _passes(
    referred: "ir.IntegerValue", paid: "ir.IntegerValue", tier: Tier, rule: EffectiveRule
) -> "ir.BooleanValue":
    import ibis

    numerator, denominator = tier.ratio.numerator, tier.ratio.denominator
    enough = MAX_REFERRED_TWD * numerator // denominator + 1
    paid_product = ibis.least(paid, ibis.literal(enough, type="int64")) * ibis.literal(
        denominator, type="int64"
    )
    required = referred * ibis.literal(numerator, type="int64")
    return paid_product >= required if rule.is_equal_effective else paid_product > required


# For arrays in memory -------------------------------------------------------------------------
def tier_places(referred: Ints, rule: EffectiveRule) -> npt.NDArray[np.int8]:
    """Return the place of each referred amount's tier, from 0."""
    places = np.zeros(referred.size, dtype=np.int8)
    for tier in rule.tiers[1:]:
        places += referred >= tier.from_twd
    return places


def passing(referred: Ints, paid: Ints, rule: EffectiveRule) -> npt.NDArray[np.bool_]:
    """Return whether paid amounts pass the ratios of their tiers, whatever the dispositions."""
    places = tier_places(referred, rule)
    result = np.zeros(referred.size, dtype=bool)
    for place, tier in enumerate(rule.tiers):
        own = places == place
        equal = rule.is_equal_effective
        result[own] = passing_ratio(referred[own], paid[own], tier.ratio, is_equal=equal)
    return result


def passing_ratio(
    referred: Ints, paid: Ints, ratio: Fraction, *, is_equal: bool
) -> npt.NDArray[np.bool_]:
    """Return whether paid amounts pass one ratio of referred amounts, exactly in 64 bits.

    The referred amounts are up to the contract's bound, the ratio has at most six decimals; with
    `is_equal` exactly on it passes.
    """
    above, below = ratio.numerator, ratio.denominator
    # Paid amounts beyond this pass in any case, and would leave 64 bits when multiplied.
    enough = MAX_REFERRED_TWD * above // below + 1
    product, required = np.minimum(paid, enough) * below, referred * above
    result: npt.NDArray[np.bool_] = product >= required if is_equal else product > required
    return result
