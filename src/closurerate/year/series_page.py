"""What is shown of both series of the KPI, across the change of its definition."""

from matplotlib.figure import Figure

from closurerate.kpi.degrees import counts_used, is_of_any_size
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import labels
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.slope import draw_series
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Say, Text, clauses, formed, roc_year, t, year_in_text
from closurerate.quantity import Quantity
from closurerate.records.readings import adopted, register
from closurerate.year.change_rule import effective_before
from closurerate.year.kpi_words import point_text, reading_word, value_column, with_unit
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN, Point, adopted_points, both_series


def series_finding(data: KpiData, *, zh: str, en: str) -> Finding | Markdown:
    """Return a sentence on the value by each definition, which rests on how the source is read."""
    return data.say(zh=zh, en=en, is_optional=True, at_best="assumed")


def series_table(data: KpiData) -> Table | Markdown:
    """Return both series across the change of definition, by the adopted reading and the other.

    Where no year has a value that can be told a sentence says so.
    """
    points = both_series(data)
    if not points:
        return _no_series(data)
    years = sorted({point.year for point in points})
    found = {(point.year, point.version, point.reading): point for point in points}
    has_readings = any(point.reading for point in points)
    rows = [
        (
            series_name(version, data),
            *([reading_word(reading)] if has_readings else []),
            *(
                point_text(found.get((year, version, reading)) or found.get((year, version, "")))
                for year in years
            ),
        )
        for version in shown_versions(data)
        for reading in (_readings() if has_readings and version is not None else ("",))
    ]
    columns = [
        *words("definition", *(["reading"] if has_readings else [])),
        *numbers(
            *(with_unit(roc_year(year), data.version) for year in years), unit=data.version.unit
        ),
    ]
    note = _series_note(data, has_readings=has_readings)
    is_read = any(point.reading for point in points)
    grounds = data.grounds(earlier=data.cases.reports, is_read=is_read)
    has_several = len(shown_versions(data)) > 1
    return Table(columns, rows, series_caption(data), grounds, note, is_filtered=has_several)


def _series_note(data: KpiData, *, has_readings: bool) -> Item:
    if has_readings:
        return t("note_series" if data.is_printed else "note_series_own")
    has_effective = any("effective" in counts_used(version) for version in data.versions.values())
    return t("note_series_plain") if has_effective else ""


def _no_series(data: KpiData) -> Markdown:
    is_part = data.cases.is_scaled and not is_of_any_size(data.version)
    key = "no_series_of_part" if is_part else "no_series"
    return Markdown(t(key, name=formed(data.kpi_name, markdown_text)))


def restated_before(data: KpiData) -> Several:
    """Return how the year before's printed rate becomes its value on this year's definition."""
    interval = effective_before(data, adopted(OPEN)) if data.is_printed else None
    point = next(
        (
            point
            for point in adopted_points(data)
            if (point.year, point.version) == (data.year - 1, data.version.version)
        ),
        None,
    )
    rate = data.figures.get("rate_previous")
    if interval is None or interval.low == interval.high or point is None or rate is None:
        return Several([])
    cases = {name: Quantity(getattr(interval, name), "case", 0) for name in ("low", "high")}
    value = point_text(point, has_unit=True)
    told = t("restated_before", rate=rate, value=value, **cases, **data.names)
    return Several([Finding(told, "assumed")])


def other_reading(data: KpiData) -> Several:
    """Return what the other reading of the year before's printed rate makes of E / C, if any."""
    known = both_series(data) if data.is_printed and data.is_restatable else []
    found = [
        point
        for point in known
        if point.year == data.year - 1
        and point.reading not in ("", adopted(OPEN))
        and point.version != data.version.version
        and point.low.value is not None
        and data.figures[f"rate_on_{point.version}"].value is not None
    ]
    return Several(
        [
            Finding(
                t(
                    "other_reading_told",
                    before=year_in_text(point.year),
                    value=point_text(point, has_unit=True),
                    now=data.figures[f"rate_on_{point.version}"],
                    **data.names,
                ),
                "assumed",
            )
            for point in found
        ]
    )


def _readings() -> list[str]:
    """Return the readings of a printed rate, the adopted one first."""
    options = register()[OPEN].options
    return sorted(options, key=lambda name: name != adopted(OPEN))


def shown_versions(data: KpiData) -> list[int | None]:
    """Return the versions of the series, the printed values (None) first where there are any."""
    return [*([None] if data.is_printed else []), *data.versions]


def series_caption(data: KpiData) -> Text:
    """Return what the series are called together: only the printed KPI's are the published ones."""
    return t("caption_series" if data.is_printed else "caption_series_own", name=data.kpi_name)


def series_name(version: int | None, data: KpiData) -> Text:
    """Return what a series is called; None for the printed values."""
    if version is None:
        return t("series_published")
    is_only = not data.is_printed and len(data.versions) == 1
    return t("series_own") if is_only else t("series_restated", version=year_in_text(version))


def series_chart(data: KpiData) -> Chart | Markdown | Several:
    """Return both series and the change of definition between; a thick bar is an interval.

    A series without any value is left out, and where none has one a sentence says so; nothing
    where `series_table` says it.
    """
    points = [point for point in both_series(data) if point.reading in ("", adopted(OPEN))]
    if not points:
        return Several([])
    known = [point for point in points if point.low.value is not None]
    versions = [
        version for version in shown_versions(data) if version in {p.version for p in known}
    ]
    if not versions:
        return _no_series(data)
    lines = [[point for point in known if point.version == version] for version in versions]
    years = sorted(point.year for line in lines for point in line)
    items = [
        Run((series_name(line[0].version, data), Run(tuple(map(point_text, line)), " → ")), " ")
        for line in lines
    ]

    def draw(figure: Figure, say: Say) -> None:
        columns = ("year", "low", "high", "text", "kind")
        axes = draw_series(
            [
                say.frame(
                    [_end(data, point) for point in line],
                    *columns,
                    panel=series_name(line[0].version, data),
                )
                for line in lines
            ],
            figure.subplots(),
            ylabel=say(value_column(data)),
            names=[say(series_name(line[0].version, data)) for line in lines],
            breaks=[version - 0.5 for version in data.versions if years[0] < version <= years[-1]],
            changed=say(t("series_changed")),
            starts=labels(say.language)["axis_start"],
        )
        axes.set_xticklabels([say(roc_year(int(year))) for year in axes.get_xticks()])

    alt = t("alt_series", items=clauses(items))
    is_read = any(point.reading for point in points)
    grounds = data.grounds(earlier=data.cases.reports, is_read=is_read)
    return Chart(draw, series_caption(data), alt, grounds, height_cm=3.1)


def _end(data: KpiData, point: Point) -> tuple[int, float, float, Item, str]:
    assert point.low.value is not None and point.high.value is not None  # noqa: PT018
    low, high = float(point.low.value), float(point.high.value)
    kind = "published" if point.version is None else "other"
    if point.version is not None and data.versions[point.version] == data.version:
        kind = "value"
    return point.year, low, high, point_text(point), kind
