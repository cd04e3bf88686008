"""What is shown of a KPI's definition: tiers, formulas, and what its source leaves open."""

import re
from collections.abc import Callable, Sequence

from closurerate.audit.claims.findings import places_words
from closurerate.kpi import notation
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.effective import EffectiveRule, Tier
from closurerate.kpi.evaluate import in_unit
from closurerate.kpi.formula import LETTERS, Formula
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Box, DisplayedFormula, Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Text, cited, clauses, exactly, formed, spaced, t
from closurerate.quantity import Quantity, number
from closurerate.records.readings import Reading, register
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import both_series

_BETWEEN = {"zh-Hant": "、", "en": "; "}
"""What stands between dispositions: their names have words such as "and" in English."""
_REPORT = re.compile(r"(\d+) annual performance report")


def definition_table(data: KpiData) -> Table:
    """Return the tiers and the ratio that a part-paid case must pass in each."""
    rule = data.version.rule
    rows = [(tier_name(tier), tier_range(tier), exactly(tier.ratio)) for tier in rule.tiers]
    ratio = "ratio_reached" if rule.is_equal_effective else "ratio_passed"
    return Table(
        [*words("tier"), *numbers("referred_amount", ratio)],
        rows,
        t("caption_definition"),
        Grounds(source=_definition_source(data)),
        note=t("note_definition", **dispositions_told(rule)),
    )


def dispositions_told(rule: EffectiveRule) -> dict[str, Item]:
    """Return the dispositions that count in `full`, and in `part` by the ratio, in a sentence."""
    kinds = {"full": rule.paid_in_full, "part": rule.paid_in_part}
    return {
        kind: Run(tuple(formed(t(name), str.lower) for name in names), _BETWEEN)
        if names
        else t("none")
        for kind, names in kinds.items()
    }


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


def tier_range(tier: Tier) -> Text:
    """Return a tier's range of referred amounts in words."""
    if tier.below_twd is None:
        return t("tier_from", from_twd=tier.from_twd)
    if tier.from_twd <= 1:
        return t("tier_below", below=tier.below_twd)
    return t("tier_between", from_twd=tier.from_twd, below=tier.below_twd)


def definition_box(data: KpiData) -> Box:
    """Return the whole definition: words, dispositions, thresholds, formulas, the year's numbers.

    Of a KPI in which effective cases have no part, no threshold is told.
    """
    used = set(counts_used(data.version))
    rule, ends = data.version.rule, "reached" if data.version.rule.is_equal_effective else "passed"
    parts: list[Item] = []
    if "effective" in used:
        known = {"full": rule.paid_in_full, f"part_{ends}": rule.paid_in_part}
        told = dispositions_told(rule)
        counted = [t(f"box_{kind}", names=told[kind[:4]]) for kind, names in known.items() if names]
        parts.append(t("box_counted", clauses=clauses(counted)))
        if rule.paid_in_part:
            parts.append(t(f"box_tiers_{ends}", tiers=tiers_told(data, markdown_text)))
    if rest := [t(f"box_{name}") for name in ("closed", "pending") if name in used]:
        parts.append(spaced(rest))
    lines = Run(tuple(Run(("- ", part)) for part in parts), "\n")
    return Box(
        t("box_definition", name=data.kpi_name),
        [*([lines] if parts else []), valued_formulas(data, is_filled=True)],
    )


def box_source(data: KpiData) -> Several:
    """Return whose the definition and its numbers are; nothing of a KPI not the agency's."""
    places = data.cases.printed_at(("measure_formula_standard", *LETTERS.values()))
    told = t("box_source", places=places_words(places))
    words = told if places else t("box_source_counted")
    return Several([Finding(words, data.evidence)] if data.is_printed else [])


def tiers_told(data: KpiData, form: Callable[[str], str] = str) -> Run:
    """Return each tier with its range and its ratio, in a sentence; `form` is done to its name."""
    return clauses(
        t(
            "box_tier",
            tier=formed(tier_name(tier), form),
            range=tier_range(tier),
            ratio=exactly(tier.ratio),
        )
        for tier in data.version.rule.tiers
    )


def valued_formulas(data: KpiData, *, is_filled: bool = False) -> DisplayedFormula:
    """Return each formula in force with the year's value behind it.

    With `is_filled` the numbers that give a value stand before it.
    """
    parts = data.total.indicators.items()
    values = [
        *(data.figures[name] for name in LETTERS.values() if name in data.figures),
        *(
            one
            for name, part in parts
            for one in (
                Quantity(in_unit(part.value, "percent"), "percent", 2, data.evidence, name),
                Quantity(part.value, "ratio", 6, data.evidence),
            )
        ),
        data.figures["rate"],
    ]
    mathml, typst, alt = notation.aligned(_worked(data, is_filled=is_filled))
    told = tuple(one for one in values if number(one.value, one.decimals) in alt)
    return DisplayedFormula(mathml, typst, alt, told)


def _worked(data: KpiData, *, is_filled: bool) -> list[notation.Line]:
    """Return each formula with the year's numbers behind it; without where one has no value.

    With `is_filled` the numbers that give a value stand before it.
    """
    total, version, percent = data.total, data.version, data.version.unit == "percent"
    values = {letter: number(total.counts[name]) for letter, name in LETTERS.items()}
    known = {name: total.indicators[name].value for name in version.indicators}
    lines: list[notation.Line] = []
    has_values = None not in (total.value.value, *known.values())
    for name, how in version.indicators.items():
        filled = [notation.filled(how.node, values)] if has_values and is_filled else []
        told = [f"{number(in_unit(known[name], 'percent'), 2)}%"] if has_values else []
        lines.append((name, [how.node, *filled, *told], False))
    values |= {name: number(value, 6) for name, value in known.items()}
    rate = data.figures["rate"]
    printed = f"{number(rate.value, rate.decimals)}{'%' * percent}"
    if has_values and not is_filled:
        return [*lines, ("I", [version.formula.node, printed], percent)]
    lines.append(("I", [version.formula.node], percent))
    if has_values:
        lines.append(("", [notation.filled(version.formula.node, values), printed], percent))
    return lines


def formula(data: KpiData) -> DisplayedFormula:
    """Return the KPI's formula as in force in the year."""
    return _shown_formula("I", data.version.formula, is_percent=data.version.unit == "percent")


def indicator_formulas(data: KpiData) -> Several:
    """Return the formula of each indicator."""
    return Several([_shown_formula(name, how) for name, how in data.version.indicators.items()])


def _shown_formula(symbol: str, how: Formula, *, is_percent: bool = False) -> DisplayedFormula:
    """Return a formula, times 100 % where its value is a percentage."""
    forms = (notation.mathml, notation.typst, notation.spoken)
    mathml, typst, alt = (form(symbol, how, is_percent=is_percent) for form in forms)
    return DisplayedFormula(mathml, typst, alt)


def readings_table(data: KpiData) -> Table | Markdown:
    """Return the register of readings: what the source leaves open, what is adopted, and why.

    Of another KPI than the agency's only what bears on its definition, and a sentence on the rest.
    """
    known = _printed(data)
    rows = [
        (
            cited(Text(one.question), known),
            cited(_adopted(one), known),
            _reason(name, one, data, known),
        )
        for name, one in register().items()
        if data.is_printed or _bears_on(name, data)
    ]
    note = "" if data.is_printed else t("note_readings")
    if not rows:
        return Markdown(note)
    columns = [
        *words("question"),
        *words("adopted"),
        *words("reason"),
    ]
    grounds = Grounds("assumed", t("source_readings"))
    return Table(columns, rows, t("caption_readings"), grounds, note=note)


def _printed(data: KpiData) -> list[Quantity]:
    """Return what the words of a reading can quote: printed figures, and gaps between stocks."""
    found = [
        one for report in data.cases.published.values() for one in report.quantities().values()
    ]
    for year, report in data.cases.published.items():
        before = data.cases.published.get(year - 1)
        if before and all(name in report for name in ("new", "closed", "pending")):
            flow = report["new"].value - report["closed"].value
            gap = report["pending"].value - before["pending"].value - flow
            found.append(Quantity(gap, "case"))
    return found


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


def _reason(name: str, reading: Reading, data: KpiData, known: Sequence[Quantity]) -> Item:
    is_open = name == "paid_cap" and not data.is_printed
    if is_open:
        return t("reason_paid_cap_open")
    return cited(Text(reading.reason), known)


def _adopted(reading: Reading) -> Item:
    option = Text(reading.option())
    return option if reading.is_sourced else Run((option, t("unsourced")))
