"""What a yearly report was made from and by: the record whose digest its PDF prints."""

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from closurerate.cases.scope import year_bounds
from closurerate.cases.source import digest
from closurerate.errors import InputError
from closurerate.making.edition import Edition, found_files
from closurerate.making.recipes import Recipe, is_code, recipes, steps_to
from closurerate.year.document import CHECKOUT, commit_of

LOCK = "requirements.lock"
CASE_FILE = "cases.parquet"
_PACKAGE = Path(__file__).resolve().parents[2]
_DIRTY = "-dirty"


def edition_of(year: int, kpi: str, source: str, languages: tuple[str, ...] = ()) -> Edition:
    """Return the edition on `extract`, `synthetic` or `synthetic-<fraction>` cases."""
    kind, _, fraction = source.partition("-")
    return Edition(year, kpi, kind, fraction or "1", languages or ("zh-Hant", "en"))


def run_record(edition: Edition) -> dict[str, Any]:
    """Return what stands behind the yearly report of an edition; nothing in it is of a machine.

    The working folder must be the project's. InputError if the report's notebook was not executed.
    """
    report = edition.executed("07_report")
    if not Path(report).is_file():
        raise InputError(f"{report}: was not executed yet; `make report` does it.")
    steps = steps_to(recipes(edition, ("report",)), (report,))
    shown = Path(report).with_suffix(".shown.json").relative_to(edition.out).as_posix()
    return {
        "format": "closurerate run 1",
        "date": year_bounds(edition.year)[1].isoformat(),
        "parameters": {**chosen_of(edition), "kpi": edition.kpi},
        "code": code_version(),
        "lock": entries(found_files(LOCK)),
        "inputs": entries(inputs_of(steps)),
        "shown": entries([shown], Path(edition.out)),
    }


def chosen_of(edition: Edition) -> dict[str, Any]:
    """Return what was chosen for a year, whatever the KPI; a fraction only of synthetic cases."""
    kind = edition.source.partition("-")[0]
    fraction = edition.fraction if kind == "synthetic" else None
    return {"year": edition.year, "cases": kind, "fraction": fraction}


def inputs_of(steps: Iterable[Recipe]) -> list[str]:
    """Return the files that steps begin with: those that none of them makes, and the case files.

    The code is no input: `code_version` speaks of it.
    """
    listed = list(steps)
    made = {file for step in listed for file in step.makes}
    needed = {file for step in listed for file in step.needs if not is_code(file)}
    return sorted(file for file in needed if file not in made or Path(file).name == CASE_FILE)


def entries(names: Iterable[str], folder: Path = Path()) -> dict[str, dict[str, Any]]:
    """Return SHA-256 and bytes of files, by their names below a folder."""
    return {name: _entry(folder / name) for name in sorted(names)}


def _entry(path: Path) -> dict[str, Any]:
    return {"sha256": digest(path), "size": path.stat().st_size}


def code_version() -> dict[str, Any]:
    """Return which code runs: its version, its commit where it is in git, and its files' digest.

    That of the files is the SHA-256 of the lines `<SHA-256>  <name below the package>`, by name.
    """
    commit = next(iter(commit_of(CHECKOUT)), None)
    files = sorted(
        path.relative_to(_PACKAGE).as_posix()
        for path in _PACKAGE.rglob("*")
        if path.is_file()
        and path.suffix != ".pyc"
        and path.relative_to(_PACKAGE).parts[0] != "data"
    )
    lines = "".join(f"{digest(_PACKAGE / name)}  {name}\n" for name in files)
    return {
        "version": version("closurerate"),
        "commit": commit and commit.removesuffix(_DIRTY),
        "is_clean": commit and not commit.endswith(_DIRTY),
        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
    }
