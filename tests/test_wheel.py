"""The wheel serves outside a checkout: definitions, words and fonts' places are inside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from project_copy import copy_shipped


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package as the wheel has it, and nothing else of the project."""
    folder = tmp_path_factory.mktemp("wheel")
    copy_shipped(folder / "source")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=folder / "source", check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


def said(installed: Path, folder: Path, *command: str) -> str:
    elsewhere = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=elsewhere, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_case_file_is_evaluated_outside_a_checkout(
    installed: Path, tmp_path: Path, panel_files: dict[int, Path]
):
    cases = str(panel_files[107])
    called = ("-m", "closurerate.cli", "kpi", "--cases", cases, "--year", "107")
    assert "36.49 %" in said(installed, tmp_path, *called)


def test_the_library_opens_own_cases_outside_a_checkout(
    installed: Path, tmp_path: Path, panel_files: dict[int, Path]
):
    code = (
        "import pandas as pd, closurerate as cr\n"
        f"opened = cr.own_cases(pd.read_parquet({str(panel_files[107])!r}), 107)\n"
        "print(cr.__file__, opened.compare('clearance_rate').round(1).loc['total'].item())\n"
        "cr.plot.threshold_moves(opened)\n"
    )
    told = said(installed, tmp_path, "-c", code)
    assert str(installed) in told
    assert "98.2" in told
