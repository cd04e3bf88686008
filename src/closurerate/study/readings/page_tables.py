"""Tables of readings: what each does to the figure, and to the change since a printed year."""

from fractions import Fraction

from closurerate.press.print.prose import Column, Table
from closurerate.press.prose import Finding, Markdown
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, signed
from closurerate.records.paths import cases_folder
from closurerate.study.readings.reading_change import changes_by_reading
from closurerate.study.readings.specification import Specifications, effects, specifications
from closurerate.year.case_year import say
from closurerate.year.changes import change_heading, interval_text
from closurerate.year.kpi_year import KpiData

_MORE_DECIMALS = 2
"""Digits beyond the printed ones to which a change is shown, as it may be smaller than they are."""


def open_specifications(data: KpiData) -> Specifications:
    """Return a year's KPI under every combination of readings, from its case file."""
    path = cases_folder(data.year, data.folder) / "cases.parquet"
    return specifications(path, data.year, data.version)


def moving_readings(found: Specifications, language: str) -> list[str]:
    """Return the readings of which some option changes the printed figure, in words."""
    moving = [row["reading"] for row in effects(found).to_dict("records") if row["is_moving"]]
    return [word(f"reading_{name}", language) for name in dict.fromkeys(moving)]


def effects_table(data: KpiData, found: Specifications) -> Table:
    """Return what each option that is not adopted does to the value and its printed figure.

    Parameters
    ----------
    data
        The year's KPI.
    found
        From `study.specification.specifications`, of the same KPI and case data.
    """
    language, digits = data.language, found.decimals
    unit = change_heading(found.unit, language)
    rows = tuple(
        (
            word(f"reading_{row['reading']}", language),
            word(f"option_{row['option']}", language),
            signed(row["change"], digits + _MORE_DECIMALS),
            interval_text(
                row["low"], row["high"], digits + _MORE_DECIMALS, language, is_signed=True
            ),
            signed(row["printed_change"], digits)
            if row["printed_change"]
            else word("reading_stays", language)
            if not row["is_moving"]
            else interval_text(
                row["printed_low"], row["printed_high"], digits, language, is_signed=True
            ),
        )
        for row in effects(found).to_dict("records")
    )
    notes = [
        word(
            "note_left_out_reading",
            language,
            column=f"{column}",
            reading=word(f"reading_{reading}", language),
        )
        for reading, column in found.left_out.items()
    ]
    return Table(
        columns=(
            Column(word("reading_question", language)),
            Column(word("reading_other_option", language)),
            Column(word("change_in", language, unit=unit), "right"),
            Column(word("reading_change_span", language, unit=unit), "right"),
            Column(word("reading_moves_printed", language), "right"),
        ),
        rows=rows,
        caption=word("caption_reading_effects", language, name=data.name),
        note=("" if language == "zh-Hant" else " ").join(
            [word("note_reading_effects", language), *notes]
        ),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
    )


def reading_change_table(data: KpiData) -> Table | Markdown:
    """Return the change since the year before under each reading of what was printed for it.

    A sentence where the case data compare with no printed figure, or no reading is open.
    """
    language, before = data.language, data.cases.before
    now = data.total.quantity().value
    found = None if before is None else changes_by_reading(data.version, now, before)
    if found is None:
        return Markdown(word("no_reading_change", language))
    unit, digits = data.version.unit, data.version.decimals
    previous = data.year - 1
    rows = tuple(
        (
            word(f"option_{row['measure_106']}", language) + (" *" if row["is_adopted"] else ""),
            word(f"option_{row['rounding']}", language),
            word(
                "interval",
                language,
                low=number(row["effective_low"]),
                high=number(row["effective_high"]),
            ),
            interval_text(row["before_low"], row["before_high"], digits, language),
            interval_text(row["change_low"], row["change_high"], digits, language, is_signed=True),
        )
        for row in found.to_dict("records")
    )
    return Table(
        columns=(
            Column(word("reading_measure_106", language)),
            Column(word("reading_rounding", language)),
            Column(word("reading_effective_before", language, previous=previous), "right"),
            Column(
                word(
                    "reading_value_before",
                    language,
                    previous=previous,
                    unit=word(f"unit_{unit}", language),
                ),
                "right",
            ),
            Column(word("change_in", language, unit=change_heading(unit, language)), "right"),
        ),
        rows=rows,
        caption=word("caption_reading_change", language, previous=previous),
        note=word("note_reading_change", language),
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def reading_figures(data: KpiData, found: Specifications) -> dict[str, Quantity]:
    """Return figures that a sentence can name: how many readings and combinations, and the range.

    `readings` (run), `readings_moving` (that move the printed figure), `combinations`,
    `reading_low` and `reading_high` (the printed figures' range).
    """
    evidence = data.cases.evidence
    shown = [value for value in found.frame["printed"] if value is not None]
    moving = len(moving_readings(found, data.language))
    ends = (min(shown, default=None), max(shown, default=None))
    counted = {
        "readings": len(found.readings),
        "readings_moving": moving,
        "combinations": len(found.frame),
    }
    return {
        **{name: Quantity(count, "count", 0, evidence) for name, count in counted.items()},
        **{
            name: Quantity(
                None if end is None else Fraction(end), found.unit, found.decimals, evidence
            )
            for name, end in zip(("reading_low", "reading_high"), ends, strict=True)
        },
    }


def readings_finding(
    data: KpiData, found: Specifications, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence that may name figures of the readings.

    Its parameters are those of `report.case_data.say`; what it can name is in `reading_figures`.
    """
    return say(
        data.figures | reading_figures(data, found),
        zh=zh,
        en=en,
        names=data.names,
        is_optional=is_optional,
        at_best=data.cases.evidence,
    )
