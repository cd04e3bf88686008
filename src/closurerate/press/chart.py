"""Charts that a notebook shows: drawn twice in each language, for the page and for a phone."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from matplotlib import pyplot
from matplotlib.figure import Figure

from closurerate.press.drawn import drawn_data
from closurerate.press.heard import Heard, announced, announced_again, listening, standing_at
from closurerate.press.print import chart as markup
from closurerate.press.print.labels import LANGUAGES, Language
from closurerate.press.print.looks import NARROW_WIDTH_CM, TEXT_WIDTH_CM, chart_size
from closurerate.press.print.narrow import fit_narrow
from closurerate.press.print.style import chart_style
from closurerate.press.print.ticks import tell_starts
from closurerate.press.shown import UNGROUNDED, Grounds, Shown
from closurerate.press.text import Item, Say, data_of, said, unique
from closurerate.quantity import Quantity

_NARROW_HEIGHT = 1.15
"""How much higher than the page's a chart is drawn for a phone, where words take more lines."""

_Drawn = tuple[markup.PrintedChart, Say, str, list[Heard]]
"""A chart as printed, what it was drawn with, what its axes show, and the numbers said in it."""


@dataclass(frozen=True)
class Chart(Shown):
    """A chart under a caption.

    Args:
        draw: Draws it on an empty figure, with words said by what it is given.
        caption: What the chart says, without its number, which is counted.
        alt: What a reader who cannot see it needs to know, with the values that are drawn.
        mark: Where the word of made-up cases stands behind it, as `MIDDLE`.

    Raises:
        InputError: On showing, what `PrintedChart` refuses.
    """

    draw: Callable[[Figure, Say], object]
    caption: Item
    alt: Item
    grounds: Grounds = UNGROUNDED
    height_cm: float = 7.5
    mark: tuple[float, float, float] = markup.MIDDLE

    def said(self, language: Language) -> markup.PrintedChart:
        """Return it drawn in a language."""
        printed, _, _, heard = self._drawn(language)
        announced_again(heard)
        return printed

    def _drawn(self, language: Language) -> "_Drawn":
        """Return it drawn, with what it was drawn with and what its axes show; drawn once."""
        if language not in self._known:
            with listening() as heard:
                drawn = self._draw(language)
            self._known[language] = (*drawn, heard)
        return self._known[language]

    @cached_property
    def _known(self) -> "dict[Language, _Drawn]":
        return {}

    def _draw(self, language: Language) -> tuple[markup.PrintedChart, Say, str]:
        say = Say(language)
        with chart_style(language):
            figure = pyplot.figure(figsize=chart_size(self.height_cm, TEXT_WIDTH_CM))
            self.draw(figure, say)
            height_cm = self.height_cm * _NARROW_HEIGHT
            narrow = pyplot.figure(figsize=chart_size(height_cm, NARROW_WIDTH_CM))
            self.draw(narrow, Say(language, is_narrow=True))
            for drawn in (figure, narrow):
                tell_starts(drawn, language)
            fit_narrow(narrow)
            axes = unique(
                ax.get_text() for one in figure.axes for ax in (one.xaxis.label, one.yaxis.label)
            )
            printed = markup.PrintedChart(
                figure,
                caption=said(self.caption, language),
                alt=said(self.alt, language),
                source=said(self.grounds.source, language),
                evidence=self.grounds.evidence,
                language=language,
                narrow=narrow,
                mark=self.mark,
            )
            with standing_at("tick"):
                for text, at in printed.ticks:
                    announced(text, Quantity(Fraction(str(at)), "tick"))
            return printed, say, "; ".join(filter(None, axes))

    def data(self) -> dict[str, Any]:
        """Return what it says, and the table that it draws, as data."""
        drawn = {language: self._drawn(language) for language in LANGUAGES}
        return {
            "kind": "chart",
            "caption": data_of(self.caption),
            "alt": data_of(self.alt),
            **drawn_data({language: say for language, (_, say, *_) in drawn.items()}),
            "axes": {language: axes for language, (_, _, axes, _) in drawn.items()},
            **self.grounds.data(),
        }
