"""What form a file is of, told by its first bytes; of those that are not read, what to do."""

import codecs
import re
import struct
import tarfile
import zipfile
from typing import Literal

from closurerate.errors import InputError

FIRST_BYTES = 1 << 22
"""How much of a file or of what is unpacked tells its form."""

_TEXT_BYTES = 1 << 12

Form = Literal["parquet", "zip", "gzip", "zstd", "text"]

_PACKED: dict[bytes, Form] = {
    b"PAR1": "parquet",
    b"PK\x03\x04": "zip",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    # A frame to be skipped, which some programs put in front of all others.
    **{bytes([first]) + b"\x2a\x4d\x18": "zstd" for first in range(0x50, 0x60)},
}

_AS_TABLE = "save it as XLSX or CSV"
_ASK = "ask for the extract as CSV, XLSX, ODS or Parquet"
_UNPACK = "unpack it, or pack its files as zip"
_REPACK = "unpack it, or pack it as gzip or zstd"

_PICTURE = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_ACCESS = (b"Standard Jet DB", b"Standard ACE DB")
_OLDEST_XLS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")

# Where it stands, any of what stands there, and what it says.
_MAGIC: tuple[tuple[int, bytes | tuple[bytes, ...], str], ...] = (
    (0, b"%PDF", f"is a PDF; {_ASK}"),
    (0, b"%!PS", f"is made for a printer; {_ASK}"),
    (0, _PICTURE, f"is a picture; {_ASK}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"is a 7z archive; {_UNPACK}"),
    (0, b"Rar!", f"is a RAR archive; {_UNPACK}"),
    (0, b"MSCF", f"is a cabinet archive; {_UNPACK}"),
    (2, b"-lh5-", f"is an LZH archive; {_UNPACK}"),
    (0, b"MZ\x90\x00", "is a program, perhaps an archive that unpacks itself; unpack it"),
    (0, b"PK\x05\x06", "is a zip archive without files; give one that holds the extract"),
    (0, b"BZh", f"is packed by bzip2; {_REPACK}"),
    (0, b"\xfd7zXZ", f"is packed by xz; {_REPACK}"),
    (0, b"\x04\x22\x4d\x18", f"is packed by lz4; {_REPACK}"),
    (0, b"\x1f\x9d", f"is packed by compress; {_REPACK}"),
    (4, _ACCESS, f"is an Access database; export its table, or {_AS_TABLE}"),
    (8, b"DUCK", "is a DuckDB database; export its table as Parquet"),
    (
        0,
        b"SQLite format 3",
        "is an SQLite database; give its URL, such as sqlite:///extract.db, and its table: under "
        "`files` in intake.yml, or on the command line",
    ),
    (0, b"ARROW1", "is an Arrow (Feather) file; save it as Parquet"),
    (0, b"Obj\x01", "is an Avro file; save it as Parquet"),
    (0, b"\x89HDF", "is an HDF5 file; save it as Parquet or CSV"),
    (0, b"$FL2", "is a file of SPSS; save it as CSV"),
    (12, b"\xc2\xea\x81\x60", "is a file of SAS; save it as CSV"),
    (0, _OLDEST_XLS, f"is a workbook of the oldest form (.xls); {_AS_TABLE}"),
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of what lies in a file of old Office, and what it says.
_OLE_PARTS = {
    "EncryptedPackage": "is a workbook with a password; save it as XLSX without one, or as CSV",
    "WordDocument": f"is a Word document; {_ASK}",
    "PowerPoint Document": f"is a PowerPoint document; {_ASK}",
    "__nameid_version1.0": "is an e-mail; save what is attached to it, and give that",
    "Workbook": f"is a workbook of the old form (.xls); {_AS_TABLE}",
    "Book": f"is a workbook of the old form (.xls); {_AS_TABLE}",
}
_OLD_OFFICE = (
    "is a file of the old Office (.xls) or one with a password; save it as XLSX without a "
    "password, or as CSV"
)

_DBF_VERSIONS = b"\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8e\xf5"
_DBF_HEADER = 33
"""Bytes of the shortest header: what is told of the table, and the end of the fields."""

# Texts that are no rows of cells, by how they begin (in small letters), and what it says.
_TEXTS = (
    (r"<.*urn:schemas-microsoft-com:office:spreadsheet", f"is a workbook as XML; {_AS_TABLE}"),
    (r"<[a-z!?/]", f"is a web page or XML; open it in a spreadsheet and {_AS_TABLE}"),
    (
        r"(?:mime-version|message-id|return-path): |from: <saved by|content-type: multipart",
        "is a web archive (MHTML) or an e-mail; "
        f"open it in a spreadsheet and {_AS_TABLE}, or save what is attached to it",
    ),
    (r"\{\\rtf", f"is a text document (RTF); {_ASK}"),
    (r"id;p[^\r\n]*[\r\n]+(?:[pbcfo]|n[nu]);", f"is a SYLK file (.slk); {_AS_TABLE}"),
    (r"table\r?\n0,1\r?\n", f"is a DIF file; {_AS_TABLE}"),
    (r"[\[{]\s*[\"\[{]", "is JSON; save it as CSV or Parquet"),
)

# Parts of a zip archive (in small letters) that tell what else it is, and what to do.
_ZIP_PARTS = (
    ("xl/workbook.bin", f"is a binary workbook (.xlsb); {_AS_TABLE}"),
    ("word/", f"is a Word document; {_ASK}"),
    ("ppt/", f"is a PowerPoint document; {_ASK}"),
    ("index/document.iwa", f"is a document of Numbers or Pages; {_AS_TABLE}"),
    ("index.zip", f"is a document of Numbers or Pages; {_AS_TABLE}"),
)
_ODF = "application/vnd.oasis.opendocument."


def form_of(where: str, start: bytes) -> Form:
    """Tell by its first bytes of which form something is; InputError for one that is not read."""
    for magic, form in _PACKED.items():
        if start.startswith(magic):
            return form
    if reason := _refused(start):
        raise InputError(f"{where} {reason}.")
    return "text"


def _refused(start: bytes) -> str | None:
    """Say what something is that is not read, and what to do instead; None of a text."""
    for place, magic, reason in _MAGIC:
        if start.startswith(magic, place):
            return reason
    if start.startswith(_OLE):
        return next(
            (said for name, said in _OLE_PARTS.items() if name.encode("utf-16-le") in start),
            _OLD_OFFICE,
        )
    if _is_tar(start):
        return f"is a tar archive; {_UNPACK}"
    if _is_dbf(start):
        return f"is a dBASE table (.dbf); {_AS_TABLE}"
    text = _beginning(start)
    return next((said for form, said in _TEXTS if re.match(form, text, re.DOTALL)), None)


def _beginning(start: bytes) -> str:
    """Return the first letters of a text, small; of the others only ASCII is right."""
    data = start[:_TEXT_BYTES]
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = data.decode("utf-16" if is_wide else "utf-8", "replace")
    return text.removeprefix("\ufeff").lstrip().lower()


def _is_tar(start: bytes) -> bool:
    # A tar of before 1988 has no mark, but its header has a sum.
    try:
        tarfile.TarInfo.frombuf(start[: tarfile.BLOCKSIZE], "utf-8", "replace")
    except tarfile.HeaderError:
        return False
    return True


def _is_dbf(start: bytes) -> bool:
    """Tell by a dBASE header: its version, its day of change, its lengths and what is reserved."""
    if len(start) < _DBF_HEADER or start[0] not in _DBF_VERSIONS:
        return False
    month, day = start[2], start[3]
    header, record, reserved = struct.unpack_from("<HHH", start, 8)
    is_dated = 1 <= month <= 12 and 1 <= day <= 31
    return is_dated and header >= _DBF_HEADER and record > 1 and not reserved


def is_workbook(where: str, archive: zipfile.ZipFile) -> bool:
    """Tell whether a zip archive is a workbook, else texts; InputError for another document."""
    names = parts(archive)
    if mimetype := names.get("mimetype"):
        with archive.open(mimetype) as file:
            kind = file.read(_TEXT_BYTES).decode("ascii", "replace")
        if kind.startswith(f"{_ODF}spreadsheet"):
            return True
        if kind.startswith(_ODF):
            raise InputError(f"{where} is an OpenDocument file, but no spreadsheet; {_ASK}.")
    for part, reason in _ZIP_PARTS:
        if any(name == part or (part.endswith("/") and name.startswith(part)) for name in names):
            raise InputError(f"{where} {reason}.")
    return "[content_types].xml" in names or "xl/workbook.xml" in names


def parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the names in an archive, by what readers take them for: with slashes, small."""
    return {name.replace("\\", "/").lower(): name for name in reversed(archive.namelist())}
