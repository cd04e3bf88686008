"""What thresholds and policies do, in one short table: what the yearly report shows of them."""

from collections.abc import Iterable
from fractions import Fraction

from closurerate.press.prose import Several
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, exactly, joined, t
from closurerate.study.thresholds.page import SMALL
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.wording_page import threshold_value
from closurerate.study.worlds.ensemble_page import (
    Ensemble,
    grounds_of_worlds,
    range_of,
)
from closurerate.study.worlds.page import world_quantities
from closurerate.year.changes import change_heading
from closurerate.year.kpi_words import tier_name
from closurerate.year.kpi_year import KpiData

_ENDS = ("low", "high")


def effects_table(data: KpiData, worlds: Ensemble | None) -> Table | Several:
    """Return what moved thresholds and policies do to the KPI in all worlds; nothing without any.

    Thresholds that hardly move it share a row, and the last is of no part-paid case counted.
    """
    if worlds is None:
        return Several(())
    every = worlds.found.worlds
    widest = max((_widest(worlds, item) for item in worlds.moved), default=0.0)
    shown = [item for item in worlds.moved if _widest(worlds, item) >= SMALL * widest > 0]
    rest = [item for item in worlds.moved if item not in shown]
    told: list[tuple[Item, Item, Iterable[float | None]]] = [
        (_name(data, item), _value(item, end), _changes(worlds, item, end))
        for item in shown
        for end in _ENDS
    ]
    if rest:
        changes = [one for item in rest for end in _ENDS for one in _changes(worlds, item, end)]
        told.append((joined(_ranged(data, item) for item in rest), t("effects_ends"), changes))
    told += [
        (*_policy(name), [world.variants.get(name) for world in every])
        for name in worlds.found.base.variants
        if name != "indexed"  # rests on a price index that is but assumed
    ]
    alone = (t("effects_full_alone"), t("effects_full_alone_to"))
    told.append((*alone, _without_part_paid(data, worlds)))
    tiers = joined(
        Run((tier_name(tier), exactly(tier.ratio)), " ") for tier in data.version.rule.tiers
    )
    return Table(
        [
            *words("effects_of", "effects_to"),
            *numbers(t("change_in", unit=change_heading(data.version.unit))),
        ],
        [(name, to, _range(changes, data.version.decimals - 1)) for name, to, changes in told],
        t("caption_effects", name=data.kpi_name, count=len(every)),
        grounds_of_worlds(data),
        t("note_effects", tiers=tiers),
    )


def _range(changes: Iterable[float | None], decimals: int) -> Item:
    """Return a range to a digit less than the KPI's; how far one goes that is nearly none."""
    known = [abs(change) for change in changes if change is not None]
    least = Fraction(1, 10**decimals)
    if known and max(known) < least:
        return t("effects_within", least=exactly(least))
    return range_of(changes, decimals)


def _changes(worlds: Ensemble, item: Parameter, end: str) -> list[float | None]:
    return [world.swings[item.name][end] for world in worlds.found.worlds]


def _widest(worlds: Ensemble, item: Parameter) -> float:
    return max(abs(change or 0.0) for end in _ENDS for change in _changes(worlds, item, end))


def _name(data: KpiData, item: Parameter) -> Item:
    return t(f"effects_name_{item.kind}", tier=tier_name(data.version.rule.tiers[item.place]))


def _ranged(data: KpiData, item: Parameter) -> Item:
    low, high = (_value(item, end) for end in _ENDS)
    return t("effects_ranged", name=_name(data, item), low=low, high=high)


def _value(item: Parameter, end: str) -> Item:
    key = "effects_times" if item.kind == "ratio" else "effects_boundary"
    return t(key, value=threshold_value(item, getattr(item, end)))


def _policy(name: str) -> tuple[Item, Item]:
    """Return what a policy changes, and to what, from its name: `uniform_0.5`, `equal`."""
    kind, _, value = name.partition("_")
    ratio = exactly(Fraction(value)) if value else ""
    return t(f"effects_{kind}"), t(f"effects_{kind}_to", value=ratio)


def _without_part_paid(data: KpiData, worlds: Ensemble) -> list[float | None]:
    """Return the least and greatest change where only cases paid in full count."""
    found, rate = world_quantities(data, worlds), data.figures["rate"].value
    ends = [found.get(f"full_alone_{end}") for end in _ENDS]
    return [
        None
        if one is None or one.value is None or rate is None
        else float(Fraction(one.value) - Fraction(rate))
        for one in ends
    ]
