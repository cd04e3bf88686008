"""What the tests of the report share: an executed notebook made without a kernel, and a page."""

from html.parser import HTMLParser
from typing import Any

import nbformat
from nbformat import NotebookNode, v4
from pypdf import PdfReader

NASTY = '分署#$*_<&"@ \\ // ~`x` [y] {z} = --- 1. $a$ <b>'
"""A name that would act as markup in Markdown, HTML or Typst if it were not escaped."""

FACTS = {
    "title": "一〇七年度施政績效報告",
    "subtitle": "有效結案率",
    "language": "zh-Hant",
    "year": 107,
    "publisher": "行政執行署",
    "date": "2019-03-08",
    "date_text": "中華民國 108 年 3 月 8 日",
    "stamp": "closurerate 0.1.0",
    "synthetic_notice": "本報告以合成資料計算，僅供示意。",
    "running_head": "施政績效報告",
    "contents": True,
    "terms": [],
}


def prose(source: str, *tags: str) -> NotebookNode:
    """A Markdown cell."""
    return v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def shown(*objects: object, tags: tuple[str, ...] = (), source: str = "show()") -> NotebookNode:
    """A code cell whose outputs are what the objects show."""
    outputs = [
        v4.new_output("display_data", data=item._repr_mimebundle_())  # type: ignore[attr-defined]
        for item in objects
    ]
    return v4.new_code_cell(source, outputs=outputs, metadata={"tags": list(tags)})


def make_notebook(*cells: NotebookNode, **facts: object) -> NotebookNode:
    """An executed notebook of cells; keywords change its facts."""
    notebook = v4.new_notebook(cells=list(cells), metadata={"closurerate": {**FACTS, **facts}})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(notebook)
    return notebook


def both_prints(*cells: NotebookNode) -> NotebookNode:
    """The same as a notebook is executed: with its facts by language."""
    notebook = make_notebook(*cells)
    notebook.metadata["closurerate"] = {FACTS["language"]: notebook.metadata["closurerate"]}
    return notebook


class Page(HTMLParser):
    """A parsed page: its elements with attributes in order, its text, styles, scripts."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {key: value or "" for key, value in attrs}))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        kinds = {"style": self.styles, "script": self.scripts}
        kinds.get(self._inside, self.texts).append(data)

    @property
    def text(self) -> str:
        """All text outside style sheets."""
        return "".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a kind, in order."""
        return [attributes for name, attributes in self.elements if name == tag]


def fonts_of(reader: PdfReader) -> set[str]:
    """Return the names of the fonts that a PDF has inside."""
    return set().union(*(_fonts_in(page["/Resources"]) for page in reader.pages))


def _fonts_in(resources: Any) -> set[str]:
    found = {
        font.get_object()["/BaseFont"].split("+")[-1].removesuffix("-Identity-H")
        for font in resources.get("/Font", {}).values()
    }
    for item in resources.get("/XObject", {}).values():
        found |= _fonts_in(item.get_object().get("/Resources", {}))
    return found
