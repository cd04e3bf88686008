"""Where a case file came from: the record beside it and the mark inside a synthetic file."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.cases.footer import open_parquet
from closurerate.errors import InputError
from closurerate.records.sealing import read_json, write_json

MARK = b"closurerate"
"""Key of the Parquet key-value metadata that a synthetic file carries."""

RECORD_NAME = "source.json"
KINDS = ("extract", "synthetic")


@dataclass(frozen=True)
class Source:
    """What is known of a case file's origin.

    Attributes:
        kind: `extract` (real rows) or `synthetic`.
        name: Name of the file that it was taken from, without its folder.
        sha256: Hash of the file's bytes, hexadecimal.
        seed, fraction: Of a synthetic file, the seed of its random numbers, and its size as a share
            of the nation, such as `1` or `1/100`.
    """

    kind: str
    name: str
    sha256: str
    size_bytes: int
    rows: int
    year: int
    seed: int | None = None
    fraction: str | None = None

    @property
    def is_made_up(self) -> bool:
        """Whether it is an example that somebody made up, which meets no published total."""
        return self.kind == "synthetic" and self.seed is None


def mark(year: int, seed: int, fraction: str) -> bytes:
    """Return the value of the metadata that marks a file as synthetic."""
    content = {"synthetic": True, "seed": seed, "fraction": fraction, "year": year}
    return json.dumps(content, sort_keys=True).encode()


def is_synthetic(path: Path) -> bool:
    """Tell whether a Parquet file is marked as synthetic, whatever its name and folder.

    Raises:
        InputError: If it is missing or is not Parquet.
    """
    return bool(_read_mark(path).get("synthetic", False))


def record_path(cases: Path) -> Path:
    """Return where the record of a case file is: `source.json` in the same folder."""
    return cases.with_name(RECORD_NAME)


def describe(path: Path, *, name: str, year: int) -> Source:
    """Return the origin of a complete case file, which had `name` where it came from.

    The file is read once for its hash; its own mark tells whether it is synthetic.
    """
    found = _read_mark(path)
    is_made_up = bool(found.get("synthetic", False))
    return Source(
        kind="synthetic" if is_made_up else "extract",
        name=name,
        sha256=digest(path),
        size_bytes=path.stat().st_size,
        rows=pq.read_metadata(path).num_rows,
        year=year,
        seed=found.get("seed"),
        fraction=found.get("fraction"),
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_source(cases: Path, source: Source) -> None:
    """Write the record beside a case file, in one step."""
    content = {key: value for key, value in asdict(source).items() if value is not None}
    write_json(content, record_path(cases), indent=2)


def read_source(cases: Path) -> Source:
    """Return the `source.json` beside a case file; InputError if it is none, or of another file."""
    path = record_path(cases)
    again = "take the extract in (or make the synthetic one) again"
    try:
        source = Source(**read_json(path, again))
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: there is no record of where {cases.name} came from; {again}."
        ) from error
    except TypeError as error:
        raise InputError(
            f"{path}: this is not a record of a case file's origin; {again}."
        ) from error
    if source.sha256 != digest(cases):
        raise InputError(f"{path}: this record speaks of another file than {cases.name}; {again}.")
    return source


def read_mark(path: Path) -> dict[str, Any]:
    """Return what marks a file as synthetic; nothing for any other, Parquet or not."""
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    return _read_mark(path) if is_parquet else {}


def _read_mark(path: Path) -> dict[str, Any]:
    try:
        with open_parquet(path) as file:
            metadata = file.metadata.metadata or {}
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(
            f"{path}: a Parquet case file is needed here, and this is none."
        ) from error
    content: dict[str, Any] = json.loads(metadata.get(MARK, b"{}"))
    return content
