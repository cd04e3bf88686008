"""The printed effective cases of the year before, and whether a KPI compares with them."""

from functools import lru_cache
from pathlib import Path

from closurerate.kpi.definition import Definition, KpiVersion, read_definition
from closurerate.kpi.degrees import counts_used, is_of_any_size
from closurerate.press.text import Text, t
from closurerate.records.feasible import Interval
from closurerate.records.paths import kpi_file
from closurerate.records.published import effective_by_reading
from closurerate.year.kpi_year import KpiData
from closurerate.year.official import PRINTED_KPI


def effective_before(data: KpiData, reading: str) -> Interval | None:
    """Return the effective cases of the year before under a reading of its rate, None if unknown.

    Where they are not printed they are the interval that prints as its rate. Either way they are
    counted by the rule then in force: see `has_printed_rule`.
    """
    before = data.cases.before
    known = {} if before is None else effective_by_reading(before)
    return known.get("") or known.get(reading)


def has_printed_rule(data: KpiData, version: KpiVersion, year: int | None = None) -> bool:
    """Tell whether a version counts as effective what the figures of an earlier year count so.

    Printed figures, and the effective cases behind a printed rate, follow the rule of the official
    KPI in force in that year; a year's own extract is counted by the rule of this KPI.

    Args:
        year: The earlier year, by default the one before.
    """
    year = data.year - 1 if year is None else year
    official = data.definition
    if not data.is_printed and not _is_counted(data, year):
        file = kpi_file(PRINTED_KPI)
        official = _official(file, file.stat().st_mtime_ns)
    return version.rule == official.in_force(max(year, min(official.versions))).rule


def is_comparable(data: KpiData, version: KpiVersion, year: int | None = None) -> bool:
    """Tell whether a version's value of an earlier year follows from what was printed then.

    One that does not use the effective cases has no need of their rule. Beside a part of the
    nation's cases what was printed has a value only of a KPI that does not depend on size.
    """
    earlier = data.year - 1 if year is None else year
    is_of_a_scale = not data.cases.is_scaled or _is_counted(data, earlier)
    if not is_of_a_scale and not is_of_any_size(version):
        return False
    return "effective" not in counts_used(version) or has_printed_rule(data, version, year)


def _is_counted(data: KpiData, year: int) -> bool:
    """Tell whether a year's own extract stands in for what is not printed of it."""
    return data.cases.counted_before is not None and year not in data.cases.published


def other_rule(data: KpiData) -> Text:
    """Return the sentence that says why nothing printed of the year before is compared with."""
    return t("other_rule_before", name=data.kpi_name, previous=data.year - 1)


@lru_cache(maxsize=2)
def _official(file: Path, changed_at: int) -> Definition:
    """Read the official definition once; `changed_at` notices that it was rewritten."""
    return read_definition(file, kpi_file)
