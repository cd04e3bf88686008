"""How a change of a KPI is written: its unit, and the interval that it lies in."""

from closurerate.press.words import word
from closurerate.quantity import Exact, number, signed


def change_unit(unit: str) -> str:
    """Return the unit of a change: points of a KPI in percent, else the KPI's own."""
    return "point" if unit == "percent" else unit


def change_word(unit: str, language: str) -> str:
    """Return the word for the unit of a change of a KPI in `unit`, as it follows a number."""
    return word(f"unit_{change_unit(unit)}", language)


def change_heading(unit: str, language: str) -> str:
    """Return the word for the unit of a change as it stands alone: 百分點, not 個百分點."""
    return word("points", language) if unit == "percent" else change_word(unit, language)


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
