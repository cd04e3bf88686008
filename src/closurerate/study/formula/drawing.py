"""Drawing a KPI as a surface over two axes; nothing is computed or saved here."""

from fractions import Fraction

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator

from closurerate.press.heard import announced
from closurerate.press.placing import hide_covered, place_beside
from closurerate.press.print.looks import CHART_LABEL_PT, PALETTE
from closurerate.press.print.narrow import broken
from closurerate.press.print.style import is_narrow
from closurerate.quantity import Quantity
from closurerate.study.formula.landscape import Landscape

_HEIGHTS = LinearSegmentedColormap.from_list("heights", PALETTE.heights)
_BACKED = {"facecolor": "white", "edgecolor": "none", "pad": 1.2, "alpha": 0.85}
_INSIDE = 0.98
"""Where along the horizontal axis a region's words end inside it, over the axis."""
_LINES = {"top": 44, "right": 17}
"""Characters of a region's words on one line."""


def draw_surface(
    land: Landscape, ax: Axes, *, excluded: str, diagonal: str, xlabel: str, ylabel: str,
    is_square: bool = True,
) -> Axes:  # fmt: skip
    """Draw a surface with contours, the diagonal, regions, named points and the path to the nation.

    Args:
        land: What stands where, its words as text.
        excluded: Why nothing can be up to where its axis starts.
        diagonal: What the diagonal is.
        xlabel, ylabel: What the axes show, with unit.
        is_square: Whether both axes have one scale; else they take the width, but on a phone.
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
            row["x"], row["y"], announced(row["text"], Quantity(Fraction(str(row["height"])), "")),
            color=PALETTE.accent, fontsize=CHART_LABEL_PT - 1,
            ha="center", va="center", bbox={**_BACKED, "pad": 0.6}, clip_on=True, zorder=2,
        )
        for row in land.levels.dropna().to_dict("records")
    ]  # fmt: skip
    _draw_regions(land, ax)
    named_at = 0.95 if is_square or is_narrow(ax) else 0.88
    _draw_diagonal(land.start, across[-1], ax, diagonal, named_at)
    if land.start:
        _draw_excluded(land.start, up[-1], ax, excluded)
    ax.plot(
        land.points["x"], land.points["y"], "o", color=PALETTE.ink, markersize=3.6,
        markeredgecolor="white", markeredgewidth=0.5, zorder=5,
    )  # fmt: skip
    named = [*_draw_path(land.path, ax), *_draw_labels(land.points, ax)]
    ax.set_xlim(0, across[-1])
    ax.set_ylim(0, up[-1])
    if is_square or is_narrow(ax):
        ax.set_aspect("equal")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    ax.grid(visible=False)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.spines[:].set_visible(True)
    place_beside(ax, named, [text for text in ax.texts if text not in (*numbers, *named)])
    hide_covered(ax, numbers, [text for text in ax.texts if text not in numbers])
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
    _name_regions(land, ax)


def _name_regions(land: Landscape, ax: Axes) -> None:
    """Write what holds in each region beside the edge that it reaches; inside it on a phone."""
    for row in land.region_words.to_dict("records"):
        is_top, is_inside = row["side"] == "top", row["side"] == "right" and is_narrow(ax)
        at = (_INSIDE * row["x"], 0) if is_inside else (row["x"], row["y"])
        ax.annotate(
            broken(row["text"], _LINES[row["side"]]), at,
            xytext=(0, 3) if is_inside else (0, 5) if is_top else (8, 0),
            textcoords="offset points", ha="right" if is_inside else "left",
            va="bottom" if is_top or is_inside else "center", annotation_clip=False, zorder=6,
            color=PALETTE.falls, fontsize=CHART_LABEL_PT + 0.5 * (not is_inside),
            linespacing=1.05 if is_inside else 1.35, bbox=_BACKED if is_inside else None,
        )  # fmt: skip


def _draw_diagonal(start: float, end: float, ax: Axes, text: str, named_at: float) -> None:
    ax.plot(
        [start, end], [start, end], color=PALETTE.muted, linewidth=0.9, linestyle=(0, (5, 3)),
        zorder=3,
    )  # fmt: skip
    ax.text(
        end * named_at, end * (named_at + 0.005), text, rotation=45, color=PALETTE.muted,
        fontsize=CHART_LABEL_PT,
        ha="right", va="bottom", rotation_mode="anchor", transform_rotates_text=True, zorder=3,
        bbox={**_BACKED, "pad": 0.3},
    )  # fmt: skip


def _draw_excluded(end: float, top: float, ax: Axes, text: str) -> None:
    ax.axvspan(0, end, facecolor=PALETTE.tint, edgecolor="none", zorder=4)
    ax.axvline(end, color=PALETTE.muted, linewidth=0.9, zorder=4)
    ax.text(
        end / 2, top / 2, text, rotation=90, color=PALETTE.muted, fontsize=CHART_LABEL_PT,
        ha="center", va="center", zorder=4, bbox={"facecolor": PALETTE.tint, "edgecolor": "none"},
    )  # fmt: skip


def _draw_labels(points: pd.DataFrame, ax: Axes) -> list[Annotation]:
    """Name points, and return the labels, which have no place yet."""
    line = {"arrowstyle": "-", "color": PALETTE.context, "linewidth": 0.5, "shrinkB": 2}
    return [
        ax.annotate(
            row["text"], (row["x"], row["y"]), xytext=(6, 0), textcoords="offset points",
            color=PALETTE.ink, fontsize=CHART_LABEL_PT, zorder=6,
            bbox={**_BACKED, "pad": 0.5, "alpha": 0.6}, arrowprops={**line, "shrinkA": 0},
        )
        for row in points.to_dict("records")
    ]  # fmt: skip


def _draw_path(path: pd.DataFrame, ax: Axes) -> list[Annotation]:
    """Draw the way to the nation's point, and return the labels, which have no place yet."""
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
    return [
        ax.annotate(
            "\n".join(row["text"].rsplit(" ", 1)), (row["x"], row["y"]), xytext=(6, 0),
            textcoords="offset points", color=colour, fontsize=CHART_LABEL_PT + 1, zorder=6,
            multialignment="center", bbox=_BACKED,
        )
        for row in (nation, *before)
    ]  # fmt: skip
