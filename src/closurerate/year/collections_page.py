"""What is shown of the year's caseload and collections beside those of the year before."""

from dataclasses import replace
from fractions import Fraction

from matplotlib.figure import Figure

from closurerate.press import drawing
from closurerate.press.chart import Chart
from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, share, words
from closurerate.press.text import ByLanguage, Run, Say, bare, both, joined, roc_year, t
from closurerate.quantity import Quantity
from closurerate.records.placeholders import derive
from closurerate.year.kpi_year import KpiData

_LARGE_TWD = {"zh-Hant": 10**8, "en": 10**9}
"""In what amounts are told: in 億, or in billions."""

_GROWING = ("new", "closed", "pending", "collected")
_COLLECTED = ("collected", "large_debtors_collected", "large_debtors_collected_without_two_cities")


def collections_heading(data: KpiData) -> Markdown:
    """Return the heading of the section: as the agency has it, or none that the figures deny.

    Of its own year what it says stands unless collections fell; of another it must be so.
    """
    found = (derive(f"{name}.change", data.figures) for name in ("collected", "pending"))
    collected, pending = (change.value if change else None for change in found)
    if data.year in data.cases.published:
        is_so = collected is None or collected > 0
    else:
        is_so = bool(collected and collected > 0) and pending is not None and pending <= 0
    return Markdown(t("heading_collections_grew" if is_so else "heading_collections"))


def growth_table(data: KpiData) -> Table | Markdown:
    """Return caseload and collections of the year before and this one, with change and growth.

    Where nothing of the year before is known a sentence says so.
    """
    figures, rows = data.figures, []
    for name in _GROWING:
        now, before = figures.get(name), figures.get(f"{name}_previous")
        if now is None or before is None:
            continue
        first, last = Fraction(before.value or 0), Fraction(now.value or 0)
        unit = both("（元）", " (NTD)") if now.unit == "TWD" else both("（件）", " (cases)")
        head = Run((t(name), unit))
        change = Quantity(last - first, now.unit, 0, now.evidence)
        rows.append((head, before, now, change, share(last - first, first)))
    if not rows:
        return Markdown(t("no_growth", previous=data.names["previous"]))
    columns = [
        *words("item"),
        *numbers(roc_year(data.year - 1), roc_year(data.year)),
        *numbers("change", is_signed=True),
        *numbers("growth", unit="percent", decimals=2, is_signed=True),
    ]
    caption = t("caption_growth", **data.names)
    grounds = data.grounds(earlier={data.year - 1}, figures=_GROWING)
    return Table(columns, rows, caption, grounds)


def large_debtor_parts(data: KpiData) -> dict[str, Quantity]:
    """Return the year's collections in parts that sum to all: two cities, other large, the rest.

    Only where the author gives the facts; else nothing.
    """
    figures = data.figures
    if data.cases.is_scaled or any(name not in figures for name in _COLLECTED):
        return {}
    collected, large, without = (Fraction(figures[name].value or 0) for name in _COLLECTED)
    evidence = figures["collected"].evidence
    parts = {
        "two_cities": large - without,
        "other_large_debtors": without,
        "all_others": collected - large,
    }
    return {name: Quantity(value, "TWD", 0, evidence) for name, value in parts.items()}


def collections_chart(data: KpiData) -> Chart | Markdown:
    """Return what the collections are made of, beside the year before's, or that it is unknown."""
    parts, before = large_debtor_parts(data), data.figures.get("collected_previous")
    if not parts or before is None:
        return Markdown(t("no_collections_split"))
    stacks = [(data.year - 1, "not_split", before)]
    stacks += [(data.year, name, quantity) for name, quantity in parts.items()]

    def draw(figure: Figure, say: Say) -> None:
        unit = _LARGE_TWD[say.language]
        rows = [
            (roc_year(year), t(name), float(Fraction(twd.value or 0) / unit), large_amount(twd))
            for year, name, twd in stacks
        ]
        frame = say.frame(rows, "label", "part", "value", "text")
        drawing.draw_stacks(frame, figure.subplots(), xlabel=say(t("axis_twd_billion")))

    items = [Run((roc_year(year), t(name), large_amount(twd)), " ") for year, name, twd in stacks]
    evidence = data.figures["collected"].evidence
    found = data.grounds(earlier={data.year - 1}, figures=_COLLECTED)
    grounds = replace(found, evidence=evidence)
    alt = t("alt_bars", items=joined(items))
    return Chart(draw, t("caption_collections"), alt, grounds, height_cm=4.3)


def large_amount(twd: Quantity) -> ByLanguage:
    """Return an amount in 億, or in billions, without its unit."""
    value = Fraction(twd.value or 0)
    return ByLanguage({language: bare(value / unit, 1) for language, unit in _LARGE_TWD.items()})
