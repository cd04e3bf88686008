"""What came in: an extract's structure and flow in a year, as small tables; no KPI in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from closurerate.cases.engine import computed, opened
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
    """Return the profile of a contract file for a year; InputError if no case was open in it."""
    with opened(path) as cases:
        scoped = in_year(cases, year)
        keys = ["branch", "category", *subcategory_key(cases), "disposition", "is_closed"]
        found = profile_of(scoped, year, scoped.group_by(keys).agg(**case_sums(scoped)))
    require_open(len(found.tables["groups"]), path, year)
    return found


def largest_cases(path: Path, year: int) -> dict[str, dict[int, int]]:
    """Return the largest referred amount of one case, NTD, in each band of `amounts` and `ages`."""
    with opened(path) as cases:
        scoped = in_year(cases, year)
        new, pending = scoped.filter(scoped.is_new), scoped.filter(~scoped.is_closed)
        keyed = {
            "amounts": new.mutate(band=_band(new.referred_amount_twd, AMOUNT_EDGES_TWD)),
            "ages": pending.mutate(band=_band(_years(pending.referred_on, year), AGE_EDGES_YEARS)),
        }
        found = {}
        for name, rows in keyed.items():
            largest = rows.group_by("band").agg(largest=rows.referred_amount_twd.max())
            pairs = largest.to_pyarrow().to_pylist()
            found[name] = {int(pair["band"]): int(pair["largest"]) for pair in pairs}
        return found


def profile_of(cases: ir.Table, year: int, grouped: ir.Table) -> Profile:
    """Return the profile of the cases of a year, as `cases.scope.in_year` gives them.

    Args:
        grouped: The `case_sums` of the same cases by branch, category, subcategory (where there is
            one), disposition and `is_closed`, or by more.
    """
    absent = tuple(column.name for column in COLUMNS if column.name not in cases.columns)
    days = computed(_by_day(cases))
    queries = {
        "groups": _groups(grouped),
        "months": _months(days),
        "amounts": _amounts(days),
        "ages": _ages(days, year),
    }
    if not DEBTOR_COLUMNS & set(absent):
        queries["debtors"] = _debtors(cases)
    tables = {name: pd.DataFrame(query.to_pyarrow().to_pydict()) for name, query in queries.items()}
    return Profile(year, absent, tables)


def case_sums(cases: ir.Table) -> dict[str, ir.IntegerScalar]:
    """Return how many cases there are, of them new, and reopened (null where none can tell)."""
    is_told = "reopened_on" in cases.columns
    return {
        "cases": cases.count(),
        "new": _whole(cases.is_new.sum()),
        "reopened": _whole(cases.is_reopened.sum()) if is_told else ibis.null("int64"),
    }


def subcategory_key(table: ir.Table) -> list[str]:
    """Return the name of the column of subcategories, where there is one."""
    return ["subcategory"] if "subcategory" in table.columns else []


def _groups(grouped: ir.Table) -> ir.Table:
    # Grouped as the rows stand first: what depends on a case's being closed is then settled on
    # a few groups.
    keyed = grouped.mutate(
        subcategory=grouped.subcategory if subcategory_key(grouped) else ibis.null("string"),
        disposition=grouped.is_closed.ifelse(grouped.disposition, ibis.null("string")),
        reopened=grouped.reopened.fill_null(0),
        closed=grouped.is_closed.ifelse(grouped["cases"], 0),
        pending=grouped.is_closed.ifelse(0, grouped["cases"]),
    )
    keys = ["branch", "category", "subcategory", "disposition"]
    sums = {name: _whole(keyed[name].sum()) for name in ("new", "reopened", "closed", "pending")}
    return keyed.group_by(keys).agg(**sums).order_by(keys)


def _by_day(cases: ir.Table) -> ir.Table:
    """Return the one pass over the rows for all that goes by day or amount.

    Of a case that is not closed the month is 0, and of one that is not new the band.
    """
    return cases.group_by(
        "referred_on",
        "is_new",
        closed_in=cases.is_closed.ifelse(cases.closed_on.month(), 0),
        from_twd=cases.is_new.ifelse(_band(cases.referred_amount_twd, AMOUNT_EDGES_TWD), 0),
    ).agg(cases=cases.count(), referred_twd=cases.referred_amount_twd.cast("decimal(38, 0)").sum())


def _months(days: ir.Table) -> ir.Table:
    new = days.filter(days.is_new).mutate(month=_.referred_on.month().cast("int64"))
    closed = days.filter(days.closed_in > 0).mutate(month=_.closed_in.cast("int64"))
    joined = (
        new.group_by("month")
        .agg(new=_whole(new["cases"].sum()))
        .outer_join(closed.group_by("month").agg(closed=_whole(closed["cases"].sum())), "month")
    )
    return joined.select(
        month=ibis.coalesce(joined.month, joined.month_right),
        new=joined.new.fill_null(0),
        closed=joined.closed.fill_null(0),
    ).order_by("month")


def _amounts(days: ir.Table) -> ir.Table:
    new = days.filter(days.is_new)
    sums = {"new": _whole(new["cases"].sum()), "referred_twd": new.referred_twd.sum()}
    return new.group_by(_whole(new.from_twd).name("from_twd")).agg(**sums).order_by("from_twd")


def _ages(days: ir.Table, year: int) -> ir.Table:
    pending = days.filter(days.closed_in == 0)
    years = _years(pending.referred_on, year)
    sums = {"pending": _whole(pending["cases"].sum()), "referred_twd": pending.referred_twd.sum()}
    return (
        pending.group_by(from_years=_band(years, AGE_EDGES_YEARS))
        .agg(**sums)
        .order_by("from_years")
    )


def _years(referred_on: ir.DateColumn, year: int) -> ir.NumericColumn:
    """Return the years from referral to a year's end."""
    last = ibis.literal(year_bounds(year)[1])
    return last.delta(referred_on, unit="day") / _DAYS_A_YEAR


def _debtors(cases: ir.Table) -> ir.Table:
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
    """Return a profile that `write_profile` wrote; InputError if it is not there or damaged."""
    if not path.is_file():
        raise InputError(
            f"{path}: there is no profile of the case data; `closurerate profile` writes it."
        )
    document = read_json(path)
    tables = {name: pd.DataFrame(table) for name, table in document["tables"].items()}
    return Profile(document["year"], tuple(document["absent"]), tables)
