"""Files that are read again: each carries the digest of its own bytes, checked on reading.

The digest stands inside the file (a value of a JSON document, of a Parquet footer, of a notebook's
metadata), so that file and digest are moved, copied and replaced in one step. It is taken over all
bytes of the file, with zeros where it stands itself.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from closurerate.errors import InputError
from closurerate.records.writing import replacing

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

SEAL = "seal"
"""Key of the digest, in every form."""

_NAME, _DIGITS = b"closurerate-sha256:", 64
UNSEALED = _NAME.decode() + "0" * _DIGITS
"""What a writer leaves where the digest is to stand, near the end of the file."""

_TAIL_BYTES = 1 << 16
_PIECE_BYTES = 1 << 20

AGAIN = "remove it and make it again"


def seal(path: Path) -> None:
    """Put the digest of a file's bytes where its writer left room for it."""
    at = _place(path)
    if at is None:
        raise AssertionError(f"{path}: no room was left for a digest")
    found = _digest(path, at)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(found)


def check_seal(path: Path, again: str = AGAIN, *, is_needed: bool = True) -> bool:
    """Hold a file's bytes against its digest, once for each state; InputError if it is another.

    Args:
        again: What the sentence says is to be done.
        is_needed: Whether a file without any digest is wrong; one from elsewhere has none.

    Returns:
        bool: Whether the file has a digest.
    """
    known = path.stat()
    is_right = _verdict(path, known.st_ino, known.st_size, known.st_mtime_ns)
    if is_right is False or (is_right is None and is_needed):
        raise InputError(f"{path}: is not as it was written (damaged, or changed since); {again}.")
    return is_right is not None


@lru_cache(maxsize=64)
def _verdict(path: Path, *_state: int) -> bool | None:
    """Tell whether the digest is right; None where there is none."""
    at = _place(path)
    if at is None:
        return None
    with path.open("rb") as file:
        file.seek(at)
        return file.read(_DIGITS) == _digest(path, at)


def _place(path: Path) -> int | None:
    """Return where the digest stands: behind the last of its names."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - _TAIL_BYTES)
        file.seek(start)
        tail = file.read()
    found = tail.rfind(_NAME)
    return None if found < 0 else start + found + len(_NAME)


def _digest(path: Path, at: int) -> bytes:
    """Return the SHA-256 of a file, hexadecimal, with zeros where it stands itself."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for start in range(0, at, _PIECE_BYTES):
            found.update(file.read(min(_PIECE_BYTES, at - start)))
        file.read(_DIGITS)
        found.update(b"0" * _DIGITS)
        while piece := file.read(_PIECE_BYTES):
            found.update(piece)
    return found.hexdigest().encode()


def write_json(document: Mapping[str, Any], path: Path, **form: Any) -> None:
    """Write a document as JSON, in a `form` of `json.dumps`, with its digest, in one step."""
    text = json.dumps({**document, SEAL: UNSEALED}, ensure_ascii=False, allow_nan=False, **form)
    with replacing(path) as partial:
        partial.write_text(text + "\n", encoding="utf-8", newline="\n")
        seal(partial)


def read_json(path: Path, again: str = AGAIN) -> dict[str, Any]:
    """Return what `write_json` wrote; InputError if it is damaged, as by any other hand."""
    check_seal(path, again)
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    del document[SEAL]
    return document


def groups_of(digest: str) -> tuple[str, ...]:
    """Return a SHA-256 as it is printed: sixteen groups of four hexadecimal digits."""
    return tuple(digest[at : at + 4] for at in range(0, _DIGITS, 4))


@contextmanager
def sealed_parquet(
    path: Path, schema: "pa.Schema", metadata: Mapping[str, str] | None = None, **form: Any
) -> Iterator["pq.ParquetWriter"]:
    """Open a Parquet file in a `form` of Arrow's writer; its digest comes in at the end."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, **form) as writer:
        yield writer
        writer.add_key_value_metadata({**(metadata or {}), SEAL: UNSEALED})
    seal(path)
