"""What stands for a case that comes in more than one row."""

from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from closurerate.cases.engine import hashed
from closurerate.intake.came.raw_table import MALFORMED
from closurerate.intake.said.rows import POSITION, Rows, as_came, of_table
from closurerate.intake.said.stage import stage_fault

Merge = Literal["parts", "snapshots"]
"""How several files make the year.

`parts`: each case stands in one file. `snapshots`: the files were taken one after the other, and
the newest row of a case stands.
"""

SUPERSEDED, DUPLICATE, CONFLICT = "superseded", "duplicate", "case_id_conflict"


def find_repeats(
    connection: ibis.BaseBackend, rows: Rows, merge: Merge, file_of: tuple[int, ...]
) -> ir.Table | None:
    """Return which rows repeat a case, and what becomes of each; None if no case repeats.

    Rows without a case_id repeat nothing. Two rows have the same content if all contract columns
    read the same; what cannot be read must be the same text.

    Args:
        connection: DuckDB; the rows concerned are kept in it for the while.
        file_of: Position of its file for each table; of snapshots, a later file is newer.

    Returns:
        ibis.expr.types.Table or None: `POSITION` of the rows of cases that come more than once,
            except of the one that stands, and `repeat`: `SUPERSEDED`, `DUPLICATE` or `CONFLICT`.
    """
    table = rows.table
    repeated = _repeated_hashes(table)
    if not repeated.size:
        return None
    # Few rows repeat as a rule: they are found by a hash of their id, and looked at closely alone.
    keys = ibis.memtable(pa.table({"key": repeated}))
    near = table.semi_join(keys, hashed(table.case_id) == keys.key)
    suspects = connection.create_table("suspects", _suspects(near, rows, file_of), temp=True)
    return connection.create_table("repeats", _repeats(suspects, merge), temp=True)


def conflicts_among(
    connection: ibis.BaseBackend,
    rows: Rows,
    positions: ir.Table,
    merge: Merge,
    file_of: tuple[int, ...],
) -> ir.Table:
    """Return the `POSITION` of rows at odds with another of their case, of those at `positions`."""
    table = rows.table
    cases = table.semi_join(positions, POSITION).select("case_id").distinct()
    near = table.semi_join(connection.create_table("near", cases, temp=True), "case_id")
    suspects = _suspects(near, rows, file_of)
    repeats = _repeats(connection.create_table("near_suspects", suspects, temp=True), merge)
    found = repeats.filter(repeats.repeat == CONFLICT).select(*POSITION)
    return connection.create_table("at_odds", found, temp=True)


def _suspects(near: ir.Table, rows: Rows, file_of: tuple[int, ...]) -> ir.Table:
    return near.select(
        *POSITION, "case_id", file_no=of_table(near.table_no, file_of), content=_content(near, rows)
    )


def _repeated_hashes(table: ir.Table) -> np.ndarray:
    """Return the hashes that more than one row's case_id has."""
    hashes = table.filter(table.case_id.notnull()).select(key=hashed(table.case_id))
    found = np.sort(hashes.to_pyarrow()["key"].to_numpy())
    return np.unique(found[1:][found[1:] == found[:-1]])


def _content(table: ir.Table, rows: Rows) -> ir.StringColumn:
    """Return all that a row says, as one text."""
    parts = [
        ibis.coalesce(
            table[column].cast("string"),
            ibis.ifelse(
                table[stage_fault(column)].notnull(), "?" + as_came(table, column), ibis.null()
            ),
            "",
        )
        for column in rows.present
    ]
    return ibis.array([*parts, table[MALFORMED].fill_null("")]).join("\x1f")


def _repeats(suspects: ir.Table, merge: Merge) -> ir.Table:
    """Return position and fate of every suspect that does not simply stand."""
    of_case = ibis.window(group_by="case_id")
    alike = ibis.window(group_by=("case_id", "content", "is_newest"), order_by=POSITION)
    newest = suspects.file_no == suspects.file_no.max().over(of_case)
    marked = suspects.mutate(is_newest=newest if merge == "snapshots" else ibis.literal(True))
    counted = marked.mutate(
        copy=ibis.row_number().over(alike),
        variants=marked.content.nunique(where=marked.is_newest).over(of_case),
    )
    repeat = ibis.cases(
        (~counted.is_newest, SUPERSEDED),
        (counted["copy"] > 0, DUPLICATE),
        (counted.variants > 1, CONFLICT),
    )
    return counted.select(*POSITION, repeat=repeat).filter(ibis._.repeat.notnull())
