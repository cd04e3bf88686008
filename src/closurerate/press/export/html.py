"""An executed notebook as one HTML file that loads nothing."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from closurerate.press.export.exporter import ReportExporter
from closurerate.press.export.saved import bundle_of, link_to
from closurerate.press.export.terms import with_indices, with_terms
from closurerate.press.facts import DocumentFacts
from closurerate.press.ledger.marked import with_ledger
from closurerate.press.print.dark import dark_variables, in_the_dark
from closurerate.press.print.escape import html_lines, html_text
from closurerate.press.print.fonts import FAMILIES, require_glyphs, subset_font
from closurerate.press.print.labels import labels
from closurerate.press.print.markdown_html import markdown_html

_TAG = re.compile(r"<[^>]*>")


def css_string(text: str) -> str:
    """Return text as a CSS string, quotes included, safe inside a `<style>` element."""
    safe = (
        sign if sign.isalnum() or sign in " ，。、；：（）" else f"\\{ord(sign):x} "
        for sign in text
    )
    return f'"{"".join(safe)}"'


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
        f'src:url(data:font/woff;base64,{subset_font(family, characters)}) format("woff")}}'
        for family in FAMILIES
    )


def citation(facts: DocumentFacts) -> str:
    """Return how a page is cited: whose it is, what it is called, up to when, and its build."""
    return labels(facts.language)["citation"].format(**vars(facts))


def bundle_link(figures: Sequence[Mapping[str, Any]], facts: DocumentFacts) -> str:
    """Return the link from which the data of all tables and charts of a page are saved."""
    data = [figure for figure in figures if "rows" in figure]
    words = html_text(labels(facts.language)["save_all"])
    return link_to(f"data-{facts.year}.zip", bundle_of(data, facts.language), words)


class ReportHtmlExporter(ReportExporter):
    """nbconvert exporter of our HTML: own template, own style sheet, fonts inside.

    A character that the fonts lack is bad input here.
    """

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"
    folder = "report_html"
    markup = extension = ".html"
    own_filters = (
        with_ledger,
        markdown_html, html_text, html_lines, css_string, font_faces, in_the_dark, dark_variables,
        citation,
        bundle_link,
        with_indices,
        with_terms,
    )  # fmt: skip
