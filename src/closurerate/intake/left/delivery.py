"""The folder of a result: made beside, moved into place together, one run at a time."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from closurerate.errors import InputError
from closurerate.records.writing import ordinary

CASES = "cases.parquet"
OUTPUTS = (
    "intake.json",
    "rejects.parquet",
    "rejects.csv",
    "doubts.parquet",
    "changes.parquet",
    "validation.zh-Hant.html",
    "validation.en.html",
    "source.json",
    "previous/intake.json",
    "previous/cases.parquet",
    CASES,
)
"""What a result is made of, in the order in which it is moved into place.

The cases come last, after all that was beside them is gone: a make that finds them old after a
kill runs again, and one that finds them new has nothing left to do.
"""

TAKE_AGAIN = "take the extract in again"
"""What helps where a file of a result is damaged."""

READY = ".intake-ready"
"""Folder of a complete result that is being moved into place."""

LAST = ".intake-cases"
"""The case file of a complete result of which all else is in place."""

_UNFINISHED, _LOCK = ".intake-unfinished", ".intake.lock"
_CONTENTS = "contents"


@contextmanager
def delivering(folder: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """Give an empty folder to write a result to, and move it into place when all went well.

    Until then the earlier result stays, and it stays whole: once all is written, one rename says
    so, and a run that is killed while it moves the files is finished by the next one. A second
    run into the same folder waits for the first, and tells so in a line. Only `OUTPUTS` are moved;
    the rest is thrown away. InputError where the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); name a folder.") from error
    with _alone(folder, tell):
        for name in OUTPUTS:
            _check_ordinary(folder / name)
        _finish(folder)
        unfinished = folder / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            yield unfinished
            contents = [name for name in OUTPUTS if (unfinished / name).exists()]
            (unfinished / _CONTENTS).write_text("\n".join(contents), encoding="utf-8")
            unfinished.rename(folder / READY)
            _finish(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _alone(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"{folder}: another run is writing here; waiting until it has finished.")
        lock.acquire()
    except OSError as error:
        raise InputError(f"{folder}: cannot be written to ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


def unended(folder: Path) -> str:
    """Return what another run is doing in a folder, or left of it when it was killed; else ""."""
    if (folder / _LOCK).is_file():
        try:
            FileLock(folder / _LOCK).acquire(timeout=0).lock.release()
        except Timeout:
            return "an intake is writing there"
    left = any((folder / name).exists() for name in (_UNFINISHED, READY, LAST))
    return "an intake was stopped there; the next one puts it right" if left else ""


def _finish(folder: Path) -> None:
    try:
        _settle(folder)
    except OSError as error:
        raise InputError(
            f"{folder}: a complete result could not be moved into place ({error.strerror}); mend "
            "that and take the extract in again, which finishes it."
        ) from error


def _settle(folder: Path) -> None:
    """Move a complete result into place, also one that an earlier run left half moved."""
    ready, last = folder / READY, folder / LAST
    contents = ready / _CONTENTS
    complete = contents.read_text(encoding="utf-8").splitlines() if contents.exists() else []
    for name in OUTPUTS if complete else ():
        target = last if name == CASES else folder / name
        if name not in complete:
            target.unlink(missing_ok=True)
        elif (ready / name).exists():
            target.parent.mkdir(exist_ok=True)
            (ready / name).replace(target)
    if ready.is_dir():
        shutil.rmtree(ready)
    if last.exists():
        last.replace(folder / CASES)


def is_half_moved(folder: Path) -> bool:
    """Tell whether a run was stopped in a folder while it moved its result into place."""
    return (folder / READY).is_dir() or (folder / LAST).exists()


def _check_ordinary(path: Path) -> None:
    """Refuse to move a file over a link, or over what is no ordinary file."""
    if ordinary(path) != Path(os.path.realpath(path.parent)) / path.name:
        raise InputError(f"{path}: is a link; remove it, or make the whole folder a link.")
