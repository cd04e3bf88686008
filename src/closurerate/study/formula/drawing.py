"""Drawing a KPI as a surface over two axes; nothing is computed or saved here."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.style import hide_covered
from closurerate.study.formula.landscape import Landscape

_HEIGHTS = LinearSegmentedColormap.from_list("heights", PALETTE.heights)
_BACKED = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}


def draw_surface(
    land: Landscape, ax: Axes, *, excluded: str, diagonal: str, xlabel: str, ylabel: str
) -> Axes:
    """Draw a surface with contours, the diagonal, regions, named points and the path to the nation.

    Args:
        land: What stands where, its words as text.
        excluded: Why nothing can be up to where its axis starts.
        diagonal: What the diagonal is.
        xlabel, ylabel: What the axes show, with unit.
    """
    across, up = land.surface.columns.to_numpy(float), land.surface.index.to_numpy(float)
    heights, levels = land.surface.to_numpy(), land.levels["height"].tolist()
    ax.contourf(across, up, heights, levels=levels, cmap=_HEIGHTS, extend="both", zorder=0)
    ax.contour(
        across, up, heights, levels=levels, colors=PALETTE.accent, linewidths=0.6, alpha=0.75,
        linestyles="solid", zorder=1.8,
    )  # fmt: skip
    numbers = [
        ax.text(
            row["x"], row["y"], row["text"], color=PALETTE.accent, fontsize=CHART_LABEL_PT - 1,
            ha="center", va="center", bbox={**_BACKED, "pad": 0.6}, clip_on=True, zorder=2,
        )
        for row in land.levels.dropna().to_dict("records")
    ]  # fmt: skip
    _draw_regions(land, ax)
    _draw_diagonal(across[-1], ax, diagonal)
    if land.start:
        _draw_excluded(land.start, up[-1], ax, excluded)
    ax.plot(
        land.points["x"], land.points["y"], "o", color=PALETTE.ink, markersize=3.6,
        markeredgecolor="white", markeredgewidth=0.5, zorder=5,
    )  # fmt: skip
    _draw_labels(land.points, ax, color=PALETTE.ink, size=CHART_LABEL_PT)
    _draw_path(land.path, ax)
    ax.set_xlim(0, across[-1])
    ax.set_ylim(0, up[-1])
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if figure := ax.get_figure(root=True):
        figure.draw_without_rendering()
    hide_covered(numbers, [text for text in ax.texts if text not in numbers])
    return ax


def _draw_regions(land: Landscape, ax: Axes) -> None:
    for _, part in land.regions.groupby("region", sort=False):
        ax.fill_between(
            part["x"], part["low"], part["high"], facecolor="white",
            edgecolor="none", alpha=0.6, zorder=1.5, linewidth=0,
        )  # fmt: skip
        ax.fill_between(
            part["x"], part["low"], part["high"], facecolor="none", edgecolor=PALETTE.falls_tint,
            hatch="///", hatch_linewidth=0.5, zorder=1.6, linewidth=0,
        )  # fmt: skip
    for _, part in land.borders.groupby("region", sort=False):
        ax.plot(part["x"], part["y"], color=PALETTE.falls, linewidth=1.4, zorder=1.7)
    for row in land.region_words.to_dict("records"):
        ax.annotate(
            row["text"], (row["x"], row["y"]), xytext=(row["text_x"], row["text_y"]),
            color=PALETTE.falls, fontsize=CHART_LABEL_PT + 0.5, ha="center", va="center",
            linespacing=1.45, zorder=6, bbox={**_BACKED, "pad": 2.5},
            arrowprops={"arrowstyle": "-", "color": PALETTE.falls, "linewidth": 0.6},
        )  # fmt: skip


def _draw_diagonal(end: float, ax: Axes, text: str) -> None:
    ax.plot([0, end], [0, end], color=PALETTE.muted, linewidth=0.9, linestyle=(0, (5, 3)), zorder=3)
    ax.text(
        end * 0.97, end * 0.975, text, rotation=45, color=PALETTE.muted, fontsize=CHART_LABEL_PT,
        ha="right", va="bottom", rotation_mode="anchor", zorder=3,
        bbox={**_BACKED, "pad": 0.3},
    )  # fmt: skip


def _draw_excluded(end: float, top: float, ax: Axes, text: str) -> None:
    ax.axvspan(0, end, facecolor=PALETTE.tint, edgecolor="none", zorder=4)
    ax.axvline(end, color=PALETTE.muted, linewidth=0.9, zorder=4)
    ax.text(
        end / 2, top / 2, text, rotation=90, color=PALETTE.muted, fontsize=CHART_LABEL_PT,
        ha="center", va="center", zorder=4, bbox={"facecolor": PALETTE.tint, "edgecolor": "none"},
    )  # fmt: skip


def _draw_labels(named: pd.DataFrame, ax: Axes, *, color: str, size: float) -> None:
    for row in named.to_dict("records"):
        ax.annotate(
            row["text"], (row["x"], row["y"]), xytext=(row["text_x"], row["text_y"]),
            ha=row["align"], va="center", color=color, fontsize=size, zorder=6,
            bbox={**_BACKED, "pad": 0.5, "alpha": 0.6},
            arrowprops={
                "arrowstyle": "-", "color": PALETTE.context, "linewidth": 0.5, "shrinkA": 0,
                "shrinkB": 2,
            },
        )  # fmt: skip


def _draw_path(path: pd.DataFrame, ax: Axes) -> None:
    colour = PALETTE.yardstick
    *before, nation = path.to_dict("records")
    for row in before:
        ax.annotate(
            "", (nation["x"], nation["y"]), xytext=(row["x"], row["y"]), zorder=7,
            arrowprops={
                "arrowstyle": "-|>", "color": colour, "linewidth": 2.0, "shrinkA": 3,
                "shrinkB": 4, "mutation_scale": 11,
            },
        )  # fmt: skip
        ax.plot(
            row["x"], row["y"], "s", color="white", markeredgecolor=colour, markeredgewidth=1.8,
            markersize=6, zorder=8,
        )  # fmt: skip
    ax.plot(
        nation["x"], nation["y"], "o", color=colour, markeredgecolor="white", markersize=8, zorder=8
    )
    _draw_labels(path, ax, color=colour, size=CHART_LABEL_PT + 1)
