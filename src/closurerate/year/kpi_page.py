"""What is shown of the KPI: definition, values by group, target, series, collections."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from matplotlib.figure import Figure

from closurerate.kpi import notation
from closurerate.kpi.degrees import counts_used, degrees_of_size, is_of_any_size
from closurerate.kpi.effective import Tier
from closurerate.kpi.formula import Formula
from closurerate.press import drawing as figures
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import DisplayedFormula, Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, numbers, share, words
from closurerate.press.text import (
    ByLanguage,
    Item,
    Run,
    Say,
    Text,
    bare,
    both,
    clauses,
    formed,
    joined,
    roc_year,
    stated,
    t,
)
from closurerate.press.words import vocabulary
from closurerate.quantity import Quantity
from closurerate.records.placeholders import derive, weakest
from closurerate.records.readings import Reading, adopted, register
from closurerate.year.kpi_year import KpiData
from closurerate.year.lights import light_of, light_word, unsourced_lights
from closurerate.year.series import OPEN, Point, both_series, earlier_target, earlier_value

_REPORT = re.compile(r"(\d+) annual performance report")
_CASES = ("effective", "closed", "pending")
_NONLINEAR = "(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)"
_HUNDRED_MILLION, _BILLION = 10**8, 10**9


# Definition ---------------------------------------------------------------------------------------
def definition_table(data: KpiData) -> Table:
    """Return the tiers and the ratio that a part-paid case must pass in each."""
    rule = data.version.rule
    rows = [(tier_name(tier), tier_range(tier), f"{float(tier.ratio):g}") for tier in rule.tiers]
    full, part = (
        joined(t(name) for name in names) if names else t("none")
        for names in (rule.paid_in_full, rule.paid_in_part)
    )
    ratio = "ratio_reached" if rule.is_equal_effective else "ratio_passed"
    return Table(
        [*words("tier"), *numbers("referred_amount", ratio)],
        rows,
        t("caption_definition"),
        Grounds(source=_definition_source(data)),
        note=t("note_definition", full=full, part=part),
    )


def _definition_source(data: KpiData) -> Item:
    """Return where the ratios in force are from: a printed report, or a proposal's own words."""
    begun = [
        year
        for section, year in data.definition.references
        if section == "ratios" and year <= data.version.version
    ]
    reference = data.definition.references["ratios", max(begun)]
    report = _REPORT.match(reference)
    return t("source_report", year=report[1]) if report else reference


def tier_name(tier: Tier) -> Text:
    """Return what the author of the definition calls a tier."""
    return both(tier.name_in("zh-Hant"), tier.name_in("en"))


def tier_range(tier: Tier) -> Text:
    """Return a tier's range of referred amounts in words."""
    if tier.below_twd is None:
        return t("tier_from", from_twd=tier.from_twd)
    if tier.from_twd <= 1:
        return t("tier_below", below=tier.below_twd)
    return t("tier_between", from_twd=tier.from_twd, below=tier.below_twd)


def formula(data: KpiData) -> DisplayedFormula:
    """Return the KPI's formula as in force in the year."""
    return _shown_formula("I", data.version.formula)


def indicator_formulas(data: KpiData) -> Several:
    """Return the formula of each indicator."""
    return Several([_shown_formula(name, how) for name, how in data.version.indicators.items()])


def _shown_formula(symbol: str, written: Formula) -> DisplayedFormula:
    return DisplayedFormula(
        notation.mathml(symbol, written),
        notation.typst(symbol, written),
        notation.spoken(symbol, written),
    )


def readings_table(data: KpiData) -> Table | Markdown:
    """Return the register of readings: what the source leaves open, what is adopted, and why.

    Of another KPI than the agency's only what bears on its definition, and a sentence on the rest.
    """
    rows = [
        (Text(one.question), _adopted(one), _reason(name, one, data))
        for name, one in register().items()
        if data.is_printed or _bears_on(name, data)
    ]
    note = "" if data.is_printed else t("note_readings")
    if not rows:
        return Markdown(note)
    columns = [
        *words("question", width=0.3),
        *words("adopted", width=0.25),
        *words("reason", width=0.45),
    ]
    grounds = Grounds(source="data/kpi/readings.yml")
    return Table(columns, rows, t("caption_readings"), grounds, note=note)


def _bears_on(name: str, data: KpiData) -> bool:
    """Tell whether a reading of the agency's report makes a difference to another KPI.

    Its own definition settles `comparison`, and it has no light.
    """
    used = set(counts_used(data.version))
    match name:
        case "measure_106":
            return any(point.reading for point in both_series(data))
        case "tier_of":
            return "effective" in used and len(data.version.rule.tiers) > 1
        case "paid_cap":
            return "closed_paid_twd" in used or ("effective" in used and _passes_one(data))
        case "reopened":
            return bool(used & {"effective", "closed", "pending"})
        case "rounding":
            return data.version.unit == "percent"
        case _:
            return False


def _passes_one(data: KpiData) -> bool:
    """Tell whether a case can fail for no more than its referred amount being paid."""
    rule = data.version.rule
    ratios = [tier.ratio for tier in rule.tiers]
    return any(ratio > 1 or (ratio == 1 and not rule.is_equal_effective) for ratio in ratios)


def _reason(name: str, reading: Reading, data: KpiData) -> Text:
    is_open = name == "paid_cap" and not data.is_printed
    return t("reason_paid_cap_open") if is_open else Text(reading.reason)


def _adopted(reading: Reading) -> Item:
    option = Text(reading.option())
    return option if reading.is_sourced else Run((option, t("unsourced")))


# Values by group ----------------------------------------------------------------------------------
def kpi_table(data: KpiData, by: str | None = None) -> Table:
    """Return E, C, P, the indicators and the KPI, by group and in all."""
    tiers = {tier.name: tier_name(tier) for tier in data.version.rule.tiers if by == "tier"}
    rows = [
        (
            tiers.get(row.by or "") or t(row.by or "nation"),
            *(row.counts[name] for name in _CASES),
            *(
                None if item.value is None else Fraction(item.value) * 100
                for item in row.indicators.values()
            ),
            row.quantity(),
        )
        for row in data.evaluations(by)
    ]
    indicators = [f"{name} (%)" for name in data.version.indicators]
    columns = [
        *words(by or "nation"),
        *numbers(*_CASES, unit="case"),
        *(Column(name, "percent", 2, align="right") for name in indicators),
        *numbers(with_unit(t("value"), data), unit=data.version.unit),
    ]
    evidence = data.evidence if by is None else data.cases.evidence
    caption = t("caption_kpi", name=data.kpi_name) if by is None else _caption_by(by, data)
    return Table(columns, rows, caption, data.grounds(evidence), has_total=by is not None)


def _caption_by(by: str, data: KpiData) -> Text:
    return t("caption_by", by=formed(t(by), str.lower), name=data.kpi_name)


def with_unit(name: Item, data: KpiData) -> Run:
    """Return what a column or axis of the KPI is headed by, with its unit."""
    return Run((name, " (", t(f"unit_{data.version.unit}"), ")"))


def axis_name(data: KpiData) -> Run:
    """Return the KPI's name with its unit, for an axis."""
    return with_unit(data.kpi_name, data)


def branches_chart(data: KpiData) -> Chart:
    """Return the KPI of each branch, from the highest, beside the nation's where that compares."""
    values = {row.by or "": row.quantity() for row in data.evaluations("branch")[:-1]}
    return dots_of_branches(
        data, values, _caption_by("branch", data), data.grounds(data.cases.evidence)
    )


def branches_finding(data: KpiData) -> Finding | Markdown:
    """Return the highest and the lowest branch, or all that tie, and how far apart they are."""
    ends = data.extreme_branches
    if not ends:
        return Markdown(t("left_out_sentence"))
    highest, lowest = (data.figures[end] for end in ("highest", "lowest"))
    if highest.value == lowest.value:
        return Finding(t("branches_alike", value=highest), highest.evidence)
    figures = {"highest": highest, "lowest": lowest}
    names = {end: data.names[end] for end in ("highest_branch", "lowest_branch")}
    apart = derive("highest.minus.lowest", figures)
    is_tied = len(ends["highest"]) > 1
    words_of = vocabulary()["branches_apart_tied" if is_tied else "branches_apart"]
    text = Text(words_of, {**figures, **names, "apart": apart})
    return Finding(text, highest.evidence)


def dots_of_branches(
    data: KpiData, values: Mapping[str, Quantity], caption: Item, grounds: Grounds
) -> Chart:
    """Return a dot for each branch with a value; a count or sum is not measured by the nation's."""
    known = sorted(
        ((name, quantity) for name, quantity in values.items() if quantity.value is not None),
        key=lambda item: Fraction(item[1].value or 0),
        reverse=True,
    )
    dots = [(t(name), float(item.value or 0), bare(item)) for name, item in known]
    nation = data.total.quantity()
    is_measured = degrees_of_size(data.version) in (None, {0})

    def draw(figure: Figure, say: Say) -> None:
        figures.draw_dots(
            say.frame(dots, "label", "value", "text"),
            figure.subplots(),
            xlabel=say(axis_name(data)),
            nation=float(nation.value or 0) if is_measured else None,
            text=say(Run((t("nation"), bare(nation)), " ")),
        )

    named = joined(Run((label, text), " ") for label, _, text in dots)
    alt = t("alt_branches", names=named, nation=nation)
    return Chart(draw, caption, alt, grounds, height_cm=8.6)


# Target -------------------------------------------------------------------------------------------
def printed_target(data: KpiData) -> Item:
    """Return the year's target as printed, or that none is set."""
    target = data.figures.get("target")
    return t("not_set") if target is None else stated(target)


def target_table(data: KpiData) -> Table:
    """Return target, value, achievement and the light that the unsourced cut-offs would give."""
    rows = [
        (t("target"), printed_target(data)),
        (t("actual"), stated(data.figures["rate"])),
        (t("achievement"), stated(data.achievement)),
    ]
    notes = [t("note_achievement")]
    if data.is_printed:
        rows.append((t("light_computed"), light_word(light_of(data.achievement, data.year))))
        notes.append(unsourced_lights(data.year))
    else:
        notes.append(t("no_light"))
    return Table(
        [*words("item"), *numbers("value")],
        rows,
        t("caption_target" if data.is_printed else "caption_target_plain"),
        data.grounds().without_source(),
        note=Run(tuple(notes), " "),
    )


def target_finding(data: KpiData) -> Finding | Markdown:
    """Return target and achievement, and the one without the cap where it is another."""
    target, reached = data.shown_target, data.achievement
    if target is None or reached.value is None:
        return Markdown(t("left_out_sentence"))
    uncapped = data.figures["achievement_uncapped"]
    figures = {"target": target, "achievement": reached, "uncapped": uncapped}
    is_cut = uncapped.value not in (None, reached.value)
    text = Text(vocabulary()["target_capped" if is_cut else "target_achieved"], figures)
    return Finding(text, weakest([target.evidence, reached.evidence]))


def target_chart(data: KpiData) -> Chart:
    """Return the KPI of each year that has one beside its target."""
    points = [
        (point, earlier_target(data, year))
        for year in data.cases.reports
        if year < data.year and (point := earlier_value(data, year)) is not None
    ]
    rate = data.figures["rate"]
    points.append((Point(data.year, None, "", rate, rate), data.figures.get("target")))
    bars = [_target_bar(data, *item) for item in points]

    def draw(figure: Figure, say: Say) -> None:
        figures.draw_target(
            say.frame(bars, "label", "value", "text", "target", "target_text"),
            figure.subplots(),
            ylabel=say(axis_name(data)),
            target=say(t("target")),
        )

    told = [
        Run((formed(label, _in_a_line), " ", text, " (", t("target"), " ", target_text, ")"))
        for label, _, text, _, target_text in bars
    ]
    alt = t("alt_bars", items=joined(told))
    grounds = data.grounds(is_over_years=True)
    return Chart(draw, t("caption_target_chart"), alt, grounds, height_cm=6.5)


def _target_bar(
    data: KpiData, point: Point, target: Quantity | None
) -> tuple[Item, float, Item, float | None, Item]:
    low, high = (Fraction(end.value or 0) for end in (point.low, point.high))
    return (
        Run((roc_year(point.year), measure_word(data, point.year)), "\n"),
        float((low + high) / 2),
        point_text(point),
        None if target is None else float(target.value or 0),
        "" if target is None else target,
    )


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def measure_word(data: KpiData, year: int) -> Item:
    """Return the measure of a year in words where it is known, else its formula."""
    written = data.definition.in_force(year).formula.text
    known = {"E / C": "measure_ratio", _NONLINEAR: "measure_formula"}
    return t(known[written]) if written in known else written


# Both series --------------------------------------------------------------------------------------
def series_table(data: KpiData) -> Table | Markdown:
    """Return both series across the change of definition, by the adopted reading and the other.

    Where no year has a value that can be told a sentence says so.
    """
    points = both_series(data)
    if not points:
        return _no_series(data)
    years = sorted({point.year for point in points})
    found = {(point.year, point.version, point.reading): point for point in points}
    has_readings = any(point.reading for point in points)
    rows = [
        (
            series_name(version, data),
            *([reading_word(reading)] if has_readings else []),
            *(
                point_text(found.get((year, version, reading)) or found.get((year, version, "")))
                for year in years
            ),
        )
        for version in shown_versions(data)
        for reading in (_readings() if has_readings and version is not None else ("",))
    ]
    columns = [
        *words("definition", *(["reading"] if has_readings else [])),
        *numbers(*(with_unit(roc_year(year), data) for year in years), unit=data.version.unit),
    ]
    note = _series_note(data, has_readings=has_readings)
    return Table(columns, rows, series_caption(data), data.grounds(is_over_years=True), note)


def _series_note(data: KpiData, *, has_readings: bool) -> Item:
    if has_readings:
        return t("note_series" if data.is_printed else "note_series_own")
    has_effective = any("effective" in counts_used(version) for version in data.versions.values())
    return t("note_series_plain") if has_effective else ""


def _no_series(data: KpiData) -> Markdown:
    is_part = data.cases.is_scaled and not is_of_any_size(data.version)
    key = "no_series_of_part" if is_part else "no_series"
    return Markdown(t(key, name=formed(data.kpi_name, markdown_text)))


def _readings() -> list[str]:
    """Return the readings of a printed rate, the adopted one first."""
    options = register()[OPEN].options
    return sorted(options, key=lambda name: name != adopted(OPEN))


def reading_word(reading: str) -> Item:
    """Return whether a reading of the printed rate is the adopted one; nothing of none."""
    if not reading:
        return ""
    return t("adopted_reading" if reading == adopted(OPEN) else "other_reading")


def shown_versions(data: KpiData) -> list[int | None]:
    """Return the versions of the series, the printed values (None) first where there are any."""
    return [*([None] if data.is_printed else []), *data.versions]


def series_caption(data: KpiData) -> Text:
    """Return what the series are called together: only the printed KPI's are the published ones."""
    return t("caption_series" if data.is_printed else "caption_series_own", name=data.kpi_name)


def series_name(version: int | None, data: KpiData) -> Text:
    """Return what a series is called; None for the printed values."""
    if version is None:
        return t("series_published")
    is_only = not data.is_printed and len(data.versions) == 1
    return t("series_own") if is_only else t("series_restated", version=version)


def point_text(point: Point | None, *, has_unit: bool = False) -> Item:
    """Return a point or interval as printed, by default without its unit; a dash for nothing."""
    if point is None or point.low.value is None:
        return None
    low, high = (stated(end) if has_unit else bare(end) for end in (point.low, point.high))
    return low if point.is_point else t("interval", low=low, high=high)


def series_chart(data: KpiData) -> Chart | Markdown | Several:
    """Return both series across the change of definition; a thick bar is an interval.

    A series without any value is left out, and where none has one a sentence says so; nothing
    where `series_table` says it.
    """
    points = [point for point in both_series(data) if point.reading in ("", adopted(OPEN))]
    if not points:
        return Several([])
    known = {point.version for point in points if point.low.value is not None}
    versions = [version for version in shown_versions(data) if version in known]
    if not versions:
        return _no_series(data)
    lines = [[point for point in points if point.version == version] for version in versions]
    items = [
        Run((series_name(line[0].version, data), Run(tuple(map(point_text, line)), " → ")), " ")
        for line in lines
    ]

    def draw(figure: Figure, say: Say) -> None:
        axes = figures.draw_series(
            [say.frame(map(_ends, line), "year", "low", "high", "is_published") for line in lines],
            figure.subplots(),
            ylabel=say(axis_name(data)),
            names=[say(item) for item in items],
        )
        axes.set_xticklabels([say(roc_year(int(year))) for year in axes.get_xticks()])

    alt = t("alt_series", items=clauses(items))
    grounds = data.grounds(is_over_years=True)
    return Chart(draw, series_caption(data), alt, grounds, height_cm=7.0)


def _ends(point: Point) -> tuple[int, float, float, bool]:
    low, high = (float(end.value or 0) for end in (point.low, point.high))
    return point.year, low, high, point.version is None


# Collections --------------------------------------------------------------------------------------
def growth_table(data: KpiData) -> Table | Markdown:
    """Return caseload and collections of the year before and this one, with change and growth.

    Where nothing of the year before is known a sentence says so.
    """
    figures, rows = data.figures, []
    for name in ("new", "closed", "pending", "collected"):
        now, before = figures.get(name), figures.get(f"{name}_previous")
        if now is None or before is None:
            continue
        first, last = Fraction(before.value or 0), Fraction(now.value or 0)
        in_twd = Run((t(name), both("（元）", " (NTD)")))
        head = in_twd if now.unit == "TWD" else t(name)
        change = Quantity(last - first, now.unit, 0, now.evidence)
        rows.append((head, before, now, change, share(last - first, first)))
    if not rows:
        return Markdown(t("no_growth", previous=data.year - 1))
    columns = [
        *words("item"),
        *numbers(roc_year(data.year - 1), roc_year(data.year), "change"),
        *numbers("growth", unit="percent", decimals=2),
    ]
    caption = t("caption_growth", previous=data.year - 1, year=data.year)
    return Table(columns, rows, caption, data.grounds(is_over_years=True))


def large_debtor_parts(data: KpiData) -> dict[str, Quantity]:
    """Return the year's collections in parts that sum to all: two cities, other large, the rest.

    Only where the author gives the facts; else nothing.
    """
    figures = data.figures
    names = ("collected", "large_debtors_collected", "large_debtors_collected_without_two_cities")
    if data.cases.is_scaled or any(name not in figures for name in names):
        return {}
    collected, large, without = (Fraction(figures[name].value or 0) for name in names)
    evidence = figures["collected"].evidence
    parts = {
        "two_cities": large - without,
        "other_large_debtors": without,
        "all_others": collected - large,
    }
    return {name: Quantity(value, "TWD", 0, evidence) for name, value in parts.items()}


def collections_chart(data: KpiData) -> Chart | Markdown:
    """Return what the collections are made of, beside the year before's, or that it is unknown."""
    parts, before = large_debtor_parts(data), data.figures.get("collected_previous")
    if not parts or before is None:
        return Markdown(t("no_collections_split"))
    stacks = [(data.year - 1, "not_split", before)]
    stacks += [(data.year, name, quantity) for name, quantity in parts.items()]

    def draw(figure: Figure, say: Say) -> None:
        unit = _HUNDRED_MILLION if say.language == "zh-Hant" else _BILLION
        rows = [
            (roc_year(year), t(name), float(Fraction(twd.value or 0) / unit), _large(twd))
            for year, name, twd in stacks
        ]
        frame = say.frame(rows, "label", "part", "value", "text")
        figures.draw_stacks(frame, figure.subplots(), xlabel=say(t("axis_twd_billion")))

    items = [Run((roc_year(year), t(name), _large(twd)), " ") for year, name, twd in stacks]
    evidence = data.figures["collected"].evidence
    grounds = replace(data.grounds(is_over_years=True), evidence=evidence)
    alt = t("alt_bars", items=joined(items))
    return Chart(draw, t("caption_collections"), alt, grounds, height_cm=5.5)


def _large(twd: Quantity) -> ByLanguage:
    """Return an amount as the axis has it: in 億, or in billions."""
    value = Fraction(twd.value or 0)
    units = {"zh-Hant": _HUNDRED_MILLION, "en": _BILLION}
    return ByLanguage({language: bare(value / unit, 1) for language, unit in units.items()})
