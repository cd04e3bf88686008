"""Files that unpack to far more than data do: refused early, in a sentence that names the bound."""

import gzip
import zipfile
from pathlib import Path
from time import process_time

import pyarrow as pa
import pytest
from workbook_samples import workbook

from closurerate.errors import InputError
from closurerate.intake import unpacking
from closurerate.intake.files import open_file
from closurerate.intake.raw_table import MALFORMED, Notes


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
    assert rows_of(path) == 2


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


def test_an_open_quote_before_very_many_lines_is_one_malformed_row(tmp_path):
    path = tmp_path / "open.csv"
    path.write_bytes(b'case_id,b\n"a,1\n' + b"b,2\n" * 1_000_000)
    before = process_time()
    table = batches_of(path)
    assert process_time() - before < 5
    assert table.num_rows == 1_000_001
    assert table.column(MALFORMED)[0].as_py() == '"a,1'
