"""The table of both series across the change of definition, and how their points are written."""

from closurerate.press.cells import roc_year
from closurerate.press.escape import markdown_text
from closurerate.press.show import Column, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed
from closurerate.records.paths import kpi_folder
from closurerate.records.readings import adopted, load_readings
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN, Point, both_series


def series_table(data: KpiData) -> Table | Markdown:
    """Return both series across the change of definition, by the adopted reading and the other.

    Where no year has a value that can be told a sentence says so.
    """
    language, unit = data.language, word(f"unit_{data.version.unit}", data.language)
    points = both_series(data)
    if not points:
        return Markdown(word("no_series", language, name=markdown_text(data.name)))
    years = sorted({point.year for point in points})
    found = {(point.year, point.version, point.reading): point for point in points}
    has_readings = any(point.reading for point in points)
    rows = tuple(
        (
            series_name(version, language),
            *([_reading_word(reading, language)] if has_readings else []),
            *(
                interval_text(
                    found.get((year, version, reading)) or found.get((year, version, "")), language
                )
                for year in years
            ),
        )
        for version in shown_versions(data)
        for reading in (_readings() if has_readings and version is not None else ("",))
    )
    return Table(
        columns=(
            Column(word("definition", language)),
            *([Column(word("reading", language))] if has_readings else []),
            *(Column(f"{roc_year(year, language)} ({unit})", "right") for year in years),
        ),
        rows=rows,
        caption=series_caption(data),
        note=word("note_series" if has_readings else "note_series_plain", language),
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def _readings() -> list[str]:
    """Return the readings of a printed rate, the adopted one first."""
    options = load_readings(kpi_folder() / "readings.yml")[OPEN].options
    return sorted(options, key=lambda name: name != adopted(OPEN))


def _reading_word(reading: str, language: str) -> str:
    if not reading:
        return ""
    return word("adopted_reading" if reading == adopted(OPEN) else "other_reading", language)


def shown_versions(data: KpiData) -> list[int | None]:
    """Return the versions of the series, the printed values (None) first where there are any."""
    return [*([None] if data.is_printed else []), *data.versions]


def series_caption(data: KpiData) -> str:
    """Return what the series are called together: only the printed KPI's are the published ones."""
    key = "caption_series" if data.is_printed else "caption_series_own"
    return word(key, data.language, name=data.name)


def series_name(version: int | None, language: str) -> str:
    """Return what a series is called; None for the printed values."""
    if version is None:
        return word("series_published", language)
    return word("series_restated", language, version=version)


def interval_text(point: Point | None, language: str, *, has_unit: bool = False) -> str:
    """Return a point or interval as printed, by default without its unit; a dash for nothing."""
    if point is None or point.low.value is None:
        return number(None)

    def text(end: Quantity) -> str:
        return printed(end, language) if has_unit else number(end.value, end.decimals)

    if point.is_point:
        return text(point.low)
    return word("interval", language, low=text(point.low), high=text(point.high))
