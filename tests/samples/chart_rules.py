"""Rules for what a chart looks like, told of a drawn figure: each fault in words."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

_SLACK_PX = 1.0
LEAST_CONTRAST = 4.5
_STRONG_PT = 1.2
"""Width from which on a line says something, so that a label's ground may not hide it either."""
_ROW_LINES = 1.1
"""How far the names of rows stand apart at least, in heights of their letters."""
_STARTS = ("軸由 {} 起", "axis starts at {}")


@dataclass(frozen=True)
class Label:
    """A text that is seen, and where it stands in the drawn figure."""

    artist: Text
    box: Bbox

    @property
    def written(self) -> str:
        return self.artist.get_text().replace("\n", " ")


def faults_of(figure: Figure) -> list[str]:
    """Return what in a figure is against the rules for charts."""
    figure.draw_without_rendering()
    labels = list(_labels(figure))
    return [
        *_outside(figure, labels), *_collisions(labels), *_pale(labels), *_hyphens(labels),
        *_on_lines(figure, labels), *_keys_of_colour(figure), *_open_roots(labels),
        *_across_frames(figure, labels), *_cut_axes(figure), *_close_rows(figure),
    ]  # fmt: skip


def _labels(figure: Figure) -> Iterator[Label]:
    shown = {id(text) for ax in figure.axes for text in _ticks_out_of_view(ax)}
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in shown:
            if isinstance(text, Annotation) and not text._check_xy(figure._get_renderer()):
                continue
            box = Text.get_window_extent(text)
            yield Label(text, box)


def _ticks_out_of_view(ax: Axes) -> Iterator[Text]:
    """Return the texts of an axis that are not drawn: past its ends, or of one that is off."""
    for axis in (ax.xaxis, ax.yaxis):
        drawn = set(map(id, axis._update_ticks())) if ax.axison and axis.get_visible() else set()
        for tick in (*axis.majorTicks, *axis.minorTicks):
            if id(tick) not in drawn or not tick.label1.get_visible():
                yield tick.label1
            yield tick.label2
        if not ax.axison:
            yield axis.label


def _outside(figure: Figure, labels: list[Label]) -> Iterator[str]:
    whole = figure.bbox
    for label in labels:
        box = label.box
        over = max(whole.x0 - box.x0, box.x1 - whole.x1, whole.y0 - box.y0, box.y1 - whole.y1)
        if over > _SLACK_PX:
            yield f"outside the picture: {label.written!r}"


def _collisions(labels: list[Label]) -> Iterator[str]:
    for one, other in itertools.combinations(labels, 2):
        if one.artist.get_rotation() % 90 or other.artist.get_rotation() % 90:
            continue
        wide = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
        high = min(one.box.y1, other.box.y1) - max(one.box.y0, other.box.y0)
        if wide > -_SLACK_PX and high > 3 * _SLACK_PX:
            yield f"on each other: {one.written!r} and {other.written!r}"


def _pale(labels: list[Label]) -> Iterator[str]:
    for label in labels:
        ratio = contrast(to_rgb(label.artist.get_color()), _behind(label))
        if ratio < LEAST_CONTRAST:
            yield f"contrast {ratio:.2f}: {label.written!r}"


def _behind(label: Label) -> tuple[float, float, float]:
    """Return the colour behind the middle of a label: its box's, a bar's or the paper's."""
    if (patch := label.artist.get_bbox_patch()) is not None:
        return to_rgb(patch.get_facecolor())
    ax = label.artist.axes
    middle = ((label.box.x0 + label.box.x1) / 2, (label.box.y0 + label.box.y1) / 2)
    for bar in reversed(ax.patches if ax is not None else []):
        if isinstance(bar, Rectangle) and bar.get_window_extent().contains(*middle):
            return to_rgb(bar.get_facecolor())
    return (1.0, 1.0, 1.0)


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the contrast of two colours (WCAG 2.2)."""
    light = [np.where((c := np.array(x)) <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
             @ [0.2126, 0.7152, 0.0722] for x in (one, other)]  # fmt: skip
    return float((max(light) + 0.05) / (min(light) + 0.05))


def _hyphens(labels: list[Label]) -> Iterator[str]:
    for label in labels:
        if any(label.written[at : at + 1] == "-" and label.written[at + 1 : at + 2].isdigit()
               for at in range(len(label.written))):  # fmt: skip
            yield f"a hyphen before a digit: {label.written!r}"


def _on_lines(figure: Figure, labels: list[Label]) -> Iterator[str]:
    """Tell of labels that a line runs through: one that says something, or any without a ground."""
    for label in labels:
        ax = label.artist.axes
        if ax is None or label.artist not in ax.texts or label.artist.get_rotation() % 90:
            continue
        least = _STRONG_PT if label.artist.get_bbox_patch() else 0.0
        inner = label.box.padded(-_SLACK_PX)
        if any(
            width >= least and path.intersects_bbox(inner, filled=False)
            for path, width in _lines(ax)
        ):
            yield f"on a line: {label.written!r}"


def _lines(ax: Axes) -> Iterator[tuple[Path, float]]:
    """Yield the lines of a chart as they are drawn, and how wide: of its grid, and its own."""
    axes = (ax.xaxis, ax.yaxis) if ax.axison else ()
    grid = [tick.gridline for axis in axes for tick in axis._update_ticks()]
    for line in (*grid, *ax.lines):
        if line.get_visible() and line.get_linestyle() != "None":
            yield line.get_path().transformed(line.get_transform()), line.get_linewidth()
    for lines in ax.collections:
        if isinstance(lines, LineCollection):
            width = float(np.max(lines.get_linewidth()))
            yield from (
                (path.transformed(lines.get_transform()), width) for path in lines.get_paths()
            )


def _open_roots(labels: list[Label]) -> Iterator[str]:
    """Tell of roots: no font draws the bar over what they are of."""
    yield from (f"a root: {label.written!r}" for label in labels if "√" in label.written)


def _across_frames(figure: Figure, labels: list[Label]) -> Iterator[str]:
    """Tell of labels that an edge runs through which their axes draw."""
    for label in labels:
        ax = label.artist.axes
        if ax is None or label.artist not in ax.texts or not ax.axison:
            continue
        box, (x0, y0, x1, y1) = label.box.padded(-_SLACK_PX), ax.bbox.extents
        edges = {
            "left": (x0, y0, x0, y1), "right": (x1, y0, x1, y1), "bottom": (x0, y0, x1, y0),
            "top": (x0, y1, x1, y1),
        }  # fmt: skip
        if any(
            ax.spines[name].get_visible() and Path(np.reshape(ends, (2, 2))).intersects_bbox(box)
            for name, ends in edges.items()
        ):
            yield f"across the frame: {label.written!r}"


def _cut_axes(figure: Figure) -> Iterator[str]:
    """Tell of axes along which bars stand that begin past nought and do not say so."""
    for ax in figure.axes:
        for bars in ax.containers:
            if not isinstance(bars, BarContainer):
                continue
            axis = ax.xaxis if bars.orientation == "horizontal" else ax.yaxis
            low, high = sorted(axis.get_view_interval())
            told = [start.format(f"{low:g}") for start in _STARTS]
            if low * high > 0 and not any(start in axis.get_label_text() for start in told):
                yield f"an axis from {low:g} that does not say so: {axis.get_label_text()!r}"
                break


def _close_rows(figure: Figure) -> Iterator[str]:
    """Tell of names of rows that stand closer than lines of text do."""
    for ax in figure.axes:
        names = [
            (ax.transData.transform((0, label.get_position()[1]))[1], label)
            for label in ax.get_yticklabels()
            if any(map(str.isalpha, label.get_text())) and label.get_visible() and ax.axison
        ]
        for (low, one), (high, other) in itertools.pairwise(sorted(names, key=lambda n: n[0])):
            lines = (one.get_text().count("\n") + other.get_text().count("\n")) / 2 + 1
            least = _ROW_LINES * lines * one.get_fontsize()
            if 0 < (apart := (high - low) * 72 / figure.dpi) < least:
                written = f"{one.get_text()!r} and {other.get_text()!r}"
                yield f"rows {apart:.1f} pt apart, under {least:.1f}: {written}"


def _keys_of_colour(figure: Figure) -> Iterator[str]:
    """Tell of a key whose marks only their colour tells apart, where labels should stand."""
    keys = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    for key in keys:
        kinds = [_kind(handle) for handle in key.legend_handles]
        if len(set(kinds)) < len(kinds):
            yield f"a key of colours: {[text.get_text() for text in key.get_texts()]}"


def _kind(handle: object) -> tuple[object, ...]:
    if isinstance(handle, Patch | PathCollection | BarContainer):
        return (type(handle),)
    marks = ("get_marker", "get_markerfacecolor", "get_linestyle", "get_markersize")
    return (type(handle), *(str(getattr(handle, name, str)()) for name in marks))
