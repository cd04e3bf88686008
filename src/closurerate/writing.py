"""Writing a file whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from closurerate.errors import InputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to, and move what was written into place when all went well.

    Until then what was at `path` stays; after a failure nothing half-written is left.

    Parameters
    ----------
    path : pathlib.Path
        Where the file belongs; its folder is made if need be.

    Yields
    ------
    pathlib.Path
        A new name in the same folder.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file to write.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{uuid4().hex}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
