"""The rows' headers in a PDF: Typst tags a table's head, and has no tag for a row's first cell."""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject


def with_row_headers(pdf: bytes) -> bytes:
    """Return a tagged PDF whose tables have the first cell of each row as its header.

    What changes is added at the end, as PDF/A allows; the same bytes give the same bytes. A row of
    one cell has none: it is a table's notes.
    """
    writer = PdfWriter(io.BytesIO(pdf), incremental=True)
    for row in _elements(writer.root_object["/StructTreeRoot"], "/TR"):
        first, *others = _children(row)
        if others and first["/S"] == "/TD":
            first[NameObject("/S")] = NameObject("/TH")
            _of_table(first)[NameObject("/Scope")] = NameObject("/Row")
            for cell in others:  # which would name the column's header alone
                _of_table(cell).pop("/Headers", None)
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


def _elements(element: Any, kind: str) -> Iterator[Any]:
    """Return the elements of a kind below one, in order."""
    for child in _children(element):
        if child.get("/S") == kind:
            yield child
        yield from _elements(child, kind)


def _children(element: Any) -> list[Any]:
    """Return the elements right below one, without the content on the page itself."""
    below = element.get("/K", ArrayObject()).get_object()
    every = below if isinstance(below, ArrayObject) else [below]
    resolved = [child.get_object() for child in every if not isinstance(child, int)]
    return [child for child in resolved if isinstance(child, DictionaryObject)]


def _of_table(cell: Any) -> Any:
    """Return what a cell's attributes say of its table."""
    attributes = cell["/A"].get_object()
    every = attributes if isinstance(attributes, ArrayObject) else [attributes]
    return next(one for one in every if one["/O"] == "/Table")
