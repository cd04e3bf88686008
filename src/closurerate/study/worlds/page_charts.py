"""Charts of the ensemble of synthetic worlds."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

import pandas as pd

from closurerate.press.cells import joined
from closurerate.press.print.prose import Chart, Markdown, Several
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.records.paths import data_folder
from closurerate.study.settings import read_settings
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.worlds.conclusions import branch_ranks
from closurerate.study.worlds.page_drawing import draw_rank_ranges, draw_strips
from closurerate.study.worlds.page_tables import variant_name
from closurerate.study.worlds.world import World
from closurerate.study.worlds.worlds import Worlds
from closurerate.year.changes import change_heading, interval_text
from closurerate.year.kpi_year import KpiData

_ROW_CM = 0.56


def worlds_chart(data: KpiData, found: Worlds | None) -> Chart | Markdown | Several:
    """Return what moving each threshold does to the KPI in every world.

    Parameters
    ----------
    data
        The year's KPI.
    found
        Its ensemble; None where there is none, which a sentence then says.
    """
    if found is None:
        return Several(())
    language = data.language
    frame = _changes(data, found)
    if frame.empty:
        return Markdown(word("left_out_sentence", language))
    items = [f"{row['label']} {row['text']}" for row in frame.to_dict("records")]
    unit = change_heading(data.version.unit, language)
    with drawing(language, _ROW_CM * len(frame) + 2) as axes:
        draw_strips(
            frame,
            axes,
            xlabel=word("change_in", language, unit=unit),
            marks=[word(f"world_mark_{name}", language) for name in ("base", "each")],
        )
        count = len(found.worlds)
        return Chart(
            axes.get_figure(),
            caption=word("caption_worlds_changes", language, name=data.name, count=count),
            alt=word(
                "alt_worlds_changes",
                language,
                items="；".join(items) if language == "zh-Hant" else "; ".join(items),
            ),
            source=data.cases.source_line("illustration"),
            evidence="illustration",
            language=language,
        )


def _changes(data: KpiData, found: Worlds) -> pd.DataFrame:
    """Return the changes at each end of each range, and by each variant, in every world."""
    language, digits = data.language, data.version.decimals + 1
    rows = []
    for label, of in _rows(data, found):
        values = [change for world in found.worlds if (change := of(world)) is not None]
        base = of(found.base)
        if values and base is not None:
            low, high = Fraction(min(values)), Fraction(max(values))
            text = interval_text(low, high, digits, language, is_signed=True)
            rows.append({"label": label, "text": text, "values": values, "base": base})
    return pd.DataFrame(rows)


def _rows(data: KpiData, found: Worlds) -> list[tuple[str, Callable[[World], float | None]]]:
    """Return what each row is called, and a world's figure for it."""
    settings = read_settings(data_folder() / "study.yml")
    moved = [
        (_end_name(item, end, data), partial(_at_end, item.name, end))
        for item in parameters(data.version.rule, settings)
        for end in ("low", "high")
        if item.name in found.base.swings
    ]
    variants = [
        (variant_name(name, data.language), partial(_by_variant, name))
        for name in found.base.variants
    ]
    return [*moved, *variants]


def _at_end(name: str, end: str, world: World) -> float | None:
    return world.swings[name][end]


def _by_variant(name: str, world: World) -> float | None:
    return world.variants.get(name)


def _end_name(item: Parameter, end: str, data: KpiData) -> str:
    value = item.low if end == "low" else item.high
    if item.kind == "ratio":
        return word(
            "world_ratio",
            data.language,
            tier=data.version.rule.tiers[item.place].name_in(data.language),
            value=f"{float(value):g}",
        )
    return word(
        "world_boundary",
        data.language,
        tier=data.version.rule.tiers[item.place].name_in(data.language),
        value=number(value),
    )


def worlds_ranks_chart(data: KpiData, found: Worlds | None) -> Chart | Markdown | Several:
    """Return each branch's best, median and worst rank over the worlds.

    Parameters
    ----------
    data
        The year's KPI.
    found
        Its ensemble; None where there is none, which a sentence then says.
    """
    if found is None:
        return Several(())
    language = data.language
    frame = branch_ranks(found).sort_values(["median", "base"], kind="stable")
    if frame.empty:
        return Markdown(word("no_worlds_ranks", language))
    frame = frame.assign(label=[word(name, language) for name in frame["branch"]])
    items = [
        f"{row['label']} {interval_text(row['best'], row['worst'], 0, language)}"
        for row in frame.to_dict("records")
    ]
    with drawing(language, _ROW_CM * len(frame) + 1.9) as axes:
        draw_rank_ranges(
            frame,
            axes,
            xlabel=word("rank_axis", language),
            marks=[word(f"world_mark_{name}", language) for name in ("base", "span", "median")],
        )
        return Chart(
            axes.get_figure(),
            caption=word("caption_worlds_ranks", language, name=data.name, count=len(found.worlds)),
            alt=word("alt_worlds_ranks", language, items=joined(items, language)),
            source=data.cases.source_line("illustration"),
            evidence="illustration",
            language=language,
        )
