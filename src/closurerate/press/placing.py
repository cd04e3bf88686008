"""Where labels stand: at the ends of lines, and beside points where nothing else is."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from matplotlib.axes import Axes
from matplotlib.path import Path
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from closurerate.press.print.looks import CHART_LABEL_PT
from closurerate.press.print.style import BACKED, lay_out

_SIDES = ((1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1), (0, 1), (0, -1))
"""Where a label may stand, seen from its point: to the right if it can."""
_BETWEEN = ((1, 2), (1, -2), (-1, 2), (-1, -2), (1, 4), (1, -4), (-1, 4), (-1, -4))
"""Where else with a line to it: sides between those."""
_ASIDE_PT, _FAR_PT = (6.0, 11.0, 17.0), (26.0, 36.0, 48.0)
"""How far from it, and how far with a line to it."""
_ALIGNED = {1: ("left", "bottom"), 0: ("center", "center"), -1: ("right", "top")}
_OUTSIDE, _COVERS, _CROSSES, _FARTHER = 200.0, 100.0, 30.0, 0.25
"""What it costs to stand past the axes, on a label, on a strong line, and a place later."""
_STRONG_PT = 1.2
"""Width of a line from which on a label's ground may not hide it."""
_MARK_PX, _APART_PX, _EDGE_PX = 4.0, 1.5, 6.0
"""Half a mark's width, half the least distance between labels, and that from an edge."""


def place_beside(
    ax: Axes, labels: Sequence[Annotation], clear_of: Iterable[Text] = (),
    along: Iterable[tuple[float, float]] = (),
) -> None:  # fmt: skip
    """Move labels to that side of their points where they cover the least, one after another.

    Those that have a line to their points may stand farther off.

    Args:
        clear_of: Other texts that they must not cover.
        along: Points of the line that the last label names, at any of which it may stand.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    for _ in range(2):  # places settle in two rounds, and an equal aspect only in drawing
        figure.draw_without_rendering()
    taken = [Text.get_window_extent(text) for text in clear_of] + list(_marks(ax))
    lines = list(_lines(ax))
    points = list(along)
    for label in labels:
        at = points if points and label is labels[-1] else [label.xy]
        far = [(aside, side) for aside in _FAR_PT for side in (*_SIDES, *_BETWEEN)]
        places = [*product(_ASIDE_PT, _SIDES), *(far if label.arrow_patch else ())]
        ways = [(point, aside, side) for aside, side in places for point in at]
        costs = [
            _cost(_moved(label, *way), ax, taken, lines) + _FARTHER * rank / len(at)
            for rank, way in enumerate(ways)
        ]
        point, aside, side = ways[costs.index(min(costs))]
        taken.append(_moved(label, point, aside, side))
        if label.arrow_patch:
            label.arrow_patch.set_visible(aside in _FAR_PT)


def _cost(box: Bbox, ax: Axes, taken: Sequence[Bbox], lines: Sequence[tuple[Path, float]]) -> float:
    """Return how unwelcome a label is somewhere."""
    outside = _OUTSIDE * (not _is_within(box, ax.bbox.padded(-_EDGE_PX)))
    covers = _COVERS * sum(box.overlaps(other) for other in taken)
    return (
        outside
        + covers
        + sum(cost for line, cost in lines if line.intersects_bbox(box, filled=False))
    )


def _is_within(box: Bbox, frame: Bbox) -> bool:
    is_across = frame.x0 < box.x0 and box.x1 < frame.x1
    return bool(is_across and frame.y0 < box.y0 and box.y1 < frame.y1)


def _moved(
    label: Annotation, point: tuple[float, float], aside: float, side: tuple[int, int]
) -> Bbox:
    """Return the place of a label once it is moved to a side of a point."""
    across, up = side
    label.xy = point
    label.xyann = (aside * across, aside * up * (1.0 if not across else 0.5))
    upright = _ALIGNED[(up > 0) - (up < 0)][1]
    label.set(horizontalalignment=_ALIGNED[across][0], verticalalignment=upright)
    label.get_window_extent()  # takes the new point into account, and with it a line to it
    return Text.get_window_extent(label).padded(_APART_PX)


def _marks(ax: Axes) -> Iterator[Bbox]:
    """Yield where points are drawn."""
    for line in ax.lines:
        if line.get_marker() not in ("None", None, ""):
            for x, y in ax.transData.transform(line.get_xydata()):
                yield Bbox.from_extents(x, y, x, y).padded(_MARK_PX)


def _lines(ax: Axes) -> Iterator[tuple[Path, float]]:
    """Yield the lines and arrows that are drawn over the grid, and what it costs to cover them."""
    for line in ax.lines:
        if line.get_linestyle() != "None":
            cost = _CROSSES if line.get_linewidth() >= _STRONG_PT else 1.0
            yield line.get_path().transformed(line.get_transform()), cost
    for text in ax.texts:
        if isinstance(text, Annotation) and text.arrow_patch and not text.get_text():
            yield Path(ax.transData.transform([text.xy, text.xyann])), _CROSSES


def hide_covered(ax: Axes, labels: Iterable[Text], by: Iterable[Text]) -> None:
    """Leave out labels on a strong line, or that others or one before them would stand on."""
    boxes = [Text.get_window_extent(text).padded(2) for text in by]
    lines = [line for line, cost in _lines(ax) if cost == _CROSSES]
    for label in labels:
        box = Text.get_window_extent(label)
        is_on_line = any(line.intersects_bbox(box, filled=False) for line in lines)
        if is_on_line or any(box.overlaps(other) for other in boxes):
            label.set_visible(False)
        else:
            boxes.append(box.padded(2))


def label_ends(
    ax: Axes, place: float, levels: Sequence[float], names: Sequence[str],
    colours: Sequence[str], *, side: int = 1,
) -> None:  # fmt: skip
    """Label the ends of lines at the right (`side` 1) or left (-1), and keep the labels apart.

    They may stand outside the axes, whose ends are to be set before.

    Args:
        place: Where along the axis the lines end.
        levels: How high each ends.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    first, last = ax.get_xlim()
    made = [
        ax.annotate(
            name, ((place - first) / (last - first), level), xytext=(8 * side, 0),
            xycoords=("axes fraction", "data"), textcoords="offset points", annotation_clip=False,
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
        bottom = low + box.height + 2 * _APART_PX
