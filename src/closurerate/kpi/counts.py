"""Counting an extract once, by branch, category, tier and disposition: all that KPIs need."""

from collections.abc import Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.engine import opened
from closurerate.cases.profile import case_sums, subcategory_key
from closurerate.cases.scope import in_year, require_open
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.errors import InputError
from closurerate.kpi.effective import (
    EffectiveRule,
    passes_expression,
    tier_name_expression,
    tier_rank_expression,
)
from closurerate.records.sealing import check_seal, sealed_parquet
from closurerate.records.writing import replacing

GROUPS = {"branch": BRANCHES, "category": CATEGORIES}

KEYS = ["branch", "category", "tier", "disposition"]
CASE_MEASURES = ["new", "reopened", "closed", "effective", "pending"]
MONEY_MEASURES = ["closed_referred_twd", "closed_paid_twd", "pending_referred_twd", "collected_twd"]
MEASURES = CASE_MEASURES + MONEY_MEASURES
"""Columns of a count; `reopened` and `collected_twd` are null where the extract does not tell."""

Counts = Mapping[str, int | None]
"""Cases and whole NTD by name as in `MEASURES`; None where the data do not tell."""

_SCHEMA = pa.schema(
    [(name, pa.string()) for name in KEYS]
    + [(name, pa.int64()) for name in CASE_MEASURES]
    + [(name, pa.decimal128(38, 0)) for name in MONEY_MEASURES]
)


def grouped_cases(cases: ir.Table, rule: EffectiveRule) -> ir.Table:
    """Return the one pass over the rows: what a disposition means is settled a group at a time.

    To compare dispositions, choose between them or filter sums row by row doubles the time.

    Returns:
        ir.Table: By branch, category, subcategory (where there is one), `tier_rank`, disposition
            and `is_closed` the `cases.profile.case_sums`, the cases whose payment passes the ratio
            of their tier, and sums in NTD.
    """
    rows = cases.mutate(
        tier_rank=tier_rank_expression(cases.referred_amount_twd, rule),
        is_passing=passes_expression(cases.referred_amount_twd, cases.paid_amount_twd, rule),
    )
    keys = ["branch", "category", *subcategory_key(cases), "tier_rank", "disposition", "is_closed"]
    return rows.group_by(keys).agg(
        **case_sums(rows),
        passing=rows.is_passing.sum().cast("int64"),
        referred_twd=_money(rows.referred_amount_twd.sum()),
        paid_twd=_money(rows.paid_amount_twd.sum()),
        collected_twd=_money(rows.collected_in_year_twd.sum())
        if "collected_in_year_twd" in cases.columns
        else ibis.null("decimal(38, 0)"),
    )


def _money(total: ir.IntegerScalar) -> ir.DecimalScalar:
    """Return a sum in NTD, which may be more than 64 bits hold."""
    return total.cast("decimal(38, 0)")


def counts_of(grouped: ir.Table, rule: EffectiveRule) -> pd.DataFrame:
    """Return the count of a year's cases from `grouped_cases`, as `count_cases` returns it."""
    is_closed = grouped.is_closed
    effective = ibis.cases(
        (grouped.disposition.isin(rule.paid_in_full), grouped["cases"]),
        (grouped.disposition.isin(rule.paid_in_part), grouped.passing),
        else_=0,
    )
    rows = grouped.select(
        "branch",
        "category",
        "new",
        "reopened",
        "collected_twd",
        tier=tier_name_expression(grouped.tier_rank, rule),
        disposition=is_closed.ifelse(grouped.disposition, ibis.null("string")),
        closed=is_closed.ifelse(grouped["cases"], 0),
        effective=is_closed.ifelse(effective, 0),
        pending=is_closed.ifelse(0, grouped["cases"]),
        closed_referred_twd=is_closed.ifelse(grouped.referred_twd, 0),
        closed_paid_twd=is_closed.ifelse(grouped.paid_twd, 0),
        pending_referred_twd=is_closed.ifelse(0, grouped.referred_twd),
    )
    sums = {name: rows[name].sum() for name in CASE_MEASURES}
    sums |= {name: _money(rows[name].sum()) for name in MONEY_MEASURES}
    counted = rows.group_by(KEYS).agg(**sums).to_pyarrow()
    return ordered(pd.DataFrame(counted.to_pydict()), rule)


def count_cases(path: Path, year: int, rule: EffectiveRule) -> pd.DataFrame:
    """Return the count of a contract file for a year, read once by DuckDB.

    Returns:
        DataFrame: `KEYS` (`disposition` is null for cases not closed in the year) and `MEASURES`
            (Python integers, whole cases and NTD), in the contract's order.

    Raises:
        InputError: If no case of the file was open in the year.
    """
    with opened(path) as cases:
        counts = counts_of(grouped_cases(in_year(cases, year), rule), rule)
    require_open(len(counts), path, year)
    return counts


def ordered(counts: pd.DataFrame, rule: EffectiveRule) -> pd.DataFrame:
    """Return a count with its rows in the contract's order and its numbers as Python integers."""
    orders = GROUPS | {"tier": tuple(tier.name for tier in rule.tiers), "disposition": DISPOSITIONS}
    ranks = {key: {name: rank for rank, name in enumerate(order)} for key, order in orders.items()}
    result = counts.sort_values(
        KEYS, key=lambda column: column.map(ranks[str(column.name)]), na_position="last"
    )
    return _with_integers(result.reset_index(drop=True))


def _with_integers(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a count whose numbers are Python integers of any size, None where not known."""
    whole = {
        name: pd.Series(
            [None if pd.isna(item) else int(item) for item in counts[name]],
            index=counts.index,
            dtype=object,
        )
        for name in MEASURES
    }
    return counts.assign(**whole)


def write_counts(counts: pd.DataFrame, path: Path) -> None:
    """Write a count as Parquet, in one step."""
    columns = {
        name: [None if pd.isna(item) else item for item in counts[name]] for name in _SCHEMA.names
    }
    with replacing(path) as partial, sealed_parquet(partial, _SCHEMA) as writer:
        writer.write_table(pa.Table.from_pydict(columns, schema=_SCHEMA))


def read_counts(path: Path) -> pd.DataFrame:
    """Return a count that `write_counts` wrote; InputError if it is not there or damaged."""
    if not path.is_file():
        raise InputError(f"{path}: the cases are not counted yet; `closurerate count` does it.")
    check_seal(path)
    return _with_integers(pd.DataFrame(pq.read_table(path).to_pydict()))
