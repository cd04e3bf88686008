import codecs
import csv
import io
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.intake.came import plain_text
from closurerate.intake.came.folding import is_blank
from closurerate.intake.came.raw_table import LOST, MALFORMED, RESTART, Notes, RawTable
from closurerate.intake.came.text import open_text

BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


def open_bytes(data: bytes, encoding: str | None = None, block: int = 1 << 22) -> RawTable:
    def blocks(tell_bytes):
        for start in range(0, len(data), block):
            tell_bytes(len(data[start : start + block]))
            yield data[start : start + block]

    return open_text("cases.csv", None, blocks, len(data), encoding)


def read(
    data: bytes | str, header_row: int = 0, encoding: str | None = None, block: int = 1 << 22
) -> tuple[list[tuple[str | None, ...]], Notes]:
    """Read all columns; the last cell of each row is the malformed line or None."""
    content = data.encode() if isinstance(data, str) else data
    table, notes = open_bytes(content, encoding, block), Notes()
    width = len(table.head[header_row])
    wanted = {place: "case_id" if place == 0 else f"c{place}" for place in range(width)}
    rows: list[tuple[str | None, ...]] = []
    for batch in table.read(header_row, wanted, notes, lambda count: None):
        if RESTART in (batch.schema.metadata or {}):
            assert not batch.num_rows
            assert notes == Notes(notes.encoding, False, notes.delimiter)
            rows = []
            continue
        batch.validate(full=True)
        assert batch.schema.names == [*wanted.values(), MALFORMED]
        rows += zip(*(column.to_pylist() for column in batch.columns), strict=True)
    return rows, notes


def lines_of(rows: list[tuple[str | None, ...]]) -> list[str | None]:
    """Give what is malformed; None for the other rows."""
    return [row[-1] for row in rows]


@pytest.fixture(params=["arrow", "pieces", "careful"])
def path(request, monkeypatch):
    """Read by Arrow, by pieces of some bytes, and row by row: none may differ."""
    if request.param == "pieces":
        monkeypatch.setattr(plain_text, "_PIECE_BYTES", 8)
    if request.param == "careful":
        monkeypatch.setattr(plain_text, "_arrow_batch", lambda lines, layout: None)


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b"\n\r\n  \n", "\u3000\n".encode()])
def test_an_empty_text_is_an_error(data):
    with pytest.raises(InputError, match=r"cases\.csv is empty: a header and rows"):
        open_bytes(data)


def test_an_unknown_encoding_is_an_error():
    with pytest.raises(InputError, match="'klingon' is no encoding"):
        open_bytes(b"a,b\n", "klingon")


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("text", "malformed"),
    [
        ("a,b\n1,2\n3\n4,5\n", [None, "3", None]),
        ("a,b\n1,2\n3,4,5\n6,7\n", [None, "3,4,5", None]),
        ("a,b\n3\n4\n5,6,7\n", ["3", "4", "5,6,7"]),
        ("a,b\n3\n", ["3"]),
        ("a,b\n1,2\n3", [None, "3"]),
        ('a,b\n1,"2\n3,x\n4,5\n', ['1,"2', None, None]),
        ('a,b\n1,2\n3,"4', [None, '3,"4']),
        ('a,b\n1,2\n3,"4\n\n \n', [None, '3,"4']),
        ('a,b\n1,"2""\n3,4\n', ['1,"2""', None]),
        ('a,b\n"1,2\n3,4\n5,"6"\n', ['"1,2', None, None]),
        ('a,b\n1,"2\n3,"4\n5,6\n', ['1,"2', '3,"4', None]),
        ('a,b\n1,"2\n3",4\n', ['1,"2', None]),
        ("a,b\r\n1\r\n2,3\r\n", ["1", None]),
        ("a,b\n1,2\r3,4\n5\r6,7\n", [None, None, "5", None]),
        ("a,b\n1,\x00\n\x01\n2,3\n", [None, "\x01", None]),
    ],
)
def test_a_row_of_other_width_or_an_open_quote_loses_its_own_line_only(text, malformed):
    rows, _ = read(text)
    assert lines_of(rows) == malformed
    assert all(row[:-1] == (None, None) for row in rows if row[-1] is not None)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("second", ['6,b,c,"note2', '6,b,c,note2"', '6,b,c,""', '6,b,c,"note"'])
def test_two_stray_quotes_do_not_swallow_what_is_between(second):
    rows, _ = read(f'id,x,y,note\n5,a,b,"note\n7,p,q,r\n{second}\n8,s,t,u\n')
    assert [row[0] or row[-1] for row in rows][:2] == ['5,a,b,"note', "7"]
    assert (len(rows), rows[-1][0]) == (4, "8")


@pytest.mark.usefixtures("path")
def test_rows_inside_a_quoted_cell_were_swallowed():
    rows, _ = read('id,x,y,note\n5,a,b,"note\n7,p,q,r\nend"\n8,s,t,u\n')
    assert lines_of(rows) == ['5,a,b,"note', None, 'end"', None]


@pytest.mark.usefixtures("path")
def test_rows_ended_by_returns_do_not_make_up_for_swallowed_lines():
    rows, _ = read("a,b\n" + "1,2\r3,4\n" * 60 + '5,"' + "x\n" * 60 + '"\n')
    assert len(rows) == 120 + 61
    assert rows[120][-1] == '5,"x'


@pytest.mark.usefixtures("path")
def test_a_quoted_cell_goes_over_fifty_lines_at_most():
    inside = [f"line {number}" for number in range(50)]
    rows, _ = read('a,b\n1,"' + "\n".join(inside) + '"\n2,3\n')
    assert rows == [("1", "\n".join(inside), None), ("2", "3", None)]
    rows, _ = read('a,b\n1,"' + "\n".join([*inside, "more"]) + '"\n2,3\n')
    assert lines_of(rows) == ['1,"line 0', *inside[1:], 'more"', None]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\n", []),
        ("a,b", []),
        ("a,b\n1,2", [("1", "2")]),
        ("a,b\n\n1,2\n  \n\n3,4\n\n", [("1", "2"), ("3", "4")]),
        ("a,b\n\u3000\n1,2\n", [("1", "2")]),
        ("a,b\n,\n1,\n", [("1", "")]),
        ('a,b\n"\n","\n  "\n1,2\n', [("1", "2")]),
        ("a,b\n1,2,,\n3,4, \n", [("1", "2"), ("3", "4")]),
        ("a,b,,\n1,2\n3,4,,\n5,6,7,8\n", [("1", "2", "", ""), ("3", "4", "", ""), (*"5678",)]),
        ('a,b\n1"2,3""\n', [('1"2', '3""')]),
        ('a,b\n"1"x"y","2" \n', [('1x"y"', "2 ")]),
        ('a,b\n1, "2"\n', [("1", ' "2"')]),
        ('a,b\n"1\r\n2",3\n', [("1\r\n2", "3")]),
        ("a,b\r1,2\r3,4", [("1", "2"), ("3", "4")]),
        ("a\n1\n\n2\n", [("1",), ("2",)]),
        ("a,b\n1,\u20282\x0b\x85\n", [("1", "\u20282\x0b\x85")]),
    ],
)
def test_what_harms_nothing_is_read(text, rows):
    assert read(text)[0] == [(*row, None) for row in rows]


NO_ROWS = [
    ",,", ",", "\u3000,\u3000\u3000,\u3000", "\xa0,,\u200b", '"","",""', '"\u3000",,', " , ,",
    "\0\0,,", "\x1a", "\x1a,,", "\u3164,\ufeff,", ",,,,,", "\u2800",
]  # fmt: skip


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("no_row", NO_ROWS, ids=ascii)
def test_a_row_of_blanks_is_none_wherever_it_stands(no_row):
    whole = [("A", "1", "x", None), ("B", "", "", None), ("", "", "z", None)]
    lines = ["A,1,x", "B,,", ",,z"]
    for place in range(4):
        text = "\n".join(["a,b,c", *lines[:place], *[no_row] * 9, *lines[place:]])
        assert read(text + "\n")[0] == whole
        assert read(text)[0] == whole
    assert read(f"{no_row}\na,b,c\n" + "\n".join(lines))[0] == whole


def test_a_row_with_something_in_a_column_that_is_not_wanted_is_one():
    table = open_bytes(b"a,b,c\n,,note\n,,\nA,1,x\n")
    (batch,) = table.read(0, {0: "case_id", 1: "b"}, Notes(), lambda count: None)
    assert batch.column("case_id").to_pylist() == ["", "A"]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    "end", ["\x1a", "\x1a\x1a", "\n\x1a", "\r\n\x1a", "\0\0\0", "\n\0\0", "\x1a\0"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "utf-16"])
def test_what_old_programs_end_a_file_with_is_no_row(end, encoding):
    rows, _ = read(f"案號,b\nA,1\nB,2{end}".encode(encoding), encoding=encoding)
    assert rows == [("A", "1", None), ("B", "2", None)]
    assert read(f"案號,b\nA,1\nB,2{end}".encode())[0] == rows


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter):
    head = ["案號", "金額,元", "甲;乙", "x|y", "末"]
    rows = [["1", "NT$1,234", "甲;乙", "x|y", "a\tb"], ["2", "5,678", "", "", ""]]
    quoted = [[f'"{cell}"' for cell in row] for row in [head, *rows]]
    text = "".join(delimiter.join(row) + "\n" for row in quoted)
    table, (read_rows, notes) = open_bytes(text.encode()), read(text)
    assert (table.head[0], notes.delimiter) == (tuple(head), delimiter)
    assert read_rows == [(*row, None) for row in rows]


def test_the_delimiter_is_not_taken_from_the_values():
    rows, notes = read("a\tb\tc\n" + "1\t1,234\tx\n" * 9 + "1\t2,3\n")
    assert (notes.delimiter, lines_of(rows)) == ("\t", [None] * 9 + ["1\t2,3"])


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_title_lines_above_the_header_are_in_the_head(end):
    text = ["107年終結案件", "", '"製表,日期"', '"執行\n案號", 分署 ', "1,臺北", "2,新北"]
    data = end.join(text) if end != "\r" else end.join(text).replace("\n", "")
    table = open_bytes(data.encode())
    header = "執行案號" if end == "\r" else "執行\n案號"
    assert table.head[:3] == (("107年終結案件",), ("製表,日期",), (header, "分署"))
    assert read(data, header_row=2)[0] == [("1", "臺北", None), ("2", "新北", None)]


def test_the_head_is_of_twenty_rows():
    table = open_bytes(b"a,b\n" * 30)
    assert table.head == (("a", "b"),) * 20


def test_only_wanted_columns_come_under_their_names():
    table = open_bytes(b"a,b,c\n1,2,3\nx\n")
    [batch] = table.read(0, {2: "paid", 0: "case_id"}, Notes(), lambda count: None)
    assert batch.to_pylist() == [
        {"paid": "3", "case_id": "1", MALFORMED: None},
        {"paid": None, "case_id": None, MALFORMED: "x"},
    ]


@pytest.mark.parametrize("has_mark", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp950"])
@pytest.mark.parametrize("block", [1, 7, 1 << 22])
def test_each_encoding_with_and_without_mark(encoding, has_mark, block):
    mark = BOMS.get(encoding, b"") if has_mark else b""
    data = mark + "執行案號,分署\r\n1,臺北\r\n2,許功蓋\r\n".encode(encoding)
    rows, notes = read(data, block=block)
    assert rows == [("1", "臺北", None), ("2", "許功蓋", None)]
    assert notes == Notes(encoding, False, ",")
    assert read(data, encoding=encoding, block=block) == (rows, Notes(encoding, True, ","))


def test_a_given_encoding_is_kept_whatever_comes():
    rows, notes = read("a,b\n1,臺\n".encode("cp950"), encoding="utf-8")
    assert (notes.encoding, notes.is_encoding_given) == ("utf-8", True)
    assert LOST in str(rows[0][1])


def test_bytes_of_big5_after_four_megabytes_of_ascii_restart_the_reading():
    data = b"a,b\n" + b"1,2222\n" * 900_000 + "2,臺北\n".encode("cp950")
    told: list[int] = []
    table, notes, rows, has_restarted = open_bytes(data, block=1 << 20), Notes(), [], False
    for batch in table.read(0, {1: "branch"}, notes, told.append):
        if RESTART in (batch.schema.metadata or {}):
            rows, has_restarted = [], True
        rows += batch.column(0).slice(max(batch.num_rows - 2, 0)).to_pylist()
    assert has_restarted
    assert rows[-2:] == ["2222", "臺北"]
    assert notes == Notes("cp950", False, ",")
    assert (sum(told), min(told) > 0) == (len(data), True)


def test_a_late_bad_byte_does_not_restart_what_was_read_well():
    data = b"a,b\n" + b"1,2222\n" * 900_000 + "2,臺北\n".encode() + b"3,\xff\n"
    table, notes = open_bytes(data, block=1 << 20), Notes()
    batches = list(table.read(0, {1: "branch"}, notes, lambda count: None))
    assert not any(RESTART in (batch.schema.metadata or {}) for batch in batches)
    assert sum(batch.num_rows for batch in batches) == 900_002
    assert (notes.encoding, notes.undecodable) == ("utf-8", [(900_003, "ff")])


def test_a_bad_byte_in_the_head_is_reported_too():
    rows, notes = read(b"a,b\n1,\xff\n" + "2,臺\n".encode())
    assert rows == [("1", LOST, None), ("2", "臺", None)]
    assert notes.undecodable == [(2, "ff")]


CELLS = st.text(alphabet='ab1 ,;\t|"\n\r臺北 \x00', max_size=5)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 3))
    row = st.lists(CELLS, min_size=width, max_size=width)
    return draw(st.lists(row, max_size=8)), width


@given(
    tables(),
    st.sampled_from(",\t;|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-16-le", "cp950"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.integers(1, 40),
    st.sampled_from([1, 8, 1 << 16]),
)
@settings(max_examples=150, deadline=None)
def test_well_formed_text_is_read_as_by_the_csv_module(
    table, delimiter, end, encoding, quoting, block, piece
):
    rows, width = table
    if any("\r" in cell for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # the module leaves a lone return unquoted
    buffer = io.StringIO()
    header = [f"標{place}" for place in range(width)]
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([header] * 5 + rows)
    text = buffer.getvalue()
    expected = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[5:]
    assert expected == rows
    data = BOMS.get(encoding, b"") + text.encode(encoding)
    with patch.object(plain_text, "_PIECE_BYTES", piece):
        found, notes = read(data, 4, encoding, block)
    assert notes.delimiter == delimiter
    assert found == [(*row, None) for row in rows if not all(map(is_blank, row))]


@given(st.lists(st.text(alphabet='a1,," \x00臺', max_size=12), max_size=12), st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_both_ways_of_reading_agree_on_any_text(lines, block):
    text = "甲,乙,丙\n" * 5 + "\n".join(lines)
    found = read(text, 4, "utf-8", block)
    with patch.object(plain_text, "_arrow_batch", lambda lines, layout: None):
        assert read(text, 4, "utf-8", block) == found
    with patch.object(plain_text, "_PIECE_BYTES", 4):
        assert read(text, 4, "utf-8", 1 << 22) == found


@given(st.binary(max_size=80), st.integers(1, 30), st.sampled_from(["utf-8", "cp950"]))
@settings(max_examples=150, deadline=None)
def test_without_quotes_each_line_that_is_not_blank_is_a_row(damage, block, encoding):
    data = b"a,b,c\n" * 5 + damage.replace(b'"', b"'") + b"\n1,2,3\n"
    text = data.decode(encoding, "replace").lstrip("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[5:]
    rows, _ = read(data, 4, encoding, block)
    assert len(rows) == sum(not is_blank(line.replace(",", " ")) for line in lines)


@given(st.lists(st.sampled_from(["1,2,3,4", '1,2,3,"', '1,"2,3,4', '1,"2"",3,4', '"1,2,3"",4'])))
@settings(max_examples=200, deadline=None)
def test_stray_quotes_never_make_fewer_rows_than_lines(lines):
    rows, _ = read("a,b,c,d\n" * 5 + "".join(line + "\n" for line in lines), 4)
    assert len(rows) == len(lines)
