"""What everything that a notebook shows has in common: what it rests on, and both languages.

A notebook is run once. What it shows carries its print in each language and its values as data;
the exporters take the language that they print, and `<name>.shown.json` keeps the values.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from closurerate.press.heard import listening
from closurerate.press.print.frame import HTML, Print, standing_alone
from closurerate.press.print.labels import LANGUAGES, Evidence, Language
from closurerate.press.text import Item, data_of

SHOWN = "application/vnd.closurerate.shown+json"
"""MIME type of both prints, the numbers that each says, and the values."""


@dataclass(frozen=True)
class Grounds:
    """What shown values rest on.

    Args:
        evidence: What they rest on; None where nothing is claimed.
        source: Line below, without its label; empty for none.
        counts: The counts of cases that the values are computed from, by name.
    """

    evidence: Evidence | None = None
    source: Item = ""
    counts: Mapping[str, int | None] = field(default_factory=dict)

    def without_source(self) -> "Grounds":
        """Return it for something whose source stands elsewhere on the page."""
        return replace(self, source="")

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        counts = {name: value for name, value in self.counts.items() if value is not None}
        found = {"evidence": self.evidence, "source": data_of(self.source), "counts": counts}
        return {name: value for name, value in found.items() if value}


UNGROUNDED = Grounds()
"""Of what claims nothing."""


class Shown(ABC):
    """Something that a notebook shows, in whichever language it is read."""

    @abstractmethod
    def said(self, language: Language) -> Print:
        """Return its print in a language, which carries HTML and Typst."""

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """Return what it shows as data: its `kind`, and its values."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        prints, numbers = {}, {}
        for language in LANGUAGES:
            with listening() as heard:
                prints[language] = self.said(language)._repr_mimebundle_()
            numbers[language] = [one.data() for one in heard if one.quantity.value is not None]
        shown = dict(prints[reader_language()])
        if HTML in shown:
            shown[HTML] = standing_alone(shown[HTML])
        return {**shown, SHOWN: {"prints": prints, "numbers": numbers, "shown": self.data()}}


def reader_language() -> Language:
    """Return the language of what JupyterLab shows: the variable `REPORT_LANG`, else Chinese."""
    chosen = os.environ.get("REPORT_LANG", "").split()
    return next((language for language in LANGUAGES if language in chosen), LANGUAGES[0])
