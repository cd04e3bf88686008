"""Writing a file whole or not at all."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from closurerate.errors import InputError

if sys.platform != "win32":
    import fcntl

_PARTIAL = ".closurerate-{}.partial"
"""No longer than need be, whatever the name of the file that is written."""


def ordinary(path: Path) -> Path:
    """Return where a file is to be written: behind a link, the file that the link names.

    InputError if a folder, a device, a pipe or a socket is there, which a file must not replace.
    """
    place = Path(os.path.realpath(path))
    with suppress(FileNotFoundError):
        mode = place.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(f"{path}: is a folder; name a file to write.")
        if not stat.S_ISREG(mode):
            raise InputError(
                f"{path}: is no ordinary file but a device, a pipe or a socket; name a file to "
                "write."
            )
    return place


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and move what was written into place when all went well.

    Until then what was at `path` stays; after a failure nothing half-written is left, and what a
    killed run left in the folder goes. The folder is made if need be. A link stays, and the file
    that it names is replaced; InputError if something else than a file is there.
    """
    place = ordinary(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    partial, held = _begun(place.parent)
    try:
        with held:
            yield partial
            if sys.platform == "win32":
                held.close()  # an open file cannot be moved there
            partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all, in UTF-8, its lines ending the same on every machine."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def _begun(folder: Path) -> tuple[Path, BinaryIO]:
    """Return a new empty file, and what keeps the other runs from sweeping it away."""
    while True:
        partial = folder / _PARTIAL.format(uuid4().hex)
        held = partial.open("xb")
        with suppress(OSError):  # some network disks know no locks: nothing is swept there
            _lock(held, wait=True)
        if os.fstat(held.fileno()).st_nlink:
            return partial, held
        held.close()  # swept between the two


def _sweep(folder: Path) -> None:
    """Remove what killed runs left; what a run that lives is writing is locked, or held open."""
    for left in folder.glob(_PARTIAL.format("*")):
        with suppress(OSError), left.open("rb") as held:
            _lock(held, wait=False)
            if sys.platform == "win32":
                held.close()
            left.unlink()


def _lock(held: BinaryIO, *, wait: bool) -> None:
    """Lock an open file until it is closed, also by a kill; on Windows to be open is enough."""
    if sys.platform != "win32":
        fcntl.flock(held, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
