"""What is shown of how far synthetic worlds lie apart: what moves the KPI in each, and ranks."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import partial

from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    bare,
    clauses,
    formed,
    joined,
    stated,
    t,
)
from closurerate.quantity import Quantity, borne, number
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.wording_page import threshold_value
from closurerate.study.worlds.conclusions import branch_ranks
from closurerate.study.worlds.drawing import draw_rank_ranges, draw_strips
from closurerate.study.worlds.ensemble_page import Ensemble, grounds_of_worlds, policy_name
from closurerate.study.worlds.world import World
from closurerate.year.changes import change_heading, change_unit, interval
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData

_ROW_CM = 0.56


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
    """Return the changes at each end of each range, and by each variant, in every world."""
    base, rows, most = worlds.found.base, [], data.version.decimals + 1
    every = (base, *worlds.found.worlds)
    moves: list[tuple[Item, list[float | None]]] = [
        (_end_name(item, end, data), [world.swings[item.name][end] for world in every])
        for item in worlds.moved
        for end in ("low", "high")
        if item.name in base.swings
    ]
    moves += [
        (policy_name(name), [world.variants.get(name) for world in every]) for name in base.variants
    ]
    for label, (own, *others) in moves:
        values = [change for change in others if change is not None]
        if values and own is not None:
            low, high = Fraction(min(values)), Fraction(max(values))
            told = interval(low, high, borne(low, high, most), is_signed=True)
            rows.append((label, told, values, own))
    return rows


def spread_finding(
    data: KpiData, worlds: Ensemble | None, *, zh: str, en: str
) -> Finding | Markdown | Several:
    """Return a computed sentence on how far worlds lie apart; nothing without any.

    Of thresholds as in `_of_thresholds`; of one ratio for all tiers, the one that lowers the KPI
    most: `uniform`, and by what: `at_uniform`; of ranks: over how many a branch moves,
    `span_least` to `span_most`, of `branches`.
    """
    if worlds is None:
        return Several(())
    figures, names = _of_thresholds(data, worlds)
    figures["worlds"] = _count(len(worlds.found.worlds))
    uniform = {
        key: change
        for key, change in worlds.found.base.variants.items()
        if key.startswith("uniform") and change is not None
    }
    if uniform:
        lowest = min(uniform, key=uniform.__getitem__)
        names["uniform"] = policy_name(lowest)
        names["at_uniform"] = _range([one.variants[lowest] for one in worlds.found.worlds], data)
    ranks = branch_ranks(worlds.found)
    if not ranks.empty:
        spans = ranks["worst"] - ranks["best"] + 1
        counts = {"span_least": spans.min(), "span_most": spans.max(), "branches": len(ranks)}
        figures |= {key: _count(int(number_of)) for key, number_of in counts.items()}
    return data.say(figures, names, zh=zh, en=en, at_best="worlds")


def _count(value: int) -> Quantity:
    return Quantity(value, "count", 0, "worlds")


def _of_thresholds(data: KpiData, worlds: Ensemble) -> tuple[dict[str, Quantity], dict[str, Item]]:
    """Return what a sentence on thresholds can name.

    `leading`: the one that moves the KPI most in most worlds, from `leading_from` to `leading_to`,
    in `leading_in` of them; `at_from`, `at_to`: what it does there; `others`: the most that another
    does. Nothing where there is no threshold.
    """
    found, digits = worlds.found.worlds, data.version.decimals
    leads = Counter(
        max(world.swings, key=partial(_reach, world)) for world in found if world.swings
    )
    if not leads:
        return {}, {}
    name, count = leads.most_common(1)[0]
    leading = next(item for item in worlds.moved if item.name == name)
    others = [_reach(world, other) for world in found for other in world.swings if other != name]
    unit = change_unit(data.version.unit)
    widest = Quantity(Fraction(max(others, default=0)), unit, digits, "worlds")
    tier = tier_name(data.version.rule.tiers[leading.place])
    words = formed(t(f"threshold_{leading.kind}", tier=tier), str.lower)
    return {"leading_in": _count(count), "others": widest}, {
        "leading": formed(words, markdown_text),
        "leading_from": threshold_value(leading, leading.low),
        "leading_to": threshold_value(leading, leading.high),
        "at_from": _range([world.swings[name]["low"] for world in found], data),
        "at_to": _range([world.swings[name]["high"] for world in found], data),
    }


def _reach(world: World, name: str) -> float:
    """Return the widest change of the KPI at an end of a threshold's range."""
    return max((abs(end) for end in world.swings[name].values() if end is not None), default=0.0)


def _range(changes: Iterable[float | None], data: KpiData) -> Item:
    """Return the least and the greatest of changes, with their unit."""
    known = [Fraction(change) for change in changes if change is not None]
    if not known:
        return t("not_defined")
    unit, digits = change_unit(data.version.unit), data.version.decimals
    low, high = (Quantity(end, unit, digits, "worlds") for end in (min(known), max(known)))
    if number(low.value, digits) == number(high.value, digits):
        return stated(high, is_signed=True)
    return t("interval", low=bare(low, is_signed=True), high=stated(high, is_signed=True))


def _end_name(item: Parameter, end: str, data: KpiData) -> Text:
    value = item.low if end == "low" else item.high
    tier = tier_name(data.version.rule.tiers[item.place])
    return t(f"world_{item.kind}", tier=tier, value=threshold_value(item, value))


def worlds_ranks_chart(data: KpiData, worlds: Ensemble | None) -> Chart | Markdown | Several:
    """Return each branch's best, median and worst rank over the worlds; nothing without any."""
    if worlds is None:
        return Several(())
    ranks = branch_ranks(worlds.found).sort_values(["median", "base"], kind="stable")
    if ranks.empty:
        return Markdown(t("no_worlds_ranks"))

    def draw(figure: Figure, say: Say) -> None:
        draw_rank_ranges(
            ranks.assign(label=[say(data.cases.place(name)) for name in ranks["branch"]]),
            figure.subplots(),
            xlabel=say(t("rank_axis")),
            marks=[say(t(f"world_mark_{name}")) for name in ("base", "span", "median")],
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
