"""The exact order of repayment ratios, against Python's own fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.study.thresholds.ratio_order import ratio_order

AMOUNT = st.integers(1, 10**12) | st.sampled_from([1, 2, 3, 10**12, 10**12 - 1, 999_999_999_989])
PAID = st.integers(0, 2**63 - 1) | st.integers(0, 10**12)


def ordered(pairs):
    paid, referred = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    return ratio_order(paid, referred)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(PAID, AMOUNT), min_size=1, max_size=15))
def test_cases_stand_in_the_order_of_their_exact_ratio(pairs):
    order = ordered(pairs)
    ratios = [Fraction(*pairs[place]) for place in order.places]
    assert ratios == sorted(ratios)
    assert sorted(order.places) == list(range(len(pairs)))


def test_ratios_that_are_one_float_are_told_apart():
    pairs = [(10**12 - 1, 10**12), (10**12 - 2, 10**12 - 1), (10**12 - 3, 10**12 - 2)]
    close = [(3 * 10**11 + 1, 10**12 - 3), (3 * 10**11 + 1, 10**12 - 2)]
    assert ordered(pairs).places.tolist() == [2, 1, 0]
    assert ordered(close).places.tolist() == [1, 0]
    # 2**60 and 2**60 + 1 over the same amount have one float between them.
    assert ordered([(2**60 + 1, 3), (2**60, 3)]).places.tolist() == [1, 0]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(PAID, AMOUNT), min_size=1, max_size=15),
    st.lists(st.tuples(st.integers(0, 2**62), st.integers(0, 40)), min_size=1, max_size=8),
    st.sampled_from([1, 10, 10**6, 7, 999_999_999_989, 10**12, 10**25]),
    st.booleans(),
)
def test_passing_is_a_count_one_by_one(pairs, numbers, denominator, is_equal):
    # Ratios at random, and those of the cases themselves, exactly.
    numerators = [
        pairs[at % len(pairs)][0] * denominator // pairs[at % len(pairs)][1] if at % 2 else number
        for number, at in numbers
    ]
    fits = all(item < 2**63 for item in numerators)
    found = ordered(pairs).passing(
        np.array(numerators, dtype=np.int64 if fits else object), denominator, is_equal=is_equal
    )
    for numerator, count in zip(numerators, found, strict=True):
        ratio = Fraction(numerator, denominator)
        own = [Fraction(*pair) for pair in pairs]
        assert count == sum(item >= ratio if is_equal else item > ratio for item in own)


@pytest.mark.parametrize("is_equal", [False, True])
def test_no_case_passes_nothing(is_equal):
    none = np.array([], dtype=np.int64)
    assert ratio_order(none, none).passing(np.array([0, 5]), 10, is_equal=is_equal).tolist() == [
        0,
        0,
    ]
