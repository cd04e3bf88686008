"""Spreadsheets: each sheet of an XLSX or ODS file that holds anything is a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from closurerate.cases.vocabulary import COLUMNS
from closurerate.errors import InputError, reason_of
from closurerate.intake.came.apart import apart
from closurerate.intake.came.cells import cell_text, in_pieces, raw_batch, text_column
from closurerate.intake.came.folding import is_blank
from closurerate.intake.came.lost_cells import Cells, lost_cells
from closurerate.intake.came.raw_table import HEAD_ROWS, Notes, RawTable
from closurerate.intake.came.serials import serial_shift_days
from closurerate.intake.came.unpacking import is_slight_workbook

BATCH_ROWS = 50_000
_NO_SERIAL = 100_000
Row = list[Any]
_DATES = frozenset(column.name for column in COLUMNS if pa.types.is_date(column.arrow_type))
_FAULTS = (
    *(CalamineError, BadZipFile, ZlibError, ParseError),
    *(OSError, EOFError, LookupError, ValueError, NotImplementedError),
)


def read_workbook(path: Path) -> list[RawTable]:
    """Open an XLSX or ODS file; hidden sheets count, sheets without any cell do not.

    Every cell becomes text: a date is ISO (with its time of day where that is not midnight), a
    whole number has no decimals, an error such as `#N/A` stays, and a formula that was never
    calculated stands as it is written. A bare number in a column of dates is given as it would be
    in a workbook that counts from 1899-12-30, whatever day this one counts from. A sheet is held
    in memory only while it is read.

    Raises:
        InputError: If it is protected by a password, damaged, of another form, or wholly empty.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    heads = dict(_safely(path, _heads))
    rows = {name: height for name, (height, _) in heads.items() if height}
    if not rows:
        raise InputError(f"{path}: no sheet of this workbook holds anything.")
    size = path.stat().st_size
    shares = {name: size * height // sum(rows.values()) for name, height in rows.items()}
    return [
        RawTable(path.name, name, heads[name][1], partial(_read, path, name, share), share)
        for name, share in shares.items()
    ]


def _safely(path: Path, items: Callable[..., Iterator[Any]], *arguments: Any) -> Iterator[Any]:
    """Yield what a function yields of a workbook: of one that may take much, in its own process."""
    try:
        with ZipFile(path) as archive:
            is_slight = is_slight_workbook(archive)
    except _FAULTS:
        is_slight = False  # the library may read it all the same
    return items(path, *arguments) if is_slight else apart(path, items, path, *arguments)


def _heads(path: Path) -> Iterator[tuple[str, tuple[int, tuple[tuple[str, ...], ...]]]]:
    with _faults_told(path), _workbook(path) as workbook:
        for name in workbook.sheet_names:
            yield name, _head(workbook.get_sheet_by_name(name))


def _workbook(path: Path) -> CalamineWorkbook:
    # The library believes a path's suffix, and tells more faults by it than by the bytes alone.
    try:
        return CalamineWorkbook.from_path(path)
    except CalamineError as error:
        try:
            return CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        except CalamineError:
            raise error from None


@contextmanager
def _faults_told(path: Path) -> Iterator[None]:
    try:
        yield
    except PasswordError:
        raise InputError(
            f"{path}: is protected by a password; save it without one, or as CSV."
        ) from None
    except _FAULTS as error:
        raise InputError(
            f"{path}: cannot be read as XLSX or ODS ({reason_of(error)}); open it, mend it and "
            "save it again."
        ) from None


def _head(sheet: CalamineSheet) -> tuple[int, tuple[tuple[str, ...], ...]]:
    if sheet.end is None:
        return 0, ()
    rows = islice(sheet.iter_rows(), HEAD_ROWS)
    head = tuple(tuple((cell_text(cell) or "").strip() for cell in row) for row in rows)
    return sheet.end[0] + 1, head


def _rows(sheet: CalamineSheet, lost: Cells) -> Iterator[Row]:
    """Yield all rows from the top of a sheet, the cells that were lost in their places."""
    if sheet.start is None or sheet.end is None:
        return
    (_, left), (bottom, right) = sheet.start, sheet.end
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in lost.items():
        if row > bottom or not left <= column <= right:
            raise ValueError(f"a formula in row {row + 1} was never calculated: {text}")
        by_row.setdefault(row, []).append((column - left, text))
    for number, cells in enumerate(sheet.iter_rows()):
        for column, text in by_row.get(number, ()):
            cells[column] = text
        yield cells


def _has_something(row: Row) -> bool:
    return any(not isinstance(cell, str) or not is_blank(cell) for cell in row)


def _read(
    path: Path,
    name: str,
    size: int,
    header_row: int,
    wanted: dict[int, str],
    notes: Notes,
    tell_bytes: Callable[[int], None],
) -> Iterator[pa.RecordBatch]:
    batches = _safely(path, _batches, name, header_row, wanted)
    first = list(islice(batches, 1))
    tell_bytes(size)
    yield from chain(first, batches)


def _batches(
    path: Path, name: str, header_row: int, wanted: dict[int, str]
) -> Iterator[pa.RecordBatch]:
    with _faults_told(path):
        with _workbook(path) as workbook:
            sheet = workbook.get_sheet_by_name(name)
        with ZipFile(path) as archive:
            lost = lost_cells(archive, name)
            shift_days = serial_shift_days(archive)
        rows = filter(_has_something, islice(_rows(sheet, lost), header_row + 1, None))
        while batch := list(islice(rows, BATCH_ROWS)):
            columns = [
                _column(batch, position, shift_days if column in _DATES else 0)
                for position, column in wanted.items()
            ]
            yield from in_pieces(raw_batch(wanted.values(), columns))


def _column(batch: list[Row], position: int, shift_days: int) -> pa.Array:
    cells = [row[position] for row in batch]
    if shift_days:
        # What has more digits, such as 1070308, is no count of days.
        cells = [
            cell + shift_days if type(cell) is float and 0 < cell < _NO_SERIAL else cell
            for cell in cells
        ]
    return text_column(cells)
