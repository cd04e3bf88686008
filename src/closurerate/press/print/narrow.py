"""A drawing that is fitted to a phone: long words take several lines, and legends one column."""

from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryLocator
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from closurerate.press.print.markdown import is_wide
from closurerate.press.print.style import give_room

_ROW_CHARACTERS = 18
"""Of a row's name, a Han character counting for two: a third of the width."""
_COLUMNS_CHARACTERS = 44
"""Of the names along an axis, all together."""
_SQUARE = 1.06
"""Height of a figure whose axes have one scale, by its width."""


def fit_narrow(figure: Figure) -> None:
    """Fit a figure that was drawn for a phone: nothing in it runs into its neighbour or out of it.

    Names of rows and columns, titles and axes take more lines where they are too long; legends have
    one column where they are too wide, and room is made for labels beside what they label.
    """
    if any(axes.get_aspect() != "auto" for axes in figure.axes):
        figure.set_figheight(min(figure.get_figheight(), _SQUARE * figure.get_figwidth()))
    for axes in figure.axes:
        _break_names(axes.yaxis, _ROW_CHARACTERS)
        _break_names(axes.xaxis, _COLUMNS_CHARACTERS // max(1, len(axes.get_xticks())))
    figure.draw_without_rendering()
    for legend in [*figure.legends, *(axes.get_legend() for axes in figure.axes)]:
        if legend is not None and legend.get_window_extent().width > figure.bbox.width * 0.98:
            legend.set_ncols(1)
    for axes in figure.axes:
        for text in (axes.xaxis.label, axes.title, *_left_titles(axes)):
            _break(text, axes.bbox.width)
        if axes.get_aspect() == "auto" and axes.get_xscale() == "linear":
            give_room(axes)


def _left_titles(axes: Axes) -> list[Text]:
    return [
        text
        for text in axes.get_children()
        if isinstance(text, Text)
        and text.get_text()
        and text.get_text() == axes.get_title(loc="left")
    ]


def _break_names(axis: Axis, width: int) -> None:
    """Break the names along an axis, where names stand along it and not numbers."""
    if not isinstance(axis.get_major_locator(), FixedLocator | StrCategoryLocator):
        return
    names = [label.get_text() for label in axis.get_ticklabels()]
    if any(map(str.isalpha, "".join(names))):
        axis.set_ticks(axis.get_majorticklocs(), [broken(name, width) for name in names])


def _break(text: Text, width: float) -> None:
    """Break a text that is wider than so many pixels of its figure."""
    found = text.get_window_extent().width
    if text.get_text() and found > width:
        written = text.get_text()
        text.set_text(broken(written, max(8, int(_width(written) * width / found))))


def broken(text: str, width: int) -> str:
    """Return a text on lines of about so many characters, a Han character counting for two."""
    return "\n".join(
        line for given in text.split("\n") for line in (_lines(given, width) or [given])
    )


def _lines(line: str, width: int) -> list[str]:
    if not any(map(is_wide, line)):
        return wrap(line, width, break_long_words=False)
    each, lines = _width(line) / -(-_width(line) // width), [""]
    for character in line:
        if _width(lines[-1]) >= each and character not in "（）()，。：、%":
            lines.append("")
        lines[-1] += character
    return lines


def _width(text: str) -> int:
    return sum(2 if is_wide(character) else 1 for character in text)
