"""What an intake brought, as notebooks tell it: sentences, sections, and what is in doubt."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from closurerate.intake.left.accounts import Intake
from closurerate.intake.left.delivery import CASES
from closurerate.intake.left.previous import PREVIOUS
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import Evaluation, evaluate_groups, in_unit
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.shown import Shown
from closurerate.press.text import Item, Run, Text, t
from closurerate.quantity import Quantity, rounded
from closurerate.records.paths import cases_folder
from closurerate.study.doubts.doubts import DoubtInterval, doubt_interval
from closurerate.year.case_year import CaseData, say
from closurerate.year.kpi_year import KpiData

DOUBTS_NAME = "doubts.parquet"
_MORE_DECIMALS = 4
"""So many decimals more than the KPI is printed with may be needed to tell two ends apart."""

Part = Callable[[Intake, Evidence | None], Shown | None]
"""Makes of an intake something to be shown; None where there is nothing to say."""


def intake_figures(intake: Intake, evidence: Evidence) -> dict[str, Quantity]:
    """Return the row accounts as figures: `rows_read`, `accepted`, `rejected` and so on.

    Further `files_read`, and `rejected_share` in percent of what was read.
    """
    totals = intake.totals
    counts = {"rows_read" if name == "rows" else name: item for name, item in totals.items()}
    figures = {name: Quantity(count, "entry", 0, evidence) for name, count in counts.items()}
    share = Fraction(100 * totals["rejected"], totals["rows"]) if totals["rows"] else None
    return figures | {
        "files_read": Quantity(len(intake.files), "file", 0, evidence),
        "rejected_share": Quantity(share, "percent", 3, evidence),
    }


def intake_finding(data: CaseData, *, zh: str, en: str) -> Several:
    """Return a computed sentence on the row accounts; nothing where there was no intake."""
    if data.intake is None:
        return Several([])
    figures = intake_figures(data.intake, data.evidence)
    return Several([say(figures, zh=zh, en=en, names=data.names)])


def intake_prose(data: CaseData, *, zh: str, en: str) -> Several:
    """Return prose or a heading (Markdown) on the intake; nothing where there was none."""
    return Several([] if data.intake is None else [Markdown(Text({"zh-Hant": zh, "en": en}))])


def intake_parts(data: CaseData, *parts: Part) -> Several:
    """Return what the parts make of the intake, in order; nothing where there was none."""
    if data.intake is None:
        return Several([])
    made = [part(data.intake, data.evidence) for part in parts]
    return Several([item for item in made if item is not None])


def doubts_finding(data: KpiData) -> Several:
    """Return what the doubts can do to the KPI, and what a new delivery did; else nothing."""
    folder = cases_folder(data.year, data.folder)
    if not (folder / DOUBTS_NAME).is_file():
        return Several([])
    interval = doubt_interval(folder / DOUBTS_NAME, data.total.counts, data.version, data.year)
    sentences: list[Item] = [doubts_sentence(interval, data.version, data.kpi_name)]
    before = folder / PREVIOUS / CASES
    if before.is_file():
        earlier = evaluated(before, data.year, data.version)
        sentences.append(delivery_sentence(earlier, data.total, data.kpi_name))
    return Several([Finding(sentence, data.evidence) for sentence in sentences])


def evaluated(cases: Path, year: int, version: KpiVersion) -> Evaluation:
    """Return a KPI on all cases of a file."""
    return evaluate_groups(version, count_cases(cases, year, version.rule))[-1]


def delivery_sentence(before: Evaluation, now: Evaluation, name: Item) -> Text:
    """Return what a new delivery did to a KPI of this name and to E, C and P (Markdown)."""
    counts = {
        key: t("delivery_change", before=before.counts[key], now=now.counts[key])
        for key in ("effective", "closed", "pending")
    }
    values = {"before": before.quantity(), "now": now.quantity()}
    return t("delivery_kpi", name=name, **values, **counts)


def doubts_sentence(interval: DoubtInterval, version: KpiVersion, name: Item) -> Item:
    """Return between which values the KPI and its counts lie, whatever is decided (Markdown).

    Args:
        interval: What the doubts can do.
        name: What it is called.
    """
    kinds = {kind: interval.doubtful_cases.get(kind, 0) for kind in _KINDS}
    if not any(kinds.values()):
        return t("doubts_none")
    counts = {key: _range(*getattr(interval, key)) for key in ("effective", "closed", "pending")}
    sentences = [
        t("doubts_cases", **kinds),
        _kpi_range(interval, version, name),
        t("doubts_counts", **counts),
        *([] if interval.is_exact else [t("doubts_outer")]),
    ]
    return Run(tuple(sentences), {"zh-Hant": "", "en": " "})


_KINDS = ("rejected", "warning", "correction")


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
