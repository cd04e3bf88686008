"""What is in doubt in an extract, as notebooks tell it, and what it can do to the KPI."""

from dataclasses import dataclass
from fractions import Fraction

from closurerate.intake.left.delivery import CASES
from closurerate.intake.left.previous import PREVIOUS
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import Evaluation, in_unit
from closurerate.press.prose import Finding, Several
from closurerate.press.text import Item, Run, Text, t
from closurerate.quantity import Quantity, rounded
from closurerate.records.paths import cases_folder
from closurerate.study.doubts.doubts import DoubtInterval, doubt_interval, evaluated
from closurerate.year.kpi_year import KpiData

DOUBTS_NAME = "doubts.parquet"
_MORE_DECIMALS = 4
"""So many decimals more than the KPI is printed with may be needed to tell two ends apart."""


@dataclass(frozen=True)
class Doubts:
    """What the doubtful rows of an extract can do to a KPI, and its value on the delivery before.

    Attributes:
        interval: What they can do.
        before: The KPI on the delivery before; None where there is none.
    """

    interval: DoubtInterval
    before: Evaluation | None


def open_doubts(data: KpiData) -> Doubts | None:
    """Return the doubts that an intake left beside a year's cases; None where it left none."""
    folder = cases_folder(data.year, data.folder)
    if not (folder / DOUBTS_NAME).is_file():
        return None
    interval = doubt_interval(folder / DOUBTS_NAME, data.total.counts, data.version, data.year)
    before = folder / PREVIOUS / CASES
    earlier = evaluated(before, data.year, data.version) if before.is_file() else None
    return Doubts(interval, earlier)


def doubts_finding(data: KpiData, doubts: Doubts | None) -> Several:
    """Return what the doubts can do to the KPI, and what a new delivery did; else nothing."""
    if doubts is None:
        return Several([])
    sentences: list[Item] = [doubts_sentence(doubts.interval, data.version, data.kpi_name)]
    if doubts.before is not None:
        sentences.append(delivery_sentence(doubts.before, data.total, data.kpi_name))
    return Several([Finding(sentence, data.evidence) for sentence in sentences])


def delivery_sentence(before: Evaluation, now: Evaluation, name: Item) -> Text:
    """Return what a new delivery did to a KPI of this name and to E, C and P (Markdown)."""
    counts = {
        key: t("delivery_change", before=before.counts[key], now=now.counts[key])
        for key in ("effective", "closed", "pending")
    }
    values = {"before": before.quantity(), "now": now.quantity()}
    return t("delivery_kpi", name=name, **values, **counts)


def doubts_sentence(interval: DoubtInterval, version: KpiVersion, name: Item) -> Item:
    """Return between which values the KPI and its counts lie, whatever is decided (Markdown)."""
    if not any(interval.doubtful_cases.values()):
        return t("doubts_none")
    counts = {key: _range(*getattr(interval, key)) for key in ("effective", "closed", "pending")}
    sentences = [
        t("doubts_cases", **interval.doubtful_cases),
        _kpi_range(interval, version, name),
        t("doubts_counts", **counts),
        *([] if interval.is_exact else [t("doubts_outer")]),
    ]
    return Run(tuple(sentences), {"zh-Hant": "", "en": " "})


def _range(low: int, headline: int, high: int) -> Item:
    if low == high:
        return headline
    return t("doubts_range", low=low, headline=headline, high=high)


def _kpi_range(interval: DoubtInterval, version: KpiVersion, name: Item) -> Text:
    if interval.kpi is None:
        return t("doubts_kpi_unknown", name=name)
    low, headline, high = (in_unit(item, version.unit) for item in interval.kpi)
    decimals = _telling_decimals(low, high, version.decimals)
    ends = {
        end: Quantity(value, version.unit, decimals)
        for end, value in (("low", low), ("headline", headline), ("high", high))
    }
    return t("doubts_kpi_same" if low == high else "doubts_kpi", name=name, **ends)


def _telling_decimals(low: Fraction | None, high: Fraction | None, least: int) -> int:
    """Return with how many decimals two ends that differ print differently, if with few enough."""
    if low is None or high is None or low == high:
        return least
    enough = (
        decimals
        for decimals in range(least, least + _MORE_DECIMALS)
        if rounded(low, decimals) != rounded(high, decimals)
    )
    return next(enough, least + _MORE_DECIMALS)
