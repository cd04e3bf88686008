"""Keeping a table's rows, read but not judged: one Parquet file, in their order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.engine import connected, write_parquet
from closurerate.cases.vocabulary import COLUMNS, ContractColumn
from closurerate.intake.came.raw_table import MALFORMED, RESTART, Notes, RawTable
from closurerate.intake.said.columns import ColumnReader, IdReader
from closurerate.intake.said.words import IDS, Vocabulary


def stage_fault(column: str) -> str:
    """Return the name of the column that holds why a value cannot be read; null where it can."""
    return f"{column}__fault"


def came(column: str) -> str:
    """Return the name of the column that holds a text that is not what its value prints as."""
    return f"{column}__came"


@dataclass(frozen=True)
class Staged:
    """A table's rows in a Parquet file.

    Attributes:
        path: The file: for each of `columns` its value, its `fault` and what `came`; and
            `MALFORMED`. Row n of the table is its n-th row.
        faulty: Those with any text that cannot be read.
    """

    path: Path
    rows: int
    columns: tuple[str, ...]
    faulty: frozenset[str]
    has_malformed: bool
    notes: Notes


def stage_table(
    table: RawTable,
    header_row: int,
    columns: dict[int, str],
    path: Path,
    *,
    vocabulary: Vocabulary,
    tell_bytes: Callable[[int], None] = lambda _: None,
) -> Staged:
    """Read a table to its end and keep its contract columns, by their positions in its header.

    Raises:
        InputError: If the table cannot be read to its end.
    """
    notes = Notes()
    present = tuple(column.name for column in COLUMNS if column.name in columns.values())
    stage = _Stage(path, present, vocabulary)
    try:
        for batch in table.read(header_row, columns, notes, tell_bytes):
            if RESTART in (batch.schema.metadata or {}):
                stage.close()
                stage = _Stage(path, present, vocabulary)
            elif batch.num_rows:
                stage.add(batch)
    finally:
        stage.close()
    return stage.staged(notes)


class _Stage:
    """A Parquet file that grows by batches, each written while the next one is read."""

    def __init__(self, path: Path, columns: tuple[str, ...], vocabulary: Vocabulary) -> None:
        self.path = path
        self.columns = columns
        self.rows = 0
        self.has_malformed = False
        self._beside = ThreadPoolExecutor(1)
        self._written: Future[None] | None = None
        contract = {column.name: column for column in COLUMNS}
        self._readers = {name: _reader(contract[name], vocabulary) for name in columns}
        text = pa.dictionary(pa.int32(), pa.string())
        fields = []
        for name in columns:
            kind = contract[name].arrow_type
            is_plain = name in IDS or not pa.types.is_string(kind)
            fields.append(pa.field(name, kind if is_plain else text))
            fields.append(pa.field(stage_fault(name), pa.string()))
            fields.append(pa.field(came(name), pa.string() if name in IDS else text))
        self._schema = pa.schema([*fields, pa.field(MALFORMED, pa.string())])
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="none",
            # Amounts are many and different: looking them up costs more than it saves.
            use_dictionary=[
                item.name
                for item in fields
                if pa.types.is_dictionary(item.type) or pa.types.is_date32(item.type)
            ],
            write_statistics=False,
            store_schema=False,  # read back, texts are plain
        )

    def add(self, batch: pa.RecordBatch) -> None:
        arrays = []
        for name in self.columns:
            typed = self._readers[name](batch.column(name))
            arrays += [typed.values, typed.faults, typed.came]
        malformed = batch.column(MALFORMED).cast(pa.string())
        self.has_malformed |= malformed.null_count < len(malformed)
        typed_batch = pa.record_batch([*arrays, malformed], schema=self._schema)
        self._wait()
        self._written = self._beside.submit(self._writer.write_batch, typed_batch)
        self.rows += batch.num_rows

    def _wait(self) -> None:
        """Wait until what was handed over is written; raise what went wrong there."""
        written, self._written = self._written, None
        if written is not None:
            written.result()

    def close(self) -> None:
        try:
            self._wait()
        finally:
            self._beside.shutdown()
            self._writer.close()

    def staged(self, notes: Notes) -> Staged:
        return Staged(
            path=self.path,
            rows=self.rows,
            columns=self.columns,
            faulty=frozenset(name for name, read in self._readers.items() if read.has_faults),
            has_malformed=self.has_malformed,
            notes=notes,
        )


def _reader(column: ContractColumn, vocabulary: Vocabulary) -> ColumnReader:
    read = vocabulary.reader(column)
    is_id, shortest = column.name in IDS, vocabulary.shortest_id
    return IdReader(column, read, shortest=shortest) if is_id else ColumnReader(column, read)


def in_order(staged: Staged) -> Staged:
    """Return a table with its rows sorted by all that they say, in a file beside its own."""
    path = staged.path.with_name(f"{staged.path.stem}-in-order.parquet")
    with connected(staged.path.parent, is_ordered=True) as connection:
        # Where one thread writes, row groups are cut at the same places each time.
        connection.raw_sql("SET threads = 1")
        table = connection.read_parquet(str(staged.path))
        rows = table.order_by(table.columns)
        write_parquet(connection, rows, path)
    return replace(staged, path=path)
