"""What a KPI, its tiers, measures, targets, lights, readings and values are called and written."""

from collections.abc import Mapping
from fractions import Fraction

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.effective import Tier
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.text import (
    Item,
    Run,
    Text,
    bare,
    both,
    capital,
    formed,
    given_name,
    stated,
    t,
)
from closurerate.quantity import Quantity
from closurerate.records.readings import adopted, register
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN, Point

LIGHTS = ("green", "yellow", "red")
_NONLINEAR = "(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)"


def tier_name(tier: Tier) -> Item:
    """Return what the author of the definition calls a tier."""
    return given_name({language: tier.name_in(language) for language in LANGUAGES})


def with_unit(name: Item, version: KpiVersion) -> Run:
    """Return what a column or axis of the KPI is headed by, with its unit."""
    return Run((name, both("（", " ("), t(f"unit_{version.unit}"), both("）", ")")))


def value_column(data: KpiData) -> Text | Run:
    """Return the KPI's name with its unit, for a column or an axis."""
    return formed(with_unit(data.kpi_name, data.version), capital)


def printed_target(data: KpiData) -> Item:
    """Return the year's target as printed, or that none is set."""
    target = data.figures.get("target")
    return t("not_set") if target is None else stated(target)


def measure_word(data: KpiData, year: int) -> Item:
    """Return the measure of a year in words where it is known, else its formula."""
    written = data.definition.in_force(year).formula.text
    known = {"E / C": "measure_ratio", _NONLINEAR: "measure_formula"}
    return t(known[written]) if written in known else written


def whole_measure(data: KpiData, year: int) -> Item:
    """Return the measure of a year as the printed table has it where it is known."""
    short = measure_word(data, year)
    whole = {"measure_ratio": "measure_ratio_full", "measure_formula": "measure_formula_full"}
    return t(whole[str(short.words)]) if isinstance(short, Text) else short


def reading_word(reading: str) -> Item:
    """Return whether a reading of the printed rate is the adopted one; nothing of none."""
    if not reading:
        return ""
    return t("adopted_reading" if reading == adopted(OPEN) else "other_reading")


def point_text(point: Point | None, *, has_unit: bool = False) -> Item:
    """Return a point or interval as printed, by default without its unit; a dash for nothing."""
    if point is None or point.low.value is None:
        return None
    low, high = (stated(end) if has_unit else bare(end) for end in (point.low, point.high))
    return low if point.is_point else t("interval", low=low, high=high)


def light_cutoffs(year: int) -> Mapping[str, Fraction]:
    """Return from which achievement, in percent, each light is given (register: unsourced)."""
    since = register()["light_cutoffs"].option()["since"]
    cutoffs = since[max(begun for begun in since if begun <= year)]
    return {light: Fraction(cutoffs[light]) for light in LIGHTS}


def light_of(reached: Quantity, year: int) -> str:
    """Return the light for an achievement; white where there is none."""
    value = reached.value
    if value is None:
        return "white"
    cutoffs = light_cutoffs(year)
    return next((light for light in LIGHTS if Fraction(value) >= cutoffs[light]), LIGHTS[-1])


def light_word(light: str | None) -> Text:
    """Return a light with its sign; `---` where the ministry's own stands."""
    return t(f"light_{light or 'none'}")


def light_words(lights: Mapping[str, str | None]) -> tuple[Text, Text]:
    """Return the ministry's light and the review's, of which none stands before the ministry's."""
    if lights["self"] is None:
        return t("not_set"), t("not_set")
    return light_word(lights["self"]), light_word(lights["review"])


def unsourced_lights(year: int, *, is_printed: bool = False) -> Text:
    """Return that the cut-offs of the lights are unsourced, and what they are.

    `is_printed` says before that the lights shown are the agency's own.
    """
    cutoffs, key = light_cutoffs(year), "note_light_printed" if is_printed else "note_light"
    return t(key, green=cutoffs["green"], yellow=cutoffs["yellow"])
