"""A drawing that is fitted to a phone: long words take several lines, and labels find room."""

import re
from collections.abc import Sequence
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from closurerate.press.print.markdown import is_wide
from closurerate.press.print.style import give_room, lay_out

_ROW_CHARACTERS = 20
"""Of a row's name, a Han character counting for two: a third of the width."""
_COLUMNS_CHARACTERS = 44
"""Of the names along an axis, all together."""
_LINE_PT, _HIGHEST = 11.5, 2.0
"""Height of a line of a row's name, and how much higher a figure may become for them."""
_PARTS = re.compile(r"[\x21-\u024f]+ ?|.")
"""A Han character, or a word or number with the space behind it: what stays on one line."""
_UNEVEN, _NEVER = 6, 1000
"""By how many characters lines may differ for the sake of what ends on them, and not at all."""
_SQUARE = 1.06
"""Height of a figure whose axes have one scale, by its width."""


def fit_narrow(figure: Figure) -> None:
    """Fit a figure that was drawn for a phone: nothing in it runs into its neighbour or out of it.

    Names of rows and columns, titles and axes take more lines where they are too long, and room is
    made for labels beside what they label.
    """
    if any(axes.get_aspect() != "auto" for axes in figure.axes):
        figure.set_figheight(min(figure.get_figheight(), _SQUARE * figure.get_figwidth()))
    for axes in figure.axes:
        _break_names(axes.yaxis, _ROW_CHARACTERS)
        _break_names(axes.xaxis, _COLUMNS_CHARACTERS // max(1, len(axes.get_xticks())))
    lay_out(figure)
    _make_high(figure)
    for axes in figure.axes:
        for text in (axes.xaxis.label, *_left_titles(axes)):
            _break(text, text.get_window_extent().width, axes.bbox.width)
        label = axes.yaxis.label
        _break(label, label.get_window_extent().height, axes.bbox.height)
        if axes.get_aspect() == "auto" and axes.get_xscale() == "linear":
            give_room(axes)


def _left_titles(axes: Axes) -> list[Text]:
    """Return an axes' title, where the style places it; it has no other way to it."""
    title = axes.get_title(loc="left")
    texts = (child for child in axes.get_children() if isinstance(child, Text))
    return [text for text in texts if title and text.get_text() == title]


def _make_high(figure: Figure) -> None:
    """Make a figure as high as the lines of its rows' names need."""
    needed = 1.0
    for axes in figure.axes:
        names = [label.get_text() for label in axes.get_yticklabels()]
        lines = len(names) * max((name.count("\n") + 1 for name in names), default=0)
        needed = max(needed, lines * _LINE_PT * figure.dpi / 72 / axes.bbox.height)
    figure.set_figheight(figure.get_figheight() * min(needed, _HIGHEST))


def _break_names(axis: Axis, width: int) -> None:
    """Break the names along an axis, where names stand along it and not numbers."""
    if not isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator):
        return
    names = [label.get_text() for label in axis.get_ticklabels()]
    if any(map(str.isalpha, "".join(names))):
        axis.set_ticks(axis.get_majorticklocs(), [broken(name, width) for name in names])


def _break(text: Text, length: float, room: float) -> None:
    """Break a text that is longer than there is room for, both in pixels."""
    written = text.get_text()
    if written and length > room:
        text.set_text(broken(written, max(8, int(_width(written) * room / length))))


def broken(text: str, width: int) -> str:
    """Return a text on lines of about so many characters, a Han character counting for two."""
    return "\n".join(
        line for given in text.split("\n") for line in (_lines(given, width) or [given])
    )


def _lines(line: str, width: int) -> list[str]:
    """Return a line as lines of like length, broken where words or clauses end."""
    count = -(-_width(line) // width)
    if not any(map(is_wide, line)):
        tried = [wrap(line, most, break_long_words=False) for most in range(width // 2, width + 1)]
        return next(lines for lines in tried if len(lines) <= len(tried[-1]))
    if count < 2:
        return [line]
    each, parts = _width(line) / count, _PARTS.findall(line)
    ends = range(1, len(parts)) if len(parts) > 1 else [1]
    cost = {end: _cost(parts, end) + abs(_width("".join(parts[:end])) - each) for end in ends}
    end = min(cost, key=cost.__getitem__)
    first, rest = "".join(parts[:end]).rstrip(), "".join(parts[end:]).lstrip()
    return [first, *(_lines(rest, max(width, int(each) + 1)) if rest else [])]


def _cost(parts: Sequence[str], end: int) -> int:
    """Return how unwelcome a line's end is before a part: least where a clause ends."""
    last, following = parts[end - 1].rstrip()[-1:], parts[end][:1] if end < len(parts) else ""
    if last in "（(" or following in "）)，。：、；／%":
        return _NEVER
    return 0 if last in "：，、；／" or following in "（(" else _UNEVEN


def _width(text: str) -> int:
    return sum(2 if is_wide(character) else 1 for character in text)
