"""Tables and charts as files: what they hold, and that two runs write the same."""

import csv
import io
import zipfile
from pathlib import Path

import nbformat
import openpyxl
import pytest
from matplotlib import image
from nbformat import v4

from closurerate.press.chart import Chart
from closurerate.press.export.saved import csv_of, workbook_of
from closurerate.press.export.taken_along import take_along
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import both

ROWS = ((both("甲", "First"), 1_234), (both("=乙", "=SUM(1)"), None))


@pytest.fixture
def executed(tmp_path: Path) -> Path:
    def draw(figure, say) -> None:
        figure.subplots().plot([1, 2])
        say.frame([(1, 2.5)], "x", "y")

    table = Table([*words("item"), *numbers("value")], ROWS, both("表", "A table"), Grounds())
    chart = Chart(draw, both("圖", "A chart"), both("替代", "Alternative"), Grounds("illustration"))
    cells = [
        v4.new_code_cell("x", outputs=[v4.new_output("display_data", data=one._repr_mimebundle_())])
        for one in (table, chart)
    ]
    path = tmp_path / "01_sample.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), path)
    return path


def test_each_is_written_in_each_form(executed: Path, tmp_path: Path):
    files = list(take_along(executed, tmp_path / "out", "en"))
    assert sorted(file.name for file in files) == [
        "01_sample.xlsx",
        "chart-own.csv",
        "chart-own.png",
        "chart-own.svg",
        "dictionary.csv",
        "table-own.csv",
    ]
    text = (tmp_path / "out" / "table-own.csv").read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [["First", "1234"], ["=SUM(1)", ""]]
    pixels = image.imread(tmp_path / "out" / "chart-own.png")
    assert pixels.shape[1] > 1000
    assert pixels[..., :3].min() < 0.5  # it is not blank
    svg = (tmp_path / "out" / "chart-own.svg").read_text("utf-8")
    assert svg.startswith("<svg ")
    assert "var(" not in svg
    assert 'xmlns="http://www.w3.org/2000/svg"' in svg


def test_numbers_of_a_workbook_are_numbers_and_text_is_no_formula(executed: Path, tmp_path: Path):
    list(take_along(executed, tmp_path, "en"))
    book = openpyxl.load_workbook(tmp_path / "01_sample.xlsx")
    assert book.sheetnames == ["1 table-own", "2 chart-own"]
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows == [["A table", None], ["Item", "Value"], ["First", 1234], ["=SUM(1)", None]]
    assert book.worksheets[0]["A4"].data_type == "s"


def test_what_rests_on_synthetic_rows_says_so(executed: Path, tmp_path: Path):
    list(take_along(executed, tmp_path, "en"))
    sheet = openpyxl.load_workbook(tmp_path / "01_sample.xlsx")["2 chart-own"]
    assert [cell.value for cell in sheet[1]] == ["A chart", "Illustration (synthetic data)"]
    text = (tmp_path / "dictionary.csv").read_text("utf-8-sig")
    evidence = {line["file"]: line["evidence"] for line in csv.DictReader(io.StringIO(text))}
    assert evidence == {"table-own": "", "chart-own": "Illustration (synthetic data)"}


def test_a_file_has_no_mark_that_only_lays_out_a_page():
    shown = {"columns": [{"heading": "place"}], "rows": [["\u58f9\N{WORD JOINER}\u3001"]]}
    assert csv_of(shown, "en").splitlines() == ["place", "\u58f9\u3001"]


def test_two_runs_write_the_same_bytes(executed: Path, tmp_path: Path):
    for folder in ("one", "other"):
        list(take_along(executed, tmp_path / folder, "zh-Hant"))
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes(), file.name
    # Both were written within a second: no clock may be in the workbook at all.
    with zipfile.ZipFile(tmp_path / "one" / "01_sample.xlsx") as book:
        assert b"dcterms" not in book.read("docProps/core.xml")
        assert {part.date_time[0] for part in book.infolist()} == {1980}


def test_a_workbook_of_nothing_can_be_opened():
    assert openpyxl.load_workbook(io.BytesIO(workbook_of([], "en"))).worksheets
