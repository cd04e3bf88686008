"""Page one of the yearly report: the answer, its comparison, and what an auditor looks at."""

from collections.abc import Mapping
from fractions import Fraction

from closurerate.press.prose import Finding, KeyFigure, KeyFigures, Markdown, Several
from closurerate.press.text import (
    Item,
    Text,
    bare,
    capital,
    clauses,
    formed,
    roc_date,
    spaced,
    stated,
    t,
    year_in_text,
    year_short,
)
from closurerate.quantity import Quantity, rounded
from closurerate.records.paths import ROC_OFFSET
from closurerate.records.placeholders import derive, weakest
from closurerate.year.changes import change_unit
from closurerate.year.collections_page import large_amount
from closurerate.year.departures_page import departures_of
from closurerate.year.kpi_words import light_word, measure_word
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import Point, adopted_points

_WORK = ("new", "closed", "pending", "collected")
_TILES = ("rate", "achievement", "target", "effective", "closed", "pending", "collected")
_GAP = "pending.minus.pending_previous.minus.new.plus.closed"


def summary(data: KpiData) -> Several:
    """Return answer, target's height, comparison, largest change, checks, and what is retold."""
    told = (
        answer(data),
        height_of_target(data),
        on_one_definition(data),
        largest_change(data),
        to_check(data),
        about_source(data),
    )
    return Several([one for one in told if one is not None])


def answer(data: KpiData) -> Finding | Markdown:
    """Return whether the target was met, and how far the cap hides by how much."""
    rate, target = data.figures["rate"], data.shown_target
    if rate.value is None:
        return Markdown(t("left_out_sentence"))
    figures = {"rate": rate, **_uncapped(data), **({"target": target} if target else {})}
    key = "summary_no_target"
    if target is not None and target.value is not None:
        is_better = data.version.is_higher_better
        apart = Fraction(rate.value) - Fraction(target.value)
        key = "summary_met" if (apart if is_better else -apart) >= 0 else "summary_missed"
        key += "_capped" if data.figures["achievement_uncapped"].value not in (
            data.achievement.value, None
        ) else ""  # fmt: skip
    return _finding(t(key, **data.names, **figures), figures)


def _uncapped(data: KpiData) -> dict[str, Quantity]:
    names = {"achievement": "achievement", "uncapped": "achievement_uncapped"}
    return {name: data.figures[figure] for name, figure in names.items()}


def on_one_definition(data: KpiData) -> Finding | Markdown:
    """Return this year beside the one before on each definition, or that nothing compares."""
    points = {(point.year, point.version): point for point in adopted_points(data)}
    in_force = {data.version.version, _version_before(data)}
    pairs = [
        (before, now)
        for version in data.versions
        if version in in_force
        and (before := points.get((data.year - 1, version)))
        and (now := points.get((data.year, version)))
        and None not in (before.low.value, now.low.value)
    ]
    if not pairs:
        return Markdown(t("summary_not_compared", **data.names))
    told = [_change_on(data, before, now) for before, now in pairs]
    sentences = [t("summary_compared", clauses=clauses(told))]
    if data.is_printed and len(pairs) > 1:
        is_printed = {data.year - 1, data.year} <= {*data.cases.published}
        sentences.append(t("summary_break" if is_printed else "summary_break_counted"))
    ends = [end.evidence for pair in pairs for point in pair for end in (point.low, point.high)]
    has_reading = any(point.reading for pair in pairs for point in pair)
    evidence = weakest([*ends, "assumed"] if has_reading else ends)
    return Finding(spaced(sentences), evidence)


def _version_before(data: KpiData) -> int:
    """Return the version that was in force in the year before, or the first where none was yet."""
    return data.definition.in_force(max(data.year - 1, min(data.definition.versions))).version


def _change_on(data: KpiData, before: Point, now: Point) -> Text:
    """Return the change on one definition, of an interval between those of its ends."""
    first = [Fraction(end.value or 0) for end in (before.low, before.high)]
    last = Fraction(now.low.value or 0)
    changes = sorted(abs(last - end) for end in first)
    unit = change_unit(now.low.unit)
    sizes = [Quantity(change, unit, now.low.decimals) for change in changes]
    direction = "rose" if last > max(first) else "fell" if last < min(first) else "stayed"
    version = before.version or 0
    return t(
        f"summary_{direction}",
        version=year_short(version),
        measure=formed(measure_word(data, version), _in_brackets),
        before=_span(before.low, before.high),
        now=stated(now.low),
        change=_span(sizes[0], sizes[-1]),
    )


def _in_brackets(text: str) -> str:
    return text[:1].lower() + text[1:]


def _span(low: Quantity, high: Quantity) -> Item:
    ends = [rounded(end.value or 0, end.decimals) for end in (low, high)]
    return (
        stated(low) if ends[0] == ends[1] else t("summary_span", low=bare(low), high=stated(high))
    )


def height_of_target(data: KpiData) -> Finding | None:
    """Return how far the target is from what the year before had reached; None where unknown.

    By one definition, this year's, so that both sides are of a kind.
    """
    target, ends = data.figures.get("target"), _reached_before(data)
    if target is None or ends is None or None in (target.value, *(end.value for end in ends)):
        return None
    apart = [Fraction(target.value or 0) - Fraction(end.value or 0) for end in ends]
    unit, decimals = change_unit(ends[0].unit), ends[0].decimals
    gaps = [Quantity(size, unit, decimals) for size in sorted(map(abs, apart))]
    way = _way(min(apart)) if _way(min(apart)) == _way(max(apart)) else "level"
    told = {"target": target, "reached": _span(*ends), "gap": _span(*gaps)}
    names = data.names | {"year": year_in_text(data.version.version)}
    evidence = weakest([target.evidence, *(end.evidence for end in ends)])
    return Finding(t(f"summary_target_{way}", **names, **told), evidence)


def _reached_before(data: KpiData) -> tuple[Quantity, Quantity] | None:
    """Return the year before's value, as an interval, by the definition in force in this year."""
    before = data.figures.get("rate_previous")
    if before is None or before.value is None:
        return None
    if data.definition.in_force(data.year - 1) == data.version:
        return before, before
    wanted = (data.year - 1, data.version.version)
    points = (one for one in adopted_points(data) if (one.year, one.version) == wanted)
    return next(((point.low, point.high) for point in points), None)


def largest_change(data: KpiData) -> Finding | None:
    """Return which of the year's work changed most by its growth; None where none is known."""
    growths = {name: derive(f"{name}.growth", data.figures) for name in _WORK}
    known = {
        name: Fraction(one.value)
        for name, one in growths.items()
        if one is not None and one.value is not None
    }
    if not known:
        return None
    name = max(known, key=lambda one: abs(known[one]))
    figures = {"now": data.figures[name], "before": data.figures[f"{name}_previous"]}
    change, growth = derive(f"{name}.change", data.figures), growths[name]
    assert change is not None
    assert growth is not None
    figures["change"] = _absolute(change)
    figures["growth"] = _absolute(growth)
    words = t(f"summary_work_{_way(known[name])}", name=t(f"work_{name}"), **data.names, **figures)
    return _finding(words, figures)


def _absolute(quantity: Quantity) -> Quantity:
    value = abs(Fraction(quantity.value or 0))
    return Quantity(value, quantity.unit, quantity.decimals, quantity.evidence)


def _way(apart: Fraction) -> str:
    return "up" if apart > 0 else "down" if apart < 0 else "level"


def to_check(data: KpiData) -> Finding | None:
    """Return what an auditor should look at; None where there is nothing."""
    found = departures_of(data)
    gap = next((_absolute(one.figures[_GAP]) for one in found if _GAP in one.figures), None)
    key = "check_departures" if gap is None else "check_departures_gap"
    told: list[Item] = [t(key, count=len(found), gap=gap)] if found else []
    if len(data.versions) > 1 and data.version.version == data.year:
        told.append(t("check_definition", **data.names))
    if data.cases.is_synthetic:
        told.append(t("check_synthetic"))
    evidence = weakest([one.evidence for one in found] or [data.evidence])
    return Finding(t("summary_check", clauses=clauses(told)), evidence) if told else None


def about_source(data: KpiData) -> Markdown | None:
    """Return whose report is retold, and that it is; None where none is printed of the year."""
    printed = data.cases.published.get(data.year) if data.is_printed else None
    if printed is None or printed.report.approved_on is None:
        return None
    date = roc_date(printed.report.approved_on)
    years = {"year": str(data.year), "gregorian": str(data.year + ROC_OFFSET)}
    return Markdown(t("about_excerpt", date=date, **years))


def _finding(words: Text, figures: Mapping[str, Quantity]) -> Finding:
    return Finding(words, weakest([one.evidence for one in figures.values()]))


def tiles(data: KpiData) -> KeyFigures:
    """Return the year's headline beside the year before's: six figures, five without collections.

    The light stands with the achievement, as it is given for it.
    """
    shown = data.figures
    rate, reached = shown["rate"], data.achievement
    target = t("target_note", target=shown["target"]) if "target" in shown else ""
    light = _light(data)
    items = [
        KeyFigure(formed(data.kpi_name, capital), rate, _noted(data, "", "rate")),
        KeyFigure(t("achievement"), reached, _noted(data, target, "achievement", light)),
        *(
            KeyFigure(
                t(f"tile_{name}"), bare(data.total.counts[name]), _noted(data, t("unit_case"), name)
            )
            for name in ("effective", "closed", "pending")
        ),
    ]
    if "collected" in shown:
        amount = large_amount(shown["collected"])
        items.append(
            KeyFigure(t("collected"), amount, _noted(data, t("axis_twd_billion"), "collected"))
        )
    before = {data.year - 1} if data.cases.before else set[int]()
    return KeyFigures(items, data.grounds(earlier=before, is_as_printed=True, figures=_TILES))


def _light(data: KpiData) -> Item:
    light = data.author.lights["self"] if data.is_printed and data.author else None
    return "" if light is None else light_word(light)


def _noted(data: KpiData, unit: Item, name: str, light: Item = "") -> Item:
    """Return what stands below a tile: unit or target, light, and the year before."""
    before, year = data.figures.get(f"{name}_previous"), year_short(data.year - 1)
    parts = [part for part in (unit, light) if part != ""]
    if before is not None and before.value is not None:
        value = large_amount(before) if name == "collected" else _plainly(before)
        is_broken = name == "rate" and data.definition.in_force(data.year - 1) != data.version
        parts.append(t("tile_broken" if is_broken else "tile_before", year=year, value=value))
    elif name == "effective" and data.cases.before is data.cases.published.get(data.year - 1, ""):
        parts.append(t("tile_not_published", year=year))
    return clauses(parts)


def _plainly(quantity: Quantity) -> Item:
    return bare(quantity) if quantity.unit == "case" else stated(quantity)
