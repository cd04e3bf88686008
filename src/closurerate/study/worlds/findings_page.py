"""What thresholds do as sentences tell it: over all worlds, where the cases are made up."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from closurerate.press.prose import Finding, Markdown
from closurerate.press.text import Item, bare, spaced, t
from closurerate.study.thresholds.page import leading_threshold
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.variants import COMPARISON, UNIFORM
from closurerate.study.thresholds.variants_page import changes_by_variant
from closurerate.study.thresholds.wording_page import leading_names
from closurerate.study.worlds.ensemble_page import Ensemble, among, range_of
from closurerate.study.worlds.world import World
from closurerate.year.changes import with_change_unit


def leading_finding(
    data: ThresholdData, worlds: Ensemble | None, *, zh: str, en: str
) -> Finding | Markdown:
    """Return a sentence on the threshold with the widest effect; see `leading_threshold`.

    Of made-up cases each change is its range over the worlds, and `{leading_in}` says in how many
    of them this threshold comes first; nothing of real ones.
    """
    leading = None if worlds is None else _leading(worlds)
    if worlds is None or leading is None:
        figures, names = leading_threshold(data)
        return data.say(figures, {**names, "leading_in": ""}, zh=zh, en=en)
    (item, count), version = leading, data.index.version
    every = worlds.found.worlds
    others = [_widest(world, other) for world in every for other in worlds.moved if other != item]
    told = {
        **leading_names(data, item, (item.low, item.high)),
        "leading_in": spaced(("", t("world_leading_in", among=among(count, len(every))))),
        "leading_low": _range(data, (world.swings[item.name]["low"] for world in every)),
        "leading_high": _range(data, (world.swings[item.name]["high"] for world in every)),
        "second_widest": with_change_unit(
            bare(Fraction(max(others, default=0)), version.decimals), version.unit
        ),
    }
    return data.kpi.say({}, told, zh=zh, en=en, at_best="worlds")


def variants_finding(
    data: ThresholdData, worlds: Ensemble | None, *, zh: str, en: str
) -> Finding | Markdown:
    """Return a sentence on the named policies; see `changes_by_variant`.

    Of made-up cases each change is its range over the worlds.
    """
    figures, named = changes_by_variant(data)
    sign = "strict" if data.index.version.rule.is_equal_effective else "equal"
    names = {**named, "comparison_told": t(f"comparison_told_{sign}")}
    if worlds is None:
        return data.say(figures, names, zh=zh, en=en)
    every = worlds.found.worlds
    uniform = [name for name in worlds.found.base.variants if name.startswith(UNIFORM)]
    keys = {f"{UNIFORM}_{place}": name for place, name in enumerate(uniform, start=1)}
    keys |= {
        COMPARISON: "equal" if "equal" in worlds.found.base.variants else "strict",
    }
    ranges = {
        f"change_{name}": _range(data, (world.variants.get(key) for world in every))
        for name, key in keys.items()
    }
    return data.kpi.say({}, names | ranges, zh=zh, en=en, at_best="worlds")


def _leading(worlds: Ensemble) -> tuple[Parameter, int] | None:
    """Return the threshold that has the widest effect in most worlds, and in how many it is."""
    first = Counter(
        max(worlds.moved, key=lambda item: _widest(world, item)) for world in worlds.found.worlds
    )
    [(item, count)] = first.most_common(1)
    is_moving = any(_widest(world, item) for world in worlds.found.worlds)
    return (item, count) if is_moving else None


def _widest(world: World, item: Parameter) -> float:
    return max(abs(change or 0.0) for change in world.swings[item.name].values())


def _range(data: ThresholdData, changes: Iterable[float | None]) -> Item:
    """Return the range of a change over the worlds, to the digits that it bears, with its unit."""
    version = data.index.version
    return with_change_unit(range_of(changes, version.decimals + 1), version.unit)
