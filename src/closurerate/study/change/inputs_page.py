"""The figures that a study of the KPI starts from: both years' counts, target and value."""

from closurerate.press.print.labels import LANGUAGES, Evidence, labels
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import ByLanguage, Item, bare, roc_year, spaced, t
from closurerate.records.claim import Claim
from closurerate.records.placeholders import weakest
from closurerate.study.change.target_page import demand, readings_before
from closurerate.year.change_rule import effective_before
from closurerate.year.changes import interval
from closurerate.year.kpi_words import reading_word, with_unit
from closurerate.year.kpi_year import KpiData

_COUNTS = ("new", "closed", "pending", "effective")


def inputs_table(data: KpiData) -> Table:
    """Return new, closed, pending and effective cases of both years, with target and value.

    What is not published is a dash, above the interval that each reading of the rate allows.
    """
    rows = [
        *(_count_row(data, name) for name in _COUNTS),
        *_read_rows(data),
        *_target_rows(data),
        _value_row(data),
    ]
    years = (roc_year(data.year - 1), roc_year(data.year))
    readings = [name for name in readings_before(data) if name]
    is_read = any(demand(data, name) is not None for name in readings)
    note = [t("note_inputs"), *([t("note_inputs_read", previous=years[0])] if is_read else [])]
    return Table(
        [*words("input"), *numbers(*years), *words("input_rests")],
        rows,
        t("caption_inputs", **data.names),
        data.grounds(
            earlier={data.year - 1}, is_read=is_read, figures=(*_COUNTS, "target", "rate")
        ),
        spaced(note),
    )


def _rests(*evidence: Evidence) -> ByLanguage:
    """Return the label of the weakest evidence, as a word."""
    found = weakest(evidence)
    return ByLanguage({language: labels(language)[found] for language in LANGUAGES})


def _count_row(data: KpiData, name: str) -> tuple[Item, ...]:
    before, value = _claimed(data, name), data.total.counts[name]
    rests = [data.cases.evidence_of(name, value), *([before.evidence] if before else [])]
    return t(f"input_{name}"), before and bare(before.quantity()), bare(value), _rests(*rests)


def _claimed(data: KpiData, name: str) -> Claim | None:
    """Return what was printed of the year before; None where nothing was."""
    report = data.cases.before
    return report[name] if report is not None and name in report else None


def _read_rows(data: KpiData) -> list[tuple[Item, ...]]:
    """Return the effective cases of the year before under each reading of its rate."""
    rows = []
    for reading in readings_before(data):
        found = effective_before(data, reading) if reading else None
        if found is not None:
            name = t("input_read", measure=t(f"input_{reading}"), reading=reading_word(reading))
            rows.append((name, interval(found.low, found.high, 0, "case"), None, _rests("assumed")))
    return rows


def _target_rows(data: KpiData) -> list[tuple[Item, ...]]:
    targets = {data.year - 1: data.target_of(data.year - 1), data.year: data.target}
    known = [year for year, target in targets.items() if target is not None]
    if not known:
        return []
    cells = (None if target is None else bare(target, 2) for target in targets.values())
    rests = _rests(*(data.at_best(data.given(year)) for year in known))
    return [(with_unit(t("target"), data.version), *cells, rests)]


def _value_row(data: KpiData) -> tuple[Item, ...]:
    """Return the value as published or counted, this year's alone where the other's is not known.

    What is printed is the value of the official KPI alone.
    """
    rate = _claimed(data, "rate") if data.is_printed else None
    before = rate.quantity() if rate else data.counted_before().get("rate")
    name = "input_rate" if data.is_printed and data.evidence == "published" else "value"
    rests = _rests(data.evidence, *([before.evidence] if before else []))
    return (
        with_unit(t(name), data.version),
        before and bare(before),
        bare(data.total.quantity()),
        rests,
    )
