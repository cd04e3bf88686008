"""How a table is fitted to the page: text size, width, and the share of each column.

Typst and browsers could each find widths of their own, but neither keeps a wide table on paper;
so the widths are estimated here once, from the printed text, for both.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from typing import Any

import numpy as np

from closurerate.errors import InputError
from closurerate.press.print.escape import typeset
from closurerate.press.print.looks import (
    KEY_VALUE_PT,
    POINTS_PER_CM,
    SMALLEST_TABLE_TEXT_PT,
    TABLE_TEXT_PT,
    TEXT_WIDTH_CM,
)
from closurerate.press.print.markdown import is_wide
from closurerate.press.print.maths import held_together

TEXT_WIDTH_PT = TEXT_WIDTH_CM * POINTS_PER_CM
CELL_PADDING_PT = 4.0
"""White space at each side of a cell."""
KEPT_ROWS = 4
"""Rows of a broken table that stand together at its start, and at its end."""
_CARD_PADDING_PT = 26.0
_STRETCH = 1.6
"""A table is set at most so much wider than its text needs, lest the eye lose the row."""
_NARROWEST, _NEARLY_WHOLE = 0.5, 0.75
"""Of the text width; a table that is nearly as wide as the text is as wide."""
_WIDE_WORD_EM = 4.0
"""Han text may break anywhere, but not into a ladder of single characters."""
_SAFETY = 1.04
_AMOUNT = re.compile(r"[\d,.]+(?:\xa0W\xa0[\d,.]+)*[ \xa0]?[萬億餘件元天組]{1,3}")
_SIZES_PT = tuple(
    half / 2 for half in range(int(2 * TABLE_TEXT_PT), int(2 * SMALLEST_TABLE_TEXT_PT) - 1, -1)
)
_SIZES_TRIED, _LARGE_TEXT = 3, 0.24
"""Sizes that are compared, and what a point more of text is worth, of the table's height."""
_STEPS = 16
"""Widths that are tried of a column, between its longest word and its longest line."""
_LEAST_SAVED = 0.005
_OWN_LINES = 0.01
"""What a line less in one cell is worth where its row stays as high."""
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
        start_pt: Height of its caption, head and first rows, points.
    """

    text_pt: float
    share: float
    columns: tuple[float, ...]
    is_slim: bool
    is_whole: bool
    start_pt: float


def table_layout(rows: Sequence[Sequence[str]], where: str) -> TableLayout:
    """Fit a table to the text width, as low as it can be set.

    Args:
        rows: All rows, header first, as printed; a cell may have several lines.

    Raises:
        InputError: If the columns' longest words do not fit, even in the smallest text.
    """
    rows = [[_measured(cell) for cell in row] for row in rows]
    columns = list(zip(*rows, strict=True))
    natural = [max(map(_natural_em, column)) * _SAFETY for column in columns]
    least = [max(map(_least_em, column)) * _SAFETY for column in columns]
    found = []
    for size in _SIZES_PT:
        room = (TEXT_WIDTH_PT - 2 * CELL_PADDING_PT * len(columns)) / size
        if sum(least) > room:
            continue
        is_low = sum(natural) <= room
        widths = natural if is_low else _lowest(columns, least, natural, room)
        points = [em * size + 2 * CELL_PADDING_PT for em in widths]
        total = max(_STRETCH * sum(points), _NARROWEST * TEXT_WIDTH_PT)
        total = total if total < _NEARLY_WHOLE * TEXT_WIDTH_PT else TEXT_WIDTH_PT
        points = [width * total / sum(points) for width in points]
        height = _height_pt(rows, points, size)
        worth = height * (1 + _LARGE_TEXT * (_SIZES_PT[0] - size))
        found.append((worth, -size, size, points, height))
        if is_low or len(found) == _SIZES_TRIED:
            break
    if not found:
        raise InputError(
            f"{where}: its {len(columns)} columns do not fit a page's {TEXT_WIDTH_CM:g} cm: "
            "shorten their words, or make two tables of it."
        )
    *_, size, points, height = min(found)
    total = sum(points)
    return TableLayout(
        text_pt=size,
        share=round(total / TEXT_WIDTH_PT, 4),
        columns=tuple(round(width / total, 4) for width in points),
        is_slim=sum(least) + _SCREEN_PADDING_EM * len(least) <= _SLIM_EM,
        is_whole=height <= _WHOLE_HEIGHT_PT,
        start_pt=_CAPTION_PT + round(_height_pt(rows[: 1 + KEPT_ROWS], points, size)),
    )


def _measured(cell: str) -> str:
    """Return a cell's text as its width is measured: what does not break has no Han character."""
    return re.sub("\xa0[至×億萬](?=\xa0)", "\xa0W", typeset(held_together(cell)))


def key_value_pt(values: Sequence[str]) -> float:
    """Return the size, points, at which the values of headline figures fit their cards."""
    in_a_row = len(values) if len(values) < 6 else 3
    card = TEXT_WIDTH_PT / in_a_row - _CARD_PADDING_PT
    widest = max(_natural_em(value) for value in values)
    return float(min(KEY_VALUE_PT, math.floor(2 * card / widest) / 2))


def _lowest(
    columns: Sequence[Sequence[str]], least: list[float], natural: list[float], room: float
) -> list[float]:
    """Return widths, em, that fill the room and turn as few lines as can be found.

    Each column starts as wide as its longest word; then, again and again, the change that saves
    most lines is made: a column is widened, from what is left or from what another gives.
    """
    ems = np.array(
        [np.geomspace(low, high, _STEPS) for low, high in zip(least, natural, strict=True)]
    )
    lines = np.array(
        [
            [[_lines(cell, em / _SAFETY) for cell in column] for em in widths]
            for column, widths in zip(columns, ems, strict=True)
        ]
    )
    every = np.arange(len(columns))
    at = np.zeros(len(columns), dtype=int)
    while True:
        spare = room - ems[every, at].sum()
        best, change = _cost(lines[every, at]) - _LEAST_SAVED, None
        for giving, taking in product((None, *every), every):
            for given in range(at[giving]) if giving is not None else (0,):
                trial = at.copy()
                gained = spare
                if giving is not None:
                    trial[giving] = given
                    gained += ems[giving, at[giving]] - ems[giving, given]
                reach = ems[taking, at[taking]] + gained
                trial[taking] = np.searchsorted(ems[taking], reach, side="right") - 1
                if trial[taking] > at[taking] and giving != taking:
                    cost = _cost(lines[every, trial])
                    if cost < best:
                        best, change = cost, trial
        if change is None:
            widths = ems[every, at]
            return [float(width * room / widths.sum()) for width in widths]
        at = change


def _cost(lines: Any) -> float:
    """Return the height, in lines, of rows of which these are the cells' lines, by column."""
    return float(lines.max(axis=0).sum() + _OWN_LINES * lines.sum())


def _height_pt(rows: Sequence[Sequence[str]], points: Sequence[float], size: float) -> float:
    """Estimate a table's height from how often its cells' lines must turn."""
    rooms = [max(width - 2 * CELL_PADDING_PT, size) / size for width in points]
    lines = sum(
        max(_lines(cell, room) for cell, room in zip(row, rooms, strict=True)) for row in rows
    )
    return lines * _LINE_EM * size + len(rows) * _ROW_GAP_EM * size


def _lines(cell: str, room: float) -> int:
    """Count the lines of a cell that has so much room, em."""
    count = 0
    for line in cell.split("\n"):
        count += 1
        if _width_em(line) <= room:
            continue
        ends = list(accumulate(map(_width_em, _pieces(line))))
        start, done = 0, 0.0
        while (start := max(start + 1, bisect_right(ends, done + room))) < len(ends):
            count += 1
            done = ends[start - 1]
    return count


def _pieces(line: str) -> list[str]:
    """Return what a line may be broken between: words, and Han characters."""
    return re.findall(r"[\u2e80-\u9fff\uff00-\uffef]|[^ \u2e80-\u9fff\uff00-\uffef]+ ?| ", line)


def _natural_em(cell: str) -> float:
    return max(1.0, *(_width_em(line) for line in cell.split("\n")))


def _least_em(cell: str) -> float:
    """Width of the longest piece that must not break: a word, a number, a few Han characters."""
    pieces = re.split(r"[ \t\n\u2e80-\u9fff\uff00-\uffef]+", cell)
    return max(
        1.0,
        max(_width_em(piece) for piece in (*pieces, *_AMOUNT.findall(cell))),
        min(_natural_em(cell), _WIDE_WORD_EM if any(map(is_wide, cell)) else 0.0),
    )


def _width_em(text: str) -> float:
    """Estimate a text's width in the Sans, in em."""
    return sum(_character_em(character) for character in text)


def _character_em(character: str) -> float:
    if character in "−–×÷±≤≥·√τ†":
        return 0.58
    if not character.isascii() and character != "\xa0":
        return 1.0
    if character in "\xa0 .,:;'|!()[]/-il":
        return 0.34
    if character in "MW%@mw":
        return 0.92
    return 0.64 if character.isupper() else 0.56
