"""The landscape of a KPI: its heights over two axes, and where all that is shown on it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sympy
from matplotlib.ticker import MaxNLocator

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import scale_of
from closurerate.quantity import with_minus
from closurerate.study.formula.surface import surface

_GRID = 161
"""Points of the grid along each axis."""
_CONTOURS = 18
_GAP = 0.036
"""Least distance between two contours' names, as a share of the axis."""
_NAMED_ALONG = {"indicators": (0.52, 0.35), "counts": (0.58, 0.06)}
"""The ray along which contours are named, clear of points and borders: its slope, and from where,
as a share of the axis, it has room."""
_EDGES = (0.97, 0.9)
"""Where those that do not cross it are named, one after another, as shares of the axis."""
_BEYOND = 1.5
"""Contours go so far beyond the values shown, as times the largest of them."""
_DIGIT = 0.0123
"""Width of a digit in a contour's name, as a share of the axis."""
_CURVE = 200

Region = tuple[sympy.Expr, sympy.Expr]
"""The ends of t = I2/I1 = C/P between which it lies."""


@dataclass(frozen=True)
class Landscape:
    """What stands where on a KPI's heights.

    Args:
        surface: Heights; the index is the vertical axis and the columns the horizontal one.
        start: Up to where on the horizontal axis nothing can be; 0 where everywhere something can.
        levels: `height` of each contour in order, its `text`, and `x`, `y` where the text stands.
        regions: `region`, `x`, `low`, `high`: what is shaded lies between low and high.
        borders: `region`, `x`, `y` of the lines that bound them.
        region_words: `text` of each region, the `side` (`top` or `right`) that it reaches, and
            `x`, `y` there: where it begins at the top, its middle at the right.
        points: `x`, `y` and `text`.
        path: From the year before to this year, as `points`; one row where only this year is known.
            The last row is the nation's.
    """

    surface: pd.DataFrame
    start: float
    levels: pd.DataFrame
    regions: pd.DataFrame
    borders: pd.DataFrame
    region_words: pd.DataFrame
    points: pd.DataFrame
    path: pd.DataFrame


def landscape(
    version: KpiVersion,
    points: pd.DataFrame,
    path: pd.DataFrame,
    regions: Sequence[tuple[Any, Region]],
    effective: int | None = None,
) -> Landscape:
    """Return a KPI's landscape over I1 and I2 in percent, or over C and P in million cases.

    Args:
        points, path: `text`, `value`, `I1` and `I2` (plain ratios) of what is shown on it.
        regions: What is said of each region, and its ends.
        effective: Over C and P: the number of effective cases that is held.
    """
    is_in_counts, million = effective is not None, (effective or 0) / 1e6
    shown = pd.concat([points, path], ignore_index=True)
    # In counts, an indicator is the effective cases over the cases along the axis.
    x, y = (million / shown[name] if is_in_counts else 100 * shown[name] for name in ("I1", "I2"))
    end = axis_end([*x, *y])
    ticks = np.linspace(end / 1000, end, _GRID)
    at = million / ticks if is_in_counts else ticks / 100
    heights = surface(in_indicators(version), at, at) * scale_of(version.unit)
    # No more cases are effective than closed.
    heights[:, at > 1] = np.nan
    grid = pd.DataFrame(heights, index=ticks, columns=ticks)
    placed, ends = shown.assign(x=x, y=y), [region for _, region in regions]
    return Landscape(
        surface=grid,
        start=million,
        levels=contours(grid, placed["value"].tolist(), million, is_in_counts=is_in_counts),
        regions=shaded(ends, end, is_in_counts=is_in_counts),
        borders=borders(ends, end, million, is_in_counts=is_in_counts),
        region_words=pd.DataFrame(
            [
                (text, *words_of(region, million, end, is_in_counts=is_in_counts))
                for text, region in regions
            ],
            columns=["text", "x", "y", "side"],
        ),
        points=placed.iloc[: len(points)],
        path=placed.iloc[len(points) :],
    )


def axis_end(values: Sequence[float]) -> float:
    """Return where an axis from 0 ends: beyond the farthest of its values, at a round number."""
    farthest = max(values) * 1.2
    step = 10 ** np.floor(np.log10(farthest)) / 5
    return float(np.ceil(farthest / step) * step)


def contours(
    surface: pd.DataFrame, values: Sequence[float], start: float, *, is_in_counts: bool
) -> pd.DataFrame:
    """Return round heights around the values shown, with the place where each is named.

    Args:
        surface: Heights; the index is the vertical axis and the columns the horizontal one.
        start: Where the horizontal axis begins to be possible.

    Returns:
        DataFrame: `height`, `text`, `x`, `y`; without a place where there is no room for the name.
    """
    low, high = np.nanquantile(surface.to_numpy(), [0.01, 0.99])
    beyond = _BEYOND * max(map(abs, values))
    low, high = max(low, min(values) - beyond), min(high, max(values) + beyond)
    levels = MaxNLocator(_CONTOURS, steps=[1, 2, 5, 10]).tick_values(low, high)
    ray = _NAMED_ALONG["counts" if is_in_counts else "indicators"]
    end, taken = float(surface.index[-1]), [(start, np.nan, "")]
    texts, places = [with_minus(f"{level:g}") for level in levels], []
    for text, (x, y) in zip(texts, _crossings(surface, levels, *ray), strict=True):
        has_room = x > start + _GAP * end and not any(
            abs(x - other_x) < max(1.2 * _GAP, _DIGIT * len(text + other) / 2) * end
            and abs(y - other_y) < 0.8 * _GAP * end
            for other_x, other_y, other in taken
        )
        places.append((x, y) if has_room else (np.nan, np.nan))
        taken += [(x, y, text)] if has_room else []
    return pd.DataFrame(
        {
            "height": levels,
            "text": texts,
            "x": [place[0] for place in places],
            "y": [place[1] for place in places],
        }
    )


def _crossings(
    surface: pd.DataFrame, levels: Sequence[float], slope: float, start: float
) -> list[tuple[float, float]]:
    """Return where each contour crosses the ray of a slope, or else the right or upper edge."""
    ticks, end, every = surface.index.to_numpy(float), float(surface.index[-1]), range(len(levels))
    along = np.linspace(start, _EDGES[0], _CURVE) * end / max(slope, 1)
    lines = [
        (along, along * slope, every),
        *(
            (np.full_like(ticks, edge * end), ticks, every[turn :: len(_EDGES)])
            for turn, edge in enumerate(_EDGES)
        ),
        (ticks, np.full_like(ticks, _EDGES[0] * end), every),
    ]
    heights = surface.to_numpy()
    found = [(np.nan, np.nan)] * len(levels)
    for across, up, places in lines:
        columns, rows = (
            np.searchsorted(ticks, line).clip(0, len(ticks) - 1) for line in (across, up)
        )
        profile = heights[rows, columns]
        known = profile[np.isfinite(profile)]
        if not len(known) or np.ptp(known) < 1e-9 * np.abs(known).max():
            continue
        for place in places:
            changes = np.flatnonzero(np.nan_to_num(np.diff(np.sign(profile - levels[place]))))
            if len(changes) and np.isnan(found[place][0]):
                at = changes[0]
                found[place] = (float(across[at]), float(up[at]))
    return found


def shaded(regions: Sequence[Region], end: float, *, is_in_counts: bool) -> pd.DataFrame:
    """Return between which `low` and `high` each `region` of t = I2/I1 = C/P lies, at which `x`."""
    across = np.linspace(0, end, _CURVE)
    frames = []
    for number, (lower, upper) in enumerate(regions):
        least, most = _slopes(lower, upper, is_in_counts=is_in_counts)
        low = np.minimum(across * least, end)
        high = np.full_like(across, end) if np.isinf(most) else np.minimum(across * most, end)
        frames.append(pd.DataFrame({"region": number, "x": across, "low": low, "high": high}))
    columns = ["region", "x", "low", "high"]
    return pd.concat(frames) if frames else pd.DataFrame(columns=columns)


def borders(
    regions: Sequence[Region], end: float, start: float = 0.0, *, is_in_counts: bool
) -> pd.DataFrame:
    """Return the rays that bound regions, `region`, `x` and `y`, from a start to the edge."""
    slopes = {
        slope
        for lower, upper in regions
        for slope in _slopes(lower, upper, is_in_counts=is_in_counts)
        if 0 < slope < np.inf
    }
    rows = [
        (number, x, x * slope)
        for number, slope in enumerate(sorted(slopes))
        for x in (start, end / max(slope, 1))
        if start < end / max(slope, 1)
    ]
    return pd.DataFrame(rows, columns=["region", "x", "y"])


def words_of(
    region: Region, start: float, end: float, *, is_in_counts: bool
) -> tuple[float, float, str]:
    """Return where a region of t = I2/I1 = C/P reaches the edge, and which: `top` or `right`.

    `start` is where the horizontal axis begins to be possible, `end` where both axes end.
    """
    low, high = _slopes(*region, is_in_counts=is_in_counts)
    if high <= 1:
        return end, end * (low + high) / 2, "right"
    return max(start, end / high), end, "top"


def _slopes(lower: sympy.Expr, upper: sympy.Expr, *, is_in_counts: bool) -> tuple[float, float]:
    """Return the slopes y/x between which t lies: of I2 over I1, or of P over C."""
    ends = [float(lower), float(upper)]
    if is_in_counts:
        ends = [1 / end if end else np.inf for end in reversed(ends)]
    return ends[0], ends[1]
