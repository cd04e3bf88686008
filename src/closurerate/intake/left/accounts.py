"""The row accounts of an intake: where every row that was read went, by file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.intake.left.delivery import TAKE_AGAIN, is_half_moved
from closurerate.records.sealing import read_json, write_json

PLACES = ("accepted", "rejected", "duplicates", "superseded", "out_of_scope")
"""Where a row goes; each goes to exactly one."""

INTAKE = "intake.json"


@dataclass(frozen=True)
class FileAccount:
    """Where the rows of one file went.

    Attributes:
        name: Its name, without folder; of a database its URL, without user and password.
        sha256: Hash of its bytes, hexadecimal; of a database, of its rows as they were kept.
        accepted, rejected, duplicates, superseded, out_of_scope: Where they went, in all `rows`.
    """

    name: str
    sha256: str
    rows: int
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    superseded: int = 0
    out_of_scope: int = 0

    def __post_init__(self) -> None:
        """Refuse accounts that do not close."""
        placed = sum(getattr(self, place) for place in PLACES)
        if placed != self.rows:
            raise AssertionError(f"{self.name}: {self.rows} rows were read and {placed} placed")


@dataclass(frozen=True)
class Intake:
    """What `intake.json` says.

    Attributes:
        reasons, warnings: Rows by code, the commonest first. A row with two reasons counts for
            both.
        max_rejects: Largest share of rejected rows that was allowed, as a decimal.
        passed_over: Sheets that hold no cases, or do not count.
        previous: The delivery before, and what has changed since.
    """

    year: int
    files: tuple[FileAccount, ...]
    reasons: Mapping[str, int]
    warnings: Mapping[str, int]
    merge: str
    max_rejects: str
    tables: Sequence[Mapping[str, Any]]
    passed_over: Sequence[Mapping[str, Any]]
    corrections: Sequence[Mapping[str, Any]]
    synthetic: bool
    previous: Mapping[str, Any] | None

    @property
    def totals(self) -> dict[str, int]:
        """Rows read and where they went, of all files."""
        return {name: sum(getattr(file, name) for file in self.files) for name in ("rows", *PLACES)}


def write_intake(intake: Intake, path: Path) -> None:
    """Write what an intake came to as JSON."""
    document: dict[str, Any] = {}
    for name, value in asdict(intake).items():
        document[name] = value
        if name == "files":
            document["totals"] = intake.totals
    write_json(document, path, indent=2)


def read_intake(cases: Path) -> Intake | None:
    """Return what the intake of a case file came to, by the `intake.json` beside it; None without.

    InputError where the record cannot be read, or an intake was stopped as it moved its result.
    """
    path = cases.with_name(INTAKE)
    if is_half_moved(cases.parent):
        raise InputError(
            f"{cases.parent}: an intake was stopped while its result was moved into place; take "
            "the extract in again, which finishes it."
        )
    try:
        document = read_json(path, TAKE_AGAIN)
        document.pop("totals")
        files = tuple(FileAccount(**file) for file in document.pop("files"))
        return Intake(files=files, **document)
    except FileNotFoundError:
        return None
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: this is not the record of an intake; take the extract in again."
        ) from error
