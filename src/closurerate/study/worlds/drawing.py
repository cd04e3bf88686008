"""Drawings of an ensemble: what thresholds do in each world, and how far ranks vary."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import across, name_rows

_RING: dict[str, Any] = {
    "markerfacecolor": "none",
    "markersize": 7,
    "markeredgecolor": PALETTE.yardstick,
    "markeredgewidth": 1.4,
}
"""The world of the assumptions as declared, which is the synthetic extract."""


def draw_strips(frame: pd.DataFrame, ax: Axes, *, xlabel: str, marks: Sequence[str]) -> Axes:
    """Draw a row of dots, one a world, for each change, with the declared world as a ring.

    Args:
        frame: From the top: `label`, `text` (the range, printed), `values` (list of floats),
            `base`.
        marks: Names of the ring and of the dots.
    """
    positions = list(range(len(frame)))[::-1]
    ax.axvline(0, color=PALETTE.context, linewidth=0.8)
    pairs = [(x, y) for y, row in zip(positions, frame["values"], strict=True) for x in row]
    each = ax.plot(*zip(*pairs, strict=True), "o", color=PALETTE.value, markersize=4.5, alpha=0.3,
                   markeredgewidth=0)  # fmt: skip
    ring = ax.plot(frame["base"], positions, "o", **_RING)
    for position, text in zip(positions, frame["text"], strict=True):
        ax.annotate(
            text, (1.01, position), xycoords=("axes fraction", "data"), va="center",
            fontsize=CHART_LABEL_PT, annotation_clip=False,
        )  # fmt: skip
    return _dressed(ax, frame, xlabel, [*ring, *each], marks)


def draw_rank_ranges(frame: pd.DataFrame, ax: Axes, *, xlabel: str, marks: Sequence[str]) -> Axes:
    """Draw each branch's range of ranks as a bar, its median, and its declared rank as a ring.

    Args:
        frame: From the top: `label`, `best`, `worst`, `median`, and `base` where it has rings.
        marks: Names of the ring if there is one, of the bar and of the median.
    """
    positions = list(range(len(frame)))[::-1]
    bars = ax.hlines(
        positions, frame["best"], frame["worst"], color=PALETTE.rule, linewidth=7, zorder=1
    )  # below the word of made-up cases
    median = ax.plot(frame["median"], positions, "|", color=PALETTE.value, markersize=11,
                     markeredgewidth=2.2)  # fmt: skip
    ring = ax.plot(frame["base"], positions, "o", **_RING) if "base" in frame else []
    ax.set_xticks(range(1, len(frame) + 1))
    return _dressed(ax, frame, xlabel, [*ring, bars, *median], marks)


def _dressed(
    ax: Axes, frame: pd.DataFrame, xlabel: str, handles: list[Artist], marks: Sequence[str]
) -> Axes:
    """Name the rows, from the top, the axis, and above the chart what the marks mean."""
    name_rows(ax, range(len(frame))[::-1], frame["label"])
    ax.set_ylim(-0.7, len(frame) - 0.3)
    ax.set_xlabel(xlabel)
    figure = ax.get_figure(root=True)
    assert figure is not None
    ax.legend(
        handles, marks, loc="lower left", bbox_to_anchor=(0, 1), ncols=across(figure, len(marks)),
        fontsize=CHART_LABEL_PT, borderaxespad=0.2, handletextpad=0.4, columnspacing=1.4,
        handlelength=1.2,
    )  # fmt: skip
    return ax
