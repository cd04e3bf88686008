"""The note on parts that do not add up as printed: by rule, and only where they do not."""

from fractions import Fraction

import pytest

from closurerate.press.sums import rounding_note
from closurerate.press.text import t

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


@pytest.mark.parametrize(
    ("parts", "whole", "note"),
    [
        ([(1, 1), (2, 2)], (3, 3), None),
        ([(HALF, HALF), (HALF, HALF)], (1, 1), "note_rounded"),  # 1 + 1 beside 1
        ([(THIRD, THIRD)] * 3, (1, 1), "note_rounded"),  # 0 + 0 + 0 beside 1
        ([(1, 2), (3, 3)], (4, 5), None),
        ([(1, 2), (3, 3)], (4, 4), "note_rounded_ends"),
    ],
)
def test_a_note_stands_where_printed_parts_miss_the_printed_whole(parts, whole, note) -> None:
    assert rounding_note(parts, whole, 0) == ([] if note is None else [t(note)])


def test_more_digits_may_add_up() -> None:
    assert rounding_note([(HALF, HALF), (HALF, HALF)], (1, 1), 1) == []
