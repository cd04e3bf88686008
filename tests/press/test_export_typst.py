"""The PDF: archival, tagged, complete on each page, in our fonts, the same twice."""

import io
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from pypdf import PdfReader

from closurerate.errors import InputError
from closurerate.press.export.typst import TypstExporter, TypstPdfExporter
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.prose import PrintedFinding, PrintedFormula, PrintedNotice
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedColumn, PrintedTable
from report_samples import FACTS, NASTY, fonts_of, make_notebook, prose, shown

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>I</mi></math>'


def export(notebook: NotebookNode) -> bytes:
    pdf, _ = TypstPdfExporter().from_notebook_node(notebook)
    return pdf


def sample(**facts: object) -> NotebookNode:
    with chart_style("zh-Hant"):
        figure, ax = pyplot.subplots()
        ax.plot([1, 2], [3, 4], label="實際值")
        ax.legend()
    columns = (PrintedColumn("項目欄頭"), PrintedColumn("件數", "right"))
    rows = tuple((f"第 {number} 項", f"{number:,}") for number in range(1, 91))
    return make_notebook(
        prose("# 筆記本標題"),
        prose("## 壹、目標\n\n有效結案率為 **36.49%**，見 `code`。\n\n### 一、分署", "zh-Hant"),
        prose("## 1. Objective", "en"),
        shown(
            PrintedChart(figure, "圖說", "替代文字", "來源", "illustration"),
            PrintedFormula(MATHML, 'I = E / C "中"', "I 等於 E 除以 C"),
            PrintedTable(columns, rows, "長表", evidence="illustration"),
            PrintedFinding("所見。", "illustration"),
            PrintedNotice("注意事項", "note"),
        ),
        prose("## 貳、結語\n\n" + "末段文字。" * 200),
        **facts,
    )


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return export(sample())


@pytest.fixture(scope="module")
def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def texts(reader: PdfReader) -> list[str]:
    return ["".join(page.extract_text().split()) for page in reader.pages]


def test_it_is_archival_and_accessible(reader: PdfReader) -> None:
    metadata = reader.root_object["/Metadata"].get_object().get_data().decode("utf-8")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert reader.root_object["/Lang"] == "zh-TW"


def test_it_says_what_it_is(reader: PdfReader) -> None:
    assert reader.metadata is not None
    assert reader.metadata.title == FACTS["title"]
    assert reader.metadata.author == FACTS["publisher"]
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == "2019-03-08"


def test_its_text_can_be_selected(texts: list[str]) -> None:
    whole = "".join(texts)
    for expected in ("有效結案率為36.49%", "長表", "實際值", "示意（合成資料）", "所見。"):
        assert expected in whole
    assert "Objective" not in whole
    assert "筆記本標題" not in whole


def test_each_page_has_its_number_and_the_first_the_notice(texts: list[str]) -> None:
    assert len(texts) >= 4
    for number, text in enumerate(texts, start=1):
        assert f"第{number}頁，共{len(texts)}頁" in text
        assert (FACTS["synthetic_notice"] in text) == (number == 1)
    assert all(str(FACTS["running_head"]) in text for text in texts[1:])


def test_no_page_speaks_of_synthetic_data_where_they_are_real() -> None:
    pages = PdfReader(io.BytesIO(export(sample(synthetic_notice="")))).pages
    assert not any("僅供示意" in page.extract_text() for page in pages)


def test_a_long_table_repeats_its_header(texts: list[str]) -> None:
    pages = [text for text in texts if re.search(r"第\d+項", text)]
    assert len(pages) >= 2
    assert all("項目欄頭" in text for text in pages)


def test_bookmarks_follow_the_headings(reader: PdfReader) -> None:
    def titles(items: list[Any]) -> list[Any]:
        return [titles(item) if isinstance(item, list) else item.title for item in items]

    assert titles(reader.outline) == ["壹、目標", ["一、分署"], "貳、結語"]


def test_contents_can_be_left_out(texts: list[str]) -> None:
    without = PdfReader(io.BytesIO(export(sample(contents=False)))).pages[0].extract_text()
    assert "目次" in texts[0]
    assert "目次" not in without


def test_only_our_fonts_and_those_of_typst_are_inside(reader: PdfReader) -> None:
    found = fonts_of(reader)
    assert {"NotoSansTC-Regular", "NotoSerifTC-Regular"} <= found
    assert found <= {
        "NotoSansTC-Regular",
        "NotoSerifTC-Regular",
        "NewCMMath-Book",
        "DejaVuSansMono",
    }


def test_the_same_notebook_gives_the_same_bytes(pdf: bytes) -> None:
    assert export(sample()) == pdf


@pytest.mark.parametrize("character", ["\N{PILE OF POO}", "\N{BALLOT X}"])
def test_missing_glyph_is_an_error(character: str) -> None:
    """The second one is in a font of Typst's own, which must not step in."""
    with pytest.raises(InputError, match="could not be displayed"):
        export(make_notebook(prose(f"## 甲\n\n乙{character}")))


def test_damaged_typst_is_an_error_that_names_the_document() -> None:
    with pytest.raises(InputError, match=str(FACTS["title"])):
        export(make_notebook(prose("## 甲"), shown(PrintedFormula(MATHML, "unknownname(x)", "x"))))


def test_a_warning_of_typst_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("closurerate.press.export.exporter.SERIF", "No Such Font")
    with pytest.raises(InputError, match="unknown font family"):
        export(make_notebook(prose("## 甲")))


def test_facts_are_escaped() -> None:
    notebook = make_notebook(
        prose("## 甲"), title=NASTY, running_head=NASTY, synthetic_notice=NASTY
    )
    reader = PdfReader(io.BytesIO(export(notebook)))
    assert reader.metadata is not None
    assert reader.metadata.title == NASTY
    assert "".join(NASTY.split()) in "".join(reader.pages[0].extract_text().split())


def test_english_has_its_own_frame() -> None:
    notebook = make_notebook(
        prose("甲", "zh-Hant"), prose("## Words\n\nText", "en"), language="en", title="Report"
    )
    reader = PdfReader(io.BytesIO(export(notebook)))
    text = reader.pages[0].extract_text()
    assert reader.root_object["/Lang"] == "en-GB"
    assert "Page 1 of 1" in text
    assert "Contents" in text


def test_an_output_that_is_not_ours_is_an_error() -> None:
    cell = shown(PrintedNotice("甲"))
    del cell.outputs[0].data["text/vnd.typst"]
    with pytest.raises(InputError, match="shows text/html, text/plain only"):
        export(make_notebook(cell))


def test_the_source_stands_alone() -> None:
    source, resources = TypstExporter().from_notebook_node(sample())
    assert resources["output_extension"] == ".typ"
    assert "#import" not in source
    assert "#include" not in source


def test_the_exporters_are_declared_for_nbconvert() -> None:
    root = Path(__file__).resolve().parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["entry-points"]["nbconvert.exporters"]
    found = {
        getattr(import_module(m), name) for m, name in (v.split(":") for v in declared.values())
    }
    assert TypstPdfExporter in found
    assert all(issubclass(exporter, Exporter) for exporter in found)
