"""What moved thresholds do, as ranges over all worlds in place of one made-up year's figures.

Without worlds the pages of the rows themselves stand here, as they do on real cases.
"""

from collections.abc import Iterator
from fractions import Fraction

from closurerate.press.prose import Markdown, Several
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, Run, Text, bare, exactly, joined, t
from closurerate.quantity import borne
from closurerate.study.thresholds import page, variants_page
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.variants import COMPARISON, PRICES, UNIFORM, Variant
from closurerate.study.thresholds.wording_page import (
    in_change,
    name_in_text,
    parameter_name,
    threshold_value,
    thresholds_columns,
)
from closurerate.study.worlds.ensemble_page import Ensemble, grounds_of_worlds, range_of
from closurerate.study.worlds.spread_page import worlds_chart
from closurerate.year.changes import interval

_DIGITS = 4
"""Of how far a ratio moves."""


def one_at_a_time(data: ThresholdData, worlds: Ensemble | None) -> Several:
    """Return what one threshold does to the KPI: in every world, else over its range and ends."""
    if worlds is not None:
        return Several((worlds_chart(data.kpi, worlds),))
    shows = (page.steps_chart, page.tornado_chart, page.sensitivity_table)
    return Several((Markdown(t("threshold_public_curves")), *(show(data) for show in shows)))


def moves_table(data: ThresholdData, worlds: Ensemble | None) -> Table:
    """Return how far a threshold moves until the printed figure changes.

    The worlds know it of ratios; the reasons of the ranges stand here where they are shown.
    """
    if worlds is None:
        return page.breakpoints_table(data)
    rows = [
        (
            _row_name(data, item),
            threshold_value(item, item.official),
            t("interval", **{end: threshold_value(item, getattr(item, end)) for end in _ENDS}),
            _distance(worlds, item.name),
        )
        for item in data.moved
    ]
    heads = ("threshold_in_force", "threshold_range", "threshold_distance")
    return Table(
        [*words("threshold"), *numbers(*heads)],
        rows,
        t("caption_worlds_moves", count=len(worlds.found.worlds)),
        grounds_of_worlds(data.kpi),
        Run((*_moves_notes(data, worlds), page.ranges_note(data)), "\n"),
    )


def _moves_notes(data: ThresholdData, worlds: Ensemble) -> Iterator[Text]:
    """Yield what a move is, and which ratios' lie beyond the ranges studied in some world."""
    yield t("note_worlds_moves")
    beyond = [
        name_in_text(data, item)
        for item in data.moved
        if any(
            (world.distances.get(item.name) or 0)
            > max(item.high - item.official, item.official - item.low)
            for world in worlds.found.worlds
        )
    ]
    if beyond:
        yield t("note_worlds_moves_beyond", names=joined(beyond))


_ENDS = ("low", "high")


def _row_name(data: ThresholdData, item: Parameter) -> Text:
    """Return a threshold's name, with the unit of an amount."""
    name = parameter_name(data, item)
    return name if item.kind == "ratio" else t("threshold_in_twd", name=name)


def _distance(worlds: Ensemble, name: str) -> Item:
    """Return the range of a ratio's move; from the least one where some worlds have none."""
    found = [world.distances.get(name) for world in worlds.found.worlds]
    known = [Fraction(distance) for distance in found if distance is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    if len(known) < len(found):
        return t("world_at_least", low=bare(low, borne(low, 1, _DIGITS)))
    digits = borne(low, high, _DIGITS)
    if not low < high or low >= Fraction(1, 10**digits):
        return interval(low, high, digits)
    return t("world_at_most", high=bare(high, digits))


def policies_table(data: ThresholdData, worlds: Ensemble | None) -> Table:
    """Return what each named policy does to the KPI: over all worlds, else on the rows."""
    if worlds is None:
        return variants_page.variants_table(data)
    base, most = worlds.found.base.variants, data.index.version.decimals
    named = [(found.variant, _key(found.variant)) for found in data.variants]
    rows = [
        (
            variants_page.variant_name(variant),
            *variants_page.thresholds_told(variant),
            range_of((world.variants.get(key) for world in worlds.found.worlds), most),
        )
        for variant, key in named
        if key in base
    ]
    columns = [
        *words("threshold_variant"),
        *thresholds_columns(data),
        *numbers(in_change(data, "change_in")),
    ]
    factor = exactly(data.settings.variants.price_factor)
    count = len(worlds.found.worlds)
    return Table(
        columns,
        rows,
        t("caption_worlds_policies", name=data.kpi.kpi_name, count=count),
        grounds_of_worlds(data.kpi),
        t("note_worlds_policies", factor=factor),
    )


def _key(variant: Variant) -> str:
    """Return what the worlds call a variant; they have no corners of the ranges."""
    if variant.name == UNIFORM:
        return f"uniform_{float(variant.setting or 0):g}"
    if variant.name == COMPARISON:
        return "equal" if variant.thresholds.is_equal_effective else "strict"
    return "indexed" if variant.name == PRICES else ""
