import gzip
import io
import os
import zipfile

import pyarrow as pa
import pytest

from closurerate.errors import InputError
from closurerate.intake.came import files
from closurerate.intake.came.files import open_file
from closurerate.intake.came.raw_table import Notes, RawTable

ROWS = "執行案號,分署\n1,臺北\n2,許功蓋\n"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return sink.getvalue().to_pybytes()


SKIPPED = b"\x50\x2a\x4d\x18\x00\x00\x00\x00"
PACKED = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "gzip in two parts": lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]),
    "zstd": zstd,
    "zstd in two parts": lambda data: zstd(data[:9]) + zstd(data[9:]),
    "zstd behind frames to be skipped": lambda data: (
        b"\x5f\x2a\x4d\x18\x02\x00\x00\x00ab" + zstd(data[:9]) + SKIPPED + zstd(data[9:]) + SKIPPED
    ),
    "zip": lambda data: zipped({"cases.csv": data}),
    "zip, stored": lambda data: zipped({"cases.csv": data}, zipfile.ZIP_STORED),
}


def written(tmp_path, data: bytes, name: str = "extract.csv"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def rows_of(table: RawTable) -> list[tuple[str, ...]]:
    wanted = dict(enumerate(table.head[0]))
    batches = table.read(0, wanted, Notes(), lambda count: None)
    return [tuple(row.values())[:-1] for batch in batches for row in batch.to_pylist()]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv does not exist"):
        open_file(tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="is no file"):
        open_file(tmp_path)


@pytest.mark.parametrize("name", ["extract.csv", "extract.xlsx", "extract.parquet"])
def test_an_empty_file_is_an_error(tmp_path, name):
    with pytest.raises(InputError, match=r"^extract\.\w+ is empty"):
        open_file(written(tmp_path, b"", name))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1"), r"\(\.xls\).*save it as XLSX"),
        (b"%PDF-1.7", "is a PDF; ask for the extract as CSV"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive; unpack it"),
        (b"Rar!\x1a\x07", "RAR archive; unpack it"),
        (b"BZh91AY", "bzip2; unpack it"),
        (b"\xfd7zXZ\x00", "xz; unpack it"),
        (b"SQLite format 3\x00", "give its URL"),
        (b"\r\n<HTML><table>", "save it as XLSX or CSV"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "save it as XLSX or CSV"),
    ],
)
@pytest.mark.parametrize("name", ["extract.csv", "extract.xls"])
def test_what_is_not_read_is_refused_with_advice(tmp_path, start, said, name):
    with pytest.raises(InputError, match=said) as refused:
        open_file(written(tmp_path, start + b"\x00" * 600, name))
    assert str(refused.value).startswith(name)
    packed = zipped({"cases.csv": start + b"\x00" * 600})
    with pytest.raises(InputError, match=rf"^{name}, cases\.csv .*{said}"):
        open_file(written(tmp_path, packed, name))


@pytest.mark.parametrize("pack", ["gzip", "zstd", "zip, stored"])
@pytest.mark.parametrize("share", [0.5, 0.98])
def test_what_is_cut_short_is_an_error_that_names_the_file(tmp_path, pack, share):
    whole = PACKED[pack](b"a,b\n" + os.urandom(1 << 20))
    path = written(tmp_path, whole[: int(len(whole) * share)], "extract.gz")
    with pytest.raises(InputError, match=r"^extract\.gz.* (damaged|cut short)"):
        rows_of(open_file(path, "latin-1")[0])


@pytest.mark.parametrize("pack", ["gzip", "zip", "zip, stored"])
def test_a_wrong_checksum_is_an_error(tmp_path, pack):
    data = bytearray(PACKED[pack](b"a,b\n" + b"1,2\n" * 9000))
    place = len(data) - 6 if pack == "gzip" else data.index(b"cases.csv") + 60
    data[place] ^= 1
    with pytest.raises(InputError, match=r"is damaged or cut short"):
        rows_of(open_file(written(tmp_path, bytes(data)))[0])


def test_an_archive_with_a_password_is_refused(tmp_path):
    data = bytearray(zipped({"cases.csv": ROWS.encode()}))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of encryption in the directory
    with pytest.raises(InputError, match=r"extract\.csv, cases\.csv is locked by a password"):
        open_file(written(tmp_path, bytes(data)))


@pytest.mark.parametrize("members", [{}, {"__MACOSX/._a.csv": b"a"}, {".hidden": b"a"}])
def test_an_archive_without_files_is_an_error(tmp_path, members):
    with pytest.raises(InputError, match="archive"):
        open_file(written(tmp_path, zipped(members), "a.zip"))


def test_an_empty_member_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"a\.zip, b\.csv,? is empty"):
        open_file(written(tmp_path, zipped({"a.csv": b"a,b\n", "b.csv": b""}), "a.zip"))


@pytest.mark.parametrize("inner", ["gzip", "zstd", "zip"])
def test_an_archive_in_an_archive_is_refused(tmp_path, inner):
    data = zipped({"inner": PACKED[inner](b"a,b\n")})
    with pytest.raises(InputError, match="inner holds no text; unpack it"):
        open_file(written(tmp_path, data))


@pytest.mark.parametrize("name", ["extract.csv", "extract.parquet", "extract"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp950"])
@pytest.mark.parametrize("pack", PACKED)
def test_text_is_read_however_it_is_packed_and_called(tmp_path, pack, encoding, name):
    path = written(tmp_path, PACKED[pack](ROWS.encode(encoding)), name)
    [table] = open_file(path)
    assert (table.name, table.sheet) == (
        name,
        "cases.csv" if "zip," in pack + "," and "g" not in pack else None,
    )
    assert table.head[0] == ("執行案號", "分署")
    assert rows_of(table) == rows_of(table) == [("1", "臺北"), ("2", "許功蓋")]


def test_each_member_is_a_table_and_hidden_ones_are_not(tmp_path):
    members = {
        "108/": b"",
        "108/終結.csv": b"a,b\n1,2\n",
        "未結.tsv": b"a\tb\n3\t4\n",
        "__MACOSX/108/._x.csv": b"x",
        "108/.DS_Store": b"x",
        "108\\": b"",
        "108/Thumbs.db": bytes.fromhex("d0cf11e0a1b11ae1"),
        "108/~$a.xlsx": b"x",
        "$RECYCLE.BIN/a.csv": b"x",
        "desktop.ini": b"[.ShellClassInfo]",
    }
    tables = open_file(written(tmp_path, zipped(members), "年.zip"))
    assert [table.sheet for table in tables] == ["108/終結.csv", "未結.tsv"]
    assert [rows_of(table) for table in tables] == [[("1", "2")], [("3", "4")]]


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        ("read_parquet", b"PAR1 and more"),
        ("read_workbook", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""})),
        ("read_workbook", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})),
    ],
)
def test_parquet_and_workbooks_are_told_by_their_content(tmp_path, monkeypatch, reader, data):
    path = written(tmp_path, data, "extract.csv")
    monkeypatch.setattr(files, reader, lambda given: [given, reader])
    assert open_file(path) == [path, reader]


@pytest.mark.parametrize("name", ["~$a.xlsx", "Thumbs.db", "desktop.ini"])
def test_what_a_system_leaves_behind_is_told_where_it_is_named(tmp_path, name):
    with pytest.raises(InputError, match="holds no rows: a system leaves such a file"):
        open_file(written(tmp_path, b"\x05agent", name))


def test_a_member_name_in_big5_is_read(tmp_path):
    name = "終結案件.csv".encode("cp950")
    data = zipped({"x" * len(name): b"a,b\n1,2\n"}).replace(b"x" * len(name), name)
    [table] = open_file(written(tmp_path, data))
    assert table.sheet == "終結案件.csv"
    assert rows_of(table) == [("1", "2")]


def test_a_given_encoding_reaches_the_text(tmp_path):
    for pack in PACKED.values():
        [table] = open_file(written(tmp_path, pack("a,b\n1,é\n".encode("latin-1"))), "latin-1")
        assert rows_of(table) == [("1", "é")]


@pytest.mark.parametrize("pack", PACKED)
def test_the_bytes_told_are_those_of_the_size(tmp_path, pack):
    path = written(tmp_path, PACKED[pack](b"a,b\n" + b"1,2\n" * 100_000))
    [table], told = open_file(path), []
    assert sum(batch.num_rows for batch in table.read(0, {0: "a"}, Notes(), told.append)) == 100_000
    assert sum(told) == table.size_bytes
