"""What may be public: never an exact case value, never fewer cases than the least."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.study.disclosure import coarsened, is_dominated, is_enough, outward
from closurerate.study.settings import DisclosureRules

RULES = DisclosureRules(10, Fraction(1, 100), 1000, Fraction(1, 2))


def test_a_step_of_nought_or_no_direction_is_refused() -> None:
    with pytest.raises(InputError, match="the step 0 must be over 0"):
        outward(Fraction(1, 2), Fraction(0), 1)
    with pytest.raises(InputError, match="direction 0 must be 1 or -1"):
        outward(Fraction(1, 2), Fraction(1), 0)


@settings(deadline=None)
@given(
    st.fractions(0, 10, max_denominator=10**6),
    st.sampled_from([Fraction(1, 100), Fraction(1, 1000), Fraction(1000)]),
    st.sampled_from([1, -1]),
)
def test_a_public_threshold_lies_strictly_beyond_by_a_step_at_most(
    value: Fraction, step: Fraction, direction: int
) -> None:
    shown = outward(value, step, direction)
    assert (shown / step).denominator == 1
    if direction == 1:
        assert value < shown <= value + step
    else:
        assert max(Fraction(0), value - step) <= shown
        assert shown < value or shown == 0


def test_a_value_on_the_grid_moves_a_whole_step() -> None:
    assert outward(Fraction(1, 2), Fraction(1, 100), 1) == Fraction(51, 100)
    assert outward(Fraction(1, 2), Fraction(1, 100), -1) == Fraction(49, 100)
    assert outward(Fraction(200_001), Fraction(1000), 1) == 201_000
    assert outward(Fraction(0), Fraction(1, 100), -1) == 0


def test_the_least_count_is_enough_and_one_fewer_is_not() -> None:
    assert [is_enough(count, RULES) for count in (9, 10, -9, -10, 0)] == [
        False, True, False, True, False,
    ]  # fmt: skip


def test_a_sum_is_dominated_where_one_case_has_more_than_its_share() -> None:
    assert not is_dominated([5, 5], RULES)
    assert is_dominated([6, 5], RULES)
    assert not is_dominated([], RULES)
    assert not is_dominated([0, 0], RULES)


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_a_coarsened_series_moves_by_the_least_count_and_stays_near(counts: list[int]) -> None:
    exact = np.array(counts, dtype=np.int64)
    shown = coarsened(exact, RULES)
    moves = np.abs(np.diff(shown))
    assert ((moves == 0) | (moves >= RULES.least_count)).all()
    assert (np.abs(shown - exact) < RULES.least_count).all()
    assert exact.tolist() == counts
