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
    assert not is_dominated(5, 10, RULES)
    assert is_dominated(6, 11, RULES)
    assert not is_dominated(0, 0, RULES)


@st.composite
def series(draw: st.DrawFn) -> tuple[list[int], int, int]:
    """Counts at a grid's points, how many lie below the threshold in force, and its own count."""
    counts = draw(st.lists(st.integers(0, 60), min_size=1, max_size=30))
    if draw(st.booleans()):
        counts.sort(reverse=True)
    below = draw(st.integers(0, len(counts)))
    return counts, below, draw(st.integers(0, 60))


@settings(deadline=None)
@given(series())
def test_no_change_by_fewer_than_the_least_count_shows_anywhere(
    given_series: tuple[list[int], int, int],
) -> None:
    counts, below, in_force = given_series
    exact = np.array(counts, dtype=np.int64)
    shown = coarsened(exact, RULES, in_force=in_force, below=below)
    told = {in_force, *shown.tolist()}
    assert all(abs(one - other) >= RULES.least_count for one in told for other in told - {one})
    assert (np.abs(shown - exact) < RULES.least_count).all()
    assert exact.tolist() == counts


@settings(deadline=None)
@given(series())
def test_a_series_that_falls_is_shown_falling(given_series: tuple[list[int], int, int]) -> None:
    counts, below, _ = given_series
    counts.sort(reverse=True)
    in_force = counts[min(below, len(counts) - 1)]
    shown = coarsened(np.array(counts), RULES, in_force=in_force, below=below)
    assert (np.diff(shown) <= 0).all()


def test_what_few_cases_move_stands_at_the_value_in_force() -> None:
    """Three cases fewer from 0.75 on: the line does not start at what they were before."""
    shown = coarsened(np.array([103, 103, 100, 100]), RULES, in_force=100, below=2)
    assert shown.tolist() == [100, 100, 100, 100]
    assert coarsened(np.array([112, 101, 88]), RULES, in_force=100, below=1).tolist() == [
        112, 100, 88,
    ]  # fmt: skip
