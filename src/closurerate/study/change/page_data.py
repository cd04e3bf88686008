"""The change since the year before as it is shown: under each reading, and inside E."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import totals
from closurerate.press.cells import joined
from closurerate.press.print.labels import Language
from closurerate.press.prose import Finding, Markdown
from closurerate.press.words import word
from closurerate.quantity import Quantity
from closurerate.records.published import Interval, Published, feasible_by_reading
from closurerate.records.readings import adopted
from closurerate.study.change.change import Change, YearCounts, definition_effects, split_change
from closurerate.study.change.change_span import ChangeSpan, Span, split_span
from closurerate.study.change.composition import FACTORS, Composition, composition
from closurerate.year.before import counts_before
from closurerate.year.change_rule import is_comparable
from closurerate.year.changes import change_heading, change_unit, change_word, interval_text
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

SAME_MEASURE = "nonlinear"
"""The reading by which the printed rate of the year before was on this year's measure already."""


@dataclass(frozen=True)
class ShownChange:
    """The change since the printed year before, under one reading of its rate.

    Parameters
    ----------
    reading
        Option of the register's `measure_106`; empty where the effective cases are printed.
    span
        The change with its parts.
    on_before, on_after
        What the change of definition does to either year's data, in the printed unit; None where
        the definition did not change.
    """

    reading: str
    span: ChangeSpan
    on_before: Span | None
    on_after: Span | None


def published_changes(data: KpiData) -> list[ShownChange]:
    """Return the change since the printed figures of the year before, the adopted reading first.

    Empty where no figures of the year before are printed, where the data are a fraction of the
    nation, where the two years' rules differ, as printed figures cannot be counted anew, or where
    those figures were counted by another rule than the KPI's.
    """
    report = data.cases.before
    if report is None or any(name not in report for name in ("closed", "pending")):
        return []
    if "effective" not in report and "rate" not in report:
        return []
    if not all(is_comparable(data, item) for item in (version_before(data), data.version)):
        return []
    readings = _effective_before(report)
    order = sorted(readings, key=lambda name: name != adopted(OPEN))
    shown = [_shown(data, report, reading, readings[reading]) for reading in order]
    changes = [change for change in shown if change is not None]
    if len(changes) < len(shown):
        return []
    if all(change.span == changes[0].span for change in changes):
        # A KPI that does not use the effective cases has one split, however the rate is read.
        return [replace(changes[0], reading="")]
    return changes


def _effective_before(report: Published) -> Mapping[str, Interval]:
    if "effective" in report:
        effective = int(report["effective"].value)
        return {"": Interval(effective, effective)}
    return feasible_by_reading(report)


def _shown(
    data: KpiData, report: Published, reading: str, effective: Interval
) -> ShownChange | None:
    version = version_before(data, is_same=data.is_printed and reading == SAME_MEASURE)
    if version.rule != data.version.rule:
        return None
    printed = {
        name: int(report[name].value) for name in ("new", "closed", "pending") if name in report
    }
    if "collected" in report:
        printed["collected_twd"] = int(report["collected"].value)
    unknown = dict.fromkeys(data.total.counts)
    before = YearCounts(version, {**unknown, **printed})
    after = YearCounts(data.version, data.total.counts)
    span = split_span(before, after, effective.low, effective.high)
    ends = [
        definition_effects(YearCounts(version, {**before.counts, "effective": end}), after)
        for end in (effective.low, effective.high)
    ]
    low, high = ends
    if low is None or high is None or "definition" not in span.parts:
        return ShownChange(reading, span, None, None)
    on_before, on_after = ((min(pair), max(pair)) for pair in zip(low, high, strict=True))
    return ShownChange(reading, span, on_before, on_after)


def version_before(data: KpiData, *, is_same: bool = False) -> KpiVersion:
    """Return the KPI as in force in the year before, or this year's where there was none yet."""
    is_later = data.year - 1 < min(data.definition.versions)
    return data.version if is_same or is_later else data.definition.in_force(data.year - 1)


def compositions(data: KpiData) -> tuple[Composition, Composition] | None:
    """Return what the effective cases of both years are made of; None without the first year's."""
    before = counts_before(data)
    if before is None:
        return None
    rule = data.version.rule
    return composition(before, rule), composition(data.counts, rule)


def inside_change(data: KpiData) -> Change | None:
    """Return the change with the part of the effective cases split again, on both years' rows.

    None where there are no rows of the year before, or the years' rules differ.
    """
    before, version = counts_before(data), version_before(data)
    if before is None or version.rule != data.version.rule:
        return None
    rule = data.version.rule
    return split_change(
        YearCounts(version, totals(before), composition=composition(before, rule)),
        YearCounts(data.version, data.total.counts, composition=composition(data.counts, rule)),
    )


def change_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of the change that a sentence can name, by the adopted reading.

    `<part>_part_low` and `<part>_part_high` for each part (`definition`, `effective`, `closed`, …)
    and for `total`, and `definition_on_before_…` and `definition_on_after_…`; of a part within the
    effective cases `<factor>_part`, on the rows. None where nothing is split.
    """
    unit, decimals = change_unit(data.version.unit), data.version.decimals
    found = {
        f"{name}_{end}": Quantity(value, unit, decimals, data.evidence)
        for name, span in _spans(data).items()
        for end, value in zip(("low", "high"), span, strict=True)
    }
    inside = inside_change(data)
    factors = {} if inside is None else inside.parts
    return found | {
        f"{name}_part": Quantity(factors[name], unit, decimals, data.cases.evidence)
        for name in FACTORS
        if name in factors
    }


def _spans(data: KpiData) -> dict[str, Span]:
    changes = published_changes(data)
    if not changes or changes[0].span.total is None:
        return {}
    first = changes[0]
    spans = {f"{name}_part": span for name, span in first.span.parts.items()}
    spans["total_part"] = changes[0].span.total
    if first.on_before is not None and first.on_after is not None:
        spans |= {"definition_on_before": first.on_before, "definition_on_after": first.on_after}
    return spans


def change_names(data: KpiData) -> dict[str, str]:
    """Return each figure of the change by the adopted reading as text, with sign and unit.

    `{definition_change}`, `{effective_change}`, `{total_change}`, `{definition_on_before}` and so
    on; an interval where the effective cases of the year before are one. `{change_parts}` is all
    parts that there are, in words.
    """
    unit = change_word(data.version.unit, data.language)
    return _parts_named(data) | {
        name.replace("_part", "_change"): interval_text(
            *span, data.version.decimals, data.language, is_signed=True
        )
        + unit_gap(data.language)
        + unit
        for name, span in _spans(data).items()
    }


def _parts_named(data: KpiData) -> dict[str, str]:
    changes, language = published_changes(data), data.language
    parts = changes[0].span.parts if changes else {}
    if not parts:
        return {}
    told = [_part_told(data, changes[0], name) for name in parts]
    unit = change_heading(data.version.unit, language)
    named = word("split_parts", language, parts=joined(told, language), unit=unit)
    return {"change_parts": named}


def _part_told(data: KpiData, change: ShownChange, name: str) -> str:
    """Return a part with what it hides: that it is a mean of two, or one side of a cause."""
    language = data.language

    def shown(span: Span) -> str:
        return interval_text(*span, data.version.decimals, language, is_signed=True)

    told = f"{_within(word(f'split_{name}', language))} {shown(change.span.parts[name])}"
    if name == "definition" and change.on_before is not None and change.on_after is not None:
        return word(
            "split_told_definition", language, told=told, previous=data.year - 1, year=data.year,
            before=shown(change.on_before), after=shown(change.on_after),
            reading=_within(word(f"split_reading_{change.reading or 'printed'}", language)),
        )  # fmt: skip
    if name == "closed" and "effective" in change.span.parts:
        return word("split_told_closed", language, told=told)
    return told


def _within(name: str) -> str:
    """Return a name as it is written within a sentence."""
    return name[0].lower() + name[1:]


def unit_gap(language: Language) -> str:
    """Return what stands between a number and its unit in a sentence."""
    return "\N{NO-BREAK SPACE}" if language == "en" else " "


def change_finding(
    data: KpiData, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence that may name figures of the change besides the KPI's own.

    Its parameters are those of `report.case_data.say`; what it can name is in `change_figures` and
    `change_names`.
    """
    return data.say(
        change_figures(data),
        change_names(data),
        zh=zh,
        en=en,
        is_optional=is_optional,
        at_best=data.evidence,
    )
