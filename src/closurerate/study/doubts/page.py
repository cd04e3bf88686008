"""What an intake brought, as notebooks tell it: sentences, sections, and what is in doubt."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from closurerate.intake.left.accounts import Intake
from closurerate.intake.left.delivery import CASES
from closurerate.intake.left.previous import PREVIOUS
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import Evaluation, evaluate_groups, in_unit
from closurerate.press.print.labels import Evidence, Language
from closurerate.press.print.prose import Table
from closurerate.press.prose import Finding, Markdown, Several
from closurerate.press.words import word
from closurerate.quantity import Quantity, number, printed, rounded
from closurerate.records.paths import cases_folder
from closurerate.study.doubts.doubts import DoubtInterval, doubt_interval
from closurerate.year.case_year import CaseData, say
from closurerate.year.kpi_year import KpiData

DOUBTS_NAME = "doubts.parquet"
_MORE_DECIMALS = 4
"""So many decimals more than the KPI is printed with may be needed to tell two ends apart."""

Part = Callable[[Intake, Language, Evidence | None], Table | Markdown | None]
"""Makes of an intake, in a language, something to be shown; None where there is nothing to say."""


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
    text = zh if data.language == "zh-Hant" else en
    return Several([Markdown(text)][: data.intake is not None])


def intake_parts(data: CaseData, *parts: Part) -> Several:
    """Return what the parts make of the intake, in order; nothing where there was none."""
    if data.intake is None:
        return Several([])
    made = [part(data.intake, data.language, data.evidence) for part in parts]
    return Several([item for item in made if item is not None])


def doubts_finding(data: KpiData) -> Several:
    """Return what the doubts can do to the KPI, and what a new delivery did; else nothing."""
    folder = cases_folder(data.year, data.folder)
    if not (folder / DOUBTS_NAME).is_file():
        return Several([])
    interval = doubt_interval(folder / DOUBTS_NAME, data.total.counts, data.version, data.year)
    sentences = [doubts_sentence(interval, data.version, data.name, data.language)]
    before = folder / PREVIOUS / CASES
    if before.is_file():
        earlier = evaluated(before, data.year, data.version)
        sentences.append(delivery_sentence(earlier, data.total, data.name, data.language))
    return Several([Finding(sentence, data.evidence) for sentence in sentences])


def evaluated(cases: Path, year: int, version: KpiVersion) -> Evaluation:
    """Return a KPI on all cases of a file."""
    return evaluate_groups(version, count_cases(cases, year, version.rule))[-1]


def delivery_sentence(before: Evaluation, now: Evaluation, name: str, language: Language) -> str:
    """Return what a new delivery did to the KPI and to E, C and P (Markdown).

    Parameters
    ----------
    before, now
        The KPI on the delivery before, and on this one.
    name
        What it is called.
    language
        `zh-Hant` or `en`.
    """
    counts = {
        key: word(
            "delivery_change",
            language,
            before=number(before.counts[key]),
            now=number(now.counts[key]),
        )
        for key in ("effective", "closed", "pending")
    }
    return word(
        "delivery_kpi",
        language,
        name=name,
        before=printed(before.quantity(), language),
        now=printed(now.quantity(), language),
        **counts,
    )


def doubts_sentence(
    interval: DoubtInterval, version: KpiVersion, name: str, language: Language
) -> str:
    """Return between which values the KPI and its counts lie, whatever is decided (Markdown).

    Parameters
    ----------
    interval
        What the doubts can do.
    version
        The KPI as in force.
    name
        What it is called.
    language
        `zh-Hant` or `en`.
    """
    kinds = {kind: interval.doubtful_cases.get(kind, 0) for kind in _KINDS}
    if not any(kinds.values()):
        return word("doubts_none", language)
    counts = {
        key: _range([number(item) for item in getattr(interval, key)], language)
        for key in ("effective", "closed", "pending")
    }
    sentences = [
        word("doubts_cases", language, **{kind: number(item) for kind, item in kinds.items()}),
        _kpi_range(interval, version, name, language),
        word("doubts_counts", language, **counts),
        *[word("doubts_outer", language)][: not interval.is_exact],
    ]
    return ("" if language == "zh-Hant" else " ").join(sentences)


_KINDS = ("rejected", "warning", "correction")


def _range(ends: Sequence[str], language: Language) -> str:
    low, headline, high = ends
    if low == high:
        return headline
    return word("doubts_range", language, low=low, headline=headline, high=high)


def _kpi_range(interval: DoubtInterval, version: KpiVersion, name: str, language: Language) -> str:
    if interval.kpi is None:
        return word("doubts_kpi_unknown", language, name=name)
    low, headline, high = (in_unit(item, version.unit) for item in interval.kpi)
    decimals = _telling_decimals(low, high, version.decimals)
    texts = {
        end: printed(Quantity(value, version.unit, decimals), language)
        for end, value in (("low", low), ("headline", headline), ("high", high))
    }
    key = "doubts_kpi_same" if low == high else "doubts_kpi"
    return word(key, language, name=name, **texts)


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
