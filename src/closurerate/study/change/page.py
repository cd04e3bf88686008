"""What is shown of the change since the year before: its parts, in sentences, table and chart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.sums import rounding_note
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    clauses,
    formed,
    joined,
    roc_year,
    spaced,
    stated,
    t,
    unique,
)
from closurerate.quantity import Quantity
from closurerate.records.placeholders import weakest
from closurerate.records.published import effective_by_reading
from closurerate.study.change.change import DEFINITION
from closurerate.study.change.change_span import Span
from closurerate.study.change.composition import FACTORS
from closurerate.study.change.drawing import draw_waterfall
from closurerate.study.change.year_change import (
    PrintedChange,
    YearChange,
    version_before,
)
from closurerate.year.change_rule import other_rule
from closurerate.year.changes import change_unit, change_word, interval, with_change_unit
from closurerate.year.kpi_words import value_column
from closurerate.year.kpi_year import KpiData


def change_finding(change: YearChange, *, zh: str, en: str) -> Finding | Markdown:
    """Return a computed sentence that may name `change_quantities` and `change_names` too."""
    quantities, names = change_quantities(change), change_names(change)
    return change.kpi.say(quantities, names, zh=zh, en=en, at_best=split_evidence(change.kpi))


def split_evidence(data: KpiData) -> Evidence:
    """Return what a split rests on: the two years' figures, and a convention on how they share."""
    return weakest([data.evidence, "assumed"])


def split_grounds(data: KpiData) -> Grounds:
    """Return the same with the sources of the figures."""
    found = data.grounds(earlier={data.year - 1}, figures=(*data.total.counts, "rate"))
    return replace(found, evidence=split_evidence(data))


def change_quantities(change: YearChange) -> dict[str, Quantity]:
    """Return the quantities of the change that a sentence can name, by the adopted reading.

    `<part>_part_low` and `<part>_part_high` for each part (`definition`, `effective`, `closed`, …)
    and for `total`, and `definition_on_before_…` and `definition_on_after_…`; of a part within the
    effective cases `<factor>_part`, on the rows. None where nothing is split.
    """
    data = change.kpi
    unit, decimals = change_unit(data.version.unit), data.version.decimals
    found = {
        f"{name}_{end}": Quantity(value, unit, decimals, split_evidence(data))
        for name, span in _spans(change).items()
        for end, value in zip(("low", "high"), span, strict=True)
    }
    parts = {} if change.inside is None else change.inside.parts
    return found | {
        f"{name}_part": Quantity(part, unit, decimals, data.cases.evidence)
        for name, part in parts.items()
        if name in FACTORS
    }


def _spans(change: YearChange) -> dict[str, Span]:
    first = change.adopted
    if first is None or first.span.total is None:
        return {}
    spans = {f"{name}_part": span for name, span in first.span.parts.items()}
    spans["total_part"] = first.span.total
    if first.on_before is not None and first.on_after is not None:
        spans |= {"definition_on_before": first.on_before, "definition_on_after": first.on_after}
    return spans


def change_names(change: YearChange) -> dict[str, Item]:
    """Return each quantity of the change by the adopted reading in words, with sign and unit.

    `{definition_change}`, `{effective_change}`, `{total_change}`, `{definition_on_before}` and so
    on; an interval where the effective cases of the year before are one. `{change_parts}` is all
    parts that there are, without their unit, and `{change_shared}` how they share the change.
    """
    data = change.kpi
    found: dict[str, Item] = {
        name.replace("_part", "_change"): with_change_unit(move_text(data, span), data.version.unit)
        for name, span in _spans(change).items()
    }
    printed = _printed_change(data)
    if printed is not None and "total_change" in found:
        told = {"total": found["total_change"], "printed": printed}
        first = change.adopted
        one = None if first is None else first.over(lambda at: at.last_new - at.first_new)
        key = "split_total_told" if one is None else "split_total_told_broken"
        found["total_change"] = t(key, one=move_text(data, one), **told)
    return _parts_named(change) | found


def _printed_change(data: KpiData) -> Item:
    """Return the difference of the two printed figures, exact; None where one is not printed."""
    reports = [data.cases.published.get(year) for year in (data.year - 1, data.year)]
    rates = [report["rate"].value for report in reports if report and "rate" in report]
    if len(rates) < len(reports) or not data.is_printed or data.evidence != "published":
        return None
    unit = change_unit(data.version.unit)
    return stated(Quantity(rates[1] - rates[0], unit, data.version.decimals), is_signed=True)


def _parts_named(change: YearChange) -> dict[str, Item]:
    first = change.adopted
    if first is None or not first.span.parts:
        return {}
    parts = joined(
        Run((formed(t(f"split_{name}"), _within), move_text(change.kpi, span)), " ")
        for name, span in first.span.parts.items()
    )
    shared = t("split_shared" if DEFINITION in first.span.parts else "split_shared_counts")
    rounding = [t("split_rounded")] if _rounding(change.kpi, first) else []
    return {"change_parts": parts, "change_shared": clauses([shared, *rounding])}


def _rounding(data: KpiData, change: PrintedChange) -> list[Text]:
    """Return the note on parts that do not add up as printed; nothing where they do."""
    parts, total = [*change.span.parts.values()], change.span.total
    return rounding_note(parts, total, data.version.decimals) if total else []


def _within(name: str) -> str:
    """Return a name as it is written within a sentence."""
    return name[0].lower() + name[1:]


def move_text(data: KpiData, span: Span | None) -> Item:
    """Return a change, or the interval that it lies in, without unit; a dash for none."""
    unit = change_unit(data.version.unit)
    return span and interval(*span, data.version.decimals, unit, is_signed=True)


def level_text(data: KpiData, span: Span | None) -> Item:
    """Return a value of the KPI, or the interval that it lies in, without unit."""
    return span and interval(*span, data.version.decimals, data.version.unit)


def _reading_heading(change: PrintedChange, data: KpiData) -> Text:
    previous = roc_year(data.year - 1)
    return t(f"split_reading_{change.reading or 'printed'}", previous=previous)


def change_table(change: YearChange) -> Table | Markdown:
    """Return the split of the change since the printed year before, a column a reading.

    A sentence stands in its place where nothing printed can be split.
    """
    data, changes = change.kpi, change.since_print
    if not changes or any(item.span.total is None for item in changes):
        return Markdown(formed(_no_change(change), markdown_text))
    names = dict.fromkeys(name for item in changes for name in item.span.parts)
    rows = [
        _level_row(data, data.year - 1, [item.span.before for item in changes]),
        *(
            (t(f"split_{name}"), *(move_text(data, item.span.parts.get(name)) for item in changes))
            for name in names
        ),
        (t("split_total"), *(move_text(data, item.span.total) for item in changes)),
        _level_row(data, data.year, [item.span.after for item in changes]),
    ]
    unit = change_word(data.version.unit)
    headings = [_reading_heading(item, data) for item in changes]
    return Table(
        [*words("split_part"), *numbers(*headings)],
        rows,
        t("split_caption", name=data.kpi_name, previous=data.names["previous"], unit=unit),
        split_grounds(data),
        note=_change_note(data, changes),
        has_total=True,
    )


def _no_change(change: YearChange) -> Item:
    """Return why the change since what was printed cannot be split, and what follows instead."""
    return spaced([_reason(change), *([t("split_rows_follow")] if change.inside else [])])


def _reason(change: YearChange) -> Text:
    data = change.kpi
    report, before = data.cases.before, version_before(data)
    if data.cases.is_scaled and report is None:
        key = "split_none_of_part"
    elif report is None or not effective_by_reading(report):
        key = "split_none_printed"
    elif not change.is_comparable:
        return other_rule(data)
    elif before.rule != data.version.rule:
        key = "split_none_thresholds"
    else:
        key = "split_none_step"
    return t(key, previous=data.names["previous"], name=data.kpi_name)


def _level_row(data: KpiData, year: int, spans: list[Span | None]) -> tuple[Item, ...]:
    label = t("split_level", year=roc_year(year), unit=t(f"unit_{data.version.unit}"))
    return (label, *(level_text(data, span) for span in spans))


def _change_note(data: KpiData, changes: Sequence[PrintedChange]) -> Item:
    change, printed = changes[0], _printed_change(data)
    notes = [t("split_note" if DEFINITION in change.span.parts else "split_note_counts")]
    if change.reading:
        notes.append(t("split_note_interval", previous=roc_year(data.year - 1)))
    if printed is not None:
        notes.append(t("split_note_printed", printed=printed))
    return spaced([*notes, *unique(note for item in changes for note in _rounding(data, item))])


def change_chart(change: YearChange) -> Chart | Several:
    """Return the steps from the printed year before to this year, by the adopted reading.

    A part that is an interval is drawn at its middle and labelled with both ends. Nothing where
    there is no split, which `change_table` says.
    """
    data, first = change.kpi, change.adopted
    if first is None or not first.span.parts:
        return Several(())
    levels = [level for level in (first.span.before, first.span.after) if level is not None]
    years = {name: data.names[name] for name in ("previous", "year")}
    caption = t("split_chart_caption", name=data.kpi_name, **years)
    return waterfall_chart(data, levels, first.span.parts, caption, split_grounds(data))


def waterfall_chart(
    data: KpiData, levels: list[Span], parts: Mapping[str, Span], caption: Text, grounds: Grounds
) -> Chart:
    """Return the steps from one of two levels to the other; a span is drawn at its middle."""
    steps = _steps(data, levels, parts)

    def draw(figure: Figure, say: Say) -> None:
        frame = say.frame(steps, "label", "start", "end", "text", "kind")
        draw_waterfall(frame, figure.subplots(), xlabel=say(value_column(data)))

    told = joined(Run((label, text), " ") for label, _, _, text, _ in steps)
    height = 1.6 + 0.58 * len(steps)
    return Chart(draw, caption, t("split_alt", items=told), grounds, height_cm=height)


def _steps(
    data: KpiData, levels: list[Span], parts: Mapping[str, Span]
) -> list[tuple[Item, float, float, Item, str]]:
    """Return the rows of `draw_waterfall`; each begins where the one before it ended."""
    first, last = ((low + high) / 2 for low, high in levels)
    before, after = (level_text(data, level) for level in levels)
    rows = [(roc_year(data.year - 1), float(first), float(first), before, "level")]
    at = first
    for name, (low, high) in parts.items():
        following = at + (low + high) / 2
        kind = DEFINITION if name == DEFINITION else "gain" if following >= at else "loss"
        kind = f"inside_{kind}" if name in FACTORS else kind
        label = t(f"split_{name}")
        rows.append((label, float(at), float(following), move_text(data, (low, high)), kind))
        at = following
    return [*rows, (roc_year(data.year), float(last), float(last), after, "level")]
