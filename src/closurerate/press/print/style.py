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
from matplotlib.transforms import Bbox

from closurerate.press.print.fonts import FAMILIES, SANS, font_path
from closurerate.press.print.labels import labels
from closurerate.press.print.looks import CHART_LABEL_PT, CHART_TEXT_PT, PALETTE, chart_size

_RISES = (0, 10, -10, 20, -20)
"""By how many points a label may be moved to stand clear."""
_OTHER_SIDE = {"left": "right", "right": "left"}
_ROUNDS, _PAD_PX = 4, 3.0
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
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for family in FAMILIES:
        if str(font_path(family)) not in known:
            font_manager.fontManager.addfont(font_path(family))
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_chart_parameters(language))
        yield


def _chart_parameters(language: str) -> dict[Any, Any]:
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


def across(figure: Figure, count: int) -> int:
    """Return how many of a legend's marks stand side by side: one on a phone."""
    return 1 if figure.get_figwidth() < chart_size()[0] else count


def name_rows(ax: Axes, positions: Sequence[float], names: Iterable[str]) -> None:
    """Name the rows of a chart at the left, with lines down from the axis below and none across."""
    ax.set_yticks(positions, list(names))
    ax.tick_params(axis="y", colors=PALETTE.ink)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)


def label_ends(
    ax: Axes, place: float, levels: Sequence[float], names: Sequence[str],
    colours: Sequence[str], *, side: int = 1,
) -> None:  # fmt: skip
    """Label the ends of lines at the right (`side` 1) or left (-1), and keep the labels apart.

    Args:
        place: Where along the axis the lines end.
        levels: How high each ends.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    made = [
        ax.annotate(
            name, (place, level), xytext=(8 * side, 0), textcoords="offset points",
            color=colour, fontsize=CHART_LABEL_PT, ha="left" if side > 0 else "right", va="center",
            bbox=BACKED,
        )
        for level, name, colour in zip(levels, names, colours, strict=True)
    ]  # fmt: skip
    lay_out(figure)
    points_per_pixel, bottom = 72 / figure.dpi, -float("inf")
    for label in sorted(made, key=lambda label: label.xy[1]):
        box = label.get_window_extent()
        low = max(box.y0, bottom)
        label.xyann = (8 * side, (low - box.y0) * points_per_pixel)
        bottom = low + box.height


def _is_beside(label: Text) -> bool:
    """Tell whether a label stands at a place of the axes' own scale."""
    is_placed = not isinstance(label, Annotation) or label.xycoords == "data"
    return bool(label.get_text()) and is_placed


def keep_apart(labels: Sequence[Annotation]) -> None:
    """Move labels beside their points, up or down or to the other side, off those before them."""
    placed: list[Bbox] = []
    for label in labels:
        across, up = label.xyann
        side = label.get_horizontalalignment()
        ways = [(sign, rise) for rise in _RISES for sign in (1, -1)]
        for sign, rise in ways:
            label.xyann = (sign * across, up + rise)
            label.set(horizontalalignment=side if sign > 0 else _OTHER_SIDE.get(side, side))
            box = label.get_window_extent()
            if not any(box.overlaps(other) for other in placed):
                break
        placed.append(box)


def hide_covered(labels: Iterable[Text], by: Sequence[Text]) -> None:
    """Leave out labels that others would stand on."""
    boxes = [Text.get_window_extent(text).padded(2) for text in by]
    for label in labels:
        if any(label.get_window_extent().overlaps(box) for box in boxes):
            label.set_visible(False)


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
        over_left = ax.bbox.x0 - min(box.x0 for box in boxes)
        over_right = max(box.x1 for box in boxes) - ax.bbox.x1
        if over_left <= 0 and over_right <= 0:
            return
        per_pixel = (high - low) / max(ax.bbox.width - max(over_left, 0) - max(over_right, 0), 1)
        ax.set_xlim(
            low - per_pixel * (over_left + _PAD_PX if over_left > 0 else 0),
            high + per_pixel * (over_right + _PAD_PX if over_right > 0 else 0),
        )
