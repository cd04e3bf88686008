"""Where the project keeps what: the only module that knows the layout of the folders."""

import re
from pathlib import Path

from closurerate.errors import InputError
from closurerate.records.documents import nearest

ROC_OFFSET = 1911
"""Gregorian year minus ROC year."""

_CASES = re.compile(r"auto|extract|synthetic(-[0-9.]+)?")


def from_root(path: Path) -> Path:
    """Return a path from the project's folder on where it lies in it, else as it is."""
    root = project_root()
    return path.relative_to(root) if path.is_relative_to(root) else path


def project_root() -> Path:
    """Return the project's folder: the nearest at or above the working directory with `data/kpi`.

    Falls back on the checkout that this package was installed from, then on what is inside the
    package where it came as a wheel; else InputError.
    """
    package = Path(__file__).resolve().parents[1]
    working = Path.cwd()
    for folder in (working, *working.parents, package.parents[1], package):
        if (folder / "data" / "kpi").is_dir():
            return folder
    raise InputError(
        f"no data/kpi folder at or above {working}: run inside a checkout of the project."
    )


def data_folder() -> Path:
    """Return the folder of definitions, published figures, years and cases."""
    return project_root() / "data"


def kpi_folder() -> Path:
    """Return the folder of KPI definitions; proposals stand in `proposals` below it."""
    return data_folder() / "kpi"


def kpi_file(name: str) -> Path:
    """Return the file of a KPI, by its id or by a path to a YAML file, else raise InputError."""
    # Of two files of one name the later one is taken: no proposal hides an official definition.
    candidates, path = {file.stem: file for file in definition_files()}, Path(name)
    if path.suffix in {".yml", ".yaml"} and (path.stem not in candidates or path.is_file()):
        return path
    if name not in candidates:
        raise InputError(f"no KPI has the id {name!r}{nearest(path.stem, candidates)}.")
    return candidates[name]


def definition_files() -> tuple[Path, ...]:
    """Return the files of all definitions: the proposals in order, then the official ones."""
    folder = kpi_folder()
    own = [file for file in sorted(folder.glob("[!.]*.yml")) if file.stem != "readings"]
    return (*sorted(folder.glob("proposals/[!.]*.yml")), *own)


def cases_folder(year: int, source: str) -> Path:
    """Return the folder of a year's `extract`, `synthetic` or `synthetic-<fraction>` case file."""
    return data_folder() / "cases" / str(year) / source


def withheld_file(year: int) -> Path:
    """Return the file of the counts that the pages of a year's extract leave out."""
    return data_folder() / "withheld" / f"{year}.json"


def raw_folder(year: int) -> Path:
    """Return where a year's extract lies as it came."""
    return data_folder() / "raw" / str(year)


def resolved(year: int, cases: str) -> str:
    """Return which case data `auto` means: the extract where one was taken, else synthetic.

    Of synthetic data a fraction is taken where there is nothing else, the largest.

    Raises:
        InputError: If `cases` names none.
    """
    if not _CASES.fullmatch(cases):
        kinds = ("auto", "extract", "synthetic", "synthetic-0.01")
        raise InputError(f"cases {cases!r}: is no kind of case data{nearest(cases, kinds)}.")
    if cases != "auto":
        return cases
    fractions = {
        folder.name: float(folder.name.partition("-")[2])
        for folder in (data_folder() / "cases" / str(year)).glob("synthetic-*")
        if _CASES.fullmatch(folder.name)
    }
    known = ("extract", "synthetic", *sorted(fractions, key=fractions.__getitem__, reverse=True))
    files = ((kind, cases_folder(year, kind) / "cases.parquet") for kind in known)
    return next((kind for kind, file in files if file.is_file()), "synthetic")
