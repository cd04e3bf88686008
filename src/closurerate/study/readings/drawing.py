"""Drawings of the specification curve: values above, the options that each takes below."""

import pandas as pd
from matplotlib.axes import Axes

from closurerate.press.print.looks import CHART_LABEL_PT, CHART_TEXT_PT, PALETTE

_ROOM = 0.5
"""From which share of the values' span the adopted one has room for its name below it."""


def draw_values(frame: pd.DataFrame, ax: Axes, *, ylabel: str, adopted: str) -> Axes:
    """Draw the printed figure of each combination, in order, with the adopted one marked.

    Args:
        frame: From the lowest: `value` and `is_adopted`.
        adopted: Label of the adopted value.
    """
    places = range(len(frame))
    own = frame.index[frame["is_adopted"]][0]
    value = frame.loc[own, "value"]
    ax.axhline(value, color=PALETTE.yardstick, linewidth=0.9, zorder=1)
    ax.plot(places, frame["value"], "o", color=PALETTE.value, markersize=4.5)
    ax.plot(own, value, "o", color=PALETTE.yardstick, markersize=8)
    low, high = frame["value"].min(), frame["value"].max()
    is_below = value - low > _ROOM * (high - low)  # where the dots to the left lie far lower
    ax.annotate(
        adopted, (0, value), xycoords=("axes fraction", "data"), xytext=(4, -4 if is_below else 4),
        textcoords="offset points", color=PALETTE.yardstick, fontsize=CHART_LABEL_PT,
        va="top" if is_below else "bottom",
    )  # fmt: skip
    ax.set_ylabel(ylabel)
    ax.set_xlim(-0.8, len(frame) - 0.2)
    ax.margins(y=0.14)
    ax.tick_params(axis="x", length=0, labelbottom=False)
    ax.ticklabel_format(axis="y", useOffset=False)
    return ax


def draw_options(frame: pd.DataFrame, ax: Axes, *, adopted: int, xlabel: str) -> Axes:
    """Draw a row for each option, with a dot in the column of each combination that takes it.

    Args:
        frame: In order: `label`, `group` (the reading, whose rows stand together), `taken` (a list
            of booleans, one a combination), `is_adopted`.
        adopted: Column of the adopted combination.
    """
    positions = list(range(len(frame)))[::-1]
    count = len(frame["taken"].iloc[0])
    groups = list(dict.fromkeys(frame["group"]))
    ax.axvspan(adopted - 0.5, adopted + 0.5, color=PALETTE.value_tints[0], zorder=0)
    for position, row in zip(positions, frame.to_dict("records"), strict=True):
        if groups.index(row["group"]) % 2 == 0:
            ax.axhspan(position - 0.5, position + 0.5, color=PALETTE.tint, zorder=-1)
        taken = [place for place in range(count) if row["taken"][place]]
        ax.plot(range(count), [position] * count, "o", color=PALETTE.rule, markersize=2)
        ax.plot(taken, [position] * len(taken), "o", color=PALETTE.value, markersize=4.5)
    ax.set_yticks(positions, frame["label"], fontsize=CHART_TEXT_PT)
    ax.tick_params(axis="y", colors=PALETTE.ink)
    ax.tick_params(axis="x", length=0, labelbottom=False)
    ax.grid(visible=False)
    ax.set_xlim(-0.8, count - 0.2)
    ax.set_ylim(-0.5, len(frame) - 0.5)
    for side in ax.spines.values():
        side.set_visible(False)
    ax.set_xlabel(xlabel)
    return ax
