"""The order of a table's periods, and which one comes right before another."""

import re
from collections.abc import Sequence
from itertools import pairwise

_NUMBER = re.compile(r"[-+]?\d{1,18}")
_DIGITS = re.compile(r"(\d+)")
_MONTH = re.compile(r"(\d{2,4})(\d\d)")
_PART = re.compile(r"\D*(\d{2,4})\D+?(\d{1,2})\D*")
_HALVES, _QUARTERS, _MONTHS = re.compile(r"[Hh半]"), re.compile(r"[Qq季]"), 12


def ordered_periods(periods: Sequence[str]) -> list[str]:
    """Return different periods from the first to the last.

    Numbers are ordered as numbers (99, 100), texts as texts whose digits are numbers (99-Q4,
    100-Q1).
    """
    if all(map(_NUMBER.fullmatch, periods)):
        return sorted(periods, key=lambda text: (int(text), text))
    return sorted(periods, key=lambda text: [_part(part) for part in _DIGITS.split(text)])


def _part(text: str) -> tuple[bool, int, str]:
    return (False, int(text), "") if text.isdecimal() else (True, 0, text)


def before_each(periods: Sequence[str]) -> list[int | None]:
    """Return for each of ordered periods the place of the one right before; None: it is not there.

    Years, months (10712, 2018-12), quarters (2018-Q4) and halves are counted, and the step is the
    smallest between two of the table: of 105, 106 and 108 none comes right before 108. Periods of
    any other form follow one another as they stand.
    """
    counted = _counted(periods)
    if counted is None:
        return [None, *range(len(periods) - 1)]
    step = min((two - one for one, two in pairwise(counted)), default=1)
    places = {number: place for place, number in enumerate(counted)}
    return [places.get(number - step) for number in counted]


def _counted(periods: Sequence[str]) -> list[int] | None:
    """Return periods as whole numbers that go up by as much as time does; None where unknown."""
    counted = _months(periods)
    if counted is None and all(map(_NUMBER.fullmatch, periods)):
        counted = list(map(int, periods))
    is_rising = counted is not None and all(one < two for one, two in pairwise(counted))
    return counted if is_rising else None


def _months(periods: Sequence[str]) -> list[int] | None:
    numeric = all(map(_NUMBER.fullmatch, periods))
    if numeric and not any(len(text) > 4 for text in periods):
        return None  # years
    found = [(_MONTH if numeric else _PART).fullmatch(text) for text in periods]
    most = _MONTHS
    if not numeric:
        for sign, parts in ((_QUARTERS, 4), (_HALVES, 2)):
            most = parts if all(map(sign.search, periods)) else most
    if any(one is None or not 1 <= int(one[2]) <= most for one in found):
        return None
    return [int(one[1]) * most + int(one[2]) for one in found if one is not None]
