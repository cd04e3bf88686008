"""What an extract's file is, by its content rather than its name, and the tables in it."""

import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

import pyarrow as pa

from closurerate.errors import InputError
from closurerate.intake.came.forms import FIRST_BYTES, Form, form_of, is_workbook
from closurerate.intake.came.parquet import read_parquet
from closurerate.intake.came.raw_folder import is_left_behind
from closurerate.intake.came.raw_table import RawTable
from closurerate.intake.came.sheets import read_workbook
from closurerate.intake.came.text import Blocks, open_text
from closurerate.intake.came.unpacking import RATIO_FROM, check_archive, check_ratio, check_workbook

Opener = Callable[[], AbstractContextManager[tuple[IO[bytes], IO[bytes]]]]
"""Opens a file as it lies there, whose position tells how much was read, and what is in it."""

_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


def open_file(path: Path, encoding: str | None = None) -> list[RawTable]:
    """Open a file of an extract, told by its content: one table, or one a sheet or member of a zip.

    Args:
        path: Delimited text, plain or packed by gzip or zstd; a zip archive of such texts; XLSX,
            ODS or Parquet.
        encoding: Python's name of the encoding of text; without it, it is detected.

    Raises:
        InputError: There is no such file, or it is empty, damaged, locked by a password or of
            another form. What is damaged further down raises it when the table is read.
    """
    if is_left_behind(path.name) and not path.name.startswith("."):
        raise InputError(
            f"{path.name} holds no rows: a system leaves such a file, or an office program while a "
            "document is open; close it, and give the extract itself."
        )
    form = form_of(path.name, _start_of(path))
    if form == "parquet":
        return read_parquet(path)
    if form == "zip":
        return _open_zip(path, encoding)
    blocks = partial(_blocks, path.name, partial(_unpacked, path, form))
    if form != "text":
        _check_text(path.name, blocks)
    return [open_text(path.name, None, blocks, path.stat().st_size, encoding)]


def _start_of(path: Path) -> bytes:
    if not path.exists():
        raise InputError(f"{path} does not exist; give the path of a file of the extract")
    if not path.is_file():
        raise InputError(f"{path} is no file; give the path of a file of the extract")
    try:
        with path.open("rb") as file:
            start = file.read(FIRST_BYTES)
    except OSError as error:
        raise InputError(f"{path.name} cannot be opened: {error.strerror}") from None
    if not start:
        raise InputError(f"{path.name} is empty: a header and rows were expected")
    return start


def _check_text(where: str, blocks: Blocks) -> None:
    """Raise where what was packed is no text, or of its beginning far more than was packed."""
    unpacked = blocks(lambda _: None)
    start = next(unpacked, b"")
    if form_of(where, start) != "text":
        raise InputError(f"{where} holds no text; unpack it and give what is in it.")
    deque(islice(unpacked, RATIO_FROM // FIRST_BYTES), 0)


@contextmanager
def _unpacked(path: Path, form: Form) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with path.open("rb", buffering=0) as file:
        if form == "text":
            yield file, file
        else:  # not by Python's gzip, which takes long where a file has very many parts
            with pa.CompressedInputStream(file, form) as unpacked:
                yield file, unpacked


@contextmanager
def _unpacked_member(path: Path, member: zipfile.ZipInfo) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        yield file, file


def _blocks(where: str, opened: Opener, tell_bytes: Callable[[int], None]) -> Iterator[bytes]:
    packed = unpacked = 0
    try:
        with opened() as (source, file):
            while True:
                block = file.read(FIRST_BYTES)
                tell_bytes(source.tell() - packed)
                if not block:
                    return
                packed = source.tell()
                unpacked += len(block)
                check_ratio(where, packed, unpacked)
                yield block
    except _DAMAGED as error:
        raise InputError(
            f"{where} is damaged or cut short ({error}); get it anew, or unpack it by hand"
        ) from None


def _open_zip(path: Path, encoding: str | None) -> list[RawTable]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is a damaged zip archive ({error}); get it anew") from None
    with archive:
        check_archive(path.name, archive)
        if is_workbook(path.name, archive):
            with suppress(*_DAMAGED, RuntimeError):  # the reader tells what it is
                check_workbook(path.name, archive)
            return read_workbook(path)
        members = list(filter(_is_data, archive.infolist()))
    if not members:
        raise InputError(f"{path.name} holds no file; a zip archive of CSV files was expected")
    return [_open_member(path, member, encoding) for member in members]


def _is_data(member: zipfile.ZipInfo) -> bool:
    *folders, name = re.split(r"[\\/]", member.filename)
    return bool(name) and not any(map(is_left_behind, [*folders, name]))


def _open_member(path: Path, member: zipfile.ZipInfo, encoding: str | None) -> RawTable:
    name = _member_name(member)
    where = f"{path.name}, {name}"
    if member.flag_bits & 1:
        raise InputError(f"{where} is locked by a password; pack it without one, or unpack it")
    blocks = partial(_blocks, where, partial(_unpacked_member, path, member))
    _check_text(where, blocks)
    return open_text(path.name, name, blocks, member.file_size, encoding)


def _member_name(member: zipfile.ZipInfo) -> str:
    """Give a member's name, which Windows in Taiwan writes in Big5 and zip takes for its own."""
    is_unicode = member.flag_bits & 0x800
    try:
        return member.filename if is_unicode else member.filename.encode("cp437").decode("cp950")
    except UnicodeError:
        return member.filename
