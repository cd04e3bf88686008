"""Drawing ranks and their agreement; nothing is computed or saved here."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from closurerate.press.heard import announced
from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import is_narrow, lay_out
from closurerate.quantity import Quantity, with_minus

_CELL_PT = 7.0
_ASIDE_PT = 1.35 * CHART_LABEL_PT
_ASIDE_ROWS = 0.45
"""How far from each other the names of branches stand that share a rank, in points and rows."""
_PAD_PX = 3.0
"""How far names keep from the ends of the axis."""
_SHADES = LinearSegmentedColormap.from_list("agreement", PALETTE.heights)
_LINES = ("-", (0, (4, 1.5)), (0, (1, 1)))
"""Kinds of line of the branches that stand out."""
_COLOURS = (PALETTE.value, PALETTE.other_definition, PALETTE.yardstick)


def draw_ranks(
    frame: pd.DataFrame, ax: Axes, *, marked: Sequence[str], xlabel: str, tilt: int
) -> Axes:
    """Draw how each branch's rank shifts from formula to formula, a line a branch.

    Args:
        frame: Indexed by formula as labelled, the first at the top; a column a branch as labelled,
            with its rank as a float (nan: none).
        marked: Branches that stand out, at most as many as there are kinds of line.
        xlabel: What stands along the axis.
        tilt: Degrees by which branch names are turned, so that long ones do not run into each
            other.
    """
    positions = list(range(len(frame)))[::-1]
    lines, colours = (dict(zip(marked, looks, strict=False)) for looks in (_LINES, _COLOURS))
    tied: Counter[tuple[int, float]] = Counter()
    for name in frame:
        is_marked = str(name) in lines
        colour = colours.get(str(name), PALETTE.rule)
        ink = colour if is_marked else PALETTE.muted
        ax.plot(
            frame[name], positions, color=colour, linewidth=2.2 if is_marked else 1.2, marker="o",
            linestyle=lines.get(str(name), "-"),
            markersize=5 if is_marked else 3.5, zorder=3 if is_marked else 2,
        )  # fmt: skip
        for place, (row, side) in enumerate(((0, 1), (-1, -1))):
            rank = frame[name].iloc[row]
            if pd.notna(rank):
                aside = _ASIDE_PT * tied[row, rank]
                tied[row, rank] += 1
                ax.annotate(
                    str(name), (rank, positions[row]),
                    xytext=(aside, 8 * side) if tilt else (0, (8 + aside) * side),
                    textcoords="offset points", fontsize=CHART_LABEL_PT, color=ink,
                    rotation=tilt, ha="center", va="top" if place else "bottom",
                )  # fmt: skip
    count = int(frame.max().max()) if frame.notna().any(axis=None) else 1
    ax.set_xlim(0.4, count + 0.6)
    ax.set_xticks(range(1, count + 1))
    ax.set_yticks(positions, frame.index)
    ax.tick_params(axis="y", colors=PALETTE.ink, labelsize=CHART_LABEL_PT)
    above, below = (0.8 + _ASIDE_ROWS * (_most(tied, row) - 1) for row in (0, -1))
    ax.set_ylim(-below, len(frame) - 1 + above)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    ax.tick_params(axis="both", length=0, labelsize=CHART_LABEL_PT)
    ax.set_xlabel(xlabel)
    if tilt:
        _give_height(ax, positions[0])
    return ax


def _give_height(ax: Axes, last: int) -> None:
    """Make room for the names below the first row and above the last, however long they are."""
    figure = ax.get_figure(root=True)
    if figure is None:
        return
    for _ in range(2):  # the axes grow where names no longer stand past their ends
        lay_out(figure)
        low, high = ax.transData.transform([(0, 0), (0, last)])[:, 1]
        boxes = [name.get_window_extent() for name in ax.texts]
        below = low - min((box.y0 for box in boxes), default=low) + _PAD_PX
        above = max((box.y1 for box in boxes), default=high) - high + _PAD_PX
        row = max(ax.bbox.height - below - above, 1) / max(last, 1)
        ax.set_ylim(-below / row, last + above / row)


def _most(tied: Counter[tuple[int, float]], row: int) -> int:
    """Return how many branches share a rank at one end of the chart."""
    return max((count for (at, _), count in tied.items() if at == row), default=1)


def _written(value: float, *, is_short: bool) -> str:
    """Return an agreement to two decimals; short for a phone: .92 and 1."""
    text = "–" if pd.isna(value) else with_minus(f"{value:.2f}")
    text = text.replace("0.", ".").replace("1.00", "1") if is_short else text
    return text if pd.isna(value) else announced(text, Quantity(Fraction(str(value)), "", 2))


def draw_agreement(frame: pd.DataFrame, ax: Axes, *, labels: Sequence[str]) -> Axes:
    """Draw a matrix of agreements below its diagonal, darker where they agree more.

    Args:
        frame: Square, as returned by `study.ranking.agreement`: -1 to 1, nan where there is none.
        labels: Name of each formula; numbered, as the columns are at both their ends.
    """
    values = frame.to_numpy()
    size = len(values)
    for row in range(size):
        for column in range(row):
            value = values[row, column]
            shade = PALETTE.tint if pd.isna(value) else _SHADES(max(0.0, float(value)))
            corner = (column - 0.47, size - 1 - row - 0.47)
            ax.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=shade, edgecolor="none"))
            ax.text(
                column, size - 1 - row, _written(value, is_short=is_narrow(ax)), ha="center",
                va="center", fontsize=_CELL_PT, color=PALETTE.ink,
            )  # fmt: skip
        ax.text(
            row, size - 1 - row, str(row + 1), ha="center", va="center", fontsize=_CELL_PT,
            color=PALETTE.muted,
        )  # fmt: skip
    numbered = [f"{number}. {label}" for number, label in enumerate(labels, start=1)]
    ax.set_yticks(range(size)[::-1], numbered, fontsize=_CELL_PT)
    ax.set_xticks(range(size - 1), [str(column + 1) for column in range(size - 1)])
    ax.set_xlim(-0.5, size - 0.5)
    ax.set_ylim(-0.5, size - 0.5)
    ax.tick_params(axis="both", length=0, colors=PALETTE.ink, labelsize=CHART_LABEL_PT)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    return ax
