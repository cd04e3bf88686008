"""Drawings of an ensemble: what thresholds do in each world, and how far ranks vary."""

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import name_rows
from closurerate.quantity import signed


def draw_strips(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw a row of dots, one a world, for each change.

    Args:
        frame: From the top: `label`, `text` (the range, printed), `values` (list of floats).
    """
    positions = list(range(len(frame)))[::-1]
    ax.axvline(0, color=PALETTE.context, linewidth=0.8)
    pairs = [(x, y) for y, row in zip(positions, frame["values"], strict=True) for x in row]
    ax.plot(*zip(*pairs, strict=True), "o", color=PALETTE.value, markersize=5.5, alpha=0.3,
            markeredgewidth=0)  # fmt: skip
    for position, text in zip(positions, frame["text"], strict=True):
        ax.annotate(
            text, (1.01, position), xycoords=("axes fraction", "data"), va="center",
            fontsize=CHART_LABEL_PT, annotation_clip=False,
        )  # fmt: skip
    ax.xaxis.set_major_formatter(FuncFormatter(lambda tick, _: _change(tick)))
    return _dressed(ax, frame, xlabel)


def _change(tick: float) -> str:
    """Return a change along an axis, with its sign and the digits that it has."""
    value = Fraction(f"{tick:.6g}")
    return signed(value, 0 if value.denominator == 1 else len(f"{tick:.6g}".partition(".")[2]))


def draw_rank_ranges(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw each branch's range of ranks as a bar.

    Args:
        frame: From the top: `label`, `best`, `worst`.
    """
    positions = list(range(len(frame)))[::-1]
    ax.hlines(
        positions, frame["best"], frame["worst"], color=PALETTE.rule, linewidth=7, zorder=1
    )  # below the word of made-up cases
    ax.set_xticks(range(1, len(frame) + 1))
    return _dressed(ax, frame, xlabel)


def _dressed(ax: Axes, frame: pd.DataFrame, xlabel: str) -> Axes:
    """Name the rows, from the top, and the axis."""
    name_rows(ax, range(len(frame))[::-1], frame["label"], size=CHART_LABEL_PT)
    ax.set_ylim(-0.7, len(frame) - 0.3)
    ax.set_xlabel(xlabel)
    return ax
