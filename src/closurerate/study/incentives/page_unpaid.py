"""Closing with nothing paid as it is shown: a table of formulas and a chart of the curve."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from closurerate.kpi.combination import in_indicators
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import Evaluation, in_unit, scale_of
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Chart, Column, Markdown, Table
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.quantity import UNDEFINED, Quantity, number, printed
from closurerate.records.placeholders import weakest
from closurerate.study.alternatives import alternatives
from closurerate.study.formula.surface import FloatGrid, surface
from closurerate.study.incentives import page_drawing as incentive_figures
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.page_data import (
    MANY,
    NOT_KNOWN,
    condition_text,
    counts_evidence,
    one_piece_note,
    unknown_note,
)
from closurerate.study.incentives.unpaid import (
    Treatment,
    Verdict,
    curve_level,
    treatment,
    unpaid_curve,
)
from closurerate.year.changes import change_unit
from closurerate.year.kpi_year import KpiData

_ARROW = Fraction(1, 20)
"""Share of the pending cases that the arrows close, so that they can be seen."""
_GRID = 121
_ROOM = 0.15
_SUFFIX = {"zh-Hant": "%", "en": " %"}
_LINES = 12


def unpaid_table(data: KpiData) -> Table:
    """Return what each formula makes of closing cases with nothing paid, where, and how much."""
    language = data.language
    definitions = alternatives(data.year, data.definition.id)
    found = {one.id: treatment(one.in_force(data.year)) for one in definitions}
    rests = data.at_best(
        weakest([counts_evidence(replace(data, definition=one)) for one in definitions])
    )
    is_proved = all(one.is_proved for one in found.values())
    mark = "last" if all(one.stances for one in found.values()) else "both"
    here = {
        one.id: _here(replace(data, definition=one), data, found[one.id]) for one in definitions
    }
    return Table(
        columns=(
            Column(word("kpi", language), width=0.28),
            *(Column(word(f"incentive_verdict_{verdict}", language)) for verdict in _VERDICTS),
            Column(word("incentive_unpaid_here", language, year=data.year)),
            Column(word("incentive_unpaid_effect", language, times=number(MANY)), "right", 0.19),
        ),
        rows=tuple(
            (
                one.name[language],
                *(_where(found[one.id], verdict, language) for verdict in _VERDICTS),
                *here[one.id][:2],
            )
            for one in definitions
        ),
        caption=word("caption_incentive_unpaid", language),
        note=word(
            "note_incentive_unpaid" if is_proved else "note_incentive_unpaid_searched", language
        )
        + one_piece_note(found.values(), language)
        + unknown_note((cause for *_, cause in here.values()), language, mark),
        source=data.cases.source_line(rests),
        evidence=rests,
        language=language,
    )


_VERDICTS: tuple[Verdict, ...] = ("rewards", "neutral", "penalises")


def _where(found: Treatment, verdict: Verdict, language: Language) -> str:
    """Return where a formula gives a verdict, a line for each region, or a dash."""
    if not found.stances:
        return NOT_KNOWN
    regions = (one.conditions for one in found.stances if one.verdict == verdict)
    return "\n".join(condition_text(one, language) for one in regions) or UNDEFINED


def _here(other: KpiData, data: KpiData, found: Treatment) -> tuple[str, str, str]:
    """Return what another KPI does in the nation, by how much, and why something is not known.

    Its rule may make other effective cases of the same closed and pending ones: then the amount is
    not known, and the verdict is where it does not depend on the effective cases.
    """
    counts, cause = data.total.counts, ""
    if other.version.rule != data.version.rule and "effective" in counts_used(other.version):
        counts, cause = {**counts, "effective": None}, "rule"
    verdict = found.at(counts)
    shown = word(f"incentive_verdict_{verdict}", data.language) if verdict else UNDEFINED
    if cause:
        return shown, UNDEFINED, cause
    change = effect(other.version, counts, actions()["close_unpaid"], MANY)
    unit = other.version.unit
    amount = Quantity(in_unit(change.change, unit), change_unit(unit), 3)
    return shown, printed(amount, data.language, signed=True), change.cause


def unpaid_chart(data: KpiData) -> Chart | Markdown:
    """Return the curve of closing unpaid against the KPI's level lines, with the branches."""
    language, rows = data.language, data.evaluations("branch")
    combination = in_indicators(data.version)
    known = [row for row in rows if _moved(row)]
    if combination.expression is None:
        return Markdown(word("incentive_no_plane", language, name=markdown_text(data.name)))
    if rows[-1] not in known:
        return Markdown(word("incentive_no_curve", language, pending=number(1 / _ARROW)))
    branches = pd.DataFrame([_stand(row, language) for row in known])
    columns, index = (_axis(branches[[name, f"to_{name}"]]) for name in ("I1", "I2"))
    scale = scale_of(data.version.unit)
    values = surface(combination, columns / 100, index / 100) * scale
    levels = pd.DataFrame(values, index=index, columns=columns)
    at = MaxNLocator(_LINES).tick_values(np.nanmin(values), np.nanmax(values))
    with drawing(language, 11.0) as axes:
        incentive_figures.draw_curve(
            levels,
            _curve(rows[-1], columns, index),
            branches,
            _marks(levels, at, _SUFFIX[language] if scale == 100 else ""),
            axes,
            at=at,
            labels=(
                word("incentive_curve_label", language),
                word("incentive_curve_diagonal", language),
            ),
            names=(
                word("in_percent", language, name="I1 = E / C"),
                word("in_percent", language, name="I2 = E / P"),
            ),
        )
        return Chart(
            axes.get_figure(),
            caption=word(f"caption_incentive_curve_{_crossing(data)}", language, name=data.name),
            alt=_alt(data, rows[-1]),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def _crossing(data: KpiData) -> str:
    """Return whether the curve crosses the KPI's level lines or is one of them."""
    return "along" if treatment(data.version).verdict == "neutral" else "across"


def _moved(row: Evaluation) -> int:
    """Return how many pending cases an arrow closes; 0 where there is nothing to draw."""
    return int((row.counts["pending"] or 0) * _ARROW) if row.counts["effective"] else 0


def _stand(row: Evaluation, language: str) -> dict[str, str | bool | float]:
    """Return where a branch stands, in percent, and where the arrow from it ends."""
    here, there = unpaid_curve(row.counts, [0, _moved(row)]).to_dict("records")
    return {
        "label": word(row.by or "nation", language),
        "is_nation": row.by is None,
        **{name: float(100 * here[name]) for name in ("I1", "I2")},
        **{f"to_{name}": float(100 * there[name]) for name in ("I1", "I2")},
    }


def _axis(values: pd.DataFrame) -> FloatGrid:
    """Return an axis that holds values with room around them, in percent over 0."""
    low, high = values.to_numpy().min(), values.to_numpy().max()
    room = max((high - low) * _ROOM, 1.0)
    return np.linspace(max(low - room, low / 2), high + room, _GRID)


def _curve(row: Evaluation, columns: FloatGrid, index: FloatGrid) -> pd.DataFrame:
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
                rows.append((f"{value:g}{suffix}", first, second, is_top))
                break
    return pd.DataFrame(rows, columns=["label", "I1", "I2", "is_top"])


def _alt(data: KpiData, nation: Evaluation) -> str:
    language = data.language
    (here,) = unpaid_curve(nation.counts, [0]).to_dict("records")
    change = effect(data.version, nation.counts, actions()["close_unpaid"], _moved(nation)).change
    after = None if change is None else Fraction(nation.value.value or 0) + Fraction(change)
    quantities = {
        "before": nation.quantity(),
        "after": Quantity(in_unit(after, nation.unit), nation.unit, nation.decimals),
        "share": Quantity(100 * _ARROW, "percent"),
        "first": Quantity(100 * Fraction(here["I1"]), "percent", 2),
        "second": Quantity(100 * Fraction(here["I2"]), "percent", 2),
    }
    texts = {name: printed(quantity, language) for name, quantity in quantities.items()}
    return word("alt_incentive_curve", language, name=data.name, **texts)
