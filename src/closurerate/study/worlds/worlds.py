"""An ensemble of synthetic worlds that all meet a year's published totals, each studied by itself.

A world is the nation at a tenth of its size, or as data/worlds.yml says: rates, shares and orders
are its subject, which a tenth of the cases carries to two decimals.

What comes out in every world is likely under one generator and its declared ranges
(`conclusions.least_likely`); the totals do not imply it, and cases that meet them may
contradict it. What differs from world to world is not known while there are no real rows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from closurerate.errors import InputError
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import is_of_any_size
from closurerate.records.sealing import read_json, write_json
from closurerate.study.settings import StudySettings
from closurerate.study.thresholds.engine import build_index
from closurerate.study.worlds.assumptions import Drawn, WorldSettings, draw_assumptions
from closurerate.study.worlds.world import World, study_world
from closurerate.study.worlds.world_counts import count_world, repayments_of
from closurerate.study.worlds.world_totals import check_totals
from closurerate.synthetic.assumptions import Assumptions
from closurerate.synthetic.totals import PanelTotals, half_up
from closurerate.synthetic.year import SyntheticYear, draw_year

UNPAID_CASES = 10_000
"""Pending cases of the nation that the record of a world closes with nothing paid."""

_MOST_ATTEMPTS = 10
"""Draws for one world before it is given up."""

_AT_ONCE = 2
"""Worlds made at a time: one of the nation's size takes some 1.4 GB."""

Progress = Callable[[int, int], None]
"""Called with the worlds done and the worlds in all."""


@dataclass(frozen=True)
class Worlds:
    """An ensemble.

    Args:
        kpi, version: The KPI and the year since which its version holds.
        fraction, size: What share of the nation the world as declared is, and each of the others.
        seed: Seed of the first world's draws, less one.
        base: The world of the assumptions as declared, which is not one of the ensemble.
        worlds: The ensemble.
    """

    year: int
    kpi: str
    version: int
    fraction: str
    size: str
    seed: int
    base: World
    worlds: tuple[World, ...]


def make_worlds(
    year: int,
    version: KpiVersion,
    varied: WorldSettings,
    *,
    totals: PanelTotals,
    assumptions: Assumptions,
    settings: StudySettings,
    others: Sequence[KpiVersion] = (),
    count: int | None = None,
    fraction: Fraction = Fraction(1),
    progress: Progress | None = None,
) -> Worlds:
    """Return an ensemble: the same arguments give the same, and a longer one begins like a shorter.

    Args:
        year: ROC year: one of the totals'.
        varied: What varies, and how far (data/worlds.yml).
        totals: What each world meets exactly (`synthetic.published_totals.panel_of`).
        assumptions: As declared (data/synthetic.yml).
        settings: Ranges and variants of the thresholds (data/study.yml).
        others: KPIs whose order of the branches is compared with this one's.
        count: How many worlds; None: as `varied` says.
        fraction: Size of the world as declared, as a share of the nation; the others are no larger
            than `varied` says, but for a KPI that depends on how many cases there are.
        progress: Called after each world.

    Raises:
        InputError: If there is to be no world, the year is not of the totals, or so many draws for
            a world in a row contradict the totals: names the world.

    Notes:
        Draws that the totals contradict, such as more collected than was, are given up and drawn
        anew: the ensemble is of the assumptions that the printed totals allow. Each world records
        how many.
    """
    number = varied.count if count is None else count
    _check_asked(year, number, totals)
    size = min(fraction, varied.size) if is_of_any_size(version) else fraction

    def made(place: int) -> World:
        own = size if place else fraction
        cases, drawn, rejected = _drawn(
            place, year, varied, totals=totals, assumptions=assumptions, fraction=own
        )
        counts = count_world(cases, version.rule)
        check_totals(cases, counts, version.rule, place)
        index = build_index(repayments_of(cases, version.rule), counts, version)
        del cases
        unpaid = max(1, half_up(UNPAID_CASES * own))
        study = partial(study_world, number=place, rejected=rejected, drawn=drawn)
        return study(index, counts, settings, others, unpaid_times=unpaid)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        base, *worlds = _told(pool.map(made, range(number + 1)), number + 1, progress)
    return Worlds(
        year, version.kpi, version.version, str(fraction), str(size), varied.seed, base,
        tuple(worlds),
    )  # fmt: skip


def _told(worlds: Iterable[World], count: int, progress: Progress | None) -> Iterator[World]:
    for done, world in enumerate(worlds, start=1):
        if progress is not None:
            progress(done, count)
        yield world


def _check_asked(year: int, number: int, totals: PanelTotals) -> None:
    if year not in totals.by_year():
        raise InputError(f"worlds: year {year} is none of the totals' years.")
    if number < 1:
        raise InputError(f"worlds: count {number}: must be 1 or more.")


def _drawn(
    place: int,
    year: int,
    varied: WorldSettings,
    *,
    totals: PanelTotals,
    assumptions: Assumptions,
    fraction: Fraction,
) -> tuple[SyntheticYear, Drawn, int]:
    """Return a world's cases, its draws, and how many draws before them the totals ruled out."""
    if place == 0:
        # With the synthetic extract's own seed, so that it is that extract.
        return (
            draw_year(year, totals=totals, assumptions=assumptions, fraction=fraction),
            {},
            0,
        )
    reason = ""
    for attempt in range(_MOST_ATTEMPTS):
        own, drawn = draw_assumptions(assumptions, varied, place, attempt)
        seed = varied.seed + place
        try:
            cases = draw_year(year, totals=totals, assumptions=own, fraction=fraction, seed=seed)
        except InputError as error:
            reason = str(error)
        else:
            return cases, drawn, attempt
    raise InputError(
        f"world {place}: {_MOST_ATTEMPTS} draws from data/worlds.yml cannot meet the totals; "
        f"narrow its ranges: {reason}"
    )


def write_worlds(worlds: Worlds, path: Path) -> None:
    """Write an ensemble as JSON, in one step; the same ensemble gives the same bytes."""
    write_json(asdict(worlds), path, indent=1)


def read_worlds(path: Path) -> Worlds:
    """Return an ensemble that `write_worlds` wrote.

    Raises:
        InputError: If it is not there or was not written by it.
    """
    try:
        document = read_json(path)
        base, worlds = World(**document.pop("base")), document.pop("worlds")
        return Worlds(**document, base=base, worlds=tuple(World(**item) for item in worlds))
    except FileNotFoundError:
        raise InputError(
            f"{path}: there is no ensemble of worlds yet; run `closurerate worlds` first."
        ) from None
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InputError(
            f"{path}: this is no ensemble of worlds; run `closurerate worlds` again."
        ) from None
