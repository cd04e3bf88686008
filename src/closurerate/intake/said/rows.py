"""The typed rows of all tables of an extract, as one expression."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis.formats.pyarrow import PyArrowType

from closurerate.cases.vocabulary import COLUMNS, ContractColumn
from closurerate.intake.came.raw_table import MALFORMED
from closurerate.intake.said.stage import Staged, came, stage_fault

POSITION = ["table_no", "row_no"]
"""Which table, from 0, in the order given; and which of its rows, from 1."""


@dataclass(frozen=True)
class Rows:
    """Typed rows of all tables, as an expression.

    Attributes:
        table: `POSITION`; the contract columns `present`, typed, null where nothing stands or it
            cannot be read; for each what `stage.fault` and `stage.came` name; and `MALFORMED`, the
            whole row where it has no cells.
        faulty: Those with any text that cannot be read.
    """

    table: ir.Table
    present: tuple[str, ...]
    faulty: frozenset[str]
    has_malformed: bool


def as_came(table: ir.Table, column: str) -> ir.StringValue:
    """Return a column's texts as they came; null where nothing stood."""
    # Of a corrected value "" says that nothing stood there.
    return ibis.coalesce(table[came(column)], table[column].cast("string")).nullif("")


def of_table(table_no: ir.IntegerColumn, values: Sequence[Any]) -> ir.Column:
    """Return what a row's table has: the n-th value is table n's, and None is null."""
    told = [(table_no == number, value) for number, value in enumerate(values) if value is not None]
    return ibis.cases(*told) if told else ibis.null("string")


def read_rows(connection: ibis.BaseBackend, staged: Sequence[Staged]) -> Rows:
    """Return the typed rows of all tables in their order, which DuckDB reads in place."""
    columns = [column for column in COLUMNS if any(column.name in t.columns for t in staged)]
    parts = [_rows(connection, table, no, columns) for no, table in enumerate(staged)]
    rows = parts[0] if len(parts) == 1 else ibis.union(*parts)
    return Rows(
        # A view: Ibis would else write an expression out wherever its column is used.
        table=connection.create_view("came", rows),
        present=tuple(column.name for column in columns),
        faulty=frozenset().union(*(table.faulty for table in staged)),
        has_malformed=any(table.has_malformed for table in staged),
    )


def _rows(
    connection: ibis.BaseBackend, staged: Staged, number: int, columns: Sequence[ContractColumn]
) -> ir.Table:
    table = connection.read_parquet(
        str(staged.path), table_name=f"staged_{number}", file_row_number=True
    )
    values: dict[str, ir.Value] = {}
    for column in columns:
        for name, kind in (
            (column.name, PyArrowType.to_ibis(column.arrow_type)),
            (stage_fault(column.name), "string"),
            (came(column.name), "string"),
        ):
            values[name] = table[name] if column.name in staged.columns else ibis.null(kind)
    return table.select(
        table_no=ibis.literal(number, "int64"),
        row_no=table.file_row_number + 1,
        **values,
        **{MALFORMED: table[MALFORMED]},
    )
