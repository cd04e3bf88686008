"""Sliders whose outcome a page computes exactly: a line through what each of them adds."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from closurerate.press.print import sliders as markup
from closurerate.press.print.labels import Language
from closurerate.press.shown import UNGROUNDED, Grounds, Shown
from closurerate.press.text import Item, data_of, said, t


@dataclass(frozen=True)
class Slider:
    """One slider.

    Args:
        name: What it moves.
        places: What is printed at each of its places, and the count that it adds there.
        start: At which place it stands first.
    """

    name: Item
    places: Sequence[tuple[Item, int]]
    start: int


@dataclass(frozen=True)
class Sliders(Shown):
    """Sliders over a count, and a value that is a line in that count.

    Args:
        caption: What they move.
        still: What stands in their place where no script runs, in inline Markdown; paper has none.
        count: The count at the start, where each slider adds 0.
        intercept, slope: The value, in its printed unit, by the count.
        decimals: Digits of the value as it is printed.
        count_name, value_name: What count and value are called.
        unit: What stands behind the value.
    """

    caption: Item
    still: Item
    sliders: Sequence[Slider]
    count: int
    intercept: Fraction
    slope: Fraction
    decimals: int
    count_name: Item
    value_name: Item
    unit: Item
    grounds: Grounds = UNGROUNDED

    def said(self, language: Language) -> markup.PrintedSliders:
        """Return them in a language."""
        return markup.PrintedSliders(
            caption=said(self.caption, language),
            still=said(self.still, language),
            names=tuple(said(slider.name, language) for slider in self.sliders),
            start=tuple(slider.start for slider in self.sliders),
            model=self._model() | {"places": self._places(language)},
            outcomes=(said(self.count_name, language), said(self.value_name, language)),
            units=(said(t("unit_case"), language), said(self.unit, language)),
            evidence=self.grounds.evidence,
            language=language,
        )

    def _model(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "intercept": [str(part) for part in self.intercept.as_integer_ratio()],
            "slope": [str(part) for part in self.slope.as_integer_ratio()],
            "decimals": self.decimals,
            "adds": [[count for _, count in slider.places] for slider in self.sliders],
        }

    def _places(self, language: Language) -> list[list[str]]:
        return [[said(text, language) for text, _ in slider.places] for slider in self.sliders]

    def data(self) -> dict[str, Any]:
        """Return them as data."""
        names = [data_of(slider.name) for slider in self.sliders]
        model = self._model() | {"names": names, "places": self._places("en")}
        return {"kind": "sliders", "caption": data_of(self.caption), **model, **self.grounds.data()}
