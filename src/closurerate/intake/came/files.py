"""What an extract's file is, by its content rather than its name, and the tables in it."""

import io
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from closurerate.errors import InputError
from closurerate.intake.came.forms import FIRST_BYTES, Form, form_of, is_workbook
from closurerate.intake.came.parquet import read_parquet
from closurerate.intake.came.raw_folder import is_left_behind
from closurerate.intake.came.raw_table import RawTable
from closurerate.intake.came.sheets import read_workbook
from closurerate.intake.came.text import Blocks, open_text
from closurerate.intake.came.unpacking import RATIO_FROM, check_archive, check_ratio, check_workbook

Opener = Callable[[Callable[[int], None]], AbstractContextManager[IO[bytes]]]

_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


def open_file(path: Path, encoding: str | None = None) -> list[RawTable]:
    """Open a file of an extract.

    Args:
        path: Delimited text, plain or packed by gzip or zstd; a zip archive of such texts; XLSX,
            ODS or Parquet. It is told by the content, whatever the file is called.
        encoding: Python's name of the encoding of text; without it, it is detected.

    Returns:
        list of RawTable: One of a text or a Parquet file; of an archive or a workbook one a member
            or sheet.

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
        with _archive(path) as archive:
            check_archive(path.name, archive)
            is_book = is_workbook(path.name, archive)
            if is_book:
                _checked_workbook(path.name, archive)
        return read_workbook(path) if is_book else _open_archive(path, encoding)
    blocks = _blocks(path.name, _opener(path, form))
    if form != "text":
        _check_text(path.name, blocks)
    return [open_text(path.name, None, blocks, path.stat().st_size, encoding)]


def _checked_workbook(name: str, archive: zipfile.ZipFile) -> None:
    try:
        check_workbook(name, archive)
    except (*_DAMAGED, RuntimeError):
        return  # the reader tells what it is


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


def _opener(path: Path, form: Form) -> Opener:
    @contextmanager
    def open_(tell_bytes: Callable[[int], None]) -> Iterator[IO[bytes]]:
        with path.open("rb", buffering=0) as file:
            told = cast(IO[bytes], _Told(file, tell_bytes))
            if form == "text":
                yield told
            else:  # not by Python's gzip, which takes long where a file has very many parts
                with pa.CompressedInputStream(told, form) as unpacked:
                    yield unpacked

    return open_


class _Told(io.RawIOBase):
    """A file that tells how many bytes more were read of it."""

    def __init__(self, file: io.RawIOBase | IO[bytes], tell_bytes: Callable[[int], None]) -> None:
        super().__init__()
        self._file = file
        self._tell_bytes = tell_bytes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size) or b""
        self._tell_bytes(len(data))
        return data


def _blocks(where: str, open_: Opener) -> Blocks:
    def blocks(tell_bytes: Callable[[int], None]) -> Iterator[bytes]:
        packed = unpacked = 0

        def tell(count: int) -> None:
            nonlocal packed
            packed += count
            tell_bytes(count)

        try:
            with open_(tell) as file:
                while block := file.read(FIRST_BYTES):
                    unpacked += len(block)
                    check_ratio(where, packed, unpacked)
                    yield block
        except _DAMAGED as error:
            raise InputError(
                f"{where} is damaged or cut short ({error}); get it anew, or unpack it by hand"
            ) from None

    return blocks


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is a damaged zip archive ({error}); get it anew") from None


def _open_archive(path: Path, encoding: str | None) -> list[RawTable]:
    with _archive(path) as archive:
        members = [member for member in archive.infolist() if _is_data(member)]
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

    @contextmanager
    def open_(tell_bytes: Callable[[int], None]) -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            yield cast(IO[bytes], _Told(file, tell_bytes))

    blocks = _blocks(where, open_)
    _check_text(where, blocks)
    return open_text(path.name, name, blocks, member.file_size, encoding)


def _member_name(member: zipfile.ZipInfo) -> str:
    """Give a member's name, which Windows in Taiwan writes in Big5 and zip takes for its own."""
    is_unicode = member.flag_bits & 0x800
    try:
        return member.filename if is_unicode else member.filename.encode("cp437").decode("cp950")
    except UnicodeError:
        return member.filename
