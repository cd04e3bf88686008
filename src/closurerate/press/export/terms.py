"""Symbols that are explained where they stand: each opens its meaning, by mouse or keyboard.

A symbol is explained where it first stands in a section's text, and not again before the next
section: a reader who comes by a link finds it near, and nobody meets a button in every line.
"""

import re
from collections.abc import Sequence

from closurerate.press.print.escape import INDEXED, html_text

_TAGS = re.compile(r"(<[^>]*>)")
_TEXT = frozenset({"p", "li"})
_OPAQUE = frozenset(
    {"a", "button", "svg", "math", "code", "pre", "figure", "figcaption", "table", "nav", "aside"}
)

_WRITTEN = frozenset({"svg", "math", "code", "pre", "script", "style"})
"""What has its own way with symbols, or shows text as it is written."""


def with_indices(content: str) -> str:
    """Return a page's content in which the index of a symbol stands lower, in words as in maths."""
    depth, pieces = 0, []
    for piece in _TAGS.split(content):
        if tag := re.match(r"<(/?)(\w+)", piece):
            depth += (tag[2] in _WRITTEN) * (-1 if tag[1] else 1)
        elif not depth:
            piece = INDEXED.sub(r"\1<sub>\2</sub>", piece)
        pieces.append(piece)
    return "".join(pieces)


def with_terms(content: str, terms: Sequence[Sequence[str]]) -> str:
    """Return a page's content in which symbols open what they mean, and the meanings behind it.

    Args:
        content: HTML, its sections headed by `h2`.
        terms: Symbols, such as `I1`, each with its meaning.
    """
    if not terms:
        return content
    names = "|".join(re.escape(name) for name, _ in terms)
    symbol = re.compile(rf"(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9])")
    depths, seen, used, pieces = {True: 0, False: 0}, set[str](), set[str](), []

    def marked(found: re.Match[str]) -> str:
        name = found[0]
        if name in seen:
            return name
        seen.add(name)
        used.add(name)
        return f'<button type="button" class="term" popovertarget="term-{name}">{name}</button>'

    for piece in _TAGS.split(content):
        if tag := re.match(r"<(/?)(\w+)", piece):
            if tag[2] == "h2" and not tag[1]:
                seen.clear()
            for kind, known in ((True, _TEXT), (False, _OPAQUE)):
                if tag[2] in known:
                    depths[kind] += -1 if tag[1] else 1
        elif depths[True] and not depths[False]:
            piece = symbol.sub(marked, piece)
        pieces.append(piece)
    meanings = "".join(
        f'<div id="term-{name}" popover class="meaning">{html_text(meaning)}</div>\n'
        for name, meaning in terms
        if name in used
    )
    return "".join(pieces) + meanings
