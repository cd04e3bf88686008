"""Series over years as lines that bear their names, so that no two are told apart by a key."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from closurerate.press.print.looks import PALETTE
from closurerate.press.print.style import label_ends

_LOOKS: dict[str, dict[str, Any]] = {
    "published": {"color": PALETTE.yardstick, "linestyle": ":", "linewidth": 1.2,
                  "markerfacecolor": "none", "markersize": 10, "zorder": 4},
    "value": {"color": PALETTE.value, "zorder": 3},
    "other": {"color": PALETTE.other_definition, "zorder": 2},
}  # fmt: skip


def draw_series(
    frames: Sequence[pd.DataFrame], ax: Axes, *, ylabel: str, names: Sequence[str]
) -> Axes:
    """Draw series over the years: their first values at the left, name and last value at the right.

    What is printed is drawn as rings around what it agrees with; an interval is a thick bar.

    Args:
        frames: Each with `year`, `low`, `high`, `text`, and the constant `kind`: `published`,
            `value` (by the definition in force) or `other`.
        names: Of each series, what it is called.
    """
    starts, ends = [], []
    for frame, name in zip(frames, names, strict=True):
        looks = _LOOKS[frame["kind"].iloc[0]]
        middle = (frame["low"] + frame["high"]) / 2
        ax.plot(frame["year"], middle, marker="o", **looks)
        ax.vlines(
            frame["year"], frame["low"], frame["high"], color=looks["color"], linewidth=4, alpha=0.5
        )
        texts, colour = frame["text"], looks["color"]
        ends.append((frame["year"].iloc[-1], middle.iloc[-1], f"{name} {texts.iloc[-1]}", colour))
        if len(frame) > 1:
            starts.append((frame["year"].iloc[0], middle.iloc[0], texts.iloc[0], colour))
    years = sorted({year for frame in frames for year in frame["year"]})
    ax.set_xticks(years)
    ax.set_xlim(min(years) - 0.1, max(years) + 0.1)
    ax.margins(y=0.16)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    ax.set_title(ylabel)
    for labels, side in ((starts, -1), (ends, 1)):
        for year in sorted({label[0] for label in labels}):
            here = [label for label in labels if label[0] == year]
            label_ends(ax, year, *map(list, list(zip(*here, strict=True))[1:]), side=side)
    return ax
