"""What is shown of the KPI's value: in all and by group, and beside its target."""

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

from matplotlib.figure import Figure

from closurerate.kpi.degrees import degrees_of_size
from closurerate.kpi.evaluate import in_unit
from closurerate.press import drawing
from closurerate.press.chart import Chart
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    bare,
    formed,
    in_a_line,
    joined,
    roc_year,
    stated,
    t,
)
from closurerate.press.words import vocabulary
from closurerate.quantity import Quantity
from closurerate.records.placeholders import derive, weakest
from closurerate.year.kpi_words import (
    light_of,
    light_word,
    measure_word,
    point_text,
    printed_target,
    tier_name,
    unsourced_lights,
    value_column,
)
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import Point, earlier_target, earlier_value

_CASES = ("effective", "closed", "pending")


def kpi_table(data: KpiData, by: str | None = None) -> Table:
    """Return E, C, P, the indicators and the KPI, by group and in all."""
    tiers = {tier.name: tier_name(tier) for tier in data.version.rule.tiers if by == "tier"}
    shown = partial(data.cases.public, by=by or "")
    rows = [
        (
            tiers.get(row.by or "") or data.cases.place(row.by),
            *(shown(row.counts[name], of=[name], word=row.by or "") for name in _CASES),
            *(
                shown(value, of=_CASES, word=row.by or "")
                for value in (
                    *(in_unit(item.value, "percent") for item in row.indicators.values()),
                    row.quantity(),
                )
            ),
        )
        for row in data.evaluations(by)
    ]
    indicators = [t("in_percent", name=name) for name in data.version.indicators]
    columns = [
        *words(by or "nation"),
        *numbers(*_CASES, unit="case"),
        *(Column(name, "percent", 2, align="right") for name in indicators),
        *numbers(value_column(data), unit=data.version.unit),
    ]
    evidence = data.evidence if by is None else data.cases.evidence
    caption = t("caption_kpi", name=data.kpi_name) if by is None else _caption_by(by, data)
    note = data.cases.withheld_note(by or "")
    return Table(columns, rows, caption, data.grounds(evidence), note, has_total=by is not None)


def _caption_by(by: str, data: KpiData) -> Text:
    return t("caption_by", by=formed(t(by), str.lower), name=data.kpi_name)


def branches_chart(data: KpiData) -> Chart:
    """Return the KPI of each branch beside the nation's where that compares."""
    hidden = {word for _, key, word in data.cases.withheld if key == "branch"}
    values = {
        row.by: row.quantity()
        for row in data.evaluations("branch")[:-1]
        if row.by and row.by not in hidden
    }
    return dots_of_branches(
        data, values, _caption_by("branch", data), data.grounds(data.cases.evidence)
    )


def real_branches_chart(data: KpiData) -> Several:
    """Return the chart of real branches, or of a made-up extract the sentence that has none.

    Nothing of a synthetic year made here, of whose branches the worlds tell.
    """
    if data.cases.is_synthetic and data.folder == "extract":
        return Several([Markdown(t("made_up_branches"))])
    return data.cases.of_real_branches(branches_chart(data))


def branches_finding(data: KpiData) -> Several:
    """Return the highest and the lowest branch, or all that tie; nothing of made-up ones."""
    return data.cases.of_real_branches(_branches_apart(data))


def _branches_apart(data: KpiData) -> Finding | Markdown:
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
    """Return a dot for each branch with a value; a count or sum is not measured by the nation's.

    Real branches stand from the highest to the lowest, made-up ones by their letter.
    """
    known = [(name, quantity) for name, quantity in values.items() if quantity.value is not None]
    if not data.cases.is_synthetic:
        known.sort(key=lambda item: Fraction(item[1].value or 0), reverse=True)
    dots = [(data.cases.place(name), float(item.value or 0), bare(item)) for name, item in known]
    nation = data.total.quantity()
    is_measured = degrees_of_size(data.version) in (None, {0})

    def draw(figure: Figure, say: Say) -> None:
        drawing.draw_dots(
            say.frame(dots, "label", "value", "text"),
            figure.subplots(),
            xlabel=say(value_column(data)),
            nation=float(nation.value or 0) if is_measured else None,
            text=say(Run((t("nation"), bare(nation)), " ")),
        )

    named = joined(Run((label, text), " ") for label, _, text in dots)
    alt = t("alt_branches", names=named, nation=nation)
    return Chart(draw, caption, alt, grounds, height_cm=8.6)


def target_table(data: KpiData) -> Table:
    """Return target, value, achievement and the light that the unsourced cut-offs would give."""
    rows = [
        (t("target"), printed_target(data)),
        (t("actual"), stated(data.figures["rate"])),
        (t("achievement"), stated(data.achievement)),
    ]
    notes, evidence = [t("note_achievement")], data.evidence
    if data.is_printed:
        evidence = weakest([evidence, "assumed"])  # the cut-offs of the lights
        rows.append((t("light_computed"), light_word(light_of(data.achievement, data.year))))
        notes.append(unsourced_lights(data.year))
    else:
        notes.append(t("no_light"))
    return Table(
        [*words("item"), *numbers("value")],
        rows,
        t("caption_target" if data.is_printed else "caption_target_plain"),
        data.grounds(evidence).without_source(),
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
        drawing.draw_target(
            say.frame(bars, "label", "value", "text", "target", "target_text", "is_other"),
            figure.subplots(),
            ylabel=say(value_column(data)),
            target=say(t("target")),
        )

    told = [
        Run(
            (formed(label, in_a_line), " ", text)
            + ((" (", t("target"), " ", target_text, ")") if target_text else ())
        )
        for label, _, text, _, target_text, _ in bars
    ]
    alt = t("alt_bars", items=joined(told))
    grounds = data.grounds(
        earlier=data.cases.reports, is_as_printed=True, figures=("rate", "target")
    )
    return Chart(draw, t("caption_target_chart"), alt, grounds, height_cm=6.5)


def _target_bar(
    data: KpiData, point: Point, target: Quantity | None
) -> tuple[Item, float, Item, float | None, Item, bool]:
    low, high = (Fraction(end.value or 0) for end in (point.low, point.high))
    return (
        Run((roc_year(point.year), measure_word(data, point.year)), "\n"),
        float((low + high) / 2),
        point_text(point),
        None if target is None else float(target.value or 0),
        "" if target is None else target,
        data.definition.in_force(point.year) != data.version,
    )
