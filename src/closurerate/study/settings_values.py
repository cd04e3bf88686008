"""The numbers in settings, read exactly; what is none raises `InputError` with file and key."""

from dataclasses import fields
from fractions import Fraction
from typing import Any

from closurerate.errors import InputError
from closurerate.kpi.rule import exact_decimal
from closurerate.records.documents import check_keys

RATIO_GRID = 10**6
"""Ratios are declared and sampled in millionths: as fine as a definition may write one."""


def record(kind: Any, value: Any, where: str) -> Any:
    """Return a dataclass from its fields by name: whole numbers, or decimals as `_DECIMALS` say."""
    named = {field.name: field.type for field in fields(kind)}
    check_keys(value, where, required=tuple(named))
    values = {
        name: (whole if named[name] is int else _DECIMALS.get(name, exact_decimal))(
            value[name], f"{where}.{name}"
        )
        for name in named
    }
    try:
        return kind(**values)
    except InputError as error:
        # What a class finds: it knows no file.
        raise InputError(f"{where}.{error}") from None


def exact_ranges(value: Any, where: str, number: Any) -> dict[str, Any]:
    """Return ranges by tier, each of two ends in order that `number` reads."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: must hold ranges by tier, found {value!r}.")
    ranges = {}
    for tier, ends in value.items():
        if not isinstance(ends, list) or len(ends) != 2:
            raise InputError(f"{where}.{tier}: must be [lowest, highest], found {ends!r}.")
        low, high = (number(end, f"{where}.{tier}") for end in ends)
        if not low < high:
            raise InputError(f"{where}.{tier}: {ends!r}: the first end must be the lower one.")
        ranges[tier] = (low, high)
    return ranges


def ratio(text: Any, where: str) -> Fraction:
    """Return a ratio of six decimals at most."""
    ratio = exact_decimal(text, where)
    if (ratio * RATIO_GRID).denominator != 1:
        raise InputError(f"{where}: must have at most six decimals, found {text!r}.")
    return ratio


def positive(text: Any, where: str) -> Fraction:
    """Return an exact decimal over 0."""
    number = exact_decimal(text, where)
    if not number:
        raise InputError(f"{where}: must be over 0, found {text!r}.")
    return number


def _step(text: Any, where: str) -> Fraction:
    positive(text, where)
    return ratio(text, where)


def share(text: Any, where: str) -> Fraction:
    """Return an exact decimal over 0 and under 1."""
    share = exact_decimal(text, where)
    if not 0 < share < 1:
        raise InputError(f"{where}: must be over 0 and under 1, found {text!r}.")
    return share


def whole(value: Any, where: str) -> int:
    """Return a whole number of 1 or more."""
    if type(value) is not int or value < 1:
        raise InputError(f"{where}: must be a whole number of 1 or more, found {value!r}.")
    return value


_DECIMALS = {
    "ratio_width": _step,
    "ratio_step": _step,
    "boundary_low": positive,
    "boundary_high": positive,
    "confidence": share,
    "largest_share": share,
}
"""How decimals of these names are read; the others may be any."""
