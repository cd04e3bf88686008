"""KPIs as in force in 107, KPIs of one's own beside them, and the nation's printed counts."""

from dataclasses import replace
from functools import cache

from closurerate.kpi.definition import KpiVersion, read_definition
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.records.paths import definition_files, kpi_file

KPIS = (
    "effective_closure_rate", "effective_over_closed", "effective_share", "harmonic_mean",
    "geometric_mean", "minimum", "disposition_time", "clearance_rate",
)  # fmt: skip
"""One of each kind: rational, with a root, with a minimum, in days, without effective cases."""

OF_107 = {"effective": 3_286_050, "closed": 10_030_793, "pending": 7_663_741, "new": 10_214_937}


def kpi_ids() -> tuple[str, ...]:
    """The ids of all shipped definitions."""
    return tuple(file.stem for file in definition_files())


@cache
def version_of(kpi: str = "effective_closure_rate", year: int = 107) -> KpiVersion:
    return read_definition(kpi_file(kpi), kpi_file).in_force(year)


def of_formula(text: str, unit: str = "percent", better: str = "higher") -> KpiVersion:
    """The official KPI with another formula."""
    formula = parse_formula(text, (*COUNT_NAMES, "I1", "I2"), "test")
    return replace(version_of(), formula=formula, unit=unit, is_higher_better=better == "higher")
