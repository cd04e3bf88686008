"""Tables of what errors in the records could do to the KPI."""

from dataclasses import fields
from fractions import Fraction
from math import isnan

from closurerate.kpi.evaluate import in_unit
from closurerate.quantity import Exact, number
from closurerate.report.cells import headed
from closurerate.report.show import Column, Table
from closurerate.report.threshold_data import ThresholdData
from closurerate.report.threshold_words import ratio_text, unit_name
from closurerate.report.words import word
from closurerate.study.error_models import exposure
from closurerate.study.uncertainty import Interval, Uncertainty, uncertainty


def errors_of(data: ThresholdData) -> Uncertainty:
    """Return the year's KPI under the declared error models."""
    exposed = exposure(data.index, data.kpi.counts)
    settings = data.settings
    return uncertainty(data.index, exposed, settings.error_rates, settings.monte_carlo)


def models_table(data: ThresholdData) -> Table:
    """Return the nation's interval under each error model, all together, and at the worst."""
    language, found, version = data.language, errors_of(data), data.index.version
    decimals, unit = version.decimals + 1, unit_name(data)

    def row(label: str, *values: Exact | None) -> tuple[str, ...]:
        return (label, *(number(value, decimals) for value in values))

    intervals = {**found.alone, "together": found.nation}
    rows = [
        row(word(f"threshold_model_{name}", language), *_ends(data, interval))
        for name, interval in intervals.items()
    ]
    if found.worst is not None:
        low, high = (in_unit(end.value, version.unit) for end in found.worst)
        rows.append(row(word("threshold_model_worst", language), low, None, high))
    recorded = number(in_unit(found.nation.recorded.value, version.unit), decimals)
    return Table(
        columns=(
            Column(word("threshold_model", language)),
            *(
                Column(word(f"threshold_interval_{name}", language, unit=unit), "right")
                for name in ("low", "middle", "high")
            ),
        ),
        rows=tuple(rows),
        caption=word("threshold_caption_models", language, name=data.kpi.name),
        note=word(
            "threshold_note_models", language, recorded=f"{recorded} {unit}",
            draws=number(found.sampling.draws),
            confidence=ratio_text(found.sampling.confidence * 100),
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )  # fmt: skip


def _ends(data: ThresholdData, interval: Interval) -> list[Exact | None]:
    ends, unit = (interval.low, interval.middle, interval.high), data.index.version.unit
    return [None if isnan(end) else in_unit(Fraction(end), unit) for end in ends]


def rates_table(data: ThresholdData) -> Table:
    """Return the assumed highest rates of error."""
    language, rates = data.language, data.settings.error_rates
    return Table(
        columns=headed(language, "threshold_error", "threshold_highest_rate"),
        rows=tuple(
            (
                word(f"threshold_rate_{field.name}", language),
                ratio_text(getattr(rates, field.name) * 100),
            )
            for field in fields(rates)
        ),
        caption=word("threshold_caption_rates", language),
        note=data.settings.reasons["error_rates"][language],
        source="data/study.yml",
        language=language,
    )
