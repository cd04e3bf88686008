"""`closurerate doctor`: whether this machine has what is needed, and what is stale and why."""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from closurerate.cli.options import add_command, coloured, tell
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.cli.options import Commands
    from closurerate.making.edition import Edition

LEAST_DISK_GB, LEAST_MEMORY_GB = 1, 2
"""What a full year and its report take (0.4 GB) and the memory of its steps (1.4 GB), with room."""
_TOLD = (
    "duckdb",
    "ibis-framework",
    "pandas",
    "numpy",
    "matplotlib",
    "papermill",
    "nbconvert",
    "typst",
)
"""The packages whose versions are told where all is well."""
_MARKS = {"ok": "green", "note": "yellow", "wrong": "red"}


class Found(NamedTuple):
    """One thing that was looked at: `ok`, `note` or `wrong`, what it is, and what was found."""

    mark: str
    about: str
    said: str


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    told = "say what is wrong with this machine, and what is stale and why"
    add_command(commands, "doctor", _doctor, told)


def _doctor(_: argparse.Namespace) -> None:
    from closurerate.records.paths import project_root

    is_wrong = False
    with chdir(project_root()):
        for look in (_python, _machine, _fonts, _tools, _definitions, _runs, _built):
            for found in look():
                line = f"{found.about:15} {found.said}"
                mark = coloured(f"{found.mark:5}", _MARKS[found.mark], sys.stdout)
                if found.mark == "wrong":
                    is_wrong = True
                    sys.stdout.write(f"{mark} {line}\n")
                else:
                    tell(f"{mark} {line}")
    if is_wrong:
        raise SystemExit(1)


def _python() -> Iterator[Found]:
    """Look at Python, and at each declared package beside its version in the lock."""
    version = ".".join(map(str, sys.version_info[:3]))
    is_known = (3, 11) <= sys.version_info < (3, 14)
    yield Found("ok" if is_known else "wrong", "Python", f"{version} (3.11 to 3.13 are supported)")
    lock = Path("requirements.lock")
    text = lock.read_text(encoding="utf-8") if lock.is_file() else ""
    locked: dict[str, list[str]] = {}  # for some Pythons another
    for name, version in re.findall(r"(?m)^([\w.-]+)==([\w.]+)", text):
        locked.setdefault(name, []).append(version)
    said = []
    for declared in metadata.requires("closurerate") or ():
        name = re.match(r"[\w.-]+", declared)[0].lower()  # type: ignore[index]
        if "extra ==" in declared:
            continue
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Found("wrong", name, "is not installed; `make environment` installs it")
            continue
        said += [f"{name} {here}"] if name in _TOLD else []
        if here not in locked.get(name, [here]):
            there = " or ".join(locked[name])
            yield Found("note", name, f"{here} is here, requirements.lock has {there}")
    yield Found(
        "ok", "packages", ", ".join((f"closurerate {metadata.version('closurerate')}", *said))
    )


def _machine() -> Iterator[Found]:
    free = shutil.disk_usage(".").free / 1e9
    mark = "ok" if free >= LEAST_DISK_GB else "wrong"
    yield Found(mark, "disk", f"{free:.1f} GB free here (a year takes {LEAST_DISK_GB})")
    if not os.access(".", os.W_OK):
        yield Found("wrong", "folder", f"{Path.cwd()} cannot be written to")
    names = getattr(os, "sysconf_names", {})
    if {"SC_PHYS_PAGES", "SC_PAGE_SIZE"} <= set(names):
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        mark = "ok" if memory >= LEAST_MEMORY_GB else "wrong"
        yield Found(mark, "memory", f"{memory:.1f} GB (a year takes {LEAST_MEMORY_GB})")
    yield Found("ok", "processors", str(os.cpu_count()))


def _fonts() -> Iterator[Found]:
    from closurerate.press.print.fonts import FAMILIES, coverage, font_path

    for family in FAMILIES:
        try:
            yield Found("ok", "font", f"{family}, {len(coverage(family)):,} characters")
        except Exception as error:  # noqa: BLE001 - whatever a damaged file makes a reader say
            yield Found("wrong", "font", f"{family}: {font_path(family)} cannot be read ({error})")


def _tools() -> Iterator[Found]:
    without = {
        "make": "`closurerate build` does the same",
        "chromium": "tests of pages in a browser are skipped",
        "pdftoppm": "tests that look at PDF are skipped",
    }
    for name, instead in without.items():
        found = shutil.which(name) or (
            shutil.which("google-chrome") if name == "chromium" else None
        )
        yield Found("ok", name, found) if found else Found("note", name, f"not here: {instead}")


def _definitions() -> Iterator[Found]:
    from closurerate.study.alternatives import damaged_definitions

    damaged = damaged_definitions()
    for reason in damaged:
        is_draft = "proposals" in Path(reason.partition(":")[0]).parts
        yield Found("note" if is_draft else "wrong", "definition", reason)
    if not damaged:
        yield Found("ok", "definitions", "all of data/kpi are sound")


def _runs() -> Iterator[Found]:
    """Look for an intake that is running, and for one that a killed run left half-way."""
    from closurerate.intake.left.delivery import unended

    for folder in sorted(Path("data/cases").glob("*/*/")):
        if said := unended(folder):
            yield Found("note", "intake", f"{folder.as_posix()}: {said}")


def _built() -> Iterator[Found]:
    """Say of each thing that is built whether it is up to date, and why it is not."""
    from closurerate.cli.build import stale_of
    from closurerate.making.recipes import goals
    from closurerate.making.stale import roots

    for edition in _editions():
        for name, files in goals(edition).items():
            if name not in ("report", "study", *edition.own) or not any(map(_is_there, files)):
                continue
            about = f"{name} of {edition.year}, {edition.source}, {edition.kpi}"
            try:
                steps = stale_of(edition, (name,))
            except InputError as error:
                yield Found("wrong", "built", f"{about}: {error}")
                continue
            first, *others = roots(steps) or [""]
            more = f" (and {len(others)} more)" if others else ""
            why = f"stale: {first}{more}; {len(steps)} steps" if steps else "up to date"
            yield Found("note" if steps else "ok", "built", f"{about}: {why}")


def _is_there(file: str) -> bool:
    return Path(file).is_file()


def _editions() -> "Iterator[Edition]":
    """Give what something is built of: a year, a kind of case data, a KPI."""
    from closurerate.making.edition import Edition
    from closurerate.records.paths import definition_files

    known = {file.stem for file in definition_files()}
    for folder in sorted(Path("reports").glob("[0-9]*/*/notebooks/*/")):
        _, year, source, _, kpi = folder.parts
        kind, _, fraction = source.partition("-")
        if kpi in known and year.isdigit():
            yield Edition(int(year), kpi, kind, fraction or "1")
