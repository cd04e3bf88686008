"""Charts of the change since the year before, as steps from one year's value to the other's."""

from collections.abc import Mapping

import pandas as pd

from closurerate.press.cells import joined, roc_year
from closurerate.press.print.prose import Chart, Several
from closurerate.press.print.style import drawing
from closurerate.press.text import said
from closurerate.press.words import word
from closurerate.quantity import Evidence
from closurerate.study.change.change import DEFINITION
from closurerate.study.change.change_span import Span
from closurerate.study.change.composition import FACTORS
from closurerate.study.change.page_data import inside_change, published_changes
from closurerate.study.change.page_drawing import draw_waterfall
from closurerate.year.changes import interval_text
from closurerate.year.kpi_page import axis_name
from closurerate.year.kpi_year import KpiData


def change_chart(data: KpiData) -> Chart | Several:
    """Return the steps from the printed year before to this year, by the adopted reading.

    A part that is an interval is drawn at its middle and labelled with both ends. Nothing where
    there is no split, which `change_table` says.
    """
    changes = published_changes(data)
    if not changes or not changes[0].span.parts:
        return Several(())
    span = changes[0].span
    levels = [item for item in (span.before, span.after) if item is not None]
    return _chart(
        data,
        levels,
        span.parts,
        caption=word(
            "split_chart_caption",
            data.language,
            name=data.name,
            previous=data.year - 1,
            year=data.year,
        ),
        source=data.source_over_years,
        evidence=data.evidence,
    )


def inside_chart(data: KpiData) -> Chart | Several:
    """Return the same steps on the rows of both years, the effective cases split again.

    Nothing where they are not, which `inside_table` says.
    """
    change = inside_change(data)
    if change is None or FACTORS[0] not in change.parts:
        return Several(())
    levels = [(value, value) for value in (change.before, change.after) if value is not None]
    return _chart(
        data,
        levels,
        {name: (part, part) for name, part in change.parts.items()},
        caption=word("split_inside_chart_caption", data.language, name=data.name),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
    )


def _chart(
    data: KpiData,
    levels: list[Span],
    parts: Mapping[str, Span],
    *,
    caption: str,
    source: str,
    evidence: Evidence,
) -> Chart:
    language = data.language
    frame = _frame(data, levels, parts)
    items = [f"{' '.join(row['label'].split())} {row['text']}" for row in frame.to_dict("records")]
    with drawing(language, 1.6 + 0.82 * len(frame)) as axes:
        draw_waterfall(frame, axes, xlabel=said(axis_name(data), data.language))
        return Chart(
            axes.get_figure(),
            caption=caption,
            alt=word("split_alt", language, items=joined(items, language)),
            source=source,
            evidence=evidence,
            language=language,
        )


def _frame(data: KpiData, levels: list[Span], parts: Mapping[str, Span]) -> pd.DataFrame:
    """Return the steps for `draw_waterfall`; each begins where the one before it ended."""
    language = data.language
    first, last = ((low + high) / 2 for low, high in levels)
    rows = [(roc_year(data.year - 1, language), first, first, levels[0], "level")]
    at = first
    for name, (low, high) in parts.items():
        following = at + (low + high) / 2
        kind = "definition" if name == DEFINITION else "gain" if following >= at else "loss"
        kind = f"inside_{kind}" if name in FACTORS else kind
        rows.append((word(f"split_{name}", language), at, following, (low, high), kind))
        at = following
    rows.append((roc_year(data.year, language), last, last, levels[1], "level"))
    return pd.DataFrame(
        {
            "label": [label for label, *_ in rows],
            "start": [float(start) for _, start, *_ in rows],
            "end": [float(end) for _, _, end, *_ in rows],
            "text": [
                interval_text(*span, data.version.decimals, language, is_signed=kind != "level")
                for *_, span, kind in rows
            ],
            "kind": [kind for *_, kind in rows],
        }
    )
