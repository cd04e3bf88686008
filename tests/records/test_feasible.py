"""Which exact values print as a number, against rounding itself."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
)
from fractions import Fraction

import pytest

from closurerate.records.feasible import (
    ROUNDINGS,
    ExactRange,
    Interval,
    Rounding,
    feasible_counts,
    prints_as,
)

_MODES: dict[Rounding, str] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "truncated": ROUND_DOWN,
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
}


def brought(value: Fraction, decimals: int, mode: str) -> Fraction:
    """Round by `decimal`, in which the values of these tests are exact."""
    exact = Context(prec=60).divide(Decimal(value.numerator), Decimal(value.denominator))
    return Fraction(
        exact.quantize(Decimal(1).scaleb(-decimals), rounding=mode, context=Context(60))
    )


@pytest.mark.parametrize("rounding", _MODES)
@pytest.mark.parametrize("decimals", [-4, 0, 2])
def test_a_value_is_in_the_range_exactly_where_it_prints_so(
    rounding: Rounding, decimals: int
) -> None:
    unit = Fraction(10) ** -decimals
    for printed in (-2 * unit, -unit, 0 * unit, unit, 2 * unit, 7 * unit):
        for eighths in range(-16, 17):
            value = printed + unit * eighths / 8
            is_in = prints_as(printed, decimals, rounding).meets(ExactRange(value, value))
            assert is_in == (brought(value, decimals, _MODES[rounding]) == printed), value


def test_unknown_is_any_of_them() -> None:
    for printed in (Fraction(-3), Fraction(0), Fraction(3)):
        for eighths in range(-16, 17):
            value = printed + Fraction(eighths, 8)
            point = ExactRange(value, value)
            either = any(prints_as(printed, 0, one).meets(point) for one in _MODES)
            assert prints_as(printed, 0, "unknown").meets(point) == (either or abs(eighths) < 8)


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("closed", [7, 40, 999, 12345])
def test_the_counts_are_those_that_print_so(rounding: Rounding, closed: int) -> None:
    for printed in (Fraction(0), Fraction(3686, 100), Fraction(1429, 100), Fraction(125, 10)):
        found = feasible_counts(printed, 2, Fraction(100, closed), rounding)
        expected = [
            count
            for count in range(closed + 1)
            if prints_as(printed, 2, rounding).meets(
                ExactRange(Fraction(100 * count, closed), Fraction(100 * count, closed))
            )
        ]
        assert list(range(found.low, found.high + 1)) == expected


def test_an_impossible_rate_has_no_count() -> None:
    impossible = feasible_counts(Fraction(3333, 100), 2, Fraction(100, 10))
    assert impossible.high < impossible.low


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("half_up", Interval(2761673, 2762421)),
        ("half_even", Interval(2761673, 2762421)),
        ("truncated", Interval(2762047, 2762796)),
        ("down", Interval(2762047, 2762796)),
        ("up", Interval(2761298, 2762046)),
        ("unknown", Interval(2761298, 2762796)),
    ],
)
def test_the_effective_cases_of_106(rounding: Rounding, expected: Interval) -> None:
    per_one = Fraction(100, 7493345)
    assert feasible_counts(Fraction(3686, 100), 2, per_one, rounding) == expected


@pytest.mark.parametrize(
    ("one", "other", "is_met"),
    [
        (ExactRange(Fraction(0), Fraction(1)), ExactRange(Fraction(1), Fraction(2)), True),
        (
            ExactRange(Fraction(0), Fraction(1), has_high=False),
            ExactRange(Fraction(1), Fraction(2)),
            False,
        ),
        (ExactRange(Fraction(0), Fraction(3)), ExactRange(Fraction(1), Fraction(2)), True),
        (ExactRange(Fraction(0), Fraction(1)), ExactRange(Fraction(2), Fraction(3)), False),
    ],
)
def test_ranges_that_meet(one: ExactRange, other: ExactRange, is_met: bool) -> None:
    assert one.meets(other) == other.meets(one) == is_met
