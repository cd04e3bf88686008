"""The KPI as a landscape: over I1 and I2, and over closed and pending cases."""

from dataclasses import replace

import pandas as pd
import sympy
from matplotlib.figure import Figure

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.counts import Counts
from closurerate.kpi.evaluate import Evaluation, evaluate
from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Markdown
from closurerate.press.text import (
    Item,
    Run,
    Say,
    bare,
    both,
    cited,
    formed,
    joined,
    roc_year,
    spaced,
    t,
    unique,
)
from closurerate.quantity import number
from closurerate.records.readings import adopted
from closurerate.study.formula.drawing import draw_surface
from closurerate.study.formula.landscape import landscape
from closurerate.study.formula.one_line import bounds_shown, bounds_text
from closurerate.study.formula.properties import falling_by_indicator
from closurerate.year.change_rule import effective_before, has_printed_rule, other_rule
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

_SQUARE_CM, _WIDE_CM = 9.2, 6.0
"""How high it is with one scale on both axes, and as wide as the page where few are named."""
_COLUMNS = ["text", "value", "I1", "I2"]


def surface_chart(data: KpiData) -> Chart | Markdown:
    """Return the KPI over I1 and I2: contours, diagonal, real branches, the path of the nation.

    Shaded is where more of one indicator lowers a KPI that elsewhere it raises. A KPI that is no
    function of I1 and I2 gives the sentence that says so.
    """
    return _landscape(data, "indicators")


def counts_surface_chart(data: KpiData) -> Chart | Markdown:
    """Return the KPI over closed and pending cases, at the year's number of effective cases.

    Nothing but the nation in the year has its true place there: branches, and the year before, have
    other numbers of effective cases.
    """
    return _landscape(data, "counts")


def no_combination(data: KpiData) -> Markdown:
    """Return the sentence that says why there is no landscape of a KPI."""
    combination = in_indicators(data.version)
    if combination.expression is not None:
        return Markdown(t("no_landscape"))
    reason = t(f"why_{combination.reason}", names=joined(combination.names))
    name = formed(data.kpi_name, markdown_text)
    return Markdown(t("no_combination", name=name, reason=reason))


def _region_name(name: str, region: tuple[sympy.Expr, sympy.Expr], kind: str) -> Run:
    """Return what happens in a region, and its bounds."""
    bounds = cited(bounds_text(region, kind, in_digits=True), bounds_shown(region, kind))
    return Run((t(f"region_{name}_{kind}"), bounds), "\n")


def _landscape(data: KpiData, kind: str) -> Chart | Markdown:
    expression, total = in_indicators(data.version).expression, data.total.counts
    if expression is None or not all(total[name] for name in ("effective", "closed", "pending")):
        return no_combination(data)
    branches, path = _branches(data, kind), _path(data, kind)
    regions = falling_by_indicator(data.version)
    named = [(_region_name(name, region, kind), region) for name, region in regions]
    effective = total["effective"] if kind == "counts" else None
    is_square = kind == "counts" or not branches.empty
    found = landscape(data.version, branches, path, named, effective)

    def draw(figure: Figure, say: Say) -> None:
        if say.is_narrow and not is_square:
            figure.set_figheight(figure.get_figheight() * _SQUARE_CM / _WIDE_CM)
        said = {
            name: frame.assign(text=frame["text"].map(say))
            for name in ("points", "path", "region_words")
            for frame in [getattr(found, name)]
        }
        for name in ("points", "path"):
            say.draws(said[name][["text", "x", "y"]])
        draw_surface(
            replace(found, **said),
            figure.subplots(),
            excluded=say(t("excluded_counts")),
            diagonal=say(t(f"diagonal_{kind}")),
            xlabel=say(t(f"axis_x_{kind}")),
            ylabel=say(t(f"axis_y_{kind}")),
            is_square=is_square,
        )

    unit, left_out = t(f"unit_{data.version.unit}"), _left_out(data, kind)
    falling = unique(t(f"alt_region_{name}") for name, _ in regions)
    caption = t(
        f"caption_surface_{kind}", name=data.kpi_name, unit=unit, effective=total["effective"]
    )
    alt: Item = t(
        "alt_surface",
        name=data.kpi_name,
        unit=unit,
        path=Run(tuple(path["text"]), " → "),
        regions=Run(falling or (t("alt_no_region"),), " "),
    )
    if not branches.empty:
        alt = spaced([alt, t("alt_branches_placed", names=joined(branches["text"]))])
    stop = [both("。", ".")] if left_out else []
    evidence = data.evidence if branches.empty else data.cases.evidence
    has_before = len(path) > 1
    is_read = has_before and "effective" not in (data.cases.before or ())
    grounds = data.grounds(evidence, earlier={data.year - 1} if has_before else (), is_read=is_read)
    return Chart(
        draw,
        spaced([Run((caption, *stop)), *left_out]),
        spaced([alt, *left_out]),
        grounds,
        height_cm=_SQUARE_CM if is_square else _WIDE_CM,
    )


def _left_out(data: KpiData, kind: str) -> list[Item]:
    """Return the sentences on what the landscape has no place for."""
    has_before = kind == "indicators" and effective_before(data, adopted(OPEN)) is not None
    return [other_rule(data)] if has_before and not has_printed_rule(data, data.version) else []


def _with_value(data: KpiData) -> list[Evaluation]:
    """Return the branches with a value; none where they are made up, as no place is theirs."""
    if data.cases.is_synthetic:
        return []
    return [
        row
        for row in data.evaluations("branch")[:-1]
        if row.value.value is not None and row.counts["closed"] and row.counts["pending"]
    ]


def _branches(data: KpiData, kind: str) -> pd.DataFrame:
    """Return `text`, `value`, `I1` and `I2` (plain ratios) of each branch; in counts of none."""
    placed = _with_value(data) if kind == "indicators" else []
    rows = [_row(data, data.cases.place(row.by), row.counts) for row in placed]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _path(data: KpiData, kind: str) -> pd.DataFrame:
    """Return the same for the year before, where it is known by the KPI's rule, and this year.

    In counts for this year alone, whose effective cases are held.
    """
    rows = [_row(data, roc_year(data.year), data.total.counts)]
    interval, before = effective_before(data, adopted(OPEN)), data.cases.before
    if kind == "counts":
        interval = None
    if interval is not None and before is not None and has_printed_rule(data, data.version):
        counts = {name: int(before[name].value) for name in ("closed", "pending")}
        ends = [counts | {"effective": end} for end in (interval.low, interval.high)]
        rows.insert(0, _row(data, roc_year(data.year - 1), *ends))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(data: KpiData, name: Item, *counts: Counts) -> tuple[Item, float, float, float]:
    """Return a row of `_branches`; several counts are the ends of one interval."""
    found = [evaluate(data.version, end, None).quantity() for end in counts]
    ends = {number(end.value, end.decimals): bare(end) for end in found}
    effective, closed, pending = (counts[0][key] or 0 for key in ("effective", "closed", "pending"))
    text = Run((name, Run(tuple(ends.values()), "–")), " ")
    return text, float(found[0].value or 0), effective / closed, effective / pending
