from datetime import date, timedelta

import numpy as np

from closurerate.synthetic.working_days import day_axis, referral_weights, within

EPOCH = date(1970, 1, 1)


def _day(number: int) -> date:
    return EPOCH + timedelta(days=int(number))


def test_the_axis_reaches_from_the_first_day_to_the_last() -> None:
    axis = day_axis(105, 107)
    assert _day(axis.start) == date(2016, 1, 1)
    assert _day(axis.last(107)) == date(2018, 12, 31)
    assert axis.year.size == 366 + 365 + 365
    assert _day(axis.first_working(107)) == date(2018, 1, 2)
    assert [axis.year[0], axis.year[366], axis.month[31]] == [105, 106, 1]


def test_weekends_and_fixed_holidays_are_no_working_days() -> None:
    axis = day_axis(107, 107)
    days = [_day(axis.start + place) for place in range(365)]
    free = {date(2018, 1, 1), date(2018, 2, 28), date(2018, 10, 10)}
    expected = [day.weekday() < 5 and day not in free for day in days]
    assert axis.is_working.tolist() == expected
    months = [1.0] * 11 + [0.0]
    assert (referral_weights(axis, months) > 0).sum() == sum(
        works and day.month < 12 for works, day in zip(expected, days, strict=True)
    )


def test_a_day_within_a_span_is_a_working_day_of_it(rng: np.random.Generator) -> None:
    axis = day_axis(107, 107)
    working = axis.start + np.flatnonzero(axis.is_working).astype(np.int32)
    start = rng.choice(working, 5000)
    numbers = rng.integers(0, 1 << 16, 5000, dtype=np.uint16)
    found = within(axis, start, axis.last(107), numbers)
    assert (found >= start).all()
    assert (found <= axis.last(107)).all()
    assert axis.is_working[found - axis.start].all()
    assert set(found) >= set(working[-20:])
