"""Charts of the KPI: against target, by branch, over the years, and the year's collections."""

from fractions import Fraction

import pandas as pd

from closurerate.press import drawing as figures
from closurerate.press.cells import joined, roc_year
from closurerate.press.escape import markdown_text
from closurerate.press.show import Chart, Markdown
from closurerate.press.style import drawing
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed
from closurerate.records.readings import adopted
from closurerate.year.kpi_year import KpiData
from closurerate.year.page_series import (
    interval_text,
    series_caption,
    series_name,
    shown_versions,
)
from closurerate.year.page_yearly import large_debtor_parts, measure_word
from closurerate.year.series import OPEN, Point, both_series, earlier_target, earlier_value

_TWD_UNIT = {"zh-Hant": 10**8, "en": 10**9}


def branches_chart(data: KpiData) -> Chart:
    """Return the KPI of each branch beside the nation's, from the highest."""
    language = data.language
    *groups, nation = data.evaluations("branch")
    known = [row for row in groups if row.value.value is not None]
    known.sort(key=lambda row: Fraction(row.value.value or 0), reverse=True)
    frame = pd.DataFrame(
        {
            "label": [word(row.by or "", language) for row in known],
            "value": [float(row.quantity().value or 0) for row in known],
            "text": [number(row.quantity().value, row.decimals) for row in known],
        }
    )
    value = nation.quantity()
    text = f"{word('nation', language)} {number(value.value, value.decimals)}"
    with drawing(language, 8.6) as axes:
        figures.draw_dots(
            frame,
            axes,
            xlabel=axis_name(data),
            nation=float(value.value or 0),
            text=text,
        )
        named = [f"{row['label']} {row['text']}" for row in frame.to_dict("records")]
        return Chart(
            axes.get_figure(),
            caption=word(
                "caption_by", language, by=word("branch", language).lower(), name=data.name
            ),
            alt=word(
                "alt_branches",
                language,
                names=joined(named, language),
                nation=printed(value, language),
            ),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def target_chart(data: KpiData) -> Chart:
    """Return the KPI of each year that has one beside its target."""
    language = data.language
    rows = [
        _target_row(data, point, earlier_target(data, year))
        for year in data.cases.reports
        if year < data.year and (point := earlier_value(data, year)) is not None
    ]
    rate = data.figures["rate"]
    this_year = Point(data.year, None, "", rate, rate)
    rows.append(_target_row(data, this_year, data.figures.get("target")))
    frame = pd.DataFrame(rows, columns=["label", "value", "text", "target", "target_text"])
    items = [
        f"{' '.join(row['label'].split())} {row['text']} "
        f"({word('target', language)} {row['target_text']})"
        for row in frame.to_dict("records")
    ]
    with drawing(language, 6.5) as axes:
        figures.draw_target(frame, axes, ylabel=axis_name(data), target=word("target", language))
        return Chart(
            axes.get_figure(),
            caption=word("caption_target_chart", language),
            alt=word("alt_bars", language, items=joined(items, language)),
            source=data.source_over_years,
            evidence=data.evidence,
            language=language,
        )


def _target_row(
    data: KpiData, point: Point, target: Quantity | None
) -> tuple[str, float, str, float | None, str]:
    low, high = (Fraction(end.value or 0) for end in (point.low, point.high))
    return (
        f"{roc_year(point.year, data.language)}\n{measure_word(data, point.year)}",
        float((low + high) / 2),
        interval_text(point, data.language),
        None if target is None else float(target.value or 0),
        "" if target is None else printed(target, data.language),
    )


def series_chart(data: KpiData) -> Chart | Markdown:
    """Return both series across the change of definition; a thick bar is an interval.

    A series without any value is left out, and where none has one a sentence says so.
    """
    language = data.language
    points = [point for point in both_series(data) if point.reading in ("", adopted(OPEN))]
    known = {point.version for point in points if point.low.value is not None}
    versions = [version for version in shown_versions(data) if version in known]
    if not versions:
        return Markdown(word("no_series", language, name=markdown_text(data.name)))
    frames = [
        _series_frame([point for point in points if point.version == version], language)
        for version in versions
    ]
    items = [
        f"{series_name(version, language)} {' → '.join(frame['text'])}"
        for version, frame in zip(versions, frames, strict=True)
    ]
    with drawing(language, 7.0) as axes:
        figures.draw_series(frames, axes, ylabel=axis_name(data), names=items)
        axes.set_xticklabels([roc_year(int(year), language) for year in axes.get_xticks()])
        return Chart(
            axes.get_figure(),
            caption=series_caption(data),
            alt=word(
                "alt_series",
                language,
                items="；".join(items) if language == "zh-Hant" else "; ".join(items),
            ),
            source=data.source_over_years,
            evidence=data.evidence,
            language=language,
        )


def axis_name(data: KpiData) -> str:
    """Return the KPI's name with its unit, for an axis."""
    return f"{data.name} ({word(f'unit_{data.version.unit}', data.language)})"


def _series_frame(points: list[Point], language: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": [point.year for point in points],
            "low": [float(point.low.value or 0) for point in points],
            "high": [float(point.high.value or 0) for point in points],
            "text": [interval_text(point, language) for point in points],
            "is_published": [point.version is None for point in points],
        }
    )


def collections_chart(data: KpiData) -> Chart | Markdown:
    """Return what the collections are made of, beside the year before's, or that it is unknown."""
    language, shown = data.language, data.figures
    parts = large_debtor_parts(data)
    before = shown.get("collected_previous")
    if not parts or before is None:
        return Markdown(word("no_collections_split", language))
    unit = _TWD_UNIT[language]
    rows = [
        (data.year, word(name, language), quantity, Fraction(quantity.value or 0))
        for name, quantity in parts.items()
    ]
    rows.insert(
        0,
        (data.year - 1, word("not_split", language), before, Fraction(before.value or 0)),
    )
    frame = pd.DataFrame(
        {
            "label": [roc_year(year, language) for year, *_ in rows],
            "part": [part for _, part, *_ in rows],
            "value": [float(value / unit) for *_, value in rows],
            "text": [number(value / unit, 1) for *_, value in rows],
        }
    )
    items = [f"{row['label']} {row['part']} {row['text']}" for row in frame.to_dict("records")]
    with drawing(language, 5.5) as axes:
        figures.draw_stacks(frame, axes, xlabel=word("axis_twd_billion", language))
        return Chart(
            axes.get_figure(),
            caption=word("caption_collections", language),
            alt=word("alt_bars", language, items=joined(items, language)),
            source=data.source_over_years,
            evidence=shown["collected"].evidence,
            language=language,
        )
