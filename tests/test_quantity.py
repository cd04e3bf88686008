"""How a number is printed: half up, away from zero, in 億 and 萬."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closurerate.quantity import (
    MINUS,
    UNDEFINED,
    Quantity,
    borne,
    number,
    printed,
    rounded,
    signed,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Fraction(5, 1000), 2, "0.01"),  # half to even would give 0.00
        (Fraction(15, 1000), 2, "0.02"),
        (Fraction(25, 1000), 2, "0.03"),
        (Fraction(-5, 1000), 2, "-0.01"),
        (Fraction(-25, 1000), 2, "-0.03"),
        (Fraction(-4, 1000), 2, "0.00"),  # no minus before nothing
        (Fraction(4999, 10**6), 2, "0.00"),
        (Fraction(364890, 10**4), 2, "36.49"),
        (Decimal("0.005"), 2, "0.01"),
        (Decimal("2.5"), 0, "3"),
        (1, 2, "1.00"),
        (0, 0, "0"),
        (Fraction(999_995, 10**5), 4, "10.0000"),
        (10**30 + 1, 0, str(10**30 + 1)),
        (Fraction(1, 3), 10, "0.3333333333"),
    ],
)
def test_rounding_is_half_up(value: int | Fraction | Decimal, decimals: int, expected: str) -> None:
    assert f"{rounded(value, decimals):f}" == expected


@given(st.fractions(max_denominator=10**6), st.integers(0, 6))
def test_it_is_never_further_than_half_a_unit(value: Fraction, decimals: int) -> None:
    result = Fraction(rounded(value, decimals))
    unit = Fraction(1, 10**decimals)
    assert result % unit == 0
    assert abs(result - value) <= unit / 2
    assert Fraction(rounded(-value, decimals)) == -result
    if abs(result - value) == unit / 2:
        assert abs(result) > abs(value)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (None, 2, UNDEFINED),
        (10_030_793, 0, "10,030,793"),
        (-1_234, 0, "−1,234"),
        (Fraction(123456789, 100), 1, "1,234,567.9"),
        (Decimal("1E+3"), 0, "1,000"),
    ],
)
def test_thousands_are_set_apart(
    value: int | Fraction | Decimal | None, decimals: int, expected: str
) -> None:
    assert number(value, decimals) == expected


@pytest.mark.parametrize(
    ("quantity", "chinese", "english"),
    [
        (Quantity(None, "case"), "—", "—"),
        (Quantity(Fraction(36489, 1000), "percent", 2), "36.49%", "36.49 %"),
        (Quantity(Fraction(1, 2), "point", 2), "0.50 個百分點", "0.50 percentage points"),
        (Quantity(Fraction(2789, 10), "day", 1), "278.9 天", "278.9 days"),
        (Quantity(29_998_900_437, "TWD"), "299 億 9,890 萬 437 元", "NTD 29,998,900,437"),
        (Quantity(10_030_793, "case"), "1,003 萬 793 件", "10,030,793 cases"),
        (Quantity(1, "case"), "1 件", "1 case"),
        (Quantity(-1, "day"), "−1 天", "−1 day"),
        (Quantity(9_999, "case"), "9,999 件", "9,999 cases"),
        (Quantity(10_000, "case"), "1 萬件", "10,000 cases"),
        (Quantity(7_820_000, "case"), "782 萬件", "7,820,000 cases"),
        (Quantity(100_000_000, "TWD"), "1 億元", "NTD 100,000,000"),
        (Quantity(100_000_001, "TWD"), "1 億 1 元", "NTD 100,000,001"),
        (Quantity(100_010_000, "TWD"), "1 億 1 萬元", "NTD 100,010,000"),
        (Quantity(10**12, "TWD"), "10,000 億元", "NTD 1,000,000,000,000"),
        (Quantity(0, "TWD"), "0 元", "NTD 0"),
        (Quantity(-184_800, "case"), "−18 萬 4,800 件", "−184,800 cases"),
        (Quantity(-10_000, "TWD"), "−1 萬元", "NTD −10,000"),
        (Quantity(30_000, "entry"), "3 萬筆", "30,000 entries"),
        (Quantity(13, "count"), "13", "13"),
        (Quantity(20_000, "count"), "20,000", "20,000"),
    ],
)
def test_it_is_printed_with_its_unit(quantity: Quantity, chinese: str, english: str) -> None:
    assert printed(quantity, "zh-Hant") == chinese
    assert printed(quantity, "en") == english


@pytest.mark.parametrize(
    ("value", "expected"), [(5, "+5.00%"), (-5, "−5.00%"), (0, "0.00%"), (None, "—")]
)
def test_a_change_carries_its_sign(value: int | None, expected: str) -> None:
    assert printed(Quantity(value, "percent", 2), "zh-Hant", signed=True) == expected


@pytest.mark.parametrize("is_signed", [False, True])
def test_what_rounds_to_nothing_has_no_sign(is_signed: bool) -> None:
    small = Quantity(Fraction(-1, 1000), "percent", 2)
    assert printed(small, "en", signed=is_signed) == "0.00 %"
    assert printed(Quantity(Fraction(1, 1000), "percent", 2), "en", signed=is_signed) == "0.00 %"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "—"), ("0.5", "+0.50"), ("-0.5", "−0.50"), ("0.001", "0.00"), ("-0.001", "0.00"),
        ("0", "0.00"), ("0.005", "+0.01"), ("1234.5", "+1,234.50"),
    ],
)  # fmt: skip
def test_a_change_alone_is_signed_as_in_a_sentence(value: str | None, expected: str) -> None:
    exact = None if value is None else Fraction(value)
    assert signed(exact, 2) == expected
    assert printed(Quantity(exact, "ratio", 2), "en", signed=True) == expected


@given(st.integers(-(10**13), 10**13))
def test_myriads_lose_nothing(value: int) -> None:
    text = printed(Quantity(value, "case"), "zh-Hant").removesuffix("件").replace(",", "")
    total = sum(
        int(part.rstrip("億萬")) * {"億": 10**8, "萬": 10**4}.get(part[-1], 1)
        for part in text.lstrip(MINUS).replace(" 億", "億").replace(" 萬", "萬").split()
    )
    assert (-total if text.startswith(MINUS) else total) == value


def test_an_unknown_language_is_no_quiet_default() -> None:
    with pytest.raises(KeyError):
        printed(Quantity(1, "case"), "fr")


def test_a_range_wider_than_a_hundredth_bears_two_decimals() -> None:
    assert borne(Fraction(1), Fraction(102, 100), 4) == 2
    assert borne(Fraction(1), Fraction(101, 100), 4) == 4
    assert borne(1.0, 3.0, 1) == 1
