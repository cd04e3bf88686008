"""What is shown of each threshold by itself: over its range, at both ends, and where it prints."""

from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.print.looks import CM_PER_INCH
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Digits,
    Item,
    Run,
    Say,
    Text,
    bare,
    both,
    cited,
    clauses,
    exactly,
    t,
)
from closurerate.quantity import Exact, Quantity, carried
from closurerate.study.formula.derivatives import NOT_OVER_NOUGHT
from closurerate.study.thresholds import drawing
from closurerate.study.thresholds.breakpoints import Breakpoint, breakpoints, public_breakpoint
from closurerate.study.thresholds.parameters import Parameter, parameters
from closurerate.study.thresholds.public_page import public_curve
from closurerate.study.thresholds.sensitivity import Elasticity, End, elasticities
from closurerate.study.thresholds.steps import step_function
from closurerate.study.thresholds.threshold_year import Sayable, ThresholdData
from closurerate.study.thresholds.wording_page import (
    axis_amount,
    chart_of,
    if_public,
    in_change,
    leading_names,
    parameter_name,
    table_of,
    threshold_value,
    why_none,
)
from closurerate.year.changes import interval
from closurerate.year.kpi_words import value_column

_PANEL_CM = 5.0
SMALL = Fraction(1, 20)
"""Share of the widest movement below which a threshold is told and not drawn."""


# Over its whole range -------------------------------------------------------------------------
def steps_chart(data: ThresholdData) -> Chart:
    """Return the KPI against each threshold over its whole range, on the public grid.

    Thresholds that hardly move it are told in words below the others.
    """
    panels = []
    for parameter in data.moved:
        curve = public_curve(data.index, data.settings.disclosure, parameter)
        panels.append((parameter, parameter_name(data, parameter), curve, _reach(data, curve)))
    widths = [_width(curve) for *_, curve, _ in panels]
    is_drawn = [width >= SMALL * max(widths) for width in widths]
    drawn = [panel for panel, is_wide in zip(panels, is_drawn, strict=True) if is_wide]
    flat = [panel for panel, is_wide in zip(panels, is_drawn, strict=True) if not is_wide]

    def draw(figure: Figure, say: Say) -> None:
        across = max(1, min(len(drawn), int(figure.get_figwidth() * CM_PER_INCH / _PANEL_CM)))
        rows = -(-len(drawn) // across)
        figure.set_figheight((1.4 + 4.2 * rows) / CM_PER_INCH)
        grid = figure.subplots(rows, across, squeeze=False)
        for ax, (parameter, name, curve, reach) in zip(grid.flat, drawn, strict=False):
            drawing.draw_steps(
                say.draws(curve, name),
                ax,
                title=say(name),
                official=float(parameter.official),
                declared=(float(parameter.low), float(parameter.high)),
                text=say(reach),
                ticks=[(float(tick), say(label)) for tick, label in _ticks(parameter, curve)],
                is_logarithmic=parameter.kind != "ratio",
            )
            ax.sharey(grid.flat[0])
            ax.set_xlabel(say(t(f"threshold_axis_{parameter.kind}")))
        for ax in list(grid.flat)[len(drawn) :]:
            ax.set_axis_off()
        if flat:
            told = [Run((name, reach), " ") for _, name, _, reach in flat]
            head, stop = t("threshold_hardly_move"), both("：", ": ")
            in_line = Run((head, stop, clauses(told)))
            words = Run((Run((head, stop)), *told), "\n") if say.is_narrow else in_line
            drawing.write_below(figure, say(words))
        for ax in grid[:, 0]:
            ax.set_ylabel(say(value_column(data.kpi)))

    items = (Run((name, reach), " ") for _, name, _, reach in panels)
    return chart_of(data, "steps", draw, items, 1.0)  # as high as its panels need


def _width(curve: pd.DataFrame) -> float:
    """Return how far a curve moves; 0 where it has no value."""
    known = curve["value"].dropna()
    return 0.0 if known.empty else float(known.max() - known.min())


def _reach(data: ThresholdData, curve: pd.DataFrame) -> Item:
    """Return the least and the greatest value of a curve; a dash where it has none."""
    version, known = data.index.version, curve["value"].dropna()
    low, high = (None, None) if known.empty else (Fraction(known.min()), Fraction(known.max()))
    return interval(low, high, version.decimals, version.unit)


def _ticks(parameter: Parameter, curve: pd.DataFrame) -> list[tuple[Exact, Item]]:
    """Return an axis's marks: the value in force, and the ends of ratios or powers of ten."""
    if parameter.kind == "ratio":
        ends = {Fraction(0), Fraction(1), Fraction(parameter.official)}
        return [(end, exactly(end, 2)) for end in sorted(ends)]
    low, high = curve["threshold"].iloc[0], curve["threshold"].iloc[-1]
    powers = [10**power for power in range(15) if low <= 10**power <= high]
    official = int(parameter.official)
    far = {tick for tick in powers if abs(np.log(tick / official)) > 1.7}
    return [(tick, axis_amount(tick)) for tick in sorted(far | {official})]


# At both ends ---------------------------------------------------------------------------------
def tornado_chart(data: ThresholdData) -> Chart | Markdown:
    """Return the change of the KPI with each threshold at either end of its declared range.

    Thresholds whose bars could not be seen share a row, with their least and greatest change.
    """
    if not any(end.change for pair in data.ends for end in pair):
        return why_none(data, "threshold_no_change")
    widths = [max(abs(_bar_length(data, end)) for end in pair) for pair in data.ends]
    seen = [width >= SMALL * max(widths) for width in widths]
    rows = [
        (
            parameter_name(data, low.parameter),
            *(_bar_length(data, end) for end in (low, high)),
            *(_bar_text(data, end) for end in (low, high)),
        )
        for (low, high), is_seen in zip(data.ends, seen, strict=True)
        if is_seen
    ]
    hidden = [pair for pair, is_seen in zip(data.ends, seen, strict=True) if not is_seen]
    if hidden:
        rows.append(_others(data, [end for pair in hidden for end in pair]))

    def draw(figure: Figure, say: Say) -> None:
        drawing.draw_tornado(
            say.frame(rows, "label", "low", "high", "low_text", "high_text"),
            figure.subplots(),
            xlabel=say(in_change(data, "change_in")),
        )

    items = (Run((label, " ", low, " / ", high)) for label, _, _, low, high in rows)
    return chart_of(data, "tornado", draw, items, 1.9 + 0.8 * len(rows))


def _others(data: ThresholdData, ends: list[End]) -> tuple[Item, float, float, Item, Item]:
    """Return the row of thresholds that hardly move the KPI: their least and greatest change.

    Where not all of them may be shown, neither is told: one alone would pass for all.
    """
    label = t("threshold_others", count=len(ends) // 2)
    if not all(data.is_public(end.effective) for end in ends):
        return label, 0.0, 0.0, t("threshold_withheld"), ""
    changes = [end.change or Fraction(0) for end in ends]
    low, high = min(changes), max(changes)
    first, last = (bare(data.change(change, 2), is_signed=True) for change in (low, high))
    return label, float(low), float(high), first, last


def _bar_length(data: ThresholdData, end: End) -> float:
    return float(end.change or 0) if data.is_public(end.effective) else 0.0


def _bar_text(data: ThresholdData, end: End) -> Run:
    shown = if_public(data, end.effective, bare(data.change(end.change, 2), is_signed=True))
    return Run((threshold_value(end.parameter, end.value), shown), ": ")


def sensitivity_table(data: ThresholdData) -> Table:
    """Return each threshold's declared range, the KPI at both ends, and its elasticity."""
    step = data.settings.elasticity_step
    ends = {low.parameter: (low, high) for low, high in data.ends}
    found_elasticities = elasticities(data.index, data.moved, step)
    rows = [
        (
            parameter_name(data, found.parameter),
            threshold_value(found.parameter, found.parameter.official),
            *(threshold_value(found.parameter, end.value) for end in ends[found.parameter]),
            *(
                if_public(data, end.effective, data.value(end.kpi.value, 1))
                for end in ends[found.parameter]
            ),
            if_public(
                data,
                data.index.official_effective() + found.moved,
                _elasticity(found, data.borne(4)),
            ),
        )
        for found in found_elasticities
    ]
    unit = t(f"unit_{data.index.version.unit}")
    at_ends = [t(key, unit=unit) for key in ("threshold_at_low", "threshold_at_high")]
    is_lacking = any(item.reason == NOT_OVER_NOUGHT for item in found_elasticities)
    notes = (
        t("threshold_note_elasticity", step=exactly(step * 100)),
        *([t("note_no_elasticity")] if is_lacking else []),
        ranges_note(data),
    )
    columns = [
        *words("threshold"),
        *numbers("threshold_in_force", "threshold_low", "threshold_high"),
        *numbers(*at_ends, "threshold_elasticity"),
    ]
    return table_of(data, "sensitivity", columns, rows, Run(notes, "\n"))


def ranges_note(data: ThresholdData) -> Text:
    """Return why the thresholds have the ranges that they have."""
    reasons = data.settings.reasons
    ends = [
        exactly(end).quantity
        for item in parameters(data.kpi.version.rule, data.settings)
        for end in (item.low, item.high, item.official - item.low)
    ]
    ratio, boundary = (Text(reasons[name]) for name in ("ratio_ranges", "boundary_ranges"))
    return t("threshold_note_ranges", ratio=cited(ratio, ends), boundary=cited(boundary, ends))


def _elasticity(found: Elasticity, most: int) -> Digits:
    """Return an elasticity to the digits that the cases carry which the step moves.

    Another year of the same kind would move other cases: as many, give or take the square root.
    """
    if found.value is None or not found.moved:
        return bare(found.value)
    error = 2 * abs(float(found.value)) / sqrt(abs(found.moved))
    return bare(found.value, carried(error, most), is_signed=True)


def leading_threshold(data: ThresholdData) -> Sayable:
    """Return the threshold with the widest effect, `leading`, and what it does.

    `leading_from`, `leading_to`: its declared range; `leading_low`, `leading_high`: change of the
    KPI at its ends; `second_widest`: the widest change by any other threshold. Nothing where no
    threshold moves the KPI.
    """
    (low, high), *others = data.ends
    if not low.change and not high.change:
        return {}, {}
    figures = {
        f"leading_{name}": data.told(end.change)
        for name, end in (("low", low), ("high", high))
        if data.is_public(end.effective)
    }
    ends = [end for pair in others for end in pair]
    if ends and all(data.is_public(end.effective) for end in ends):
        widest = max(abs(Fraction(end.change or 0)) for end in ends)
        figures["second_widest"] = data.told(widest, 1)
    return figures, leading_names(data, low.parameter, (low.value, high.value))


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
    columns = [*words("threshold"), *numbers("threshold_in_force", *directions)]
    return table_of(data, "breakpoints", columns, rows, note)


def _public(data: ThresholdData, parameter: Parameter) -> list[Breakpoint]:
    """Return a threshold's breakpoints in both directions as a page may show them."""
    function = step_function(data.index, parameter)
    bounds = (function.first, function.last)
    return [
        public_breakpoint(exact, data.settings.disclosure, bounds)
        for exact in breakpoints(data.index, function)
    ]


def _breakpoint_cells(found: Breakpoint, data: ThresholdData) -> tuple[Item, Item]:
    if found.is_withheld:
        return t("threshold_withheld"), ""
    if found.value is None:
        return t("threshold_never"), ""
    return threshold_value(found.parameter, found.value), _prints(data, found)


def _prints(data: ThresholdData, found: Breakpoint) -> Quantity:
    version = data.index.version
    return Quantity(found.after, version.unit, version.decimals, data.evidence)


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
            figures[f"{side}_prints"] = _prints(data, found)
    return figures, names
