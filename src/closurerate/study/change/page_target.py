"""Tables of the target: the effective cases that would have met it, and how demanding it was."""

from collections.abc import Mapping
from dataclasses import dataclass

from closurerate.kpi.definition import KpiVersion
from closurerate.press.cells import roc_year
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Column, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import Quantity, number
from closurerate.records.published import Interval, Published
from closurerate.records.readings import adopted
from closurerate.study.change.page_data import version_before
from closurerate.study.change.target import Demand, TargetCheck, against_before, check_target
from closurerate.year.change_rule import (
    effective_before,
    has_printed_rule,
    is_comparable,
    other_rule,
)
from closurerate.year.changes import change_heading, change_unit, interval_text
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

_READINGS = ("effective_over_closed", "nonlinear")


@dataclass(frozen=True)
class TargetYear:
    """A year with a target: on which version and reading, and how it stood to the target.

    `reading` is empty where the year's effective cases are known.
    """

    year: int
    version: KpiVersion
    reading: str
    check: TargetCheck


def target_years(data: KpiData) -> tuple[TargetYear, ...]:
    """Return this year beside its target, and before it the year before, under each reading.

    A year without a target, or whose effective cases are not known by the KPI's rule, is left out.
    Where those of the year before are printed there is nothing to read one way or another.
    """
    return (*_before(data), *_this_year(data))


def demand(data: KpiData, reading: str) -> Demand | None:
    """Return how this year's target stood to the year before under a reading, None if unknown.

    Unknown too where the printed year before was counted by another rule than the KPI's.
    """
    this_year, interval = _this_year(data), effective_before(data, reading)
    before = data.cases.before
    if not this_year or interval is None or before is None:
        return None
    if not is_comparable(data, data.version):
        return None
    (now,) = this_year
    return against_before(now.version, now.check.need, now.check.target, _counts(before), interval)


def target_table(data: KpiData) -> Table | Markdown:
    """Return for each year with a target the effective cases that it needed, and that there were.

    A KPI without a target gives the sentence that says so.
    """
    language, years = data.language, target_years(data)
    if not years:
        return no_target(data)
    rows = tuple(
        (
            roc_year(item.year, language),
            _measure(item, data),
            number(item.check.target, 2),
            _need(item.check, language),
            _counts_text(_effective(item, data), language),
            _counts_text(item.check.surplus, language, is_signed=True),
            interval_text(item.check.low, item.check.high, item.version.decimals, language),
        )
        for item in years
    )
    unit = word(f"unit_{data.version.unit}", language)
    has_before = data.cases.before is not None and data.definition.target(data.year - 1) is not None
    note = word("note_needed", language)
    if has_before and not has_printed_rule(data, version_before(data)):
        note = _with_other_rule(note, data)
    return Table(
        columns=(
            Column(word("year", language)),
            Column(word("measure", language)),
            Column(f"{word('target', language)} ({unit})", "right"),
            Column(word("needed_effective", language), "right"),
            Column(word("effective", language), "right"),
            Column(word("more_than_needed", language), "right"),
            Column(f"{word('actual', language)} ({unit})", "right"),
        ),
        rows=rows,
        caption=word("caption_needed", language, name=data.name),
        note=note,
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def demand_table(data: KpiData) -> Table | Markdown:
    """Return this year's target beside what the year before had reached, on one definition."""
    language = data.language
    if not _this_year(data):
        return no_target(data)
    found = {reading: demand(data, reading) for reading in _readings_before(data)}
    known = {reading: item for reading, item in found.items() if item is not None}
    if not known:
        return _no_demand(data)
    note = word("note_demand" if data.version.is_higher_better else "note_demand_less", language)
    if not has_printed_rule(data, data.version):
        note = _with_other_rule(note, data)
    (now,) = _this_year(data)
    if len(set(known.values())) == 1:
        known = {"": next(iter(known.values()))}
    rows = tuple(_demand_row(reading, item, now, data) for reading, item in known.items())
    unit = word(f"unit_{data.version.unit}", language)
    change = change_heading(data.version.unit, language)
    previous = roc_year(data.year - 1, language)
    return Table(
        columns=(
            Column(word("reading", language)),
            Column(f"{word('target', language)} ({unit})", "right"),
            Column(word("before_on_definition", language, year=previous, unit=unit), "right"),
            Column(word("target_less_before", language, unit=change), "right"),
            Column(word("effective_of", language, year=previous), "right"),
            Column(word("needed_less_before", language), "right"),
        ),
        rows=rows,
        caption=word("caption_demand", language, name=data.name),
        note=note,
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def no_target(data: KpiData) -> Markdown:
    """Return the sentence that says that there is no target to compare with."""
    return Markdown(
        word("no_target", data.language, name=markdown_text(data.name), year=data.names["year"])
    )


def _no_demand(data: KpiData) -> Markdown:
    """Return the sentence that says why a target is not compared with the year before."""
    if data.cases.before is not None and not is_comparable(data, data.version):
        return Markdown(markdown_text(other_rule(data).said(data.language)))
    return Markdown(
        word("no_demand", data.language, name=markdown_text(data.name), previous=data.year - 1)
    )


def _with_other_rule(note: str, data: KpiData) -> str:
    between = " " if data.language == "en" else ""
    return note + between + other_rule(data).said(data.language)


def _effective(item: TargetYear, data: KpiData) -> Interval | None:
    """Return a year's effective cases, None where they were counted by another rule."""
    is_own = item.year == data.year or has_printed_rule(data, item.version)
    return item.check.effective if is_own else None


def _this_year(data: KpiData) -> tuple[TargetYear, ...]:
    effective, target = data.total.counts["effective"], data.target
    if target is None or effective is None:
        return ()
    interval = Interval(effective, effective)
    check = check_target(data.version, data.total.counts, interval, target)
    return (TargetYear(data.year, data.version, "", check),)


def _before(data: KpiData) -> tuple[TargetYear, ...]:
    """Return the year before, on the measure that each reading takes its rate for."""
    year, before = data.year - 1, data.cases.before
    target = data.definition.target(year)
    if target is None or before is None:
        return ()
    found = []
    for reading in _readings_before(data):
        interval = effective_before(data, reading)
        # The other reading is that the printed rate came from this year's formula already.
        version = version_before(data, is_same=data.is_printed and reading == "nonlinear")
        if interval is None or not is_comparable(data, version):
            continue
        check = check_target(version, _counts(before), interval, target)
        found.append(TargetYear(year, version, reading, check))
    return tuple(found)


def _readings_before(data: KpiData) -> list[str]:
    """Return the readings of the year before's rate, the adopted one first.

    One without a name where its effective cases are printed.
    """
    if data.cases.before is not None and "effective" in data.cases.before:
        return [""]
    return sorted(_READINGS, key=lambda name: name != adopted(OPEN))


def _counts(report: Published) -> Mapping[str, int | None]:
    names = ("new", "closed", "pending")
    return {name: int(report[name].value) for name in names if name in report}


def _measure(item: TargetYear, data: KpiData) -> str:
    """Return what a year's value was measured by, and on which reading."""
    language = data.language
    if not item.reading:
        return data.name
    words = {"effective_over_closed": "measure_ratio", "nonlinear": "measure_formula"}
    measure = word(words[item.reading], language) if data.is_printed else data.name
    return f"{measure}\n({_reading(item.reading, language)})"


def _reading(reading: str, language: str) -> str:
    if not reading:
        return word("split_reading_printed", language)
    return word("adopted_reading" if reading == adopted(OPEN) else "other_reading", language)


def _need(check: TargetCheck, language: str) -> str:
    """Return the least effective cases, and in brackets those for the value as printed."""
    if check.need.effective is None:
        return word(f"need_{check.need.reason}", language)
    return f"{number(check.need.effective)}\n({number(check.need_printed.effective)})"


def _demand_row(reading: str, item: Demand, now: TargetYear, data: KpiData) -> tuple[str, ...]:
    language, decimals = data.language, now.version.decimals
    return (
        _reading(reading, language),
        number(now.check.target, 2),
        interval_text(item.low, item.high, decimals, language),
        interval_text(item.gap_low, item.gap_high, decimals, language),
        _counts_text(item.effective if has_printed_rule(data, now.version) else None, language),
        _counts_text(item.more, language, is_signed=True),
    )


def _counts_text(interval: Interval | None, language: str, *, is_signed: bool = False) -> str:
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return interval_text(low, high, 0, language, is_signed=is_signed)


def target_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of the target that a sentence can name.

    `needed` and `surplus` (cases) and, against the year before by the adopted reading, `gap_low`
    and `gap_high` (points), `needed_less_low` and `needed_less_high` (cases).
    """
    years = [item for item in target_years(data) if item.year == data.year]
    check = years[0].check if years else None
    before = demand(data, adopted(OPEN))
    unit = change_unit(data.version.unit)
    more = before.more if before is not None else None
    surplus = check.surplus if check is not None else None
    return {
        "needed": Quantity(check.need.effective if check else None, "case", 0, data.evidence),
        "surplus": _end(surplus, data, is_low=True),
        "gap_low": Quantity(before.gap_low if before else None, unit, 2, data.evidence),
        "gap_high": Quantity(before.gap_high if before else None, unit, 2, data.evidence),
        "needed_less_low": _end(more, data, is_low=True),
        "needed_less_high": _end(more, data, is_low=False),
    }


def _end(interval: Interval | None, data: KpiData, *, is_low: bool) -> Quantity:
    value = None if interval is None else interval.low if is_low else interval.high
    return Quantity(value, "case", 0, data.evidence)
