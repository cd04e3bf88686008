"""Corrections applied to the rows, each only where what it corrects still stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake.fate.corrections import Correction
from closurerate.intake.said.rows import POSITION, Rows, as_came
from closurerate.intake.said.stage import came, stage_fault


@dataclass(frozen=True)
class Outcome:
    """What became of a correction: `applied`, `no_such_case`, or `from_differs`; its rows."""

    correction: Correction
    rows: int
    outcome: str


@dataclass(frozen=True)
class Corrected:
    """Rows after the corrections.

    Attributes:
        rows: With the corrected values, which are no longer at fault; `came` keeps what came.
        changed: `POSITION` of the rows that a correction was applied to, and `fixed`, a bit for
            each of `columns`: whether it was corrected there; None if there are no such rows.
    """

    rows: Rows
    outcomes: tuple[Outcome, ...]
    changed: ir.Table | None
    columns: tuple[str, ...] = ()


def correct(
    connection: ibis.BaseBackend, rows: Rows, corrections: tuple[Correction, ...]
) -> Corrected:
    """Apply the corrections to the rows as they came.

    One of a column that no table has finds nothing to correct. Small tables of the corrections are
    made in DuckDB.
    """
    columns = sorted({item.column for item in corrections} & set(rows.present))
    table = rows.table
    counts: dict[int, tuple[int, int]] = {}
    for column in columns:
        lookup = connection.create_table(
            f"correct_{column}", ibis.memtable(_lookup(column, corrections)), temp=True
        )
        table = _corrected(table.left_join(lookup, table.case_id == lookup.fix_case), column)
        counts |= _counts(table, column)
    outcomes = tuple(
        _outcome(rows, item, *counts.get(number, (0, 0))) for number, item in enumerate(corrections)
    )
    if not any(outcome.rows for outcome in outcomes):
        return Corrected(rows, outcomes, None)
    fixed = _bits(table[_fix(column)].notnull() for column in columns)
    changed = table.select(*POSITION, fixed=fixed).filter(ibis._.fixed > 0)
    changed = connection.create_table("corrected", changed, temp=True)
    view = connection.create_view("corrected_rows", table.select(*rows.table.columns))
    return Corrected(replace(rows, table=view), outcomes, changed, tuple(columns))


def _bits(conditions: Iterable[ir.BooleanValue]) -> ir.IntegerValue:
    return reduce(
        add,
        (holds.ifelse(ibis.literal(1 << at, "int64"), 0) for at, holds in enumerate(conditions)),
    )


def uncorrected(connection: ibis.BaseBackend, rows: Rows, corrected: Corrected) -> Rows:
    """Return the corrected rows anew for each choice of corrections that are left out."""
    assert corrected.changed is not None
    changed = corrected.changed
    fixes = changed.select("fixed").distinct().to_pyarrow()["fixed"].to_pylist()
    choices = [(fixed, out) for fixed in fixes for out in range(1, fixed + 1) if out & ~fixed == 0]
    left_out = ibis.memtable(
        pa.table({"fixed": [f for f, _ in choices], "left_out": [out for _, out in choices]})
    )
    parts = {column: (column, stage_fault(column), came(column)) for column in corrected.columns}
    # Each of the many rows is looked at once; all else is about the few that are kept of them.
    few, after = (
        connection.create_table(name, each.table.semi_join(changed, POSITION), temp=True)
        for name, each in (("corrected_from", rows), ("corrected_to", corrected.rows))
    )
    values = {f"{name}__after": after[name] for names in parts.values() for name in names}
    table = few.inner_join(changed.inner_join(left_out, "fixed"), POSITION).inner_join(
        after.select(*POSITION, **values), POSITION
    )
    chosen = {
        name: ((table.left_out & (1 << at)) > 0).ifelse(table[name], table[f"{name}__after"])
        for at, names in enumerate(parts.values())
        for name in names
    }
    made = table.mutate(**chosen).select(*rows.table.columns)
    return replace(rows, table=connection.create_table("uncorrected", made, temp=True))


def _fix(column: str) -> str:
    return f"{column}__fix"


def _lookup(column: str, corrections: tuple[Correction, ...]) -> pa.Table:
    """Return the corrections of a column, with their places in the list."""
    arrow_type = next(item.arrow_type for item in COLUMNS if item.name == column)
    own = [(number, item) for number, item in enumerate(corrections) if item.column == column]
    return pa.table(
        {
            "fix_number": pa.array([number for number, _ in own], pa.int64()),
            "fix_case": pa.array([item.case for _, item in own], pa.string()),
            "fix_from": pa.array([item.from_value for _, item in own], arrow_type),
            "fix_from_text": pa.array([item.from_text for _, item in own], pa.string()),
            "fix_to": pa.array([item.to_value for _, item in own], arrow_type),
        }
    )


def _corrected(table: ir.Table, column: str) -> ir.Table:
    # Where nothing stands, `from` must be nothing; where a text cannot be read, the same text.
    is_same = ibis.ifelse(
        table[stage_fault(column)].isnull(),
        table[column].identical_to(table.fix_from)
        & (table.fix_from.notnull() | table.fix_from_text.isnull()),
        as_came(table, column).strip() == table.fix_from_text,
    )
    holds = table.fix_number.notnull() & is_same.fill_null(False)
    return table.mutate(
        **{
            column: ibis.ifelse(holds, table.fix_to, table[column]),
            came(column): as_came(table, column).fill_null(""),
            stage_fault(column): ibis.ifelse(
                holds, ibis.null("string"), table[stage_fault(column)]
            ),
            _fix(column): ibis.ifelse(holds, table.fix_number, ibis.null("int64")),
            f"{column}__near": table.fix_number,
        }
    ).drop("fix_number", "fix_case", "fix_from", "fix_from_text", "fix_to")


def _counts(table: ir.Table, column: str) -> dict[int, tuple[int, int]]:
    """Return by place of the correction how many rows its case has, and how many it changed."""
    near = table[f"{column}__near"]
    found = (
        table.filter(near.notnull())
        .group_by(number=near)
        .agg(met=ibis._.count(), changed=ibis._[_fix(column)].count())
    )
    return {row["number"]: (row["met"], row["changed"]) for row in found.to_pyarrow().to_pylist()}


def _outcome(rows: Rows, item: Correction, met: int, changed: int) -> Outcome:
    if changed:
        return Outcome(item, changed, "applied")
    if not met:  # also of a column that no table has
        met = rows.table.filter(rows.table.case_id == item.case).count().to_pyarrow().as_py()
    return Outcome(item, 0, "from_differs" if met else "no_such_case")
