"""What a manifest and what stands beside it are called, and how a record in it is hashed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.minisig"
CRATE, STATEMENT = "ro-crate-metadata.json", "trace.jsonld"
RESTRICTED = "restricted"
FORMAT = "closurerate manifest 1"


def files_of(folder: Path) -> list[str]:
    """Return the names of the files that the manifest in a folder speaks of, in order."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    apart = {MANIFEST, SIGNATURE}
    return sorted(
        name.as_posix()
        for name in found
        if name.parts[0] != RESTRICTED and name.as_posix() not in apart
    )


def canonical(record: Mapping[str, Any]) -> str:
    """Return a record as the one text of it that is hashed: as `jq -cSj` writes it."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record, which the report's PDF prints."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()
