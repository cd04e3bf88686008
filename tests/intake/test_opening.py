"""What an intake refuses in one sentence, and what it says of what it has read."""

import csv
import json
import sqlite3
import zipfile
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.cases.source import is_synthetic, read_source
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.intake.plan import SourceOfRows, database, plan, plan_of_folder, share_option
from closurerate.intake.take import Progress, taking
from closurerate.study.doubts.doubts import doubt_interval
from extract_samples import DATA
from kpi_samples import version_of
from workbook_samples import write_xlsx

COLUMNS = ("執行案號", "分署", "案件種類", "收案日期", "終結日期", "終結情形", "移送金額",
           "清償金額")  # fmt: skip
OPEN = ("107-00-1", "臺北", "財稅", "107/03/08", "", "", "1200", "0")
Rows = list[tuple[str, ...]]


def row(case: str, **changes: str) -> tuple[str, ...]:
    values = dict(zip(COLUMNS, OPEN, strict=True)) | {"執行案號": case} | changes
    return tuple(values[name] for name in COLUMNS)


def text(rows: Rows, columns: tuple[str, ...] = COLUMNS) -> str:
    return "\n".join(",".join(cells) for cells in [columns, *rows]) + "\n"


def write(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(rows), encoding=encoding, newline="")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def take(out: Path, *paths: Path, **settings: object) -> dict:
    """Take files in and return what `intake.json` says."""
    sources = tuple(SourceOfRows(path) for path in paths)
    with taking(plan(107, sources, DATA, **settings), out):
        pass
    return json.loads((out / "intake.json").read_text(encoding="utf-8"))


def intake(*words: object) -> int:
    return main(["intake", "--year", "107", *map(str, words)])


@pytest.fixture
def earlier(tmp_path: Path) -> dict[str, bytes]:
    """Put an earlier result into the folder `out`, and return its bytes."""
    take(tmp_path / "out", write(tmp_path / "earlier.csv", [row("107-00-0")]))
    return contents(tmp_path / "out")


# Refused, and nothing replaced -------------------------------------------------------------------
MANY = [row(f"107-00-{n}") for n in range(10)]
REFUSED = {
    "too many": (
        [*MANY, row("107-01-1", 收案日期="107/02/30"), row("107-01-2", 移送金額="約一千")],
        r"a\.csv: 2 of 12 rows are rejected \(16\.67 %\), more than the 0\.1 % allowed "
        r"\(max-rejects\), so nothing was replaced; the commonest reasons: no_such_date "
        r"\(1, first a\.csv, row 11, referred_on: '107/02/30'\); unreadable \(1, "
        r"first a\.csv, row 12, referred_amount_twd: '約一千'\)\.",
    ),
    "another year": (
        [row("107-00-1", 收案日期="108/01/01")],
        r"no row can be taken for year 107: of 1 rows 1 are closed before the year or referred",
    ),
    "years ago": ([row("107-00-1", 收案日期="99/1/1")], r"nothing in this file belongs to year"),
    "no rows": ([], r"a\.csv: no row stands below the header; an extract has one row for each"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_extract_leaves_the_earlier_result(
    tmp_path: Path, earlier: dict[str, bytes], capsys: pytest.CaptureFixture[str], case: str
) -> None:
    rows, said = REFUSED[case]
    source = write(tmp_path / "a.csv", rows)
    assert intake(source, "--out", tmp_path / "out") == 2
    printed, error = capsys.readouterr()
    assert printed == ""
    last = error.splitlines()[-1]
    assert last.startswith("closurerate: ")
    assert last.endswith(".")
    with pytest.raises(InputError, match=said):
        take(tmp_path / "out", source)
    assert contents(tmp_path / "out") == earlier


def test_where_every_row_is_rejected_it_is_said_why_whatever_share_is_allowed(
    tmp_path: Path,
) -> None:
    bad = [
        *(row(f"107-01-{n}", 收案日期="1070510153000") for n in range(3)),
        *(row("107-02-1", 移送金額="0"), row("", 收案日期="107/3/8"), row("107-02-3", 分署="臺東")),
        *(row("107-02-4", 終結日期="107/02/30", 終結情形="其他"),),
    ]
    source = write(tmp_path / "a.csv", bad)
    with pytest.raises(InputError) as refused:
        take(tmp_path / "out", source, max_rejects=Fraction(1))
    said = str(refused.value)
    assert said.startswith("a.csv: no row can be taken for year 107: all 7 rows are rejected; ")
    assert "unreadable (3, first a.csv, row 1, referred_on: '1070510153000')" in said
    for code in ("amount_out_of_range", "missing_required", "unknown_word", "no_such_date"):
        assert f"{code} (1, first a.csv, row" in said
    later = write(tmp_path / "b.csv", [row("107-03-1", 收案日期="108/01/01")])
    with pytest.raises(InputError, match=r": 7 of 8 rows are rejected, and 1 are closed before"):
        take(tmp_path / "out", source, later, max_rejects=Fraction(1))


def test_a_part_that_has_only_a_header_is_an_empty_part(tmp_path: Path) -> None:
    told = take(tmp_path / "out", write(tmp_path / "a.csv", MANY), write(tmp_path / "b.csv", []))
    assert [file["rows"] for file in told["files"]] == [10, 0]


def test_the_share_that_is_allowed_is_allowed(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", [*MANY[:9], row("107-01-1", 移送金額="0")])
    told = take(tmp_path / "out", source, max_rejects=Fraction(1, 10))
    assert (told["totals"]["accepted"], told["totals"]["rejected"]) == (9, 1)
    assert told["max_rejects"] == "0.1"
    with pytest.raises(InputError, match=r"1 of 10 rows are rejected \(10\.00 %\)"):
        take(tmp_path / "out", source, max_rejects=Fraction(99, 1000))


def test_conflicts_between_files_hint_at_snapshots(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{n}.csv", [row("107-00-1", 清償金額=str(n))]) for n in (1, 2)]
    with pytest.raises(InputError, match=r"case_id_conflict \(2, .* --merge snapshots"):
        take(tmp_path / "out", *files)
    told = take(tmp_path / "out", *files, merge="snapshots")
    assert [file["superseded"] for file in told["files"]] == [1, 0]


def test_cases_that_collide_because_their_numbers_were_rounded(tmp_path: Path) -> None:
    rounded = [f"1080012345678{n:02}000" for n in range(3)]
    apart = [row(case, 清償金額=str(paid)) for case in rounded for paid in (0, 1)]
    hint = r"case_id_conflict \(6, .*; a number with nothing but zeros from its 16th digit on was"
    with pytest.raises(InputError, match=hint):
        take(tmp_path / "out", write(tmp_path / "a.csv", apart), max_rejects=Fraction(1))
    apart = [row("108001234567890001", 清償金額=str(paid)) for paid in (0, 1)]
    with pytest.raises(InputError, match=r"case_id_conflict \(2, first [^;]*\.$"):
        take(tmp_path / "out", write(tmp_path / "a.csv", apart))
    # Alike in all else they are one case, counted among the duplicates.
    told = take(tmp_path / "out", write(tmp_path / "a.csv", [row(case) for case in rounded * 2]))
    assert {told["totals"][place] for place in ("accepted", "duplicates")} == {3}


def test_two_files_of_one_name(tmp_path: Path) -> None:
    files = [write(tmp_path / folder / "a.csv", MANY) for folder in ("one", "two")]
    for pair in (files, files[:1] * 2):
        with pytest.raises(InputError, match=r"^a\.csv: two files of an extract have the same"):
            take(tmp_path / "out", *pair)


def test_a_missing_column_and_a_file_without_any(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text([OPEN[:-1]], COLUMNS[:-1]), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv, row 1: the header lacks paid_amount_twd"):
        take(tmp_path / "out", path)
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv: no column of it is known, .* first row has x"):
        take(tmp_path / "out", path)
    assert not (tmp_path / "out").exists()


def test_an_unknown_encoding_and_a_missing_file(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", MANY)
    with pytest.raises(InputError, match="'big6' is no encoding"):
        take(tmp_path / "out", source, encoding="big6")
    with pytest.raises(InputError, match=r"b\.csv does not exist"):
        take(tmp_path / "out", tmp_path / "b.csv")


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", MANY)

    def change(size: int) -> None:
        if size:
            source.write_text(text([*MANY, row("107-09-9")]), encoding="utf-8")

    asked = plan(107, (SourceOfRows(source),), DATA)
    with (
        pytest.raises(InputError, match="was changed while it was read"),
        taking(asked, tmp_path / "out", Progress(tell_bytes=change)),
    ):
        pass
    assert contents(tmp_path / "out") == {}


# Said of what was read ---------------------------------------------------------------------------
def test_a_byte_that_does_not_decode_is_told_by_file_and_line(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    rows = [*MANY, row("107-01-1", 分署="臺@北")]
    source.write_bytes(text(rows).encode("cp950").replace(b"@", b"\xff"))
    with pytest.raises(InputError, match=r"a\.csv: 1 byte does not decode as cp950 .* line 12 "):
        take(tmp_path / "out", source, encoding="cp950")
    told = take(tmp_path / "out", source, encoding="cp950", max_rejects=Fraction(1))
    table = told["tables"][0]
    assert (table["undecodable_count"], told["reasons"]) == (1, {"undecodable": 1})
    assert table["undecodable"] == [{"line": 12, "bytes": "ff"}]
    assert (table["encoding"], table["is_encoding_given"]) == ("cp950", True)


def test_private_characters_of_big5_come_through(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    columns = (*COLUMNS, "移送機關")
    content = text([(*OPEN, "@所")], columns).encode("cp950").replace(b"@", b"\xfa\x40")
    source.write_bytes(content)
    told = take(tmp_path / "out", source)
    assert told["tables"][0]["private_use"] == 1
    agency = pq.read_table(tmp_path / "out" / "cases.parquet")["referring_agency"]
    assert agency.to_pylist() == ["\ue000所"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_no_cell_of_rejects_csv_is_a_formula(tmp_path: Path, start: str) -> None:
    case = f"{start}HYPERLINK(1)"
    source = write(tmp_path / "a.csv", [*MANY, row(case, 分署=f"{start}x")])
    take(tmp_path / "out", source, max_rejects=Fraction(1))
    content = (tmp_path / "out" / "rejects.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "out" / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    cells = [line["values"], line["case_id"], line["branch"]]
    assert all(cell.startswith("'") for cell in cells), cells
    assert line["case_id"].strip("'").strip() == case.strip()


def test_a_sheet_passed_over_and_columns_left(tmp_path: Path) -> None:
    sheets = {"說明": [["欄位", "意義"]], "案件": [(*COLUMNS, "備註"), (*OPEN, "無")]}
    write_xlsx(tmp_path / "a.xlsx", sheets)
    told = take(tmp_path / "out", tmp_path / "a.xlsx")
    assert told["passed_over"] == [{"file": "a.xlsx", "sheet": "說明"}]
    assert told["tables"][0]["extra"] == ["備註"]
    assert told["tables"][0]["columns"]["case_id"] == "執行案號"


def test_a_sheet_without_header_that_may_hold_cases_is_refused(tmp_path: Path) -> None:
    first = [COLUMNS, OPEN]
    more = [row("107-00-2"), row("107-00-3")]
    for name, others in {"續": more, "低": [["說明"]] * 25 + [COLUMNS, *more]}.items():
        path = write_xlsx(tmp_path / "a.xlsx", {"一": first, name: others})
        with pytest.raises(InputError, match=rf"a\.xlsx \({name}\): its rows are wide enough for"):
            take(tmp_path / "out", path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.csv", text([OPEN]))
        archive.writestr("2.csv", text(more[1:], more[0]))
    with pytest.raises(InputError, match=r"a\.zip \(2\.csv\): .*first row has 107-00-2, 臺北"):
        take(tmp_path / "out", tmp_path / "a.zip")


def test_a_sheet_of_notes_is_no_fault_however_long(tmp_path: Path) -> None:
    notes = [["說明", "甲", "乙", None, None, "丙"]] * 30
    wide = [["表", *[None] * 10, "附"]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": [COLUMNS, OPEN], "二": notes, "三": wide})
    told = take(tmp_path / "out", path)
    assert [each["sheet"] for each in told["passed_over"]] == ["二", "三"]
    assert told["totals"]["rows"] == 1


def test_a_header_that_stands_twice_hides_no_row(tmp_path: Path) -> None:
    rows = [*MANY[:3], COLUMNS, *MANY[3:]]
    with pytest.raises(InputError, match=r"1 of 11 rows are rejected"):
        take(tmp_path / "out", write(tmp_path / "a.csv", rows))
    told = take(tmp_path / "out", tmp_path / "a.csv", max_rejects=Fraction(1))
    assert told["totals"] | {"accepted": 10, "rejected": 1} == told["totals"]
    assert told["tables"][0]["header_row"] == 1


def test_ids_that_a_spreadsheet_has_rounded_do_not_become_one_case(tmp_path: Path) -> None:
    ids = [108001234567890121, 108001234567890122, 108001234567890123]
    rows = [[number, *OPEN[1:]] for number in ids]
    told = take(
        tmp_path / "out", write_xlsx(tmp_path / "a.xlsx", {"一": [COLUMNS, OPEN, *rows]}),
        max_rejects=Fraction(1),
    )  # fmt: skip
    assert (told["totals"]["accepted"], told["totals"]["rejected"]) == (1, 3)
    assert told["reasons"]["unreadable"] == 3
    columns = {"執行案號": [float(number) for number in ids]} | {
        name: [value] * 3 for name, value in zip(COLUMNS[1:], OPEN[1:], strict=True)
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"3 of 3 rows are rejected .* unreadable \(3, first"):
        take(tmp_path / "out", tmp_path / "a.parquet")


def test_amounts_far_outside_last_years_are_told(tmp_path: Path) -> None:
    before = tmp_path / "before"
    take(before, write(tmp_path / "b.csv", [row("106-00-1", 移送金額="1000", 清償金額="10")]))
    rows = [
        row("107-00-1", 移送金額="10000", 清償金額="100"),
        row("107-00-2", 移送金額="10001", 清償金額="101"),
        row("107-00-3", 移送金額="99999", 案件種類="健保"),
    ]
    told = take(tmp_path / "out", write(tmp_path / "a.csv", rows), before=before / "cases.parquet")
    assert told["warnings"] == {"paid_far_outside": 1, "referred_far_outside": 1}


def test_days_after_the_year_are_told_and_years_ahead_are_a_doubt(tmp_path: Path) -> None:
    closed = {"終結情形": "完全繳清", "清償金額": "1200"}
    rows = [
        row("107-00-1", 終結日期="107/12/31", **closed),
        row("107-00-2", 終結日期="108/01/02", **closed),
        row("107-00-3", 終結日期="117/03/08", **closed),
        row("107-00-4"),
    ]
    out = tmp_path / "out"
    told = take(out, write(tmp_path / "a.csv", rows))
    assert told["warnings"] == {"closed_after_year": 2}
    (doubt,) = pq.read_table(out / "doubts.parquet").to_pylist()
    assert (doubt["code"], doubt["case_id"]) == ("closed_after_year", "107-00-3")
    counts = {"effective": 1, "closed": 1, "pending": 3, "new": 4}
    version = version_of()
    found = doubt_interval(out / "doubts.parquet", counts, version, 107)
    assert (found.effective, found.closed, found.pending) == ((1, 1, 2), (1, 1, 2), (2, 3, 3))
    titled = (*COLUMNS, "重啟日期")
    rows = [(*row("107-00-1"), "108/01/02"), (*row("107-00-2"), "107/04/01")]
    (tmp_path / "b.csv").write_text(text(rows, titled), encoding="utf-8")
    assert take(out, tmp_path / "b.csv")["warnings"] == {"reopened_after_year": 1}


STAND_INS = (
    "9999-12-31", "2999-12-31", "2099-12-31", "2079-06-06", "999/12/31", "199/12/31", "1899-12-30",
    "1900-01-01", "1911-01-01", "1912-01-01", "0001-01-01", "001/01/01", "1970-01-01", "1753-01-01",
)  # fmt: skip


@pytest.mark.parametrize("column", ["收案日期", "終結日期", "重啟日期"])
def test_a_day_that_stands_for_none_is_no_day(tmp_path: Path, column: str) -> None:
    titled = (*COLUMNS, "重啟日期")
    rows = []
    for number, day in enumerate(STAND_INS):
        cells = (*row(f"107-00-{number}", 終結情形="完全繳清" if column == "終結日期" else ""), "")
        rows.append(
            tuple(day if name == column else c for name, c in zip(titled, cells, strict=True))
        )
    (tmp_path / "a.csv").write_text(text(rows, titled), encoding="utf-8")
    rows = [(*row("107-00-99"), "")]
    (tmp_path / "b.csv").write_text(text(rows, titled), encoding="utf-8")
    out = tmp_path / "out"
    told = take(out, tmp_path / "a.csv", tmp_path / "b.csv", max_rejects=Fraction(1))
    assert (told["totals"]["accepted"], told["totals"]["rejected"]) == (1, len(STAND_INS))
    reasons = told["reasons"]
    assert reasons["far_from_year"] + reasons["date_out_of_calendar"] == len(STAND_INS)
    doubts = pq.read_table(out / "doubts.parquet").to_pylist()
    if column != "重啟日期":
        name = {"收案日期": "referred_on", "終結日期": "closed_on"}[column]
        assert all(doubt[f"is_free_{name}"] for doubt in doubts)


# The same again ----------------------------------------------------------------------------------
def test_two_runs_write_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [row(f"107-02-{n}", 收案日期="?", 終結情形="撤回") for n in range(20)]
    rows = [row(f"107-01-{n}", 清償金額=str(n * 100)) for n in range(300)]
    source = write(tmp_path / "a.csv", [*rows, *bad, *rows[:5], (*rows[7][:7], "1")])
    for out in ("one", "two"):
        words = (source, "--out", tmp_path / out, "--max-rejects", "1")
        assert intake(*words) == 0
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one.keys() == two.keys() >= {"validation.en.html", "rejects.csv", "source.json"}
    assert [name for name in one if one[name] != two[name]] == []
    assert "326" in capsys.readouterr().out


def test_another_delivery_is_compared_and_the_earlier_one_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = take(out, write(tmp_path / "a.csv", MANY))
    assert first["previous"] is None
    kept = (out / "cases.parquet").read_bytes()
    changed = [row("107-00-0", 清償金額="7"), *MANY[2:], row("107-08-8")]
    second = take(out, write(tmp_path / "b.csv", changed))
    counts = {kind: second["previous"][kind] for kind in ("added", "removed", "changed")}
    assert counts == {"added": 1, "removed": 1, "changed": 1}
    assert second["previous"]["columns"] == {"paid_amount_twd": 1}
    assert second["previous"]["files"][0]["name"] == "a.csv"
    assert (out / "previous" / "cases.parquet").read_bytes() == kept
    # The same files once more, say with a correction, leave the delivery before as it was.
    third = take(out, tmp_path / "b.csv")
    assert third == second
    assert (out / "previous" / "cases.parquet").read_bytes() == kept


# The mark of made-up rows ------------------------------------------------------------------------
def test_a_marked_file_stays_marked_and_so_does_what_the_plan_marks(tmp_path: Path) -> None:
    mark = {b"closurerate": b'{"fraction": "1/2", "seed": 5, "synthetic": true, "year": 107}'}
    columns = {name: [value] for name, value in zip(COLUMNS, OPEN, strict=True)}
    marked = tmp_path / "real extract.parquet"
    pq.write_table(pa.table(columns).replace_schema_metadata(mark), marked)
    told = take(tmp_path / "out", marked)
    source = read_source(tmp_path / "out" / "cases.parquet")
    assert told["synthetic"]
    assert (source.kind, source.seed, source.fraction) == ("synthetic", 5, "1/2")
    raw = tmp_path / "raw"
    write(raw / "a.csv", MANY)
    for text_of_plan, is_made_up in (("synthetic: true\n", True), ("synthetic: false\n", False)):
        (raw / "intake.yml").write_text(text_of_plan)
        with taking(plan_of_folder(107, raw, DATA), tmp_path / "other") as (_, intake_):
            assert intake_.synthetic is is_made_up
        assert is_synthetic(tmp_path / "other" / "cases.parquet") is is_made_up


# Databases ---------------------------------------------------------------------------------------
def test_a_database_and_no_password_anywhere(
    tmp_path: Path, postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = ", ".join(f'"{name}" text' for name in COLUMNS)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLE extract_107 ({columns})")
        connection.execute("GRANT SELECT ON extract_107 TO reader")
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(COLUMNS))
            rows = [*MANY, row("107-07-7", 移送金額="x")]
            cursor.executemany(f"INSERT INTO extract_107 VALUES ({marks})", rows)
    url = postgres.url("reader")
    out = tmp_path / "out"
    assert intake(url, "--table", "extract_107", "--out", out) == 2
    query = ("--query", "SELECT * FROM extract_107 WHERE \"移送金額\" <> 'x'")
    assert intake(url, *query, "--out", out) == 0
    assert intake(url, "--table", "extract_107", "--out", out, "--max-rejects", "1") == 0
    printed = "".join(capsys.readouterr())
    told = json.loads((out / "intake.json").read_text(encoding="utf-8"))
    assert told["files"][0]["name"] == f"postgresql://127.0.0.1:{postgres.port}/cases"
    assert (told["totals"]["accepted"], told["totals"]["rejected"]) == (10, 1)
    for secret in ("s%2Fcret", "s/cret", "reader"):
        assert secret not in printed
        assert not [name for name, held in contents(out).items() if secret.encode() in held]


def test_a_table_or_a_query_and_sqlite_in_a_plan(tmp_path: Path) -> None:
    for given in ({}, {"table": "a", "query": "SELECT 1"}):
        with pytest.raises(InputError, match="either a table or a query, and not both"):
            database("sqlite:///x.db", given.get("table"), given.get("query"), "here")
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE c ({', '.join(COLUMNS)})")
        connection.executemany(f"INSERT INTO c VALUES ({','.join('?' * 8)})", MANY)
        connection.commit()
    raw = tmp_path / "raw"
    raw.mkdir()
    url = f"sqlite:///{path.as_posix()}"
    (raw / "intake.yml").write_text(f"files:\n- {{url: '{url}', table: c}}\n", encoding="utf-8")
    with taking(plan_of_folder(107, raw, DATA), tmp_path / "out") as (_, told):
        assert told.totals["accepted"] == len(MANY)


# The plan beside the files -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("files: [b.csv]", r"files: there is no b\.csv"),
        ("files: []", "files must be a list"),
        ("merge: snapshot", "'snapshot' is no rule of merging; did you mean 'snapshots'"),
        ("max_rejects: 2", "2 must be a share from 0 to 1"),
        ("max_rejects: 1/0", "must be a share from 0 to 1"),
        ("synthetic: 1", "synthetic: must be true or false"),
        ("encoding: 950", "encoding: must be a text"),
        ("encodings: utf-8", "unknown key 'encodings'"),
        ("files: [{url: 'sqlite:///x', table: a, query: b}]", "either a table or a query"),
        ("files: [{table: a}]", "'url' is missing"),
        ("files: [{ulr: a, table: b}]", r"files\[1\]: unknown key 'ulr'; did you mean 'url'"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path: Path, content: str, said: str) -> None:
    write(tmp_path / "a.csv", MANY)
    (tmp_path / "intake.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said) as found:
        plan_of_folder(107, tmp_path, DATA)
    assert "intake.yml" in str(found.value)


def test_the_plan_names_every_file_and_notes_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no extract of year 107"):
        plan_of_folder(107, tmp_path / "nowhere", DATA)
    for name in ("b.csv", "a.CSV", "README.md", "sent.json", ".hidden.csv"):
        write(tmp_path / name, MANY)
    found = plan_of_folder(107, tmp_path, DATA)
    assert [source.path.name for source in found.sources] == ["a.CSV", "b.csv"]
    assert (found.merge, found.max_rejects, found.encoding) == ("parts", Fraction(1, 1000), None)
    (tmp_path / "intake.yml").write_text("files: [b.csv]\nmerge: snapshots\n")
    with pytest.raises(InputError, match=r"files does not name a\.CSV"):
        plan_of_folder(107, tmp_path, DATA)
    (tmp_path / "intake.yml").write_text(
        "files: [b.csv, a.CSV]\nmerge: snapshots\nmax_rejects: 0.02\nencoding: cp950\n"
    )
    found = plan_of_folder(107, tmp_path, DATA)
    assert [source.path.name for source in found.sources] == ["b.csv", "a.CSV"]
    assert (found.merge, found.max_rejects, found.encoding) == (
        "snapshots", Fraction(1, 50), "cp950",
    )  # fmt: skip


def test_keys_of_the_plan_without_a_value_say_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", MANY)
    without = plan_of_folder(107, tmp_path, DATA)
    keys = ("files", "merge", "columns", "encoding", "sheets", "max_rejects", "synthetic")
    for content in ("", "# merge: snapshots\n", "".join(f"{key}:\n" for key in keys)):
        (tmp_path / "intake.yml").write_text(content, encoding="utf-8")
        assert plan_of_folder(107, tmp_path, DATA) == without


@pytest.mark.parametrize("text_", ["-0.1", "1.01", "some", "", "1/0"])
def test_what_is_no_share(text_: str) -> None:
    with pytest.raises(InputError, match=r"--max-rejects: .*must be a share from 0 to 1"):
        share_option(text_, "--max-rejects")
