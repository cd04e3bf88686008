"""A number that is shown: exact value, unit, decimals and evidence, and how it is printed.

Rounding is half up, away from zero for negatives, and happens here only.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Literal

from closurerate.errors import InputError

Evidence = Literal[
    "derived", "published", "supplied", "extract", "assumed", "worlds", "illustration"
]
"""What a figure or sentence rests on, from the strongest to the weakest.

Algebra alone; printed figures alone; what the author of a year gives before it
is printed; real case rows; a reading of the source or an assumption; what
all made-up worlds share; synthetic rows. What rests on several is of the weakest.
"""

Exact = int | Fraction | Decimal

MINUS = "\N{MINUS SIGN}"
"""What is printed before a number under 0; a hyphen is none."""
UNDEFINED = "—"
"""What is printed where a quantity has no value."""

_SUFFIX = {
    "zh-Hant": {
        "percent": "%",
        "point": " 個百分點",
        "case": " 件",
        "TWD": " 元",
        "day": " 天",
        "entry": " 筆",
        "document": " 件",
    },
    "en": {
        "percent": " %",
        "point": " percentage points",
        "case": " cases",
        "day": " days",
        "entry": " entries",
    },
}
_OF_ONE = {" cases": " case", " days": " day", " entries": " entry"}
_MYRIADS = ((10**8, "億"), (10**4, "萬"))


def exact_text(value: Exact) -> str:
    """Return a fraction such as 3286050/10030793, or the plain decimal of an irrational value."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def whole_number(value: object, what: str, least: int = 0) -> int:
    """Return a whole number, Python's or numpy's, as Python's.

    Args:
        value: What was given.
        what: What it should be, for the sentence.
        least: The least that it may be.

    Raises:
        InputError: If it is none, or under the least.
    """
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least:
        return int(value)
    raise InputError(f"{what}: must be a whole number from {least}, found {value!r}.")


@dataclass(frozen=True)
class Quantity:
    """A number with what is needed to print and to trust it.

    Args:
        value: The exact value in `unit`; a `Decimal` where it is irrational (correct to 30 digits);
            None where it is undefined.
        unit: `percent`, `point` (of percent), `case`, `TWD`, `day`, `entry`, `document` (which
            English does not print), or any other word, which is then not printed.
        decimals: Digits after the point when printed.
        evidence: What it rests on.
        name: What it is, as sentences name it (`rate`, `closed_previous`); empty where nothing
            does. Two that differ in it alone are equal.
    """

    value: Exact | None
    unit: str
    decimals: int = 0
    evidence: Evidence = "published"
    name: str = field(default="", compare=False)


def rounded(value: Exact, decimals: int) -> Decimal:
    """Return `value` rounded half up (away from zero for negatives) to `decimals` digits.

    -4 is to the ten thousand.
    """
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals if decimals >= 0 else abs(exact) / 10**-decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = 1 if exact < 0 and whole else 0
    return Decimal((sign, tuple(int(digit) for digit in str(whole)), -decimals))


def carried(error: float, most: int) -> int:
    """Return how many decimals of a value an error leaves: it is at most half of the last.

    Args:
        error: How far off the value may be, in its printed unit.
        most: As many as are wanted.
    """
    return next((place for place in range(most, 0, -1) if 2 * error <= 10**-place), 0)


def borne(low: Exact | float, high: Exact | float, most: int) -> int:
    """Return how many decimals a range bears: two at most where it is wider than a hundredth.

    Args:
        low, high: The ends, in the printed unit.
        most: As many as are wanted.
    """
    return min(most, 2) if high - low > 0.01 else most  # type: ignore[operator]


def number(value: Exact | None, decimals: int = 0) -> str:
    """Return `value` as digits with thousands separators and a true minus, or a dash for None."""
    return UNDEFINED if value is None else with_minus(f"{rounded(value, decimals):,f}")


def with_minus(digits: str) -> str:
    """Return digits as they are printed: the sign below nought is a minus and no hyphen."""
    return digits.replace("-", MINUS)


def signed(value: Exact | None, decimals: int = 0) -> str:
    """Return a change as `number` prints it, with a plus sign where it prints over 0."""
    return f"{_plus(value, decimals)}{number(value, decimals)}"


def _plus(value: Exact | None, decimals: int) -> str:
    return "+" if value is not None and rounded(value, decimals) > 0 else ""


def printed(quantity: Quantity, language: str, *, signed: bool = False) -> str:
    """Return the quantity as it stands in a sentence, with its unit.

    Chinese amounts and counts are grouped by 億 and 萬, as the agency prints them.

    Args:
        quantity: What to print.
        signed: Whether it carries a plus sign where it prints over 0, as a change does.
    """
    if quantity.value is None:
        return UNDEFINED
    grouped = language == "zh-Hant" and quantity.unit in {"case", "TWD", "entry", "document"}
    text = (
        _in_myriads(quantity.value)
        if grouped and quantity.decimals == 0
        else number(quantity.value, quantity.decimals)
    )
    sign = _plus(quantity.value, quantity.decimals) if signed else ""
    prefix = "NTD " if language == "en" and quantity.unit == "TWD" else ""
    suffix = _SUFFIX[language].get(quantity.unit, "")
    if text.lstrip(MINUS) == "1":
        suffix = _OF_ONE.get(suffix, suffix)
    if grouped and text[-1] in "億萬":
        suffix = suffix.lstrip()
    return f"{prefix}{sign}{text}{suffix}"


def _in_myriads(value: Exact) -> str:
    whole = int(rounded(value, 0))
    rest, groups = abs(whole), []
    for size, name in _MYRIADS:
        count, rest = divmod(rest, size)
        if count:
            groups.append(f"{count:,} {name}")
    if rest or not groups:
        groups.append(f"{rest:,}")
    return (MINUS if whole < 0 else "") + " ".join(groups)
