"""How full the pages of a PDF are."""

from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

_POINTS_PER_CM = 72 / 2.54
_TOP, _BOTTOM = (29.7 - 2.9) * _POINTS_PER_CM, 2.5 * _POINTS_PER_CM


def fills(reader: PdfReader) -> list[float]:
    """Return of each page how far down its text reaches, as a share of the text height."""
    return [(_TOP - _lowest(page)) / (_TOP - _BOTTOM) for page in reader.pages]


def heads(reader: PdfReader) -> set[int]:
    """Return the pages, from 0, at whose head a part begins."""
    parts = [item for item in reader.outline if not isinstance(item, list)]
    pages = ((reader.get_destination_page_number(item), item.top) for item in parts)
    return {page for page, top in pages if page is not None and top > _TOP - _POINTS_PER_CM}


def _lowest(page: PageObject) -> float:
    heights = [_TOP]

    def note(text: str, matrix: Any, of_text: Any, *_: object) -> None:
        height = of_text[4] * matrix[1] + of_text[5] * matrix[3] + matrix[5]
        if text.strip() and height >= _BOTTOM - 1:
            heights.append(height)

    page.extract_text(visitor_text=note)
    return min(heights)


def table_rows(reader: PdfReader) -> list[list[DictionaryObject]]:
    """Return the cells of each row of each tagged table."""
    found, waiting = [], [reader.root_object["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop(0).get_object()
        below = element.get("/K", []) if isinstance(element, DictionaryObject) else []
        every = below if isinstance(below, list) else [below]
        children = [child for child in every if not isinstance(child, int)]
        if isinstance(element, DictionaryObject) and element.get("/S") == "/TR":
            found.append([child.get_object() for child in children])
        waiting += children
    return found
