"""An executed notebook as one HTML file that loads nothing."""

import html
import re
from collections.abc import Iterator
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from closurerate.press.export.selection import reader_config
from closurerate.press.facts import document_facts
from closurerate.press.print.escape import html_lines, html_text
from closurerate.press.print.fonts import FAMILIES, require_glyphs, subset_woff2
from closurerate.press.print.labels import labels
from closurerate.press.print.markdown import Outline
from closurerate.press.print.markdown_html import markdown_html
from closurerate.press.print.style import PALETTE

_TAG = re.compile(r"<[^>]*>")


class ReportHtmlExporter(TemplateExporter):
    """nbconvert exporter of our HTML: own template, own style sheet, fonts inside."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Name our template and what selects the cells."""
        merged = super().default_config.copy()
        merged.merge(reader_config("ReportHtmlExporter", "report_html"))
        return merged  # type: ignore[no-any-return]

    @default("file_extension")
    def _report_extension(self) -> str:
        return ".html"

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add Markdown with an outline, escapes, CSS strings and the fonts to the template."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "report_markdown", markdown_html
        yield "html_text", html_text
        yield "html_lines", html_lines
        yield "css_string", css_string
        yield "font_faces", font_faces

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the HTML and nbconvert's resources.

        Raises:
            InputError: If the notebook lacks its facts, shows what a report cannot, or has a
                character that the fonts lack.
        """
        facts = document_facts(nb.metadata)
        resources = {
            **(resources or {}),
            "facts": facts,
            "labels": labels(facts.language),
            "outline": Outline(),
            "palette": PALETTE,
        }
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return page, resources


def css_string(text: str) -> str:
    """Return text as a CSS string, quotes included, safe inside a `<style>` element."""
    return (
        '"'
        + "".join(
            character
            if character.isalnum() or character in " ，。、；：（）"
            else f"\\{ord(character):x} "
            for character in text
        )
        + '"'
    )


def font_faces(page: str) -> str:
    """Return the `@font-face` rules for a page: both families, cut down to its characters.

    Args:
        page: The whole page as HTML, style sheet included.

    Raises:
        InputError: If the fonts lack a character of it.
    """
    text = html.unescape(_TAG.sub("", page))
    require_glyphs(text, "the page")
    characters = "".join(sorted(set(html.unescape(page))))
    return "\n".join(
        f'@font-face{{font-family:"{family}";font-display:block;'
        f'src:url(data:font/woff2;base64,{subset_woff2(family, characters)}) format("woff2")}}'
        for family in FAMILIES
    )
