"""The formulas that are compared: how each is written, and what it gives for the nation."""

import re
from dataclasses import replace

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import evaluate
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, given_name, roc_year, said, spaced, stated, t
from closurerate.records.placeholders import weakest
from closurerate.study.alternatives import Alternatives
from closurerate.study.formula.page import definitions_in_order
from closurerate.study.incentives.page_notes import NEW, unknown_note, used_evidence
from closurerate.year.kpi_year import KpiData


def formulas_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return each formula that is compared: its name, how it is written, its national value.

    A formula with a rule of its own for what is effective has no value here.
    """
    definitions = definitions_in_order(alternatives)
    others = [replace(data, definition=one) for one in definitions]
    rows = [(_formula_name(other, data), _written(other.version), _value(other, data))
            for other in others]  # fmt: skip
    is_lacking = any(row[-1] is None for row in rows)
    evidence = data.at_best(weakest([used_evidence(other) for other in others]))
    value = t("incentive_unpaid_here", year=roc_year(data.year))
    new = [t("note_new_cases")] if any(NEW in said(row[1], "en") for row in rows) else []
    return Table(
        [*words("kpi", "formula"), *numbers(value)],
        rows,
        t("caption_formulas"),
        data.grounds(evidence),
        spaced([*new, *unknown_note(["rule"] if is_lacking else [])]),
    )


def _formula_name(other: KpiData, data: KpiData) -> Item:
    """Return a formula's name; with the year whose definition it was, where that was another."""
    own, year = data.definition, data.year
    name, text = given_name(other.definition.name), other.version.formula.text
    if year - 1 < min(own.versions) or other.definition is own:
        return name
    is_before = text == own.in_force(year - 1).formula.text != data.version.formula.text
    return t("formula_of_before", name=name, previous=data.names["previous"]) if is_before else name


def _written(version: KpiVersion) -> str:
    """Return a formula as the cells of tables have it: products without sign, powers raised."""
    text = version.formula.text
    for old, new in (("sqrt(", "√("), (" * ", " "), ("^2", "²"), ("-", "−")):
        text = text.replace(old, new)
    return re.sub(r"\bnew\b", NEW, text)


def _value(other: KpiData, data: KpiData) -> Item:
    """Return a KPI's national value with its unit; None where it counts by another rule."""
    is_other = other.version.rule != data.version.rule
    if is_other and "effective" in counts_used(other.version):
        return None
    return stated(evaluate(other.version, data.total.counts, None).quantity())
