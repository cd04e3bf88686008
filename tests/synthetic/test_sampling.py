import numpy as np
import pytest

from closurerate.errors import InputError
from closurerate.synthetic.sampling import (
    NEVER,
    Quantiles,
    apportioned,
    cell_edges,
    looked_up,
    lottery,
    sampling_keys,
    smallest,
    stream,
    u32,
)


def test_what_cannot_be_chosen_is_an_error() -> None:
    drawn = np.array([0.1, NEVER, 0.2], dtype=np.float32)
    with pytest.raises(InputError, match=r"3 closed cases .* between 0 and 2"):
        smallest(drawn, 3, "closed cases")
    with pytest.raises(InputError, match="nothing can carry 5"):
        apportioned(5, [0.0, 0.0])


@pytest.mark.parametrize("shape", [(4096,), (7, 300), (2, 3, 5)])
def test_a_table_is_looked_up_as_numpy_does(
    rng: np.random.Generator, shape: tuple[int, ...]
) -> None:
    table = rng.integers(0, 100, shape).astype(np.int8)
    places = [rng.integers(0, length, 70_000).astype(np.uint16) for length in shape]
    assert (looked_up(table, *places) == table[tuple(places)]).all()
    assert looked_up(table, *(place[:0] for place in places)).size == 0


def test_the_last_entry_is_at_minus_one() -> None:
    assert looked_up(np.arange(5), np.array([-1, 0, 4], dtype=np.int8)).tolist() == [4, 0, 4]


def test_exactly_so_many_are_chosen_even_among_equals() -> None:
    drawn = np.array([2, 1, 1, 1, -1], dtype=np.float32)
    assert np.flatnonzero(smallest(drawn, 3, "cases")).tolist() == [1, 2, 4]
    assert smallest(drawn, 0, "cases").sum() == 0
    assert smallest(drawn, 5, "cases").all()


def test_parts_add_up_and_none_is_negative(rng: np.random.Generator) -> None:
    weights = rng.random(1000) ** 9
    weights[::3] = 0
    parts = apportioned(123_457, weights)
    assert parts.sum() == 123_457
    assert parts.min() >= 0
    assert parts[::3].sum() == 0


def test_chances_follow_the_odds() -> None:
    odds = np.repeat([1.0, 2.0, 0.0], 50_000)
    lateness = np.where(odds > 0, 1 / np.maximum(odds, 1), NEVER).astype(np.float32)
    chosen = smallest(sampling_keys(stream(1, "test"), lateness), 15_000, "cases")
    first, second, never = chosen.reshape(3, -1).sum(axis=1)
    assert never == 0
    assert second / first == pytest.approx(2, rel=0.05)


def test_a_lottery_has_places_in_proportion() -> None:
    table = lottery([[1, 0, 3], [0, 1, 0]])
    assert np.bincount(table[0], minlength=3).tolist() == [16384, 0, 49152]
    assert set(table[1]) == {1}


def test_quantiles_keep_to_their_range_and_shape() -> None:
    ranges = Quantiles.of([100 + 900 * cell_edges(), 1e12 * cell_edges() ** 2])
    numbers = u32(stream(1, "test"), 200_000)
    low = ranges.draw(numbers)
    high = ranges.draw(numbers, np.ones(numbers.size, dtype=np.uint8))
    assert 100 <= low.min() < 110
    assert 990 < low.max() < 1000
    assert low.mean() == pytest.approx(550, rel=0.01)
    assert high.max() < 10**12
    assert high.mean() == pytest.approx(1e12 / 3, rel=0.01)


def test_streams_do_not_move_each_other() -> None:
    assert u32(stream(1, "a"), 5).tolist() == u32(stream(1, "a"), 5).tolist()
    different = {tuple(u32(stream(*key), 5)) for key in [(1, "a"), (1, "b"), (2, "a")]}
    assert len(different) == 3
