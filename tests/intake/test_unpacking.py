"""Files that unpack to far more than data do: refused early, in a sentence that names the bound."""

import gzip
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from closurerate.errors import InputError
from closurerate.intake.came import cells, unpacking
from closurerate.intake.came.files import open_file
from closurerate.intake.came.raw_table import MALFORMED, MOST_COLUMNS, Notes
from workbook_samples import shared_strings, workbook


def batches_of(path: Path) -> pa.Table:
    (table,) = open_file(path)
    wanted = {0: "case_id", 1: "status"}
    return pa.Table.from_batches(table.read(0, wanted, Notes(), lambda _: None))


def rows_of(path: Path) -> int:
    return batches_of(path).num_rows


@pytest.mark.parametrize(
    "reference", ["XFD1048576", "ZZ1048576", "CT1048576", "AAAA300000", "A4294967295"]
)
def test_a_far_cell_is_refused_before_the_sheet_is_laid_out(tmp_path, reference):
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    far = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    with pytest.raises(InputError, match=r"far\.xlsx, .*100,000,000 cells .* the most"):
        open_file(workbook(tmp_path / "far.xlsx", far))


def test_a_far_cell_is_found_where_one_block_ends_and_another_begins(tmp_path):
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with zipfile.ZipFile(workbook(tmp_path / "a.xlsx", far)) as archive:
        place = archive.read("xl/worksheets/sheet1.xml").index(b"XFD")
    path = workbook(tmp_path / "far.xlsx", " " * ((1 << 20) - place - 2) + far)
    with zipfile.ZipFile(path) as archive:
        assert archive.read("xl/worksheets/sheet1.xml")[: 1 << 20].endswith(b'r="XF')
    with pytest.raises(InputError, match=r"far\.xlsx, .*100,000,000 cells .* the most"):
        open_file(path)


def test_a_workbook_of_over_4_gb_in_all_is_refused_by_the_directory(tmp_path):
    with zipfile.ZipFile(workbook(tmp_path / "large.xlsx", "")) as archive:
        for part in archive.infolist():
            part.file_size = 1 << 30
        with pytest.raises(InputError, match=r"^large\.xlsx unpacks to over 4 GB; give .* CSV"):
            unpacking.check_workbook("large.xlsx", archive)


@pytest.mark.parametrize("reference", ["T1048576", "XFD20", "CQ1048576"])
def test_a_long_or_a_wide_sheet_is_not_taken_for_one(tmp_path, reference):
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    path = workbook(tmp_path / "a.xlsx", f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>')
    with zipfile.ZipFile(path) as archive:
        unpacking.check_workbook("a.xlsx", archive)


def test_white_space_in_a_workbook_is_refused_by_the_directory(tmp_path):
    path = workbook(tmp_path / "white.xlsx", " " * (unpacking.RATIO_FROM + 1))
    with pytest.raises(InputError, match=r"white\.xlsx, xl/.* unpacks to over 200 times"):
        open_file(path)


def test_a_packed_text_of_nothing_is_refused_while_it_is_unpacked(tmp_path):
    path = tmp_path / "rows.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"case_id,b\n")
        for _ in range(80):
            file.write(b"a," + b"1" * ((1 << 20) - 3) + b"\n")
    with pytest.raises(InputError, match=r"rows\.csv\.gz unpacks to over 200 times"):
        rows_of(path)


@pytest.mark.parametrize("part", ["empty members", "a long name"])
def test_what_holds_nothing_in_a_packed_text_costs_little(tmp_path, part):
    path = tmp_path / "rows.csv.gz"
    rows = gzip.compress(b"case_id,b\na,1\n") + gzip.compress(b"b,2\n")
    nothing = gzip.compress(b"")
    if part == "empty members":
        path.write_bytes(rows + nothing * 200_000 + gzip.compress(b"c,3\n"))
    else:
        name = b"x" * (4 << 20) + b"\0"
        path.write_bytes(nothing[:3] + b"\x08" + nothing[4:10] + name + nothing[10:] + rows)
    before = process_time()
    assert rows_of(path) == (3 if part == "empty members" else 2)
    assert process_time() - before < 2


def test_an_archive_of_very_many_or_overlapping_members_is_refused(tmp_path):
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(unpacking.MOST_MEMBERS + 1):
            archive.writestr(f"{number}.csv", "a,b\n1,2\n")
    with pytest.raises(InputError, match="holds 1001 files, and 1000 is the most"):
        open_file(many)
    over = tmp_path / "over.zip"
    with zipfile.ZipFile(over, "w") as archive:
        archive.writestr("a.csv", "a,b\n" * 200)
        archive.filelist *= 3
    with pytest.raises(InputError, match="lie over each other"):
        open_file(over)


def test_a_text_of_one_endless_line_is_refused(tmp_path):
    path = tmp_path / "line.csv"
    path.write_bytes(b"case_id,b\n" + b"a" * (unpacking.MOST_LINE_BYTES + (1 << 23)))
    with pytest.raises(InputError, match=r"line\.csv has a line of over 16 MB"):
        rows_of(path)


def test_blank_lines_cost_nothing_and_are_no_rows(tmp_path):
    path = tmp_path / "blank.csv"
    path.write_bytes(b"case_id,b\n" + b"\n" * 3_000_000 + b"a,1\n\n\nb,2\n")
    before = process_time()
    assert rows_of(path) == 2
    assert process_time() - before < 10


def test_a_packed_text_of_very_short_rows_is_refused_before_a_row_is_read(tmp_path):
    path = tmp_path / "short.csv.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"case_id,b\n")
        for _ in range(40):
            file.write(b"a,1\n" * (1 << 18))
    with pytest.raises(InputError, match=r"short\.csv\.gz unpacks to over 200 times"):
        open_file(path)


def test_an_open_quote_is_looked_for_no_further_than_the_bound(tmp_path):
    path = tmp_path / "open.csv"
    long = b'"' + b"x" * unpacking.MOST_LINE_BYTES + b",1\n"
    path.write_bytes(b"case_id,b\n" + long * 4 + b'"a\nb",1\nc,2\n')
    assert batches_of(path).column(0).to_pylist() == [None] * 4 + ["a\nb", "c"]


@pytest.mark.parametrize(
    ("lines", "length", "is_one_row"),
    [(45, 1, True), (55, 1, False), (30, 2047, True), (35, 2047, False)],
)
def test_a_cell_goes_over_50_lines_and_64_kb_at_most(tmp_path, lines, length, is_one_row):
    path = tmp_path / "open.csv"
    inside = (b"x" * length + b"\n") * lines
    path.write_bytes(b'case_id,b\n"a\n' + inside + b'b",1\nc,2\n')
    table = batches_of(path)
    first = table.column(0)[0].as_py()
    assert first == (f"a\n{inside.decode()}b" if is_one_row else None)
    assert (table.num_rows == 2) is is_one_row
    assert table.column(0).to_pylist()[-1] == "c"


def test_an_open_quote_before_very_many_lines_is_one_malformed_row(tmp_path):
    path = tmp_path / "open.csv"
    path.write_bytes(b'case_id,b\n"a,1\n' + b"b,2\n" * 1_000_000)
    before = process_time()
    table = batches_of(path)
    assert process_time() - before < 5
    assert table.num_rows == 1_000_001
    assert table.column(MALFORMED)[0].as_py() == '"a,1'


def test_one_text_in_very_many_rows_of_parquet_is_refused(tmp_path):
    path = tmp_path / "rows.parquet"
    texts = pa.DictionaryArray.from_arrays([0] * 50_000, ["x" * 1000])
    pq.write_table(pa.table({"case_id": texts, "b": texts}), path, store_schema=False)
    with pytest.raises(InputError, match=r"rows\.parquet unpacks to over 200 times its size"):
        rows_of(path)


def test_large_cells_of_parquet_come_in_batches_of_as_many_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "BATCH_BYTES", 10_000)
    path = tmp_path / "large.parquet"
    texts = [f"{number:01000}" for number in range(40)]
    pq.write_table(pa.table({"case_id": texts}), path)
    (table,) = open_file(path)
    batches = list(table.read(0, {0: "case_id"}, Notes(), lambda _: None))
    assert max(batch.nbytes for batch in batches) <= 10_000
    assert pa.Table.from_batches(batches).column(0).to_pylist() == texts


def test_a_column_of_parquet_whose_name_is_no_text_is_told(tmp_path):
    path = tmp_path / "name.parquet"
    pq.write_table(pa.table({"case_id": ["a"], "amount": [1]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"amount", b"am\xee\xeent"))
    with pytest.raises(InputError, match=r"name\.parquet: cannot be read as Parquet \("):
        open_file(path)


@pytest.mark.parametrize("cell", ["1", '"1"', " ", ""])
def test_a_row_of_very_many_cells_is_malformed_and_its_neighbours_stand(tmp_path, cell):
    path = tmp_path / "cells.csv"
    row = ",".join([cell] * 1_000_000)
    path.write_text(f"case_id,b\na,1\n{row}\nc,2\n{row}\nd,3\n", encoding="utf-8")
    table = batches_of(path)
    assert table.column(0).to_pylist() == ["a", None, "c", None, "d"]
    assert table.column(MALFORMED).to_pylist() == [None, row, None, row, None]


@pytest.mark.parametrize("start", [[], ["a", "1"]])
def test_a_cell_behind_very_many_blank_ones_is_not_left_out(tmp_path, start):
    path = tmp_path / "cells.csv"
    row = ",".join([*start, *['""'] * (3 * MOST_COLUMNS), "x"])
    path.write_text(f"case_id,b\na,1\n{row}\nc,2\n", encoding="utf-8")
    assert batches_of(path).column(MALFORMED).to_pylist() == [None, row, None]


@pytest.mark.parametrize("cell", ["a", '"a"', "a a"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_a_text_of_over_16384_columns_is_refused(tmp_path, cell, delimiter):
    path = tmp_path / "wide.csv"
    for count in (MOST_COLUMNS, MOST_COLUMNS + 1, 10 * MOST_COLUMNS):
        header = delimiter.join([cell] * count)
        path.write_text(f"{header}\n{header}\n", encoding="utf-8")
        if count == MOST_COLUMNS:
            assert {len(row) for row in open_file(path)[0].head} == {MOST_COLUMNS}
            continue
        with pytest.raises(InputError, match=r"^wide\.csv has over 16,384 columns"):
            open_file(path)


def test_a_table_of_any_form_of_over_16384_columns_is_refused(tmp_path):
    path = tmp_path / "wide.parquet"
    names = [f"c{number}" for number in range(MOST_COLUMNS + 1)]
    pq.write_table(pa.table({name: [1] for name in names}), path)
    with pytest.raises(InputError, match=r"wide\.parquet has over 16,384 columns"):
        open_file(path)
    path = workbook(tmp_path / "wide.xlsx", '<row r="1"><c r="XFD1"><v>1</v></c></row>')
    assert len(open_file(path)[0].head[0]) == MOST_COLUMNS


HOSTILE = (
    *("far.xlsx", "text.xlsx", "white.zip", "view.db", "cells.db", "row.db"),
    *(
        "short.csv.gz",
        "short.csv.zst",
        "line.csv",
        "wide.csv",
        "cells.csv",
        "cell.parquet",
        "page.parquet",
    ),
)


def hostile_text(name: str) -> bytes:
    """Return the content of a text that is a bomb."""
    return {
        "line.csv": b"a,b\n" + b"a" * (100 << 20),
        "wide.csv": b"a," * 4_000_000 + b"\n" + b"1," * 4_000_000 + b"\n",
        "cells.csv": b"a,b\n" + (b"1,2\n" + b"1," * 8_000_000 + b"\n") * 2,
    }[name]


def hostile(path: Path) -> str:
    """Write the bomb of a name and return what opens it."""
    match path.name:
        case "far.xlsx":
            workbook(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
        case "text.xlsx":
            shared_strings(path, length=1 << 20, cells=1500)
        case "short.csv.gz" | "short.csv.zst":
            kind = {".gz": "gzip", ".zst": "zstd"}[path.suffix]
            with pa.CompressedOutputStream(path, kind) as file:
                for _ in range(100):
                    file.write(b"a,1\n" * (1 << 18))
        case "cell.parquet":
            texts = pa.DictionaryArray.from_arrays([0] * 1000, ["x" * (1 << 20)])
            pq.write_table(pa.table({"a": texts, "b": texts}), path, store_schema=False)
        case "page.parquet":
            long = pa.table({"a": ["x" * (300 << 20)], "b": [1]})
            pq.write_table(
                long, path, compression="zstd", use_dictionary=False, write_statistics=False
            )
        case "white.zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a.csv", b" " * (100 << 20))
        case "view.db" | "cells.db":
            width, most = (500, -1) if path.name == "view.db" else (1_000_000, 1000)
            rows = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n)"
            cells = f"a, printf('%{width}s', a) AS b"
            with sqlite3.connect(path) as link:
                link.execute(f"CREATE VIEW v AS {rows} SELECT {cells} FROM n LIMIT {most}")
            return f"[open_database('sqlite:///{path}', table='v')]"
        case "row.db":
            cells = ", ".join(f"printf('%1000000s', {place}) AS c{place}" for place in range(1500))
            with sqlite3.connect(path) as link:
                link.execute(f"CREATE VIEW v AS SELECT {cells}")
            return f"[open_database('sqlite:///{path}', table='v')]"
        case _:
            path.write_bytes(hostile_text(path.name))
    return f"open_file(Path({str(path)!r}))"


@pytest.mark.skipif(sys.platform == "win32", reason="tells the peak of memory by `resource`")
@pytest.mark.parametrize("name", HOSTILE)
def test_the_peak_of_memory_stays_low(tmp_path, name):
    said, peak_mb = read_elsewhere(hostile(tmp_path / name))
    assert len(said) == (name != "cells.csv")
    assert peak_mb < 700


@pytest.mark.skipif(sys.platform == "win32", reason="tells the peak of memory by `resource`")
def test_the_peak_of_memory_stays_low_with_postgres(postgres):
    query = "SELECT repeat(chr(131072), 1 << 20) AS a, n AS b FROM generate_series(1, 120) n"
    said, peak_mb = read_elsewhere(f"[open_database({postgres.url()!r}, query={query!r})]")
    assert said == []
    assert peak_mb < 1500


def read_elsewhere(opened: str) -> tuple[list[str], int]:
    """Read what an expression opens, elsewhere; return what was refused, and MB it took at most."""
    script = f"""
import resource
from pathlib import Path
from closurerate.errors import InputError
from closurerate.intake.came import apart
from closurerate.intake.came.database import open_database
from closurerate.intake.came.files import open_file
from closurerate.intake.came.raw_table import Notes
apart.MOST_MEMORY = 400 << 20
try:
    for table in {opened}:
        for _ in table.read(0, {{0: "case_id", 1: "status"}}, Notes(), lambda _: None):
            pass
except InputError as error:
    print(error)
who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
print(max(resource.getrusage(each).ru_maxrss for each in who) >> 10)
"""
    # A process is told the peak of the one that started it: a small one stands between.
    starter = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], check=True)"
    command = [sys.executable, "-c", starter, "-c", script]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    *refused, peak = said.splitlines()
    return refused, int(peak) // (1024 if sys.platform == "darwin" else 1)
