"""What is shown of how far synthetic worlds lie apart: what moves the KPI in each, and ranks."""

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


def worlds_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return what moving each threshold does to the KPI in every world; nothing without any."""
    if worlds is None:
        return Several(())
    rows = _changes(data, worlds)
    if not rows:
        return Markdown(t("left_out_sentence"))

    def draw(figure: Figure, say: Say) -> None:
        draw_strips(
            say.frame(rows, "label", "text", "values", "base"),
            figure.subplots(),
            xlabel=say(t("change_in", unit=change_heading(data.version.unit))),
            marks=[say(t(f"world_mark_{name}")) for name in ("base", "each")],
        )

    caption = t("caption_worlds_changes", name=data.kpi_name, count=len(worlds.found.worlds))
    items = clauses(Run((label, text), " ") for label, text, *_ in rows)
    alt = t("alt_worlds_changes", items=items)
    return Chart(draw, caption, alt, grounds_of_worlds(data), _ROW_CM * len(rows) + 2)


def _changes(data: KpiData, worlds: Ensemble) -> list[tuple[Item, Item, list[float], float]]:
    """Return the changes at each end of each range in every world."""
    base, rows, most = worlds.found.base, [], data.version.decimals + 1
    every = (base, *worlds.found.worlds)
    moves: list[tuple[Item, list[float | None]]] = [
        (_end_name(item, end, data), [world.swings[item.name][end] for world in every])
        for item in worlds.moved
        for end in ("low", "high")
        if item.name in base.swings
    ]
    for label, (own, *others) in moves:
        values = [change for change in others if change is not None]
        if values and own is not None:
            rows.append((label, range_of(values, most), values, own))
    return rows


def _end_name(item: Parameter, end: str, data: KpiData) -> Text:
    value = item.low if end == "low" else item.high
    tier = tier_name(data.version.rule.tiers[item.place])
    return t(f"world_{item.kind}", tier=tier, value=threshold_value(item, value))


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
