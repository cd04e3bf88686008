"""What a notebook of one's own shows, as a page of ours has it: DataFrames, pictures, prints.

A table or picture is captioned by the comment in the first line of its cell.
"""

import base64
import json
import re
import struct
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from nbformat import NotebookNode, v4

from closurerate.errors import InputError
from closurerate.press.print.escape import html_text, typst_string
from closurerate.press.print.frame import HTML, TYPST, PrintedPicture, bundle
from closurerate.press.print.labels import LANGUAGES, Language, labels
from closurerate.press.print.looks import CM_PER_INCH, TEXT_WIDTH_CM
from closurerate.press.print.table import Align, PrintedColumn, PrintedTable
from closurerate.press.shown import SHOWN

MARKDOWN, PLAIN = "text/markdown", "text/plain"
_SVG, _PNG, _JPEG = "image/svg+xml", "image/png", "image/jpeg"
_VEGA = re.compile(r"application/vnd\.vegalite\.v\d+\+json")
_IN_HTML = re.compile(r"vegaEmbed.*\}\)\(\{", re.DOTALL)
_DATA_FRAME = re.compile(r'<table[^>]*class="[^"]*\bdataframe\b', re.ASCII)
_NUMBER = re.compile(r"[+−-]?[\d,]*\.?\d+(e[+-]?\d+)?%?|NaN|None|<NA>|", re.IGNORECASE)
_NAMELESS = re.compile(r"<[\w. ]+( object)?( at 0x[\da-f]+|:.*)?>|\[<.*>\]", re.DOTALL)
"""The text of what a chart's call returns, which nobody wants to read."""
_DPI = 96


def adopt(cell: NotebookNode, number: int) -> bool:
    """Put in place of each output of a cell that is none of ours one that a page can show.

    Returns:
        Whether there was any.

    Args:
        number: The cell's place, from 1, for what has no caption.

    Raises:
        InputError: If there is no way to show one.
    """
    given, outputs, caption = list(cell.get("outputs", [])), [], _caption(cell, number)
    for output in given:
        data = output.get("data", {})
        if output.output_type == "stream":
            output = _printed(output.text.rstrip("\n"))
        elif output.output_type == "error":
            pass  # which is told where it is selected
        elif SHOWN not in data and not {HTML, TYPST} <= set(data) and MARKDOWN not in data:
            output = _adopted(data, caption, f"cell {number}")
        if output is not None:
            outputs.append(output)
    cell.outputs = outputs
    return outputs != given


def _caption(cell: NotebookNode, number: int) -> dict[Language, str]:
    first = cell.source.lstrip().partition("\n")[0]
    if first.startswith("#"):
        return dict.fromkeys(LANGUAGES, first.lstrip("# "))
    return {language: labels(language)["of_cell"].format(number=number) for language in LANGUAGES}


def _adopted(
    data: Mapping[str, Any], caption: dict[Language, str], where: str
) -> NotebookNode | None:
    """Return an output as a page shows it; None where there is nothing to read in it."""
    html = "".join(data.get(HTML, ""))
    if _SVG in data:
        return _picture("".join(data[_SVG]), caption)
    if _PNG in data:
        return _picture(_in_svg("".join(data[_PNG])), caption)
    if _JPEG in data:
        raise InputError(f"{where} shows a JPEG picture: show it as PNG or SVG.")
    specification = _specification(data, html)
    if specification is not None:
        return _picture(_drawn(specification, where), caption)
    if _DATA_FRAME.search(html):
        return _table(html, caption)
    text = "".join(data.get(PLAIN, ""))
    return None if _NAMELESS.fullmatch(text) or not text else _printed(text)


def _printed(text: str) -> NotebookNode:
    html = f"<pre><code>{html_text(text)}</code></pre>"
    typst = f"#raw({typst_string(text)}, block: true);"
    prints = {language: bundle(html, typst, text) for language in LANGUAGES}
    return _output(prints, {"kind": "text", "text": text})


def _output(prints: Mapping[Language, Mapping[str, str]], shown: dict[str, Any]) -> NotebookNode:
    data = {**prints["en"], SHOWN: {"prints": prints, "shown": shown}}
    return v4.new_output("display_data", data=data)  # type: ignore[no-any-return, no-untyped-call]


# Tables ---------------------------------------------------------------------------------------
class _Cells(HTMLParser):
    """The cells of the first table of a page: of each row the tags and texts, spans filled."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self.index_columns = 0
        self._rows, self._open, self._spans = self.head, False, dict[int, tuple[int, str]]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("thead", "tbody"):
            self._rows = self.head if tag == "thead" else self.body
        elif tag == "tr":
            self._rows.append([])
            self._fill_spans()
        elif tag in ("th", "td"):
            found = dict(attrs)
            self._open, self._text = True, ""
            self._across = int(found.get("colspan") or 1)
            self._down = int(found.get("rowspan") or 1)
        elif tag == "br" and self._open:
            self._text += " "

    def handle_data(self, data: str) -> None:
        if self._open:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("th", "td") or not self._open:
            return
        row, text, self._open = self._rows[-1], " ".join(self._text.split()), False
        for _ in range(self._across):
            if self._down > 1:
                self._spans[len(row)] = (self._down - 1, text)
            row.append(text)
        if tag == "th" and self._rows is self.body:
            self.index_columns = max(self.index_columns, len(row))
        self._fill_spans()

    def _fill_spans(self) -> None:
        row = self._rows[-1]
        while len(row) in self._spans:
            left, text = self._spans.pop(len(row))
            if left > 1:
                self._spans[len(row)] = (left - 1, text)
            row.append(text)


def _table(html: str, caption: dict[Language, str]) -> NotebookNode:
    cells = _Cells(html)
    width = max(map(len, [*cells.head, *cells.body]))
    head = [[*row, *[""] * (width - len(row))] for row in cells.head]
    headings = [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*head, strict=True)]
    rows = [tuple([*row, *[""] * (width - len(row))]) for row in cells.body]
    aligns: list[Align] = [
        "right" if place and all(_NUMBER.fullmatch(row[place]) for row in rows) else "left"
        for place in range(width)
    ]
    columns = tuple(map(PrintedColumn, headings, aligns))
    prints = {
        language: PrintedTable(columns, tuple(rows), text, language=language)._repr_mimebundle_()
        for language, text in caption.items()
    }
    shown = {
        "kind": "table",
        "caption": caption,
        "columns": [{"heading": heading} for heading in headings],
        "rows": [list(row) for row in rows],
    }
    return _output(prints, shown)


# Pictures -------------------------------------------------------------------------------------
def _picture(svg: str, caption: dict[Language, str]) -> NotebookNode:
    svg = svg[svg.index("<svg") :]
    width_cm = round(min(TEXT_WIDTH_CM, _width_px(svg) / _DPI * CM_PER_INCH), 2)
    prints = {
        language: PrintedPicture(svg, text, text, width_cm, language=language)._repr_mimebundle_()
        for language, text in caption.items()
    }
    return _output(prints, {"kind": "chart", "caption": caption})


def _width_px(svg: str) -> float:
    """Return how wide an SVG is, whose width may be in points."""
    found = re.search(r'<svg[^>]*?\bwidth="([\d.]+)(pt)?', svg)
    width = float(found[1]) if found else _DPI * TEXT_WIDTH_CM / CM_PER_INCH
    return width * _DPI / 72 if found and found[2] else width


def _in_svg(png: str) -> str:
    """Return a PNG, in base 64, as an SVG of its size: the one form that a page has pictures in."""
    width, height = struct.unpack(">II", base64.b64decode(png)[16:24])
    data = f"data:{_PNG};base64,{''.join(png.split())}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" xlink:href="{data}"/></svg>'
    )


def _specification(data: Mapping[str, Any], html: str) -> Any:
    """Return what Altair would have a browser draw; None where the output is none of Altair."""
    for name, content in data.items():
        if _VEGA.fullmatch(name):
            return content
    found = _IN_HTML.search(html)
    return json.JSONDecoder().raw_decode(html, found.end() - 1)[0] if found else None


def _drawn(specification: Mapping[str, Any], where: str) -> str:
    """Return a chart of Altair as SVG."""
    try:
        import vl_convert
    except ImportError:
        raise InputError(
            f"{where} shows a chart of Altair, which vl-convert-python draws: install it, as "
            "`closurerate[altair]` does."
        ) from None
    return str(vl_convert.vegalite_to_svg(dict(specification)))
