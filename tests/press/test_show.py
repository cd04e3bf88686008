"""What notebooks show: both forms, escaped, complete, and refused where they are wrong."""

import dataclasses
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot
from nbclient import NotebookClient
from nbformat import v4
from pypdf import PdfReader

from closurerate.errors import InputError
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.layout import table_layout
from closurerate.press.print.looks import chart_size
from closurerate.press.print.maths import cell_typst
from closurerate.press.print.prose import (
    PrintedFinding,
    PrintedFormula,
    PrintedKeyFigures,
    PrintedMarkdown,
    PrintedNotice,
)
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedColumn, PrintedTable
from closurerate.press.prose import KeyFigure, KeyFigures
from closurerate.press.shown import SHOWN
from closurerate.press.table import Table, words
from report_samples import NASTY, Page, make_notebook, shown

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>I</mi><mo>=</mo><mi>min</mi></math>'
TWO = (PrintedColumn("分署"), PrintedColumn("件數", "right"))


def chart(
    caption: str = "圖說", alt: str = "替代文字", label: str = "甲", **more: str
) -> PrintedChart:
    with chart_style("zh-Hant"):
        figure, ax = pyplot.subplots(figsize=chart_size(5))
        ax.plot([1, 2], [1, 2], label=label)
        ax.legend()
    return PrintedChart(figure, caption, alt, **more)  # type: ignore[arg-type]


def html(item: object) -> str:
    return str(item._repr_mimebundle_()["text/html"])  # type: ignore[attr-defined]


def pdf_text(*items: object) -> str:
    pdf, _ = TypstPdfExporter().from_notebook_node(make_notebook(shown(*items)))
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


NASTY_ITEMS = {
    "table": lambda: PrintedTable(TWO, ((NASTY, NASTY),), "表說"),
    "table heading": lambda: PrintedTable(
        (PrintedColumn(NASTY), PrintedColumn("b")), (("a", "b"),), "表說"
    ),
    "table caption": lambda: PrintedTable(TWO, (("a", "b"),), NASTY),
    "table note": lambda: PrintedTable(TWO, (("a", "b"),), "表說", note=NASTY),
    "table source": lambda: PrintedTable(TWO, (("a", "b"),), "表說", source=NASTY),
    "chart caption": lambda: chart(NASTY),
    "chart source": lambda: chart(source=NASTY),
    "chart label": lambda: chart(label=NASTY),
    "key figure": lambda: PrintedKeyFigures(((NASTY, "1", ""), ("b", "2", ""))),
    "key note": lambda: PrintedKeyFigures((("a", "1", NASTY), ("b", "2", ""))),
    "finding": lambda: PrintedFinding(markdown_text(NASTY), "published"),
    "notice": lambda: PrintedNotice(markdown_text(NASTY)),
}


@pytest.mark.parametrize("place", NASTY_ITEMS)
def test_names_from_the_data_survive_as_they_are(place: str) -> None:
    item = NASTY_ITEMS[place]()
    assert NASTY in Page(html(item)).text
    # a PDF's text has its line breaks where the lines turn, and no spaces at their ends
    assert "".join(NASTY.split()) in "".join(pdf_text(item).split())


def test_alt_text_survives_in_both() -> None:
    bundle = chart(alt=NASTY)._repr_mimebundle_()
    assert Page(bundle["text/html"]).all("svg")[0]["aria-label"] == NASTY
    assert '"' + NASTY.replace("\\", "\\\\").replace('"', '\\"') + '"' in bundle["text/vnd.typst"]


def test_table_names_its_headers_and_its_evidence() -> None:
    page = Page(
        html(PrintedTable(TWO, (("臺北", "1"), ("新北", "2\n3")), "表說", evidence="illustration"))
    )
    assert [header["scope"] for header in page.all("th")] == ["col", "col", "row", "row"]
    assert [cell["class"] for cell in page.all("td")] == ["right", "right"]
    assert len(page.all("br")) == 1
    assert "示意（合成資料）" in page.text


def test_both_forms_carry_the_same_evidence() -> None:
    for evidence, label in (("published", "Published"), ("extract", "Case data")):
        bundle = PrintedFinding("x", evidence, "en")._repr_mimebundle_()  # type: ignore[arg-type]
        assert all(label in form for form in bundle.values())


def test_text_cannot_leave_a_chart_number_rounded() -> None:
    assert "36.48901" in chart(label="36.48901").svg


def test_a_chart_closes_its_figure() -> None:
    before = pyplot.get_fignums()
    chart()
    assert pyplot.get_fignums() == before


def test_objects_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart().caption = "other"  # type: ignore[misc]


def test_a_formula_is_displayed_with_its_words() -> None:
    page = Page(html(PrintedFormula(MATHML, "I = min", "I 等於最小值")))
    assert page.all("math")[0]["display"] == "block"
    assert page.all("math")[0]["alttext"] == "I 等於最小值"


def test_markdown_stays_markdown_for_the_exporters() -> None:
    assert PrintedMarkdown("## 甲")._repr_mimebundle_()["text/markdown"] == "## 甲"


WRONG = {
    "must have 2": lambda: Table(words("分署", "件數"), [("a",)], "表說"),
    "not printed text": lambda: PrintedTable(TWO, (("a", 1),), "表說"),  # type: ignore[arg-type]
    "no caption": lambda: PrintedTable(TWO, (), " "),
    "do not fit": lambda: PrintedTable((PrintedColumn("分署名稱"),) * 40, (), "表說"),
    "derived, published, supplied, extract, assumed": lambda: PrintedTable(
        TWO, (), "表說", evidence="guess"
    ),  # type: ignore[arg-type]
    "must name its evidence": lambda: PrintedFinding("x", None),  # type: ignore[arg-type]
    "stands where only text": lambda: PrintedFinding("# x", "published")._repr_mimebundle_(),
    "show it with Formula": lambda: PrintedNotice("$x$")._repr_mimebundle_(),
    "zh-Hant, en": lambda: PrintedTable(TWO, (), "表說", language="fr"),  # type: ignore[arg-type]
    "two to six": lambda: KeyFigures([KeyFigure("a", 1)]),
    "'synthetic' or 'note'": lambda: PrintedNotice("x", "loud"),  # type: ignore[arg-type]
    "alt text is empty": lambda: chart(alt=""),
    "no whole matplotlib figure": lambda: PrintedChart(None, "圖說", "替代文字"),
    "MathML is damaged": lambda: PrintedFormula("<math>", "x", "x"),
    "one <math> element": lambda: PrintedFormula("<mi>x</mi>", "x", "x"),
    "no dollar sign": lambda: PrintedFormula(MATHML, "x $ y", "x"),
    "alt is empty": lambda: PrintedFormula(MATHML, "x", ""),
}


@pytest.mark.parametrize("said", WRONG)
def test_what_is_wrong_is_refused_in_a_sentence(said: str) -> None:
    with pytest.raises(InputError, match=said):
        WRONG[said]()


def test_a_chart_wider_than_the_page_is_refused() -> None:
    with chart_style("en"):
        figure, _ = pyplot.subplots(figsize=chart_size(5, 20))
    with pytest.raises(InputError, match="16 cm fit"):
        PrintedChart(figure, "caption", "alt")
    pyplot.close(figure)


@given(
    st.integers(1, 8).flatmap(
        lambda count: st.lists(
            st.lists(
                st.text("有效結案率0123456789,. aW", max_size=60), min_size=count, max_size=count
            ),
            min_size=1,
            max_size=6,
        )
    )
)
def test_every_table_that_is_accepted_fits_the_page(rows: list[list[str]]) -> None:
    try:
        layout = table_layout(rows, "here")
    except InputError:
        return
    assert layout.share <= 1.0001
    assert sum(layout.columns) == pytest.approx(1, abs=1e-3)
    assert min(layout.columns) > 0


def test_a_number_and_its_unit_are_not_cut_apart() -> None:
    """They are held together by a space that no line breaks at: so is their column's width."""
    held = "464.5\N{NO-BREAK SPACE}days"
    rows = [["smaller of I1 and I2 and of others too"] * 4 + [held]]
    layout = table_layout(rows, "here")
    assert layout.columns[-1] * layout.share * 16 * 72 / 2.54 >= 10 * 0.5 * layout.text_pt + 8


def test_a_longest_word_is_not_broken() -> None:
    amount = "NTD 1,059,730,000"
    layout = table_layout([["小額案件" * 30, amount, "說明" * 40]], "here")
    em = len(amount) * 0.5 * layout.text_pt
    assert layout.share == 1
    assert layout.columns[1] * 16 * 72 / 2.54 >= em + 8


def test_a_table_is_set_as_low_as_it_can_be() -> None:
    """The one long column gets the room, for it alone turns its lines."""
    rows = [
        ["方案", "有效結案率（%）", "理由"],
        ["界限乘以一點一", "36.49", "原報告未說明其理由" * 8],
    ]
    layout = table_layout(rows, "here")
    first, second, third = (16 * 72 / 2.54 * column for column in layout.columns)
    assert first >= 7 * layout.text_pt + 8
    assert second >= 8 * layout.text_pt + 8
    assert third >= 0.6 * 16 * 72 / 2.54


def test_a_short_formula_stays_on_one_line() -> None:
    rows = [
        ["作法", "提高指標的條件", "說明"],
        ["未獲清償而終結", "P > C + 1", "獎勵未獲清償的終結" * 12],
    ]
    layout = table_layout(rows, "here")
    assert layout.columns[1] * 16 * 72 / 2.54 >= 9 * 0.4 * layout.text_pt + 8
    assert "#box(math.equation(" in cell_typst("P > C + 1")
    assert "#box(" not in cell_typst("C³ + C²P + C² + P³ > 2EC + 2E")


def test_a_kernel_shows_several_and_no_figure_twice() -> None:
    code = (
        "from closurerate.press.chart import Chart\n"
        "from closurerate.press.prose import Markdown, Several\n"
        "draw = lambda figure, say: figure.subplots()\n"
        "Several([Markdown('甲'), Several([Chart(draw, 'caption', 'alt')])])"
    )
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    kinds = [sorted(output.data) for output in notebook.cells[0].outputs]
    assert kinds == [
        [SHOWN, "text/markdown", "text/plain"],
        [SHOWN, "text/html", "text/plain", "text/vnd.typst"],
    ]
