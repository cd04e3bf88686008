"""A year's ensemble of worlds as its pages use it: opened beside the KPI, and what they share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.prose import Several
from closurerate.press.shown import Grounds, Shown
from closurerate.press.text import Item, Text, exactly, t
from closurerate.quantity import borne
from closurerate.records.paths import cases_folder, data_folder, kpi_file
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.worlds.assumptions import WorldSettings, read_world_settings
from closurerate.study.worlds.worlds import Worlds, read_worlds
from closurerate.synthetic.assumptions import Assumptions, load_assumptions
from closurerate.year.changes import interval
from closurerate.year.kpi_year import KpiData

_COMPARED = ("effective_over_closed", "effective_share")
"""KPIs whose order of the branches is spoken of: 106's measure, and the bounded share."""


@dataclass(frozen=True)
class Ensemble:
    """A year's worlds with what is declared of them.

    Args:
        moved: The thresholds that were moved in each.
        varied: What varies between worlds, and what does not.
        others: Names of the KPIs whose order of the branches is compared, by id.
        base: What the synthetic data assume where nothing varies.
    """

    found: Worlds
    moved: tuple[Parameter, ...]
    varied: WorldSettings
    others: Mapping[str, Text]
    base: Assumptions


def open_worlds(data: KpiData) -> Ensemble | None:
    """Return the year's ensemble; None for cases that were taken in, which have none.

    Raises:
        InputError: If the case data are the generator's and there is no ensemble yet, or it is of
            another KPI, version or year.
    """
    if not data.cases.is_synthetic or data.folder == "extract":
        return None
    path = cases_folder(data.year, data.folder) / f"worlds.{data.definition.id}.json"
    found = read_worlds(path)
    wanted = (data.year, data.definition.id, data.version.version)
    if (found.year, found.kpi, found.version) != wanted:
        raise InputError(
            f"{path}: is of {found.kpi} ({found.year}); run `closurerate worlds` again."
        )
    return open_ensemble(data, found)


def open_ensemble(data: KpiData, found: Worlds) -> Ensemble:
    """Return worlds with what the files of `data` declare of them."""
    settings = read_settings(data_folder() / "study.yml")
    return Ensemble(
        found,
        parameters(data.version.rule, settings),
        read_world_settings(data_folder() / "worlds.yml"),
        {name: Text(read_definition(kpi_file(name), kpi_file).name) for name in _COMPARED},
        load_assumptions(data_folder() / "synthetic.yml"),
    )


def without_worlds(worlds: Ensemble | None, *shown: Shown) -> Several:
    """Return what rests on the rows themselves; nothing where worlds are shown in its place."""
    return Several(shown if worlds is None else ())


def grounds_of_worlds(data: KpiData) -> Grounds:
    """Return what is shown of worlds rests on: nothing but made-up cases."""
    return Grounds("worlds", t("source_worlds"))


def range_of(changes: Iterable[float | None], most: int) -> Item:
    """Return the range of a change over worlds, to the digits that it bears, at most so many."""
    known = [Fraction(change) for change in changes if change is not None]
    low, high = min(known, default=None), max(known, default=None)
    digits = most if low is None or high is None else borne(low, high, most)
    return interval(low, high, digits, is_signed=True)


def among(holds: int, count: int) -> Text:
    """Return in how many of all worlds something holds, in words: all of them, or so many."""
    return t("world_in_all" if holds == count else "world_in_some", holds=holds, count=count)


def policy_name(name: str) -> Text:
    """Return a policy variant in words, as worlds name it: `uniform_0.5`, `equal`, `strict`."""
    kind, _, ratio = name.partition("_")
    return t(f"world_variant_{kind}", ratio=exactly(Fraction(ratio)) if ratio else "")
