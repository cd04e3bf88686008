"""The year before's cases, counted by this year's rule, where its case data are at hand too."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from closurerate.cases.scope import year_bounds
from closurerate.cases.source import Source, read_mark
from closurerate.kpi.counts import count_cases
from closurerate.kpi.definition import Definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.evaluate import totals
from closurerate.records.claim import Claim, Period
from closurerate.records.paths import cases_folder
from closurerate.records.published import Published, Report

if TYPE_CHECKING:
    from closurerate.year.kpi_year import KpiData


def counts_before(data: "KpiData") -> pd.DataFrame | None:
    """Return the count of the year before, as `kpi.counts.count_cases` makes it.

    Args:
        data: This year's KPI; its rule is taken, so that both years are counted alike.

    Returns:
        DataFrame or None: None where there is no case file of the year before of the same kind (an
            extract, synthetic rows of the same scale).

    Raises:
        InputError: If the file has no case that was open in that year.
    """
    file = cases_folder(data.year - 1, data.folder) / "cases.parquet"
    if not file.is_file():
        return None
    return _counted(file, file.stat().st_mtime_ns, data.year - 1, data.version.rule).copy()


def counted_report(year: int, definition: Definition, beside: Source) -> Published | None:
    """Return a year's own counted cases in the place of a printed report, which there is none of.

    Args:
        definition: Its rule of what is effective in that year is taken.
        beside: The case file that it is to be compared with: real rows with real ones alone,
            made-up ones with made-up ones of the same scale.

    Returns:
        Published or None: Its flow, effective cases and collections, with the evidence `extract`,
            or `illustration` of made-up rows; no rate, target or light, which nobody has printed.
            None where there is no such extract of the year.
    """
    file = cases_folder(year, "extract") / "cases.parquet"
    if not file.is_file():
        return None
    mark, is_made_up = read_mark(file), beside.kind == "synthetic"
    if (bool(mark.get("synthetic")), mark.get("fraction")) != (is_made_up, beside.fraction):
        return None
    rule = definition.in_force(max(year, min(definition.versions))).rule
    counted = totals(_counted(file, file.stat().st_mtime_ns, year, rule))
    found = {name: counted[name] for name in ("new", "reopened", "closed", "effective", "pending")}
    found["collected"] = counted["collected_twd"]
    claims = {
        name: Claim(
            id=name, written=str(value), unit="TWD" if name == "collected" else "case",
            printed=f"{value:,}", decimals=0, precision="exact", places=(),
            about=Period(str(year), str(year)),
            evidence="illustration" if is_made_up else "extract",
        )
        for name, value in found.items()
        if value is not None
    }  # fmt: skip
    return Published(year, Report(file.name, year, year_bounds(year)[1]), claims)


@lru_cache(maxsize=2)
def _counted(file: Path, changed_at: int, year: int, rule: EffectiveRule) -> pd.DataFrame:
    """Count a file once for all tables and charts; `changed_at` notices that it was rewritten."""
    return count_cases(file, year, rule)
