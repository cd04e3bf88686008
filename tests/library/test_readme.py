"""What the README shows in Python runs as it stands there."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest

from project_copy import ROOT


@pytest.fixture
def cases_of_107(panel_files: dict[int, Path]) -> Iterator[None]:
    folder = Path("data/cases/107/synthetic-0.005")
    folder.mkdir(parents=True)
    shutil.copy(panel_files[107], folder / "cases.parquet")
    yield
    shutil.rmtree("data/cases")


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hant.md"])
def test_the_python_of_a_readme_runs(name: str, cases_of_107: None):
    found = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    with matplotlib.rc_context():
        exec(compile(found[0], name, "exec"), {})
