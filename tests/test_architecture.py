"""Imports run one way, and importing a module does nothing that can be seen."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "closurerate"
ROOMS = (
    "", "records", "cases", "kpi", "synthetic", "press.print", "press", "press.ledger",
    "press.export",
    "intake.came", "intake.said", "intake.fate", "intake.left", "intake", "audit.claims", "year",
    "intake.validation", "study", "study.doubts", "study.readings", "study.formula",
    "study.thresholds", "study.variance", "study.change", "study.incentives", "study.ranks",
    "study.errors", "study.worlds", "audit.tables", "audit", "audit.rows", "audit.disclosure",
    "library", "making", "audit.run", "cli",
)  # fmt: skip
"""From the lowest: what stands at the top of the package serves all, and the shell uses all."""
MOST_FILES = 20
MOST_LINES = 60
MODULES = sorted(PACKAGE.rglob("*.py"))


def floor(module: tuple[str, ...]) -> int:
    """Return the place of the room that a module, named by its parts below the package, is in."""
    rooms = (".".join(module[:length]) for length in range(len(module), -1, -1))
    return next(ROOMS.index(room) for room in rooms if room in ROOMS)


def imports(path: Path) -> set[tuple[str, ...]]:
    """Return what a module imports of the package, by its parts below the package.

    Of `from a import b` that is both `a` and `a.b`, as `b` may be a module.
    """
    own = ("closurerate", *path.relative_to(PACKAGE).with_suffix("").parts)
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            above = own[: -node.level] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {tuple(name.split(".")[1:]) for name in names if name.split(".")[0] == "closurerate"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path):
    own = floor(path.relative_to(PACKAGE).with_suffix("").parts)
    too_high = {name for name in imports(path) if floor(name) > own}
    assert not too_high


def test_each_folder_of_modules_is_a_room_and_holds_few() -> None:
    folders = {path.parent for path in MODULES}
    assert {".".join(folder.relative_to(PACKAGE).parts) for folder in folders} == set(ROOMS)
    assert max(len(list(folder.glob("*.py"))) for folder in folders) <= MOST_FILES
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert loose == {"errors", "quantity"}


def test_a_room_to_come_needs_no_study():
    for room in ("press", "year"):
        for path in (PACKAGE / room).rglob("*.py"):
            assert "study" not in {name[0] for name in imports(path) if name}, path.name


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("kpi", {"records.paths", "records.years", "records.published", "press", "year"}),
        ("press", {"kpi", "synthetic", "intake", "year"}),
    ],
)
def test_what_a_room_does_not_know(room, forbidden):
    for path in (PACKAGE / room).rglob("*.py"):
        known = {".".join(name) for name in imports(path)}
        starts = {name for name in known for one in forbidden if f"{name}.".startswith(f"{one}.")}
        assert not starts, path.name


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


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("study.alternatives", {"ibis", "matplotlib", "pandas", "sympy"}),
        ("press.export.build", {"ibis", "matplotlib", "pandas", "pydantic", "sympy"}),
        ("press.export.run", {"ibis", "matplotlib", "pandas", "pydantic", "sympy"}),
    ],
)
def test_what_a_command_does_not_need_is_not_loaded(module, unneeded):
    """Each takes a tenth to half a second of every run."""
    code = f"import sys, closurerate.{module}; print(*{unneeded!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stderr


def test_one_name_is_one_thing():
    """A public function or class has its name alone; each part of the shell adds its commands."""
    homes: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())
    twice = {name: places for name, places in homes.items() if len(places) > 1}
    assert set(twice) <= {"add_commands"}, twice


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_function_is_longer_than_one_can_see(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= MOST_LINES
    ]
    assert not long


OPENS_FILES = re.compile(
    r"(read|load)_(?!amount)\w+|open|count_cases|doubt_interval|evaluated|\w*document"
)


def test_pages_open_no_file_and_know_no_language():
    """What a notebook's page reads is opened by an `open_…` function, which the notebook calls."""
    for path in MODULES:
        if path.stem != "page" and not path.stem.endswith("_page"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            named = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
            where = f"{path}: {node.name}"
            assert "language" not in named, where
            called = calls_in(node)
            opened = {name for name in called if OPENS_FILES.fullmatch(name)}
            if "files" in called:  # those of the package itself: its templates
                opened -= {"read_text"}
            assert node.name.startswith("open_") or not opened, (where, opened)


def calls_in(node: ast.AST) -> set[str]:
    """Return the names of the functions and methods that are called somewhere in a node."""
    functions = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return {getattr(item, "id", getattr(item, "attr", "")) for item in functions}
