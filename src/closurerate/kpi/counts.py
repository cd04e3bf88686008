"""Counting an extract once, by branch, category, tier and disposition: all that KPIs need."""

from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from closurerate.cases.scan import opened
from closurerate.cases.scope import in_year
from closurerate.cases.source import replacing
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule, effective_expression, tier_expression

GROUPS = {"branch": BRANCHES, "category": CATEGORIES}

KEYS = ["branch", "category", "tier", "disposition"]
MEASURES = [
    "new",
    "reopened",
    "closed",
    "effective",
    "pending",
    "closed_referred_twd",
    "closed_paid_twd",
    "pending_referred_twd",
    "collected_twd",
]
"""Columns of a count: cases, then NTD; `collected_twd` is null where the extract does not tell."""


def count_expression(cases: ir.Table, year: int, rule: EffectiveRule) -> ir.Table:
    """Return the count of a case table: one scan and one grouping, for any Ibis engine.

    Parameters
    ----------
    cases
        Rows in the form of the case contract; rows outside the year are not counted.
    year
        ROC year.
    rule
        Tiers and what is effective.

    Returns
    -------
    ir.Table
        `KEYS` (`disposition` is null for cases not closed in the year) and `MEASURES`.
    """
    in_scope = in_year(cases, year)
    rows = in_scope.select(
        "branch",
        "category",
        "is_new",
        "is_reopened",
        "is_closed",
        tier=tier_expression(in_scope.referred_amount_twd, rule),
        disposition=in_scope.is_closed.ifelse(in_scope.disposition, ibis.null("string")),
        is_effective=in_scope.is_closed
        & effective_expression(
            in_scope.disposition, in_scope.referred_amount_twd, in_scope.paid_amount_twd, rule
        ),
        referred_twd=in_scope.referred_amount_twd,
        paid_twd=in_scope.paid_amount_twd,
        collected_twd=in_scope.collected_in_year_twd
        if "collected_in_year_twd" in cases.columns
        else ibis.null("int64"),
    )
    return rows.group_by(KEYS).agg(
        new=rows.is_new.sum(),
        reopened=rows.is_reopened.sum(),
        closed=rows.is_closed.sum(),
        effective=rows.is_effective.sum(),
        pending=(~rows.is_closed).sum(),
        closed_referred_twd=rows.referred_twd.sum(where=rows.is_closed).fill_null(0),
        closed_paid_twd=rows.paid_twd.sum(where=rows.is_closed).fill_null(0),
        pending_referred_twd=rows.referred_twd.sum(where=~rows.is_closed).fill_null(0),
        collected_twd=rows.collected_twd.sum(),
    )


def count_cases(path: Path, year: int, rule: EffectiveRule) -> pd.DataFrame:
    """Return the count of a contract file for a year, read once by DuckDB.

    Parameters
    ----------
    path
        A Parquet file that meets the case contract.
    year
        ROC year.
    rule
        Tiers and what is effective.

    Returns
    -------
    DataFrame
        `KEYS` and `MEASURES` (int64, whole cases and NTD), in the contract's order.

    Raises
    ------
    InputError
        If no case of the file was open in the year.
    """
    with opened(path) as cases:
        table = count_expression(cases, year, rule).to_pyarrow()
    if table.num_rows == 0:
        raise InputError(f"{path}: no case was open in year {year}; is it another year's extract?")
    return ordered(pd.DataFrame(table.to_pydict()), rule)


def ordered(counts: pd.DataFrame, rule: EffectiveRule) -> pd.DataFrame:
    """Return a count with its rows in the contract's order and whole numbers as int64."""
    orders = GROUPS | {
        "tier": tuple(tier.name for tier in rule.tiers),
        "disposition": DISPOSITIONS,
    }
    ranks = {key: {name: rank for rank, name in enumerate(order)} for key, order in orders.items()}
    result = counts.sort_values(
        KEYS, key=lambda column: column.map(ranks[str(column.name)]), na_position="last"
    )
    types = {name: "int64" for name in MEASURES if name != "collected_twd"}
    return result.astype(types | {"collected_twd": "Int64"}).reset_index(drop=True)


def write_counts(counts: pd.DataFrame, path: Path) -> None:
    """Write a count as Parquet, in one step."""
    with replacing(path) as partial:
        counts.to_parquet(partial, index=False)


def read_counts(path: Path) -> pd.DataFrame:
    """Return a count that `write_counts` wrote.

    Raises
    ------
    InputError
        If it is not there.
    """
    if not path.is_file():
        raise InputError(f"{path}: the cases are not counted yet; run `make report` first.")
    return pd.read_parquet(path)
