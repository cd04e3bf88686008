"""`make report` and the ensemble of worlds in copies of the project, as it is and as it was."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measurement, measured

_STEPS = "steps.jsonl"
_LOCK = "requirements.lock"
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Step:
    """One command of the Makefile: its name, seconds and peak memory."""

    name: str
    measurement: Measurement


def copied_project(folder: Path) -> Path:
    """Copy what git tracks, or would, into a folder, and link the environment into it.

    The copy has no case data and no report, and what is made in it touches nothing outside.
    """
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode("utf-8")
    for name in sorted(set(listed.split("\0")) - {""}):
        if (_ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(_ROOT / name, folder / name)
    return _with_environment(folder)


def earlier_project(folder: Path, commit: str) -> Path:
    """Copy the project as it was at a commit into a folder, with the environment that it had.

    Where its lock is another than today's, that environment is made, by its own Makefile.

    Raises:
        RuntimeError: If git has no such commit, as after a shallow clone.
    """
    try:
        packed = _git("archive", commit)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{commit}: {error.stderr.decode('utf-8').strip()}") from error
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    if (folder / _LOCK).read_bytes() == (_ROOT / _LOCK).read_bytes():
        return _with_environment(folder)
    command = ["make", "environment", f"PYTHON={sys.executable}"]
    subprocess.run(
        command, cwd=folder, env=_environment(folder), stdout=subprocess.DEVNULL, check=True
    )
    return folder


def _git(*arguments: str) -> bytes:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, check=True).stdout


def _with_environment(folder: Path) -> Path:
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
    whole = measured(command, copy, _environment(copy), with_sum=True)
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    records = [json.loads(line) for line in lines]
    return whole, [Step(record.pop("name"), Measurement(**record)) for record in records]


def measured_worlds(copy: Path, year: int, fraction: str, count: int) -> Measurement:
    """Make an ensemble of worlds in a copy and return what it took."""
    command = [
        ".venv/bin/python", "-m", "closurerate.cli", "worlds", "--year", str(year),
        "--fraction", fraction, "--count", str(count), "--out", "worlds.json",
    ]  # fmt: skip
    return measured(command, copy, _environment(copy))


def _environment(copy: Path) -> dict[str, str]:
    """Return the variables of a process in a copy: of its own code, and of no make that runs us."""
    outer = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "YEAR", "CASES", "FRACTION"}
    inner = {name: value for name, value in os.environ.items() if name not in outer}
    return inner | {"PYTHONPATH": str(copy / "src")}
