"""What holds in how many worlds: named conclusions, each a bound on one figure of a world."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from closurerate.study.worlds.world import World
from closurerate.study.worlds.worlds import Worlds

Sense = Literal["above", "below"]


@dataclass(frozen=True)
class Conclusion:
    """A statement that is true in a world when one of its figures is beyond a bound.

    Args:
        name: Its name in code; with a colon, the KPI that it compares with follows.
        figure: The world's figure; None where the KPI has none.
        sense, bound: The statement holds where the figure is strictly above or below the bound.
        unit, decimals: How the figure is printed: `percent`, `point` (of the KPI), `kpi` (the KPI's
            own unit), `count`, `ratio`, `tau`.
        is_published: Whether it follows from the printed totals and the formula alone, so that no
            world could differ.
    """

    name: str
    figure: Callable[[World], float | None]
    sense: Sense
    bound: float
    unit: str
    decimals: int
    is_published: bool = False

    def holds(self, figure: float) -> bool:
        """Return whether the statement is true for a figure."""
        return figure > self.bound if self.sense == "above" else figure < self.bound


def conclusions(
    found: Worlds,
    target: float | None = None,
    *,
    is_higher_better: bool = True,
    compared: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return each conclusion with the worlds in which it holds and the range of its figure.

    Args:
        found: An ensemble.
        target: The year's target in the KPI's printed unit; None where there is none, and nothing
            is said of it.
        is_higher_better: Whether a value over the target meets it.
        compared: The KPIs, by id, whose order of the branches is spoken of; None: all that the
            worlds were compared by.

    Returns:
        DataFrame: `name`; `holds`, `known` and `count` (worlds where it is true, where the figure
            has a value, and in all); `is_base_in` (whether it is true in the world as declared);
            `base`, `low`, `high` (the figure in the world as declared,
            and its range over the ensemble; nan where there is none); `sense`, `bound`, `unit`,
            `decimals`, `is_published`. Only those that have a figure in some world.

    Notes:
        Float accuracy: that of the worlds' figures, 1e-12.
    """
    rows = []
    for item in _conclusions(found.base, target, is_higher_better, compared):
        figures = [item.figure(world) for world in found.worlds]
        known = [figure for figure in figures if figure is not None]
        if not known:
            continue
        base = item.figure(found.base)
        rows.append(
            {
                "name": item.name,
                "holds": sum(item.holds(figure) for figure in known),
                "known": len(known),
                "count": len(figures),
                "base": float("nan") if base is None else base,
                "is_base_in": base is None or item.holds(base),
                "low": min(known),
                "high": max(known),
                "sense": item.sense,
                "bound": item.bound,
                "unit": item.unit,
                "decimals": item.decimals,
                # A part of the nation meets no printed total.
                "is_published": item.is_published and found.fraction == "1",
            }
        )
    return pd.DataFrame(rows)


CONFIDENCE = 95
"""Of the bound on how likely a conclusion is, in percent."""


def least_likely(worlds: int) -> float:
    """Return how likely what comes out in each of so many worlds is, at the least.

    The lower one-sided 95 % bound of a share that was found whole: under the generator of the
    worlds and the ranges they were drawn from, and under nothing else.

    References:
        Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404).
    """
    return float((1 - CONFIDENCE / 100) ** (1 / worlds))


def _conclusions(
    base: World,
    target: float | None,
    is_higher_better: bool,
    compared: Collection[str] | None,
) -> list[Conclusion]:
    found = [
        Conclusion("unpaid_lowers", lambda world: world.unpaid, "below", 0, "point", 4, True),
        Conclusion("unpaid_splits", _against_nation, "above", 0, "count", 0),
        Conclusion("mostly_full", lambda world: _percent(world.full_share), "above", 50,
                   "percent", 2),
        Conclusion("lowest_ratio_leads", _rival, "below", 100, "percent", 2),
        Conclusion("boundaries_weigh_little", _boundaries, "below", 10, "percent", 2),
        Conclusion("hundredth_shows", _nearest, "below", 0.01, "ratio", 4),
        Conclusion("small_structure", lambda world: _percent(world.excess), "below", 5,
                   "percent", 2),
        Conclusion("same_first", lambda world: _base_first(base, world), "below", 2, "count", 0),
    ]  # fmt: skip
    found += [
        Conclusion(f"variant:{name}", _of(lambda world: world.variants, name), "below", -1,
                   "point", 2)
        for name, change in base.variants.items()
        if change is not None and change < -1
    ]  # fmt: skip
    found += [
        Conclusion(f"agreement:{name}", _of(lambda world: world.agreement, name), "above", 0.5,
                   "tau", 2)
        for name in base.agreement
        if compared is None or name in compared
    ]  # fmt: skip
    if target is not None:
        found.append(
            Conclusion("target_by_full_alone", lambda world: world.full_alone,
                       "above" if is_higher_better else "below", target, "kpi", 2)
        )  # fmt: skip
    return found


def _of(
    table: Callable[[World], Mapping[str, float | None]], name: str
) -> Callable[[World], float | None]:
    return lambda world: table(world).get(name)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _against_nation(world: World) -> float | None:
    """Return in how many branches closing unpaid does to the KPI the opposite of the nation's."""
    signs = [row["unpaid"] for row in world.branches.values()]
    if not world.unpaid or all(sign is None for sign in signs):
        return None
    return float(sum(sign is not None and sign * world.unpaid < 0 for sign in signs))


def _swing(world: World, name: str) -> float:
    """Return the span of the KPI over a threshold's range, the value in force included."""
    ends = [0.0, *(end for end in world.swings[name].values() if end is not None)]
    return max(ends) - min(ends)


def _rival(world: World) -> float | None:
    """Return the widest swing of any other threshold in percent of the lowest ratio's."""
    lowest, *others = world.swings
    own = _swing(world, lowest)
    rival = max((_swing(world, name) for name in others), default=0.0)
    return 100 * rival / own if own and others else None


def _boundaries(world: World) -> float | None:
    """Return the widest swing of a boundary in percent of the widest of a ratio."""
    widest = {
        kind: max(
            (_swing(world, name) for name in world.swings if name.startswith(kind)), default=0
        )
        for kind in ("ratio", "boundary")
    }
    is_known = widest["ratio"] and len(world.swings) > 1
    return 100 * widest["boundary"] / widest["ratio"] if is_known else None


def _nearest(world: World) -> float | None:
    """Return how far the lowest tier's ratio moves until the printed figure changes."""
    return next(iter(world.distances.values()), None)


def _base_first(base: World, world: World) -> float | None:
    """Return the rank of the branch that is first in the world as declared."""
    first = [name for name, row in base.branches.items() if row["rank"] == 1]
    ranks = [world.branches[name]["rank"] for name in first if name in world.branches]
    known = [rank for rank in ranks if rank is not None]
    return float(min(known)) if known else None


def branch_ranks(found: Worlds) -> pd.DataFrame:
    """Return each branch's rank as declared, and over the ensemble.

    Args:
        found: An ensemble.

    Returns:
        DataFrame: `branch`, `base`, `best`, `median`, `worst` (`Int64`; the median is the lower of
            two middle ranks), and `same`, the worlds in which the rank is the declared one.
            Branches that have no rank are left out.
    """
    rows = []
    for name, row in found.base.branches.items():
        ranks = sorted(
            int(rank)
            for world in found.worlds
            if (rank := world.branches.get(name, {}).get("rank")) is not None
        )
        base = row["rank"]
        if ranks and base is not None:
            middle = ranks[(len(ranks) - 1) // 2]
            rows.append((name, int(base), ranks[0], middle, ranks[-1], ranks.count(int(base))))
    columns = ["branch", "base", "best", "median", "worst", "same"]
    return pd.DataFrame(rows, columns=columns)
