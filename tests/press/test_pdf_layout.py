"""Pages of the PDF: none stays empty, what breaks says so, rows have headers."""

import io
import re

import pytest
from matplotlib import pyplot
from nbformat import NotebookNode
from pypdf import PdfReader

from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.labels import EVIDENCES, SYNTHETIC, Evidence
from closurerate.press.print.looks import PALETTE
from closurerate.press.print.prose import PrintedFinding
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedColumn, PrintedTable
from pdf_pages import fills, table_rows
from report_samples import make_notebook, prose, shown

COLUMNS = (PrintedColumn("項目欄頭"), PrintedColumn("件數", "right"))


def read(*cells: NotebookNode, contents: bool = False) -> PdfReader:
    pdf, _ = TypstPdfExporter().from_notebook_node(make_notebook(*cells, contents=contents))
    return PdfReader(io.BytesIO(pdf))


def texts(reader: PdfReader) -> list[str]:
    return ["".join(page.extract_text().split()) for page in reader.pages]


def chart() -> PrintedChart:
    with chart_style("zh-Hant"):
        figure = pyplot.figure(figsize=(6, 5))
        figure.subplots().plot([1, 2])
        return PrintedChart(figure, "高圖", "替代文字", "來源")


def table(count: int, caption: str = "表說", note: str = "附註") -> PrintedTable:
    rows = tuple((f"第 {number} 項", f"{number:,}") for number in range(1, count + 1))
    return PrintedTable(COLUMNS, rows, caption, note=note)


@pytest.mark.parametrize("count", [60, 80, 100])
def test_text_moves_up_where_a_chart_does_not_fit(count: int) -> None:
    """What leads to the chart stays with it."""
    reader = read(
        prose("## 章\n\n" + "前段文字。" * count + "\n\n引句在此。"),
        shown(chart()),
        prose("後段文字。" * 300),
        prose("## 次章\n\n" + "末段文字。" * 100),
    )
    first, second, *_ = texts(reader)
    assert "後段文字" in first
    assert "高圖" not in first
    assert "引句在此" in second
    assert "高圖" in second
    assert all(fill >= 0.75 for fill in fills(reader)[:-1])


@pytest.mark.parametrize("count", [240, 400, 420])
def test_a_heading_alone_is_not_parted_from_its_chart(count: int) -> None:
    reader = read(
        prose("## 章\n\n" + "前段文字。" * count + "\n\n### 節名"),
        shown(chart()),
        prose("後段文字。" * 300),
    )
    page = next(text for text in texts(reader) if "高圖" in text)
    assert "節名" in page


@pytest.mark.parametrize("count", range(22, 32))
def test_what_breaks_says_so_and_leaves_no_row_alone(count: int) -> None:
    reader = read(prose("## 章"), shown(table(count)))
    pages = [text for text in texts(reader) if re.search(r"第\d+項", text)]
    assert all("項目欄頭" in text for text in pages)
    assert ["表1（續）" in text for text in pages] == [False] + [True] * (len(pages) - 1)
    assert all(len(re.findall(r"第\d+項", text)) >= 4 for text in pages)
    assert "附註" in pages[-1]


@pytest.mark.parametrize("lines", range(16, 28))
def test_a_table_starts_with_four_rows(lines: int) -> None:
    reader = read(prose("## 章\n\n" + "前段文字。" * 8 * lines), shown(table(60)))
    page = next(text for text in texts(reader) if "表說" in text)
    assert len(re.findall(r"第\d+項", page)) >= 4


def test_the_first_cell_of_a_row_is_its_header() -> None:
    head, *rows = table_rows(read(prose("## 章"), shown(table(60))))
    assert [cell["/A"][0]["/Scope"] for cell in head] == ["/Column", "/Column"]
    assert len([row for row in rows if len(row) == 2]) == 60
    for row in rows:
        if len(row) == 2:
            first, other = row
            assert (first["/S"], other["/S"]) == ("/TH", "/TD")
            assert "'/Scope': '/Row'" in str(first["/A"].get_object())
            assert "/Headers" not in str(other["/A"].get_object())


@pytest.mark.parametrize("evidence", EVIDENCES)
def test_only_what_rests_on_made_up_cases_has_the_bar_that_warns(evidence: Evidence) -> None:
    (page,) = read(prose("## 章"), shown(PrintedFinding("所見。", evidence))).pages
    content = page.get_contents()
    assert content is not None
    filled = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) scn[^B]*?\nf", content.get_data())
    colours = ["#" + "".join(f"{round(255 * float(one)):02X}" for one in rgb) for rgb in filled]
    # The page's own warning has one.
    assert colours.count(PALETTE.warning_rule) == 1 + (evidence in SYNTHETIC)


def test_an_entry_of_the_contents_breaks_between_clauses() -> None:
    """No line of it has a single Han character."""
    heading = "### （一）徵起金額持續增加，有效管控未結案件數量"
    page = read(prose("## 章"), prose(heading), prose("字。"), contents=True).pages[0]
    assert "\n有效管控未結案件數量 . ." in page.extract_text()


@pytest.mark.parametrize("count", range(30, 46, 3))
def test_the_label_of_a_caption_stands_with_its_last_word(count: int) -> None:
    caption = "字" * count + "末尾"
    shown_table = PrintedTable(COLUMNS, (("甲", "1"),), caption, evidence="illustration")
    lines = read(shown(shown_table)).pages[0].extract_text().split("\n")
    assert any("末尾" in line and "示意" in line for line in lines)
