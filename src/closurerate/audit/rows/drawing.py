"""Drawings of what lies inside windows; nothing is computed or saved here."""

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes

from closurerate.press.heard import announced
from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import BACKED
from closurerate.quantity import Quantity, number


def draw_windows(frame: pd.DataFrame, ax: Axes, *, xlabel: str, ylabel: str, title: str) -> Axes:
    """Draw the share inside each window as a dot with its interval, the one in question in colour.

    Args:
        frame: In order along the axis: `label`, `value`, `low`, `high` (percent), `is_own`.
    """
    for position, row in enumerate(frame.to_dict("records")):
        colour = PALETTE.value if row["is_own"] else PALETTE.context
        ax.vlines(position, row["low"], row["high"], color=colour, linewidth=1.4)
        ax.plot(position, row["value"], "o", color=colour, markersize=6 if row["is_own"] else 4)
        if row["is_own"]:
            value = Quantity(Fraction(row["value"]), "percent", 1)
            ax.annotate(
                announced(number(value.value, 1), value), (position, row["high"]), xytext=(0, 3),
                textcoords="offset points", ha="center", va="bottom", color=colour,
                fontsize=CHART_LABEL_PT, bbox=BACKED,
            )  # fmt: skip
    ax.set_xticks(range(len(frame)), frame["label"])
    ax.margins(x=0.06, y=0.16)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if title:
        ax.set_title(title)
    return ax
