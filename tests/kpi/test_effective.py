"""The rule in its forms: for one case, for rows, for arrays, and in the index of many ratios."""

from fractions import Fraction

import ibis
import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import MAX_REFERRED_TWD
from closurerate.kpi.effective import (
    EffectiveRule,
    Tier,
    passes_expression,
    passing,
    passing_ratio,
    tier_name_expression,
    tier_places,
    tier_rank_expression,
)
from closurerate.study.thresholds.ratio_order import ratio_order

LARGEST = 2**63 - 1
RATIOS = st.integers(0, 9 * 10**6).map(lambda millionths: Fraction(millionths, 10**6))
AMOUNTS = st.one_of(
    st.integers(1, MAX_REFERRED_TWD), st.sampled_from([1, 2, 199_999, 200_000, MAX_REFERRED_TWD])
)


@st.composite
def rules(draw: st.DrawFn) -> EffectiveRule:
    """A rule of one to four tiers, exact or not."""
    bounds = sorted(draw(st.sets(AMOUNTS.filter(lambda amount: amount > 1), max_size=3)))
    tiers = tuple(
        Tier(f"tier_{place}", lower, upper, draw(RATIOS))
        for place, (lower, upper) in enumerate(zip([1, *bounds], [*bounds, None], strict=True))
    )
    return EffectiveRule(tiers, ("paid_in_full",), ("part_certificate",), draw(st.booleans()))


@st.composite
def cases(draw: st.DrawFn) -> tuple[EffectiveRule, list[tuple[int, int]]]:
    """A rule, and referred and paid amounts near its thresholds and anywhere."""
    rule = draw(rules())
    referred = draw(st.lists(AMOUNTS, min_size=1, max_size=8))
    referred += [tier.from_twd + by for tier in rule.tiers for by in (-1, 0) if tier.from_twd + by]
    amounts = []
    for owed in referred:
        near = int(rule.tier_of(owed).ratio * owed)
        paid = st.one_of(st.integers(max(near - 1, 0), near + 1), st.integers(0, LARGEST))
        amounts.append((owed, draw(paid)))
    return rule, amounts


@settings(deadline=None)
@given(cases())
def test_the_rule_is_one_in_every_form(
    given_cases: tuple[EffectiveRule, list[tuple[int, int]]],
) -> None:
    rule, amounts = given_cases
    referred, paid = (np.array(column, dtype=np.int64) for column in zip(*amounts, strict=True))
    # By the definition's own words, in fractions.
    tiers = [rule.tier_of(owed) for owed, _ in amounts]
    over = [
        Fraction(given, owed) >= tier.ratio
        if rule.is_equal_effective
        else Fraction(given, owed) > tier.ratio
        for (owed, given), tier in zip(amounts, tiers, strict=True)
    ]
    one = [rule.is_effective("part_certificate", owed, given) for owed, given in amounts]
    rows = ibis.memtable(
        pa.table({"place": range(len(amounts)), "referred": referred, "paid": paid})
    )
    rank = tier_rank_expression(rows.referred, rule)
    found = (
        rows.select(
            "place",
            rank=rank,
            name=tier_name_expression(rank, rule),
            passes=passes_expression(rows.referred, rows.paid, rule),
        )
        .order_by("place")
        .to_pyarrow()
    )
    assert one == over
    assert found["passes"].to_pylist() == over
    assert passing(referred, paid, rule).tolist() == over
    assert found["name"].to_pylist() == [tier.name for tier in tiers]
    assert found["rank"].to_pylist() == tier_places(referred, rule).tolist()
    assert [rule.tiers[place] for place in tier_places(referred, rule)] == tiers


@settings(deadline=None)
@given(st.lists(st.tuples(AMOUNTS, st.integers(0, LARGEST)), min_size=1), RATIOS, st.booleans())
@example([(MAX_REFERRED_TWD, LARGEST), (1, 0)], Fraction(9), True)
def test_the_index_of_many_ratios_agrees(
    amounts: list[tuple[int, int]], ratio: Fraction, is_equal: bool
) -> None:
    referred, paid = (np.array(column, dtype=np.int64) for column in zip(*amounts, strict=True))
    order = ratio_order(paid, referred)
    numerators = np.array([ratio.numerator * (10**6 // ratio.denominator)], dtype=np.int64)
    (counted,) = order.passing(numerators, 10**6, is_equal=is_equal)
    assert counted == passing_ratio(referred, paid, ratio, is_equal=is_equal).sum()


def test_no_product_leaves_64_bits() -> None:
    referred = np.array([MAX_REFERRED_TWD, MAX_REFERRED_TWD], dtype=np.int64)
    paid = np.array([2**62, 9 * MAX_REFERRED_TWD], dtype=np.int64)
    ratio = Fraction(8_999_999, 10**6)
    assert passing_ratio(referred, paid, ratio, is_equal=False).tolist() == [True, True]
    assert passing_ratio(referred, paid, Fraction(9), is_equal=False).tolist() == [True, False]
    assert passing_ratio(referred, paid, Fraction(9), is_equal=True).tolist() == [True, True]
