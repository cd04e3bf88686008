"""What is shown of how far synthetic worlds lie apart: what moves the KPI in each, and ranks."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from closurerate.cases.vocabulary import BRANCHES
from closurerate.press.chart import Chart
from closurerate.press.print.looks import CM_PER_INCH
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    clauses,
    formed,
    joined,
    t,
    unique,
)
from closurerate.quantity import Quantity
from closurerate.study.thresholds.drawing import write_below
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

_ROW_CM = 0.38
_TOLD_CM = 0.7
"""For what is told below a chart."""


def worlds_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return what moving each threshold does to the KPI in every world; nothing without any.

    Moves whose dots would all stand at zero are told below the others, and kept as data.
    """
    if worlds is None:
        return Several(())
    moves = _moves(data, worlds)
    if not moves:
        return Markdown(t("left_out_sentence"))
    widest = max(move.width for move in moves)
    hidden = [move for move in moves if move.width < SMALL * widest]
    drawn = [place for place, move in enumerate(moves) if move not in hidden]
    rows = [(move.label, move.text, list(move.changes), move.base) for move in moves]

    def draw(figure: Figure, say: Say) -> None:
        if hidden:
            figure.set_figheight(figure.get_figheight() + _TOLD_CM / CM_PER_INCH)
            write_below(figure, say(_others(data, hidden)))
        draw_strips(
            say.frame(rows, "label", "text", "values", "base").loc[drawn].reset_index(drop=True),
            figure.subplots(),
            xlabel=say(t("change_in", unit=change_heading(data.version.unit))),
            marks=[say(t(f"world_mark_{name}")) for name in ("base", "each")],
        )

    caption = t("caption_worlds_changes", name=data.kpi_name, count=len(worlds.found.worlds))
    items = clauses(Run((move.label, move.text), " ") for move in moves)
    alt = t("alt_worlds_changes", items=items)
    return Chart(draw, caption, alt, grounds_of_worlds(data), _ROW_CM * len(drawn) + 2)


@dataclass(frozen=True)
class _Move:
    """A threshold moved to an end of its range: what it does in each world, and as declared."""

    threshold: Parameter
    label: Text
    text: Item
    changes: tuple[float, ...]
    base: float

    @property
    def width(self) -> float:
        """The widest change in any world."""
        return max(map(abs, self.changes))


def _moves(data: KpiData, worlds: Ensemble) -> list[_Move]:
    """Return the changes at each end of each range in every world."""
    base, found, most = worlds.found.base, [], data.version.decimals + 1
    for item in worlds.moved:
        for end in ("low", "high") if item.name in base.swings else ():
            own = base.swings[item.name][end]
            changes = [world.swings[item.name][end] for world in worlds.found.worlds]
            known = tuple(change for change in changes if change is not None)
            if known and own is not None:
                label = _end_name(item, end, data)
                found.append(_Move(item, label, range_of(known, most), known, own))
    return found


def _others(data: KpiData, moves: Sequence[_Move]) -> Text:
    """Return in one line what moves do that are not drawn: whose they are, and their range."""
    names = unique(
        formed(
            t(f"threshold_{move.threshold.kind}", tier=_tier_name(move.threshold, data)), str.lower
        )
        for move in moves
    )
    changes = [change for move in moves for change in move.changes]
    spread = range_of(changes, data.version.decimals)
    return t("world_others", count=len(moves), names=joined(names), range=spread)


def _end_name(item: Parameter, end: str, data: KpiData) -> Text:
    value = item.low if end == "low" else item.high
    return t(f"world_{item.kind}", tier=_tier_name(item, data), value=threshold_value(item, value))


def _tier_name(item: Parameter, data: KpiData) -> Text:
    return tier_name(data.version.rule.tiers[item.place])


def worlds_ranks_chart(
    data: KpiData, worlds: Ensemble | None, *, has_base: bool = True
) -> Chart | Markdown | Several:
    """Return each branch's best, median and worst rank over the worlds; nothing without any.

    Args:
        has_base: Whether the world that the page's own rows are is marked; the branches then stand
            by their ranks, else by their letters.
    """
    if worlds is None:
        return Several(())
    ranks = branch_ranks(worlds.found)
    if ranks.empty:
        return Markdown(t("no_worlds_ranks"))
    if has_base:
        ranks = ranks.sort_values(["median", "base"], kind="stable")
    else:
        places = {name: place for place, name in enumerate(BRANCHES)}
        ranks = ranks.sort_values("branch", key=lambda names: names.map(places), kind="stable")
        ranks = ranks.drop(columns="base")

    def draw(figure: Figure, say: Say) -> None:
        draw_rank_ranges(
            say.draws(
                ranks.assign(label=[say(data.cases.place(name)) for name in ranks["branch"]]).drop(
                    columns="branch"
                )
            ),
            figure.subplots(),
            xlabel=say(t("rank_axis")),
            marks=[
                say(t(f"world_mark_{name}")) for name in (["base"] * has_base + ["span", "median"])
            ],
        )

    items = [
        Run(
            (data.cases.place(row["branch"]), interval(int(row["best"]), int(row["worst"]), 0)), " "
        )
        for row in ranks.to_dict("records")
    ]
    caption = t("caption_worlds_ranks", name=data.kpi_name, count=len(worlds.found.worlds))
    alt = t("alt_worlds_ranks", items=joined(items))
    return Chart(draw, caption, alt, grounds_of_worlds(data), _ROW_CM * len(ranks) + 1.9)


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
