"""The skeleton of what a new year's author supplies."""

import os
from pathlib import Path
from string import Template

from closurerate.errors import InputError
from closurerate.records.paths import ROC_OFFSET, data_folder
from closurerate.records.writing import write_text

LAST_YEAR_OF_FORMER_KPI = 105
"""The return on investment was the KPI up to this ROC year (the agency's report for 107)."""
YEARS_SHOWN = 4
"""How many years the report's table of the KPI has, the report's own included."""

_SKELETON = Path(__file__).with_name("year_skeleton.yml")
_FORMER_KPI = """
  - years: [{years}]
    kpi_name: {{zh-Hant: "投資報酬率", en: "Return on investment"}}
    reason:
      zh-Hant: "當年度的關鍵績效指標是投資報酬率，因此不列數值。"
      en: "The KPI was then the return on investment, so no figures are shown.\""""


def new_year_skeleton(year: int) -> str:
    """Return a commented `data/years/<year>.yml` for a ROC year: valid, with all facts still open.

    InputError before 106, when the KPI was another one, and for a Gregorian year, with its ROC one.
    """
    if not LAST_YEAR_OF_FORMER_KPI < year < ROC_OFFSET:
        roc = f" ({year} is ROC year {year - ROC_OFFSET})" if year >= ROC_OFFSET else ""
        raise InputError(
            f"year {year}: must be a ROC year from {LAST_YEAR_OF_FORMER_KPI + 1} on{roc}."
        )
    former = range(year - YEARS_SHOWN + 1, LAST_YEAR_OF_FORMER_KPI + 1)
    return Template(_SKELETON.read_text(encoding="utf-8")).substitute(
        year=year,
        previous=year - 1,
        gregorian=year + ROC_OFFSET,
        other_kpis=_FORMER_KPI.format(years=", ".join(map(str, former))) if former else "[]",
    )


def write_new_year(year: int, folder: Path | None = None) -> Path:
    """Write the skeleton of a year where there is no file of it yet, and return its path.

    Raises:
        InputError: If the file is there already: it is left as it is.
    """
    text = new_year_skeleton(year)
    path = (folder or data_folder() / "years") / f"{year}.yml"
    if os.path.lexists(path):
        raise InputError(f"{path}: is there already, and was left as it is.")
    write_text(path, text)
    return path
