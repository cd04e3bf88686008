"""Text as data in the three markups: nothing in it may act as markup."""

import html
import re

_TYPST_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~&^=:\"'])")
_HAN = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_UNPARTED = re.compile(
    rf"(?<=\d) (?=[%{_HAN}]|(?:cases?|percentage points?|days?|entries|million|billion)\b)"
    r"|(?<=\bNTD) (?=[\d−])|(?<=\d [億萬]) (?=\d)"
)
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_APOSTROPHE = re.compile(r"(?<=[a-z])'(?=[a-z]{1,2}\b)|(?<=s)'(?=\s)")

INDEXED = re.compile(r"(?<![A-Za-z0-9])(I)([12])(?![A-Za-z0-9])")
"""A symbol with an index, which stands lower wherever it is set, in words as in formulas."""


def typeset(text: str) -> str:
    """Return text in which a line ends neither between a number and its unit nor in an amount.

    Between two Han characters, where what was filled in ends or begins in one, stands no space;
    an apostrophe is curly, as quotes are.
    """
    return _APOSTROPHE.sub("’", _UNPARTED.sub(chr(0xA0), _BETWEEN_HAN.sub("", text)))


def html_text(text: str) -> str:
    """Return text for HTML, good in an element and in a quoted attribute."""
    return html.escape(typeset(text), quote=True)


def html_lines(text: str) -> str:
    """Return text of one or more lines for an HTML element."""
    return "<br>".join(html_text(line) for line in text.split("\n"))


def typst_string(text: str) -> str:
    r"""Return a Typst string literal, quotes included.

    A literal needs two escapes and knows no markup, no smart quotes and no line starts, so all
    text goes to Typst in this form: `#"…";` in markup, `"…"` in code.
    """
    return '"' + "".join(_TYPST_ESCAPES.get(character, character) for character in text) + '"'


def typst_markup(text: str) -> str:
    """Return text for Typst markup: the semicolon ends the expression, whatever follows."""
    words, *indexed = INDEXED.split(typeset(text))
    parts = [f"#{typst_string(words)};" if words else ""]
    for letter, index, words in zip(*(iter(indexed),) * 3, strict=True):
        parts.append(f'#"{letter}";#sub("{index}");')
        parts.append(f"#{typst_string(words)};" if words else "")
    return "".join(parts)


def typst_content(text: str) -> str:
    """Return text of one or more lines as a Typst content block, brackets included."""
    return "[" + "#linebreak();".join(typst_markup(line) for line in text.split("\n")) + "]"


def typst_array(items: list[str]) -> str:
    """Return a Typst array of code expressions; the last comma makes one of a single item."""
    return "(" + "".join(f"{item}, " for item in items) + ")"


def markdown_text(text: str) -> str:
    """Return text (a branch's name, say) that Markdown shows as it stands."""
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)
