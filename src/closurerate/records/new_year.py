"""The skeletons of a new year: what its author supplies, and what its report will have printed."""

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

_SKELETONS = {"published": "published_skeleton.yml", "years": "year_skeleton.yml"}
"""By folder of `data`; written last is what a report cannot be made without."""
_FORMER_KPI = """
  - years: [{years}]
    kpi_name: {{zh-Hant: "投資報酬率", en: "Return on investment"}}
    reason:
      zh-Hant: "當年度的關鍵績效指標是投資報酬率，因此不列數值。"
      en: "The KPI was then the return on investment, so no figures are shown.\""""


def new_year_skeleton(year: int, folder: str = "years") -> str:
    """Return a commented `data/<folder>/<year>.yml` for a ROC year: valid, with all still open.

    InputError before 106, when the KPI was another one, and for a Gregorian year, with its ROC one.
    """
    if not LAST_YEAR_OF_FORMER_KPI < year < ROC_OFFSET:
        roc = f" ({year} is ROC year {year - ROC_OFFSET})" if year >= ROC_OFFSET else ""
        raise InputError(
            f"year {year}: must be a ROC year from {LAST_YEAR_OF_FORMER_KPI + 1} on{roc}."
        )
    former = range(year - YEARS_SHOWN + 1, LAST_YEAR_OF_FORMER_KPI + 1)
    skeleton = Path(__file__).with_name(_SKELETONS[folder]).read_text(encoding="utf-8")
    return Template(skeleton).substitute(
        year=year,
        previous=year - 1,
        gregorian=year + ROC_OFFSET,
        other_kpis=_FORMER_KPI.format(years=", ".join(map(str, former))) if former else "[]",
    )


def write_new_year(year: int, data: Path | None = None) -> list[Path]:
    """Write each skeleton of a year that has no file yet, and return their paths.

    Raises:
        InputError: If all are there already: a file that is there is left as it is.
    """
    texts = {
        (data or data_folder()) / folder / f"{year}.yml": new_year_skeleton(year, folder)
        for folder in _SKELETONS
    }
    missing = [path for path in texts if not os.path.lexists(path)]
    if not missing:
        there = " and ".join(map(str, texts))
        raise InputError(f"{there}: are there already, and were left as they are.")
    for path in missing:
        write_text(path, texts[path])
    return missing
