"""The delivery before this one: kept beside the result, and what has changed since."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.intake.left.accounts import INTAKE, Intake, read_intake
from closurerate.intake.left.delivery import CASES
from closurerate.intake.left.redelivery import compare

PREVIOUS = "previous"
CHANGES = "changes.parquet"


def keep_previous(
    folder: Path, new: Path, intake: Intake, tell: Callable[[str], None]
) -> dict[str, Any] | None:
    """Put the delivery before this one beside the new result; return what `intake.json` says of it.

    A delivery is another one if its files are others. The same files taken in once more, say with
    a further correction, leave the delivery before as it was. `previous/` and `changes.parquet`
    are added to `new`; why an earlier delivery cannot be compared is told in a line.
    """
    try:
        return _compared(folder, new, intake)
    except InputError as error:
        shutil.rmtree(new / PREVIOUS, ignore_errors=True)
        (new / CHANGES).unlink(missing_ok=True)
        tell(f"the delivery before cannot be compared: {error}")
        return None


def _compared(folder: Path, new: Path, intake: Intake) -> dict[str, Any] | None:
    earlier = read_intake(folder / CASES)
    if earlier is None or earlier.year != intake.year or not (folder / CASES).is_file():
        return None
    hashes, own = ({file.sha256 for file in one.files} for one in (earlier, intake))
    before = folder / PREVIOUS if hashes == own else folder
    record = read_intake(before / CASES)
    if record is None or not (before / CASES).is_file():
        return None
    kept = new / PREVIOUS
    kept.mkdir()
    for name in (CASES, INTAKE):
        _copy(before / name, kept / name)
    found = compare(kept / CASES, new / CASES, new / CHANGES)
    files = [
        {name: getattr(file, name) for name in ("name", "sha256", "rows")} for file in record.files
    ]
    return {"files": files, **vars(found)}


def _copy(source: Path, target: Path) -> None:
    """Give a file a second name where the disk can, else copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
