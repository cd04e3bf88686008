"""The manifest: the runs, and each file of a folder of reports with its SHA-256.

What is under `restricted/` has a manifest of its own there, so that the folder is whole without it.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from closurerate.audit.run.crate import crate_of
from closurerate.audit.run.form import (
    CRATE,
    FORMAT,
    MANIFEST,
    RESTRICTED,
    STATEMENT,
    files_of,
    fingerprint,
)
from closurerate.audit.run.record import chosen_of, entries, inputs_of
from closurerate.audit.run.statement import statement_of
from closurerate.cases.scope import year_bounds
from closurerate.errors import InputError
from closurerate.making.edition import Edition
from closurerate.making.recipes import Recipe, goals, is_code, recipes, steps_to
from closurerate.press.facts import METADATA_KEY
from closurerate.press.print.labels import LANGUAGES
from closurerate.records.sealing import write_json
from closurerate.records.writing import write_text


def write_manifest(edition: Edition) -> None:
    """Write the manifest of all that lies in an edition's folder, for every KPI there.

    Beside it the same is told as an RO-Crate and as a TRACE statement, which it lists too. The
    working folder must be the project's. Two runs on the same files write the same bytes.
    InputError if nothing is there.
    """
    folder = Path(edition.out)
    editions = _editions(edition)
    names = [name for name in files_of(folder) if name not in (CRATE, STATEMENT)]
    if not names:
        raise InputError(
            f"{folder}: holds no reports to write a manifest of; `make report` builds them."
        )
    steps = _steps(editions, [f"{edition.out}/{name}" for name in names])
    runs = {
        one.kpi: json.loads(Path(one.run).read_text("utf-8")) for one in editions if _has_run(one)
    }
    document: dict[str, Any] = {
        **_head(editions[0]),
        "publisher": _publisher(editions),
        "fingerprints": {kpi: fingerprint(run) for kpi, run in runs.items()},
        "runs": runs,
        "inputs": entries(inputs_of(steps)),
        "steps": [_step(one) for one in steps],
        "outputs": entries(names, folder),
    }
    write_text(folder / CRATE, crate_of(document))
    write_text(folder / STATEMENT, statement_of(document))
    document["outputs"] |= entries([CRATE, STATEMENT], folder)
    restricted = folder / RESTRICTED
    if restricted.is_dir():
        listed = entries(files_of(restricted), restricted)
        write_json({**_head(editions[0]), "outputs": listed}, restricted / MANIFEST, indent=1)
    write_json(document, folder / MANIFEST, indent=1)


def _editions(edition: Edition) -> list[Edition]:
    """Return an edition for each KPI that was run, in the languages that were printed."""
    folder = Path(edition.out)
    languages = tuple(one for one in LANGUAGES if (folder / one).is_dir())
    kpis = {path.name for path in (folder / "notebooks").glob("*") if path.is_dir()} | {edition.kpi}
    return [replace(edition, kpi=kpi, languages=languages) for kpi in sorted(kpis)]


def _has_run(edition: Edition) -> bool:
    printed = edition.printed("07_report", "pdf")
    return Path(edition.run).is_file() and any(Path(file).is_file() for file in printed)


def _head(edition: Edition) -> dict[str, Any]:
    told = {**chosen_of(edition), "languages": list(edition.languages)}
    day = year_bounds(edition.year)[1].isoformat()
    return {"format": FORMAT, "date": day, "folder": edition.out, "parameters": told}


def _publisher(editions: Iterable[Edition]) -> dict[str, str]:
    """Return whose report it is, by language, as its notebook says; nothing where none was run."""
    for edition in editions:
        executed = Path(edition.executed("07_report"))
        if executed.is_file():
            facts = json.loads(executed.read_text("utf-8"))["metadata"][METADATA_KEY]
            return {language: facts[language]["publisher"] for language in LANGUAGES}
    return {}


def _steps(editions: Iterable[Edition], files: Iterable[str]) -> list[Recipe]:
    """Return the steps that made files, each once; those of what is restricted are not told."""
    found: dict[tuple[str, ...], Recipe] = {}
    for edition in editions:
        printed = [
            name
            for name, made in goals(edition).items()
            if name not in ("cases", "measured") and all(Path(file).is_file() for file in made)
        ]
        for step in steps_to(recipes(edition, tuple(printed)), files):
            if not any(map(_is_restricted, step.makes)):
                found.setdefault(step.makes, step)
    return list(found.values())


def _step(step: Recipe) -> dict[str, Any]:
    """Return which files came from which; what a step needs of code is in `code`."""
    also = [
        Path(file).with_suffix(".shown.json").as_posix() for file in step.makes if "ipynb" in file
    ]
    needs = {file for file in step.needs if not (is_code(file) or _is_restricted(file))}
    return {
        "step": step.name,
        "from": sorted(file for file in needs if Path(file).exists()),
        "made": sorted(file for file in (*step.makes, *also) if Path(file).exists()),
    }


def _is_restricted(file: str) -> bool:
    return f"/{RESTRICTED}/" in file
