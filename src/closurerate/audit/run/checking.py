"""A received folder held against its manifest, without making anything again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from closurerate.audit.run.form import FORMAT, MANIFEST, RESTRICTED, files_of, fingerprint
from closurerate.cases.source import digest
from closurerate.errors import InputError
from closurerate.records.sealing import check_seal

_AGAIN = "get the folder again from whoever made it, or build it again"


@dataclass(frozen=True)
class Checked:
    """What a folder is by its manifest.

    Args:
        files: How many files the manifests name.
        differences: In words, each of one file: altered, or not named.
        gone: Files that a manifest names and that are not there.
    """

    document: Mapping[str, Any]
    files: int
    differences: tuple[str, ...]
    gone: tuple[str, ...]


def check_folder(folder: Path) -> Checked:
    """Hold every file of a folder against its manifest, and what is restricted against its own.

    So are the inputs, where the folder lies in the project in which it was built.
    InputError where there is no manifest, or none that can be gone by.
    """
    document = read_manifest(folder)
    differences, gone = _compared(folder, document["outputs"], "")
    files = len(document["outputs"])
    differences += _inputs(folder, document)
    restricted = folder / RESTRICTED
    if restricted.is_dir():
        inner = read_manifest(restricted)
        found, missing = _compared(restricted, inner["outputs"], f"{RESTRICTED}/")
        differences, gone = differences + found, gone + missing
        files += len(inner["outputs"])
    return Checked(document, files, tuple(differences), tuple(gone))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest in a folder; InputError where it is missing, damaged or impossible."""
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"{folder}: holds no {MANIFEST}; name the folder of a year's reports, such as "
            "reports/107/synthetic."
        )
    check_seal(path, _AGAIN)
    try:
        document = json.loads(path.read_text("utf-8"), object_pairs_hook=_each_once)
        _check_form(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no manifest of closurerate ({error}); {_AGAIN}.") from error
    return dict(document)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ValueError(f"it names {twice} twice")
    return found


def _check_form(document: Mapping[str, Any]) -> None:
    """Refuse, by a ValueError or the like, what a manifest of ours never says."""
    if document["format"] != FORMAT:
        raise ValueError(f"its format is {document['format']!r}, and {FORMAT!r} is read")
    for name, entry in (*document["outputs"].items(), *document.get("inputs", {}).items()):
        path = PurePosixPath(name)
        is_inside = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts
        if not is_inside or "\\" in name or ":" in path.parts[0]:
            raise ValueError(f"it names {name!r}, which is not inside the folder")
        if not (isinstance(entry["size"], int) and len(bytes.fromhex(entry["sha256"])) == 32):
            raise ValueError(f"what it says of {name} is no digest and size")
    PurePosixPath(document["folder"]), document["parameters"]["year"]
    if document.get("fingerprints", {}).keys() != document.get("runs", {}).keys():
        raise ValueError("its digests are not those of its runs")
    for kpi, run in document.get("runs", {}).items():
        if document["fingerprints"][kpi] != fingerprint(run):
            raise ValueError(f"its record of {kpi} has another digest than it says")


def _compared(
    folder: Path, outputs: Mapping[str, Mapping[str, Any]], before: str
) -> tuple[list[str], list[str]]:
    """Return what differs, in words, and the names of what is gone; `before` stands before each."""
    found = set(files_of(folder))
    told = []
    for name, entry in outputs.items():
        if name in found and (is_now := _is_now(folder / name, entry)):
            told.append(f"{before}{name}: {is_now}")
    told += [f"{before}{name}: is not in the manifest" for name in sorted(found - set(outputs))]
    return told, [f"{before}{name}" for name in outputs if name not in found]


def _inputs(folder: Path, document: Mapping[str, Any]) -> list[str]:
    """Return in words which inputs are not as they were; nothing where they are not at hand."""
    inside = PurePosixPath(document["folder"])
    project = Path(*folder.resolve().parts[: -len(inside.parts)])
    if folder.resolve() != project / inside or not (project / "data" / "kpi").is_dir():
        return []
    return [
        f"{name}: {is_now}"
        for name, entry in document.get("inputs", {}).items()
        if (is_now := _is_now(project / name, entry))
    ]


def _is_now(path: Path, entry: Mapping[str, Any]) -> str:
    """Return how a file differs from what is said of it; nothing where it does not."""
    if not path.is_file():
        return "is not there any more"
    if (size := path.stat().st_size) != entry["size"]:
        return f"has {size} bytes, and had {entry['size']}"
    if (now := digest(path)) != entry["sha256"]:
        return f"is altered: its SHA-256 is {now}, and was {entry['sha256']}"
    return ""
