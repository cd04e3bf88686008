"""What only the yearly report shows: four-year table, cost table, lights, the author's prose."""

from fractions import Fraction

from closurerate.errors import InputError
from closurerate.press.cells import joined, roc_year
from closurerate.press.escape import markdown_text
from closurerate.press.show import Column, Finding, Markdown, Notice, Several, Table
from closurerate.press.words import vocabulary, word
from closurerate.quantity import UNDEFINED, Quantity, number, printed
from closurerate.records.placeholders import operands
from closurerate.records.years import Year
from closurerate.year.kpi_year import KpiData, light_cutoffs, light_of
from closurerate.year.narrative import left_out, passages
from closurerate.year.page_kpi_tables import printed_target
from closurerate.year.page_series import interval_text
from closurerate.year.series import earlier_target, earlier_value

YEARS_SHOWN = 4
_OF_THE_KPI = ("analysis.", "opinion")
"""How sections begin in which the author speaks of the published KPI."""
_NONLINEAR = "(I1^2 * I2 + I1 * I2^2) / (I1^2 + I2^2)"


def author_of(data: KpiData) -> Year:
    """Return what the year's author supplies.

    Raises
    ------
    InputError
        If there is no file of it.
    """
    if data.author is None:
        raise InputError(
            f"data/years/{data.year}.yml: there is no such file; write one with "
            f"`closurerate new-year {data.year}` and fill it in."
        )
    return data.author


def objective(data: KpiData) -> Markdown:
    """Return the key strategic objective and the KPI, as the year's author words them."""
    language, author = data.language, author_of(data)
    colon = "：" if language == "zh-Hant" else ": "
    lines = [
        f"- **{word(key, language)}**{colon}{markdown_text(text[language])}"
        for key, text in (
            ("objective", author.objective),
            ("kpi", author.kpi_name if data.is_printed else data.definition.name),
        )
    ]
    return Markdown("\n".join(lines))


def evidence_note(data: KpiData) -> Markdown:
    """Return what the labels of evidence mean."""
    return Markdown(word("evidence_explained", data.language))


def prose(data: KpiData, section: str) -> Several:
    """Return the author's paragraphs of a section, each with the evidence of its figures."""
    if not data.is_printed and section.startswith(_OF_THE_KPI):
        return Several([Markdown(word("only_official", data.language))])
    known = _narratable(data)
    shown = [
        Markdown(passage.text)
        if passage.evidence is None
        else Finding(passage.text, passage.evidence, data.language)
        for passage in passages(author_of(data), section, data.language, known)
    ]
    return Several(shown or [Markdown(word("no_prose", data.language))])


def _narratable(data: KpiData) -> dict[str, Quantity]:
    """Return what the author's prose may name: not the value of a KPI that it does not speak of."""
    if data.is_printed:
        return data.figures
    bases = ("rate", "target", "achievement")
    return {
        name: quantity
        for name, quantity in data.figures.items()
        if not any(part.removesuffix("_previous") in bases for part in name.split("."))
    }


def other_kpi_notice(data: KpiData) -> Several:
    """Return the box that says that another KPI stands in place of the printed one's."""
    text = word("other_kpi_notice", data.language, name=markdown_text(data.name))
    return Several([] if data.is_printed else [Notice(text, "note", data.language)])


def missing_prose(data: KpiData) -> Several:
    """Return which paragraphs are left out for want of figures, and of which; nothing of none.

    A fact that the author leaves open is named as in the author's file, any other figure in words.
    """
    known = _narratable(data)
    gaps = [
        gap
        for gap in left_out(author_of(data), known)
        if data.is_printed or not gap.section.startswith(_OF_THE_KPI)
    ]
    if not gaps:
        return Several([])
    language, facts = data.language, author_of(data).facts
    sections = dict.fromkeys(word(f"section_{gap.section}", language) for gap in gaps)
    names = dict.fromkeys(
        name
        for gap in gaps
        for figure in gap.missing
        for name in (operands(figure) if figure not in known else (figure,))
        if name not in known or known[name].value is None
    )
    texts = [
        word("open_fact", language, name=name, year=data.year)
        if name in facts
        else _figure_word(name, data)
        for name in names
    ]
    found = {"names": joined(sections, language), "figures": joined(dict.fromkeys(texts), language)}
    return Several([Markdown(word("left_out", language, **found))])


def _figure_word(name: str, data: KpiData) -> str:
    """Return what a figure of the case data or of the KPI is called, with its year if earlier."""
    base = name.removesuffix("_previous")
    known = {"rate": "kpi_value", "large_debtors_share_counted": "large_debtors"}
    key = known.get(base, base)
    text = word(key, data.language) if key in vocabulary() else base
    year = roc_year(data.year - 1, data.language)
    return text if base == name else word("of_year", data.language, name=text, year=year)


def four_years_table(data: KpiData) -> Table:
    """Return measure, target, actual value, achievement and lights of four years."""
    language = data.language
    years = range(data.year - YEARS_SHOWN + 1, data.year + 1)
    columns = [_year_column(data, year) for year in years]
    keys = ["measure", "original_target", "actual", "achievement"]
    notes = [word("note_achievement", language)]
    if data.is_printed:
        keys += ["self_assessment", "review"]
        notes = [word("note_review", language), *notes, unsourced_lights(data)]
        notes += [other.reason[language] for other in author_of(data).other_kpis]
    rows = tuple(
        (word(key, language), *(column[position] for column in columns))
        for position, key in enumerate(keys)
    )
    return Table(
        columns=(
            Column(word("item", language), width=0.16),
            *(Column(roc_year(year, language), "center") for year in years),
        ),
        rows=rows,
        caption=word("caption_four_years", language),
        note=" ".join(notes),
        source=data.source_over_years,
        evidence=data.evidence,
        language=language,
    )


def _year_column(data: KpiData, year: int) -> tuple[str, ...]:
    language, dash = data.language, word("not_set", data.language)
    author = author_of(data)
    if year == data.year:
        return (
            measure_word(data, year),
            printed_target(data),
            printed(data.figures["rate"], language),
            printed(data.achievement, language),
            light_word(author.light_self, language),
            light_word(author.light_review, language),
        )
    if not data.is_printed:
        point = earlier_value(data, year) if year in data.cases.reports else None
        value = dash if point is None else interval_text(point, language, has_unit=True)
        return (measure_word(data, year) if point else dash, dash, value, dash, dash, dash)
    for other in author.other_kpis:
        if year in other.years:
            return (word("other_kpi", language, name=other.kpi_name[language]), *[dash] * 5)
    report = data.cases.reports.get(year)
    if report is None:
        return (dash,) * 6
    if year not in data.cases.published:
        point, target = earlier_value(data, year), earlier_target(data, year)
        value = dash if point is None else printed(point.low, language)
        shown = dash if target is None else printed(target, language)
        return (measure_word(data, year), shown, value, dash, dash, dash)
    cells = [
        printed(report[name].quantity(), language) if name in report else dash
        for name in ("target", "rate", "achievement")
    ]
    lights = [
        light_word(_printed_light(report[name].written), language) if name in report else dash
        for name in ("light_self", "light_review")
    ]
    return (measure_word(data, year), *cells, *lights)


def measure_word(data: KpiData, year: int) -> str:
    """Return the measure of a year in words where it is known, else its formula."""
    formula = data.definition.in_force(year).formula.text
    known = {"E / C": "measure_ratio", _NONLINEAR: "measure_formula"}
    return word(known[formula], data.language) if formula in known else formula


def _printed_light(written: str) -> str | None:
    return None if written == "none" else written


def light_word(light: str | None, language: str) -> str:
    """Return a light with its sign; `---` where the ministry's own stands or none is set."""
    return word(f"light_{light or 'none'}", language)


def unsourced_lights(data: KpiData) -> str:
    """Return that the cut-offs of the lights are unsourced, and what they are."""
    cutoffs = {name: number(least) for name, least in light_cutoffs(data.year).items()}
    return word("note_light", data.language, green=cutoffs["green"], yellow=cutoffs["yellow"])


def target_table(data: KpiData) -> Table:
    """Return target, value, achievement and the light that the unsourced cut-offs would give."""
    language = data.language
    rows = [
        (word("target", language), printed_target(data)),
        (word("actual", language), printed(data.figures["rate"], language)),
        (word("achievement", language), printed(data.achievement, language)),
    ]
    notes = [word("note_achievement", language)]
    if data.is_printed:
        light = light_word(light_of(data.achievement, data.year), language)
        rows.append((word("light_computed", language), light))
        notes.append(unsourced_lights(data))
    else:
        notes.append(word("no_light", language))
    return Table(
        columns=(Column(word("item", language)), Column(word("value", language), "right")),
        rows=tuple(rows),
        caption=word("caption_target" if data.is_printed else "caption_target_plain", language),
        note=" ".join(notes),
        evidence=data.evidence,
        language=language,
    )


def costs_table(data: KpiData) -> Table | Markdown:
    """Return the author's cost table of the year and the one before, or that there is none."""
    language, rows = data.language, author_of(data).cost_table
    if not rows:
        return Markdown(word("no_costs", language, year=data.year))
    years = (data.year - 1, data.year)
    cells = [
        (
            row.plan[language],
            *(
                text
                for year in years
                for text in (
                    (
                        number(row.years[year].budget_thousand_twd),
                        number(row.years[year].progress_pct, 2),
                    )
                    if year in row.years
                    else (UNDEFINED, UNDEFINED)
                )
            ),
            row.kpi[language],
        )
        for row in rows
    ]
    cells.append(_subtotal(data, years))
    headings = [
        word(key, language, year=roc_year(year, language))
        for year in years
        for key in ("budget", "progress")
    ]
    return Table(
        columns=(
            Column(word("plan", language)),
            *(Column(heading, "right", width=0.145) for heading in headings),
            Column(word("related_kpi", language)),
        ),
        rows=tuple(cells),
        caption=word("caption_costs", language),
        note=word("note_costs", language),
        source=word("source_author", language, year=data.year),
        evidence="published",
        language=language,
        has_total=True,
    )


def _subtotal(data: KpiData, years: tuple[int, ...]) -> tuple[str, ...]:
    """Return the sums; the progress of a sum weighs each plan by its budget."""
    cells = []
    for year in years:
        costs = [row.years[year] for row in author_of(data).cost_table if year in row.years]
        budget = sum(cost.budget_thousand_twd for cost in costs)
        spent = sum((cost.budget_thousand_twd * cost.progress_pct for cost in costs), Fraction(0))
        cells += [number(budget), number(spent / budget if budget else None, 2)]
    return (word("subtotal", data.language), *cells, "")


def lights_table(data: KpiData) -> Table | Markdown:
    """Return the light of the agency's KPI, or that another has none."""
    language, author = data.language, author_of(data)
    if not data.is_printed:
        return Markdown(word("no_light", language))
    return Table(
        columns=(
            Column(word("objective", language), width=0.36),
            Column(word("kpi", language), width=0.34),
            Column(word("self_assessment", language), "center"),
            Column(word("review", language), "center"),
        ),
        rows=(
            (
                author.objective[language],
                author.kpi_name[language],
                light_word(author.light_self, language),
                light_word(author.light_review, language),
            ),
        ),
        caption=word("caption_lights", language),
        note=word("note_review", language) + " " + unsourced_lights(data),
        source=word("source_author", language, year=data.year),
        language=language,
    )


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
