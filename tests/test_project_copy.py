"""Tests go by what the project ships, whatever an author has added to his copy of it."""

import subprocess
from pathlib import Path

import pytest

from closurerate.records.paths import data_folder
from project_copy import ROOT, copy_shipped, shipped, shipped_bytes

TRACKED = (
    "data/years/107.yml", "data/years/108.yml", "data/published/106.yml",
    "data/published/109.yml", "data/corrections/108.yml", "data/vocabulary.yml",
    "data/kpi/official.yml", "notebooks/01_cases.ipynb", "src/old.py",
)  # fmt: skip
ADDED = (
    "data/kpi/proposals/mine.yml", "data/columns/other.yml", "notebooks/08_mine.ipynb",
    "src/new.py", "ignored.txt",
)  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout in which an author has worked."""
    for name in (*TRACKED, *ADDED):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as shipped", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("ignored.txt\n", encoding="utf-8")
    for command in (("init", "--quiet"), ("add", ".gitignore", *TRACKED)):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    for name in ("notebooks/01_cases.ipynb", "src/old.py"):
        (tmp_path / name).write_text("as saved", encoding="utf-8")
    return tmp_path


def test_what_an_author_adds_is_not_shipped(project: Path) -> None:
    assert set(shipped(project)) == {
        ".gitignore", "data/years/107.yml", "data/published/106.yml", "data/vocabulary.yml",
        "data/kpi/official.yml", "notebooks/01_cases.ipynb", "src/old.py", "src/new.py",
    }  # fmt: skip


def test_a_saved_notebook_is_taken_as_git_has_it(project: Path) -> None:
    assert shipped_bytes("notebooks/01_cases.ipynb", project) == b"as shipped"
    assert shipped_bytes("src/old.py", project) == b"as saved"


def test_a_definition_is_taken_up_to_the_last_shipped_year(project: Path) -> None:
    entries = (
        '    106:\n      value: "0.5"\n',
        '    108:\n      value: "0.6"\n',
        "    107: {value: 1}\n",
    )
    last = "    109: {value: 2}\n"
    text = "ratios:\n  since:\n{}targets:\n  unit: percent\n  since:\n    107: 3\n"
    path = project / "data" / "kpi" / "official.yml"
    path.write_text(text.format("".join([*entries, last])), encoding="utf-8")
    kept = text.format(entries[0] + entries[2]).encode()
    assert shipped_bytes("data/kpi/official.yml", project) == kept


def test_tests_run_on_the_shipped_data_alone(tmp_path: Path) -> None:
    assert ROOT not in data_folder().parents
    assert not (data_folder() / "cases").exists()
    copy_shipped(tmp_path, "data/years/")
    assert [path.name for path in (tmp_path / "data" / "years").iterdir()] == ["107.yml"]
