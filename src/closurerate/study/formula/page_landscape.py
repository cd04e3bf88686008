"""The KPI as a landscape: over I1 and I2, and over closed and pending cases."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.evaluate import Evaluation, evaluate, scale_of
from closurerate.press.cells import joined, roc_year
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.records.readings import adopted
from closurerate.study.formula.page_landscape_drawing import draw_surface
from closurerate.study.formula.page_landscape_layout import (
    Region,
    axis_end,
    borders,
    contours,
    labelled,
    shaded,
    words_of,
)
from closurerate.study.formula.page_text import bounds_text
from closurerate.study.formula.properties import falling_regions, properties
from closurerate.study.formula.surface import surface
from closurerate.year.change_rule import effective_before, has_printed_rule, other_rule
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

_GRID = 161
"""Points of the grid along each axis."""
_HEIGHT_CM = 13.4
_COLUMNS = ["text", "value", "I1", "I2"]


def surface_chart(data: KpiData) -> Chart | Markdown:
    """Return the KPI over I1 and I2: contours, diagonal, the branches, the path of the nation.

    Shaded is where more of one indicator lowers a KPI that elsewhere it raises. A KPI that is no
    function of I1 and I2 gives the sentence that says so.
    """
    return _landscape(data, "indicators")


def counts_surface_chart(data: KpiData) -> Chart | Markdown:
    """Return the KPI over closed and pending cases, at the year's number of effective cases.

    A function of I1 and I2 stays the same when E, C and P grow alike: branches, and the year
    before, stand where they would with this year's national E, and what is read there is theirs. A
    branch without effective cases has no such place and is named as left out.
    """
    return _landscape(data, "counts")


def no_combination(data: KpiData) -> Markdown:
    """Return the sentence that says why there is no landscape of a KPI."""
    combination = in_indicators(data.version)
    if combination.expression is not None:
        return Markdown(word("no_landscape", data.language))
    names = joined(combination.names, data.language)
    reason = word(f"why_{combination.reason}", data.language, names=names)
    return Markdown(
        word("no_combination", data.language, name=markdown_text(data.name), reason=reason)
    )


def _landscape(data: KpiData, kind: str) -> Chart | Markdown:
    expression = in_indicators(data.version).expression
    total, language = data.total.counts, data.language
    if expression is None or not all(total[name] for name in ("effective", "closed", "pending")):
        return no_combination(data)
    # In counts, an indicator is the year's E over the cases along the axis.
    is_in_counts = kind == "counts"
    million = (total["effective"] or 0) / 1e6
    branches, path = (
        _placed(frame, million, kind) for frame in (_branches(data, kind), _path(data))
    )
    left_out = _left_out(data, kind)
    end = axis_end([*branches["x"], *branches["y"], *path["x"], *path["y"]])
    ticks = np.linspace(end / 1000, end, _GRID)
    at = million / ticks if is_in_counts else ticks / 100
    start = million if is_in_counts else 0.0
    scale = scale_of(data.version.unit)
    heights = surface(in_indicators(data.version), at, at) * scale
    # No more cases are effective than closed.
    heights[:, at > 1] = np.nan
    grid = pd.DataFrame(heights, index=ticks, columns=ticks)
    regions = _regions(data)
    named = [branches.assign(is_path=False), path.assign(is_path=True)]
    labels = labelled(pd.concat(named, ignore_index=True), end)
    with drawing(language, _HEIGHT_CM) as axes:
        draw_surface(
            grid,
            axes,
            excluded=start,
            excluded_words=word("excluded_counts", language),
            levels=contours(grid, labels["value"].tolist(), start, is_in_counts=is_in_counts),
            regions=shaded(list(regions.values()), end, is_in_counts=is_in_counts),
            borders=borders(list(regions.values()), end, is_in_counts=is_in_counts),
            region_words=_region_words(regions, start, end, kind, language),
            points=labels.iloc[: len(branches)],
            path=labels.iloc[len(branches) :],
            diagonal=word(f"diagonal_{kind}", language),
            xlabel=word(f"axis_x_{kind}", language),
            ylabel=word(f"axis_y_{kind}", language),
        )
        return Chart(
            axes.get_figure(),
            caption=_sentences([
                word(f"caption_surface_{kind}", language, name=data.name, unit=_unit(data),
                     effective=number(total["effective"])),
                *left_out,
            ], language),
            alt=_sentences([_alt(data, branches, path, regions), *left_out], language),
            source="; ".join(_sources(data)[: len(path)]),
            evidence=data.cases.evidence,
            language=language,
        )  # fmt: skip


def _sources(data: KpiData) -> list[str]:
    """Return where the branches are from, and where the year before is."""
    report = data.cases.reports_line
    return [data.cases.source_line(data.cases.evidence), report]


def _unit(data: KpiData) -> str:
    return word(f"unit_{data.version.unit}", data.language)


def _alt(
    data: KpiData, branches: pd.DataFrame, path: pd.DataFrame, regions: Mapping[str, Region]
) -> str:
    language = data.language
    parts = [word(f"alt_region_{name}", language) for name in regions]
    return word(
        "alt_surface",
        language,
        name=data.name,
        unit=_unit(data),
        path=" → ".join(path["text"]),
        branches=joined(branches["text"], language),
        regions=" ".join(parts) if parts else word("alt_no_region", language),
    )


def _sentences(texts: Sequence[str], language: str) -> str:
    """Return a caption or an alt text with the sentences that follow it."""
    first, *others = texts
    if not others:
        return first
    stop = "。" if language == "zh-Hant" else "."
    ended = first if first.endswith(stop) else first + stop
    return (" " if language == "en" else "").join([ended, *others])


def _left_out(data: KpiData, kind: str) -> list[str]:
    """Return the sentences on what the landscape has no place for."""
    language = data.language
    names = [word(row.by or "", language) for row in _with_value(data) if not _is_placed(row, kind)]
    told = [word("branches_left_out", language, names=joined(names, language))] if names else []
    has_before = effective_before(data, adopted(OPEN)) is not None
    if has_before and not has_printed_rule(data, data.version):
        told.append(other_rule(data).said(language))
    return told


def _with_value(data: KpiData) -> list[Evaluation]:
    return [
        row
        for row in data.evaluations("branch")[:-1]
        if row.value.value is not None and row.counts["closed"] and row.counts["pending"]
    ]


def _is_placed(row: Evaluation, kind: str) -> bool:
    """Tell whether a branch has a place: without effective cases it cannot be scaled to others."""
    return kind != "counts" or bool(row.counts["effective"])


def _branches(data: KpiData, kind: str) -> pd.DataFrame:
    """Return `text`, `value`, `I1` and `I2` (plain ratios) of each branch that has a place."""
    rows = [
        _row(data, word(row.by or "", data.language), row.counts)
        for row in _with_value(data)
        if _is_placed(row, kind)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _path(data: KpiData) -> pd.DataFrame:
    """Return the same for the year before, where it is known by the KPI's rule, and this year."""
    rows = [_row(data, roc_year(data.year, data.language), data.total.counts)]
    interval, before = effective_before(data, adopted(OPEN)), data.cases.before
    if interval is not None and before is not None and has_printed_rule(data, data.version):
        counts = {name: int(before[name].value) for name in ("closed", "pending")}
        ends = [counts | {"effective": end} for end in (interval.low, interval.high)]
        rows.insert(0, _row(data, roc_year(data.year - 1, data.language), *ends))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(
    data: KpiData, name: str, *counts: Mapping[str, int | None]
) -> tuple[str, float, float, float]:
    """Return a row of `_branches`; several counts are the ends of one interval."""
    found = [evaluate(data.version, end, None).quantity() for end in counts]
    texts = dict.fromkeys(number(end.value, end.decimals) for end in found)
    effective, closed, pending = (counts[0][key] or 0 for key in ("effective", "closed", "pending"))
    text = f"{name} {'–'.join(texts)}"
    return text, float(found[0].value or 0), effective / closed, effective / pending


def _placed(frame: pd.DataFrame, million: float, kind: str) -> pd.DataFrame:
    """Return `x` and `y` on the axes: indicators in percent, or million cases at one E."""
    if kind == "counts":
        return frame.assign(x=million / frame["I1"], y=million / frame["I2"])
    return frame.assign(x=100 * frame["I1"], y=100 * frame["I2"])


def _regions(data: KpiData) -> dict[str, Region]:
    """Return where more of an indicator lowers the KPI, if elsewhere it raises it."""
    verdicts = {name: properties(data.version)[f"improving_{name}"] for name in ("I1", "I2")}
    return {
        f"{name}_{number}" if number else name: region
        for name, verdict in verdicts.items()
        if verdict.direction == "mixed"
        for number, region in enumerate(falling_regions(verdict))
    }


def _region_words(
    regions: Mapping[str, Region], start: float, end: float, kind: str, language: str
) -> pd.DataFrame:
    rows = []
    for name, region in regions.items():
        text = word(f"region_{name[:2]}_{kind}", language) + "\n" + bounds_text(region, kind)
        rows.append((*words_of(region, start, end, is_in_counts=kind == "counts"), text))
    return pd.DataFrame(rows, columns=["x", "y", "text_x", "text_y", "text"])
