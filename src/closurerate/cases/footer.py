"""Opening a Parquet file, whoever wrote it, once its footer is one that can be believed."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from closurerate.errors import InputError

MOST_FOOTER_BYTES = 1 << 25
"""Its reader makes some fifteen times that of it."""

_FOOTER_END = 8


def open_parquet(path: Path, **options: Any) -> pq.ParquetFile:
    """Open a Parquet file by its whole path, as `s3:x.parquet` would be an address.

    Raises:
        InputError: If its footer is over `MOST_FOOTER_BYTES`, as that of very many columns or row
            groups is, or tells of other rows in all than in its parts.
        OSError, pyarrow.ArrowException: If there is no such file, or it is no Parquet.
    """
    _check_length(path)
    file = pq.ParquetFile(path.absolute(), **options)
    groups = range(file.metadata.num_row_groups)
    rows = sum(file.metadata.row_group(number).num_rows for number in groups)
    if rows != file.metadata.num_rows:
        file.close()
        raise InputError(
            f"{path}: is damaged: its footer tells of {file.metadata.num_rows:,} rows in all, and "
            f"of {rows:,} in its parts; have it written or copied again."
        )
    return file


def _check_length(path: Path) -> None:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _FOOTER_END))
        length = int.from_bytes(file.read(4), "little")
    if MOST_FOOTER_BYTES < length < path.stat().st_size:
        raise InputError(
            f"{path}: describes its columns and row groups in over {MOST_FOOTER_BYTES >> 20} MB, "
            "which no extract does; have it written with fewer of them."
        )
