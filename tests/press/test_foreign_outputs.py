"""A notebook that knows nothing of ours, run by papermill alone, becomes a page and a PDF."""

import base64
import io
from datetime import date
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat import NotebookNode, v4
from pypdf import PdfReader

from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.press.export.foreign_outputs import adopt
from closurerate.press.export.selection import in_language
from closurerate.press.facts import METADATA_KEY, plain_facts
from closurerate.press.print.labels import LANGUAGES, Language
from report_samples import Page

CELLS = (
    'branch = "臺北"',
    "import pandas as pd, matplotlib.pyplot as plt, altair as alt\nprint('branch', branch)",
    "frame = pd.DataFrame({'x': [1.5, -2], 'name': ['甲', '<b>乙</b>']}, index=['one', 'two'])",
    "# 我的表\nframe",
    "frame.set_index('name', append=True).T",
    "# My picture\nplt.plot([1, 2])",
    "# Drawn by Altair\nalt.Chart(frame).mark_bar().encode(x='name', y='x')",
    "41 + 1",
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    cells = [
        v4.new_markdown_cell("# 我的問題\n\nA question of my own."),
        *map(v4.new_code_cell, CELLS),
    ]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / "own.ipynb"
    )
    papermill.execute_notebook(
        folder / "own.ipynb", folder / "run.ipynb", {"branch": "花蓮"}, progress_bar=False
    )
    return folder / "run.ipynb"


def test_its_page_has_tables_pictures_and_what_it_printed(executed: Path, tmp_path: Path):
    out = tmp_path / "own.html"
    assert main(["html", str(executed), "--language", "en", "--out", str(out)]) == 0
    page = Page(out.read_text("utf-8"))
    assert "An analysis of one’s own" in page.text
    assert "A question of my own." in page.text
    assert "branch 花蓮" in page.text
    assert "Table 1. 我的表" in " ".join(page.text.split())
    assert "<b>乙</b>" in page.text
    assert "Table 2. What cell 6 shows" in " ".join(page.text.split())
    assert "Figure 1. My picture" in " ".join(page.text.split())
    assert "Figure 2. Drawn by Altair" in " ".join(page.text.split())
    assert "alt.Chart" not in page.text
    assert "Line2D" not in page.text
    assert len(page.all("svg")) == 2
    saved = [link for link in page.all("a") if link.get("download", "").endswith(".csv")]
    data = base64.b64decode(saved[0]["href"].partition(",")[2]).decode("utf-8-sig")
    assert data.splitlines()[1:] == ["one,1.5,甲", "two,-2.0,<b>乙</b>"]


def test_its_pdf_is_set(executed: Path, tmp_path: Path):
    out = tmp_path / "own.pdf"
    assert main(["pdf", str(executed), "--language", "zh-Hant", "--out", str(out)]) == 0
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(out.read_bytes())).pages)
    for said in ("我的問題", "自行分析", "branch 花蓮", "表 1", "我的表", "My picture", "42"):
        assert said in text


@pytest.mark.parametrize(
    ("data", "said"),
    [({"image/jpeg": "x"}, "cell 3 shows a JPEG picture: show it as PNG or SVG")],
)
def test_what_cannot_be_shown_is_told(data: dict[str, str], said: str):
    cell = v4.new_code_cell("1", outputs=[v4.new_output("display_data", data=data)])
    with pytest.raises(InputError, match=said):
        adopt(cell, 3)


def test_altair_without_what_draws_it_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    data = {"application/vnd.vegalite.v6+json": {"mark": "bar"}}
    cell = v4.new_code_cell("1", outputs=[v4.new_output("display_data", data=data)])
    with pytest.raises(InputError, match=r"closurerate\[altair\]"):
        adopt(cell, 3)


def table(html: str) -> NotebookNode:
    data = {"text/html": f'<table border="1" class="dataframe">{html}</table>'}
    return v4.new_code_cell("1", outputs=[v4.new_output("display_data", data=data)])


def test_spans_of_a_data_frame_are_filled():
    cell = table(
        "<thead><tr><th></th><th colspan=2>a</th></tr>"
        "<tr><th></th><th>b</th><th>c</th></tr></thead>"
        "<tbody><tr><th rowspan=2>k</th><td>1</td><td>2</td></tr>"
        "<tr><td>3</td><td>4</td></tr></tbody>"
    )
    adopt(cell, 1)
    shown = cell.outputs[0].data["application/vnd.closurerate.shown+json"]["shown"]
    assert [column["heading"] for column in shown["columns"]] == ["", "a b", "a c"]
    assert shown["rows"] == [["k", "1", "2"], ["k", "3", "4"]]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "rest on synthetic cases, none of them real. A branch that this page names is"),
        ("zh-Hant", "沒有一件是真實案件。本頁若寫出分署名稱，也是合成案件的分署"),
    ],
)
def test_what_says_that_it_is_synthetic_is_told_at_the_head(language: Language, sentence: str):
    """A DataFrame of the library has the branches' own names, whoever ran the notebook."""
    rows = (
        "<thead><tr><th>{}</th><th>value</th></tr></thead><tbody><tr><th>花蓮</th><td>1</td></tr>"
    )
    for index, is_told in (("branch (synthetic)", True), ("branch", False)):
        own = v4.new_notebook(cells=[table(rows.format(index))])
        own.metadata[METADATA_KEY] = plain_facts(dict.fromkeys(LANGUAGES, "own"), date(2018, 1, 1))
        notice = in_language(own, language).metadata[METADATA_KEY]["synthetic_notice"]
        assert (sentence in notice) == is_told
        assert bool(notice) == is_told
