"""Markdown as both outputs understand it: one parser, its refusals, and the outline of headings."""

import html
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import mistune

from closurerate.errors import InputError

Token = dict[str, Any]

_PLUGINS = (
    "table",
    "math",
    "mistune.plugins.math.math_in_quote",
    "mistune.plugins.math.math_in_list",
)
_LINKS = ("https://", "http://", "mailto:")
WITHIN = ("#table-", "#chart-")
"""Of a link to a table or chart of the same document, which leads there on a page alone."""
_REFUSED = {
    "inline_math": "a formula between dollar signs is not supported: show it with Formula, or "
    r"write a dollar sign as \$",
    "block_math": "a formula between dollar signs is not supported: show it with Formula, or "
    r"write a dollar sign as \$",
    "inline_html": r"HTML is not supported: use Markdown, or write a less-than sign as \<",
    "block_html": r"HTML is not supported: use Markdown, or write a less-than sign as \<",
    "image": "an image is not supported: show it with Chart, which asks for its alt text",
}


@dataclass(frozen=True)
class Heading:
    """A heading of the document: its level (1 below the title), plain text and HTML anchor."""

    level: int
    text: str
    anchor: str


@dataclass
class Outline:
    """The headings met so far in one document, in order.

    A notebook's single `#` heading is its title for those who read the notebook itself; the
    document has its title from the facts, so the heading is left out and `##` is level 1.
    """

    headings: list[Heading] = field(default_factory=list)
    has_title: bool = False

    def enter(self, marks: int, text: str) -> Heading | None:
        """Add a heading of so many `#` marks and return it, or None for the title.

        Raises:
            InputError: If a second `#` heading comes, one after other headings, or a level is
                skipped.
        """
        if marks == 1:
            if self.has_title or self.headings:
                raise InputError(
                    f"the heading {text!r} has one #: only the notebook's first heading may."
                )
            self.has_title = True
            return None
        level = marks - 1
        before = self.headings[-1].level if self.headings else 0
        if level > before + 1:
            raise InputError(
                f"the heading {text!r} has {marks} # where at most {before + 2} may stand: "
                "a level is skipped."
            )
        heading = Heading(level, text, self._anchor(level))
        self.headings.append(heading)
        return heading

    def _anchor(self, level: int) -> str:
        """Return its number as `s2-1`: the same in both languages, so that a link holds."""
        counts = [0] * level
        for heading in self.headings:
            if heading.level <= level:
                counts[heading.level - 1] += 1
                counts[heading.level :] = [0] * (level - heading.level)
        counts[level - 1] += 1
        return "s" + "-".join(str(count) for count in counts)


def parse(source: str) -> list[Token]:
    """Return the block tokens of a Markdown text, inline ones inside.

    CommonMark with tables. A line's end between two Han characters leaves no space.

    Raises:
        InputError: If the text has a formula, HTML, an image, or a link to something but a web or
            mail address.
    """
    plugins = [name if "." in name else f"mistune.plugins.{name}.{name}" for name in _PLUGINS]
    tokens = mistune.create_markdown(renderer=None, plugins=plugins)(source)
    assert isinstance(tokens, list)
    for token in _walk(tokens):
        _refuse(token)
        if token["type"] == "text":  # an escaped & is a token of its own, and stays
            token["raw"] = html.unescape(token["raw"])
    _join_lines(tokens)
    return tokens


def plain_text(tokens: Iterable[Token]) -> str:
    """Return the text of inline tokens without its markup."""
    return "".join(
        token["raw"] if "raw" in token else " " if token["type"] == "linebreak" else ""
        for token in _walk(tokens)
    )


def entered(token: Token, outline: Outline | None) -> Heading | None:
    """Enter a heading into an outline; None where it is the title, which is not rendered.

    Raises:
        InputError: If there is no outline, as no heading may stand there, or as of `Outline.enter`.
    """
    text = plain_text(token["children"])
    if outline is None:
        raise InputError(f"the heading {text!r} stands where only text may: use Markdown.")
    if any(inner["type"] == "link" for inner in _walk(token["children"])):
        raise InputError(f"the heading {text!r} has a link: it is one itself, to its own place.")
    return outline.enter(token["attrs"]["level"], text)


def _walk(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _walk(token.get("children", ()))


def _refuse(token: Token) -> None:
    if reason := _REFUSED.get(token["type"]):
        shown = token.get("raw") or plain_text(token.get("children", ()))
        raise InputError(f"Markdown {shown.strip()[:60]!r}: {reason}.")
    if token["type"] == "link" and not token["attrs"]["url"].startswith(_LINKS + WITHIN):
        raise InputError(
            f"Markdown link to {token['attrs']['url']!r}: it must start with "
            f"{', '.join(_LINKS)}; the report is one file and links to no other."
        )


def _join_lines(tokens: list[Token]) -> None:
    """Turn each soft line break into a space, or into nothing between two wide characters.

    Runs of text then become one token each.
    """
    for position, token in enumerate(tokens):
        _join_lines(token.get("children", []))
        if token["type"] == "softbreak":
            before = plain_text(tokens[:position])[-1:]
            after = plain_text(tokens[position + 1 :])[:1]
            tokens[position] = {
                "type": "text",
                "raw": "" if is_wide(before) and is_wide(after) else " ",
            }
    for position in range(len(tokens) - 1, 0, -1):
        if tokens[position]["type"] == tokens[position - 1]["type"] == "text":
            tokens[position - 1]["raw"] += tokens.pop(position)["raw"]


def is_wide(character: str) -> bool:
    """Say whether a character takes the full width of a Han character."""
    return bool(character) and unicodedata.east_asian_width(character) in "WF"
