"""What is to be taken in: the files of an extract, and how they make the year."""

from dataclasses import dataclass, replace
from fractions import Fraction
from os.path import relpath
from pathlib import Path
from typing import Annotated, Any, get_args
from urllib.parse import quote

from pydantic import Field, StrictBool

from closurerate.errors import InputError
from closurerate.intake.came.database_rows import sqlite_file
from closurerate.intake.came.raw_folder import PLAN, data_files, is_left_behind
from closurerate.intake.fate.merging import Merge
from closurerate.records import fields
from closurerate.records.documents import nearest

MAX_REJECTS = Fraction(1, 1000)
"""Largest share of rejected rows by default."""


@dataclass(frozen=True)
class SourceOfRows:
    """A file (`path`), or a table or a query of a database (`url`)."""

    path: Path | None = None
    url: str | None = None
    table: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be taken in, and how.

    Args:
        sources: In order; of snapshots, the oldest first.
        columns: File with the names of the columns (`data/columns/`).
        vocabulary: File with what the contract's words are called.
        before: Last year's case file, to know which amounts are far outside.
        encoding: Of text files; None: detected.
        sheets: The sheets of workbooks and the texts of archives that count; none: all with cases.
        is_synthetic: Whether the rows are made up; a Parquet file that is marked so says it itself.
    """

    year: int
    sources: tuple[SourceOfRows, ...]
    columns: Path
    vocabulary: Path
    merge: Merge = "parts"
    corrections: Path | None = None
    before: Path | None = None
    encoding: str | None = None
    sheets: tuple[str, ...] = ()
    max_rejects: Fraction = MAX_REJECTS
    is_synthetic: bool = False

    def counts(self, sheet: str | None) -> bool:
        """Tell whether a sheet counts; what is the one table of its file does."""
        return sheet is None or not self.sheets or sheet in self.sheets


def plan_of_folder(year: int, raw: Path, data: Path) -> Plan:
    """Return the plan of a year's raw folder, such as `data/raw/108`; `data` as for `plan`.

    Raises:
        InputError: If there is no data, or `intake.yml` is wrong or does not name all files.
    """
    file = raw / PLAN
    told = fields.read(file, PlanFile) if file.is_file() else PlanFile()
    files = data_files(raw)
    if folders := _folders(raw):
        raise InputError(
            f"{raw}: holds the folder {', '.join(folders)}; move its files up, or elsewhere if "
            "they are not of the extract."
        )
    if told.files is None:
        sources = tuple(SourceOfRows(path) for path in files)
    else:
        sources = tuple(_here(item, file, place) for place, item in enumerate(told.files))
    if left := {path.name for path in files} - _named(sources, raw):
        raise InputError(
            f"{raw / PLAN}: files does not name {', '.join(sorted(left))}; name every file, or "
            "move what is not of the extract elsewhere."
        )
    if told.files is None and len(files) > 1 and told.merge == "snapshots":
        raise InputError(
            f"{raw / PLAN}: with merge: snapshots, files must list the files from the oldest to "
            "the newest."
        )
    if not sources:
        raise InputError(
            f"{raw}: there is no extract of year {year}; put its files there (data/README.md)."
        )
    return plan(
        year,
        sources,
        data,
        merge=told.merge,
        columns=None if told.columns is None else data / "columns" / told.columns,
        encoding=told.encoding,
        sheets=told.sheets,
        max_rejects=told.max_rejects,
        is_synthetic=told.synthetic,
    )


def plan(year: int, sources: tuple[SourceOfRows, ...], data: Path, **settings: Any) -> Plan:
    """Return a plan whose settings are those of the project's data folder where not given.

    Args:
        data: Where `columns/`, `vocabulary.yml` and `corrections/` stand.
        **settings: Arguments of `Plan`; None: as if not given.
    """
    corrections = data / "corrections" / f"{year}.yml"
    before = data / "cases" / str(year - 1) / "extract" / "cases.parquet"
    defaults = {
        "columns": data / "columns" / "agency.yml",
        "vocabulary": data / "vocabulary.yml",
        "corrections": corrections if corrections.is_file() else None,
        "before": before if before.is_file() else None,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    return Plan(year=year, sources=sources, **(defaults | given))


def _folders(raw: Path) -> list[str]:
    if not raw.is_dir():
        return []
    return sorted(
        path.name for path in raw.iterdir() if path.is_dir() and not is_left_behind(path.name)
    )


def _named(sources: tuple[SourceOfRows, ...], raw: Path) -> set[str]:
    """Return the names of a folder's files that sources are: of a database, its companions too."""
    names = {source.path.name for source in sources if source.path}
    for source in sources:
        file = sqlite_file(source.url) if source.url else None
        if file is not None and file.resolve().parent == raw.resolve():
            names |= {file.name + companion for companion in ("", "-wal", "-shm", "-journal")}
    return names


def database(
    url: str, table: str | None = None, query: str | None = None, *where: str
) -> SourceOfRows:
    """Return a database's rows as a source; InputError unless exactly one of two is given."""
    if (table is None) == (query is None):
        raise fields.Wrong("a database needs either a table or a query, and not both", *where)
    return SourceOfRows(url=url, table=table, query=query)


def share_option(written: object, *where: str) -> Fraction:
    """Return a share from 0 to 1 as written (`0.001` or `1/1000`); InputError where it is none."""
    try:
        value = Fraction(str(written))
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1:
        raise fields.Wrong(f"{written} must be a share from 0 to 1, such as 0.001", *where)
    return value


def _source(item: Any) -> SourceOfRows:
    """Return what an entry of `files` names, seen from the folder in which it stands."""
    # What may hold a password is never repeated.
    if isinstance(item, str):
        if "://" in item:
            raise ValueError("a database is an entry with `url` and `table` or `query`, not a text")
        return SourceOfRows(Path(item))
    if not isinstance(item, dict):
        raise ValueError(_ENTRY)
    for key in item:
        if key not in _DATABASE and str(key).isidentifier():
            raise fields.Wrong(f"unknown key {key!r}{nearest(key, _DATABASE)}", key=key)
    if not all(key in _DATABASE and isinstance(value, str) for key, value in item.items()):
        raise ValueError(_ENTRY)
    if "url" not in item:
        raise fields.Wrong("the key 'url' is missing")
    return database(**item)


_ENTRY = "an entry is the name of a file, or `url` with `table` or `query`, all texts"
_DATABASE = ("url", "table", "query")
_SOURCE = fields.kind(
    _source,
    type=["string", "object"],
    properties={key: {"type": "string"} for key in _DATABASE},
    additionalProperties=False,
)
_MERGE = fields.one_of(get_args(Merge), "%r is no rule of merging")
_SHARE = fields.kind(share_option, type=["number", "string"])
_FULL = Field(min_length=1)
_FILES = fields.says("files must be a list, one entry a file or database")
_SHEETS = fields.says("must be a list of names of sheets")


@dataclass(frozen=True)
class PlanFile(fields.Written):
    """A file `intake.yml` beside those of an extract."""

    files: Annotated[list[Annotated[SourceOfRows, _SOURCE]], _FULL, _FILES] | None = None
    merge: Annotated[Merge, _MERGE] | None = None
    columns: fields.Text | None = None
    encoding: fields.Text | None = None
    sheets: Annotated[tuple[fields.Text, ...], _FULL, _SHEETS] | None = None
    max_rejects: Annotated[Fraction, _SHARE] | None = None
    synthetic: StrictBool | None = None


def _here(source: SourceOfRows, plan_file: Path, place: int) -> SourceOfRows:
    """Return a source that is named as it lies beside a plan as it lies from here."""
    folder = plan_file.parent
    if source.path is not None:
        if not (folder / source.path).is_file():
            said = f"there is no {source.path} in {folder}"
            raise fields.fault(plan_file, ("files",), said, place)
        return SourceOfRows(folder / source.path)
    assert source.url is not None
    if sqlite_file(source.url) is None and (file := sqlite_file(source.url, folder)) is not None:
        return replace(source, url=f"sqlite:///{quote(Path(relpath(file)).as_posix())}")
    return source
