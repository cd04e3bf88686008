"""Drawings of incentives: each draws tidy frames on an axis and returns it; nothing is computed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from closurerate.press.placing import hide_covered, place_beside
from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import BACKED, give_room, is_narrow, name_rows

_NAME = 20
"""Characters of the curve's name on a line of a phone."""
_PLACES = 30
"""Along the curve, at which its name may stand."""


def draw_closing(frame: pd.DataFrame, ax: Axes, *, xlabel: str, names: tuple[str, str]) -> Axes:
    """Draw for each branch the effect of unpaid and of effective closings, around a line at 0.

    Args:
        frame: `label`, `unpaid`, `effective`, `unpaid_text`, `effective_text`; the first at the
            top.
        xlabel: What is shown, with unit.
        names: What the unpaid and the effective dots are called, above the first row.
    """
    positions = list(range(len(frame)))[::-1]
    colours = (PALETTE.uncounted, PALETTE.value)
    ax.axvline(0, color=PALETTE.ink, linewidth=0.8)
    ax.hlines(positions, frame["unpaid"], frame["effective"], color=PALETTE.rule, linewidth=1.2)
    for column, colour, name in zip(("unpaid", "effective"), colours, names, strict=True):
        ax.plot(frame[column], positions, "o", color=colour, markersize=6)
        is_right = frame[column] > frame["effective" if column == "unpaid" else "unpaid"]
        texts = zip(frame[column], positions, frame[f"{column}_text"], is_right, strict=True)
        for value, position, text, to_right in texts:
            ax.annotate(
                text, (value, position), xytext=(6 if to_right else -6, 0),
                textcoords="offset points", va="center", ha="left" if to_right else "right",
                fontsize=CHART_LABEL_PT, color=colour, bbox=BACKED,
            )  # fmt: skip
        to_right = bool(is_right.iloc[0]) or (not names[0] and bool(frame[column].iloc[0] < 0))
        ax.annotate(
            name, (frame[column].iloc[0], positions[0]), xytext=(-4 if to_right else 4, 9),
            textcoords="offset points", ha="left" if to_right else "right", va="bottom",
            color=colour, bbox=BACKED,
        )  # fmt: skip
    name_rows(ax, positions, frame["label"])
    ax.margins(x=0.16)
    ax.set_ylim(-0.7, len(frame) + 0.4)
    ax.set_xlabel(xlabel)
    give_room(ax)
    return ax


def draw_curve(
    levels: pd.DataFrame,
    curve: pd.DataFrame,
    branches: pd.DataFrame,
    marks: pd.DataFrame,
    ax: Axes,
    *,
    at: Sequence[float],
    labels: tuple[str, str],
    names: tuple[str, str],
) -> Axes:
    """Draw level lines of a KPI over I1 and I2, the curve of unpaid closings, and the branches.

    Args:
        levels: The KPI on a grid: I1 along the columns, I2 along the index, in percent.
        curve: `I1`, `I2` along the nation's curve.
        branches: `label`, `I1`, `I2` as they are; `to_I1`, `to_I2` once more is closed unpaid;
            `is_nation`.
        marks: `label` of level lines where they leave the axes at the top (`is_top`) or on the
            right, at `I1`, `I2`.
        at: The KPI's values at which lines are drawn.
        labels: Labels of the curve and of the diagonal.
        names: What the axes show, with unit.
    """
    low, high = float(min(levels.columns)), float(max(levels.columns))
    bottom, top = float(min(levels.index)), float(max(levels.index))
    numbers = _draw_levels(levels, list(at), marks, ax)
    ends = (max(low, bottom), min(high, top))
    ax.plot(ends, ends, color=PALETTE.ink, linewidth=0.8, linestyle=(0, (5, 4)))
    diagonal = ax.annotate(
        labels[1], (ends[1], ends[1]), xytext=(-4, 2), textcoords="offset points", ha="right",
        va="bottom", bbox=BACKED,
    )  # fmt: skip
    ax.plot(curve["I1"], curve["I2"], color=PALETTE.uncounted, linewidth=1.6)
    ax.set_xlim(low, high)
    ax.set_ylim(bottom, top)
    name = ax.annotate(
        broken(labels[0], _NAME) if is_narrow(ax) else labels[0],
        tuple(curve[["I1", "I2"]].iloc[0]),
        xytext=(8, 4), textcoords="offset points", color=PALETTE.uncounted, bbox=BACKED,
    )  # fmt: skip
    named = _draw_branches(branches, ax)
    ax.grid(visible=False)
    ax.set_xlabel(names[0])
    ax.set_ylabel(names[1])
    along = curve[["I1", "I2"]].iloc[:: max(1, len(curve) // _PLACES)]
    place_beside(ax, [*named, name], [diagonal], along.itertuples(index=False, name=None))
    hide_covered(ax, numbers, [diagonal])
    return ax


def _draw_levels(
    levels: pd.DataFrame, at: list[float], marks: pd.DataFrame, ax: Axes
) -> list[Annotation]:
    """Draw level lines, and return the labels at their ends."""
    ax.contour(
        levels.columns, levels.index, levels.to_numpy(), levels=at, colors=PALETTE.context,
        linewidths=0.7,
    )  # fmt: skip
    top: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "ha": "center", "va": "bottom"}
    right: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "left", "va": "center"}
    return [
        ax.annotate(
            row["label"], (row["I1"], 1) if row["is_top"] else (1, row["I2"]),
            xytext=(0, 3) if row["is_top"] else (3, 0), textcoords="offset points",
            fontsize=CHART_LABEL_PT, color=PALETTE.muted, **(top if row["is_top"] else right),
        )
        for row in marks.to_dict("records")
    ]  # fmt: skip


def _draw_branches(branches: pd.DataFrame, ax: Axes) -> list[Annotation]:
    named = []
    for row in branches.to_dict("records"):
        colour = PALETTE.yardstick if row["is_nation"] else PALETTE.value
        ax.annotate(
            "", (row["to_I1"], row["to_I2"]), (row["I1"], row["I2"]),
            arrowprops={"arrowstyle": "-|>", "color": colour, "linewidth": 1.1, "shrinkA": 0,
                        "shrinkB": 0},
        )  # fmt: skip
        ax.plot(row["I1"], row["I2"], "o", color=colour, markersize=4.5)
        label = ax.annotate(
            row["label"], (row["I1"], row["I2"]), xytext=(6, 4 if row["is_nation"] else -1),
            textcoords="offset points", ha="left", va="center",
            fontsize=CHART_LABEL_PT, color=colour, bbox=BACKED,
            arrowprops={"arrowstyle": "-", "color": PALETTE.context, "linewidth": 0.5,
                        "shrinkA": 0, "shrinkB": 2},
        )  # fmt: skip
        named.append(label)
    return named
