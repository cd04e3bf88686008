"""Imports run one way, and importing a module does nothing that can be seen."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "closurerate"
LAYERS = ("", "cases", "intake", "kpi", "study", "report", "cli")
"""From the lowest: what stands at the top of the package serves all, and the shell uses all."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def layer(module: tuple[str, ...]) -> int:
    """Return the layer of a module named by its parts below the package."""
    head = module[0] if module else ""
    return LAYERS.index(head) if head in LAYERS else 0


def imports(path: Path) -> set[tuple[str, ...]]:
    """Return the package's modules that a module imports, by their parts below the package."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {tuple(name.split(".")[1:]) for name in names if name.split(".")[0] == "closurerate"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    own = layer(path.relative_to(PACKAGE).with_suffix("").parts)
    too_high = {name for name in imports(path) if layer(name) > own}
    assert not too_high


def test_kpi_knows_no_report_no_year_and_no_folder():
    forbidden = {"paths", "years", "narrative", "published", "report"}
    for path in (PACKAGE / "kpi").glob("*.py"):
        assert not {name[0] for name in imports(path) if name} & forbidden, path.name


def test_importing_says_and_writes_nothing(tmp_path):
    names = [
        ".".join(("closurerate", *path.relative_to(PACKAGE).with_suffix("").parts))
        for path in MODULES
        if path.name != "__init__.py"
    ]
    code = "; ".join(f"import {name}" for name in names)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not list(tmp_path.iterdir())
