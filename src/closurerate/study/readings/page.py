"""What is shown of the readings of the source: the curve, each option's effect, the change."""

from fractions import Fraction

import pandas as pd
from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Run, Say, both, joined, spaced, t
from closurerate.quantity import Quantity
from closurerate.records.paths import cases_folder
from closurerate.study.readings.drawing import draw_options, draw_values
from closurerate.study.readings.reading_change import changes_by_reading
from closurerate.study.readings.specification import OPTIONS, Specifications, specifications
from closurerate.year.changes import change_heading, change_unit, interval
from closurerate.year.kpi_year import KpiData

_KEPT = ("change", "low", "high", "printed_low", "printed_high")
"""Of the change that an option makes: of the value, whatever the others, and as printed."""
_ROW_CM = 0.5
_TOP_CM = 2.5
_BELOW_VALUES = (0.8, 0.6, 0.3)
"""Where the curve leaves room, as `print.chart.MIDDLE`."""


def open_specifications(data: KpiData) -> Specifications:
    """Return a year's KPI under every combination of readings, from its case file."""
    path = cases_folder(data.year, data.folder) / "cases.parquet"
    return specifications(path, data.year, data.version)


def reading_quantities(data: KpiData, found: Specifications) -> dict[str, Quantity]:
    """Return quantities that a sentence can name: how many readings, combinations, and the range.

    `readings` (run), `readings_alone` (that move the printed figure by themselves),
    `readings_moving` (by themselves or with others), `combinations`, `reading_low` and
    `reading_high` (the printed figures' range).
    """
    evidence = data.cases.evidence
    shown = [Fraction(value) for value in found.frame["printed"] if value is not None]
    counted, printed = ("count", 0, evidence), (found.unit, found.decimals, evidence)
    return {
        "readings": Quantity(len(found.readings), *counted),
        "readings_alone": Quantity(len(_alone(found)), *counted),
        "readings_moving": Quantity(len(found.moving), *counted),
        "combinations": Quantity(len(found.frame), *counted),
        "reading_low": Quantity(min(shown, default=None), *printed),
        "reading_high": Quantity(max(shown, default=None), *printed),
    }


def _alone(found: Specifications) -> set[str]:
    """Return the readings of which an option moves the printed figure, all others as adopted."""
    return {row["reading"] for row in found.effects.to_dict("records") if row["printed_change"]}


def specification_chart(data: KpiData, found: Specifications) -> Chart | Markdown:
    """Return the curve: printed values in order above, below the options that each takes instead.

    An adopted option has no row, as it is taken wherever the other is not.
    """
    known = found.frame[[value is not None for value in found.frame["printed"]]]
    if not known["is_adopted"].any():
        return Markdown(t("left_out_sentence"))
    order = sorted(
        known.index, key=lambda row: (known["printed"][row], Fraction(known["value"][row]), row)
    )
    frame = known.loc[order].reset_index(drop=True)
    own = int(frame.index[frame["is_adopted"]][0])
    low, high, adopted = (
        Quantity(Fraction(str(frame.at[place, "printed"])), found.unit, found.decimals)
        for place in (0, len(frame) - 1, own)
    )
    options = [
        (_option(reading, option), reading, [item == option for item in frame[reading]])
        for reading in found.readings
        for option in OPTIONS[reading]
        if option != found.adopted[reading]
    ]
    heights = [_TOP_CM, _ROW_CM * len(options)]

    def draw(figure: Figure, say: Say) -> None:
        top, bottom = figure.subplots(2, 1, height_ratios=heights)
        say.draws(_named(frame, found, say))
        draw_values(
            frame.assign(value=frame["printed"].astype(float)),
            top,
            ylabel=say(t("reading_as_printed", unit=t(f"unit_{found.unit}"))),
            adopted=say(t("reading_adopted_value", value=adopted)),
        )
        draw_options(
            pd.DataFrame(
                [(say(label), *taken) for label, *taken in options],
                columns=["label", "group", "taken"],
            ),
            bottom,
            adopted=own,
            xlabel=say(t("specification_rank")),
        )

    moving = joined(t(f"reading_{name}") for name in found.moving) if found.moving else t("none")
    alt = t(
        "alt_specifications", count=len(frame), low=low, high=high, adopted=adopted, moving=moving
    )
    caption = t("caption_specifications", count=len(frame), name=data.kpi_name)
    grounds = data.grounds(data.cases.evidence)
    return Chart(draw, caption, alt, grounds, sum(heights) + 0.8, _BELOW_VALUES)


def _named(frame: pd.DataFrame, found: Specifications, say: Say) -> pd.DataFrame:
    """Return the combinations as data: options and readings by name, the value unrounded."""
    words = {
        say(t(f"reading_{name}")): [say(t(f"option_{option}")) for option in frame[name]]
        for name in found.readings
    }
    return pd.DataFrame(words).join(frame.drop(columns=list(found.readings)))


def _option(reading: str, option: str) -> Run:
    return Run((t(f"reading_{reading}"), both("：", ": "), t(f"option_{option}")))


def options_table(data: KpiData, found: Specifications) -> Table:
    """Return what each option that is not adopted does to the printed figure.

    A range is over all combinations of the other readings. Its data have the unrounded value too.
    """
    unit = change_unit(found.unit)
    effects = found.effects.to_dict("records")
    rows = [
        (
            t(f"reading_{row['reading']}"),
            t(f"option_{row['option']}"),
            row["printed_change"],
            interval(row["printed_low"], row["printed_high"], found.decimals, unit, is_signed=True),
        )
        for row in effects
    ]
    columns = [
        *words("reading_question", "reading_other_option"),
        *numbers("reading_alone", unit=unit, decimals=found.decimals, is_signed=True),
        *numbers("reading_change_span"),
    ]
    heads = [f"reading_{name}" for name in _KEPT]
    kept = (
        [*columns[:3], *numbers(*heads, unit=unit, decimals=found.decimals, is_signed=True)],
        [
            (*shown[:3], *(row[name] for name in _KEPT))
            for shown, row in zip(rows, effects, strict=True)
        ],
    )
    left_out = [
        t("note_left_out_reading", column=column, reading=t(f"reading_{reading}"))
        for reading, column in found.left_out.items()
    ]
    note = spaced([t("note_reading_effects"), *left_out])
    caption = t("caption_reading_effects", unit=change_heading(found.unit))
    return Table(columns, rows, caption, data.grounds(data.cases.evidence), note, kept=kept)


def reading_change_table(data: KpiData) -> Table | Markdown:
    """Return the change since the year before under each reading of what was printed for it.

    A sentence where the case data compare with no printed figure, or no reading is open.
    """
    before, now = data.cases.before, data.total.quantity().value
    found = None if before is None else changes_by_reading(data.version, now, before)
    if found is None or before is None:
        return Markdown(t(_no_reading_change(data), previous=data.names["previous"]))
    unit, digits, previous = data.version.unit, data.version.decimals, data.names["previous"]
    rows = [
        (
            Run((t(f"option_{row['measure_106']}"), " *" if row["is_adopted"] else "")),
            t(f"option_{row['rounding']}"),
            t("interval", low=row["effective_low"], high=row["effective_high"]),
            interval(row["before_low"], row["before_high"], digits, unit),
            interval(
                row["change_low"], row["change_high"], digits, change_unit(unit), is_signed=True
            ),
        )
        for row in found.to_dict("records")
    ]
    columns = [
        *words("reading_measure_106", "reading_rounding"),
        *numbers(
            t("reading_effective_before", previous=previous),
            t("reading_value_before", previous=previous, unit=t(f"unit_{unit}")),
            t("change_in", unit=change_heading(unit)),
        ),
    ]
    caption = t("caption_reading_change", previous=previous, rate=before["rate"].quantity())
    grounds = data.grounds(earlier={data.year - 1}, is_read=True)
    return Table(columns, rows, caption, grounds, t("note_reading_change"))


def _no_reading_change(data: KpiData) -> str:
    """Return the key of why no change is shown under the readings of what was printed."""
    before = data.cases.before
    if data.cases.is_scaled and before is None:
        return "no_reading_change_of_part"
    has_effective = before is not None and "effective" in before
    return "no_reading_change_read" if has_effective else "no_reading_change_printed"
