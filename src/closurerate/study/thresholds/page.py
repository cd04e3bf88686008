"""What is shown of the thresholds: one at a time, at both ends, under named policies, and alike."""

from collections.abc import Callable
from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from closurerate.kpi.definition import Definition
from closurerate.kpi.degrees import degree_in
from closurerate.kpi.evaluate import in_unit
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Column, Table, numbers, words
from closurerate.press.text import (
    ByLanguage,
    Digits,
    Item,
    Run,
    Say,
    Text,
    bare,
    exactly,
    formed,
    joined,
    t,
)
from closurerate.quantity import Exact, Quantity, carried
from closurerate.study.formula.derivatives import NOT_OVER_NOUGHT
from closurerate.study.thresholds import drawing
from closurerate.study.thresholds.breakpoints import Breakpoint, breakpoints, public_breakpoint
from closurerate.study.thresholds.parameters import Parameter, admissible
from closurerate.study.thresholds.public_curve import public_curve
from closurerate.study.thresholds.sensitivity import Elasticity, End, elasticities, responses
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.variants import UNIFORM, Variant, VariantOutcome
from closurerate.year.changes import change_word, interval
from closurerate.year.kpi_page import axis_name, tier_name, with_unit

_ACROSS = 3


# Words ----------------------------------------------------------------------------------------
def parameter_name(data: ThresholdData, parameter: Parameter) -> Text:
    """Return a threshold's name."""
    tier = tier_name(data.index.version.rule.tiers[parameter.place])
    return t(f"threshold_{parameter.kind}", tier=tier)


def name_in_text(data: ThresholdData, parameter: Parameter) -> Item:
    """Return a threshold's name as it stands in a sentence."""
    return formed(formed(parameter_name(data, parameter), str.lower), markdown_text)


def threshold_value(parameter: Parameter, value: Exact) -> Digits:
    """Return a threshold as it is written: a ratio by its own digits, an amount in NTD."""
    return exactly(value) if parameter.kind == "ratio" else bare(value)


def axis_amount(twd: int) -> ByLanguage:
    """Return an amount in the unit of a chart's axis: 萬 in Chinese, thousands in English."""
    per_unit = {"zh-Hant": 10_000, "en": 1_000}
    return ByLanguage({name: exactly(Fraction(twd, unit), 4) for name, unit in per_unit.items()})


def variant_name(variant: Variant) -> Text:
    """Return a variant's name."""
    setting = "" if variant.setting is None else exactly(variant.setting)
    sign = "≥" if variant.thresholds.is_equal_effective else ">"
    return t(f"threshold_variant_{variant.name}", setting=setting, sign=sign)


def if_public(data: ThresholdData, effective: int, item: Item) -> Item:
    """Return what rests on so many effective cases, or that it is withheld."""
    return item if data.is_public(effective) else t("threshold_withheld")


def no_variance(data: ThresholdData, key: str) -> Markdown:
    """Return in place of a table or chart why this KPI has none."""
    return Markdown(t(key, name=formed(data.kpi.kpi_name, markdown_text)))


def in_change(data: ThresholdData, key: str) -> Text:
    """Return what is headed by the unit of a change of the KPI."""
    return t(key, unit=change_word(data.index.version.unit))


# One at a time --------------------------------------------------------------------------------
def steps_chart(data: ThresholdData) -> Chart:
    """Return the KPI against each threshold over its whole range, on the public grid."""
    panels = []
    for parameter in data.moved:
        curve = public_curve(data.index, data.settings.disclosure, parameter)
        panels.append((parameter, parameter_name(data, parameter), curve, _reach(data, curve)))
    rows = -(-len(panels) // _ACROSS)

    def draw(figure: Figure, say: Say) -> None:
        grid = figure.subplots(rows, _ACROSS, sharey=True, squeeze=False)
        for ax, (parameter, name, curve, reach) in zip(grid.flat, panels, strict=False):
            drawing.draw_steps(
                curve,
                ax,
                title=say(name),
                official=float(parameter.official),
                declared=(float(parameter.low), float(parameter.high)),
                text=say(reach),
                ticks=[(tick, say(axis_amount(tick))) for tick in _ticks(parameter, curve)],
            )
            ax.set_xlabel(say(t(f"threshold_axis_{parameter.kind}")))
        for ax in list(grid.flat)[len(panels) :]:
            ax.set_axis_off()
        for ax in grid[:, 0]:
            ax.set_ylabel(say(axis_name(data.kpi)))

    items = joined(Run((name, reach), " ") for _, name, _, reach in panels)
    return _chart(data, "steps", draw, items, 1.0 + 4.4 * rows)


def _chart(
    data: ThresholdData,
    name: str,
    draw: Callable[[Figure, Say], object],
    items: Item,
    height_cm: float,
) -> Chart:
    caption = t(f"threshold_caption_{name}", name=data.kpi.kpi_name)
    alt = t(f"threshold_alt_{name}", items=items)
    return Chart(draw, caption, alt, data.grounds(), height_cm)


def _reach(data: ThresholdData, curve: pd.DataFrame) -> Item:
    """Return the least and the greatest value of a curve; a dash where it has none."""
    version, known = data.index.version, curve["value"].dropna()
    low, high = (None, None) if known.empty else (Fraction(known.min()), Fraction(known.max()))
    return interval(low, high, version.decimals, version.unit)


def _ticks(parameter: Parameter, curve: pd.DataFrame) -> list[int]:
    """Return the marks of a logarithmic axis of amounts: powers of ten, and the value in force."""
    if parameter.kind == "ratio":
        return []
    low, high = curve["threshold"].iloc[0], curve["threshold"].iloc[-1]
    powers = [10**power for power in range(15) if low <= 10**power <= high]
    official = int(parameter.official)
    far = {tick for tick in powers if abs(np.log(tick / official)) > 1}
    return sorted(far | {official})


# At both ends ---------------------------------------------------------------------------------
def tornado_chart(data: ThresholdData) -> Chart | Markdown:
    """Return the change of the KPI with each threshold at either end of its declared range."""
    if not any(end.change for pair in data.ends for end in pair):
        return no_variance(data, "threshold_no_change")
    rows = [
        (
            parameter_name(data, low.parameter),
            *(_bar_length(data, end) for end in (low, high)),
            *(_bar_text(data, end) for end in (low, high)),
        )
        for low, high in data.ends
    ]

    def draw(figure: Figure, say: Say) -> None:
        drawing.draw_tornado(
            say.frame(rows, "label", "low", "high", "low_text", "high_text"),
            figure.subplots(),
            xlabel=say(in_change(data, "change_in")),
        )

    items = joined(Run((label, " ", low, " / ", high)) for label, _, _, low, high in rows)
    return _chart(data, "tornado", draw, items, 2.2 + 1.0 * len(rows))


def _bar_length(data: ThresholdData, end: End) -> float:
    return float(end.change or 0) if data.is_public(end.effective) else 0.0


def _bar_text(data: ThresholdData, end: End) -> Run:
    change = data.change(end.change, data.index.version.decimals + 2)
    shown = if_public(data, end.effective, bare(change, is_signed=True))
    return Run((threshold_value(end.parameter, end.value), shown), ": ")


def sensitivity_table(data: ThresholdData) -> Table:
    """Return each threshold's declared range, the KPI at both ends, and its elasticity."""
    version, step = data.index.version, data.settings.elasticity_step
    ends = {low.parameter: (low, high) for low, high in data.ends}
    found_elasticities = elasticities(data.index, data.moved, step)
    rows = [
        (
            parameter_name(data, found.parameter),
            threshold_value(found.parameter, found.parameter.official),
            *(threshold_value(found.parameter, end.value) for end in ends[found.parameter]),
            *(
                if_public(
                    data,
                    end.effective,
                    data.quantity(in_unit(end.kpi.value, version.unit), version.decimals + 1),
                )
                for end in ends[found.parameter]
            ),
            if_public(data, data.index.official_effective() + found.moved, _elasticity(found)),
        )
        for found in found_elasticities
    ]
    unit = t(f"unit_{version.unit}")
    at_ends = [t(key, unit=unit) for key in ("threshold_at_low", "threshold_at_high")]
    ratio, boundary = (
        Text(data.settings.reasons[name]) for name in ("ratio_ranges", "boundary_ranges")
    )
    is_lacking = any(item.reason == NOT_OVER_NOUGHT for item in found_elasticities)
    notes = (
        t("threshold_note_elasticity", step=exactly(step * 100)),
        *([t("note_no_elasticity")] if is_lacking else []),
        t("threshold_note_ranges", ratio=ratio, boundary=boundary),
    )
    return Table(
        [
            *words("threshold"),
            *numbers("threshold_in_force", "threshold_low", "threshold_high"),
            *numbers(*at_ends, "threshold_elasticity"),
        ],
        rows,
        t("threshold_caption_sensitivity", name=data.kpi.kpi_name),
        data.grounds(),
        note=Run(notes, "\n"),
    )


def _elasticity(found: Elasticity) -> Digits:
    """Return an elasticity to the digits that the cases carry which the step moves.

    Another year of the same kind would move other cases: as many, give or take the square root.
    """
    if found.value is None or not found.moved:
        return bare(found.value)
    error = 2 * abs(float(found.value)) / sqrt(abs(found.moved))
    return bare(found.value, carried(error, 4), is_signed=True)


def leading_threshold(data: ThresholdData) -> Sayable:
    """Return the threshold with the widest effect, `leading`, and what it does.

    `leading_from`, `leading_to`: its declared range; `leading_low`, `leading_high`: change of the
    KPI at its ends; `second_widest`: the widest change by any other threshold. Nothing where no
    threshold moves the KPI.
    """
    (low, high), *others = data.ends
    if not low.change and not high.change:
        return {}, {}
    decimals = data.index.version.decimals
    figures = {
        f"leading_{name}": data.change(end.change, decimals)
        for name, end in (("low", low), ("high", high))
        if data.is_public(end.effective)
    }
    ends = [end for pair in others for end in pair]
    if ends and all(data.is_public(end.effective) for end in ends):
        widest = max(abs(Fraction(end.change or 0)) for end in ends)
        figures["second_widest"] = data.change(widest, decimals + 1)
    return figures, {
        "leading": name_in_text(data, low.parameter),
        "leading_from": threshold_value(low.parameter, low.value),
        "leading_to": threshold_value(low.parameter, high.value),
    }


# Breakpoints ----------------------------------------------------------------------------------
def breakpoints_table(data: ThresholdData) -> Table:
    """Return by where the printed figure has changed in each direction, as a page may show it."""
    rules = data.settings.disclosure
    rows = [
        (
            parameter_name(data, parameter),
            threshold_value(parameter, parameter.official),
            *(
                cell
                for found in _public(data, parameter)
                for cell in _breakpoint_cells(found, data)
            ),
        )
        for parameter in data.moved
    ]
    note = t(
        "threshold_note_breakpoints",
        ratio=exactly(rules.ratio_step),
        amount=rules.boundary_step_twd,
        count=rules.least_count,
    )
    directions = (
        "threshold_downwards",
        "threshold_prints",
        "threshold_upwards",
        "threshold_prints",
    )
    return Table(
        [*words("threshold"), *numbers("threshold_in_force", *directions)],
        rows,
        t("threshold_caption_breakpoints", name=data.kpi.kpi_name),
        data.grounds(),
        note=note,
    )


def _public(data: ThresholdData, parameter: Parameter) -> list[Breakpoint]:
    """Return a threshold's breakpoints in both directions as a page may show them."""
    bounds = admissible(data.index.version.rule, parameter)
    return [
        public_breakpoint(exact, data.settings.disclosure, bounds)
        for exact in breakpoints(data.index, step_function(data.index, parameter))
    ]


def _breakpoint_cells(found: Breakpoint, data: ThresholdData) -> tuple[Item, Item]:
    if found.is_withheld:
        return t("threshold_withheld"), ""
    if found.value is None:
        return t("threshold_never"), ""
    prints = data.quantity(found.after, data.index.version.decimals)
    return threshold_value(found.parameter, found.value), prints


def leading_breakpoints(data: ThresholdData) -> Sayable:
    """Return the public breakpoints of the leading threshold.

    `down`, `up`: where they lie; `down_prints`, `up_prints`: what is printed beyond.
    """
    leading = data.ends[0][0].parameter
    figures, names = dict[str, Quantity](), dict[str, Item]()
    for found in _public(data, leading):
        side = "up" if found.direction == 1 else "down"
        if found.value is not None:
            names[side] = threshold_value(leading, found.value)
            figures[f"{side}_prints"] = data.quantity(found.after, data.index.version.decimals)
    return figures, names


# Variants -------------------------------------------------------------------------------------
def variants_table(data: ThresholdData) -> Table:
    """Return E, the KPI, its change and the branches' spread under each named variant."""
    factor = exactly(data.settings.variants.price_factor)
    notes = [t("threshold_note_variants", factor=factor)]
    outside = [variant_name(found.variant) for found in data.variants if _is_outside(data, found)]
    if outside:
        notes.append(t("threshold_note_outside", names=joined(outside)))
    return Table(
        [
            *words("threshold_variant"),
            *(
                Column(t(key), align="center")
                for key in ("threshold_ratios", "threshold_boundaries")
            ),
            *numbers("effective", with_unit(t("value"), data.kpi)),
            *numbers(in_change(data, "change_in"), is_signed=True),
            *numbers(in_change(data, "threshold_spread")),
        ],
        [_variant_row(found, data) for found in data.variants],
        t("threshold_caption_variants", name=data.kpi.kpi_name),
        data.grounds(),
        note=Run(tuple(notes), "\n"),
    )


def _is_outside(data: ThresholdData, found: VariantOutcome) -> bool:
    """Return whether a variant lies outside the ranges of strictest and laxest."""
    ratio = found.variant.setting or 0
    return found.variant.name == UNIFORM and not all(
        item.low <= ratio <= item.high for item in data.moved if item.kind == "ratio"
    )


def _variant_row(found: VariantOutcome, data: ThresholdData) -> tuple[Item, ...]:
    version, thresholds = data.index.version, found.variant.thresholds
    ratios = [
        exactly(Fraction(int(item), thresholds.ratio_denominator))
        for item in thresholds.ratio_numerators[0]
    ]
    bounds = [axis_amount(int(item)) for item in thresholds.boundaries_twd[0]]
    shown = (
        Quantity(found.effective, "case", 0, data.evidence),
        data.quantity(in_unit(found.kpi.value, version.unit), version.decimals),
        data.change(found.change, version.decimals + 1),
        data.change(in_unit(found.spread, version.unit), version.decimals),
    )
    return (
        variant_name(found.variant),
        Run(tuple(ratios), " / "),
        Run(tuple(bounds), " / "),
        *(if_public(data, found.effective, item) for item in shown),
    )


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
        names[name] = variant_name(found.variant)
        if data.is_public(found.effective):
            decimals = data.index.version.decimals + 1
            figures[f"change_{name}"] = data.change(found.change, decimals)
            figures[f"effective_{name}"] = Quantity(found.effective, "case", 0, data.evidence)
    return figures, names


# Beside another KPI ---------------------------------------------------------------------------
def alike_table(data: ThresholdData, other: Definition) -> Table | Markdown:
    """Return the relative change of this KPI and another under the same thresholds.

    A value of 0 or less has no relative change; a sentence then stands in the table's place.

    Args:
        other: Such as `effective_over_closed`; its own thresholds are of no account.
    """
    answers = responses(data.index, other.in_force(data.kpi.year), data.moved)
    if all(answer.first is None for answer in answers):
        return no_variance(data, "threshold_no_alike")
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
    names = (data.kpi.kpi_name, Text(other.name))
    heads = [t("in_percent", name=name) for name in names]
    return Table(
        [
            *words("threshold"),
            *numbers("threshold_changed_to"),
            *numbers(*heads, unit="percent", decimals=4, is_signed=True),
        ],
        rows,
        t("threshold_caption_alike", name=names[0], other=names[1]),
        data.grounds(),
    )


def alike_finding(data: ThresholdData, other: Definition) -> Finding:
    """Return whether two KPIs answer alike to thresholds, and why: it follows from the formulas."""
    versions = (data.index.version, other.in_force(data.kpi.year))
    is_alike = [degree_in(version) for version in versions] == [1, 1]
    key = "threshold_alike" if is_alike else "threshold_not_alike"
    first, second = (formed(name, markdown_text) for name in (data.kpi.kpi_name, Text(other.name)))
    return Finding(t(key, name=first, other=second), "arithmetic")
