"""The year before's cases, counted by this year's rule, where its case data are at hand too."""

from functools import lru_cache
from pathlib import Path

import pandas as pd

from closurerate.kpi.counts import count_cases
from closurerate.kpi.effective import EffectiveRule
from closurerate.paths import cases_folder
from closurerate.report.kpi_data import KpiData


def counts_before(data: KpiData) -> pd.DataFrame | None:
    """Return the count of the year before, as `kpi.counts.count_cases` makes it.

    Parameters
    ----------
    data
        This year's KPI; its rule is taken, so that both years are counted alike.

    Returns
    -------
    DataFrame or None
        None where there is no case file of the year before of the same kind (an extract, synthetic
        rows of the same scale).

    Raises
    ------
    InputError
        If the file has no case that was open in that year.
    """
    file = cases_folder(data.year - 1, data.folder) / "cases.parquet"
    if not file.is_file():
        return None
    return _counted(file, file.stat().st_mtime_ns, data.year - 1, data.version.rule).copy()


@lru_cache(maxsize=2)
def _counted(file: Path, changed_at: int, year: int, rule: EffectiveRule) -> pd.DataFrame:
    """Count a file once for all tables and charts; `changed_at` notices that it was rewritten."""
    return count_cases(file, year, rule)
