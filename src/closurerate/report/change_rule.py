"""The printed effective cases of the year before, and whether a KPI compares with them."""

from functools import lru_cache
from pathlib import Path

from closurerate.kpi.definition import Definition, KpiVersion, read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.paths import kpi_file
from closurerate.published import Interval, feasible_by_reading
from closurerate.report.kpi_data import KpiData
from closurerate.report.official import PRINTED_KPI
from closurerate.report.words import word
from closurerate.study.degrees import counts_used


def effective_before(data: KpiData, reading: str) -> Interval | None:
    """Return the effective cases of the year before under a reading of its rate, None if unknown.

    Where they are not printed they are the interval that prints as its rate. Either way they are
    counted by the rule then in force: see `has_printed_rule`.
    """
    before = data.cases.before
    if before is None or not all(name in before for name in ("closed", "pending")):
        return None
    if "effective" in before:
        return Interval(int(before["effective"].value), int(before["effective"].value))
    return feasible_by_reading(before)[reading] if "rate" in before else None


def has_printed_rule(data: KpiData, version: KpiVersion) -> bool:
    """Tell whether a version counts as effective what the figures of the year before count so.

    Those figures, and the effective cases behind a printed rate, follow the rule of the official
    KPI in force in that year.

    Parameters
    ----------
    data
        This year's KPI.
    version
        Of this KPI, as in force in either year.
    """
    return version.rule == _printed_rule(data)


def is_comparable(data: KpiData, version: KpiVersion) -> bool:
    """Tell whether a version's value of the year before follows from what was printed then.

    One that does not use the effective cases has no need of their rule.
    """
    return "effective" not in counts_used(version) or has_printed_rule(data, version)


def other_rule(data: KpiData) -> str:
    """Return the sentence that says why nothing printed of the year before is compared with."""
    return word("other_rule_before", data.language, name=data.name, previous=data.year - 1)


def _printed_rule(data: KpiData) -> EffectiveRule:
    official = data.definition
    if not data.is_printed and data.cases.before is not data.cases.counted_before:
        file = kpi_file(PRINTED_KPI)
        official = _official(file, file.stat().st_mtime_ns)
    return official.in_force(max(data.year - 1, min(official.versions))).rule


@lru_cache(maxsize=2)
def _official(file: Path, changed_at: int) -> Definition:
    """Read the official definition once; `changed_at` notices that it was rewritten."""
    return read_definition(file, kpi_file)
