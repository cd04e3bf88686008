"""How thresholds and what they move are said: names, values, and what is not shown."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from matplotlib.figure import Figure

from closurerate.kpi.degrees import counts_used
from closurerate.kpi.formula import LETTERS
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Shown
from closurerate.press.table import Column, Table
from closurerate.press.text import (
    ByLanguage,
    Digits,
    Item,
    Run,
    Say,
    Text,
    bare,
    clauses,
    exactly,
    formed,
    joined,
    t,
)
from closurerate.quantity import Exact
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.year.changes import change_heading
from closurerate.year.definition_page import tiers_told, valued_formulas
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData


def parameter_name(data: ThresholdData, parameter: Parameter) -> Text:
    """Return a threshold's name."""
    tier = tier_name(data.index.version.rule.tiers[parameter.place])
    return t(f"threshold_{parameter.kind}", tier=tier)


def definition_told(data: KpiData) -> Several:
    """Return what the KPI is and was, its counts by their letters, its formulas, its tiers.

    Nothing of counts and formulas for a KPI that is made of none of these counts.
    """
    version, used = data.version, counts_used(data.version)
    counts = [
        t(f"threshold_definition_{name}", count=data.total.counts[name])
        for name in LETTERS.values()
        if name in used
    ]
    told: list[Shown] = []
    if counts:
        places = {"name": data.names["kpi"], "rate": data.figures["rate"]}
        year = data.names["year"]
        key = f"threshold_definition{'_published' * (data.evidence == 'published')}"
        told.append(Markdown(t(key, **places, year=year, counts=clauses(counts))))
        told.append(valued_formulas(data))
    if "effective" in used and version.rule.paid_in_part:
        ends = "reached" if version.rule.is_equal_effective else "passed"
        tiers = tiers_told(data, markdown_text)
        told.append(Markdown(t(f"threshold_definition_{ends}", tiers=tiers)))
    return Several(told)


def name_in_text(data: ThresholdData, parameter: Parameter) -> Item:
    """Return a threshold's name as it stands in a sentence."""
    return formed(formed(parameter_name(data, parameter), str.lower), markdown_text)


def leading_names(
    data: ThresholdData, parameter: Parameter, ends: Sequence[Exact]
) -> dict[str, Item]:
    """Return the threshold that matters most, as a sentence calls it, and its range's ends."""
    low, high = (threshold_value(parameter, end) for end in ends)
    return {"leading": name_in_text(data, parameter), "leading_from": low, "leading_to": high}


def threshold_value(parameter: Parameter, value: Exact) -> Digits:
    """Return a threshold as it is written: a ratio by its own digits, an amount in NTD."""
    return exactly(value) if parameter.kind == "ratio" else bare(value)


def thresholds_columns(data: ThresholdData) -> list[Column]:
    """Return columns of ratios and boundaries, whose headings name the tiers in their order."""
    names = [tier_name(tier) for tier in data.index.version.rule.tiers]
    heads = {"threshold_ratios": names, "threshold_boundaries": names[1:]}
    return [
        Column(t(key, tiers=formed(Run(tuple(tiers), " / "), str.lower)), align="center")
        for key, tiers in heads.items()
    ]


def axis_amount(twd: int) -> ByLanguage:
    """Return an amount in the unit of a chart's axis: 萬 in Chinese, thousands in English."""
    per_unit = {"zh-Hant": 10_000, "en": 1_000}
    return ByLanguage({name: exactly(Fraction(twd, unit), 4) for name, unit in per_unit.items()})


def if_public(data: ThresholdData, effective: int, item: Item) -> Item:
    """Return what rests on so many effective cases, or that it is withheld."""
    return item if data.is_public(effective) else t("threshold_withheld")


def why_none(data: ThresholdData, key: str) -> Markdown:
    """Return in place of a table or chart why this KPI has none."""
    return Markdown(t(key, name=formed(data.kpi.kpi_name, markdown_text)))


def chart_of(
    data: ThresholdData,
    name: str,
    draw: Callable[[Figure, Say], object],
    items: Iterable[Item],
    height_cm: float,
) -> Chart:
    """Return a chart of the KPI whose caption and text for who cannot see it have a name."""
    caption = t(f"threshold_caption_{name}", name=data.kpi.kpi_name)
    alt = t(f"threshold_alt_{name}", items=joined(items))
    return Chart(draw, caption, alt, data.grounds(), height_cm)


def table_of(
    data: ThresholdData,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Item]],
    note: Item,
    **places: Item,
) -> Table:
    """Return a table of the KPI whose caption has a name, with what stands in its places."""
    caption = t(f"threshold_caption_{name}", name=data.kpi.kpi_name, **places)
    return Table(columns, rows, caption, data.grounds(), note)


def in_change(data: ThresholdData, key: str) -> Text:
    """Return what is headed by the unit of a change of the KPI."""
    return t(key, unit=change_heading(data.index.version.unit))
