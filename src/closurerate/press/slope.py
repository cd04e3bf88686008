"""Series over years as lines that bear their names, so that no two are told apart by a key."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from closurerate.press.placing import label_ends
from closurerate.press.print.looks import CHART_LABEL_PT, CHART_TEXT_PT, PALETTE
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import BACKED, is_narrow
from closurerate.press.print.svg import SERIES
from closurerate.quantity import with_minus

_LOOKS: dict[str, dict[str, Any]] = {
    "value": {"color": PALETTE.value, "zorder": 3},
    "other": {"color": PALETTE.other_definition, "zorder": 2},
}
_NAME = 20
"""Characters of a series' name on a line of a phone."""
_HEADROOM, _TICKS = 0.45, MaxNLocator(2, steps=[1, 2, 4, 5, 10])
"""Over the lines, as a share of their reach; their axis begins at a tick."""
_FIRST, _FIRST_NARROW = 0.3, 0.6
"""Room for the first values between the axis and the lines, as a share of the lines' length."""


def draw_series(
    frames: Sequence[pd.DataFrame], ax: Axes, *, ylabel: str, names: Sequence[str],
    breaks: Iterable[float], changed: str, starts: str,
) -> Axes:  # fmt: skip
    """Draw series over the years: their first values at the left, name and last value at the right.

    What is printed is rings, named over them from the first on; an interval is a thick bar.

    Args:
        frames: Each with `year`, `low`, `high`, `text`, and the constant `kind`: `published`,
            `value` (by the definition in force) or `other`.
        names: Of each series, what it is called.
        breaks: Where along the years the definition changes, which `changed` says there.
        starts: Says behind `ylabel` where the axis begins, `{start}`, if that is not at nought.
    """
    ends = pd.concat(frames)
    years, low, high = sorted(set(ends["year"])), ends["low"].min(), ends["high"].max()
    reach = (high - low) or abs(high) or 1.0
    room = (max(years) - min(years)) * (_FIRST_NARROW if is_narrow(ax) else _FIRST)
    ax.set_xlim(min(years) - (room or 1), max(years))
    first = float(_TICKS.tick_values(low - 0.1 * reach, high)[0])
    ax.set_ylim(first, high + _HEADROOM * reach)
    ax.set_xticks(years)
    ax.yaxis.set_major_locator(_TICKS)
    ax.tick_params(axis="y", labelcolor=PALETTE.muted, length=0)
    ax.grid(visible=False)
    ax.spines["left"].set_visible(False)
    told = starts.format(start=with_minus(f"{first:g}")) if first * high > 0 else ""
    ax.set_title(ylabel + told, fontsize=CHART_TEXT_PT)
    for place in breaks:
        ax.axvline(place, color=PALETTE.context, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
        ax.annotate(
            changed, (place, 0), xycoords=("data", "axes fraction"), xytext=(-4, 4),
            textcoords="offset points", ha="right", va="bottom", color=PALETTE.muted,
            fontsize=CHART_LABEL_PT, bbox=BACKED,
        )  # fmt: skip
    series = list(zip(frames, names, strict=True))
    _draw_lines([one for one in series if one[0]["kind"].iloc[0] in _LOOKS], ax)
    for frame, name in series:
        if frame["kind"].iloc[0] not in _LOOKS:
            _draw_printed(frame, name, ax)
    return ax


def _draw_lines(series: Sequence[tuple[pd.DataFrame, str]], ax: Axes) -> None:
    labels = []
    for frame, name in series:
        looks, middle = _LOOKS[frame["kind"].iloc[0]], (frame["low"] + frame["high"]) / 2
        (line,) = ax.plot(frame["year"], middle, marker="o", clip_on=False, **looks)
        bars = ax.vlines(
            frame["year"], frame["low"], frame["high"], linewidth=4, alpha=0.5, clip_on=False,
            color=looks["color"],
        )  # fmt: skip
        for drawn in (line, bars):
            drawn.set_gid(f"{SERIES}{name}")
        named = f"{broken(name, _NAME)}\n" if is_narrow(ax) else f"{name} "
        rows = list(zip(frame["year"], middle, frame["text"], strict=True))
        ends = [(-1, rows[0], "")] * (len(rows) > 1) + [(1, rows[-1], named)]
        labels += [
            (year, side, level, before + text, looks["color"])
            for side, (year, level, text), before in ends
        ]
    for year, side in sorted({label[:2] for label in labels}):
        here = [label[2:] for label in labels if label[:2] == (year, side)]
        levels, texts, colours = map(list, zip(*here, strict=True))
        label_ends(ax, year, levels, texts, colours, side=side)


def _draw_printed(frame: pd.DataFrame, name: str, ax: Axes) -> None:
    rows, ink = frame.to_dict("records"), PALETTE.yardstick
    ax.plot(
        frame["year"], frame["low"], "o", color=ink, markerfacecolor="none", markersize=10,
        clip_on=False, zorder=4,
    )  # fmt: skip
    if len(rows) < 2:
        return
    # The first values of the lines stand to the left of the first year.
    begin = (frame["year"].min(), frame["low"].max())
    ax.annotate(
        f"○ {name} {' → '.join(frame['text'])}", begin,
        xytext=(-5, 8), textcoords="offset points", ha="left", va="bottom", color=ink,
        fontsize=CHART_LABEL_PT, bbox=BACKED,
    )  # fmt: skip
