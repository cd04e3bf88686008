"""Days on which cases are referred and closed: working days, as whole numbers since 1970-01-01."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from closurerate.records.paths import ROC_OFFSET
from closurerate.synthetic.sampling import Floats

Days = npt.NDArray[np.int32]

_FIXED_HOLIDAYS = frozenset({(1, 1), (2, 28), (10, 10)})


@dataclass(frozen=True)
class DayAxis:
    """All days from the first day of one ROC year to the last of another.

    Attributes:
        start: The first day, since 1970-01-01.
        year, month (numpy.ndarray of int32): ROC year and month (0 to 11) of each day.
        is_working (numpy.ndarray of bool): Monday to Friday, without the holidays that have a fixed
            date.
        previous_working (numpy.ndarray of int32): The day itself if it is a working day, else the
            nearest before it, since 1970-01-01.
    """

    start: int
    year: npt.NDArray[np.int32]
    month: npt.NDArray[np.int32]
    is_working: npt.NDArray[np.bool_]
    previous_working: Days

    def first_working(self, year: int) -> int:
        """Return the first working day of an ROC year, since 1970-01-01."""
        return self.start + int(np.flatnonzero((self.year == year) & self.is_working)[0])

    def last(self, year: int) -> int:
        """Return the last day of an ROC year, since 1970-01-01."""
        return self.start + int(np.flatnonzero(self.year == year)[-1])


def day_axis(first_year: int, last_year: int) -> DayAxis:
    """Return the days of the ROC years from one to another."""
    start = np.datetime64(f"{first_year + ROC_OFFSET:04d}-01-01", "D")
    end = np.datetime64(f"{last_year + ROC_OFFSET + 1:04d}-01-01", "D")
    days = np.arange(start, end)
    months = days.astype("datetime64[M]")
    month_of_year = months.astype(np.int32) % 12
    day_of_month = (days - months.astype("datetime64[D]")).astype(np.int32) + 1
    is_working = np.is_busday(days)
    for month, day in _FIXED_HOLIDAYS:
        is_working &= ~((month_of_year == month - 1) & (day_of_month == day))
    numbers = days.astype(np.int32)
    previous = np.maximum.accumulate(np.where(is_working, numbers, numbers[0]))
    return DayAxis(
        start=int(numbers[0]),
        year=days.astype("datetime64[Y]").astype(np.int32) + 1970 - ROC_OFFSET,
        month=month_of_year,
        is_working=is_working,
        previous_working=previous.astype(np.int32),
    )


def referral_weights(axis: DayAxis, months: npt.ArrayLike) -> Floats:
    """Return each day's weight: its month's on a working day, nothing on another."""
    by_month = np.asarray(months, dtype=np.float64)
    return np.where(axis.is_working, by_month[axis.month], 0.0)


def within(axis: DayAxis, start: Days, last: int, numbers: npt.NDArray[np.uint16]) -> Days:
    """Return a working day from a start to a last day, evenly by a `u16` number.

    Args:
        axis (DayAxis): Days that reach from the earliest start to the last day.
        start (numpy.ndarray of int32): Working days, since 1970-01-01.
        last: The last day possible.
        numbers (numpy.ndarray of uint16): One for each start.
    """
    span = (last - start).astype(np.int64) + 1
    days = start + ((span * numbers) >> 16).astype(np.int32)
    return axis.previous_working[days - axis.start]
