"""What tests of the whole pipeline share: a copy of the project, and make in it."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chart_watch import charts_watched

ROOT = Path(__file__).resolve().parents[1]
FRACTION = "0.001"
LAST_SHIPPED_YEAR = 107
VARIABLES = ("YEAR", "REPORT_LANG", "KPI", "CASES", "FRACTION", "JOBS")
OPTIONAL = (
    "referring_agency", "obligor_id", "subcategory", "prior_case_id", "obligor_kind",
    "reopened_on", "collected_in_year_twd",
)  # fmt: skip


_OF_A_YEAR = re.compile(r"data/(?:years|published|corrections)/(\d+)\.yml")


@lru_cache(maxsize=1)
def shipped(root: Path = ROOT) -> tuple[str, ...]:
    """Return the files that the project ships, below its folder.

    What an author adds by the documentation is not theirs: years after 107 (in a definition too),
    and whatever git does not track in `data` and `notebooks` (proposals, names of columns,
    notebooks of one's own).
    """
    return tuple(
        name
        for kind in ("--cached", "--others")
        for name in _listed(root, kind)
        if (root / name).is_file()
        and (kind == "--cached" or not name.startswith((".venv", "data/", "notebooks/")))
        and ((found := _OF_A_YEAR.fullmatch(name)) is None or int(found[1]) <= LAST_SHIPPED_YEAR)
    )


def _listed(root: Path, kind: str) -> list[str]:
    command = ["git", "ls-files", "-z", kind, "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    return sorted(set(listed.decode("utf-8").split("\0")) - {""})


def shipped_bytes(name: str, root: Path = ROOT) -> bytes:
    """Return a shipped file as it lies here, a notebook as git has it.

    Opened in JupyterLab and saved, a notebook holds outputs and more that nobody commits. What a
    definition says from a later year on is an author's.
    """
    if name.startswith("data/kpi/"):
        return "".join(_dated(root / name)).encode()
    if not name.endswith(".ipynb"):
        return (root / name).read_bytes()
    command = ["git", "show", f":{name}"]
    return subprocess.run(command, cwd=root, capture_output=True, check=True).stdout


def _dated(path: Path) -> Iterator[str]:
    """Yield the lines of a definition but those below a year after the last that is shipped."""
    is_later = False
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line[:5].strip():
            entry = re.match(r" {4}(\d+):", line)
            is_later = entry is not None and int(entry[1]) > LAST_SHIPPED_YEAR
        if not is_later or not line.strip():
            yield line


def copy_shipped(folder: Path, *parts: str) -> Path:
    """Copy what the project ships below some of its folders, times included."""
    for name in shipped():
        if name.startswith(parts or ""):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(shipped_bytes(name))
            shutil.copystat(ROOT / name, target)
    return folder


def copy_project(folder: Path) -> Path:
    """Copy what the project ships but for its tests, and link the environment."""
    copy_shipped(folder)
    shutil.rmtree(folder / "tests")
    # A folder of links, not a link to the folder: make could then clear the real environment.
    environment = folder / ".venv"
    environment.mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "ready":
            (environment / entry.name).symlink_to(entry)
    (environment / "ready").touch()
    return folder


def clone(project: Path, folder: Path) -> Path:
    """Copy a copy, with all that was built in it and when."""
    return Path(shutil.copytree(project, folder, symlinks=True))


def run_make(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make in a copy, untouched by the variables of a make that runs these tests."""
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", *VARIABLES}
    inner = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(
        ["make", f"PYTHON={sys.executable}", *arguments],
        cwd=project,
        env=inner | {"PYTHONPATH": str(project / "src"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def build(project: Path, *arguments: str) -> str:
    """Run make in a copy and return what it printed; it must succeed."""
    done = run_make(project, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """Return a folder that is filled once, by the first of the parallel workers to ask for it."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done, failed = (shared / f"{name}{end}" for end in ("", ".done", ".failed"))
    try:
        folder.mkdir()
    except FileExistsError:
        patience = time.monotonic() + 600
        while not done.exists():
            assert not failed.exists(), f"{name} could not be built: see the other worker's error"
            assert time.monotonic() < patience, f"{name} takes too long"
            time.sleep(0.1)
        return folder
    try:
        fill(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder


def few_worlds(folder: Path) -> None:
    """Let an ensemble have three worlds, which is enough to be shown."""
    path = folder / "data" / "worlds.yml"
    text = path.read_text(encoding="utf-8")
    assert "\ncount: 50\n" in text
    path.write_text(text.replace("\ncount: 50\n", "\ncount: 3\n"), encoding="utf-8")


def reported(factory: pytest.TempPathFactory) -> Path:
    """Return a copy in which make has built the report of a small synthetic 107."""

    def fill(folder: Path) -> None:
        few_worlds(copy_project(folder))
        with charts_watched(folder / "charts"):
            build(folder, "report", f"FRACTION={FRACTION}")

    return once(factory, "reported", fill)


def extract_of(synthetic: Path, out: Path, *, years: int = 0, drop: Iterable[str] = ()) -> None:
    """Write a case file as an agency would bring it: unmarked, dates later, columns less."""
    out.parent.mkdir(parents=True, exist_ok=True)
    kept = [field for field in pq.read_schema(synthetic) if field.name not in set(drop)]
    columns = ", ".join(
        f"({field.name} + INTERVAL {years} YEAR)::DATE AS {field.name}"
        if pa.types.is_date(field.type)
        else field.name
        for field in kept
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM read_parquet($given)) TO $out (FORMAT parquet)",
            {"given": str(synthetic), "out": str(out)},
        )


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
