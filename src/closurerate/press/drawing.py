"""Charts: each draws a tidy frame on an axis and returns it; nothing is computed or saved here.

What labels an axis carries its unit.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import give_room, name_rows

_BAR = 0.62
_STACK_HEIGHT = 0.5
_NARROW = 0.2
"""Share of the widest part below which a part's label stands above it."""


def draw_flow(frame: pd.DataFrame, ax: Axes) -> Axes:
    """Draw a waterfall.

    Args:
        frame: In order: `label`, `start` and `end` of each bar in millions, `text` above it,
            `is_stock`.
    """
    colours = [PALETTE.accent if stock else PALETTE.series[1] for stock in frame["is_stock"]]
    low = frame[["start", "end"]].min(axis=1)
    height = (frame["end"] - frame["start"]).abs()
    ax.bar(frame["label"], height, bottom=low, color=colours, width=_BAR)
    tops = (low + height).tolist()
    for position, (text, top) in enumerate(zip(frame["text"], tops, strict=True)):
        ax.text(position, top, text, ha="center", va="bottom", fontsize=CHART_LABEL_PT)
    ends = frame["end"].tolist()
    for position, level in enumerate(ends[:-1]):
        ax.plot(
            [position + _BAR / 2, position + 1 - _BAR / 2], [level, level],
            color=PALETTE.context, linewidth=0.8,
        )  # fmt: skip
    ax.set_ylim(0, max(tops) * 1.12)
    ax.margins(x=0.03)
    return ax


def draw_lines(frame: pd.DataFrame, ax: Axes, *, ylabel: str, xlabel: str) -> Axes:
    """Draw lines labelled at their ends.

    Args:
        frame: Indexed by what stands along the axis; one column a line, named as it is labelled.
    """
    for column, colour in zip(frame, PALETTE.series, strict=False):
        ax.plot(frame.index, frame[column], color=colour, marker="o", markersize=3.5)
        ax.annotate(
            str(column),
            (frame.index[-1], frame[column].iloc[-1]),
            xytext=(6, 0),
            textcoords="offset points",
            color=colour,
            va="center",
        )
    ax.set_ylim(bottom=0)
    ax.set_xticks(frame.index)
    ax.set_ylabel(ylabel)
    ax.set_xlabel(xlabel)
    return ax


def draw_bars(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw horizontal bars, the first at the top, each with its printed value.

    Args:
        frame: `label`, `value`, `text`; and `is_context` for bars in grey.
    """
    positions = range(len(frame))[::-1]
    colours = [PALETTE.context if context else PALETTE.accent for context in frame["is_context"]]
    ax.barh(positions, frame["value"], color=colours, height=_BAR)
    for position, value, text in zip(positions, frame["value"], frame["text"], strict=True):
        ax.text(value, position, f" {text}", va="center", ha="left", fontsize=CHART_LABEL_PT)
    name_rows(ax, positions, frame["label"])
    ax.set_xlim(0, max(frame["value"]) * 1.15)
    ax.set_xlabel(xlabel)
    return ax


def draw_dots(
    frame: pd.DataFrame, ax: Axes, *, xlabel: str, nation: float | None, text: str = ""
) -> Axes:
    """Draw a dot for each branch, the highest at the top, and the nation as a line.

    Args:
        frame: `label`, `value`, `text`, from the highest to the lowest.
        nation, text: The national value and its label; None where a branch's value is not measured
            against it, as a part is not against the sum.
    """
    positions = range(len(frame))[::-1]
    middle = 0.0 if nation is None else nation
    if nation is not None:
        ax.axvline(middle, color=PALETTE.series[1], linewidth=1.2)
        ax.annotate(
            text, (middle, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", color=PALETTE.series[1],
            fontsize=CHART_LABEL_PT,
        )  # fmt: skip
    ax.hlines(positions, middle, frame["value"], color=PALETTE.rule, linewidth=1.2)
    ax.plot(frame["value"], positions, "o", color=PALETTE.accent, markersize=6)
    for position, value, label in zip(positions, frame["value"], frame["text"], strict=True):
        is_right = value >= middle
        ax.annotate(
            label, (value, position), xytext=(6 if is_right else -6, 0),
            textcoords="offset points", va="center", ha="left" if is_right else "right",
            fontsize=CHART_LABEL_PT,
        )  # fmt: skip
    name_rows(ax, positions, frame["label"])
    ax.margins(x=0.12)
    ax.set_xlabel(xlabel)
    give_room(ax)
    return ax


def draw_target(frame: pd.DataFrame, ax: Axes, *, ylabel: str, target: str) -> Axes:
    """Draw each year's value as a bar and its target as a line across it.

    Args:
        frame: `label`, `value`, `target`, `text`, `target_text`.
    """
    ax.bar(frame["label"], frame["value"], color=PALETTE.accent, width=0.42)
    for position, row in enumerate(frame.to_dict("records")):
        ax.text(
            position, row["value"], row["text"], ha="center",
            va="top" if row["value"] < 0 else "bottom", color=PALETTE.ink,
        )  # fmt: skip
        if pd.notna(row["target"]):
            ax.hlines(
                row["target"], position - 0.32, position + 0.32, color=PALETTE.series[1], lw=2
            )
            ax.text(
                position + 0.34, row["target"], f"{target} {row['target_text']}",
                ha="left", va="center", color=PALETTE.series[1],
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
    ax.set_xlim(-0.7, len(frame) - 0.3)
    ends = [0.0, *frame["value"], *frame["target"].dropna()]
    ax.set_ylim(1.18 * min(ends), 1.18 * max(ends) or 1.0)
    ax.set_ylabel(ylabel)
    return ax


def draw_series(
    frames: Sequence[pd.DataFrame], ax: Axes, *, ylabel: str, names: Sequence[str]
) -> Axes:
    """Draw series over the years, an interval as a thick bar, named below the chart.

    Args:
        frames: Each with `year`, `low`, `high` and the constant `is_published`.
    """
    for frame, name, colour in zip(frames, names, PALETTE.series, strict=False):
        middle = (frame["low"] + frame["high"]) / 2
        is_published = bool(frame["is_published"].iloc[0])
        ax.plot(
            frame["year"], middle, color=colour, marker="o",
            linestyle="--" if is_published else "-", label=name, zorder=3 if is_published else 2,
        )  # fmt: skip
        ax.vlines(frame["year"], frame["low"], frame["high"], color=colour, linewidth=4, alpha=0.5)
    years = sorted({year for frame in frames for year in frame["year"]})
    ax.set_xticks(years)
    ax.set_xlim(min(years) - 0.3, max(years) + 0.3)
    ax.set_ylabel(ylabel)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=1)
    return ax


def draw_stacks(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw one horizontal bar a year, stacked from parts labelled inside or above.

    Args:
        frame: One row a part: `label` (the year's), `part`, `value`, `text`; the first year at the
            top.
    """
    labels = list(dict.fromkeys(frame["label"]))
    colours = dict(zip(dict.fromkeys(frame["part"]), _STACK, strict=False))
    for position, label in zip(range(len(labels))[::-1], labels, strict=True):
        left = 0.0
        for row in frame[frame["label"] == label].to_dict("records"):
            colour, ink = colours[row["part"]]
            ax.barh(
                position,
                row["value"],
                left=left,
                color=colour,
                height=_STACK_HEIGHT,
                edgecolor="white",
            )
            is_narrow = row["value"] < _NARROW * frame["value"].max()
            ax.text(
                left + row["value"] / 2, position + (_STACK_HEIGHT / 2 if is_narrow else 0),
                f"{row['part']} {row['text']}" if is_narrow else f"{row['part']}\n{row['text']}",
                ha="center", va="bottom" if is_narrow else "center",
                color=PALETTE.ink if is_narrow else ink, fontsize=CHART_LABEL_PT,
            )  # fmt: skip
            left += row["value"]
    name_rows(ax, range(len(labels))[::-1], labels)
    ax.set_xlabel(xlabel)
    return ax


_STACK = (
    (PALETTE.tints[1], PALETTE.ink),
    (PALETTE.accent, "white"),
    (PALETTE.series[1], PALETTE.ink),
    (PALETTE.tints[0], PALETTE.ink),
)
