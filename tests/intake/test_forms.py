import gzip
import io
import struct
import tarfile
import zipfile

import pytest

from closurerate.errors import InputError
from closurerate.intake.came.files import open_file
from closurerate.intake.came.forms import form_of

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600
ODF = b"application/vnd.oasis.opendocument."
HTML = (
    '<meta http-equiv="Content-Type" content="text/html"><table><tr><td>執行案號</td></tr></table>'
)


def ole(part: str) -> bytes:
    return OLE + part.encode("utf-16-le") + b"\x00" * 100


def tar(form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        member = tarfile.TarInfo("cases.csv")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"a,b\n"))
    return buffer.getvalue()


def old_tar() -> bytes:
    """Return one of before the mark `ustar`: with a sum over its header, and no more."""
    data = bytearray(tar(tarfile.USTAR_FORMAT))
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:155] = b"%06o\x00" % sum(data[:512])
    return bytes(data)


def dbf(version: int) -> bytes:
    field = b"CASE_ID\x00\x00\x00\x00C" + bytes(4) + b"\x12" + bytes(15)
    header = struct.pack("<4BIHH20x", version, 119, 1, 5, 1, 65, 19)
    return header + field + b"\r 108-01-00000001"


def zipped(*names: str, kind: bytes | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if kind is not None:
            archive.writestr("mimetype", kind)
        for name in names:
            archive.writestr(name, b"x")
    return buffer.getvalue()


AS_TABLE = "save it as XLSX or CSV"
ASK = "ask for the extract as CSV, XLSX, ODS or Parquet"
REFUSED = {
    "html, meta first": (HTML.encode(), f"a web page or XML; open it .* and {AS_TABLE}"),
    "html, comment first": (b"\n <!-- x --><html>", "a web page or XML"),
    "html in utf-16": (HTML.encode("utf-16"), "a web page or XML"),
    "html in big5": (HTML.encode("cp950"), "a web page or XML"),
    "xml": (b'\xef\xbb\xbf<?xml version="1.0"?><rows/>', "a web page or XML"),
    "xml spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        f"a workbook as XML; {AS_TABLE}",
    ),
    "mhtml": (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", r"a web archive \(MHTML\)"),
    "mhtml of a browser": (b"From: <Saved by Blink>\r\n", r"a web archive \(MHTML\)"),
    "rtf": (rb"{\rtf1\ansi", f"RTF.*; {ASK}"),
    "sylk": (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"a\"", f"a SYLK file.*; {AS_TABLE}"),
    "dif": (b'TABLE\r\n0,1\r\n"EXCEL"\r\n', f"a DIF file; {AS_TABLE}"),
    "json": (b'[\n  {"case_id": "A1"}]', "JSON; save it as CSV or Parquet"),
    "rows of json": (b'{"case_id": "A1"}\n{"case_id": "A2"}\n', "JSON"),
    "lists of json": ('["執行案號","分署"]\n'.encode(), "JSON"),
    "tar": (tar(), "a tar archive; unpack it"),
    "tar of gnu": (tar(tarfile.GNU_FORMAT), "a tar archive"),
    "tar without a mark": (old_tar(), "a tar archive"),
    "dbase": (dbf(0x03), rf"a dBASE table \(\.dbf\); {AS_TABLE}"),
    "foxpro": (dbf(0x30), r"a dBASE table \(\.dbf\)"),
    "access": (b"\x00\x01\x00\x00Standard Jet DB\x00" + bytes(99), "an Access database; export"),
    "access, new": (b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(99), "an Access database"),
    "xls": (ole("Workbook"), rf"a workbook of the old form \(\.xls\); {AS_TABLE}"),
    "xls of excel 5": (ole("Book"), r"a workbook of the old form \(\.xls\)"),
    "xls of excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", "a workbook of the oldest form"),
    "xlsx with a password": (ole("EncryptedPackage"), "with a password; save it as XLSX without"),
    "doc": (ole("WordDocument"), f"a Word document; {ASK}"),
    "an e-mail": (ole("__nameid_version1.0"), "an e-mail; save what is attached"),
    "xlsb": (zipped("[Content_Types].xml", "xl/workbook.bin"), f"xlsb.*; {AS_TABLE}"),
    "xlsb, backslashes": (zipped("[Content_Types].xml", "xl\\workbook.bin"), "xlsb"),
    "docx": (zipped("[Content_Types].xml", "word/document.xml"), f"a Word document; {ASK}"),
    "numbers": (zipped("Index/Document.iwa"), "a document of Numbers"),
    "odt": (zipped("content.xml", kind=ODF + b"text"), "OpenDocument file, but no spreadsheet"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7z archive; unpack it"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "a RAR archive; unpack it"),
    "a picture": (b"\x89PNG\r\n\x1a\n", f"a picture; {ASK}"),
    "feather": (b"ARROW1\x00\x00", "save it as Parquet"),
}  # fmt: skip


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_not_read_is_told_as_what_it_is(tmp_path, form):
    data, said = REFUSED[form]
    path = tmp_path / "cases.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"^cases\.csv is .*{said}"):
        open_file(path)
    # The same packed; what is a zip itself is told to be no text.
    is_zip = data.startswith(b"PK")
    path.write_bytes(gzip.compress(data))
    with pytest.raises(
        InputError, match="holds no text" if is_zip else rf"^cases\.csv is .*{said}"
    ):
        open_file(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner", data)
    with pytest.raises(InputError, match="holds no text" if is_zip else rf", inner is .*{said}"):
        open_file(path)


@pytest.mark.parametrize(
    "text",
    [
        "[執行案號],[分署]\n1,臺北\n",
        "<執行案號>,<分署>\n",
        "ID;PERSON;BRANCH\n1;2;3\n",
        "id;p\nx;y\n",
        "table,0,1\n",
        "From,To\n",
        '"{""a""}",b\n',
        "MZ,BZ\n",
        "108\t\t\t\t\n",
        "1\x09\x09\x09年度案件清冊\n",
        "{執行案號}|分署\n",
    ],
)
def test_a_text_that_only_resembles_another_form_is_a_text(text):
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp950"):
        assert form_of("cases.csv", text.encode(encoding)) == "text"
