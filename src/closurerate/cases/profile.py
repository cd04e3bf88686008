"""What came in: an extract's structure and flow in a year, as small tables; no KPI in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from closurerate.cases.engine import opened
from closurerate.cases.scope import in_year, require_open, year_bounds
from closurerate.cases.vocabulary import COLUMNS
from closurerate.errors import InputError
from closurerate.records.sealing import read_json, write_json

AMOUNT_EDGES_TWD = (1, 1_000, 3_000, 10_000, 30_000, 100_000, 200_000, 1_000_000, 10_000_000)
"""Lower ends of the bands of referred amounts; the last has no upper end."""

AGE_EDGES_YEARS = (0, 1, 2, 3, 5, 10)
"""Lower ends, in years since referral, of the ages of pending cases; the last has no upper end."""

SMALL_TRAFFIC = "交通小額"
"""Subcategory of the small traffic debts."""

LARGE_DEBTOR_TWD = {"person": 10_000_000, "company": 100_000_000}
"""Owed in all by a large debtor (107 annual performance report, 壹.三.二.（一）)."""

DEBTOR_COLUMNS = frozenset({"obligor_id", "obligor_kind", "collected_in_year_twd"})
"""Optional columns without which large debtors are not known."""

_DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class Profile:
    """An extract's structure in one year.

    Args:
        absent: Optional columns that the extract does not have.
        tables: `groups` (new, reopened, closed, pending cases by branch, category, subcategory and
            disposition), `months` (new, closed by month), `amounts` (new cases and referred NTD by
            band), `ages` (pending cases and referred NTD by years since referral), `debtors`
            (obligors, and NTD collected in the year, of large debtors and of the others). A table
            whose columns are absent is left out.
    """

    year: int
    absent: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]

    def flow(self) -> dict[str, int | None]:
        """Return opening, new, reopened, closed and pending cases; they close by definition.

        Without the column `reopened_on`, `reopened` is None and the opening stock holds those too.
        """
        sums = {
            name: int(self.tables["groups"][name].sum())
            for name in ("new", "reopened", "closed", "pending")
        }
        opening = sums["pending"] + sums["closed"] - sums["new"] - sums["reopened"]
        flow: dict[str, int | None] = {"opening": opening, **sums}
        return flow | {"reopened": None} if "reopened_on" in self.absent else flow


def profile_cases(path: Path, year: int) -> Profile:
    """Return the profile of a contract file for a year.

    Args:
        path: A Parquet file that meets the case contract.

    Raises:
        InputError: If no case of the file was open in the year.
    """
    with opened(path) as cases:
        absent = tuple(column.name for column in COLUMNS if column.name not in cases.columns)
        scoped = in_year(cases, year)
        tables = {
            name: pd.DataFrame(query(scoped, year).to_pyarrow().to_pydict())
            for name, query in _QUERIES.items()
            if not _NEEDS.get(name, set()) & set(absent)
        }
    require_open(len(tables["groups"]), path, year)
    return Profile(year, absent, tables)


def _groups(cases: ir.Table, year: int) -> ir.Table:
    present = ["subcategory"] if "subcategory" in cases.columns else []
    # Grouped as the rows stand first: what depends on a case's being closed is then settled on
    # a few groups.
    raw = cases.group_by(["branch", "category", *present, "disposition", "is_closed"]).agg(
        cases=cases.count(), new=cases.is_new.sum(), reopened=cases.is_reopened.sum()
    )
    keyed = raw.mutate(
        subcategory=raw.subcategory if present else ibis.null("string"),
        disposition=raw.is_closed.ifelse(raw.disposition, ibis.null("string")),
        closed=raw.is_closed.ifelse(raw["cases"], 0),
        pending=raw.is_closed.ifelse(0, raw["cases"]),
    )
    keys = ["branch", "category", "subcategory", "disposition"]
    sums = {name: _whole(keyed[name].sum()) for name in ("new", "reopened", "closed", "pending")}
    return keyed.group_by(keys).agg(**sums).order_by(keys)


def _months(cases: ir.Table, year: int) -> ir.Table:
    new = _by_month(cases.filter(cases.is_new), "referred_on", "new")
    closed = _by_month(cases.filter(cases.is_closed), "closed_on", "closed")
    joined = new.outer_join(closed, "month")
    return joined.select(
        month=ibis.coalesce(joined.month, joined.month_right),
        new=joined.new.fill_null(0),
        closed=joined.closed.fill_null(0),
    ).order_by("month")


def _by_month(cases: ir.Table, day: str, name: str) -> ir.Table:
    month = cases[day].month().cast("int64")
    return cases.group_by(month=month).agg(**{name: cases.count()})


def _amounts(cases: ir.Table, year: int) -> ir.Table:
    new = cases.filter(cases.is_new)
    return (
        new.group_by(from_twd=_band(new.referred_amount_twd, AMOUNT_EDGES_TWD))
        .agg(new=new.count(), referred_twd=new.referred_amount_twd.cast("decimal(38, 0)").sum())
        .order_by("from_twd")
    )


def _ages(cases: ir.Table, year: int) -> ir.Table:
    last = ibis.literal(year_bounds(year)[1])
    pending = cases.filter(~cases.is_closed)
    days = pending.group_by("referred_on").agg(
        pending=pending.count(), referred_twd=pending.referred_amount_twd.sum()
    )
    years = last.delta(days.referred_on, unit="day") / _DAYS_A_YEAR
    return (
        days.group_by(from_years=_band(years, AGE_EDGES_YEARS))
        .agg(
            pending=_whole(days.pending.sum()),
            referred_twd=days.referred_twd.cast("decimal(38, 0)").sum(),
        )
        .order_by("from_years")
    )


def _debtors(cases: ir.Table, year: int) -> ir.Table:
    known = cases.filter(cases.obligor_id.notnull())
    # Millions of obligors: a flag of each is kept in less memory than its kind's name.
    obligors = known.group_by("obligor_id").agg(
        is_person=(known.obligor_kind == "person").any(),
        owed_twd=known.referred_amount_twd.cast("float64").sum(),
        collected_twd=known.collected_in_year_twd.sum().cast("decimal(38, 0)"),
    )
    least = obligors.is_person.ifelse(LARGE_DEBTOR_TWD["person"], LARGE_DEBTOR_TWD["company"])
    return (
        obligors.group_by(is_large=obligors.owed_twd >= least)
        .agg(obligors=obligors.count(), collected_twd=obligors.collected_twd.sum())
        .order_by("is_large")
    )


_QUERIES: dict[str, Callable[[ir.Table, int], ir.Table]] = {
    "groups": _groups,
    "months": _months,
    "amounts": _amounts,
    "ages": _ages,
    "debtors": _debtors,
}
_NEEDS = {"debtors": DEBTOR_COLUMNS}


def _whole(total: ir.IntegerScalar) -> ir.IntegerScalar:
    return total.cast("int64")


def _band(value: ir.NumericColumn, edges: tuple[int, ...]) -> ir.IntegerColumn:
    """Return the largest edge that a value reaches."""
    return ibis.cases(*((value >= edge, edge) for edge in reversed(edges)), else_=edges[0])


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as JSON, in one step."""
    document = {
        "year": profile.year,
        "absent": profile.absent,
        "tables": {
            name: {column: _plain(table[column]) for column in table}
            for name, table in profile.tables.items()
        },
    }
    write_json(document, path, default=int)


def _plain(column: pd.Series) -> list[object]:
    return [None if missing else item for item, missing in zip(column, column.isna(), strict=True)]


def read_profile(path: Path) -> Profile:
    """Return a profile that `write_profile` wrote.

    Raises:
        InputError: If it is not there, or is damaged.
    """
    if not path.is_file():
        raise InputError(
            f"{path}: there is no profile of the case data; `closurerate profile` writes it."
        )
    document = read_json(path)
    tables = {name: pd.DataFrame(table) for name, table in document["tables"].items()}
    return Profile(document["year"], tuple(document["absent"]), tables)
