"""Cases that a person brings as a DataFrame or Arrow table, written in the contract's form."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.contract import check_cases
from closurerate.cases.vocabulary import COLUMNS, is_text
from closurerate.errors import InputError

_NAME = "own cases"


def write_own_cases(table: Any, year: int, path: Path) -> None:
    """Write a table as a case file and check it by the whole case contract.

    Columns that the contract does not know are kept.

    Raises:
        InputError: If it is no table, or breaks the contract.
    """
    found = _as_arrow(table)
    columns = {name: found.column(name) for name in dict.fromkeys(found.column_names)}
    for column in COLUMNS:
        if column.name in columns:
            columns[column.name] = _cast(columns[column.name], column.name, column.arrow_type)
    pq.write_table(pa.table(columns), path)
    check_cases(path, year, _NAME, idle_years=1)


def _as_arrow(table: Any) -> pa.Table:
    if isinstance(table, pd.DataFrame):
        if (repeated := table.columns[table.columns.duplicated()]).size:
            raise InputError(f"{_NAME}: column {repeated[0]} comes more than once.")
        try:
            return pa.Table.from_pandas(table, preserve_index=False)
        except (pa.ArrowException, TypeError) as error:
            raise InputError(f"{_NAME}: a column mixes types: {error.args[0]}.") from None
    if hasattr(table, "__arrow_c_stream__"):
        return pa.table(table)
    raise InputError(
        f"{_NAME}: a {type(table).__name__} is no table: give a pandas DataFrame, an Arrow table, "
        "or what Arrow can read (as polars has)."
    )


def _cast(column: pa.ChunkedArray, name: str, wanted: pa.DataType) -> pa.ChunkedArray:
    if is_text(wanted) and is_text(column.type):
        return column
    cast = _cast_or_none(column, wanted)
    if cast is None:
        needed = _NEEDED.get(wanted, str(wanted))
        raise InputError(f"{_NAME}: column {name} must hold {needed}, {_first(column, wanted)}.")
    return cast


_NEEDED = {
    pa.int64(): "whole numbers such as 1234",
    pa.date32(): "Gregorian days such as 2018-12-31",
    pa.string(): "text",
}


def _cast_or_none(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray | None:
    try:
        return column.cast(wanted)
    except pa.ArrowException:
        return None


def _first(column: pa.ChunkedArray, wanted: pa.DataType) -> str:
    """Return where the first value is that does not become what is wanted, by halving."""
    low, high = 0, len(column)
    while high - low > 1:
        middle = (low + high) // 2
        is_before = _cast_or_none(column[low:middle], wanted) is None
        low, high = (low, middle) if is_before else (middle, high)
    return f"but row {high} has {column[low].as_py()!r}" if high else f"and not {column.type}"
