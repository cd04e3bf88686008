"""Every numeral of a finished page held to the number that was said there.

A page's text is read as a reader sees it. Of each numeral in what a notebook shows, the number is
found that its print said (`press.heard`); what is left over is exempt by a rule (`exempt.py`), or
an orphan.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from closurerate.press.heard import NUMERAL
from closurerate.press.ledger.exempt import EXEMPT, FRAME

Said = Sequence[Mapping[str, Any]]
"""The numbers that one print said, in order (`press.heard.Heard.data`)."""
_TOKEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)
_SHOWN = re.compile(r"<!--shown (.*?)-->")
_END = "<!--/shown-->"
_SPACE = re.compile(r"\s")
_NAME = re.compile(r"<([\w-]+)")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_VOID = {"br", "meta", "link", "img", "input", "hr", "col", "wbr"}


@dataclass(frozen=True)
class FoundNumeral:
    """A numeral on a page.

    Args:
        text: The words that it stands in.
        start, end: Where in them it stands.
        shown: Id of what is shown; empty around it.
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

    @property
    def exempt_by(self) -> str:
        """The first rule by which it is held to no number; empty where none is."""
        place = (self.text, self.start, self.end, self.inside)
        return next((name for name, rule in EXEMPT.items() if rule.holds(*place)), "")


def orphans(found: Iterable[FoundNumeral]) -> Iterator[FoundNumeral]:
    """Go through the numerals that no number is behind and no rule exempts."""
    return (one for one in found if one.number is None and not one.exempt_by)


@dataclass(frozen=True)
class PagePart:
    """A tag of a page, or the words between two.

    Args:
        source: As it stands in the page.
        original: The words; empty of a tag.
        found: The numerals in the words.
        inside: The elements around the words.
    """

    source: str
    original: str = ""
    found: tuple[FoundNumeral, ...] = ()
    inside: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words with plain spaces."""
        return _SPACE.sub(" ", self.original)


def page_parts(page: str, said: Mapping[str, Said]) -> Iterator[PagePart]:
    """Go through the pieces of a page.

    Args:
        page: As HTML, whose things shown stand between comments (`index.html.j2`).
        said: By id of what is shown the numbers that its print said.
    """
    shown, inside, matching = "", [FRAME], _Matching(())
    for token in _TOKEN.finditer(page):
        source = token[0]
        if not source.startswith("<"):
            around, original = tuple(inside), html.unescape(source)
            text = _SPACE.sub(" ", original)
            numerals = tuple(
                FoundNumeral(text, start, end, shown, number, around)
                for start, end, number in matching.found(text)
            )
            yield PagePart(source, original, numerals, around)
            continue
        yield PagePart(source)
        if begins := _SHOWN.match(source):
            shown = begins[1]
            matching, inside = _Matching(said.get(shown, ())), inside[1:]
        elif source == _END:
            shown, matching, inside = "", _Matching(()), [FRAME, *inside]
        elif source.startswith("</"):
            inside.pop()
        elif (name := _NAME.match(source)) and name[1] not in _VOID | {"script", "style"}:
            kinds = _CLASS.search(source)
            if not source.endswith("/>"):
                inside.append(f"{name[1]}.{kinds[1]}" if kinds else name[1])


def found_in_words(text: str, inside: Sequence[str], said: Said) -> Iterator[FoundNumeral]:
    """Go through the numerals of words that are read off paper, held to all that a document says.

    Args:
        inside: What the words are part of.
    """
    plain = _SPACE.sub(" ", text)
    for start, end, number in _Matching(said).found(plain):
        yield FoundNumeral(plain, start, end, "", number, tuple(inside))


class _Matching:
    """The numbers said in one thing shown; of those that print alike the least used is taken."""

    def __init__(self, said: Said) -> None:
        self._said = [_SPACE.sub(" ", str(one["text"])) for one in said]
        self._uses = Counter[int]()
        self._by_numeral: dict[str, list[int]] = {}
        for place, text in enumerate(self._said):
            for numeral in dict.fromkeys(NUMERAL.findall(text)):
                for form in dict.fromkeys((numeral, numeral.lstrip("+−"))):
                    self._by_numeral.setdefault(form, []).append(place)

    def found(self, words: str) -> Iterator[tuple[int, int, int | None]]:
        """Give of each numeral in some words start, end, and the place of its number if any."""
        for numeral in NUMERAL.finditer(words):
            number = self._best(words, numeral)
            if number is not None:
                self._uses[number] += 1
            yield numeral.start(), numeral.end(), number

    def _best(self, words: str, numeral: re.Match[str]) -> int | None:
        def rank(place: int) -> tuple[bool, int, int]:
            return not self._is_whole(place, words, numeral), self._uses[place], place

        return min(self._by_numeral.get(numeral[0], ()), key=rank, default=None)

    def _is_whole(self, place: int, words: str, numeral: re.Match[str]) -> bool:
        """Return whether all that was said stands around a numeral, unit and all."""
        text = self._said[place]
        return any(
            numeral.start() >= part.start()
            and words.startswith(text, numeral.start() - part.start())
            for part in NUMERAL.finditer(text)
            if part[0] == numeral[0]
        )
