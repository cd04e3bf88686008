"""The style of charts: fonts, sizes and colours as in the report, and room for labels."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from closurerate.press.print.fonts import FAMILIES, SANS, font_path
from closurerate.press.print.labels import labels
from closurerate.press.print.looks import CHART_TEXT_PT, PALETTE, chart_size

_ROUNDS, _PAD_PX = 6, 5.0
"""How often an axis is widened for its labels, and by how much too much."""


@contextmanager
def chart_style(language: str) -> Iterator[None]:
    """Draw with the report's fonts, sizes and colours inside the `with` block.

    Text is taken as it stands: `$` starts no formula, so that a name from the data cannot. Do not
    call seaborn's `set_style` or `set_theme` inside, which put their own font list in place.

    Args:
        language: Language of the chart's text, which chooses the forms of Han characters.

    Raises:
        InputError: If the language is not known.
    """
    labels(language)
    know_fonts()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(chart_parameters(language))
        yield


def know_fonts() -> None:
    """Make the report's fonts known to matplotlib."""
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if str(font_path(family)) not in known:
            font_manager.fontManager.addfont(font_path(family))


def chart_parameters(language: str) -> dict[Any, Any]:
    """Return the report's looks as matplotlib's parameters, for text in a language."""
    return {
        "axes.axisbelow": True,
        "axes.edgecolor": PALETTE.context,
        "axes.formatter.useoffset": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.labelcolor": PALETTE.ink,
        "axes.labelsize": CHART_TEXT_PT,
        "axes.linewidth": 0.6,
        "axes.prop_cycle": cycler(color=[PALETTE.value]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titlesize": CHART_TEXT_PT + 1,
        "figure.constrained_layout.use": True,
        "figure.dpi": 72,
        "figure.figsize": chart_size(),
        "font.family": [SANS],
        "font.size": CHART_TEXT_PT,
        "grid.color": PALETTE.rule,
        "grid.linewidth": 0.5,
        "legend.fontsize": CHART_TEXT_PT,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "patch.linewidth": 0.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "closurerate",
        "text.color": PALETTE.ink,
        "text.language": language,
        "text.parse_math": False,
        "xtick.color": PALETTE.context,
        "xtick.labelcolor": PALETTE.ink,
        "xtick.labelsize": CHART_TEXT_PT,
        "xtick.major.width": 0.6,
        "ytick.color": PALETTE.context,
        "ytick.labelcolor": PALETTE.ink,
        "ytick.labelsize": CHART_TEXT_PT,
        "ytick.major.size": 0,
        "ytick.major.width": 0.6,
    }


BACKED: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
"""What stands behind a label that may come to lie on a line."""


def lay_out(figure: Figure) -> None:
    """Give everything in a figure its place, so that it can be measured, without drawing it."""
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)


def is_narrow(ax: Axes) -> bool:
    """Tell whether axes are drawn for a phone."""
    figure = ax.get_figure(root=True)
    return figure is not None and figure.get_figwidth() < chart_size()[0]


def across(figure: Figure, count: int) -> int:
    """Return how many of a legend's marks stand side by side: one on a phone."""
    return 1 if figure.get_figwidth() < chart_size()[0] else count


def name_rows(
    ax: Axes, positions: Sequence[float], names: Iterable[str], *, size: float = CHART_TEXT_PT
) -> None:
    """Name the rows of a chart at the left, with lines down from the axis below and none across."""
    ax.set_yticks(positions, list(names), fontsize=size)
    ax.tick_params(axis="y", colors=PALETTE.ink)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def _is_beside(label: Text) -> bool:
    """Tell whether a label stands at a place of the axes' own scale."""
    is_placed = not isinstance(label, Annotation) or label.xycoords == "data"
    return bool(label.get_text()) and is_placed


def give_room(ax: Axes) -> None:
    """Widen the horizontal axis until no label beside a point passes either end of it.

    Labels keep their size while the axis grows, so that each round comes nearer.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    for _ in range(_ROUNDS):
        lay_out(figure)
        low, high = ax.get_xlim()
        boxes = [label.get_window_extent() for label in ax.texts if _is_beside(label)]
        if not boxes:
            return
        over_left = ax.bbox.x0 + _PAD_PX - min(box.x0 for box in boxes)
        over_right = max(box.x1 for box in boxes) - ax.bbox.x1
        if over_left <= 0 and over_right <= 0:
            return
        per_pixel = (high - low) / max(ax.bbox.width - max(over_left, 0) - max(over_right, 0), 1)
        ax.set_xlim(
            low - per_pixel * (over_left + _PAD_PX if over_left > 0 else 0),
            high + per_pixel * (over_right + _PAD_PX if over_right > 0 else 0),
        )
