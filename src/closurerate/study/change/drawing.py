"""Drawing the change between two years; nothing is computed or saved here."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import BACKED, give_room, is_narrow, name_rows

_BAR = 0.56
_COLOURS = {
    "gain": PALETTE.rises, "loss": PALETTE.falls, "definition": PALETTE.context,
    "inside_gain": PALETTE.rises_tint, "inside_loss": PALETTE.falls_tint,
}  # fmt: skip


_EDGES = {"inside_gain": PALETTE.rises, "inside_loss": PALETTE.falls}


def draw_waterfall(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw a change as steps from one level to another, from top to bottom.

    The levels are dots and not bars, so that the axis need not begin at 0; it begins at a number.

    Args:
        frame: In order: `label`, `start`, `end`, `text` and `kind`: `level` (start and end are
            equal), `definition`, or `gain` and `loss`, with `inside_` before them for a step that
            belongs to a larger one.
        xlabel: What is shown, with unit.
    """
    rows = frame.to_dict("records")
    positions = list(range(len(rows)))[::-1]
    for position, row in zip(positions, rows, strict=True):
        if row["kind"] == "level":
            ax.plot(row["end"], position, "o", color=PALETTE.ink, markersize=7)
        else:
            ax.barh(
                position, row["end"] - row["start"], left=row["start"], height=_BAR,
                color=_COLOURS[row["kind"]], edgecolor=_EDGES.get(row["kind"]),
            )  # fmt: skip
        ax.annotate(
            row["text"], (max(row["start"], row["end"]), position), xytext=(6, 0),
            textcoords="offset points", va="center", fontsize=CHART_LABEL_PT, color=PALETTE.ink,
            bbox=BACKED,
        )  # fmt: skip
    for position, row in zip(positions[:-1], rows[:-1], strict=True):
        ax.plot(
            [row["end"]] * 2, [position - _BAR / 2, position - 1 + _BAR / 2],
            color=PALETTE.context, linewidth=0.8,
        )  # fmt: skip
    lowest, highest = frame[["start", "end"]].min().min(), frame[["start", "end"]].max().max()
    width = highest - lowest
    ax.set_xlim(lowest - 0.06 * width, highest + 0.06 * width)
    ax.set_ylim(-0.7, len(rows) - 0.3)
    name_rows(ax, positions, frame["label"])
    ax.set_xlabel(xlabel)
    give_room(ax)
    high = ax.get_xlim()[1]
    ticks = MaxNLocator(4 if is_narrow(ax) else 7, steps=[1, 2, 5, 10]).tick_values(lowest, high)
    ax.set_xticks([tick for tick in ticks if tick <= high])
    ax.set_xlim(ticks[0], high)
    return ax
