"""XLSX and ODS: what stands in a cell comes out as its text, and no cell is lost."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from closurerate.errors import InputError
from closurerate.intake.came import sheets, unpacking
from closurerate.intake.came.files import open_file
from closurerate.intake.came.folding import is_blank
from closurerate.intake.came.raw_table import HEAD_ROWS, MALFORMED, Notes, RawTable
from closurerate.intake.came.unpacking import overlapping
from workbook_samples import rewritten, write_ods, write_xlsx

SERIAL_OF_1904 = 41700
HEADER = ["案號", "收案日", "移送金額"]
FORMS = ("xlsx", "ods")


WRITERS = {"xlsx": write_xlsx, "ods": write_ods}


@pytest.fixture(params=FORMS)
def workbook(request, tmp_path) -> Callable[..., Path]:
    def write(rows: list[list], **more: list[list]) -> Path:
        path = tmp_path / f"extract.{request.param}"
        return WRITERS[request.param](path, {"已結": rows} | more)

    return write


def rows_of(table: RawTable, header_row: int = 0) -> list[tuple]:
    width = len(table.head[header_row])
    names = {position: str(position) for position in range(width)}
    read = list(table.read(header_row, names, Notes(), lambda count: None))
    assert all(batch.schema.names == [*names.values(), MALFORMED] for batch in read)
    assert all(batch.column(MALFORMED).null_count == len(batch) for batch in read)
    return [
        tuple(row[name] for name in names.values()) for batch in read for row in batch.to_pylist()
    ]


def only(path: Path) -> RawTable:
    (table,) = sheets.read_workbook(path)
    return table


# What cannot be read ------------------------------------------------------------------------
def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none\.xlsx: there is no such file"):
        sheets.read_workbook(tmp_path / "none.xlsx")


def test_an_empty_workbook_is_told(workbook):
    with pytest.raises(InputError, match="no sheet of this workbook holds anything"):
        sheets.read_workbook(workbook([]))


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.97])
def test_a_truncated_workbook_is_told(workbook, kept):
    path = workbook([HEADER, ["A", dt.date(2018, 3, 8), 5]])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(InputError, match="cannot be read as XLSX or ODS"):
        sheets.read_workbook(path)


def test_a_text_is_no_workbook(tmp_path):
    path = tmp_path / "text.xlsx"
    path.write_text("案號,收案日\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read as XLSX or ODS"):
        sheets.read_workbook(path)


def test_an_ods_with_a_password_is_told(tmp_path):
    path = tmp_path / "locked.ods"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        '<manifest:encryption-data manifest:checksum-type="SHA1/1K" manifest:checksum="x"/>'
        "</manifest:file-entry></manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", b"\x00\x01\x02")
    with pytest.raises(InputError, match="protected by a password"):
        sheets.read_workbook(path)


def compound_file(stream: str) -> bytes:
    """Return the container in which Office keeps a locked workbook, with one empty stream."""
    free, end, fat = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def entry(name: str, kind: int, child: int) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        return (
            head + struct.pack("<III", free, free, child) + bytes(36) + struct.pack("<IQ", end, 0)
        )

    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0).ljust(436, b"\xff")
    blocks = struct.pack("<II", fat, end).ljust(512, b"\xff")
    entries = entry("Root Entry", 5, 1) + entry(stream, 2, free)
    return header + blocks + entries.ljust(512, b"\0")


def test_an_xlsx_with_a_password_is_told(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(compound_file("EncryptedPackage"))
    with pytest.raises(InputError, match="protected by a password"):
        sheets.read_workbook(path)


# What stands in cells -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("A-001", "A-001"),
        ("００１", "００１"),
        (dt.date(2018, 3, 8), "2018-03-08"),
        (dt.datetime(2018, 3, 8, 10, 30), "2018-03-08 10:30:00"),
        (1234, "1234"),
        (1234.0, "1234"),
        (-7, "-7"),
        (0, "0"),
        (0.1, "0.1"),
        (10**12, "1000000000000"),
        (43167, "43167"),
        (True, "TRUE"),
        (False, "FALSE"),
    ],
)
def test_a_cell_is_its_text(workbook, value, text):
    assert rows_of(only(workbook([HEADER, [value, "x", "y"]]))) == [(text, "x", "y")]


def test_what_an_xlsx_shows_is_not_what_counts(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER)
    sheet.append([0.5, 43167, 1234])
    for cell, form in zip(sheet[2], ["0%", "[$-404]e/m/d", "#,##0"], strict=True):
        cell.number_format = form
    book.save(tmp_path / "shown.xlsx")
    assert rows_of(only(tmp_path / "shown.xlsx")) == [("0.5", "2018-03-08", "1234")]


def test_the_calendar_of_1904_is_heeded(tmp_path):
    rows = [HEADER, ["A", dt.date(2018, 3, 8), 5]]
    path = write_xlsx(tmp_path / "mac.xlsx", {"a": rows}, CALENDAR_MAC_1904)
    assert rows_of(only(path)) == [("A", "2018-03-08", "5")]


def test_an_error_stays_and_a_formula_never_calculated_too(tmp_path):
    path = write_xlsx(
        tmp_path / "errors.xlsx",
        {"一": [HEADER, ["A", "#N/A", 5], ["B", "=1/0", "#DIV/0!"]], "二": [["甲"], ["#REF!"]]},
    )
    first, second = sheets.read_workbook(path)
    assert rows_of(first) == [("A", "#N/A", "5"), ("B", "=1/0", "#DIV/0!")]
    assert rows_of(second) == [("#REF!",)]


def test_a_formula_never_calculated_outside_the_cells_is_told(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", {"一": [HEADER, ["A", "x", 5], ["=A2", "=B2", "=C2"]]})
    with pytest.raises(InputError, match="a formula in row 3 was never calculated"):
        rows_of(only(path))


def test_a_formula_gives_what_was_calculated(tmp_path):
    path = write_xlsx(tmp_path / "x.xlsx", {"一": [HEADER, ["A", "=1+1", '=""'], ["B", "#N/A", 1]]})
    rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
            .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
            .replace(b'<c r="C2"><f>', b'<c r="C2" t="str"><f>')
        ),
    )
    assert rows_of(only(path)) == [("A", "2", ""), ("B", "#N/A", "1")]


PARTS = {
    "backslashes": lambda name: name.replace("/", "\\"),
    "capitals": str.upper,
    "a sheet in another case": lambda name: name.replace("sheet1", "Sheet1"),
}


@pytest.mark.parametrize("names", PARTS)
@pytest.mark.parametrize("target", ["/xl/worksheets/", "worksheets/", "/XL/Worksheets/"])
def test_what_is_lost_is_found_however_the_parts_are_named(tmp_path, names, target):
    cells = [["n", "d"], ["A", "#N/A"], ["B", "=1+1"], ["C", SERIAL_OF_1904]]
    path = write_xlsx(tmp_path / "e.xlsx", {"已結": cells}, epoch=CALENDAR_MAC_1904)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            linked = content.replace(b'"/xl/worksheets/', f'"{target}'.encode())
            entry = zipfile.ZipInfo("-")
            entry.filename = PARTS[names](name)
            archive.writestr(entry, linked)
    (table,) = open_file(path)
    (batch,) = table.read(0, {0: "case_id", 1: "closed_on"}, Notes(), lambda count: None)
    assert batch.column("closed_on").to_pylist() == ["#N/A", "=1+1", str(SERIAL_OF_1904 + 1462)]


ODS_ROWS = b"""<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>d</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>m</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2">
<table:table-cell office:value-type="string"><text:p>A</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2" table:formula="of:=1/0"
 office:value-type="string" office:string-value="" calcext:value-type="error">
<text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"
 office:value-type="float" office:value="5" table:formula="of:=2+3"/>
<table:table-cell table:formula="of:=[.A4]"/>
</table:table-row>""".replace(b"\n", b"")


def test_errors_of_an_ods_stay_where_they_stand(tmp_path):
    path = write_ods(tmp_path / "e.ods", {"前": [["#N/A"]], "已結": [["here"]]})

    def change(xml: bytes) -> bytes:
        start = xml.index(b"<table:table-row", xml.index("已結".encode()))
        end = xml.rindex(b"</table:table-row>") + len(b"</table:table-row>")
        return xml[:start] + ODS_ROWS + xml[end:]

    rewritten(path, "content.xml", change)
    assert rows_of(sheets.read_workbook(path)[1], header_row=2) == [
        ("A", "#DIV/0!", "#DIV/0!"),
        ("A", "#DIV/0!", "#DIV/0!"),
        ("5", "5", "=[.A4]"),
    ]


def ods_with_cell(path: Path, cell: str) -> Path:
    """Write a sheet of a row `x` and this cell, given without its beginning and end."""
    write_ods(path, {"一": [["a", "b"], ["x", "y"]]})

    def change(xml: bytes) -> bytes:
        start, end = xml.rindex(b"<table:table-cell"), xml.rindex(b"</table:table-cell>")
        return xml[:start] + f"<table:table-cell {cell}".encode() + xml[end:]

    return rewritten(path, "content.xml", change)


@pytest.mark.parametrize(
    "kind",
    [
        'office:value-type="float" office:value="0"',
        'office:value-type="float" office:value="5"',
        'office:value-type="currency" office:value="0"',
        'office:value-type="percentage" office:value="0"',
        'office:value-type="date" office:date-value="1899-12-30"',
        'office:value-type="boolean" office:boolean-value="false"',
        'office:value-type="time" office:time-value="PT0S"',
        'office:value-type="string" office:string-value=""',
        'office:value-type="string" calcext:value-type="error" office:string-value=""',
        'table:formula="of:=1/0" office:value-type="float" office:value="0"',
        "",
    ],
)
def test_an_error_of_an_ods_is_neither_nothing_nor_zero_marked_or_not(tmp_path, kind):
    for text in (
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "Err:502",
        "<text:span>#REF!</text:span>",
        "錯誤：502",
    ):
        path = ods_with_cell(tmp_path / "e.ods", f"{kind}><text:p>{text}</text:p>")
        shown = text.replace("<text:span>", "").replace("</text:span>", "")
        assert rows_of(only(path)) == [("x", shown)]


def test_a_remark_and_a_text_that_looks_like_an_error_are_none(tmp_path):
    remark = "<office:annotation><text:p>#N/A</text:p></office:annotation><text:p>7</text:p>"
    path = ods_with_cell(tmp_path / "e.ods", f'office:value-type="float" office:value="7">{remark}')
    assert rows_of(only(path)) == [("x", "7")]
    number = 'office:value-type="float" office:value="7"><text:p>#7</text:p>'
    assert rows_of(only(ods_with_cell(tmp_path / "e.ods", number))) == [("x", "7")]


def test_a_sign_across_two_blocks_is_seen(monkeypatch):
    text = b"x" * 30 + b't="e"' + b"y" * 30
    for size in range(1, 40):
        monkeypatch.setattr(unpacking, "BLOCK_BYTES", size)
        assert any(b't="e"' in block for block in overlapping(io.BytesIO(text))), size
    assert not any(b't="n"' in block for block in overlapping(io.BytesIO(text)))


# Which rows and sheets ----------------------------------------------------------------------
def test_titles_and_blank_rows_above_and_between(workbook):
    rows = [
        ["一○七年度", None, None],
        [None] * 3,
        HEADER,
        ["A", "x", 1],
        [None] * 3,
        ["B", "  ", 2],
    ]
    table = only(workbook(rows))
    assert table.head[2] == tuple(HEADER)
    assert table.head[0] == ("一○七年度", "", "")
    assert rows_of(table, header_row=2) == [("A", "x", "1"), ("B", "  ", "2")]


@pytest.mark.parametrize("blank", ["\u3000", "\xa0", "\u200b", " \u3000 ", "\ufeff"], ids=ascii)
def test_a_row_of_blanks_that_nobody_sees_is_none(workbook, blank):
    rows = [HEADER, [blank] * 3, ["A", "x", 1], [None, blank, None], [None, None, "y"]]
    assert rows_of(only(workbook(rows)))[0] == ("A", "x", "1")
    assert len(rows_of(only(workbook(rows)))) == 2


def test_a_sheet_that_begins_further_right_and_down(tmp_path):
    book = openpyxl.Workbook()
    for column, name in enumerate(HEADER):
        book.active.cell(3, column + 3, name)
        book.active.cell(4, column + 3, "#N/A" if column else "A")
    book.save(tmp_path / "inset.xlsx")
    table = only(tmp_path / "inset.xlsx")
    assert table.head[2] == tuple(HEADER)
    assert rows_of(table, header_row=2) == [("A", "#N/A", "#N/A")]


def test_every_sheet_that_holds_anything_hidden_ones_too(tmp_path):
    path = write_xlsx(
        tmp_path / "s.xlsx", {"甲": [["a"], [1]], "空": [], "乙": [["b"]], "丙": [["c"]]}
    )
    book = openpyxl.load_workbook(path)
    book["乙"].sheet_state = "hidden"
    book["丙"].sheet_state = "veryHidden"
    book.save(path)
    found = sheets.read_workbook(path)
    assert [(table.name, table.sheet) for table in found] == [("s.xlsx", s) for s in "甲乙丙"]
    assert [rows_of(table) for table in found] == [[("1",)], [], []]


def test_only_the_columns_wanted_come_in_their_order(workbook):
    table = only(workbook([HEADER, ["A", "x", 1]]))
    (batch,) = table.read(0, {2: "amount", 0: "case"}, Notes(), lambda count: None)
    assert batch.to_pylist() == [{"amount": "1", "case": "A", MALFORMED: None}]


def test_the_head_is_stripped_and_short(workbook):
    table = only(workbook([[" 案號 \n"], *[[str(n)] for n in range(HEAD_ROWS + 5)]]))
    assert table.head[0] == ("案號",)
    assert len(table.head) == HEAD_ROWS
    assert len(rows_of(table)) == HEAD_ROWS + 5


def test_the_bytes_told_are_the_file(workbook):
    path = workbook([HEADER, ["A", "x", 1]], 未結=[HEADER, *[["B", "y", n] for n in range(9)]])
    told: list[int] = []
    tables = sheets.read_workbook(path)
    for table in tables:
        list(table.read(0, {0: "case"}, Notes(), told.append))
    assert [table.size_bytes for table in tables] == told
    assert path.stat().st_size - 2 < sum(told) <= path.stat().st_size
    assert told[0] < told[1]


def test_a_workbook_is_told_by_what_it_holds_not_by_its_suffix(workbook):
    path = workbook([HEADER, ["A", "x", 1]])
    other = path.rename(path.with_suffix(".xlsx" if path.suffix == ".ods" else ".ods"))
    assert rows_of(only(other)) == [("A", "x", "1")]


CELLS = st.one_of(
    st.none(),
    st.text("ab 臺北,\"'<&１", max_size=5),
    st.integers(-(10**12), 10**12),
    st.dates(dt.date(1912, 1, 1), dt.date(2100, 1, 1)),
    st.booleans(),
)


def expected(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return "" if cell is None else str(cell)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=8), batch=st.integers(1, 4))
def test_rows_come_out_as_they_went_in(form, rows, batch, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / f"b.{form}"
    WRITERS[form](path, {"一": [["h", "i"], *map(list, rows)]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "BATCH_ROWS", batch)
        found = rows_of(only(path))
    texts = [tuple(map(expected, row)) for row in rows]
    whole = [row for row in texts if not all(map(is_blank, row))]
    if form == "xlsx":
        assert found == whole
    else:  # an ODS keeps no more than one blank in a row, and none at the ends
        assert [[" ".join(t.split()) for t in row] for row in found] == [
            [" ".join(t.split()) for t in row] for row in whole
        ]
