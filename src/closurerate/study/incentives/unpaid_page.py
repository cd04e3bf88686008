"""Closing with nothing paid as it is shown: a table of formulas and a chart of the curve."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import Evaluation, in_unit, scale_of
from closurerate.kpi.float_values import Floats
from closurerate.press.chart import Chart
from closurerate.press.heard import announced
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    ByLanguage,
    Item,
    Say,
    Text,
    bare,
    formed,
    given_name,
    roc_year,
    said,
    spaced,
    stated,
    t,
)
from closurerate.quantity import Quantity, with_minus
from closurerate.records.placeholders import weakest
from closurerate.study.alternatives import Alternatives
from closurerate.study.formula.surface import surface
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.drawing import draw_curve
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.inequalities import inequalities
from closurerate.study.incentives.page_notes import (
    MANY,
    NOT_KNOWN,
    one_piece_note,
    regions_text,
    unknown_note,
    used_evidence,
)
from closurerate.study.incentives.unpaid import (
    Treatment,
    Verdict,
    curve_level,
    treatment,
    unpaid_curve,
)
from closurerate.year.changes import change_unit, change_word
from closurerate.year.kpi_year import KpiData

_ARROW = Fraction(1, 20)
"""Share of the pending cases that the arrows close, so that they can be seen."""
_GRID = 121
_ROOM = 0.15
_PERCENT = ByLanguage({"zh-Hant": "%", "en": " %"})
_LINES = 12
_EQUAL = str.maketrans("<>", "==")
_VERDICTS: tuple[Verdict, ...] = ("rewards", "neutral", "penalises")


def unpaid_table(data: KpiData, alternatives: Alternatives) -> Table:
    """Return what each formula makes of closing cases with nothing paid, where, and how much."""
    definitions = alternatives.sound
    found = [treatment(one.in_force(data.year)) for one in definitions]
    others = [replace(data, definition=one) for one in definitions]
    here = [_here(other, data, one) for other, one in zip(others, found, strict=True)]
    rows = [
        (given_name(one.name), *(_where(treated, verdict) for verdict in _VERDICTS), *told[:2])
        for one, treated, told in zip(definitions, found, here, strict=True)
    ]
    is_proved = all(one.line.is_proved for one in found)
    note = t("note_incentive_unpaid" if is_proved else "note_incentive_unpaid_searched")
    mark = "last" if all(one.stances for one in found) else "both"
    unknown = unknown_note((cause for *_, cause in here), mark)
    columns = [
        *words("kpi"),
        *words(*(f"incentive_where_{verdict}" for verdict in _VERDICTS)),
        *words(t("incentive_unpaid_here", year=roc_year(data.year))),
        *numbers("incentive_effect"),
    ]
    return Table(
        columns,
        rows,
        t("caption_incentive_unpaid", times=MANY, unit=change_word(data.version.unit)),
        data.grounds(data.at_best(weakest([used_evidence(other) for other in others]))),
        spaced([note, *one_piece_note(one.line for one in found), *unknown]),
    )


def _where(found: Treatment, verdict: Verdict) -> Item:
    """Return where a formula gives a verdict, a line for each region, or a dash."""
    if not found.stances:
        return NOT_KNOWN
    regions = [one.conditions for one in found.stances if one.verdict == verdict]
    return _turn(found) if verdict == "neutral" and not regions else regions_text(regions)


def _turn(found: Treatment) -> Item:
    """Return where a formula turns from one verdict to the other; None where it does not."""
    ends = [one.conditions for one in found.stances]
    if not found.line.is_proved or [*map(len, ends)] != [1, 1]:
        return None
    between = [inequalities(one) for one in ends]
    texts = {said(one, "en").translate(_EQUAL) for one in between}
    return formed(between[0], lambda text: text.translate(_EQUAL)) if len(texts) == 1 else None


def _here(other: KpiData, data: KpiData, found: Treatment) -> tuple[Item, Item, str]:
    """Return what another KPI does in the nation, by how much, and why something is not known.

    Its rule may make other effective cases of the same closed and pending ones: then the amount is
    not known, and the verdict is where it does not depend on the effective cases.
    """
    counts, cause = data.total.counts, ""
    if other.version.rule != data.version.rule and "effective" in counts_used(other.version):
        counts, cause = {**counts, "effective": None}, "rule"
    verdict = found.at(counts)
    shown = t(f"incentive_verdict_{verdict}") if verdict else None
    if cause:
        return shown, None, cause
    change = effect(other.version, counts, actions()["close_unpaid"], MANY)
    unit = other.version.unit
    amount = Quantity(in_unit(change.change, unit), change_unit(unit), 3)
    # The head has the unit of the year's own.
    write = bare if unit == data.version.unit else stated
    return shown, write(amount, is_signed=True), change.cause


def unpaid_chart(data: KpiData) -> Chart | Markdown:
    """Return the curve of closing unpaid against the KPI's level lines, with the branches."""
    rows, combination = data.evaluations("branch"), in_indicators(data.version)
    known, nation = [row for row in rows if _moved(row)], rows[-1]
    if combination.expression is None:
        return Markdown(t("incentive_no_plane", name=formed(data.kpi_name, markdown_text)))
    if nation not in known:
        return Markdown(t("incentive_no_curve", pending=1 / _ARROW))
    branches = pd.DataFrame([_stand(row, data) for row in known])
    columns, index = (_axis(branches[[name, f"to_{name}"]]) for name in ("I1", "I2"))
    scale = scale_of(data.version.unit)
    values = surface(combination, columns / 100, index / 100) * scale
    levels = pd.DataFrame(values, index=index, columns=columns)
    at = MaxNLocator(_LINES).tick_values(np.nanmin(values), np.nanmax(values))

    def draw(figure: Figure, say: Say) -> None:
        draw_curve(
            levels,
            _curve(nation, columns, index),
            say.draws(branches.assign(label=branches["label"].map(say))),
            _marks(levels, at, say(_PERCENT) if scale == 100 else ""),
            figure.subplots(),
            at=at,
            labels=(say(t("incentive_curve_label")), say(t("incentive_curve_diagonal"))),
            names=(
                say(t("in_percent", name="I1 = E / C")),
                say(t("in_percent", name="I2 = E / P")),
            ),
        )

    # The curve crosses the KPI's level lines or is one of them.
    crossing = "along" if treatment(data.version).verdict == "neutral" else "across"
    return Chart(
        draw,
        t(
            f"caption_incentive_curve_{crossing}",
            name=data.kpi_name,
            share=Quantity(100 * _ARROW, "percent"),
        ),
        _alt(data, nation),
        data.grounds(data.cases.evidence),
        height_cm=9.2,
    )


def _moved(row: Evaluation) -> int:
    """Return how many pending cases an arrow closes; 0 where there is nothing to draw."""
    return int((row.counts["pending"] or 0) * _ARROW) if row.counts["effective"] else 0


def _stand(row: Evaluation, data: KpiData) -> dict[str, Item]:
    """Return where a branch stands, in percent, and where the arrow from it ends."""
    here, there = unpaid_curve(row.counts, [0, _moved(row)]).to_dict("records")
    return {
        "label": data.cases.place(row.by),
        "is_nation": row.by is None,
        **{name: float(100 * here[name]) for name in ("I1", "I2")},
        **{f"to_{name}": float(100 * there[name]) for name in ("I1", "I2")},
    }


def _axis(values: pd.DataFrame) -> Floats:
    """Return an axis that holds values with room around them, in percent over 0."""
    low, high = values.to_numpy().min(), values.to_numpy().max()
    room = max((high - low) * _ROOM, 1.0)
    return np.linspace(max(low - room, low / 2), high + room, _GRID)


def _curve(row: Evaluation, columns: Floats, index: Floats) -> pd.DataFrame:
    """Return the nation's curve inside the axes: 1/I1 + 1/I2 as it is."""
    total = float(curve_level(row.counts) or 0) / 100
    with np.errstate(divide="ignore"):
        frame = pd.DataFrame({"I1": columns, "I2": 1 / (total - 1 / columns)})
    return frame[frame["I2"].between(index[0], index[-1])]


def _marks(levels: pd.DataFrame, at: Sequence[float], suffix: str) -> pd.DataFrame:
    """Return the labels of the level lines: where they first cross the top, else the right."""
    right, top = float(levels.columns[-1]), float(levels.index[-1])
    edges = (levels.iloc[-1], True), (levels.iloc[:, -1], False)
    rows = []
    for value in at:
        for edge, is_top in edges:
            places = np.flatnonzero(np.diff(edge.to_numpy() > value))
            if len(places):
                ends = edge.iloc[places[0] : places[0] + 2].sort_values()
                place = float(np.interp(value, ends.to_numpy(), ends.index.to_numpy()))
                first, second = (place, top) if is_top else (right, place)
                label = announced(
                    with_minus(f"{value:g}{suffix}"), Quantity(Fraction(str(value)), "")
                )
                rows.append((label, first, second, is_top))
                break
    return pd.DataFrame(rows, columns=["label", "I1", "I2", "is_top"])


def _alt(data: KpiData, nation: Evaluation) -> Text:
    (here,) = unpaid_curve(nation.counts, [0]).to_dict("records")
    change = effect(data.version, nation.counts, actions()["close_unpaid"], _moved(nation)).change
    after = None if change is None else Fraction(nation.value.value or 0) + Fraction(change)
    return t(
        "alt_incentive_curve",
        name=data.kpi_name,
        before=nation.quantity(),
        after=Quantity(in_unit(after, nation.unit), nation.unit, nation.decimals),
        share=Quantity(100 * _ARROW, "percent"),
        first=Quantity(100 * Fraction(here["I1"]), "percent", 2),
        second=Quantity(100 * Fraction(here["I2"]), "percent", 2),
    )
