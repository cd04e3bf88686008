"""Tables of the KPI: its definition, its values by group, the year before."""

import re
from fractions import Fraction

from closurerate.kpi import notation
from closurerate.kpi.effective import Tier
from closurerate.kpi.formula import Formula as ParsedFormula
from closurerate.press.cells import headed, joined, percent, roc_year
from closurerate.press.labels import Language
from closurerate.press.show import Column, Formula, Markdown, Several, Table
from closurerate.press.words import word
from closurerate.quantity import number, printed
from closurerate.records.paths import kpi_folder
from closurerate.records.readings import load_readings
from closurerate.year.kpi_year import KpiData

_REPORT = re.compile(r"(\d+) annual performance report")


def definition_table(data: KpiData) -> Table:
    """Return the tiers and the ratio that a part-paid case must pass in each."""
    language = data.language
    rows = tuple(
        (tier.name_in(language), tier_range(tier, language), f"{float(tier.ratio):g}")
        for tier in data.version.rule.tiers
    )
    rule = data.version.rule
    full, part = (
        joined([word(name, language) for name in names], language) or word("none", language)
        for names in (rule.paid_in_full, rule.paid_in_part)
    )
    ratio = "ratio_reached" if rule.is_equal_effective else "ratio_passed"
    return Table(
        columns=headed(language, "tier", "referred_amount", ratio),
        rows=rows,
        caption=word("caption_definition", language),
        note=word("note_definition", language, full=full, part=part),
        language=language,
        source=_definition_source(data),
    )


def _definition_source(data: KpiData) -> str:
    """Return where the ratios in force are from: a printed report, or a proposal's own words."""
    begun = [
        year
        for section, year in data.definition.references
        if section == "ratios" and year <= data.version.version
    ]
    reference = data.definition.references["ratios", max(begun)]
    report = _REPORT.match(reference)
    return word("source_report", data.language, year=report[1]) if report else reference


def tier_range(tier: Tier, language: str) -> str:
    """Return a tier's range of referred amounts in words."""
    from_twd, below = number(tier.from_twd), number(tier.below_twd)
    if tier.below_twd is None:
        return word("tier_from", language, from_twd=from_twd)
    if tier.from_twd <= 1:
        return word("tier_below", language, below=below)
    return word("tier_between", language, from_twd=from_twd, below=below)


def formula(data: KpiData) -> Formula:
    """Return the KPI's formula as in force in the year."""
    return _shown_formula("I", data.version.formula)


def indicator_formulas(data: KpiData) -> Several:
    """Return the formula of each indicator."""
    return Several(
        [_shown_formula(name, written) for name, written in data.version.indicators.items()]
    )


def _shown_formula(symbol: str, written: ParsedFormula) -> Formula:
    return Formula(
        notation.mathml(symbol, written),
        notation.typst(symbol, written),
        notation.spoken(symbol, written),
    )


def readings_table(language: Language) -> Table:
    """Return the register of readings: what the source leaves open, what is adopted, and why."""
    rows = tuple(
        (
            reading.question[language],
            reading.option()[language]
            + ("" if reading.is_sourced else word("unsourced", language)),
            reading.reason[language],
        )
        for reading in load_readings(kpi_folder() / "readings.yml").values()
    )
    return Table(
        columns=(
            Column(word("question", language), width=0.3),
            Column(word("adopted", language), width=0.25),
            Column(word("reason", language), width=0.45),
        ),
        rows=rows,
        caption=word("caption_readings", language),
        source="data/kpi/readings.yml",
        language=language,
    )


def kpi_table(data: KpiData, by: str | None = None) -> Table:
    """Return E, C, P, the indicators and the KPI, by group and in all."""
    language = data.language
    evaluations = data.evaluations(by)
    evidence = data.evidence if by is None else data.cases.evidence
    indicators = list(data.version.indicators)
    tiers = data.version.rule.tiers if by == "tier" else ()
    names = {tier.name: tier.name_in(language) for tier in tiers}
    rows = tuple(
        (
            names[row.by] if row.by in names else word(row.by or "nation", language),
            *(number(row.counts[name]) for name in ("effective", "closed", "pending")),
            *(
                number(None if item.value is None else Fraction(item.value) * 100, 2)
                for item in row.indicators.values()
            ),
            number(row.quantity().value, row.decimals),
        )
        for row in evaluations
    )
    columns = (
        *headed(language, by or "nation", "effective", "closed", "pending"),
        *(Column(f"{name} (%)", "right") for name in indicators),
        Column(
            f"{word('value', language)} ({word(f'unit_{data.version.unit}', language)})", "right"
        ),
    )
    caption = (
        word("caption_kpi", language, name=data.name)
        if by is None
        else word("caption_by", language, by=word(by, language).lower(), name=data.name)
    )
    return Table(
        columns=columns,
        rows=rows,
        caption=caption,
        source=data.cases.source_line(evidence),
        evidence=evidence,
        language=language,
        has_total=by is not None,
    )


def growth_table(data: KpiData) -> Table | Markdown:
    """Return caseload and collections of the year before and this one, with change and growth.

    Where nothing of the year before is known a sentence says so.
    """
    language, figures = data.language, data.figures
    rows = []
    for name in ("new", "closed", "pending", "collected"):
        now, before = figures.get(name), figures.get(f"{name}_previous")
        if now is None or before is None:
            continue
        change = Fraction(now.value or 0) - Fraction(before.value or 0)
        rows.append(
            (
                word(name, language)
                + (" (NTD)" if language == "en" else "（元）") * (now.unit == "TWD"),
                number(before.value),
                number(now.value),
                number(change),
                percent(change, Fraction(before.value or 0)),
            )
        )
    if not rows:
        return Markdown(word("no_growth", language, previous=data.year - 1))
    return Table(
        columns=(
            Column(word("item", language)),
            Column(roc_year(data.year - 1, language), "right"),
            Column(roc_year(data.year, language), "right"),
            Column(word("change", language), "right"),
            Column(word("growth", language), "right"),
        ),
        rows=tuple(rows),
        caption=word("caption_growth", language, previous=data.year - 1, year=data.year),
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def printed_target(data: KpiData) -> str:
    """Return the year's target as printed, or that none is set."""
    target = data.figures.get("target")
    return word("not_set", data.language) if target is None else printed(target, data.language)
