"""Drawing of the shares of the variance; nothing is computed or saved here."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from closurerate.press.print.looks import PALETTE
from closurerate.press.print.style import across, name_rows

_ORDERS = (
    ("first", 0.17, PALETTE.value, PALETTE.value),
    ("total", -0.17, PALETTE.value, "white"),
)
"""Column of each order, how far its marks stand off their row, and their colours."""


def draw_sobol(frame: pd.DataFrame, ax: Axes, *, title: str, xlabel: str) -> Axes:
    """Draw first- and total-order shares, with the intervals of those that are estimates.

    Args:
        frame: `label`, `first`, `total`, `first_interval`, `total_interval` (nan: none).
    """
    positions = [float(place) for place in range(len(frame))][::-1]
    for name, offset, colour, face in _ORDERS:
        ax.errorbar(
            frame[name], [position + offset for position in positions],
            xerr=frame[f"{name}_interval"], fmt="o", color=colour, markerfacecolor=face,
            markersize=5, elinewidth=1.4,
        )  # fmt: skip
    ax.axvline(0, color=PALETTE.context, linewidth=0.6)
    name_rows(ax, positions, frame["label"])
    ax.set_xlim(-0.06, 1.08)
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.xaxis.set_major_locator(FixedLocator([0, 0.5, 1]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    return ax


def name_orders(figure: Figure, names: Sequence[str]) -> None:
    """Name the marks of `draw_sobol`, alone and in all, below all panels."""
    marks = [
        Line2D([], [], marker="o", linestyle="none", color=colour, markerfacecolor=face)
        for _, _, colour, face in _ORDERS
    ]
    figure.legend(marks, names, loc="outside lower center", ncols=across(figure, len(marks)))
