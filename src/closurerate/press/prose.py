"""Prose and headline figures that a notebook shows, as values until they are printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from IPython.display import display

from closurerate.errors import InputError
from closurerate.press.heard import standing_at
from closurerate.press.print import prose as markup
from closurerate.press.print.labels import Evidence, Language, check_evidence
from closurerate.press.shown import UNGROUNDED, Grounds, Shown
from closurerate.press.text import ByLanguage, Item, Run, bare, both, data_of, said, t
from closurerate.quantity import Quantity

_PERCENT = re.compile(r"(?<=\d)%")


@dataclass(frozen=True)
class Markdown(Shown):
    """Computed prose; the exporters treat it as a Markdown cell, headings and all."""

    text: Item

    def said(self, language: Language) -> markup.PrintedMarkdown:
        """Return it in a language."""
        return markup.PrintedMarkdown(said(self.text, language))

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        return {"kind": "prose", "text": data_of(self.text)}


def prose(*, zh: str, en: str, **places: Item) -> Markdown:
    """Return a paragraph or heading of a notebook, in Markdown, its `{name}` filled."""
    return Markdown(both(zh, en, **places))


@dataclass(frozen=True)
class Finding(Shown):
    """A paragraph (inline Markdown) that ends in the label of what it rests on."""

    text: Item
    evidence: Evidence

    def said(self, language: Language) -> markup.PrintedFinding:
        """Return it in a language."""
        return markup.PrintedFinding(said(self.text, language), self.evidence, language)

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        return {"kind": "finding", "text": data_of(self.text), "evidence": self.evidence}


@dataclass(frozen=True)
class Notice(Shown):
    """A box that cannot be overlooked: on synthetic data, or something else to be noted."""

    text: Item
    kind: Literal["synthetic", "note"] = "synthetic"

    def said(self, language: Language) -> markup.PrintedNotice:
        """Return it in a language."""
        return markup.PrintedNotice(said(self.text, language), self.kind, language)

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        return {"kind": "notice", "text": data_of(self.text)}


@dataclass(frozen=True)
class KeyFigure:
    """One headline figure: what it is, its value, and a few words on it."""

    label: Item
    value: Item
    note: Item = ""


@dataclass(frozen=True)
class KeyFigures(Shown):
    """Two to six headline figures; six stand in two rows.

    Raises:
        InputError: If there are fewer or more, or the evidence is unknown.
    """

    items: Sequence[KeyFigure]
    grounds: Grounds = UNGROUNDED

    def __post_init__(self) -> None:
        """Check the number of figures and the evidence."""
        if not 2 <= len(self.items) <= 6:
            raise InputError(f"{len(self.items)} key figures: there must be two to six.")
        check_evidence(self.grounds.evidence, "key figures")

    def said(self, language: Language) -> markup.PrintedKeyFigures:
        """Return them in a language."""
        items = []
        for place, item in enumerate(self.items):
            with standing_at("figure", place):
                parts = (item.label, item.value, item.note)
                label, value, note = (said(part, language) for part in parts)
                items.append((label, value, note))
        source = said(self.grounds.source, language)
        return markup.PrintedKeyFigures(tuple(items), self.grounds.evidence, language, source)

    def data(self) -> dict[str, Any]:
        """Return them as data."""
        items = [
            {"label": data_of(item.label), "value": data_of(item.value), "note": data_of(item.note)}
            for item in self.items
        ]
        return {"kind": "key figures", "items": items, **self.grounds.data()}


@dataclass(frozen=True)
class DisplayedFormula(Shown):
    """A formula, the same in every language.

    Args:
        mathml, typst, alt: As of `PrintedFormula`.
        numbers: The values that stand in it, but for its constants.
    """

    mathml: str
    typst: str
    alt: str
    numbers: tuple[Quantity, ...] = ()

    def said(self, language: Language) -> markup.PrintedFormula:
        """Return it as printed: English sets a space before a percent sign."""
        for one in self.numbers:
            said(bare(one), language)
        sign = "\N{NO-BREAK SPACE}%" if language == "en" else "%"
        parts = (_PERCENT.sub(sign, part) for part in (self.mathml, self.typst, self.alt))
        return markup.PrintedFormula(*parts)

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        return {"kind": "formula", "text": self.alt}


@dataclass(frozen=True)
class Box(Shown):
    """Prose (Markdown) and formulas under a title in one frame, which no page breaks."""

    title: Item
    parts: Sequence[Item | DisplayedFormula]

    def said(self, language: Language) -> markup.PrintedBox:
        """Return it in a language."""
        parts = tuple(
            part.said(language) if isinstance(part, DisplayedFormula) else said(part, language)
            for part in self.parts
        )
        return markup.PrintedBox(said(self.title, language), parts, language)

    def data(self) -> dict[str, Any]:
        """Return it as data."""
        parts = [
            part.data() if isinstance(part, DisplayedFormula) else data_of(part)
            for part in self.parts
        ]
        return {"kind": "box", "title": data_of(self.title), "parts": parts}


@dataclass(frozen=True)
class Several:
    """Several of these objects, shown one after another."""

    objects: Sequence[object]

    def _ipython_display_(self) -> None:
        for shown in self.objects:
            display(shown)  # type: ignore[no-untyped-call]


def no_cases(caption: Item, *kinds: str) -> Markdown:
    """Return in place of a table or chart that the year has no case of these kinds."""
    names = {
        "zh-Hant": Run(tuple(t(kind) for kind in kinds), "或"),
        "en": Run(tuple(t(kind) for kind in kinds), " or ", str.lower),
    }
    return Markdown(t("no_cases", kinds=ByLanguage(names), caption=caption))
