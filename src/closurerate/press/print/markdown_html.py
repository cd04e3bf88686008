"""Markdown to HTML."""

from typing import Any

import mistune
from mistune.core import BlockState

from closurerate.press.print.escape import html_text, typeset
from closurerate.press.print.markdown import Outline, Token, entered, parse, plain_text


class HtmlRenderer(mistune.HTMLRenderer):
    """Renders parsed Markdown; headings go into the outline, which gives them their anchors."""

    def __init__(self, outline: Outline | None) -> None:
        super().__init__(escape=True)
        self.outline = outline

    def render_token(self, token: Token, state: Any) -> str:
        """Render headings and tables from the whole token, everything else as mistune does."""
        if token["type"] == "heading":
            return self._heading(token, state)
        if token["type"] == "table":
            return self._table(token, state)
        return super().render_token(token, state)

    def text(self, text: str) -> str:
        """Text as it stands, its numbers with their units."""
        return super().text(typeset(text))

    def _heading(self, token: Token, state: Any) -> str:
        heading = entered(token, self.outline)
        if heading is None:
            return ""
        tag = f"h{heading.level + 1}"
        inner = self.render_tokens(token["children"], state)
        return f'<{tag} id="{heading.anchor}"><a href="#{heading.anchor}">{inner}</a></{tag}>\n'

    def _table(self, token: Token, state: Any) -> str:
        head, body = token["children"]
        names = [html_text(plain_text(cell["children"])) for cell in head["children"]]
        header = "".join(
            self._cell(cell, "th", 'scope="col" role="columnheader"', state)
            for cell in head["children"]
        )
        rows = "".join(
            '<tr role="row">'
            + self._cell(row["children"][0], "th", 'scope="row" role="rowheader"', state)
            + "".join(
                self._cell(cell, "td", f'role="cell" data-heading="{name}"', state)
                for cell, name in zip(row["children"][1:], names[1:], strict=True)
            )
            + "</tr>\n"
            for row in body["children"]
        )
        return (
            f'<table role="table" class="stack">\n<thead role="rowgroup"><tr role="row">{header}'
            f'</tr></thead>\n<tbody role="rowgroup">\n{rows}</tbody></table>\n'
        )

    def _cell(self, cell: Token, tag: str, scope: str, state: Any) -> str:
        align = cell["attrs"]["align"] or "left"
        inner = self.render_tokens(cell["children"], state)
        return f'<{tag} {scope} class="{align}">{inner}</{tag}>'


def markdown_html(source: str, outline: Outline | None = None) -> str:
    """Return a Markdown text as HTML.

    Args:
        outline: Where its headings go; None where no heading may stand.

    Raises:
        InputError: If the text has what `markdown.parse` refuses, or a heading out of order or
            place.
    """
    return HtmlRenderer(outline)(parse(source), BlockState())
