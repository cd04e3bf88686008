"""A synthetic year where `closurerate.year` looks for one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def cases_of_107(panel_files: dict[int, Path]) -> Iterator[None]:
    """Put a synthetic year of one in two hundred into the project."""
    shutil.copytree(panel_files[107].parent, "data/cases/107/synthetic-0.005")
    yield
    shutil.rmtree("data/cases")
