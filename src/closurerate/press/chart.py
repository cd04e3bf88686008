"""Charts that a notebook shows: drawn once in each language, when they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from matplotlib import pyplot
from matplotlib.figure import Figure

from closurerate.press.print import chart as markup
from closurerate.press.print.labels import Language
from closurerate.press.print.looks import chart_size
from closurerate.press.print.style import chart_style
from closurerate.press.shown import UNGROUNDED, Grounds, Shown
from closurerate.press.text import Item, Say, data_of, said


@dataclass(frozen=True)
class Chart(Shown):
    """A chart under a caption.

    Args:
        draw: Draws it on an empty figure, with words said by what it is given.
        caption: What the chart says, without its number, which is counted.
        alt: What a reader who cannot see it needs to know, with the values that are drawn.

    Raises:
        InputError: On showing, what `PrintedChart` refuses.
    """

    draw: Callable[[Figure, Say], object]
    caption: Item
    alt: Item
    grounds: Grounds = UNGROUNDED
    height_cm: float = 7.5

    def said(self, language: Language) -> markup.PrintedChart:
        """Return it drawn in a language."""
        with chart_style(language):
            figure = pyplot.figure(figsize=chart_size(self.height_cm))
            self.draw(figure, Say(language))
            return markup.PrintedChart(
                figure,
                caption=said(self.caption, language),
                alt=said(self.alt, language),
                source=said(self.grounds.source, language),
                evidence=self.grounds.evidence,
                language=language,
            )

    def data(self) -> dict[str, Any]:
        """Return what it says as data."""
        return {
            "kind": "chart",
            "caption": data_of(self.caption),
            "alt": data_of(self.alt),
            **self.grounds.data(),
        }
