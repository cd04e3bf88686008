"""Charts: each draws a tidy frame on an axis and returns it; nothing is computed or saved here.

What labels an axis carries its unit.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from closurerate.press.placing import label_ends
from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import BACKED, give_room, is_narrow, name_rows

_BAR = 0.62
_STACK_HEIGHT = 0.6
_CHARACTERS, _CHARACTERS_NARROW, _FEWEST = 90, 46, 10
"""Of a label, on a line as wide as the axis (a Han character counting for two), and at least."""
_THIN = 0.01
"""Share of the axis below which a bar cannot be seen."""


def draw_flow(frame: pd.DataFrame, ax: Axes) -> Axes:
    """Draw a waterfall; a step that is too small for a bar is pointed at.

    Args:
        frame: In order: `label`, `start` and `end` of each bar, `text` above it, `is_stock`.
    """
    reach = 1.15 * max(frame[["start", "end"]].max())
    for position, row in enumerate(frame.to_dict("records")):
        low, high = sorted((row["start"], row["end"]))
        colour = PALETTE.rises if row["end"] > row["start"] else PALETTE.falls
        colour = PALETTE.value if row["is_stock"] else colour
        is_thin = high - low < _THIN * reach
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 0.8}
        ax.bar(position, high - low, bottom=low, color=colour, edgecolor=colour, width=_BAR)
        ax.annotate(
            row["text"], (position, low if is_thin else high), xytext=(0, -22 if is_thin else 2),
            textcoords="offset points", ha="center", va="top" if is_thin else "bottom",
            fontsize=CHART_LABEL_PT, color=colour, bbox=BACKED,
            arrowprops=arrow if is_thin else None,
        )  # fmt: skip
    for position, level in enumerate(frame["end"].tolist()[:-1]):
        ax.plot(
            [position + _BAR / 2, position + 1 - _BAR / 2], [level, level],
            color=PALETTE.context, linewidth=0.8,
        )  # fmt: skip
    ax.set_xticks(range(len(frame)), frame["label"])
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.set_ylim(0, reach)
    ax.margins(x=0.03)
    return ax


def draw_lines(frame: pd.DataFrame, ax: Axes, *, ylabel: str, xlabel: str) -> Axes:
    """Draw what comes in and what goes out along an axis, each labelled at its end.

    Args:
        frame: Indexed by what stands along the axis; the two columns named as they are labelled.
    """
    colours = (PALETTE.rises, PALETTE.falls)
    for column, colour in zip(frame, colours, strict=True):
        ax.plot(frame.index, frame[column], color=colour, marker="o", markersize=3.5, clip_on=False)
    ax.set_xlim(frame.index[0] - 0.4, frame.index[-1])
    ax.set_ylim(bottom=0)
    ax.set_xticks(frame.index)
    ax.set_ylabel(ylabel)
    ax.set_xlabel(xlabel)
    label_ends(ax, frame.index[-1], list(frame.iloc[-1]), list(map(str, frame)), colours)
    return ax


def draw_bars(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw horizontal bars, the first at the top, each with its printed value.

    Args:
        frame: `label`, `value`, `text`; and `is_context` for bars in grey.
    """
    positions = range(len(frame))[::-1]
    colours = [PALETTE.context if context else PALETTE.value for context in frame["is_context"]]
    ax.barh(positions, frame["value"], color=colours, height=_BAR)
    for position, value, text in zip(positions, frame["value"], frame["text"], strict=True):
        ax.annotate(
            text, (value, position), xytext=(4, 0), textcoords="offset points", va="center",
            ha="left", fontsize=CHART_LABEL_PT, bbox=BACKED,
        )  # fmt: skip
    name_rows(ax, positions, frame["label"])
    ax.set_xlim(0, max(frame["value"]) * 1.05)
    ax.set_xlabel(xlabel)
    give_room(ax)
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
        ax.axvline(middle, color=PALETTE.yardstick, linewidth=1.2)
        ax.annotate(
            text, (middle, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", color=PALETTE.yardstick,
            fontsize=CHART_LABEL_PT,
        )  # fmt: skip
    ax.hlines(positions, middle, frame["value"], color=PALETTE.rule, linewidth=1.2)
    ax.plot(frame["value"], positions, "o", color=PALETTE.value, markersize=6)
    for position, value, label in zip(positions, frame["value"], frame["text"], strict=True):
        is_right = value >= middle
        ax.annotate(
            label, (value, position), xytext=(6 if is_right else -6, 0),
            textcoords="offset points", va="center", ha="left" if is_right else "right",
            fontsize=CHART_LABEL_PT, bbox=BACKED,
        )  # fmt: skip
    name_rows(ax, positions, frame["label"])
    ax.margins(x=0.12)
    ax.set_xlabel(xlabel)
    give_room(ax)
    return ax


_NAMES = 84
"""Characters of the names below bars, all together."""


def draw_target(frame: pd.DataFrame, ax: Axes, *, ylabel: str, target: str) -> Axes:
    """Draw each year's value as a bar in its definition's colour, and its target as a line across.

    Args:
        frame: `label`, `value`, `target`, `text`, `target_text`, `is_other` (another definition).
    """
    ends = [0.0, *frame["value"], *frame["target"].dropna()]
    for position, row in enumerate(frame.to_dict("records")):
        colour = PALETTE.other_definition if row["is_other"] else PALETTE.value
        ax.bar(position, row["value"], color=colour, width=0.42)
        # Above a target that is just missed, whose line the number would cover.
        above = row["target"] - row["value"] if pd.notna(row["target"]) else -1.0
        is_under = row["value"] >= 0 and 0 <= above < 0.1 * max(ends)
        level = row["target"] if is_under else row["value"]
        ax.annotate(
            row["text"], (position, level), xytext=(0, -3 if row["value"] < 0 else 3),
            textcoords="offset points", ha="center", va="top" if row["value"] < 0 else "bottom",
            color=colour, bbox=BACKED,
        )  # fmt: skip
        if pd.notna(row["target"]):
            ax.hlines(row["target"], position - 0.3, position + 0.3, color=PALETTE.yardstick, lw=2)
            ax.text(
                position + 0.32, row["target"], f"{target}\n{row['target_text']}", ha="left",
                va="center", color=PALETTE.yardstick, fontsize=CHART_LABEL_PT, bbox=BACKED,
            )  # fmt: skip
    names = (label.split("\n") for label in frame["label"])
    wide = _NAMES // len(frame)
    labels = ["\n".join(broken(line, wide) for line in lines) for lines in names]
    ax.set_xticks(range(len(frame)), labels)
    ax.set_xlim(-0.6, len(frame) - 0.4)
    ax.set_ylim(1.18 * min(ends), 1.18 * max(ends) or 1.0)
    ax.set_ylabel(ylabel)
    return ax


def draw_stacks(frame: pd.DataFrame, ax: Axes, *, xlabel: str) -> Axes:
    """Draw one horizontal bar a year, stacked from parts labelled inside or, tied to them, above.

    Args:
        frame: One row a part: `label` (the year's), `part`, `value`, `text`; the first year at the
            top.
    """
    labels = list(dict.fromkeys(frame["label"]))
    colours = dict(zip(dict.fromkeys(frame["part"]), _STACK, strict=False))
    longest = frame.groupby("label")["value"].sum().max()
    reach = max(longest, *ax.xaxis.get_major_locator().tick_values(0, longest))
    ax.set_xlim(0, reach)
    ax.set_ylim(-0.5, len(labels) - 0.5 + _STACK_HEIGHT / 4)
    name_rows(ax, range(len(labels))[::-1], labels)
    ax.grid(visible=False)
    ax.set_xlabel(xlabel)
    for position, label in zip(range(len(labels))[::-1], labels, strict=True):
        left = 0.0
        for row in frame[frame["label"] == label].to_dict("records"):
            colour, ink = colours[row["part"]]
            ax.barh(
                position, row["value"], left=left, color=colour, height=_STACK_HEIGHT,
                edgecolor="white",
            )  # fmt: skip
            _name_part(ax, row, (left + row["value"] / 2, position), row["value"] / reach, ink)
            left += row["value"]
    return ax


def _name_part(
    ax: Axes, row: dict[str, Any], middle: tuple[float, float], share: float, ink: str
) -> None:
    """Write a part's name and value in it, on lines that fit, or above it with a line down to it.

    Args:
        middle: Of the part.
        share: Of the axis that the part takes.
    """
    most = int(share * (_CHARACTERS_NARROW if is_narrow(ax) else _CHARACTERS))
    if most >= _FEWEST:
        ax.annotate(
            f"{broken(row['part'], most)}\n{row['text']}", middle, ha="center", va="center",
            color=ink, fontsize=CHART_LABEL_PT,
        )  # fmt: skip
        return
    ax.annotate(
        f"{row['part']} {row['text']}", (middle[0], middle[1] + 0.3 * _STACK_HEIGHT),
        xytext=(middle[0], middle[1] + 0.66 * _STACK_HEIGHT), ha="center", va="bottom",
        color=PALETTE.ink, fontsize=CHART_LABEL_PT,
        arrowprops={"arrowstyle": "-", "color": PALETTE.ink, "linewidth": 0.8, "shrinkA": 0,
                    "relpos": (0.5, 0)},
    )  # fmt: skip


_STACK = (
    (PALETTE.value_tints[1], PALETTE.ink),
    (PALETTE.value, "white"),
    (PALETTE.value_tints[2], PALETTE.ink),
    (PALETTE.value_tints[0], PALETTE.ink),
)
