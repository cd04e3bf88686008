"""`make report` from nothing in a copy of the project, with what each of its commands took."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement, measured
from closurerate.records.paths import project_root

_STEPS = "steps.jsonl"


@dataclass(frozen=True)
class Step:
    """One command of the Makefile: its name, seconds and peak memory."""

    name: str
    measurement: Measurement


def copied_project(folder: Path) -> Path:
    """Copy what git tracks, or would, into a folder, and link the environment into it.

    The copy has no case data and no report, and what is made in it touches nothing outside.
    """
    root = project_root()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    for name in sorted(set(listed.split("\0")) - {""}):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    # A folder of links, not a link to the folder: nothing in the copy can clear the real one.
    environment = folder / ".venv"
    environment.mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name != "ready":
            (environment / entry.name).symlink_to(entry)
    (environment / "ready").touch()
    return folder


def measured_report(copy: Path, year: int, fraction: str) -> tuple[Measurement, list[Step]]:
    """Run `make report` on synthetic cases in a copy and return what it and its steps took.

    A second call finds nothing to be done, and no steps.
    """
    log = copy / _STEPS
    log.unlink(missing_ok=True)
    command = [
        "make",
        "report",
        f"YEAR={year}",
        "CASES=synthetic",
        f"FRACTION={fraction}",
        f"PYTHON={sys.executable}",
        f"RUN=.venv/bin/python -m benchmarks.step {_STEPS}",
    ]
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "YEAR", "CASES", "FRACTION"}
    inner = {name: value for name, value in os.environ.items() if name not in outer}
    whole = measured(command, copy, inner | {"PYTHONPATH": str(copy / "src")}, with_sum=True)
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    records = [json.loads(line) for line in lines]
    return whole, [Step(record.pop("name"), Measurement(**record)) for record in records]
