"""Drawing of the intervals that errors leave; nothing is computed or saved here."""

import pandas as pd
from matplotlib.axes import Axes

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import name_rows


def draw_intervals(frame: pd.DataFrame, ax: Axes, *, xlabel: str, rank: str) -> Axes:
    """Draw how far a value may move, for each branch, and its ranks at the right.

    Args:
        frame: From the top: `label`, `low`, `middle`, `high` (differences from the value as
            recorded), `ranks` (printed), `is_nation`.
        rank: The word above the ranks.
    """
    positions = list(range(len(frame)))[::-1]
    colours = [PALETTE.yardstick if nation else PALETTE.value for nation in frame["is_nation"]]
    ax.axvline(0, color=PALETTE.ink, linewidth=0.8)
    ax.hlines(positions, frame["low"], frame["high"], color=colours, linewidth=2.4)
    ax.scatter(frame["middle"], positions, color=colours, s=18, zorder=3)
    for position, text in zip(positions, frame["ranks"], strict=True):
        ax.annotate(
            text, (1.01, position), xycoords=("axes fraction", "data"), ha="left", va="center",
            fontsize=CHART_LABEL_PT,
        )  # fmt: skip
    ax.annotate(
        rank, (1.01, len(frame) - 0.4), xycoords=("axes fraction", "data"), ha="left",
        va="bottom", fontsize=CHART_LABEL_PT, color=PALETTE.muted,
    )  # fmt: skip
    name_rows(ax, positions, frame["label"])
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.set_xlabel(xlabel)
    return ax
