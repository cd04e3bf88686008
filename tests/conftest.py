"""What all tests share: one seeded generator, the project's folders, and small case files."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matplotlib import pyplot

from closurerate.cases.vocabulary import schema
from project_copy import copy_shipped

pytest_plugins = ["synthetic_panel"]
ROOT = Path(__file__).resolve().parents[1]

# Where Python is told to keep no bytecode, as in many containers, each of the hundreds of processes
# that the tests start would compile the package anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection(session: pytest.Session) -> None:
    """Run all tests where there is nothing but the data that the project ships.

    So nothing that an author has added, or is working on, makes a test fail.
    """
    folder, start = Path(mkdtemp()), Path.cwd()
    os.chdir(copy_shipped(folder, "data/"))

    def leave() -> None:
        os.chdir(start)
        shutil.rmtree(folder, ignore_errors=True)

    session.config.add_cleanup(leave)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest test, beside which a second worker does many others."""
    items.sort(key=lambda item: "test_yearly_update" not in item.nodeid)


def pytest_collection_finish() -> None:
    """Look for garbage seldom: at Python's own pace it takes a fifth of the time of drawing."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


@pytest.fixture(autouse=True)
def no_open_figure() -> Iterator[None]:
    """Let no test start with a figure that the one before left open."""
    pyplot.close("all")
    yield
    pyplot.close("all")


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
