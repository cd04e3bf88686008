"""What is shown of the ensemble of synthetic worlds: what holds in it, and what was varied."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import pandas as pd

from closurerate.press.prose import Box, Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Digits,
    Item,
    Run,
    Text,
    bare,
    exactly,
    formed,
    given_name,
    spaced,
    stated,
    t,
)
from closurerate.quantity import Quantity, number
from closurerate.study.worlds.assumptions import WorldRange, base_values
from closurerate.study.worlds.conclusions import CONFIDENCE, conclusions, least_likely
from closurerate.study.worlds.ensemble_page import (
    Ensemble,
    among,
    grounds_of_worlds,
    policy_name,
)
from closurerate.study.worlds.worlds import Worlds
from closurerate.year.changes import change_heading, interval
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData

_EXCEPTION, _OF_TOTALS = "†", "*"
"""What marks that the world shown is an exception, and that no world could be one."""


# What holds -----------------------------------------------------------------------------------
def conclusions_table(data: KpiData, worlds: Ensemble | None) -> Table | Markdown:
    """Return each conclusion, the worlds in which it holds, and the range of its figure."""
    if worlds is None:
        return Markdown(t("world_none" if data.cases.is_synthetic else "world_not_needed"))
    found = _conclusions(data, worlds).to_dict("records")
    rows = [
        (
            _sentence(data, worlds, row),
            Run((t("world_count_of", **_counts(row)), _mark(row))),
            _range(data, row),
        )
        for row in found
    ]
    columns = [*words("world_conclusion"), *numbers("world_holds_in", "world_figure_range")]
    caption = t("caption_conclusions", count=len(worlds.found.worlds))
    return Table(columns, rows, caption, grounds_of_worlds(data), note=_note(worlds, found))


def _conclusions(data: KpiData, worlds: Ensemble) -> pd.DataFrame:
    return conclusions(
        worlds.found,
        None if data.target is None else float(data.target),
        is_higher_better=data.version.is_higher_better,
        compared=worlds.others,
    )


def _counts(row: Mapping[Hashable, Any]) -> dict[str, int]:
    return {name: row[name] for name in ("holds", "known")}


def _is_exception(row: Mapping[Hashable, Any]) -> bool:
    """Tell whether the synthetic extract that is shown contradicts what holds in most worlds."""
    return not row["is_base_in"] and 2 * row["holds"] > row["known"]


def _mark(row: Mapping[Hashable, Any]) -> str:
    return _OF_TOTALS * bool(row["is_published"]) + _EXCEPTION * _is_exception(row)


def _note(worlds: Ensemble, rows: Sequence[Mapping[Hashable, Any]]) -> Run:
    found = worlds.found
    parts = [t("note_conclusions", confidence=CONFIDENCE, least=_downwards(_least(found)))]
    if found.size != "1":
        key = f"note_worlds_{'times' if found.fraction == '1' else 'size'}"
        part = Fraction(found.size)
        size = Run((bare(part.numerator), "/", bare(part.denominator)))
        parts.append(t(key, size=size, times=found.base.unpaid_times))
    if any(row["is_published"] for row in rows):
        parts.append(t("note_world_totals", mark=_OF_TOTALS))
    if any(map(_is_exception, rows)):
        parts.append(t("note_world_exception", mark=_EXCEPTION))
    return spaced(parts)


def _downwards(least: Quantity) -> Quantity:
    """Return a percentage rounded down, as "at least" asks for."""
    return replace(least, value=Fraction(floor(Fraction(least.value or 0) * 10), 10))


def _least(found: Worlds) -> Quantity:
    """Return how likely what comes out in every world is at the least, in percent."""
    share = Fraction(least_likely(len(found.worlds)))
    return Quantity(share * 100, "percent", 1, "worlds")


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
    if row["unit"] == "ratio" and number(low.value, decimals) == number(0, decimals):
        return t("world_at_most", high=high)
    return t("interval", low=bare(low), high=high)


def _quantity(data: KpiData, row: Mapping[Hashable, Any], value: float, decimals: int) -> Quantity:
    unit = data.version.unit if row["unit"] == "kpi" else row["unit"]
    return Quantity(Fraction(value), unit, decimals, "worlds")


def world_quantities(data: KpiData, worlds: Ensemble) -> dict[str, Quantity]:
    """Return figures that a sentence can name.

    `worlds` (how many), `conclusions`, `conclusions_in_all` (that hold in every world) and
    `in_all_least` (how likely such a one is at least, under the worlds' generator); `full_low` and
    `full_high` (share of effective cases paid in full), `full_alone_low` and `full_alone_high`
    (the KPI if no part-paid case counted), `target_met` (in how many worlds that meets the target),
    `boundary_share_high` (the widest swing of a boundary
    in percent of the widest of a ratio).
    """
    frame, count = _conclusions(data, worlds), len(worlds.found.worlds)
    in_all = int((frame["holds"] == frame["count"]).sum())
    counts = {"worlds": count, "conclusions": len(frame), "conclusions_in_all": in_all}
    shown = {name: Quantity(count, "count", 0, "worlds") for name, count in counts.items()}
    shown["in_all_least"] = _least(worlds.found)
    by_name = {row["name"]: row for row in frame.to_dict("records")}
    for name, conclusion, unit, ends in (
        ("full", "mostly_full", "percent", ("low", "high")),
        ("full_alone", "target_by_full_alone", data.version.unit, ("low", "high")),
        ("boundary_share", "boundaries_weigh_little", "percent", ("high",)),
    ):
        if conclusion in by_name:
            row = by_name[conclusion]
            shown |= {
                f"{name}_{end}": Quantity(Fraction(float(row[end])), unit, 1, "worlds")
                for end in ends
            }
    if "target_by_full_alone" in by_name:
        met = by_name["target_by_full_alone"]["holds"]
        shown["target_met"] = Quantity(met, "count", 0, "worlds")
    return shown


def worlds_finding(
    data: KpiData, worlds: Ensemble | None, *, zh: str, en: str
) -> Finding | Markdown | Several:
    """Return a computed sentence that may name `world_quantities`; nothing without an ensemble.

    Also `target_met_in` (in how many of the worlds, in words).
    """
    if worlds is None:
        return Several(())
    figures, names = world_quantities(data, worlds), dict[str, Item]()
    count = len(worlds.found.worlds)
    if "target_met" in figures:
        names["target_met_in"] = among(int(figures["target_met"].value or 0), count)
    return data.say(figures, names, zh=zh, en=en, at_best="worlds")


def fixed_box(worlds: Ensemble | None) -> Box | Several:
    """Return what all worlds share; nothing without any."""
    if worlds is None:
        return Several(())
    lines = (Run(("- ", Text(one))) for one in worlds.varied.fixed.values())
    return Box(t("world_fixed"), [Run(tuple(lines), "\n")])


# What was varied ------------------------------------------------------------------------------
def ranges_table(worlds: Ensemble | None) -> Table | Several:
    """Return the assumptions that vary between worlds, from where and how far; nothing without any.

    Its data have the reason of each range too.
    """
    if worlds is None:
        return Several(())
    ranges = worlds.varied.ranges.values()
    rows = [
        (given_name(item.name), given_name(item.unit), _base_of(worlds, item), _range_of(item))
        for item in ranges
    ]
    columns = [*words("world_assumption", "world_unit"), *numbers("world_base", "world_range")]
    kept = (
        [*columns, *words("reason")],
        [(*row, given_name(item.reason)) for row, item in zip(rows, ranges, strict=True)],
    )
    grounds = Grounds("assumed", t("source_assumptions"))
    return Table(columns, rows, t("caption_ranges"), grounds, t("note_ranges"), kept=kept)


def _base_of(worlds: Ensemble, item: WorldRange) -> Item:
    values = base_values(worlds.base, item)
    low, high = _alike(min(values), max(values))
    return low if low == high else t("interval", low=low, high=high)


def _alike(*ends: float) -> list[Digits]:
    """Return the ends of a range as they are written, all with the most decimals of any."""
    exact = [Fraction(str(end)) for end in ends]
    digits = max(exactly(end).quantity.decimals for end in exact)
    return [bare(end, digits) for end in exact]


def _range_of(item: WorldRange) -> Text:
    low, high = _alike(item.low, item.high)
    return t("world_factor_range" if item.change == "factor" else "interval", low=low, high=high)
