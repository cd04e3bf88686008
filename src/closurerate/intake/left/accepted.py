"""The case file: the accepted rows in contract form, in their order, the same bytes each time.

DuckDB keeps no order through a join, and where it cuts row groups depends on how its threads come
along. So it says which rows are not accepted, and Arrow copies the others from where they are kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake.fate.correcting import Corrected
from closurerate.intake.fate.placing import Placed
from closurerate.intake.said.rows import POSITION
from closurerate.intake.said.stage import Staged
from closurerate.intake.said.words import IDS
from closurerate.records.sealing import sealed_parquet

GROUP_ROWS = 122_880
"""Rows of a row group: what DuckDB works on at a time."""


@dataclass(frozen=True)
class Accepted:
    """Which of the rows that were kept are accepted.

    Attributes:
        left_out: For each table which rows, from 0, are not accepted.
        corrections: For each table `POSITION` and contract columns of the corrected rows, in their
            order.
    """

    staged: Sequence[Staged]
    schema: pa.Schema
    left_out: Sequence[np.ndarray]
    corrections: Sequence[pa.Table]


def find_accepted(placed: Placed, staged: Sequence[Staged], corrected: Corrected) -> Accepted:
    """Ask the engine which rows are accepted, and how the corrected ones read."""
    present = placed.judged.rows.present
    schema = pa.schema(
        [(column.name, column.arrow_type) for column in COLUMNS if column.name in present]
    )
    changed = _corrections(corrected, schema)
    numbers = range(len(staged))
    return Accepted(
        staged=staged,
        schema=schema,
        left_out=[_left_out(placed, number) for number in numbers],
        corrections=[changed.filter(pc.equal(changed["table_no"], number)) for number in numbers],
    )


def write_accepted(accepted: Accepted, path: Path, metadata: dict[str, str] | None = None) -> int:
    """Write the accepted rows to a Parquet file, and return how many; no engine is asked."""
    schema = accepted.schema
    shared = [
        field.name
        for field in schema
        if field.name not in IDS and not pa.types.is_int64(field.type)
    ]
    rows = 0
    with sealed_parquet(
        path, schema, metadata, compression="snappy", use_dictionary=shared
    ) as writer:
        tables = (
            batch
            for table, left_out, corrections in zip(
                accepted.staged, accepted.left_out, accepted.corrections, strict=True
            )
            for batch in _accepted(table, left_out, corrections, schema)
        )
        for group in _ahead(in_groups(tables)):
            writer.write_batch(group)
            rows += group.num_rows
    return rows


def _left_out(placed: Placed, table_no: int) -> np.ndarray:
    """Return which rows of a table, from 0, are not accepted."""
    marked = placed.marked
    own = marked.filter((marked.place != "accepted") & (marked.table_no == table_no))
    numbers: np.ndarray = own.select("row_no").to_pyarrow()["row_no"].to_numpy()
    return numbers - 1


def _corrections(corrected: Corrected, schema: pa.Schema) -> pa.Table:
    """Return position and contract columns of the corrected rows, in their order."""
    rows = corrected.rows.table
    if corrected.changed is None:
        return pa.schema([(name, pa.int64()) for name in POSITION]).empty_table()
    near = rows.semi_join(corrected.changed, POSITION).order_by(POSITION)
    return near.select(*POSITION, *schema.names).to_pyarrow()


def _accepted(
    staged: Staged, left_out: np.ndarray, corrections: pa.Table, schema: pa.Schema
) -> Iterator[pa.Table]:
    """Yield a table's accepted rows in their order; `corrections` are those of this table."""
    is_kept = np.ones(staged.rows, dtype=bool)
    is_kept[left_out] = False
    first = 0
    columns = [name for name in schema.names if name in staged.columns]
    with pq.ParquetFile(staged.path) as file:
        for batch in file.iter_batches(GROUP_ROWS, columns=columns):
            last = first + batch.num_rows
            rows = _in_contract(batch, schema)
            is_near = pc.and_(
                pc.greater(corrections["row_no"], first), pc.less_equal(corrections["row_no"], last)
            )
            if pc.any(is_near).as_py():
                rows = _replaced(rows, first, corrections.filter(is_near))
            kept = is_kept[first:last]
            yield rows if kept.all() else rows.filter(pa.array(kept))
            first = last


def _in_contract(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """Return rows with the contract's types; a column that this table lacks is empty."""
    columns = [
        batch[field.name].cast(field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _replaced(rows: pa.Table, first: int, corrections: pa.Table) -> pa.Table:
    mask = np.zeros(rows.num_rows, dtype=bool)
    mask[corrections["row_no"].to_numpy() - 1 - first] = True
    columns = [
        pc.replace_with_mask(
            rows[field.name], mask, corrections[field.name].cast(field.type).combine_chunks()
        )
        for field in rows.schema
    ]
    return pa.Table.from_arrays(columns, schema=rows.schema)


def in_groups(tables: Iterable[pa.Table]) -> Iterator[pa.RecordBatch]:
    """Cut rows into groups of the same size, so that they do not depend on how the rows came."""
    rest: pa.Table | None = None
    for table in tables:
        rest = table if rest is None else pa.concat_tables([rest, table])
        while rest.num_rows >= GROUP_ROWS:
            yield _whole(rest.slice(0, GROUP_ROWS))
            rest = rest.slice(GROUP_ROWS)
    if rest is not None and rest.num_rows:
        yield _whole(rest)


def _whole(table: pa.Table) -> pa.RecordBatch:
    return table.combine_chunks().to_batches()[0]


def _ahead(groups: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Let the next group be read while the caller writes one."""
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(next, groups, None)
        while (group := coming.result()) is not None:
            coming = beside.submit(next, groups, None)
            yield group
