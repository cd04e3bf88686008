"""Drawing of the charts on thresholds; nothing is computed or saved here."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from closurerate.press.print.looks import CHART_LABEL_PT, CM_PER_INCH, PALETTE
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import BACKED, name_rows

_BAR = 0.56
_CHARACTERS_A_CM = 6.7
"""Of a text below the panels, a Han character counting for two."""


def draw_steps(
    frame: pd.DataFrame,
    ax: Axes,
    *,
    title: str,
    official: float,
    declared: tuple[float, float],
    text: str,
    ticks: Sequence[tuple[float, str]],
    is_logarithmic: bool,
) -> Axes:
    """Draw the KPI against one threshold.

    Args:
        frame: `threshold` ascending and `value`, which holds from it to the next.
        official: The value in force, drawn as a line.
        declared: The declared range, shaded.
        text: What stands in the panel: the range of the curve, in print.
        ticks: Places and labels along the axis.
    """
    ax.axvspan(*declared, color=PALETTE.tint, linewidth=0)
    ax.axvline(official, color=PALETTE.yardstick, linewidth=1.0, linestyle="--")
    ax.step(frame["threshold"], frame["value"], where="post", color=PALETTE.value, linewidth=1.5)
    ax.set_title(title)
    ax.annotate(
        text, (0.97, 0.95), xycoords="axes fraction", ha="right", va="top",
        fontsize=CHART_LABEL_PT, color=PALETTE.value, bbox=BACKED,
    )  # fmt: skip
    if is_logarithmic:
        ax.set_xscale("log")
    ax.set_xticks([place for place, _ in ticks], [label for _, label in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.set_xlim(frame["threshold"].iloc[0], frame["threshold"].iloc[-1])
    return ax


def write_below(figure: Figure, text: str) -> None:
    """Write below all panels what is not drawn because it hardly moves."""
    most = int(_CHARACTERS_A_CM * figure.get_figwidth() * CM_PER_INCH)
    figure.supxlabel(
        broken(text, most), x=0.01, ha="left", color=PALETTE.ink, fontsize=CHART_LABEL_PT
    )


def draw_tornado(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw the change of the KPI at both ends of each threshold's range, the widest at the top.

    Args:
        frame: `label`, `low` and `high` (changes), `low_text` and `high_text`.
    """
    positions = list(range(len(frame)))[::-1]
    for end in ("low", "high"):
        colours = [PALETTE.rises if change > 0 else PALETTE.falls for change in frame[end]]
        ax.barh(positions, frame[end], color=colours, height=_BAR)
    for position, row in zip(positions, frame.to_dict("records"), strict=True):
        left, right = sorted(("low", "high"), key=row.__getitem__)
        for at, end, side, by in (
            (min(0.0, row[left]), left, "right", -4),
            (max(0.0, row[right]), right, "left", 4),
        ):
            ax.annotate(
                row[f"{end}_text"], (at, position), xytext=(by, 0), textcoords="offset points",
                ha=side, va="center", fontsize=CHART_LABEL_PT, bbox=BACKED,
            )  # fmt: skip
    ax.axvline(0, color=PALETTE.ink, linewidth=0.8)
    name_rows(ax, positions, frame["label"])
    ax.margins(x=0.28)
    ax.set_xlabel(xlabel)
    return ax
