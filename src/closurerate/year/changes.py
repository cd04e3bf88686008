"""How a change of a KPI is written: its unit, and the interval that it lies in."""

from closurerate.press.text import Item, Run, Text, bare, t
from closurerate.quantity import Exact, Quantity, number

_BEFORE_UNIT = {"zh-Hant": " ", "en": "\N{NO-BREAK SPACE}"}


def change_unit(unit: str) -> str:
    """Return the unit of a change: points of a KPI in percent, else the KPI's own."""
    return "point" if unit == "percent" else unit


def change_word(unit: str) -> Text:
    """Return the word for the unit of a change of a KPI in `unit`, as it follows a number."""
    return t(f"unit_{change_unit(unit)}")


def change_heading(unit: str) -> Text:
    """Return the word for the unit of a change as it stands alone: 百分點, not 個百分點."""
    return t("points") if unit == "percent" else change_word(unit)


def with_change_unit(change: Item, unit: str) -> Run:
    """Return a change as it is written before the unit of a change of a KPI in `unit`."""
    return Run((change, change_word(unit)), _BEFORE_UNIT)


def interval(
    low: Exact | None, high: Exact | None, decimals: int, unit: str = "", *, is_signed: bool = False
) -> Item:
    """Return an interval as printed, one number where both ends print alike; without unit."""
    first, last = (bare(Quantity(end, unit, decimals), is_signed=is_signed) for end in (low, high))
    if number(low, decimals) == number(high, decimals):
        return first
    return t("interval", low=first, high=last)
