"""Opening what a plan names: each file's tables and headers, and its hash."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from closurerate.cases.source import digest, read_mark
from closurerate.errors import InputError
from closurerate.intake.came.database import open_database
from closurerate.intake.came.files import open_file
from closurerate.intake.came.raw_table import RawTable
from closurerate.intake.choosing import choose
from closurerate.intake.fate.placing import Names
from closurerate.intake.plan import Plan, SourceOfRows
from closurerate.intake.said.headers import Header, load_columns
from closurerate.records.documents import nearest


@dataclass(frozen=True)
class Opened:
    """A table to be read, and which of the plan's sources it belongs to."""

    file_no: int
    table: RawTable
    header: Header


@dataclass(frozen=True)
class Extract:
    """All that a plan names, opened; `mark` is what marks its rows as made up, where one does."""

    names: tuple[str, ...]
    tables: tuple[Opened, ...]
    passed_over: tuple[RawTable, ...]
    mark: str | None

    @property
    def table_names(self) -> Names:
        """File and sheet of each table."""
        tables = [item.table for item in self.tables]
        return Names([table.name for table in tables], [table.sheet for table in tables])


def open_extract(plan: Plan) -> Extract:
    """Open every source of a plan and find the headers.

    Raises:
        InputError: If a source is missing, cannot be read or comes twice, it is not clear which
            tables of it hold the cases, or a sheet that counts is in none.
    """
    names_of_columns = load_columns(plan.columns)
    names: list[str] = []
    tables: list[Opened] = []
    passed_over: list[RawTable] = []
    for number, source in enumerate(plan.sources):
        found = _open(source, plan.encoding)
        names.append(found[0].name if found else str(source.path))
        # A database is asked for one table, which therefore counts.
        chosen = choose(found, names_of_columns, plan if source.path else replace(plan, sheets=()))
        tables += [Opened(number, table, header) for table, header in chosen.tables]
        passed_over += chosen.passed_over
    _check_sheets(plan, [item.table for item in tables])
    names = _told_apart(names, plan, tables)
    if plan.merge == "snapshots" and len(names) + len(tables) > 2:
        _check_snapshots(tables, names)
    return Extract(tuple(names), tuple(tables), tuple(passed_over), _mark(plan))


def _told_apart(names: list[str], plan: Plan, tables: list[Opened]) -> list[str]:
    """Return names of which each is one source's, else raise; a database's may have its table.

    Raises:
        InputError: If two sources still have one name.
    """
    sheets = {item.file_no: item.table.sheet for item in tables}
    apart = [
        f"{name} ({sheets[number]})" if names.count(name) > 1 and plan.sources[number].url else name
        for number, name in enumerate(names)
    ]
    repeated = {name for name in apart if apart.count(name) > 1}
    if repeated:
        raise InputError(
            f"{', '.join(sorted(repeated))}: two files of an extract have the same name, and rows "
            "could not be told apart; rename one."
        )
    return apart


def _check_snapshots(tables: list[Opened], names: list[str]) -> None:
    """Refuse a snapshot of several tables, of which nothing tells the newer one."""
    for number, name in enumerate(names):
        own = [item.table.sheet for item in tables if item.file_no == number]
        if len(own) > 1:
            raise InputError(
                f"{name}: holds {len(own)} tables ({', '.join(map(str, own))}), and of snapshots "
                "each is a file of its own: take it apart, and give the files from the oldest to "
                "the newest."
            )


def _check_sheets(plan: Plan, tables: list[RawTable]) -> None:
    """Raise where a sheet that counts is in no file."""
    there = [str(table.sheet) for table in tables]
    for sheet in plan.sheets:
        if sheet not in there:
            raise InputError(f"sheets: no file holds {sheet!r}{nearest(sheet, there)}.")


def _open(source: SourceOfRows, encoding: str | None) -> list[RawTable]:
    if source.url is not None:
        return [open_database(source.url, table=source.table, query=source.query)]
    assert source.path is not None
    return open_file(source.path, encoding)


def _mark(plan: Plan) -> str | None:
    """Return the mark of made-up rows: a file's own, or the plan's; None for real ones."""
    for source in plan.sources:
        own = None if source.path is None else read_mark(source.path)
        if own:
            return json.dumps(own, sort_keys=True)
    return json.dumps({"synthetic": True, "year": plan.year}) if plan.is_synthetic else None


@contextmanager
def hashing(plan: Plan) -> Iterator[Callable[[int], str | None]]:
    """Hash the files of a plan beside the reading of them; InputError if one changes meanwhile.

    Yields:
        callable: From a source's number, the SHA-256 of its bytes, hexadecimal; None for a
            database.
    """
    paths = [source.path for source in plan.sources]
    before = [_state(path) for path in paths]
    with ThreadPoolExecutor(1) as beside:
        digests = [None if path is None else beside.submit(digest, path) for path in paths]

        def hash_of(number: int) -> str | None:
            waited = digests[number]
            return None if waited is None else waited.result()

        yield hash_of
    for path, state in zip(paths, before, strict=True):
        if _state(path) != state:
            raise InputError(f"{path}: was changed while it was read; take it in again.")


def _state(path: Path | None) -> tuple[int, int] | None:
    return None if path is None else (path.stat().st_size, path.stat().st_mtime_ns)
