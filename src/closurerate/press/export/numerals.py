"""Every numeral of a finished page held to the number that was said there.

A page's text is read as a reader sees it. Of each numeral in what a notebook shows, the number is
found that its print said (`press.heard`); what is left over is exempt by a rule of `EXEMPT`, or an
orphan.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NUMERAL = re.compile(r"(?<![A-Za-z0-9_.])[+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
"""Digits, but those of a symbol such as I1."""
_TOKEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)
_SHOWN = re.compile(r"<!--shown (.*?)-->")
_ANY_SPACE = re.compile(r"\s")


@dataclass(frozen=True)
class Rule:
    """Which numerals are held to no number, as none was meant.

    Args:
        words: Of what they are, where they stand in such words.
        inside: Of the elements around them; None where these do not matter.
        is_framing: Whether they stand around what is shown, and not in it.
    """

    words: str = ".*"
    inside: str | None = None
    is_framing: bool = False

    def holds(self, found: "Found") -> bool:
        """Return whether a numeral is such a one."""
        if self.is_framing and found.shown:
            return False
        if self.inside is not None and not re.search(self.inside, " ".join(found.inside)):
            return False
        return any(
            place.start() <= found.start and found.end <= place.end()
            for place in re.finditer(self.words, found.text, re.DOTALL)
        )


EXEMPT = {
    "title, dates, build and contents around what is shown": Rule(is_framing=True),
    "year": Rule(r"\b(19|20)\d\d\b|民國 ?\d+|\d+ ?年|ROC \d+|\b\d{2,3} \((19|20)\d\d\)"),
    "day or month": Rule(r"\d{4}-\d\d(-\d\d)?|\d+ ?月(\s?\d+ ?日)?"),
    "number of a heading or of an item": Rule(r"^\s*(Appendix |附錄)?[（(]?\d+[.)）、:：]?(?=\D)|^\s*[（(]\d+[)）]\s*$|^\d+\.\s*$"),
    "number of a table or figure": Rule(r"((Tables?|Figures?)|[表圖]) ?\d+(( and |, |、|與|和)\d+)*"),
    "place in the printed report": Rule(r"\b[IVX]+(\.\d+)*([(（]\d+[)）])*(\.\d+)*|[壹貳叁肆]、?.*"),
    "article of a law": Rule(r"(Articles?|§) ?\d+(-\d+)?|第 ?\d+(-\d+)? ?[條項款]"),
    "constant of a formula": Rule(r"\d{1,3}( ?%)?", inside=r"\bmath\b"),
}
"""What is held to no number, by what it is."""


@dataclass(frozen=True)
class Found:
    """A numeral on a page.

    Args:
        text: The words that it stands in.
        start, end: Where in them it stands.
        shown: Id of what is shown; empty on the page's frame.
        number: Its place among the numbers that were said there; None where none is it.
        inside: The elements around it, from the outside in, as `name.class`.
    """

    text: str
    start: int
    end: int
    shown: str
    number: int | None
    inside: tuple[str, ...]

    @property
    def numeral(self) -> str:
        """The digits."""
        return self.text[self.start : self.end]


def found_in(page: str, said: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Found]:
    """Go through the numerals of a page.

    Args:
        page: As HTML, whose things shown stand between comments (`index.html.j2`).
        said: By id of what is shown the numbers that its print said, in order.
    """
    shown, inside, matching = "", list[str](), _Matching(())
    for token in _TOKEN.finditer(page):
        text = token[0]
        if text.startswith("<!--"):
            if begins := _SHOWN.match(text):
                shown = begins[1]
                matching = _Matching(said.get(shown, ()))
            elif text == "<!--/shown-->":
                shown, matching = "", _Matching(())
        elif text.startswith("</"):
            if inside:
                inside.pop()
        elif text.startswith("<"):
            if not text.startswith(("<!", "<script", "<style")) and not _is_void(text):
                inside.append(_element(text))
        else:
            words = _ANY_SPACE.sub(" ", html.unescape(text))
            for start, end, number in matching.found(words):
                yield Found(words, start, end, shown, number, tuple(inside))


def orphans(found: Iterable[Found]) -> Iterator[Found]:
    """Go through the numerals that no number is behind and no rule exempts."""
    for one in found:
        if one.number is None and not any(rule.holds(one) for rule in EXEMPT.values()):
            yield one


_NAME = re.compile(r"<([\w-]+)")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_VOID = {"br", "meta", "link", "img", "input", "hr", "col", "wbr"}


def _is_void(tag: str) -> bool:
    name = _NAME.match(tag)
    return tag.endswith("/>") or (name is not None and name[1] in _VOID)


def _element(tag: str) -> str:
    name, kinds = _NAME.match(tag), _CLASS.search(tag)
    assert name is not None
    return f"{name[1]}.{kinds[1]}" if kinds else name[1]


class _Matching:
    """The numbers said in one thing shown, of which those that were found stand back."""

    def __init__(self, said: Sequence[Mapping[str, Any]]) -> None:
        self._said = [_ANY_SPACE.sub(" ", str(one["text"])) for one in said]
        self._uses = Counter[int]()
        self._by_numeral: dict[str, list[int]] = {}
        for place, text in enumerate(self._said):
            for found in NUMERAL.finditer(text):
                places = self._by_numeral.setdefault(found[0], [])
                if place not in places:
                    places.append(place)

    def found(self, words: str) -> Iterator[tuple[int, int, int | None]]:
        """Give of each numeral in some words start, end, and the place of its number if any."""
        for numeral in NUMERAL.finditer(words):
            places = self._by_numeral.get(numeral[0], [])
            if not places:
                bare = numeral[0].lstrip("+−")
                places = self._by_numeral.get(bare, [])
            number = min(
                places,
                key=lambda place: (not self._is_whole(place, words, numeral), self._uses[place], place),
                default=None,
            )
            if number is not None:
                self._uses[number] += 1
            yield numeral.start(), numeral.end(), number

    def _is_whole(self, place: int, words: str, numeral: re.Match[str]) -> bool:
        """Return whether all that was said stands around a numeral, unit and all."""
        text = self._said[place]
        return any(
            words.startswith(text, numeral.start() - part.start())
            for part in NUMERAL.finditer(text)
            if part[0] == numeral[0] and numeral.start() >= part.start()
        )
