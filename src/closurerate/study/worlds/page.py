"""What is shown of the ensemble of synthetic worlds: what holds in it, and what was varied."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.chart import Chart
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    bare,
    clauses,
    exactly,
    formed,
    joined,
    stated,
    t,
)
from closurerate.quantity import Quantity, number
from closurerate.records.paths import cases_folder, data_folder, kpi_file
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.worlds.assumptions import WorldRange, WorldSettings, read_world_settings
from closurerate.study.worlds.conclusions import branch_ranks, conclusions, least_likely
from closurerate.study.worlds.drawing import draw_rank_ranges, draw_strips
from closurerate.study.worlds.world import World
from closurerate.study.worlds.worlds import Worlds, read_worlds
from closurerate.year.changes import change_heading, interval
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData

_COMPARED = ("effective_over_closed", "effective_share")
"""KPIs whose order of the branches is spoken of: 106's measure, and the bounded share."""
_SENTENCES = {"zh-Hant": "", "en": " "}
"""What stands between two sentences."""
_ROW_CM = 0.56


@dataclass(frozen=True)
class Ensemble:
    """A year's worlds with what is declared of them.

    Args:
        found: The worlds.
        moved: The thresholds that were moved in each.
        varied: What varies between worlds, and what does not.
        others: Names of the KPIs whose order of the branches is compared, by id.
    """

    found: Worlds
    moved: tuple[Parameter, ...]
    varied: WorldSettings
    others: Mapping[str, Text]


def worlds_path(data: KpiData) -> Path:
    """Return where a year's ensemble belongs: beside the case data, by KPI."""
    return cases_folder(data.year, data.folder) / f"worlds.{data.definition.id}.json"


def open_worlds(data: KpiData) -> Ensemble | None:
    """Return the year's ensemble; None for cases that were taken in, which have none.

    Raises:
        InputError: If the case data are the generator's and there is no ensemble yet, or it is of
            another KPI, version or year.
    """
    if not data.cases.is_synthetic or data.folder == "extract":
        return None
    path = worlds_path(data)
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
    )


def without_worlds(data: KpiData) -> Markdown:
    """Return the sentence that stands where there is no ensemble."""
    return Markdown(t("world_none" if data.cases.is_synthetic else "world_not_needed"))


def _grounds(data: KpiData) -> Grounds:
    return Grounds("illustration", data.cases.source_of("illustration"))


# What holds -----------------------------------------------------------------------------------
def conclusions_table(data: KpiData, worlds: Ensemble | None) -> Table | Markdown:
    """Return each conclusion, the worlds in which it holds, and the range of its figure."""
    if worlds is None:
        return without_worlds(data)
    rows = [
        (
            _sentence(data, worlds, row),
            t("world_count_of", holds=row["holds"], known=row["known"]),
            _figure(data, row, row["base"]),
            _range(data, row),
            t("world_rests_totals" if row["is_published"] else "world_rests_worlds"),
        )
        for row in _conclusions(data, worlds).to_dict("records")
    ]
    columns = [
        *words("world_conclusion", width=0.42),
        *numbers("world_holds_in", "world_figure_base", "world_figure_range"),
        *words("world_rests_on"),
    ]
    caption = t("caption_conclusions", count=len(worlds.found.worlds))
    return Table(columns, rows, caption, _grounds(data), note=_note(worlds))


def _conclusions(data: KpiData, worlds: Ensemble) -> pd.DataFrame:
    return conclusions(
        worlds.found,
        None if data.target is None else float(data.target),
        is_higher_better=data.version.is_higher_better,
        compared=_COMPARED,
    )


def _note(worlds: Ensemble) -> Run:
    found, fixed = worlds.found, tuple(map(Text, worlds.varied.fixed.values()))
    parts = [
        t(
            "note_conclusions",
            count=len(found.worlds),
            least=_least(found),
            rejected=sum(world.rejected for world in found.worlds),
            fixed=Run(fixed, _SENTENCES),
        )
    ]
    if found.fraction != "1":
        parts.append(t("note_worlds_fraction", fraction=found.fraction))
    return Run(tuple(parts), _SENTENCES)


def _least(found: Worlds) -> Quantity:
    """Return how likely what comes out in every world is at the least, in percent."""
    share = Fraction(least_likely(len(found.worlds)))
    return Quantity(share * 100, "percent", 1, "illustration")


def _sentence(data: KpiData, worlds: Ensemble, row: Mapping[Hashable, Any]) -> Text:
    """Return a conclusion in words, with its bound and what it speaks about."""
    kind, _, about = str(row["name"]).partition(":")
    return t(
        f"holds_{kind}",
        name=data.kpi_name,
        bound=_bound(data, row),
        times=worlds.found.base.unpaid_times,
        tier=formed(tier_name(data.version.rule.tiers[0]), str.lower),
        unit=change_heading(data.version.unit),
        variant=policy_name(about) if kind == "variant" else "",
        other=worlds.others[about] if kind == "agreement" else "",
    )


def policy_name(name: str) -> Text:
    """Return a policy variant in words, as worlds name it: `uniform_0.5`, `equal`, `strict`."""
    kind, _, ratio = name.partition("_")
    return t(f"world_variant_{kind}", ratio=ratio)


def _bound(data: KpiData, row: Mapping[Hashable, Any]) -> Item:
    """Return a bound in its unit, with no more digits than it has."""
    bound = exactly(Fraction(str(row["bound"])))
    if row["unit"] == "point":
        return bound
    return _quantity(data, row, row["bound"], bound.quantity.decimals)


def _range(data: KpiData, row: Mapping[Hashable, Any]) -> Item:
    """Return the range of a figure: a change keeps its sign, a unit stands once."""
    decimals = row["decimals"]
    low, high = (_quantity(data, row, row[end], decimals) for end in ("low", "high"))
    if row["unit"] == "point":
        return interval(low.value, high.value, decimals, is_signed=True)
    if number(low.value, decimals) == number(high.value, decimals):
        return stated(high)
    return t("interval", low=bare(low), high=high)


def _figure(data: KpiData, row: Mapping[Hashable, Any], figure: float) -> Item:
    """Return a figure in its unit; a dash for nan."""
    if isnan(figure):
        return None
    quantity = _quantity(data, row, figure, row["decimals"])
    is_change = row["unit"] == "point"
    return bare(quantity, is_signed=True) if is_change else stated(quantity)


def _quantity(data: KpiData, row: Mapping[Hashable, Any], value: float, decimals: int) -> Quantity:
    unit = data.version.unit if row["unit"] == "kpi" else row["unit"]
    return Quantity(Fraction(value), unit, decimals, "illustration")


def world_quantities(data: KpiData, worlds: Ensemble) -> dict[str, Quantity]:
    """Return figures that a sentence can name.

    `worlds` (how many), `conclusions`, `conclusions_in_all` (that hold in every world) and
    `in_all_least` (how likely such a one is at least, under the worlds' generator); `full_low` and
    `full_high` (share of effective cases paid in full), `full_alone_low` and `full_alone_high`
    (the KPI if no part-paid case counted), `boundary_share_high` (the widest swing of a boundary
    in percent of the widest of a ratio).
    """
    frame, count = _conclusions(data, worlds), len(worlds.found.worlds)
    in_all = int((frame["holds"] == frame["count"]).sum())
    counts = {"worlds": count, "conclusions": len(frame), "conclusions_in_all": in_all}
    shown = {name: Quantity(count, "count", 0, "illustration") for name, count in counts.items()}
    shown["in_all_least"] = _least(worlds.found)
    by_name = {row["name"]: row for row in frame.to_dict("records")}
    for name, conclusion, unit, ends in (
        ("full", "mostly_full", "percent", ("low", "high")),
        ("full_alone", "target_by_full_alone", data.version.unit, ("low", "high")),
        ("boundary_share", "boundaries_weigh_little", "percent", ("high",)),
    ):
        row = by_name.get(conclusion)
        for end in ends if row is not None else ():
            value = Fraction(float(row[end]))  # type: ignore[index]
            shown[f"{name}_{end}"] = Quantity(value, unit, 1, "illustration")
    return shown


def worlds_finding(
    data: KpiData, worlds: Ensemble | None, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown | Several:
    """Return a computed sentence that may name `world_quantities`; nothing without an ensemble."""
    if worlds is None:
        return Several(())
    return data.say(
        world_quantities(data, worlds),
        zh=zh,
        en=en,
        is_optional=is_optional,
        at_best="illustration",
    )


# What moves it --------------------------------------------------------------------------------
def worlds_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return what moving each threshold does to the KPI in every world; nothing without any."""
    if worlds is None:
        return Several(())
    rows = _changes(data, worlds)
    if not rows:
        return Markdown(t("left_out_sentence"))

    def draw(figure: Figure, say: Say) -> None:
        draw_strips(
            say.frame(rows, "label", "text", "values", "base"),
            figure.subplots(),
            xlabel=say(t("change_in", unit=change_heading(data.version.unit))),
            marks=[say(t(f"world_mark_{name}")) for name in ("base", "each")],
        )

    caption = t("caption_worlds_changes", name=data.kpi_name, count=len(worlds.found.worlds))
    items = clauses(Run((label, text), " ") for label, text, *_ in rows)
    alt = t("alt_worlds_changes", items=items)
    return Chart(draw, caption, alt, _grounds(data), _ROW_CM * len(rows) + 2)


def _changes(data: KpiData, worlds: Ensemble) -> list[tuple[Item, Item, list[float], float]]:
    """Return the changes at each end of each range, and by each variant, in every world."""
    rows, digits = [], data.version.decimals + 1
    for label, of in _moves(data, worlds):
        values = [change for world in worlds.found.worlds if (change := of(world)) is not None]
        base = of(worlds.found.base)
        if values and base is not None:
            low, high = Fraction(min(values)), Fraction(max(values))
            rows.append((label, interval(low, high, digits, is_signed=True), values, base))
    return rows


def _moves(data: KpiData, worlds: Ensemble) -> list[tuple[Item, Callable[[World], float | None]]]:
    """Return what each row is called, and a world's figure for it."""
    base = worlds.found.base
    ends = [
        (_end_name(item, end, data), partial(_at_end, item.name, end))
        for item in worlds.moved
        for end in ("low", "high")
        if item.name in base.swings
    ]
    return [*ends, *((policy_name(name), partial(_by_variant, name)) for name in base.variants)]


def _at_end(name: str, end: str, world: World) -> float | None:
    return world.swings[name][end]


def _by_variant(name: str, world: World) -> float | None:
    return world.variants.get(name)


def _end_name(item: Parameter, end: str, data: KpiData) -> Text:
    value = item.low if end == "low" else item.high
    tier = tier_name(data.version.rule.tiers[item.place])
    if item.kind == "ratio":
        return t("world_ratio", tier=tier, value=exactly(value))
    return t("world_boundary", tier=tier, value=bare(value))


def worlds_ranks_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return each branch's best, median and worst rank over the worlds; nothing without any."""
    if worlds is None:
        return Several(())
    ranks = branch_ranks(worlds.found).sort_values(["median", "base"], kind="stable")
    if ranks.empty:
        return Markdown(t("no_worlds_ranks"))

    def draw(figure: Figure, say: Say) -> None:
        draw_rank_ranges(
            ranks.assign(label=[say(t(name)) for name in ranks["branch"]]),
            figure.subplots(),
            xlabel=say(t("rank_axis")),
            marks=[say(t(f"world_mark_{name}")) for name in ("base", "span", "median")],
        )

    items = [
        Run((t(row["branch"]), interval(int(row["best"]), int(row["worst"]), 0)), " ")
        for row in ranks.to_dict("records")
    ]
    caption = t("caption_worlds_ranks", name=data.kpi_name, count=len(worlds.found.worlds))
    alt = t("alt_worlds_ranks", items=joined(items))
    return Chart(draw, caption, alt, _grounds(data), _ROW_CM * len(ranks) + 1.9)


# What was varied ------------------------------------------------------------------------------
def ranges_table(worlds: Ensemble | None) -> Table | Several:
    """Return the assumptions that vary between worlds, how far, and why; nothing without any."""
    if worlds is None:
        return Several(())
    rows = [
        (Text(item.name), _range_of(item), Text(item.reason))
        for item in worlds.varied.ranges.values()
    ]
    columns = [
        *words("world_assumption", width=0.25),
        *numbers("world_range", width=0.2),
        *words("reason", width=0.55),
    ]
    return Table(columns, rows, t("caption_ranges"), Grounds(source="data/worlds.yml"))


def _range_of(item: WorldRange) -> Text:
    low, high = (exactly(Fraction(end)) for end in (item.low, item.high))
    return t("world_factor_range" if item.change == "factor" else "interval", low=low, high=high)
