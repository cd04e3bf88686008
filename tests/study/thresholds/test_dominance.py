"""The count in two dimensions, against a count one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.study.thresholds.dominance import dominance


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 7, 8, 9, 33])
def test_every_question_to_a_small_permutation(size, rng):
    ranks = rng.permutation(size).astype(np.int32)
    tree = dominance(ranks)
    every = np.arange(size + 1, dtype=np.int32)
    for prefix in every:
        found = tree.below(np.full((2, size + 1), prefix, dtype=np.int32), every)
        expected = [(ranks[:prefix] < rank).sum() for rank in every]
        assert found.tolist() == [expected, expected]


@settings(deadline=None)
@given(st.integers(1, 5000), st.integers(0, 2**31), st.data())
def test_a_large_one(size, seed, data):
    ranks = np.random.default_rng(seed).permutation(size).astype(np.int32)
    prefix, rank = (data.draw(st.integers(0, size)) for _ in range(2))
    found = dominance(ranks).below(np.array([prefix], np.int32), np.array([rank], np.int32))
    assert found[0] == (ranks[:prefix] < rank).sum()


def test_memory_is_a_whole_number_of_levels():
    levels = dominance(np.arange(1000, dtype=np.int32)).zeros
    assert sum(level.nbytes for level in levels) == 10 * 1001 * 4
