"""What is shown of the target: the effective cases that it needed, and how demanding it was."""

from dataclasses import dataclass

from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, bare, both, formed, roc_year, spaced, t
from closurerate.quantity import Quantity
from closurerate.records.feasible import Interval
from closurerate.records.published import Published
from closurerate.records.readings import adopted
from closurerate.study.change.target import Demand, TargetCheck, against_before, check_target
from closurerate.study.change.year_change import SAME_MEASURE, version_before
from closurerate.year.change_rule import (
    effective_before,
    has_printed_rule,
    is_comparable,
    other_rule,
)
from closurerate.year.changes import change_unit, change_word, interval, with_change_unit
from closurerate.year.kpi_words import measure_word, reading_word
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

_MEASURES = {name: f"input_{name}" for name in ("effective_over_closed", SAME_MEASURE)}
"""By reading of the printed rate of the year before: what it was measured by."""


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
    now = _this_year(data)
    return (*_before(data), *([] if now is None else [now]))


def _this_year(data: KpiData) -> TargetYear | None:
    effective, target = data.total.counts["effective"], data.target
    if target is None or effective is None:
        return None
    known = Interval(effective, effective)
    check = check_target(data.version, data.total.counts, known, target)
    return TargetYear(data.year, data.version, "", check)


def _before(data: KpiData) -> list[TargetYear]:
    """Return the year before, on the measure that each reading takes its rate for."""
    year, before = data.year - 1, data.cases.before
    target = data.target_of(year)
    if target is None or before is None:
        return []
    found = []
    for reading in readings_before(data):
        effective, version = effective_before(data, reading), version_before(data, reading)
        if effective is not None and is_comparable(data, version):
            check = check_target(version, _counts(before), effective, target)
            found.append(TargetYear(year, version, reading, check))
    return found


def readings_before(data: KpiData) -> list[str]:
    """Return the readings of the year before's rate, the adopted one first.

    One without a name where its effective cases are printed.
    """
    if data.cases.before is not None and "effective" in data.cases.before:
        return [""]
    return sorted(_MEASURES, key=lambda name: name != adopted(OPEN))


def _counts(report: Published) -> Counts:
    names = ("new", "closed", "pending")
    return {name: int(report[name].value) for name in names if name in report}


def demand(data: KpiData, reading: str) -> Demand | None:
    """Return how this year's target stood to the year before under a reading, None if unknown.

    Unknown too where the printed year before was counted by another rule than the KPI's.
    """
    now, effective = _this_year(data), effective_before(data, reading)
    before = data.cases.before
    if now is None or effective is None or before is None:
        return None
    if not is_comparable(data, data.version):
        return None
    return against_before(now.version, now.check.need, now.check.target, _counts(before), effective)


def demand_finding(data: KpiData, *, zh: str, en: str) -> Finding | Markdown | Several:
    """Return a computed sentence on the target; nothing where there is none to compare.

    It may name `{needed}` (cases), `{surplus}` (how many fewer than there were, or more), and
    `{gap}`: the target less the value of the year before by this year's formula, under the adopted
    reading.
    """
    now, item = _this_year(data), demand(data, adopted(OPEN))
    if now is None or now.check.surplus is None or item is None:
        return Several(())
    unit = data.version.unit
    gap = interval(item.gap_low, item.gap_high, data.version.decimals, change_unit(unit))
    figures = {"needed": Quantity(now.check.need.effective, "case", 0, data.evidence)}
    surplus = now.check.surplus.low
    told = t("surplus" if surplus >= 0 else "shortfall", cases=Quantity(abs(surplus), "case", 0))
    names = {"gap": with_change_unit(gap, unit), "surplus": told}
    is_read = "effective" not in (data.cases.before or ())
    at_best: Evidence = "assumed" if is_read else data.evidence
    return data.say(figures, names, zh=zh, en=en, at_best=at_best)


# The effective cases needed -----------------------------------------------------------------------
def needed_table(data: KpiData) -> Table | Markdown:
    """Return for each year with a target the effective cases that it needed, and that there were.

    A KPI without a target gives the sentence that says so.
    """
    years = target_years(data)
    if not years:
        return _no_target(data)
    rows = [
        (
            roc_year(item.year),
            _measure(item, data),
            _need(item.check),
            _cases(_effective(item, data)),
            _cases(item.check.surplus, is_signed=True),
        )
        for item in years
    ]
    has_before = data.cases.before is not None and data.target_of(data.year - 1) is not None
    is_other = has_before and not has_printed_rule(data, version_before(data))
    columns = [
        *words("year", "measure"),
        *numbers("needed_effective", "effective", "more_than_needed", unit="case"),
    ]
    is_read = any(item.reading for item in years)
    more = [
        *([t("note_needed_read")] if is_read else []),
        *([other_rule(data)] if is_other else []),
    ]
    note = spaced([t("note_needed"), *more])
    caption = t("caption_needed", name=data.kpi_name)
    return Table(
        columns, rows, caption, data.grounds(earlier={data.year - 1}, is_read=is_read), note
    )


def _no_target(data: KpiData) -> Markdown:
    name = formed(data.kpi_name, markdown_text)
    return Markdown(t("no_target", name=name, year=data.names["year"]))


def _measure(item: TargetYear, data: KpiData) -> Item:
    """Return what a year's value was measured by, and on which reading."""
    if not item.reading:
        return measure_word(data, item.year) if data.is_printed else data.kpi_name
    measure = t(_MEASURES[item.reading]) if data.is_printed else data.kpi_name
    return _with_brackets(measure, reading_word(item.reading))


def _with_brackets(item: Item, more: Item) -> Run:
    return Run((item, both("（", " ("), more, both("）", ")")))


def _need(check: TargetCheck) -> Item:
    """Return the least effective cases, and in brackets those for the value as printed."""
    if check.need.effective is None:
        return t(f"need_{check.need.reason}")
    return _with_brackets(bare(check.need.effective), bare(check.need_printed.effective))


def _effective(item: TargetYear, data: KpiData) -> Interval | None:
    """Return a year's effective cases, None where they were counted by another rule."""
    is_own = item.year == data.year or has_printed_rule(data, item.version)
    return item.check.effective if is_own else None


def _cases(found: Interval | None, *, is_signed: bool = False) -> Item:
    return found and interval(found.low, found.high, 0, "case", is_signed=is_signed)


# Against the year before --------------------------------------------------------------------------
def demand_table(data: KpiData) -> Table | Markdown | Several:
    """Return this year's target beside what the year before had reached, on one definition.

    Without a target of any year nothing, which `needed_table` says.
    """
    now = _this_year(data)
    if now is None:
        return _no_target(data) if target_years(data) else Several(())
    found = {reading: demand(data, reading) for reading in readings_before(data)}
    known = {reading: item for reading, item in found.items() if item is not None}
    if not known:
        return _no_demand(data)
    if len(set(known.values())) == 1:
        known = {"": next(iter(known.values()))}
    is_own, unit = has_printed_rule(data, data.version), data.version.unit
    previous = roc_year(data.year - 1)
    rows = [
        (
            reading_word(reading) or t("split_reading_printed", previous=previous),
            now.check.target,
            interval(item.low, item.high, data.version.decimals, unit),
            interval(item.gap_low, item.gap_high, data.version.decimals, change_unit(unit)),
            _cases(item.more, is_signed=True),
        )
        for reading, item in known.items()
    ]
    years = {"year": roc_year(data.year), "previous": previous}
    columns = [
        *words("reading"),
        *numbers(t("target_of", unit=t(f"unit_{unit}"), **years), unit=unit, decimals=2),
        *numbers(
            t("before_on_definition", unit=t(f"unit_{unit}"), **years),
            t("target_less_before", unit=change_word(unit), **years),
            t("needed_less_before", **years),
        ),
    ]
    key = "note_demand" if data.version.is_higher_better else "note_demand_less"
    note = spaced([t(key, **years), *([] if is_own else [other_rule(data)])])
    caption = t("caption_demand", name=data.kpi_name, **years)
    is_read = any(known)
    return Table(
        columns, rows, caption, data.grounds(earlier={data.year - 1}, is_read=is_read), note
    )


def _no_demand(data: KpiData) -> Markdown:
    """Return the sentence that says why a target is not compared with the year before."""
    if data.cases.before is not None and not is_comparable(data, data.version):
        return Markdown(formed(other_rule(data), markdown_text))
    name = formed(data.kpi_name, markdown_text)
    return Markdown(t("no_demand", name=name, previous=data.names["previous"]))
