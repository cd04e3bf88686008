"""How a table is fitted to the page: text size, width, and the share of each column.

Typst and browsers could each find widths of their own, but neither keeps a wide table on paper;
so the widths are estimated here once, from the printed text, for both.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from closurerate.errors import InputError
from closurerate.press.print.escape import set_spaces
from closurerate.press.print.looks import (
    KEY_VALUE_PT,
    POINTS_PER_CM,
    SMALLEST_TABLE_TEXT_PT,
    TABLE_TEXT_PT,
    TEXT_WIDTH_CM,
)
from closurerate.press.print.markdown import is_wide

TEXT_WIDTH_PT = TEXT_WIDTH_CM * POINTS_PER_CM
CELL_PADDING_PT = 4.0
"""White space at each side of a cell."""
_CARD_PADDING_PT = 26.0
_STRETCH = 1.6
"""A table is set at most so much wider than its text needs, lest the eye lose the row."""
_NARROWEST = 0.5
_WIDE_WORD_EM = 4.0
"""Han text may break anywhere, but not into a ladder of single characters."""
_SAFETY = 1.04
_SIZES_PT = tuple(
    half / 2 for half in range(int(2 * TABLE_TEXT_PT), int(2 * SMALLEST_TABLE_TEXT_PT) - 1, -1)
)
_LINE_EM = 1.45
_ROW_GAP_EM = 0.84
_WHOLE_HEIGHT_PT = 12 * POINTS_PER_CM
"""A table of at most half a page is not broken: less white space is lost than reading."""
_CAPTION_PT = 24
_SLIM_EM = 26.0
_SCREEN_PADDING_EM = 1.2
"""Width of a phone in a table's text, and the white space of a cell there."""


@dataclass(frozen=True)
class TableLayout:
    """A table's measures in print, and whether it fits a phone.

    Attributes:
        text_pt: Size of its text, points.
        share: Its width as a share of the text width, 0 to 1.
        columns: Each column's share of the table's width; they sum to 1.
        is_slim: Whether it is read on a phone as it stands; others have a card for each row there.
        is_whole: Whether it is short enough to be kept on one page.
        start_pt: Height of its caption, head and first two rows, points.
    """

    text_pt: float
    share: float
    columns: tuple[float, ...]
    is_slim: bool
    is_whole: bool
    start_pt: float


def table_layout(
    rows: Sequence[Sequence[str]], widths: Sequence[float | None], where: str
) -> TableLayout:
    """Fit a table to the text width.

    Args:
        rows: All rows, header first, as printed; a cell may have several lines.
        widths: Share of the text width that a column is to have; None where its text decides. A
            column is never narrower than its longest word: first the text gets smaller for it, and
            then the others narrower.

    Raises:
        InputError: If the columns do not fit, even in the smallest text.
    """
    columns = [[row[position] for row in rows] for position in range(len(widths))]
    natural = [max(_natural_em(cell) for cell in column) * _SAFETY for column in columns]
    least = [max(_least_em(cell) for cell in column) * _SAFETY for column in columns]
    for is_kept, size in product((True, False), _SIZES_PT):
        words = _points(least, size)
        wanted = [
            text if width is None else max(word, width * TEXT_WIDTH_PT)
            for text, word, width in zip(_points(natural, size), words, widths, strict=True)
        ]
        needed = [
            want if width is not None and is_kept else word
            for want, word, width in zip(wanted, words, widths, strict=True)
        ]
        if sum(needed) > TEXT_WIDTH_PT:
            continue
        points = _distribute(wanted, needed, widths)
        return TableLayout(
            text_pt=size,
            share=round(sum(points) / TEXT_WIDTH_PT, 4),
            columns=tuple(round(width / sum(points), 4) for width in points),
            is_slim=sum(least) + _SCREEN_PADDING_EM * len(least) <= _SLIM_EM,
            is_whole=_height_pt(rows, points, size) <= _WHOLE_HEIGHT_PT,
            start_pt=_CAPTION_PT + round(_height_pt(rows[:3], points, size)),
        )
    raise InputError(
        f"{where}: its {len(widths)} columns do not fit a page's {TEXT_WIDTH_CM:g} cm: shorten "
        "their words, or make two tables of it."
    )


def _points(ems: Sequence[float], size: float) -> list[float]:
    """Return the columns' widths in points, with padding."""
    return [em * size + 2 * CELL_PADDING_PT for em in ems]


def key_value_pt(values: Sequence[str]) -> float:
    """Return the size, points, at which the values of headline figures fit their cards."""
    in_a_row = len(values) if len(values) < 6 else 3
    card = TEXT_WIDTH_PT / in_a_row - _CARD_PADDING_PT
    widest = max(_natural_em(value) for value in values)
    return float(min(KEY_VALUE_PT, math.floor(2 * card / widest) / 2))


def _distribute(
    wanted: list[float], needed: list[float], widths: Sequence[float | None]
) -> list[float]:
    """Give every column what it wants and a part of the rest, or what it needs and a part.

    A given width makes the table as wide as the text.
    """
    if sum(wanted) > TEXT_WIDTH_PT:
        spare = TEXT_WIDTH_PT - sum(needed)
        asked = sum(wanted) - sum(needed)
        return [
            need + (want - need) * spare / asked for want, need in zip(wanted, needed, strict=True)
        ]
    pairs = list(zip(wanted, widths, strict=True))
    given = sum(want for want, width in pairs if width is not None)
    free = sum(want for want, width in pairs if width is None)
    total = TEXT_WIDTH_PT if given else max(_STRETCH * free, _NARROWEST * TEXT_WIDTH_PT)
    factor = (min(TEXT_WIDTH_PT, total) - given) / free if free else 1.0
    return [want * factor if width is None else want for want, width in pairs]


def _height_pt(rows: Sequence[Sequence[str]], points: Sequence[float], size: float) -> float:
    """Estimate a table's height from how often its cells' lines must turn."""
    lines = 0
    for row in rows:
        lines += max(
            sum(
                math.ceil(max(_width_em(line) * size, 1.0) / max(width - 2 * CELL_PADDING_PT, size))
                for line in cell.split("\n")
            )
            for cell, width in zip(row, points, strict=True)
        )
    return lines * _LINE_EM * size + len(rows) * _ROW_GAP_EM * size


def _natural_em(cell: str) -> float:
    return max(1.0, *(_width_em(line) for line in cell.split("\n")))


def _least_em(cell: str) -> float:
    """Width of the longest piece that must not break: a word, a number, a few Han characters."""
    pieces = re.split(r"[ \t\n\u2e80-\u9fff\uff00-\uffef]+", set_spaces(cell))
    return max(
        1.0,
        max(_width_em(piece) for piece in pieces),
        min(_natural_em(cell), _WIDE_WORD_EM if any(map(is_wide, cell)) else 0.0),
    )


def _width_em(text: str) -> float:
    """Estimate a text's width in the Sans, in em."""
    return sum(_character_em(character) for character in text)


def _character_em(character: str) -> float:
    if not character.isascii():
        return 1.0
    if character in " .,:;'|!()[]/-il":
        return 0.34
    if character in "MW%@mw":
        return 0.92
    return 0.64 if character.isupper() else 0.56
