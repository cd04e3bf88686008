"""What is shown of other thresholds as a whole: named policies, and another KPI under the same."""

from fractions import Fraction

from closurerate.kpi.definition import Definition
from closurerate.kpi.degrees import degree_in_effective
from closurerate.kpi.evaluate import in_unit
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Text, exactly, formed, given_name, joined, t
from closurerate.quantity import Quantity
from closurerate.study.thresholds.sensitivity import responses
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.variants import COMPARISON, UNIFORM, Variant, VariantOutcome
from closurerate.study.thresholds.wording_page import (
    axis_amount,
    if_public,
    parameter_name,
    table_of,
    threshold_value,
    thresholds_columns,
    why_none,
)
from closurerate.year.changes import change_heading
from closurerate.year.kpi_words import value_column


# Named policies -------------------------------------------------------------------------------
def variant_name(variant: Variant) -> Text:
    """Return a variant's name."""
    setting = "" if variant.setting is None else exactly(variant.setting)
    name = variant.name
    if name == COMPARISON:
        name = "equal" if variant.thresholds.is_equal_effective else "strict"
    return t(f"threshold_variant_{name}", setting=setting)


def variants_table(data: ThresholdData) -> Table:
    """Return E, the KPI, its change and the branches' spread under each named variant."""
    factor = exactly(data.settings.variants.price_factor)
    notes = [t("threshold_note_variants", factor=factor)]
    outside = [
        formed(variant_name(found.variant), str.lower)
        for found in data.variants
        if _is_outside(data, found)
    ]
    if outside:
        notes.append(t("threshold_note_outside", names=joined(outside)))
    columns = [
        *words("threshold_variant"),
        *thresholds_columns(data),
        *numbers("effective", value_column(data.kpi)),
        *numbers("threshold_moved", is_signed=True),
        *numbers("threshold_spread"),
    ]
    rows = [_variant_row(found, data) for found in data.variants]
    unit = change_heading(data.index.version.unit)
    return table_of(data, "variants", columns, rows, Run(tuple(notes), "\n"), unit=unit)


def _is_outside(data: ThresholdData, found: VariantOutcome) -> bool:
    """Return whether a variant lies outside the ranges of strictest and laxest."""
    ratio = found.variant.setting or 0
    return found.variant.name == UNIFORM and not all(
        item.low <= ratio <= item.high for item in data.moved if item.kind == "ratio"
    )


def _variant_row(found: VariantOutcome, data: ThresholdData) -> tuple[Item, ...]:
    shown = (
        Quantity(found.effective, "case", 0, data.evidence),
        data.value(found.kpi.value),
        data.change(found.change, 1),
        data.change(in_unit(found.spread, data.index.version.unit)),
    )
    return (
        variant_name(found.variant),
        *thresholds_told(found.variant),
        *(if_public(data, found.effective, item) for item in shown),
    )


def thresholds_told(variant: Variant) -> tuple[Run, Run]:
    """Return a variant's ratios and boundaries, as an axis has them, each in one cell."""
    thresholds = variant.thresholds
    ratios = (
        exactly(Fraction(int(item), thresholds.ratio_denominator))
        for item in thresholds.ratio_numerators[0]
    )
    bounds = (axis_amount(int(item)) for item in thresholds.boundaries_twd[0])
    return Run(tuple(ratios), " / "), Run(tuple(bounds), " / ")


def changes_by_variant(data: ThresholdData) -> Sayable:
    """Return `change_<variant>` and `effective_<variant>`, and as a name `<variant>`.

    Variants as in `closurerate.study.thresholds.variants`; `uniform_1`, `uniform_2` in their order.
    """
    figures, names, seen = dict[str, Quantity](), dict[str, Item](), 0
    for found in data.variants:
        name = found.variant.name
        if name == UNIFORM:
            seen += 1
            name = f"{UNIFORM}_{seen}"
        names[name] = formed(variant_name(found.variant), str.lower)
        if data.is_public(found.effective):
            figures[f"change_{name}"] = data.told(found.change, 1)
            figures[f"effective_{name}"] = Quantity(found.effective, "case", 0, data.evidence)
    return figures, names


# Beside another KPI ---------------------------------------------------------------------------
def alike_table(data: ThresholdData, other: Definition) -> Table | Markdown:
    """Return the relative change of this KPI and another under the same thresholds.

    A value of 0 or less has no relative change; a sentence then stands in the table's place.

    Args:
        other: Such as `effective_over_closed`; its own thresholds are of no account.
    """
    answers = responses(data.index, other.in_force(data.kpi.year), data.ends)
    if all(answer.first is None for answer in answers):
        return why_none(data, "threshold_no_alike")
    rows = [
        (
            parameter_name(data, found.end.parameter),
            threshold_value(found.end.parameter, found.end.value),
            *(
                if_public(data, found.end.effective, change)
                for change in (found.first, found.second)
            ),
        )
        for found in answers
    ]
    names = (data.kpi.kpi_name, given_name(other.name))
    heads = [t("in_percent", name=name) for name in names]
    return Table(
        [
            *words("threshold"),
            *numbers("threshold_changed_to"),
            *numbers(*heads, unit="percent", decimals=data.borne(4), is_signed=True),
        ],
        rows,
        t("threshold_caption_alike", name=names[0], other=names[1]),
        data.grounds(),
    )


def alike_finding(data: ThresholdData, other: Definition) -> Finding:
    """Return whether two KPIs answer alike to thresholds, and why: it follows from the formulas."""
    versions = (data.index.version, other.in_force(data.kpi.year))
    is_alike = [degree_in_effective(version) for version in versions] == [1, 1]
    key = "threshold_alike" if is_alike else "threshold_not_alike"
    first, second = (
        formed(name, markdown_text) for name in (data.kpi.kpi_name, given_name(other.name))
    )
    return Finding(t(key, name=first, other=second), "derived")
