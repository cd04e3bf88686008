"""Which tables of a file hold its cases, and what is said where none is known to."""

import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from closurerate.errors import InputError
from closurerate.intake.opening import Extract, open_extract
from closurerate.intake.plan import SourceOfRows, plan, plan_of_folder
from extract_samples import DATA
from workbook_samples import write_xlsx

HEADER = [
    "執行案號",
    "分署",
    "案件種類",
    "收案日期",
    "終結日期",
    "終結情形",
    "移送金額",
    "清償金額",
]
CASE = ["107-1", "臺北", "財稅", "107/03/08", None, None, 1200, 0]
CASES = [HEADER, CASE]
CODES = [["代碼", "分署"], ["01", "臺北"], ["02", "臺中"]]
SUMS = [
    ["分署", "案件種類", "終結情形", "件數", "移送金額", "清償金額"],
    *([branch, "財稅", "發憑證", 3, 1200, 0] for branch in ("臺北", "臺中")),
]
PAYMENTS = [
    ["執行案號", "繳款日", "收據號碼", "金額", "經手", "分署", "備註"],
    ["107-1", "107/5/1", "A1", 300, "甲", "臺北", "一"],
]
PENDING = [[*row[:4], *row[6:]] for row in CASES]
RENAMED = [["執行案號", *HEADER[1:6], "移送總額", "清償金額"], CASE]
WIDER = [["分署", "件數"], CASE]
BARE = [CASE, CASE]


@pytest.fixture
def open_sheets(tmp_path: Path) -> Callable[..., Extract]:
    """Return a function that opens a workbook of the given sheets, which may be `hidden`."""

    def opened(contents: dict[str, list], *, hidden: str = "", sheets: tuple[str, ...] = ()):
        source = SourceOfRows(write_xlsx(tmp_path / "a.xlsx", contents, hidden=hidden))
        return open_extract(plan(107, (source,), DATA, sheets=sheets))

    return opened


def chosen(extract: Extract) -> tuple[list[str | None], list[str | None]]:
    """Return the sheets that are read, and those passed over."""
    return [item.table.sheet for item in extract.tables], [t.sheet for t in extract.passed_over]


# Sheets --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (PENDING, "the header lacks closed_on .*, or say which sheets count .*--sheet"),
        (RENAMED, "lacks referred_amount_twd .*, or say which sheets count"),
        (WIDER, "the header lacks .*, or say which sheets count"),
        (BARE, r"wide enough for cases, but no column .*, or say which sheets count"),
    ],
    ids=["pending without closing columns", "a name", "rows wider than the header", "no header"],
)
def test_a_sheet_that_may_hold_cases_is_not_passed_over(open_sheets, rows, said):
    for contents in ({"結案": CASES, "其他": rows}, {"其他": rows, "結案": CASES}):
        with pytest.raises(InputError, match=rf"^a\.xlsx \(其他\).*{said}"):
            open_sheets(contents)
        # Once it is said which count, another is passed over, whatever it holds.
        assert chosen(open_sheets(contents, sheets=("結案",))) == (["結案"], ["其他"])


@pytest.mark.parametrize("rows", [CODES, SUMS, PAYMENTS], ids=["codes", "sums", "payments"])
def test_a_sheet_beside_the_cases_is_passed_over(open_sheets, rows):
    for hidden in ("", "表"):
        for contents in ({"結案": CASES, "表": rows}, {"表": rows, "結案": CASES}):
            assert chosen(open_sheets(contents, hidden=hidden)) == (["結案"], ["表"])
    both = {"a": CODES, "結案": CASES, "b": SUMS, "未結": CASES, "c": [["說明"]]}
    assert chosen(open_sheets(both, hidden="未結")) == (["結案", "未結"], ["a", "b", "c"])


def test_where_no_sheet_is_complete_the_nearest_is_told(open_sheets):
    with pytest.raises(InputError, match=r"^a\.xlsx \(結案\), row 1: the header lacks referred_am"):
        open_sheets({"代碼": CODES, "結案": RENAMED, "合計": SUMS})
    with pytest.raises(InputError, match=r"^a\.xlsx \(代碼\), row 1: the header lacks"):
        open_sheets({"代碼": CODES})


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (("合計",), r"\(合計\), row 1: the header lacks case_id"),
        (("結案", "合計"), r"\(合計\), row 1: the header lacks case_id"),
        (("結案", "說明"), r"\(說明\): it is said to count, but no column of it is known"),
        (("未結",), r"holds none of the sheets that count \(未結\); it has 結案, 合計, 說明\."),
        (("結案", "結按"), "sheets: no file holds '結按'; allowed are 結案|did you mean '結案'"),
    ],
)
def test_a_sheet_that_counts_must_hold_cases(open_sheets, sheets, said):
    with pytest.raises(InputError, match=said):
        open_sheets({"結案": CASES, "合計": SUMS, "說明": [["x"]]}, sheets=sheets)


def test_the_plan_says_which_sheets_and_texts_of_archives_count(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    text = ",".join(HEADER) + "\n"
    with zipfile.ZipFile(raw / "a.zip", "w") as archive:
        archive.writestr("結案.csv", text)
        archive.writestr("去年.csv", text)
    (raw / "b.csv").write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(raw / "c.db")) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(HEADER)})")
    files = "files: [a.zip, b.csv, {url: 'sqlite:///c.db', table: t}]\n"
    (raw / "intake.yml").write_text(f"sheets: [結案.csv]\n{files}", encoding="utf-8")
    opened = chosen(open_extract(plan_of_folder(107, raw, DATA)))
    assert opened == (["結案.csv", None, "t"], ["去年.csv"])
    for wrong in ("結案.csv", "[]", "[1]"):
        (raw / "intake.yml").write_text(f"sheets: {wrong}\n{files}", encoding="utf-8")
        with pytest.raises(InputError, match=r"intake\.yml, line 1: sheets.*: must be a "):
            plan_of_folder(107, raw, DATA)


# No column known -----------------------------------------------------------------------------
NAMES = ",".join(HEADER)
DELIMITED = "執行案號, 分署, 案件種類, .* stand in one cell: save it with commas, tabs, semicolons"
ENCODED = "in another encoding: give that by --encoding .* such as gb18030"
UNKNOWN = {
    "gb18030": (NAMES.encode("gb18030"), rf"cp950 \(detected\) with .*{ENCODED}"),
    "shift_jis": ("執行番号,支部,種類\n1,東京,税\n".encode("shift_jis"), ENCODED),
    "^": (NAMES.replace(",", "^").encode(), rf"utf-8 \(detected\) with nothing.*{DELIMITED}"),
    "~": (NAMES.replace(",", "~").encode("cp950"), DELIMITED),
    "^|^": (NAMES.replace(",", "^|^").encode(), DELIMITED),
    "full width": (NAMES.replace(",", "，").encode("cp950"), DELIMITED),
    "control": (NAMES.replace(",", "\x01").encode(), DELIMITED),
    "fixed width": ("".join(f"{name:　<9} " for name in HEADER).encode(), DELIMITED),
    "English": (b"case_id^branch^category\n1^2,3^4\n", "case_id, branch, category stand in one"),
    "binary": (bytes(range(1, 256)) * 9, r"it is no text: ask for the extract as CSV, XLSX"),
    "other names": (
        "甲,乙\n1,2\n".encode(),
        r"with commas between .*; add what its columns are ca",
    ),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_text_without_a_known_column_is_told_as_what_it_was_read_as(tmp_path, case):
    content, said = UNKNOWN[case]
    (tmp_path / "a.csv").write_bytes(content)
    sources = (SourceOfRows(tmp_path / "a.csv"),)
    with pytest.raises(InputError, match=rf"^a\.csv: no column of it is known, read as .*{said}"):
        open_extract(plan(107, sources, DATA))


def test_a_given_encoding_that_is_wrong_is_told_and_the_right_one_is_read(tmp_path):
    sources = (SourceOfRows(tmp_path / "a.csv"),)
    (tmp_path / "a.csv").write_bytes(f"{NAMES}\n".encode("gb18030"))
    with pytest.raises(InputError, match=r"read as utf-8 \(given\) .*in another encoding"):
        open_extract(plan(107, sources, DATA, encoding="utf-8"))
    assert open_extract(plan(107, sources, DATA, encoding="gb18030")).tables
    (tmp_path / "a.csv").write_bytes(f"{NAMES}\n".encode("utf-32"))
    assert open_extract(plan(107, sources, DATA)).tables
