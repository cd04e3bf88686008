"""The page: one file, loads nothing, one language, in order, and for everybody."""

import re
from collections import Counter
from pathlib import Path

import pytest
from matplotlib import pyplot
from nbformat import NotebookNode, v4

from browser import page_faults
from closurerate.errors import InputError
from closurerate.press.export.html import ReportHtmlExporter, css_string
from closurerate.press.print.chart import PrintedChart
from closurerate.press.print.prose import (
    PrintedFinding,
    PrintedFormula,
    PrintedKeyFigures,
    PrintedMarkdown,
    PrintedNotice,
)
from closurerate.press.print.style import chart_style
from closurerate.press.print.table import PrintedColumn, PrintedTable
from report_samples import FACTS, NASTY, Page, make_notebook, prose, shown

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>I</mi></math>'


def export(notebook: NotebookNode) -> str:
    page, _ = ReportHtmlExporter().from_notebook_node(notebook)
    return str(page)


def sample() -> NotebookNode:
    with chart_style("zh-Hant"):
        figure, ax = pyplot.subplots()
        ax.plot([1, 2], [3, 4], label="實際值")
        ax.legend()
    wide = tuple(PrintedColumn(f"第 {number} 欄", "right") for number in range(10))
    return make_notebook(
        prose("# 筆記本標題"),
        shown(PrintedNotice("不得顯示"), tags=("injected-parameters",), source="secret = 1"),
        shown(PrintedNotice("不得顯示"), tags=("hide",)),
        prose("## 壹、目標\n\n甲文。[外部](https://example.org/a)\n\n### 一、分署", "zh-Hant"),
        prose("## 1. Objective\n\nEnglish words", "en"),
        shown(
            PrintedKeyFigures(
                (("率", "36.49%", ""), ("件", "10,030,793", "")),
                "published",
            ),
            PrintedChart(figure, "圖說", "替代文字", "來源", "illustration"),
            PrintedTable(wide, (("10,030,793",) * 10,) * 3, "寬表", evidence="illustration"),
            PrintedFormula(MATHML, "I", "I"),
            PrintedFinding("所見。", "published"),
            PrintedMarkdown("### 二、算出之標題\n\n算出之文。"),
            source="code_of_a_cell = 1",
        ),
    )


@pytest.fixture(scope="module")
def source() -> str:
    return export(sample())


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_it_loads_nothing(source: str, page: Page) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "srcset", "data", "poster", "background", "action"):
            assert name not in attributes
        if tag != "a":
            assert attributes.get("href", "#").startswith("#")
    for script in page.scripts:
        assert not re.search(r"fetch|XMLHttp|import|https?:|src(?! = `data:)", script)
    for style in [*page.styles, *(attributes.get("style", "") for _, attributes in page.elements)]:
        assert "@import" not in style
        assert all(url.startswith(("data:", "#")) for url in re.findall(r"url\(\s*(.{5})", style))
    assert "10,030,793" in page.text
    assert not re.search(r"""url\(\s*['"]?https?:""", source)


def test_it_says_what_it_is(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "zh-Hant"
    assert page.all("meta")[0]["charset"] == "utf-8"
    assert FACTS["title"] in page.text
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    assert len(page.all("title")) == 1
    assert page.all("time")[0]["datetime"] == "2019-03-08"


def test_headings_leave_no_gap_and_links_find_their_places(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels == [1, 2, 3, 3, 2]
    identifiers = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    assert set(identifiers.values()) == {1}
    targets = [link["href"] for link in page.all("a") if link["href"].startswith("#")]
    assert targets[0] == "#main"
    assert {target[1:] for target in targets} <= set(identifiers)
    assert {"s1", "s1-1", "s1-2"} <= {target[1:] for target in targets}


def test_only_the_readers_language_and_no_code(source: str, page: Page) -> None:
    assert "甲文。" in page.text
    assert "算出之文" in page.text
    for absent in ("English words", "不得顯示", "secret", "code_of_a_cell", "筆記本標題"):
        assert absent not in source


def test_the_other_language_reads_its_own() -> None:
    english = Page(
        export(make_notebook(prose("甲", "zh-Hant"), prose("words", "en"), language="en"))
    )
    assert "words" in english.text
    assert "甲" not in english.text
    assert english.all("html")[0]["lang"] == "en"


def test_everything_has_its_name_for_those_who_cannot_see(page: Page) -> None:
    drawing = page.all("svg")[0]
    assert drawing["role"] == "img"
    assert drawing["aria-label"].endswith("替代文字")
    assert all("scope" in header for header in page.all("th"))
    assert len(page.all("figcaption")) == len(page.all("figure")) == 2
    assert page.all("math")[0]["alttext"] == "I"


def test_synthetic_is_said_once_at_the_top_and_beside_each(page: Page) -> None:
    notice = str(FACTS["synthetic_notice"])
    assert notice in page.text[: page.text.index("壹")]
    assert page.text.count(notice) == 1
    labels = [item for item in page.all("span") if item.get("class") == "evidence illustration"]
    assert len(labels) == 2


def test_nothing_is_said_where_the_data_are_real() -> None:
    page = export(make_notebook(prose("甲"), synthetic_notice=""))
    assert 'class="notice' not in page


def test_the_same_notebook_gives_the_same_bytes(source: str) -> None:
    assert export(sample()) == source


def test_fonts_are_inside(page: Page) -> None:
    face = r'@font-face\{font-family:"(.*?)".*?base64,([^)]*)\)'
    faces = re.findall(face, "".join(page.styles))
    assert [family for family, _ in faces] == ["Noto Sans TC", "Noto Serif TC"]
    assert all(len(font) > 10_000 for _, font in faces)


def test_missing_glyph_is_an_error() -> None:
    with pytest.raises(InputError, match=r"no glyph for .*U\+1F4A9"):
        export(make_notebook(prose("甲\N{PILE OF POO}")))


def test_facts_are_escaped() -> None:
    page = Page(export(make_notebook(prose("甲"), title=NASTY, synthetic_notice=NASTY)))
    assert page.text.count(NASTY) >= 2
    assert page.all("b") == []


def test_a_css_string_cannot_leave_its_place() -> None:
    assert css_string('a"\\</style>\n') == r'"a\22 \5c \3c \2f style\3e \a "'


BAD_OUTPUTS = {
    "prints 'hello'": v4.new_output("stream", name="stdout", text="hello\n"),
    "failed with KeyError: 'x'": v4.new_output("error", ename="KeyError", evalue="'x'"),
    "shows text/plain only": v4.new_output("execute_result", data={"text/plain": "<Axes>"}),
    "shows text/html, text/plain only": v4.new_output(
        "display_data", data={"text/html": "<p>", "text/plain": "x"}
    ),
    "shows image/png": v4.new_output("display_data", data={"image/png": "x"}),
}


def bad_cell(said: str, *tags: str) -> NotebookNode:
    return v4.new_code_cell(
        "frame.head()", outputs=[BAD_OUTPUTS[said]], metadata={"tags": list(tags)}
    )


@pytest.mark.parametrize("said", BAD_OUTPUTS)
def test_an_output_that_is_not_ours_is_an_error(said: str) -> None:
    with pytest.raises(InputError, match=re.escape("cell 2 ('frame.head()') " + said)):
        export(make_notebook(prose("甲"), bad_cell(said)))


def test_a_hidden_cell_may_print_but_not_fail() -> None:
    export(make_notebook(bad_cell("prints 'hello'", "hide")))
    with pytest.raises(InputError, match=r"cell 1 .* failed"):
        export(make_notebook(bad_cell("failed with KeyError: 'x'", "hide")))


WRONG_FACTS = {
    "'language' must be one of": {"language": "fr"},
    "'date' is '8 March'": {"date": "8 March"},
    "'year' must be of type int": {"year": "107"},
    "'title' is empty": {"title": " "},
    "'publisher' is empty": {"publisher": ""},
    "'colour' is not known": {"colour": "blue"},
}


@pytest.mark.parametrize("said", WRONG_FACTS)
def test_wrong_facts_are_refused(said: str) -> None:
    with pytest.raises(InputError, match=said):
        export(make_notebook(prose("甲"), **WRONG_FACTS[said]))


def test_missing_facts_are_refused() -> None:
    notebook = make_notebook(prose("甲"))
    del notebook.metadata["closurerate"]["title"]
    with pytest.raises(InputError, match="lacks title: papermill and JupyterLab do not write"):
        export(notebook)
    del notebook.metadata["closurerate"]
    with pytest.raises(InputError, match=r"lacks title, subtitle, .*closurerate notebook"):
        export(notebook)


@pytest.mark.browser
def test_no_screen_is_overflown(source: str, tmp_path: Path) -> None:
    found = page_faults(source, tmp_path, [(360, False), (1280, False)])
    assert not [kind for kind in found if kind.startswith(("wide", "cut", "axe"))]
