"""The lights of the printed KPI: which one an achievement is given, and how it is written."""

from collections.abc import Mapping
from fractions import Fraction

from closurerate.press.text import Text, t
from closurerate.quantity import Quantity
from closurerate.records.readings import register

LIGHTS = ("green", "yellow", "red")


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
    """Return a light with its sign; `---` where the ministry's own stands or none is set."""
    return t(f"light_{light or 'none'}")


def unsourced_lights(year: int) -> Text:
    """Return that the cut-offs of the lights are unsourced, and what they are."""
    cutoffs = light_cutoffs(year)
    return t("note_light", green=cutoffs["green"], yellow=cutoffs["yellow"])
