"""Markdown to Typst: a renderer for mistune.

Every call starts with `#` and ends with `;`, and text is a string literal, so that what stands
before or after can never join it.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mistune.core import BaseRenderer, BlockState

from closurerate.press.print.escape import typst_array, typst_markup, typst_string
from closurerate.press.print.markdown import WITHIN, Outline, Token, entered, parse


def _called(function: str, end: str = ";") -> Callable[["TypstRenderer", Token, Any], str]:
    """Return a renderer of a token whose content a function of Typst takes."""

    def rendered(renderer: "TypstRenderer", token: Token, state: Any) -> str:
        return f"#{function}{renderer.content(token, state)}{end}"

    return rendered


class TypstRenderer(BaseRenderer):
    """Renders parsed Markdown; headings go into the outline, which watches over their order."""

    NAME = "typst"
    emphasis = _called("emph")
    strong = _called("strong")
    block_quote = _called("quote(block: true)", ";\n\n")

    def __init__(self, outline: Outline | None, is_lead: bool) -> None:
        super().__init__()
        self.outline = outline
        self.is_lead = is_lead

    def iter_tokens(self, tokens: Iterable[Token], state: Any) -> Iterator[str]:
        """Render in order; a paragraph that leads to a list or table stays on its page."""
        solid = [token for token in tokens if token["type"] != "blank_line"]
        for token, following in zip(solid, [*solid[1:], None], strict=False):
            leads = following["type"] in {"list", "table"} if following else self.is_lead
            if leads and token["type"] == "paragraph":
                yield f"#report-lead{self.content(token, state)};\n\n"
            else:
                yield self.render_token(token, state)

    def content(self, token: Token, state: Any) -> str:
        """Return what is inside a token as a Typst content block."""
        return "[" + self.render_tokens(token["children"], state).strip("\n") + "]"

    def text(self, token: Token, state: Any) -> str:
        """Text as it stands."""
        return typst_markup(token["raw"])

    def link(self, token: Token, state: Any) -> str:
        """Link to an address on the web, or to one of mail; on paper none leads to a figure."""
        if token["attrs"]["url"].startswith(WITHIN):
            return f"{self.render_tokens(token['children'], state)}"
        return f"#link({typst_string(token['attrs']['url'])}){self.content(token, state)};"

    def codespan(self, token: Token, state: Any) -> str:
        """Code in a line."""
        return f"#raw({typst_string(token['raw'])});"

    def linebreak(self, token: Token, state: Any) -> str:
        """Break a line inside its paragraph."""
        return "#linebreak();"

    def paragraph(self, token: Token, state: Any) -> str:
        """Paragraph."""
        return self.render_tokens(token["children"], state) + "\n\n"

    def block_text(self, token: Token, state: Any) -> str:
        """Text of a tight list's item."""
        return self.render_tokens(token["children"], state)

    def heading(self, token: Token, state: Any) -> str:
        """Heading; the one of the title gives nothing."""
        heading = entered(token, self.outline)
        if heading is None:
            return ""
        return f"\n#heading(level: {heading.level}){self.content(token, state)};\n\n"

    def thematic_break(self, token: Token, state: Any) -> str:
        """Rule across the text."""
        return "#report-rule();\n\n"

    def block_code(self, token: Token, state: Any) -> str:
        """Block of code."""
        return f"#raw(block: true, {typst_string(token['raw'].rstrip())});\n\n"

    def list(self, token: Token, state: Any) -> str:
        """List, of numbers or bullets, with lists inside."""
        tight = "true" if token["tight"] else "false"
        items = "".join(f"{self.content(item, state)}, " for item in token["children"])
        if token["attrs"]["ordered"]:
            start = token["attrs"].get("start", 1)
            return f"#enum(tight: {tight}, start: {start}, {items});\n\n"
        return f"#list(tight: {tight}, {items});\n\n"

    def table(self, token: Token, state: Any) -> str:
        """Table without caption, with its header repeated over pages."""
        head, body = token["children"]
        aligns = typst_array([cell["attrs"]["align"] or "left" for cell in head["children"]])
        header = typst_array([self.content(cell, state) for cell in head["children"]])
        cells = typst_array(
            [self.content(cell, state) for row in body["children"] for cell in row["children"]]
        )
        return f"#report-plain-table(aligns: {aligns}, header: {header}, cells: {cells});\n\n"


def markdown_typst(source: str, outline: Outline | None = None, is_lead: bool = False) -> str:
    """Return a Markdown text as Typst markup, for a template that has our `report-…` functions.

    Outline and errors are as of `markdown_html.markdown_html`. A paragraph at the end of what leads
    to a table or chart stays with it.
    """
    return TypstRenderer(outline, is_lead)(parse(source), BlockState()).strip("\n")
