"""A notebook that JupyterLab saved with outputs leaves git clean, and an edit of it does not."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from closurerate.cli.lab import tell_git
from project_copy import ROOT

SAVED = {"type": "notebook"}


def git(folder: Path, *given: str) -> str:
    done = subprocess.run(["git", *given], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a shipped notebook, and a filter that leaves the outputs out."""
    git(tmp_path, "init", "--quiet")
    clean = tmp_path / "clean.py"
    clean.write_text(
        "import sys, nbformat\n"
        "nb = nbformat.read(sys.stdin, 4)\n"
        "for cell in nb.cells:\n"
        "    if cell.cell_type == 'code':\n"
        "        cell.update(outputs=[], execution_count=None)\n"
        "nbformat.write(nb, sys.stdout)\n"
    )
    git(tmp_path, "config", "filter.notebooks.clean", f'"{sys.executable}" "{clean}"')
    (tmp_path / ".gitattributes").write_text((ROOT / ".gitattributes").read_text())
    (tmp_path / "a.ipynb").write_bytes((ROOT / "notebooks" / "template.ipynb").read_bytes())
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "-m", "m")
    return tmp_path


def saved(repository: Path, source: str | None = None) -> None:
    path = repository / "a.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells[1].execution_count = 1
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="ran\n" * 100)]
    if source is not None:
        notebook.cells[1].source = source
    nbformat.write(notebook, path)
    tell_git(SAVED, str(path), contents_manager=None)


def test_a_run_notebook_leaves_git_clean_and_keeps_its_outputs(repository: Path):
    saved(repository)
    assert git(repository, "status", "--short") == ""
    assert "ran" in (repository / "a.ipynb").read_text()


def test_an_edit_is_left_to_its_author(repository: Path):
    saved(repository, "year = 108")
    assert git(repository, "status", "--short").strip() == "M a.ipynb"


def test_a_notebook_that_git_does_not_know_stays_unknown(repository: Path):
    (repository / "a.ipynb").rename(repository / "b.ipynb")
    tell_git(SAVED, str(repository / "b.ipynb"))
    assert "?? b.ipynb" in git(repository, "status", "--short")


def test_make_lab_sets_both_up():
    recipe = (ROOT / "Makefile").read_text()
    assert "git config filter.notebooks.clean" in recipe
    assert "post_save_hook=closurerate.cli.lab.tell_git" in recipe
    assert re.search(r"(?m)^\*\.ipynb filter=notebooks$", (ROOT / ".gitattributes").read_text())
