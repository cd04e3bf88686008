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
    try:
        return column.cast(wanted)
    except pa.ArrowException as error:
        raise InputError(
            f"{_NAME}: column {name} is {column.type} and does not become {wanted}: {error}."
        ) from None
