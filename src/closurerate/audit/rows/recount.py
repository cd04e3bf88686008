"""The KPI counted twice: by the project, and by SQL that was typed by hand and shares no code."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from closurerate.cases.engine import opened
from closurerate.cases.scope import require_open, year_bounds
from closurerate.kpi.counts import CASE_MEASURES, count_cases
from closurerate.kpi.definition import KpiVersion, read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.evaluate import in_unit, totals, value_of
from closurerate.records.paths import kpi_file
from closurerate.year.official import PRINTED_KPI

Cell = tuple[str, str, str]
"""Branch, category and tier; "all" where they are added up."""
ALL = "all"
VERSIONS = (106, 107)
"""Of the official definition, which the SQL has as `rate_106` and `rate_107`."""
_TYPED_FOR = 107
_NEAR = 1e-9
"""How far two rates may lie apart, relative to one of them: the SQL computes in floats."""


class Compared(NamedTuple):
    """A count of a cell, or its rate in percent, by the project and by the SQL."""

    cell: Cell
    measure: str
    counted: int | float
    recounted: int | float

    @property
    def is_same(self) -> bool:
        """Whether they agree: a count exactly."""
        if not self.measure.startswith("rate"):
            return self.counted == self.recounted
        return abs(self.counted - self.recounted) <= _NEAR * abs(self.counted)


@dataclass(frozen=True)
class Recount:
    """What came of counting twice: every count of every cell, and the rates that have a value.

    Attributes:
        compared: Cell by cell, in order; those of the nation are of the cell of three "all".
    """

    year: int
    compared: tuple[Compared, ...]

    @property
    def cells(self) -> int:
        """How many cells of branch, category and tier were compared."""
        return len({one.cell for one in self.compared if ALL not in one.cell})

    @property
    def differing(self) -> tuple[Compared, ...]:
        """What the two do not agree on."""
        return tuple(one for one in self.compared if not one.is_same)


def recount(
    case_file: Path, year: int, known: Mapping[EffectiveRule, pd.DataFrame] | None = None
) -> Recount:
    """Count a contract file's year twice, by the official KPI's versions of 106 and 107.

    Args:
        known: The project's own counts of that year by a rule, which are not made again.

    Raises:
        InputError: If no case of the file was open in the year.
    """
    official = read_definition(kpi_file(PRINTED_KPI), kpi_file)
    versions = [official.versions[name] for name in VERSIONS]
    counts = dict(known or {})
    for rule in {version.rule for version in versions} - set(counts):
        counts[rule] = count_cases(case_file, year, rule)
    with opened(case_file) as cases:
        recounted = _recounted(cases, year)
        is_told = "reopened_on" in cases.columns
    require_open(len(recounted), case_file, year)
    measures = [name for name in CASE_MEASURES if is_told or name != "reopened"]
    found = dict[tuple[Cell, str], Compared]()
    for version in versions:
        counted = _counted(version, counts[version.rule])
        for cell in dict.fromkeys([*counted, *recounted]):
            ours, theirs = counted.get(cell, {}), recounted.get(cell, {})
            for name in measures:
                one = Compared(cell, name, ours.get(name, 0), theirs.get(name, 0))
                # Where versions count otherwise, the one that the SQL does not agree with stays.
                if one.is_same:
                    found.setdefault((cell, name), one)
                else:
                    found[cell, name] = one
            name = f"rate_{version.version}"
            if theirs.get(name) is not None:
                found[cell, name] = Compared(cell, name, ours.get(name, 0), theirs[name])
    return Recount(year, tuple(found[key] for key in sorted(found, key=lambda key: key[0])))


def _recounted(cases: ir.Table, year: int) -> dict[Cell, Mapping[str, Any]]:
    """Return what the SQL counts, by cell."""
    if "reopened_on" not in cases.columns:
        cases = cases.mutate(reopened_on=ibis.null("date"))
    backend: Any = cases.get_backend()
    backend.create_view("cases", cases)
    cursor = backend.raw_sql(recount_sql(year))
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {
        (row["branch"], row["category"], row["tier"]): row | {"new": row["new_cases"]}
        for row in rows
    }


def recount_sql(year: int) -> str:
    """Return the SQL, with the first and the last day of a ROC year."""
    text = (files("closurerate.audit.rows") / "recount.sql").read_text(encoding="utf-8")
    for typed, day in zip(year_bounds(_TYPED_FOR), year_bounds(year), strict=True):
        text = text.replace(f"DATE '{typed}'", f"DATE '{day}'")
    return text


def _counted(version: KpiVersion, counts: pd.DataFrame) -> dict[Cell, dict[str, Any]]:
    """Return the project's counts and rate by cell, by branch and of the nation."""
    found = dict[Cell, dict[str, Any]]()
    for keys in (["branch", "category", "tier"], ["branch"], []):
        for names, own in counts.groupby(keys, sort=False) if keys else [((), counts)]:
            branch, category, tier = (*map(str, names), ALL, ALL, ALL)[:3]
            sums = totals(own)
            value = in_unit(value_of(version, sums).value, version.unit)
            rate = {} if value is None else {f"rate_{version.version}": float(value)}
            found[branch, category, tier] = {**sums, **rate}
    return found
