"""What holds in the ensemble of synthetic worlds, and what was varied between them."""

from collections.abc import Hashable, Mapping
from fractions import Fraction
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Table
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed, signed
from closurerate.records.paths import cases_folder, data_folder, kpi_file
from closurerate.study.worlds.assumptions import WorldRange, read_world_settings
from closurerate.study.worlds.conclusions import conclusions, least_likely
from closurerate.study.worlds.worlds import Worlds, read_worlds
from closurerate.year.case_year import say
from closurerate.year.changes import change_heading
from closurerate.year.kpi_year import KpiData

_COMPARED = ("effective_over_closed", "effective_share")
"""KPIs whose order of the branches is spoken of: 106's measure, and the bounded share."""


def worlds_path(data: KpiData) -> Path:
    """Return where a year's ensemble belongs: beside the case data, by KPI."""
    return cases_folder(data.year, data.folder) / f"worlds.{data.definition.id}.json"


def open_worlds(data: KpiData) -> Worlds | None:
    """Return the year's ensemble; None for cases that were taken in, which have none.

    Raises
    ------
    InputError
        If the case data are the generator's and there is no ensemble yet, or it is of another KPI,
        version or year.
    """
    if not data.cases.is_synthetic or data.folder == "extract":
        return None
    found, path = read_worlds(worlds_path(data)), worlds_path(data)
    wanted = (data.year, data.definition.id, data.version.version)
    if (found.year, found.kpi, found.version) != wanted:
        raise InputError(
            f"{path}: is of {found.kpi} ({found.year}); run `closurerate worlds` again."
        )
    return found


def without_worlds(data: KpiData) -> Markdown:
    """Return the sentence that stands where there is no ensemble."""
    return Markdown(
        word("world_none" if data.cases.is_synthetic else "world_not_needed", data.language)
    )


def conclusions_table(data: KpiData, found: Worlds | None) -> Table | Markdown:
    """Return each conclusion, the worlds in which it holds, and the range of its figure.

    Parameters
    ----------
    data
        The year's KPI.
    found
        Its ensemble; None where there is none, which a sentence then says.
    """
    if found is None:
        return without_worlds(data)
    language = data.language
    frame = _conclusions(data, found)
    rows = tuple(
        (
            _sentence(data, found, row),
            word("world_count_of", language, holds=row["holds"], known=row["known"]),
            _figure(data, row, row["base"]),
            _range(data, row),
            word("world_rests_totals" if row["is_published"] else "world_rests_worlds", language),
        )
        for row in frame.to_dict("records")
    )
    return Table(
        columns=(
            Column(word("world_conclusion", language), width=0.42),
            *(
                Column(word(key, language), "right")
                for key in ("world_holds_in", "world_figure_base", "world_figure_range")
            ),
            Column(word("world_rests_on", language)),
        ),
        rows=rows,
        caption=word("caption_conclusions", language, count=len(found.worlds)),
        note=_note(found, language),
        source=data.cases.source_line("illustration"),
        evidence="illustration",
        language=language,
    )


def _conclusions(data: KpiData, found: Worlds) -> pd.DataFrame:
    return conclusions(
        found,
        None if data.target is None else float(data.target),
        is_higher_better=data.version.is_higher_better,
        compared=_COMPARED,
    )


def _note(found: Worlds, language: Language) -> str:
    fixed = read_world_settings(data_folder() / "worlds.yml").fixed
    parts = [
        word(
            "note_conclusions",
            language,
            count=len(found.worlds),
            least=printed(_least(found), language),
            rejected=sum(world.rejected for world in found.worlds),
            fixed=("" if language == "zh-Hant" else " ").join(
                texts[language] for texts in fixed.values()
            ),
        )
    ]
    if found.fraction != "1":
        parts.append(word("note_worlds_fraction", language, fraction=found.fraction))
    return ("" if language == "zh-Hant" else " ").join(parts)


def _least(found: Worlds) -> Quantity:
    """Return how likely what comes out in every world is at the least, in percent."""
    share = Fraction(least_likely(len(found.worlds)))
    return Quantity(share * 100, "percent", 1, "illustration")


def _sentence(data: KpiData, found: Worlds, row: Mapping[Hashable, Any]) -> str:
    """Return a conclusion in words, with its bound and what it speaks about."""
    language = data.language
    kind, _, about = str(row["name"]).partition(":")
    return word(
        f"holds_{kind}",
        language,
        name=data.name,
        bound=_bound(data, row),
        times=number(found.base.unpaid_times),
        tier=data.version.rule.tiers[0].name_in(language).lower(),
        unit=change_heading(data.version.unit, language),
        variant=variant_name(about, language) if kind == "variant" else "",
        other=_kpi_name(about, language) if kind == "agreement" else "",
    )


def variant_name(name: str, language: Language) -> str:
    """Return a policy variant in words, as worlds name it: `uniform_0.5`, `equal`, `strict`."""
    kind, _, ratio = name.partition("_")
    return word(f"world_variant_{kind}", language, ratio=ratio)


def _kpi_name(name: str, language: Language) -> str:
    return read_definition(kpi_file(name), kpi_file).name[language]


def _range(data: KpiData, row: Mapping[Hashable, Any]) -> str:
    low, high = (_figure(data, row, row[end]) for end in ("low", "high"))
    if low == high:
        return low
    if row["unit"] != "point":  # a change keeps its sign; a unit stands once
        low = number(Fraction(row["low"]), row["decimals"])
    return word("interval", data.language, low=low, high=high)


def _figure(data: KpiData, row: Mapping[Hashable, Any], figure: float) -> str:
    """Return a figure in its unit; a dash for nan."""
    if isnan(figure):
        return number(None)
    if row["unit"] == "point":
        return signed(Fraction(figure), row["decimals"])
    return printed(_quantity(data, row, Fraction(figure), row["decimals"]), data.language)


def _bound(data: KpiData, row: Mapping[Hashable, Any]) -> str:
    """Return a bound in its unit, with no more digits than it has."""
    bound = Fraction(str(row["bound"]))
    decimals = len(f"{float(bound):g}".partition(".")[2])
    if row["unit"] == "point":
        return number(bound, decimals)
    return printed(_quantity(data, row, bound, decimals), data.language)


def _quantity(
    data: KpiData, row: Mapping[Hashable, Any], value: Fraction, decimals: int
) -> Quantity:
    unit = data.version.unit if row["unit"] == "kpi" else row["unit"]
    return Quantity(value, unit, decimals)


def ranges_table(data: KpiData, found: Worlds | None) -> Table | Several:
    """Return the assumptions that vary between worlds, how far, and why; nothing without any.

    Parameters
    ----------
    data, found
        As for `conclusions_table`.
    """
    if found is None:
        return Several(())
    language = data.language
    settings = read_world_settings(data_folder() / "worlds.yml")
    rows = tuple(
        (item.name[language], _range_of(item, language), item.reason[language])
        for item in settings.ranges.values()
    )
    return Table(
        columns=(
            Column(word("world_assumption", language), width=0.25),
            Column(word("world_range", language), "right", width=0.2),
            Column(word("reason", language), width=0.55),
        ),
        rows=rows,
        caption=word("caption_ranges", language),
        source="data/worlds.yml",
        language=language,
    )


def _range_of(item: WorldRange, language: Language) -> str:
    key = "world_factor_range" if item.change == "factor" else "interval"
    return word(key, language, low=f"{item.low:g}", high=f"{item.high:g}")


def world_figures(data: KpiData, found: Worlds) -> dict[str, Quantity]:
    """Return figures that a sentence can name.

    `worlds` (how many), `conclusions`, `conclusions_in_all` (that hold in every world) and
    `in_all_least` (how likely such a one is at least, under the worlds' generator); `full_low` and
    `full_high` (share of effective cases paid in full), `full_alone_low` and `full_alone_high`
    (the KPI if no part-paid case counted), `boundary_share_high` (the widest swing of a boundary
    in percent of the widest of a ratio).
    """
    frame = _conclusions(data, found)
    in_all = int((frame["holds"] == frame["count"]).sum())
    counts = {"worlds": len(found.worlds), "conclusions": len(frame), "conclusions_in_all": in_all}
    shown = {name: Quantity(count, "count", 0, "illustration") for name, count in counts.items()}
    shown["in_all_least"] = _least(found)
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
    data: KpiData, found: Worlds | None, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown | Several:
    """Return a computed sentence that may name figures of the ensemble; nothing without one.

    Parameters
    ----------
    data
        The year's KPI.
    found
        The ensemble; None where there is none.
    zh, en, is_optional
        As in `report.case_data.say`; what they can name is in `world_figures`.
    """
    if found is None:
        return Several(())
    return say(
        data.figures | world_figures(data, found),
        zh=zh,
        en=en,
        names=data.names,
        is_optional=is_optional,
        at_best="illustration",
    )
