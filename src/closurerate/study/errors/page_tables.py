"""Tables of what errors in the records could do to the KPI."""

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from math import isnan

from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.evaluate import in_unit, scale_of
from closurerate.press.cells import headed
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import Exact, Quantity, number
from closurerate.study.doubts.extremes import counts_used
from closurerate.study.errors.error_draws import MONEY
from closurerate.study.errors.error_models import exposure
from closurerate.study.errors.uncertainty import Interval, Uncertainty, uncertainty
from closurerate.study.thresholds.page_data import Facts, ThresholdData
from closurerate.study.thresholds.page_words import ratio_text, unit_name
from closurerate.year.before import counts_before


def errors_of(data: ThresholdData) -> Uncertainty:
    """Return the year's KPI under the declared error models."""
    exposed = exposure(data.index, data.kpi.counts, closed_before(data))
    settings = data.settings
    return uncertainty(data.index, exposed, settings.error_rates, settings.monte_carlo)


def closed_before(data: ThresholdData) -> Mapping[str, int] | None:
    """Return the cases closed in the year before, by branch; None where nobody knows.

    Counted, where its cases are at hand; else the printed total, divided as this year's, which
    takes a file of all branches.
    """
    counted = counts_before(data.kpi)
    if counted is not None:
        return {str(name): int(rows["closed"].sum()) for name, rows in counted.groupby("branch")}
    report, counts = data.kpi.cases.before, data.index.counts
    closed = counts[None]["closed"]
    is_whole = set(data.index.branches) == set(BRANCHES)
    if report is None or "closed" not in report or not closed or not is_whole:
        return None
    share = Fraction(report["closed"].value) / closed
    return {name: round(share * (counts[name]["closed"] or 0)) for name in data.index.branches}


def models_table(data: ThresholdData) -> Table:
    """Return the nation's interval under each error model, and under all together."""
    language, found = data.language, errors_of(data)
    unit = unit_name(data)
    intervals = {**found.alone, "together": found.nation}
    rows = [
        (
            word(f"threshold_model_{name}", language),
            *(number(end, carried(data, interval)) for end in _ends(data, interval)),
        )
        for name, interval in intervals.items()
    ]
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
        note=_note(data, found),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )  # fmt: skip


def carried(data: ThresholdData, interval: Interval) -> int:
    """Return how many decimals of an interval's ends are printed: those that the draws carry."""
    version = data.index.version
    return interval.decimals(version.decimals + 1, scale_of(version.unit))


def _note(data: ThresholdData, found: Uncertainty) -> str:
    language, version = data.language, data.index.version
    recorded = number(in_unit(found.nation.recorded.value, version.unit), version.decimals + 1)
    confidence = ratio_text(found.sampling.confidence * 100)
    ranked = [item for item in found.branches if item.rank_low is not None]
    kept = sum(item.rank_low == item.rank_high for item in ranked)
    before = closed_before(data)
    notes = [
        word(
            "threshold_note_models", language, recorded=f"{recorded} {unit_name(data)}",
            draws=number(found.sampling.draws), confidence=confidence,
        ),
        word("threshold_note_late_out", language)
        if before is None
        else word("threshold_note_late", language, before=number(sum(before.values()))),
    ]  # fmt: skip
    if kept:
        notes.append(
            word(
                "threshold_note_ranks_kept", language, kept=number(kept),
                branches=number(len(ranked)), confidence=confidence,
            )
        )  # fmt: skip
    if _is_money(data):
        notes.append(word("threshold_note_money", language))
    return "\n".join(notes)


def _is_money(data: ThresholdData) -> bool:
    return bool(counts_used(data.index.version) & set(MONEY))


def _ends(data: ThresholdData, interval: Interval) -> list[Exact | None]:
    """Return the ends in print; none where there are none, or no error of amounts was modelled."""
    ends, unit = (interval.low, interval.middle, interval.high), data.index.version.unit
    if isnan(interval.low) or (_is_money(data) and interval.low == interval.high):
        return [None] * len(ends)
    return [in_unit(Fraction(end), unit) for end in ends]


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


def error_facts(data: ThresholdData) -> Facts:
    """Return the KPI once errors are put right.

    `errors_low`, `errors_high`: its interval; `worst_low`, `worst_high`: the worst cases.
    """
    found, decimals = errors_of(data), data.index.version.decimals
    figures = dict[str, Quantity]()
    for name, value in (("low", found.nation.low), ("high", found.nation.high)):
        if not isnan(value):
            exact = Fraction(value) * scale_of(data.index.version.unit)
            digits = min(decimals, carried(data, found.nation))
            figures[f"errors_{name}"] = data.quantity(exact, digits)
    for name, worst in zip(("low", "high"), found.worst or (), strict=False):
        figures[f"worst_{name}"] = data.quantity(
            in_unit(worst.value, data.index.version.unit), decimals
        )
    return figures, {}
