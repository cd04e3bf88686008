"""How a change of a KPI is written: its unit, and the interval that it lies in."""

from typing import Any

from closurerate.press.text import Item, bare, t
from closurerate.press.words import word
from closurerate.quantity import Exact, Quantity, number, signed


def change_unit(unit: str) -> str:
    """Return the unit of a change: points of a KPI in percent, else the KPI's own."""
    return "point" if unit == "percent" else unit


def change_word(unit: str, language: str | None = None) -> Any:
    """Return the word for the unit of a change of a KPI in `unit`, as it follows a number."""
    text = t(f"unit_{change_unit(unit)}")
    return text if language is None else text.said(language)  # type: ignore[arg-type]


def change_heading(unit: str, language: str | None = None) -> Any:
    """Return the word for the unit of a change as it stands alone: 百分點, not 個百分點."""
    text = t("points") if unit == "percent" else change_word(unit)
    return text if language is None else text.said(language)  # type: ignore[arg-type]


def interval(
    low: Exact | None, high: Exact | None, decimals: int, unit: str = "", *, is_signed: bool = False
) -> Item:
    """Return an interval as printed, one number where both ends print alike; without unit."""
    first, last = (bare(Quantity(end, unit, decimals), is_signed=is_signed) for end in (low, high))
    if number(low, decimals) == number(high, decimals):
        return first
    return t("interval", low=first, high=last)


def interval_text(
    low: Exact | None,
    high: Exact | None,
    decimals: int,
    language: str,
    *,
    is_signed: bool = False,
) -> str:
    """Return an interval as printed, one number where both ends print alike; without unit."""
    show = signed if is_signed else number
    first, last = show(low, decimals), show(high, decimals)
    return first if first == last else word("interval", language, low=first, high=last)
