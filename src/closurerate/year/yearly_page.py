"""What only the yearly report shows: four-year table, cost table, lights, the author's prose."""

from dataclasses import replace
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Finding, Markdown, Notice, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Text,
    both,
    formed,
    given_name,
    joined,
    roc_year,
    spaced,
    stated,
    t,
    unique,
    year_short,
)
from closurerate.press.words import vocabulary
from closurerate.quantity import UNDEFINED, Quantity
from closurerate.records.placeholders import operands
from closurerate.records.years import Year, year_if_written
from closurerate.year.kpi_words import (
    light_word,
    light_words,
    point_text,
    printed_target,
    unsourced_lights,
    whole_measure,
)
from closurerate.year.kpi_year import KpiData
from closurerate.year.narrative import left_out, passages
from closurerate.year.series import earlier_target, earlier_value

YEARS_SHOWN = 4
_HAN = dict(enumerate("一二三四五六七八九十", start=1))
_OF_THE_KPI = ("analysis.", "opinion")
"""How sections begin in which the author speaks of the published KPI."""


def author_of(data: KpiData) -> Year:
    """Return what the year's author supplies.

    Raises:
        InputError: If there is no file of it.
    """
    if data.author is None:
        raise InputError(
            f"data/years/{data.year}.yml: there is no such file; write one with "
            f"`closurerate new-year {data.year}` and fill it in."
        )
    return data.author


def objective(data: KpiData) -> Markdown:
    """Return the key strategic objective and the KPI, as the year's author words them."""
    author = author_of(data)
    lines = [
        Run((number, "**", t(key), both("**：", "**: "), formed(Text(text), markdown_text)))
        for number, key, text in (
            (both("（一）", "(1) "), "objective", author.objective),
            (
                both("１、", "1\\. "),
                "kpi",
                author.kpi_name if data.is_printed else data.definition.name,
            ),
        )
    ]
    return Markdown(Run(tuple(lines), "\n\n"))


def opinion(data: KpiData) -> Several:
    """Return the author's opinion, its paragraphs numbered, with whose it is said first."""
    shown = authored(data, "opinion")
    if not data.is_printed or not author_of(data).narrative["opinion"]:
        return shown
    numbered = [
        replace(one, text=Run((both(f"（{_HAN.get(at, at)}）", f"({at}) "), one.text)))
        for at, one in enumerate(shown.objects, start=1)
        if isinstance(one, Finding | Markdown)
    ]
    return Several([Markdown(t("opinion_abridged")), *numbered])


def authored(data: KpiData, section: str, *shown: object, behind: int = 1) -> Several:
    """Return the author's paragraphs of a section, each with the evidence of its figures.

    Args:
        shown: What stands among them, such as a table that one speaks of.
        behind: Behind how many of them.
    """
    if not data.is_printed and section.startswith(_OF_THE_KPI):
        return Several([Markdown(t("only_official"))])
    author = author_of(data)
    none = t("prose_left_out" if author.narrative[section] else "no_prose")
    told = passages(author, section, _narratable(data)) or [Markdown(none)]
    return Several([*told[:behind], *shown, *told[behind:]])


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
    text = t("other_kpi_notice", name=formed(data.kpi_name, markdown_text))
    return Several([] if data.is_printed else [Notice(text, "note")])


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
    facts = author_of(data).facts
    sections = unique(t(f"section_{gap.section}") for gap in gaps)
    names = dict.fromkeys(
        name
        for gap in gaps
        for figure in gap.missing
        for name in (operands(figure) if figure not in known else (figure,))
        if name not in known or known[name].value is None
    )
    figures = unique(
        t("open_fact", name=name, year=data.year) if name in facts else _figure_word(name, data)
        for name in names
    )
    told = t("left_out", names=joined(sections), figures=joined(figures))
    return Several([Markdown(t("notes_heading")), Markdown(told)])


def _figure_word(name: str, data: KpiData) -> Item:
    """Return what a figure of the case data or of the KPI is called, with its year if earlier."""
    base = name.removesuffix("_previous")
    known = {"rate": "kpi_value", "large_debtors_share_counted": "large_debtors"}
    key = known.get(base, base)
    text = t(key) if key in vocabulary() else base
    return text if base == name else t("of_year", name=text, year=roc_year(data.year - 1))


def four_years_table(data: KpiData) -> Table:
    """Return measure, target, actual value, achievement and lights of four years."""
    years = range(data.year - YEARS_SHOWN + 1, data.year + 1)
    cells = [_year_column(data, year) for year in years]
    keys = ["measure", "original_target", "actual", "achievement"]
    notes: list[Item] = [t("note_achievement")]
    if data.is_printed:
        keys += ["self_assessment", "review"]
        box = t("box_definition", name=data.kpi_name)
        notes = [
            t("note_measure", box=box),
            t("note_review"),
            *notes,
            t("note_lights_printed"),
            *([] if data.year in data.cases.published else [t("note_lights_supplied")]),
        ]
        notes += [given_name(other.reason) for other in author_of(data).other_kpis]
    else:
        notes.append(t("note_not_set"))
    return Table(
        [*words("item"), *(Column(roc_year(year), align="center") for year in years)],
        [(t(key), *(column[place] for column in cells)) for place, key in enumerate(keys)],
        t("caption_four_years"),
        data.grounds(
            earlier=data.cases.reports,
            is_as_printed=True,
            figures=("rate", "target", "achievement", "light_self", "measure_formula"),
        ),
        note=spaced(notes),
    )


def _year_column(data: KpiData, year: int) -> tuple[Item, ...]:
    dash, author = t("not_set"), author_of(data)
    if year == data.year:
        return (
            whole_measure(data, year),
            printed_target(data),
            stated(data.figures["rate"]),
            stated(data.achievement),
            *light_words(author.lights),
        )
    if not data.is_printed:
        point = earlier_value(data, year) if year in data.cases.reports else None
        value = dash if point is None else point_text(point, has_unit=True)
        return (whole_measure(data, year) if point else dash, dash, value, dash, dash, dash)
    for other in author.other_kpis:
        if year in other.years:
            return (formed(given_name(other.kpi_name), _in_two), *[dash] * 5)
    report = data.cases.reports.get(year)
    if report is None:
        return (dash,) * 6
    if year not in data.cases.published:
        return (whole_measure(data, year), *_unprinted(data, year))
    values = [
        stated(report[name].quantity()) if name in report else dash
        for name in ("target", "rate", "achievement")
    ]
    lights = [
        light_word(report[name].written) if name in report else dash
        for name in ("light_self", "light_review")
    ]
    return (whole_measure(data, year), *values, *lights)


def _unprinted(data: KpiData, year: int) -> list[Item]:
    """Return target, value, achievement and lights of the year before where none is printed."""
    counted, target = data.counted_before(), earlier_target(data, year)
    shown = (target, counted.get("rate"), counted.get("achievement"))
    author = year_if_written(year)
    return [
        *(t("not_set") if item is None else stated(item) for item in shown),
        *(light_words(author.lights) if author else [t("not_set")] * 2),
    ]


def _in_two(name: str) -> str:
    """Return a name of several words on two lines, so that its column is as wide as others."""
    return "\n".join(name.rsplit(" ", 1))


def costs_table(data: KpiData) -> Table | Markdown:
    """Return the author's cost table of the year and the one before, or that there is none."""
    plans, years = author_of(data).cost_table, (data.year - 1, data.year)
    if not plans:
        return Markdown(t("no_costs", year=data.year))
    rows: list[tuple[Item, ...]] = [
        (
            Text(plan.plan),
            *(
                cell
                for year in years
                for cell in (
                    (plan.years[year].budget_thousand_twd, plan.years[year].progress_pct)
                    if year in plan.years
                    else (UNDEFINED, UNDEFINED)
                )
            ),
            Text(plan.kpi),
        )
        for plan in plans
    ]
    rows.append(_subtotal(data, years))
    columns = [
        *words("plan"),
        *(
            column
            for year in years
            for column in (
                *numbers(t("budget", year=year_short(year)), unit="thousand TWD"),
                *numbers(t("progress", year=year_short(year)), unit="percent", decimals=2),
            )
        ),
        *words("related_kpi"),
    ]
    grounds = Grounds(data.given(data.year), _supplied(data, "budget", "budget_subtotal"))
    return Table(columns, rows, t("caption_costs"), grounds, note=t("note_costs"), has_total=True)


def _supplied(data: KpiData, *figures: str) -> Item:
    """Return where what the author supplies stands: in the printed report, if there is one."""
    if data.year in data.cases.published:
        return data.cases.report_source(figures)[0]
    return t("source_author", year=data.year)


def _subtotal(data: KpiData, years: tuple[int, ...]) -> tuple[Item, ...]:
    """Return the sums; the progress of a sum weighs each plan by its budget."""
    cells: list[Item] = []
    for year in years:
        costs = [row.years[year] for row in author_of(data).cost_table if year in row.years]
        budget = sum(cost.budget_thousand_twd for cost in costs)
        spent = sum((cost.budget_thousand_twd * cost.progress_pct for cost in costs), Fraction(0))
        cells += [budget, spent / budget if budget else None]
    return (t("subtotal"), *cells, "")


def lights_table(data: KpiData) -> Table | Markdown:
    """Return the light of the agency's KPI, or that another has none."""
    author = author_of(data)
    if not data.is_printed:
        return Markdown(t("no_light"))
    columns = [
        *words("objective"),
        *words("kpi_item"),
        *words("kpi"),
        Column(t("self_assessment"), align="center"),
        Column(t("review"), align="center"),
    ]
    is_printed = data.year in data.cases.published
    row = (
        Run((both("1、", "1. "), Text(author.objective))),
        "(1)",
        given_name(author.kpi_name),
        *light_words(author.lights),
    )
    return Table(
        columns,
        [row],
        t("caption_lights"),
        Grounds(data.given(data.year), _supplied(data, "objective_item", "light_self")),
        note=spaced([t("note_review"), unsourced_lights(data.year, is_printed=is_printed)]),
    )
