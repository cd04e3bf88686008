"""All of a folder of reports made again in a fresh one, and each file compared."""

import json
import shutil
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from closurerate.audit.run.first_cell import first_difference
from closurerate.audit.run.record import LOCK, edition_of
from closurerate.errors import InputError
from closurerate.making.edition import NOTEBOOKS, Edition
from closurerate.making.recipes import CODE, asked, recipes
from closurerate.making.running import Ended, run_steps
from closurerate.making.stale import stale_steps

_RUN = ("parameters", "code", "lock", "inputs")
_SHOWN = ".shown.json"


def copy_sources(project: Path, folder: Path, year: int) -> None:
    """Copy what a year is built from into an empty folder, and nothing that was built."""
    raw = {str(one) for one in (year, year - 1)}

    def unneeded(place: str, names: list[str]) -> set[str]:
        inside = Path(place).relative_to(project).as_posix()
        left = {"__pycache__", *({"cases"} if inside == "data" else ())}
        return {
            name for name in names if name in left or (inside == "data/raw" and name not in raw)
        }

    for part in ("data", "notebooks", CODE):
        shutil.copytree(project / part, folder / part, ignore=unneeded)
    if (project / LOCK).is_file():
        shutil.copyfile(project / LOCK, folder / LOCK)


def rebuilt(document: Mapping[str, Any], jobs: int = 2) -> Iterator[Ended]:
    """Make all that a manifest lists in the working folder, which must be a fresh copy.

    Gives each step as it ends. InputError where a step fails, or nothing makes a file.
    """
    goals = {kpi: _goals(document, kpi) for kpi in _kpis(document)}
    for kpi, names in goals.items():
        edition = _edition(document, kpi)
        files = (*asked(edition, names), edition.manifest)
        steps = stale_steps(recipes(edition, names), dict.fromkeys(files))
        for ended in run_steps(steps, jobs, ("--quiet",)):
            if ended.status:
                raise InputError(f"{ended.step.recipe.name}: {ended.error.strip() or 'failed'}")
            yield ended


def _kpis(document: Mapping[str, Any]) -> list[str]:
    """Return the KPIs that a manifest has pages of."""
    places = (Path(name).parts for name in document["outputs"] if name.startswith("notebooks/"))
    found = sorted({parts[1] for parts in places if len(parts) > 2})
    if not found:
        raise InputError(f"{document['folder']}: holds the pages of no KPI, so none can be made.")
    return found


def _edition(document: Mapping[str, Any], kpi: str) -> Edition:
    told = document["parameters"]
    size = "" if told["fraction"] in (None, "1") else f"-{told['fraction']}"
    return edition_of(told["year"], kpi, f"{told['cases']}{size}", tuple(told["languages"]))


def _goals(document: Mapping[str, Any], kpi: str) -> tuple[str, ...]:
    """Return the notebooks whose pages a manifest lists, and the study where all of it is there."""
    edition = _edition(document, kpi)
    listed = {f"{document['folder']}/{name}" for name in document["outputs"]}
    names = [name for name in (*NOTEBOOKS, *edition.own) if edition.executed(name) in listed]
    made = {edition.executed(name) for name in names}
    inside = f"{document['folder']}/notebooks/{kpi}/"
    for file in sorted(listed):
        if file.startswith(inside) and file.endswith(".ipynb") and file not in made:
            raise InputError(
                f"{file}: is of a notebook of one's own, run with parameters; move it."
            )
    is_study = {"03_combination", "04_thresholds"} <= {*names}
    return (*names, *(["study"] if is_study else []))


def differences(
    was: Mapping[str, Any], now: Mapping[str, Any], folders: tuple[Path, Path], language: str
) -> list[str]:
    """Return in words what differs between two manifests, the first cause first.

    Args:
        folders: Where the files of each lie.
        language: Of the words of a table.
    """
    told = list(chain.from_iterable(_of_runs(was["runs"], now["runs"], kpi) for kpi in was["runs"]))
    before, after = was["outputs"], now["outputs"]
    other = [name for name in before if before[name] != after.get(name)]
    shown = sorted(
        (name for name in other if name.endswith(_SHOWN)), key=lambda name: Path(name).name
    )
    if shown and shown[0] in after:
        page = Path(shown[0]).name.removesuffix(_SHOWN)
        told.append(f"first cell: page {page}, {_first_cell(shown[0], folders, language)}")
    told += [f"{name}: {_became(before[name], after.get(name))}" for name in other]
    return told + [f"{name}: was not there, and is made" for name in after if name not in before]


def _first_cell(name: str, folders: tuple[Path, Path], language: str) -> str:
    texts = [(folder / name).read_text("utf-8", "replace") for folder in folders]
    try:
        was, now = (json.loads(text) for text in texts)
        return first_difference(was, now, language)
    except (ValueError, TypeError, KeyError):  # by another hand, as the manifest has told
        return "which cannot be read as it was"


def _of_runs(was: Mapping[str, Any], now: Mapping[str, Any], kpi: str) -> Iterator[str]:
    """Give in words what a run was made from and by that the other was not."""
    one, other = was[kpi], now.get(kpi, {})
    for part in _RUN:
        before, after = one[part], other.get(part, {})
        for name in (*before, *(name for name in after if name not in before)):
            if before.get(name) != after.get(name):
                yield f"{part}: {name}: {_became(before.get(name), after.get(name))}"


def _became(was: Any, now: Any) -> str:
    """Return what something was and is, a file by its digest."""
    texts = [
        "nothing" if one is None else one["sha256"] if isinstance(one, dict) else str(one)
        for one in (was, now)
    ]
    return f"was {texts[0]}, is {texts[1]}"
