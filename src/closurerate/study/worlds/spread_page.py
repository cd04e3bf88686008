"""What is shown of how far synthetic worlds lie apart: what moves the KPI in each, and ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from closurerate.cases.vocabulary import BRANCHES
from closurerate.press.chart import Chart
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    clauses,
    joined,
    t,
)
from closurerate.quantity import Quantity
from closurerate.study.thresholds.page import SMALL
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.wording_page import threshold_value
from closurerate.study.worlds.conclusions import branch_ranks
from closurerate.study.worlds.drawing import draw_rank_ranges, draw_strips
from closurerate.study.worlds.ensemble_page import (
    Ensemble,
    grounds_of_worlds,
    range_of,
)
from closurerate.year.changes import change_heading, interval
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData

_ROW_CM = 0.33
_STRIP_CM = 0.9
_BESIDE_STRIPS = (0.45, 0.62, 0.3)
"""Where strips leave room, as `print.chart.MIDDLE`."""


def worlds_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return what moving each threshold does to the KPI in every world; nothing without any.

    Moves whose dots would all stand at zero share a row, and are kept one by one as data.
    """
    if worlds is None:
        return Several(())
    moves = _moves(data, worlds)
    if not moves:
        return Markdown(t("left_out_sentence"))
    widest = max(move.width for move in moves)
    hidden = [move for move in moves if move.width < SMALL * widest]
    drawn = [place for place, move in enumerate(moves) if move not in hidden]
    rows = [(move.label, move.text, list(move.changes)) for move in moves]
    others = [_others(data, hidden)] if hidden else []

    def draw(figure: Figure, say: Say) -> None:
        columns = ["label", "text", "values"]
        shared = pd.DataFrame(
            [(say(label), say(text), values) for label, text, values in others], columns=columns
        )
        draw_strips(
            pd.concat([say.frame(rows, *columns).loc[drawn], shared], ignore_index=True),
            figure.subplots(),
            xlabel=say(t("change_in", unit=change_heading(data.version.unit))),
        )

    caption = t("caption_worlds_changes", name=data.kpi_name, count=len(worlds.found.worlds))
    items = clauses(Run((move.label, move.text), " ") for move in moves)
    alt = t("alt_worlds_changes", items=items)
    height_cm = _STRIP_CM * (len(drawn) + len(others)) + 1.3
    return Chart(draw, caption, alt, grounds_of_worlds(data), height_cm, _BESIDE_STRIPS)


@dataclass(frozen=True)
class _Move:
    """A threshold moved to an end of its range: what it does in each world."""

    label: Text
    text: Item
    changes: tuple[float, ...]

    @property
    def width(self) -> float:
        """The widest change in any world."""
        return max(map(abs, self.changes))


def _moves(data: KpiData, worlds: Ensemble) -> list[_Move]:
    """Return the changes at each end of each range in every world."""
    base, found, most = worlds.found.base, [], data.version.decimals + 1
    for item in worlds.moved:
        for end in ("low", "high") if item.name in base.swings else ():
            changes = [world.swings[item.name][end] for world in worlds.found.worlds]
            known = tuple(change for change in changes if change is not None)
            if known:
                label = _end_name(item, end, data)
                found.append(_Move(label, range_of(known, most), known))
    return found


def _others(data: KpiData, moves: Sequence[_Move]) -> tuple[Text, Item, list[float]]:
    """Return the row that moves share: how many they are, their range, and all their changes."""
    changes = [change for move in moves for change in move.changes]
    spread = range_of(changes, data.version.decimals)
    return t("world_others", count=len(moves)), spread, changes


def _end_name(item: Parameter, end: str, data: KpiData) -> Text:
    value = item.low if end == "low" else item.high
    tier = tier_name(data.version.rule.tiers[item.place])
    return t(f"world_{item.kind}", tier=tier, value=threshold_value(item, value))


def worlds_ranks_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return each branch's best and worst rank over the worlds, by their letters.

    No middle is shown: it would only tell what the generator assumes.

    Nothing without any worlds.
    """
    if worlds is None:
        return Several(())
    ranks = branch_ranks(worlds.found)
    if ranks.empty:
        return Markdown(t("no_worlds_ranks"))
    places = {name: place for place, name in enumerate(BRANCHES)}
    ranks = ranks.sort_values("branch", key=lambda names: names.map(places), kind="stable")
    ranks = ranks.drop(columns=["base", "median"])

    def draw(figure: Figure, say: Say) -> None:
        draw_rank_ranges(
            say.draws(
                ranks.assign(label=[say(data.cases.place(name)) for name in ranks["branch"]]).drop(
                    columns="branch"
                )
            ),
            figure.subplots(),
            xlabel=say(t("rank_axis")),
        )

    items = [
        Run(
            (data.cases.place(row["branch"]), interval(int(row["best"]), int(row["worst"]), 0)), " "
        )
        for row in ranks.to_dict("records")
    ]
    caption = t("caption_worlds_ranks", name=data.kpi_name, count=len(worlds.found.worlds))
    alt = t("alt_worlds_ranks", items=joined(items))
    return Chart(draw, caption, alt, grounds_of_worlds(data), _ROW_CM * len(ranks) + 1.3)


def rank_spans_finding(
    data: KpiData, worlds: Ensemble | None, *, zh: str, en: str
) -> Finding | Markdown | Several:
    """Return a computed sentence on over how many ranks a branch moves; nothing without worlds.

    It may name `span_least` and `span_most`, of `branches`, and how many `worlds` there are.
    """
    if worlds is None:
        return Several(())
    ranks, figures = branch_ranks(worlds.found), dict[str, Quantity]()
    if not ranks.empty:
        spans = ranks["worst"] - ranks["best"] + 1
        counts = {
            "worlds": len(worlds.found.worlds),
            "span_least": int(spans.min()),
            "span_most": int(spans.max()),
            "branches": len(ranks),
        }
        figures = {name: Quantity(value, "count", 0, "worlds") for name, value in counts.items()}
    return data.say(figures, zh=zh, en=en, at_best="worlds")
