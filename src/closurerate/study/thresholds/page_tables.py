"""Tables of the thresholds: ranges and elasticities, breakpoints, variants, two KPIs."""

from fractions import Fraction
from math import sqrt

from closurerate.kpi.definition import Definition
from closurerate.kpi.degrees import degree_in
from closurerate.kpi.evaluate import in_unit
from closurerate.press.cells import headed, joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Column, Finding, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import carried, number, signed
from closurerate.study.thresholds.breakpoints import Breakpoint, breakpoints, public_breakpoint
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.page_words import (
    amount_text,
    moved_text,
    parameter_name,
    ratio_text,
    shown_if_public,
    threshold_text,
    unit_name,
)
from closurerate.study.thresholds.parameters import admissible, parameters
from closurerate.study.thresholds.sensitivity import Elasticity, elasticities, responses, tornado
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.variants import (
    UNIFORM,
    Outcome,
    Variant,
    named_variants,
    outcomes,
)
from closurerate.year.changes import change_word


def sensitivity_table(data: ThresholdData) -> Table:
    """Return each threshold's declared range, the KPI at both ends, and its elasticity."""
    language, index, settings = data.language, data.index, data.settings
    version = index.version
    moved = parameters(version.rule, settings)
    ends = {low.parameter: (low, high) for low, high in tornado(index, moved)}
    rows, official = [], index.official_effective()
    for found in elasticities(index, moved, settings.elasticity_step):
        parameter = found.parameter
        low, high = ends[parameter]
        rows.append(
            (
                parameter_name(data, parameter),
                threshold_text(parameter, parameter.official),
                *(threshold_text(parameter, end.value) for end in (low, high)),
                *(
                    shown_if_public(
                        data,
                        end.effective,
                        number(in_unit(end.kpi.value, version.unit), version.decimals + 1),
                    )
                    for end in (low, high)
                ),
                shown_if_public(data, official + found.moved, _elasticity_text(found)),
            )
        )
    unit = unit_name(data)
    reasons = [settings.reasons[name][language] for name in ("ratio_ranges", "boundary_ranges")]
    step = ratio_text(settings.elasticity_step * 100)
    return Table(
        columns=(
            *headed(language, "threshold", "threshold_in_force", "threshold_low", "threshold_high"),
            Column(word("threshold_at_low", language, unit=unit), "right"),
            Column(word("threshold_at_high", language, unit=unit), "right"),
            Column(word("threshold_elasticity", language), "right"),
        ),
        rows=tuple(rows),
        caption=word("threshold_caption_sensitivity", language, name=data.kpi.name),
        note=word("threshold_note_elasticity", language, step=step)
        + "\n"
        + word("threshold_note_ranges", language, ratio=reasons[0], boundary=reasons[1]),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )


def _elasticity_text(found: Elasticity) -> str:
    """Return an elasticity to the digits that the cases carry which the step moves.

    Another year of the same kind would move other cases: as many, give or take the square root.
    """
    if found.value is None or not found.moved:
        return number(found.value)
    error = 2 * abs(float(found.value)) / sqrt(abs(found.moved))
    return signed(found.value, carried(error, 4))


# Breakpoints ----------------------------------------------------------------------------------
def breakpoints_table(data: ThresholdData) -> Table:
    """Return by where the printed figure has changed in each direction, as a page may show it."""
    language, rules = data.language, data.settings.disclosure
    rows, rule = [], data.index.version.rule
    for parameter in parameters(rule, data.settings):
        function, bounds = step_function(data.index, parameter), admissible(rule, parameter)
        cells = [
            cell
            for found in breakpoints(data.index, function)
            for cell in _breakpoint_cells(public_breakpoint(found, rules, bounds), data)
        ]
        name = parameter_name(data, parameter)
        rows.append((name, threshold_text(parameter, parameter.official), *cells))
    return Table(
        columns=headed(
            language, "threshold", "threshold_in_force", "threshold_downwards", "threshold_prints",
            "threshold_upwards", "threshold_prints",
        ),
        rows=tuple(rows),
        caption=word("threshold_caption_breakpoints", language, name=data.kpi.name),
        note=word(
            "threshold_note_breakpoints", language, ratio=ratio_text(rules.ratio_step),
            amount=number(rules.boundary_step_twd), count=number(rules.least_count),
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )  # fmt: skip


def _breakpoint_cells(found: Breakpoint, data: ThresholdData) -> tuple[str, str]:
    if found.is_withheld:
        return word("threshold_withheld", data.language), ""
    if found.value is None:
        return word("threshold_never", data.language), ""
    text = threshold_text(found.parameter, found.value)
    return text, number(found.after, data.index.version.decimals)


# Variants -------------------------------------------------------------------------------------
def variants_table(data: ThresholdData) -> Table:
    """Return E, the KPI, its change and the branches' spread under each named variant."""
    language = data.language
    found = outcomes(data.index, named_variants(data.index, data.settings))
    headings = [
        word("threshold_variant", language), word("threshold_ratios", language),
        word("threshold_boundaries", language), word("effective", language),
        f"{word('value', language)} ({unit_name(data)})",
        word("change_in", language, unit=change_word(data.index.version.unit, language)),
        word("threshold_spread", language, unit=change_word(data.index.version.unit, language)),
    ]  # fmt: skip
    factor = ratio_text(data.settings.variants.price_factor)
    return Table(
        columns=(
            Column(headings[0]),
            *(Column(heading, "center") for heading in headings[1:3]),
            *(Column(heading, "right") for heading in headings[3:]),
        ),
        rows=tuple(_variant_row(outcome, data) for outcome in found),
        caption=word("threshold_caption_variants", language, name=data.kpi.name),
        note="\n".join(
            [word("threshold_note_variants", language, factor=factor), *_outside(data, found)]
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )


def _outside(data: ThresholdData, found: list[Outcome]) -> list[str]:
    """Return the sentence on variants that lie outside the ranges of strictest and laxest."""
    language = data.language
    ratios = [
        item for item in parameters(data.index.version.rule, data.settings) if item.kind == "ratio"
    ]
    names = [
        variant_name(outcome.variant, language)
        for outcome in found
        if outcome.variant.name == UNIFORM
        and not all(item.low <= (outcome.variant.setting or 0) <= item.high for item in ratios)
    ]
    if not names:
        return []
    return [word("threshold_note_outside", language, names=joined(names, language))]


def _variant_row(outcome: Outcome, data: ThresholdData) -> tuple[str, ...]:
    version, thresholds = data.index.version, outcome.variant.thresholds
    ratios = [
        ratio_text(Fraction(int(item), thresholds.ratio_denominator))
        for item in thresholds.ratio_numerators[0]
    ]
    bounds = [amount_text(int(item), data.language) for item in thresholds.boundaries_twd[0]]
    return (
        variant_name(outcome.variant, data.language),
        " / ".join(ratios),
        " / ".join(bounds),
        *(
            shown_if_public(data, outcome.effective, text)
            for text in (
                number(outcome.effective),
                number(in_unit(outcome.kpi.value, version.unit), version.decimals),
                signed(outcome.change, version.decimals + 1),
                number(in_unit(outcome.spread, version.unit), version.decimals),
            )
        ),
    )


def variant_name(variant: Variant, language: Language) -> str:
    """Return a variant's name."""
    setting = "" if variant.setting is None else ratio_text(variant.setting)
    sign = "≥" if variant.thresholds.is_equal_effective else ">"
    return word(f"threshold_variant_{variant.name}", language, setting=setting, sign=sign)


# Beside another KPI ---------------------------------------------------------------------------
def alike_table(data: ThresholdData, other: Definition) -> Table | Markdown:
    """Return the relative change of this KPI and another under the same thresholds.

    A value of 0 has no relative change; a sentence then stands in the table's place.

    Parameters
    ----------
    data
        The year's thresholds.
    other
        Such as `effective_over_closed`; its own thresholds are of no account.
    """
    language = data.language
    version = other.in_force(data.kpi.year)
    moved = parameters(data.index.version.rule, data.settings)
    answers = responses(data.index, version, moved)
    if all(answer.first is None and answer.second is None for answer in answers):
        return Markdown(word("threshold_no_alike", language, name=markdown_text(data.kpi.name)))
    rows = tuple(
        (
            parameter_name(data, found.end.parameter),
            threshold_text(found.end.parameter, found.end.value),
            *(
                moved_text(data, found.end.effective, change, 4)
                for change in (found.first, found.second)
            ),
        )
        for found in answers
    )
    return Table(
        columns=(
            *headed(language, "threshold", "threshold_changed_to"),
            *(
                Column(word("in_percent", language, name=name), "right")
                for name in (data.kpi.name, other.name[language])
            ),
        ),
        rows=rows,
        caption=word(
            "threshold_caption_alike", language, name=data.kpi.name, other=other.name[language]
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )


def alike_finding(data: ThresholdData, other: Definition) -> Finding:
    """Return whether two KPIs answer alike to thresholds, and why: it follows from the formulas."""
    degrees = [
        degree_in(version) for version in (data.index.version, other.in_force(data.kpi.year))
    ]
    key = "threshold_alike" if degrees == [1, 1] else "threshold_not_alike"
    names = (data.kpi.name, other.name[data.language])
    first, second = (markdown_text(name) for name in names)
    text = word(key, data.language, name=first, other=second)
    return Finding(text, "arithmetic", data.language)
