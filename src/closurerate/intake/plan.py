"""What is to be taken in: the files of an extract, and how they make the year."""

from dataclasses import dataclass
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
    """A file, or a table or query of a database.

    Attributes:
        path (pathlib.Path or None): The file.
        url (str or None): Else, the database.
        table, query (str or None): What is read of the database; exactly one.
    """

    path: Path | None = None
    url: str | None = None
    table: str | None = None
    query: str | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be taken in, and how.

    Attributes:
        sources (tuple of SourceOfRows): In order; of snapshots, the oldest first.
        merge: `parts` or `snapshots`.
        columns: Names of the columns (`data/columns/`).
        vocabulary: Words of the vocabularies.
        corrections (pathlib.Path or None): Corrections of the year.
        before (pathlib.Path or None): Last year's case file, to know which amounts are far outside.
        encoding (str or None): Of text files; None: detected.
        sheets (tuple of str): The sheets of workbooks and the texts of archives that count; none:
            all with cases.
        max_rejects (fractions.Fraction): Largest share of rejected rows.
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
    """Return the plan of a year's raw folder.

    Args:
        raw: The folder, such as `data/raw/108`. Hidden files and notes (.md, .json, .yml) are no
            data.
        data: Where `columns/`, `vocabulary.yml` and `corrections/` stand.

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
        sources = tuple(_source(item, file, place) for place, item in enumerate(told.files))
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
        sources (tuple of SourceOfRows): What is read.
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


def _entry(item: Any) -> Any:
    # What may hold a password is never repeated.
    if isinstance(item, str) and "://" in item:
        raise ValueError("a database is an entry with `url` and `table` or `query`, not a text")
    if isinstance(item, dict):
        for key in item:
            if key not in _DATABASE and str(key).isidentifier():
                raise fields.Wrong(f"unknown key {key!r}{nearest(key, _DATABASE)}", key=key)
    is_database = isinstance(item, dict) and set(item) <= set(_DATABASE)
    if is_database and all(isinstance(value, str) for value in item.values()):
        if "url" not in item:
            raise fields.Wrong("the key 'url' is missing")
    elif not isinstance(item, str):
        raise ValueError(
            "an entry is the name of a file, or `url` with `table` or `query`, all texts"
        )
    return item


def _share(value: Any) -> Fraction:
    try:
        return share_option(str(value), "")
    except InputError:
        raise ValueError(f"{value} must be a share from 0 to 1, such as 0.001") from None


_DATABASE = ("url", "table", "query")
_ENTRY = fields.kind(
    _entry,
    type=["string", "object"],
    properties={key: {"type": "string"} for key in _DATABASE},
    additionalProperties=False,
)
_SHARE = fields.kind(_share, type=["number", "string"])
_MERGE = fields.one_of(get_args(Merge), "%r is no rule of merging")


_FULL = Field(min_length=1)
_FILES = fields.says("files must be a list, one entry a file or database")
_SHEETS = fields.says("must be a list of names of sheets")


@dataclass(frozen=True)
class PlanFile(fields.Written):
    """A file `intake.yml` beside those of an extract."""

    files: Annotated[list[Annotated[Any, _ENTRY]], _FULL, _FILES] | None = None
    merge: Annotated[Merge, _MERGE] | None = None
    columns: fields.Text | None = None
    encoding: fields.Text | None = None
    sheets: Annotated[tuple[fields.Text, ...], _FULL, _SHEETS] | None = None
    max_rejects: Annotated[Fraction, _SHARE] | None = None
    synthetic: StrictBool | None = None


def _source(item: Any, path: Path, place: int) -> SourceOfRows:
    folder = path.parent
    if isinstance(item, str):
        if not (folder / item).is_file():
            raise fields.fault(path, ("files",), f"there is no {item} in {folder}", place)
        return SourceOfRows(folder / item)
    try:
        return database(**item | {"url": _from_here(item["url"], folder)}, where="files")
    except InputError as error:
        said = str(error).removeprefix("files: ").removesuffix(".")
        raise fields.fault(path, ("files", place), said) from None


def _from_here(url: str, folder: Path) -> str:
    """Return the URL of a database that is named as it lies in a folder as it lies from here."""
    if sqlite_file(url) is None and (file := sqlite_file(url, folder)) is not None:
        return f"sqlite:///{quote(Path(relpath(file)).as_posix())}"
    return url


def database(
    url: str, table: str | None = None, query: str | None = None, *, where: str
) -> SourceOfRows:
    """Return a database's rows as a source; InputError unless exactly one of two is given."""
    if (table is None) == (query is None):
        raise InputError(f"{where}: a database needs either a table or a query, and not both.")
    return SourceOfRows(url=url, table=table, query=query)


def share_option(text: str, where: str) -> Fraction:
    """Return a share from 0 to 1 as written (`0.001` or `1/1000`); InputError where it is none."""
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1:
        raise InputError(f"{where}: {text} must be a share from 0 to 1, such as 0.001.")
    return value
