"""The same count four times: the project's own, and by hand in SQL, Polars and pandas.

The hand-written ones say the official definition of 107 once more, in each engine's own words; that
all four agree is asserted before a time is shown.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd

from closurerate.cases.scope import year_bounds
from closurerate.kpi.counts import KEYS, count_cases, ordered
from closurerate.kpi.definition import read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.records.paths import kpi_file

COLUMNS = [
    "branch", "category", "disposition", "referred_on", "closed_on", "reopened_on",
    "referred_amount_twd", "paid_amount_twd", "collected_in_year_twd",
]  # fmt: skip
PAID_IN_PART = ("part_certificate", "part_withdrawn", "part_returned")

_SQL = """
WITH open_in_year AS (
    SELECT *,
        coalesce(closed_on <= $last, false) AS is_closed,
        referred_on >= $first AS is_new,
        coalesce(reopened_on BETWEEN $first AND $last, false)
            AND referred_on < $first AS is_reopened,
        CASE WHEN referred_amount_twd < 200000 THEN 'ordinary'
             WHEN referred_amount_twd < 1000000 THEN 'special'
             ELSE 'major' END AS tier,
        CASE WHEN referred_amount_twd < 200000
                 THEN paid_amount_twd * 2 > referred_amount_twd
             WHEN referred_amount_twd < 1000000
                 THEN paid_amount_twd * 5 > referred_amount_twd * 3
             ELSE paid_amount_twd * 4 > referred_amount_twd * 3 END AS is_passing
    FROM read_parquet($path)
    WHERE referred_on <= $last AND coalesce(closed_on >= $first, true)
)
SELECT branch, category, tier,
    CASE WHEN is_closed THEN disposition END AS disposition,
    count_if(is_new) AS new,
    count_if(is_reopened) AS reopened,
    count_if(is_closed) AS closed,
    count_if(is_closed AND (disposition = 'paid_in_full' OR is_passing AND disposition IN
        ('part_certificate', 'part_withdrawn', 'part_returned'))) AS effective,
    count_if(NOT is_closed) AS pending,
    coalesce(sum(referred_amount_twd) FILTER (is_closed), 0) AS closed_referred_twd,
    coalesce(sum(paid_amount_twd) FILTER (is_closed), 0) AS closed_paid_twd,
    coalesce(sum(referred_amount_twd) FILTER (NOT is_closed), 0) AS pending_referred_twd,
    sum(collected_in_year_twd) AS collected_twd
FROM open_in_year GROUP BY ALL
"""


@cache
def official_rule() -> EffectiveRule:
    """Return what the official definition of 107 calls effective."""
    return read_definition(kpi_file("effective_closure_rate"), kpi_file).version(107).rule


def count_by_project(path: Path, year: int) -> pd.DataFrame:
    """Count with the project's Ibis expression, on DuckDB."""
    return count_cases(path, year, official_rule())


def count_by_sql(path: Path, year: int) -> pd.DataFrame:
    """Count with one statement in DuckDB's own SQL."""
    import duckdb

    first, last = year_bounds(year)
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        found = connection.execute(_SQL, {"path": str(path), "first": first, "last": last})
        return pd.DataFrame(found.to_arrow_table().to_pydict())


def count_by_polars(path: Path, year: int) -> pd.DataFrame:
    """Count lazily in Polars' streaming engine, which reads the columns needed alone."""
    import polars as pl

    first, last = year_bounds(year)
    day, paid, referred = pl.col("closed_on"), pl.col("paid_amount_twd"), "referred_amount_twd"
    is_closed = (day <= last).fill_null(False)
    amount = pl.col(referred)
    rows = (
        pl.scan_parquet(path)
        .filter((pl.col("referred_on") <= last) & (day >= first).fill_null(True))
        .with_columns(
            is_closed=is_closed,
            is_new=pl.col("referred_on") >= first,
            is_reopened=pl.col("reopened_on").is_between(first, last).fill_null(False)
            & (pl.col("referred_on") < first),
            tier=pl.when(amount < 200_000)
            .then(pl.lit("ordinary"))
            .when(amount < 1_000_000)
            .then(pl.lit("special"))
            .otherwise(pl.lit("major")),
            is_passing=pl.when(amount < 200_000)
            .then(paid * 2 > amount)
            .when(amount < 1_000_000)
            .then(paid * 5 > amount * 3)
            .otherwise(paid * 4 > amount * 3),
        )
        .with_columns(
            disposition=pl.when("is_closed").then("disposition"),
            is_effective=pl.col("is_closed")
            & (
                (pl.col("disposition") == "paid_in_full")
                | (pl.col("disposition").is_in(PAID_IN_PART) & pl.col("is_passing"))
            ),
        )
    )
    closed = pl.col("is_closed")
    counted = rows.group_by(KEYS).agg(
        new=pl.col("is_new").sum(),
        reopened=pl.col("is_reopened").sum(),
        closed=closed.sum(),
        effective=pl.col("is_effective").sum(),
        pending=(~closed).sum(),
        closed_referred_twd=(amount * closed).sum(),
        closed_paid_twd=(paid * closed).sum(),
        pending_referred_twd=(amount * ~closed).sum(),
        collected_twd=pl.col("collected_in_year_twd").sum(),
    )
    return pd.DataFrame(counted.collect(engine="streaming").to_dict(as_series=False))


def count_by_pandas(path: Path, year: int) -> pd.DataFrame:
    """Count in pandas, which holds the columns needed in memory; texts as categories."""
    import pyarrow.parquet as pq

    words = ["branch", "category", "disposition"]
    with pq.ParquetFile(path, read_dictionary=words) as file:
        cases = file.read(columns=COLUMNS).to_pandas(self_destruct=True, date_as_object=False)
    first, last = (pd.Timestamp(day) for day in year_bounds(year))
    closed_on, referred_on = cases["closed_on"], cases["referred_on"]
    is_open_in_year = (referred_on <= last) & ~(closed_on < first)
    if not is_open_in_year.all():
        cases = cases[is_open_in_year]
    is_closed, is_new = cases["closed_on"] <= last, cases["referred_on"] >= first
    referred, paid = cases["referred_amount_twd"], cases["paid_amount_twd"]
    tier = (referred >= 200_000).astype("int8") + (referred >= 1_000_000)
    factors = pd.DataFrame({"paid": [2, 5, 4], "referred": [1, 3, 3]})
    is_passing = paid * factors["paid"].to_numpy()[tier] > (
        referred * factors["referred"].to_numpy()[tier]
    )
    disposition = cases["disposition"]
    is_effective = is_closed & (
        (disposition == "paid_in_full") | (disposition.isin(PAID_IN_PART) & is_passing)
    )
    frame = pd.DataFrame(
        {
            "branch": cases["branch"],
            "category": cases["category"],
            "tier": pd.Categorical.from_codes(
                tier.to_numpy(), pd.Index(["ordinary", "special", "major"])
            ),
            "disposition": disposition.where(is_closed),
            "new": is_new,
            "reopened": cases["reopened_on"].between(first, last) & ~is_new,
            "closed": is_closed,
            "effective": is_effective,
            "pending": ~is_closed,
            "closed_referred_twd": referred * is_closed,
            "closed_paid_twd": paid * is_closed,
            "pending_referred_twd": referred * ~is_closed,
            "collected_twd": cases["collected_in_year_twd"],
        },
        index=cases.index,
    )
    summed = frame.groupby(KEYS, observed=True, dropna=False, sort=False).sum().reset_index()
    return summed.astype(dict.fromkeys(KEYS, "str"))


ENGINES: dict[str, Callable[[Path, int], pd.DataFrame]] = {
    "DuckDB SQL, hand-written": count_by_sql,
    "this project (Ibis on DuckDB)": count_by_project,
    "Polars, lazy and streaming": count_by_polars,
    "pandas": count_by_pandas,
}
"""Ways to count, the one that the others are compared with first."""


def same_order(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a count in the contract's order and types, so that engines can be compared."""
    return ordered(counts, official_rule())
