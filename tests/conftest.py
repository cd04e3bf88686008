"""What all tests share: one seeded generator, the project's folders, and small case files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.cases.vocabulary import schema

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(107)


@pytest.fixture
def case_file(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes rows (dicts by contract column) as a contract file."""

    def write(rows: list[dict], name: str = "cases.parquet", drop: tuple[str, ...] = ()) -> Path:
        complete = [{field.name: row.get(field.name) for field in schema()} for row in rows]
        path = tmp_path / name
        pq.write_table(pa.Table.from_pylist(complete, schema=schema()).drop_columns(drop), path)
        return path

    return write
