"""The text of a finished PDF as its glyphs stand on the page.

A PDF's text layer runs neighbouring cells together; where a glyph stands does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from closurerate.press.ledger.exempt import FRAME
from closurerate.press.print.looks import PAGE_BOTTOM_CM, PAGE_TOP_CM, PAPER_CM, POINTS_PER_CM

_GAP = 0.1
"""Of the size of the type: from so much room on, two glyphs are of two words."""
_SHIFT = 0.2
"""Of the size of the type: from so much up or down, two glyphs are of two words."""
_NAME_LENGTH = 200
_BOTTOM_PT = (PAGE_BOTTOM_CM - 0.3) * POINTS_PER_CM
_TOP_PT = (PAPER_CM - PAGE_TOP_CM + 0.3) * POINTS_PER_CM
"""Between which heights a page has its text; above and below stand its head and foot."""
MATHS = "math"
"""What the words of a set formula stand inside of, as in `press.ledger.numerals.FoundNumeral`."""


@dataclass(frozen=True)
class Glyph:
    """A character on a page: where it stands, in points from the lower left, and its type."""

    text: str
    left: float
    right: float
    base: float
    size: float
    font: str

    def follows(self, before: "Glyph") -> bool:
        """Return whether it goes on with the word of the glyph before."""
        size = max(self.size, before.size)
        return (
            abs(self.base - before.base) < _SHIFT * size
            and -size < self.left - before.right < _GAP * size
        )


@dataclass(frozen=True)
class Words:
    """Glyphs of one kind that follow each other.

    Args:
        inside: What they are part of, as of a `FoundNumeral`: a formula, or the page's frame.
    """

    text: str
    inside: tuple[str, ...]


def printed_words(pdf: bytes) -> Iterator[list[Words]]:
    """Go through the pages of a PDF: of each the words in the order in which they were set."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield [
                Words("".join(_spaced(glyphs)), inside)
                for inside, glyphs in groupby(_glyphs(page), _inside)
            ]
    finally:
        document.close()


def _inside(glyph: Glyph) -> tuple[str, ...]:
    if not _BOTTOM_PT < glyph.base < _TOP_PT:
        return (FRAME,)
    return (MATHS,) if "Math" in glyph.font else ()


def _spaced(glyphs: Iterable[Glyph]) -> Iterator[str]:
    """Give the characters of glyphs, and a space where two are of two words."""
    before = None
    for glyph in glyphs:
        if before is not None and not glyph.follows(before):
            yield " "
        yield glyph.text
        before = glyph


def _glyphs(page: pypdfium2.PdfPage) -> Iterator[Glyph]:
    layer = page.get_textpage()
    box = pdfium.FS_RECTF()
    name, flags = (pdfium.c_char * _NAME_LENGTH)(), pdfium.c_int()
    for place in range(layer.count_chars()):
        if pdfium.FPDFText_IsGenerated(layer, place):
            continue
        pdfium.FPDFText_GetLooseCharBox(layer, place, box)
        pdfium.FPDFText_GetFontInfo(layer, place, name, _NAME_LENGTH, flags)
        size = pdfium.FPDFText_GetFontSize(layer, place)
        yield Glyph(
            _character(pdfium.FPDFText_GetUnicode(layer, place)),
            box.left,
            box.right,
            _baseline(layer, place),
            size,
            name.value.decode("ascii", "replace"),
        )


def _baseline(layer: Any, place: int) -> float:
    across, up = pdfium.c_double(), pdfium.c_double()
    pdfium.FPDFText_GetCharOrigin(layer, place, across, up)
    return float(up.value)


def _character(unit: int) -> str:
    """Return a character; of one beyond the first plane, such as a letter of a formula, a mark."""
    return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= unit < 0xE000 else chr(unit)
