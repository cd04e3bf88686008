"""Bounds on what a file of an extract may unpack to, told before memory or time are gone."""

import re
from collections.abc import Iterator
from typing import IO
from zipfile import ZipFile

from closurerate.errors import InputError

MOST_RATIO = 200
"""Bytes that one packed byte may unpack to, once `RATIO_FROM` bytes are unpacked."""
RATIO_FROM = 1 << 25
MOST_MEMBERS = 1000
MOST_WORKBOOK_BYTES = 1 << 32
MOST_CELLS = 100_000_000
"""Of a sheet, from its first cell to its last: a spreadsheet's reader holds the empty ones too."""
MOST_LINE_BYTES = 1 << 24
MOST_CELL_BYTES = 1 << 20
"""Of a database or of Parquet."""

SLIGHT_BYTES = 1 << 16
"""A workbook that unpacks to so little, and repeats little, needs no process of its own."""

BLOCK_BYTES = 1 << 20
_LONGEST = 32
_ROWS = 1_048_576
_SHEET = re.compile(r"(?i)(^|[\\/])worksheets[\\/][^\\/]+\.xml$")
# Without a \b, which would take four times as long.
_WIDE = re.compile(rb"""r=["'](?:([A-Z]{2,4})([0-9]+)|[A-Z]?([0-9]{8,}))["']""")
_ANY = re.compile(rb"""r=["']([A-Z]{0,4})([0-9]+)["']""")
_REPEATED = re.compile(rb"""-repeated=["'][0-9]{4}""")


def check_ratio(where: str, packed: int, unpacked: int) -> None:
    """Refuse what unpacks to over `MOST_RATIO` times its size, which data never do.

    Raises:
        InputError: If it unpacks to over `MOST_RATIO` times its size.
    """
    if unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed:
        raise InputError(
            f"{where} unpacks to over {MOST_RATIO} times its size, which no extract does; have it "
            "written anew, or unpack it and give what is in it."
        )


def check_archive(name: str, archive: ZipFile) -> None:
    """Refuse a zip archive of too many members, or whose members overlap or unpack to too much.

    Raises:
        InputError: If it has too many members, some that lie over each other, or one that unpacks
            to too much.
    """
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise InputError(
            f"{name} holds {len(members)} files, and {MOST_MEMBERS} is the most that is taken; put "
            "the rows into fewer."
        )
    if sum(member.compress_size for member in members) > archive.start_dir:
        raise InputError(f"{name} holds files that lie over each other; pack it anew.")
    for member in members:
        check_ratio(f"{name}, {member.filename}", member.compress_size, member.file_size)


def check_workbook(name: str, archive: ZipFile) -> None:
    """Refuse a workbook of too many bytes, or a sheet of too many cells from first to last.

    Raises:
        InputError: If its parts, or the cells of a sheet from the first to the last, are too many.
    """
    if sum(member.file_size for member in archive.infolist()) > MOST_WORKBOOK_BYTES:
        raise InputError(
            f"{name} unpacks to over {MOST_WORKBOOK_BYTES >> 30} GB; give the extract as CSV or "
            "Parquet."
        )
    for member in archive.infolist():
        if not _SHEET.search(member.filename):
            continue
        with archive.open(member) as file:
            width, height = _extent(file, _WIDE)
        if max(width, 26) * max(height, _ROWS) > MOST_CELLS:
            with archive.open(member) as file:
                width, height = _extent(file, _ANY)
        if width * height > MOST_CELLS:
            raise InputError(
                f"{name}, {member.filename}: a cell lies in row {height:,} and one in column "
                f"{width:,}, and {MOST_CELLS:,} cells from the first to the last are the most that "
                "are taken; delete what lies far from the cases, or save the sheet as CSV."
            )


def is_slight_workbook(archive: ZipFile) -> bool:
    """Tell whether a workbook is so small that its reader cannot need much memory."""
    members = archive.infolist()
    if sum(member.file_size for member in members) > SLIGHT_BYTES:
        return False
    return not any(
        _REPEATED.search(archive.read(member)) for member in members if "content" in member.filename
    )


def _extent(file: IO[bytes], cells: re.Pattern[bytes]) -> tuple[int, int]:
    """Return the farthest column and row among references of cells."""
    width, height = 1, 1
    for text in overlapping(file):
        for found in cells.finditer(text):
            letters, *rows = found.groups(b"")
            width = max(width, column_number(letters))
            height = max(height, *map(int, filter(None, rows)))
    return width, height


def column_number(letters: bytes) -> int:
    """Return which column of a sheet is meant by letters, from 1; 0 without any."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def overlapping(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in blocks, each with the end of what came before it.

    What has no more than `_LONGEST` bytes is found in one of them wherever it stands.
    """
    text = b""
    while block := file.read(BLOCK_BYTES):
        text = text[-_LONGEST:] + block
        yield text
