"""The notebooks: how they are written, and what they become, run for real on a small year."""

import ast
import base64
import contextlib
import io
import json
import re
import shutil
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from fontTools.ttLib import TTFont
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from pypdf import PdfReader

from browser import page_faults
from chart_watch import charts_watched
from closurerate.cases.vocabulary import BRANCHES
from closurerate.cli import main
from closurerate.press.print.escape import typeset
from closurerate.press.print.labels import EVIDENCES, SYNTHETIC, labels
from closurerate.press.print.looks import PALETTE
from closurerate.press.words import word
from notebook_runner import run_notebook, shown_in
from pdf_pages import fills, heads
from project_copy import (
    FRACTION,
    OPTIONAL,
    ROOT,
    build,
    copy_project,
    extract_of,
    few_worlds,
    once,
    reported,
    run_make,
    shipped,
    shipped_bytes,
)
from report_samples import Page, fonts_of
from year_samples import plain

NAMES = ("01_cases", "02_kpi", "03_combination", "04_thresholds", "06_audit", "07_report")
STUDIES = ("03_combination", "04_thresholds")
IN_PRINT = (*STUDIES, "06_audit", "07_report")
OF_EXTRACT = ("01_cases", "03_combination", "04_thresholds", "06_audit", "07_report")
LANGUAGES = ("zh-Hant", "en")
KPI = "effective_closure_rate"
SOURCE = f"synthetic-{FRACTION}"
MACHINE = re.compile(r"/(home|root|tmp|work|Users|usr|var|opt)/|[A-Z]:\\|file://")


def committed(name: str) -> NotebookNode:
    return nbformat.reads(text_of(f"notebooks/{name}.ipynb"), as_version=4)


def text_of(name: str) -> str:
    return shipped_bytes(name).decode("utf-8")


def tags_of(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def prose_of(cell: NotebookNode) -> dict[str, str]:
    """Return the words of a cell that is prose, by the name of its language; nothing of others."""
    is_prose = cell.cell_type == "code" and cell.source.startswith("prose(")
    body = ast.parse(cell.source).body if is_prose else []
    call = getattr(body[0], "value", None) if len(body) == 1 else None
    if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "prose":
        return {}
    said = [item for item in call.keywords if item.arg in ("zh", "en")]
    return {str(item.arg): str(ast.literal_eval(item.value)) for item in said}


def headings_of(notebook: NotebookNode, language: str) -> list[str]:
    key = {"zh-Hant": "zh", "en": "en"}[language]
    return [
        line.lstrip("#").strip()
        for cell in notebook.cells
        for line in prose_of(cell).get(key, "").splitlines()
        if line.startswith("#")
    ]


# How they are written ------------------------------------------------------------------------
def faults_of(notebook: NotebookNode, text: str) -> list[str]:
    """Return what in a notebook is against docs/STYLE.md, in words."""
    cells = notebook.cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    parameters = [number for number, cell in enumerate(cells) if "parameters" in tags_of(cell)]
    faults = ["machine path"] * bool(MACHINE.search(text))
    faults += ["outputs"] * any(cell.outputs for cell in code)
    faults += ["execution count"] * any(cell.execution_count is not None for cell in code)
    faults += ["kernel version"] * ("version" in notebook.metadata.get("language_info", {}))
    faults += ["not one parameters cell"] * (len(parameters) != 1)
    faults += ["more than five lines"] * any(length_of(cell.source) > 5 for cell in code)
    faults += ["empty cell"] * any(not cell.source.strip() for cell in cells)
    for cell in code:
        faults += code_faults(cell.source, "parameters" in tags_of(cell))
    faults += order_faults(cells)
    return faults + language_faults(cells)


def length_of(source: str) -> int:
    """Return the lines of a cell; one that only imports, a line a room, has none to count."""
    body = ast.parse(source).body if source.startswith("from ") else []
    is_of_imports = bool(body) and all(isinstance(item, ast.ImportFrom) for item in body)
    return 0 if is_of_imports else len(source.splitlines())


FORBIDDEN: dict[str, tuple[type[ast.AST], ...]] = {
    "definition": (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    "loop": (ast.For, ast.AsyncFor, ast.While, ast.comprehension),
    "control flow": (ast.If, ast.Try, ast.With, ast.Global),
}
PARSING = re.compile(r"(read|open|load|parse)(_|$)")
CALLS = {"open", "print", "exec", "eval", "__import__"}


def code_faults(source: str, is_parameters: bool) -> list[str]:
    if re.search(r"(?m)^\s*[%!]", source):
        return ["magic"]
    tree = ast.parse(source)
    faults = [fault for node in ast.walk(tree) for fault in node_faults(node)]
    plain = [isinstance(getattr(item, "value", None), ast.Constant) for item in tree.body]
    faults += ["a parameter that is no plain literal"] * (is_parameters and not all(plain))
    return faults


def node_faults(node: ast.AST) -> list[str]:
    faults = [name for name, kinds in FORBIDDEN.items() if isinstance(node, kinds)]
    if isinstance(node, ast.Import):
        faults += [f"import {name.name}" for name in node.names]
    if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("closurerate."):
        faults.append(f"import {node.module}")
    if isinstance(node, ast.Attribute) and PARSING.match(node.attr):
        faults.append(f"parsing by {node.attr}")
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
        faults.append("parsing or printing")
    return faults


def order_faults(cells: list[NotebookNode]) -> list[str]:
    """Return what stands in the wrong place: parameters, imports, question, then the rest."""
    has_import = ["import " in cell.source for cell in cells]
    faults = ["imports are not right after the parameters"] * (
        has_import != [False, True] + [False] * (len(cells) - 2)
        or "parameters" not in tags_of(cells[0])
    )
    question = next(filter(None, map(prose_of, cells[2:])), {})
    return faults + ["no question first"] * (
        not question or not all(re.search("[?？]", text) for text in question.values())
    )


def language_faults(cells: list[NotebookNode]) -> list[str]:
    faults = ["prose that is not said in both languages"] * any(
        cell.cell_type == "markdown" for cell in cells
    )
    for said in filter(None, map(prose_of, cells)):
        levels = {name: re.findall(r"(?m)^#+(?= )", text) for name, text in said.items()}
        faults += ["headings differ in level"] * (levels.get("zh") != levels.get("en"))
    return faults


BREAKS = {
    "outputs": lambda nb: nb.cells[1].outputs.append(
        nbformat.v4.new_output("stream", text="x")
    ),
    "execution count": lambda nb: nb.cells[1].update(execution_count=1),
    "not one parameters cell": lambda nb: nb.cells[0].metadata.pop("tags"),
    "more than five lines": lambda nb: nb.cells[3].update(source="x = 1\n" * 6),
    "definition": lambda nb: nb.cells[3].update(source="f = lambda: 1"),
    "loop": lambda nb: nb.cells[3].update(source="x = [y for y in (1, 2)]"),
    "import warnings": lambda nb: nb.cells[1].update(source="import warnings"),
    "import pandas": lambda nb: nb.cells[1].update(source="from pandas import read_csv"),
    "parsing by read_text": lambda nb: nb.cells[3].update(source="x.read_text()"),
    "magic": lambda nb: nb.cells[3].update(source="%pip install x"),
    "a parameter that is no plain literal": lambda nb: nb.cells[0].update(source="year = 100 + 7"),
    "no question first": lambda nb: nb.cells.pop(2),
    "imports are not right after the parameters": lambda nb: nb.cells.append(nb.cells.pop(1)),
    "prose that is not said in both languages": lambda nb: nb.cells.append(
        nbformat.v4.new_markdown_cell("x")
    ),
    "headings differ in level": lambda nb: nb.cells[4].update(
        source='prose(zh="## a", en="### a")'
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", BREAKS)
def test_the_rules_find_what_breaks_them(fault: str) -> None:
    notebook = committed("01_cases")
    BREAKS[fault](notebook)
    assert fault in faults_of(notebook, "")


def test_the_rules_find_a_path_of_a_machine() -> None:
    assert "machine path" in faults_of(committed("01_cases"), '"/home/somebody/x"')


@pytest.mark.parametrize(
    "name", [name for name in shipped() if re.fullmatch(r"notebooks/\d.*\.ipynb", name)]
)
def test_a_notebook_holds_to_the_style(name: str) -> None:
    text = text_of(name)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert faults_of(notebook, text) == []


def test_these_are_all() -> None:
    made = re.findall(r"\b\d\d_[a-z]\w*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert sorted(set(made)) == list(NAMES)


# What they become ----------------------------------------------------------------------------
def place(
    project: Path, language: str, name: str, end: str, year: int = 107, source: str = SOURCE
) -> Path:
    folder = project / "reports" / str(year) / source / language
    return (folder if name == "01_cases" else folder / KPI) / f"{name}.{end}"


def run_of(project: Path, name: str, source: str = SOURCE) -> Path:
    """Return where the executed notebook lies."""
    return place(project, "notebooks", name, "ipynb", source=source)


def printed(project: Path, language: str, source: str, name: str) -> None:
    """Make the pages of an executed notebook that are read, by their commands, in this process."""
    for kind in ("html", "pdf")[: 2 if name == "07_report" else 1]:
        out = str(place(project, language, name, kind, source=source))
        run(kind, str(run_of(project, name, source)), "--language", language, "--out", out)


def run(*arguments: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(sys.stdout):
        assert main(arguments) == 0, arguments


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small synthetic year's report and study, made by make in both languages."""
    report = reported(tmp_path_factory)

    def fill(folder: Path) -> None:
        shutil.copytree(report, folder, symlinks=True, dirs_exist_ok=True)
        with charts_watched(folder / "charts"):
            build(folder, "study", "audit", f"FRACTION={FRACTION}")

    return once(tmp_path_factory, "both", fill)


@cache
def page(project: Path, language: str, name: str, **where: Any) -> Page:
    return Page(place(project, language, name, "html", **where).read_text(encoding="utf-8"))


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_page_is_cut_small_or_faint_and_axe_finds_nothing(
    project: Path, tmp_path: Path, name: str, language: str
) -> None:
    source = place(project, language, name, "html").read_text("utf-8")
    found = page_faults(source, tmp_path)
    assert {kind: fault for kind, fault in found.items() if not kind.startswith("hidden")} == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_has_the_data_that_it_draws(project: Path, name: str) -> None:
    kept = json.loads(run_of(project, name).with_suffix(".shown.json").read_text("utf-8"))
    charts = [item for item in kept if item["kind"] == "chart"]
    assert charts
    for chart in charts:
        assert chart["rows"], chart["id"]
        assert {len(row) for row in chart["rows"]} == {len(chart["columns"])}


@cache
def pdf_texts(project: Path, language: str, name: str, **where: Any) -> list[str]:
    reader = PdfReader(place(project, language, name, "pdf", **where))
    return [sheet.extract_text() for sheet in reader.pages]


def pdf_pages(project: Path, language: str, name: str = "07_report", **where: Any) -> list[str]:
    return [squeezed(text) for text in pdf_texts(project, language, name, **where)]


def squeezed(text: str) -> str:
    return "".join(text.split())


def notice_of(language: str) -> str:
    return squeezed(word("synthetic_fraction_notice", language, fraction="1/1000"))


every = pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language in LANGUAGES for name in NAMES]
)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_in_print = pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language in LANGUAGES for name in IN_PRINT]
)


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_failed_or_printed(project: Path, name: str) -> None:
    path = run_of(project, name)
    executed = nbformat.read(path, as_version=4)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert len(outputs) > 10
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result"}
    assert not [output for output in outputs if "image/png" in output.data]  # a figure left open
    text = path.read_text(encoding="utf-8")
    assert "Traceback" not in text
    assert not MACHINE.search(re.sub(r'"image/[^"]*": "[^"]*"', "", text))
    assert not re.search(r"at 0x[0-9a-f]{6,}", text)


@every
def test_a_page_loads_nothing(project: Path, language: str, name: str) -> None:
    read = page(project, language, name)
    for tag, attributes in read.elements:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base", "source"}
        # What stands in the page itself: a script, or data.
        assert tag != "script" or attributes.get("type", "application/json") == "application/json"
        for key, value in attributes.items():
            assert not key.startswith("on")
            assert key not in {"src", "srcset", "poster", "background", "action", "data"}
            if key.endswith("href") and tag != "a":
                assert value.startswith("#")
            elif not key.startswith("xmlns"):
                assert not re.search(r"url\(\s*['\"]?(?!#|data:)", value)
    assert "@import" not in "".join(read.styles)
    assert set(re.findall(r"url\(\s*['\"]?(\w+):", "".join(read.styles))) == {"data"}


@every
def test_a_page_has_its_language_title_and_notice(project: Path, language: str, name: str) -> None:
    read = page(project, language, name)
    assert read.elements[0][0] == "html"
    assert read.elements[0][1]["lang"] == language
    title = committed(name).metadata["closurerate"]["title"][language]
    year, kpi = {"zh-Hant": ("107", "有效結案率"), "en": ("107 (2018)", "effective closure rate")}[
        language
    ]
    assert title.replace("{year}", year).replace("{kpi}", kpi) in plain(read.text)
    notice, text = notice_of(language), squeezed(read.text)
    assert notice in text
    first = squeezed(headings_of(committed(name), language)[0])
    assert text.index(notice) < text.rindex(first)
    assert text.count(notice) == 1


@every
def test_a_page_speaks_one_language(project: Path, language: str, name: str) -> None:
    (other,) = set(LANGUAGES) - {language}
    read = page(project, language, name)
    shown = [squeezed(text) for text in headings_of(committed(name), language)]
    text = squeezed(read.text)
    assert len(shown) >= 3
    assert all(heading in text for heading in shown)
    foreign = [squeezed(heading) for heading in headings_of(committed(name), other)]
    assert not [heading for heading in foreign if heading in text]
    frame, strange = labels(language), labels(other)
    assert frame["source"].strip() in read.text
    assert strange["illustration"] not in read.text
    assert strange["source"].strip() not in read.text
    if language == "en":
        prose = re.sub(r"[（(][^）)]*[）)]", "", read.text)
        assert not re.search(r"[\u4e00-\u9fff]{5,}", prose)


@every
def test_a_page_names_its_evidence(project: Path, language: str, name: str) -> None:
    read = page(project, language, name)
    tags = [a["class"] for _, a in read.elements if a.get("class", "").startswith("evidence ")]
    assert "evidence illustration" in tags
    assert "evidence extract" not in tags
    assert labels(language)["illustration"] in read.text


@every
def test_each_character_has_a_glyph_in_the_page_itself(
    project: Path, language: str, name: str
) -> None:
    read = page(project, language, name)
    fonts = re.findall(r"font/woff;base64,([A-Za-z0-9+/=]+)\)", "".join(read.styles))
    assert len(fonts) == 2
    attributes = "".join(
        value for _, found in read.elements for key, value in found.items() if key == "aria-label"
    )
    needed = {sign for sign in read.text + attributes if sign.isprintable() and not sign.isspace()}
    for font in fonts:
        with TTFont(io.BytesIO(base64.b64decode(font))) as covering:
            assert {ord(sign) for sign in needed} <= set(covering.getBestCmap())


@every
def test_charts_and_tables_can_be_read_without_seeing(
    project: Path, language: str, name: str
) -> None:
    source = place(project, language, name, "html").read_text(encoding="utf-8")
    read = Page(source)
    drawings = [a for tag, a in read.elements if tag == "svg"]
    assert drawings
    for drawing in drawings:
        assert drawing["role"] == "img"
        assert len(drawing["aria-label"]) > 20
        assert not re.search(r"\b(nan|None|inf)\b|[{}]", drawing["aria-label"])
    for svg in re.findall(r"<svg .*?</svg>", source, flags=re.DOTALL):
        assert ElementTree.fromstring(svg) is not None
        assert not re.search(r'"(nan|inf)|[ ,](nan|inf)[ ,"]', svg)
    assert all("scope" in a for tag, a in read.elements if tag == "th")


def test_the_report_follows_the_official_structure(project: Path) -> None:
    text = squeezed(page(project, "zh-Hant", "07_report").text)
    pages = "".join(pdf_pages(project, "zh-Hant"))
    parts = [
        "壹、關鍵策略目標達成情形", "一、關鍵策略目標", "（一）關鍵策略目標",
        "績效衡量暨達成情形分析", "（１）衡量指標說明", "（２）指標達成情形", "（３）達成效益",
        "二、關鍵績效指標相關計畫活動之成本", "三、推動成果具體事蹟",
        "（一）徵起金額持續增加，有效管控未結件數", "（二）加強執行滯欠大戶案件，實現社會公義",
        "（三）深化執行小額案件，提升民眾守法意識",
        "（四）推動創新作為，擴大為民服務品質，提高機關能見度",
        "（五）關懷弱勢義務人，保障其生存", "（六）擴大實施多元繳款便民措施，廣為宣導民眾知悉",
        "（七）持續推動行政執行文書電子化作業", "貳、績效總評", "（一）各關鍵績效指標燈號",
        "叁、評估綜合意見", "一、強化執行績效方面",
    ]  # fmt: skip
    for whole in (text, pages):
        places = [whole.rindex(part) for part in parts]
        assert places == sorted(places)


@each_language
def test_the_report_states_the_kpi_and_both_series(project: Path, language: str) -> None:
    pages = pdf_pages(project, language)
    whole = "".join(pages)
    spoken = "{} 至 {}" if language == "zh-Hant" else "{} to {}"
    for figure in ("36.49", "32.76", "36.86", "25", "100", "★", "---"):
        assert figure in whole
    assert squeezed(spoken.format("36.89", "36.90")) in whole
    assert len(pages) >= 5


@each_language
def test_page_one_holds_the_summary_and_the_key(project: Path, language: str) -> None:
    first, second, *_ = pdf_pages(project, language)
    told = labels(language)
    last = word("check_synthetic", language).replace("“", "").replace("”", "")
    for part in (last, told["key"], told["key_rule"], told["means_illustration"]):
        assert squeezed(part) in re.sub("[“”]", "", first), part
    assert squeezed(told["contents"]) not in first
    assert second.replace(squeezed(told["contents"]), "", 1) != second


@each_in_print
def test_the_pdf_says_at_its_head_what_in_it_is_synthetic(
    project: Path, language: str, name: str
) -> None:
    first, *others = pdf_pages(project, language, name)
    assert squeezed(labels(language)["synthetic_parts"]) in first
    assert notice_of(language) in first
    assert not any(notice_of(language) in text for text in others)
    assert squeezed(labels(language)["illustration"]) in "".join(others)


@each_in_print
def test_the_pdf_has_no_empty_box_and_no_font_of_the_machine(
    project: Path, language: str, name: str
) -> None:
    reader = PdfReader(place(project, language, name, "pdf"))
    fonts = fonts_of(reader)
    allowed = {"NotoSansTC-Regular", "NotoSerifTC-Regular", "NewCMMath-Book", "DejaVuSansMono"}
    assert {"NotoSansTC-Regular", "NotoSerifTC-Regular"} <= fonts <= allowed
    assert not re.search("[\ufffd\0]", "".join(pdf_pages(project, language, name)))
    metadata = reader.root_object["/Metadata"].get_object().get_data().decode("utf-8")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata


@pytest.mark.parametrize("name", ["03_combination", "04_thresholds"])
@each_language
def test_no_page_of_the_pdf_stays_empty(project: Path, language: str, name: str) -> None:
    reader = PdfReader(place(project, language, name, "pdf"))
    begun = heads(reader)
    assert {
        page: fill
        for page, fill in enumerate(fills(reader)[:-1], start=1)
        if fill < 0.75 and page not in begun  # of the next page, counted from 0
    } == {}


def test_the_pdf_has_bookmarks_for_its_parts(project: Path) -> None:
    outline = PdfReader(place(project, "zh-Hant", "07_report", "pdf")).outline
    top = [item.title for item in outline if not isinstance(item, list)]
    assert [title[:2] for title in top] == [
        "摘要", "壹、", "貳、", "叁、", "與原", "附錄", "附錄", "附註",
    ]  # fmt: skip


def test_a_second_run_elsewhere_gives_the_same_bytes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = tmp_path / "elsewhere and deeper"
    again.mkdir()
    # The kernel runs the copy's code, which is no checkout whose commit a page could name.
    monkeypatch.setenv("PYTHONPATH", str(again / "src"))
    copy_project(again)
    few_worlds(again)
    cases = Path("data") / "cases"
    shutil.copytree(project / cases, again / cases)
    executed = str(run_of(again, "07_report"))
    given = ("--year", "107", "--cases", SOURCE, "--kpi", KPI, "--out", executed)
    with contextlib.chdir(again):
        run("notebook", "notebooks/07_report.ipynb", *given)
        printed(again, "zh-Hant", SOURCE, "07_report")
    # Without its links, as there is no other page in the other folder.
    for kind in ("html", "pdf"):  # nor with the digest of a run, of which it has no record
        fresh = tmp_path / f"fresh.{kind}"
        run(kind, str(run_of(project, "07_report")), "--language", "zh-Hant", "--out", str(fresh))
        assert fresh.read_bytes() == place(again, "zh-Hant", "07_report", kind).read_bytes()
    for made_file in (
        run_of(project, "07_report"),
        run_of(project, "07_report").with_suffix(".shown.json"),
    ):
        other = again / made_file.relative_to(project)
        assert made_file.read_bytes() == other.read_bytes(), made_file.name


def ledger_of(project: Path, language: str, name: str) -> dict[str, Any]:
    source = place(project, language, name, "html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="ledger">(.*?)</script>', source)
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_behind_a_number_is_the_same_in_both_languages(project: Path, name: str) -> None:
    chinese, english = (ledger_of(project, language, name) for language in LANGUAGES)
    values = [
        {(one["name"], one["value"]) for one in ledger["numbers"] if one["name"]}
        for ledger in (chinese, english)
    ]
    assert values[0] == values[1]
    assert len(values[0]) >= 3
    assert chinese["inputs"] == english["inputs"]
    for key, one in chinese["figures"].items():
        assert one["value"] == english["figures"][key]["value"]
        assert set(one.get("parts", ())) <= set(chinese["figures"])


def test_the_kpi_is_told_down_to_the_counts_and_their_sql(project: Path) -> None:
    ledger = ledger_of(project, "en", "07_report")
    figures = ledger["figures"]
    assert figures["rate"]["parts"] == ["I1", "I2"]
    assert figures["I1"]["parts"] == ["closed", "effective"]
    e, c, p = (Fraction(figures[name]["value"]) for name in ("effective", "closed", "pending"))
    assert Fraction(figures["rate"]["value"]) == 100 * e * (c + p) / (c * c + p * p)
    assert all(figures[name]["sql"].startswith("SELECT count(*)") for name in ("closed", "pending"))
    file, line = figures["rate"]["rule"].rsplit(":", 1)
    assert "formula" in "".join((ROOT / file).read_text("utf-8").splitlines()[: int(line)])
    attached = PdfReader(place(project, "en", "07_report", "pdf")).attachments["ledger.json"][0]
    assert json.loads(attached)["figures"]["rate"]["value"] == figures["rate"]["value"]


@pytest.mark.parametrize("name", NAMES)
def test_stock_nbconvert_shows_one_language_in_the_looks_of_the_report(
    project: Path, name: str
) -> None:
    executed = nbformat.read(run_of(project, name), as_version=4)
    body, _ = HTMLExporter(exclude_input=True).from_notebook_node(executed)
    read = Page(body)
    chinese, english = (headings_of(committed(name), one) for one in ("zh-Hant", "en"))
    lines = {line.strip().rstrip("¶") for line in read.text.splitlines()}
    assert {heading for heading in chinese if "{" not in heading} <= lines
    assert english
    assert not lines & set(english)
    assert ".closurerate.closurerate{" in body


@pytest.mark.parametrize("name", NAMES)
def test_every_shown_value_is_kept_as_data(project: Path, name: str) -> None:
    kept = json.loads(run_of(project, name).with_suffix(".shown.json").read_text("utf-8"))
    assert len({item["id"] for item in kept}) == len(kept) > 10
    read = page(project, "en", name)
    for table in (item for item in kept if item["kind"] == "table"):
        assert plain(typeset(table["caption"]["en"].split("\n")[0])) in plain(read.text)
        assert {len(row) for row in table["rows"]} == {len(table["columns"])}
    if name == "02_kpi":
        tables = [item["rows"] for item in kept if item["kind"] == "table"]
        (nation,) = (rows[0] for rows in tables if len(rows) == 1)
        effective, closed, pending = (int(cell["value"]) for cell in nation[1:4])
        assert (nation[-1]["unit"], nation[-1]["decimals"]) == ("percent", 2)
        exact = Fraction(100 * effective * (closed + pending), closed**2 + pending**2)
        assert Fraction(nation[-1]["value"]) == exact


@every
def test_the_key_explains_each_label_of_the_page_and_no_other(
    project: Path, language: str, name: str
) -> None:
    source = place(project, language, name, "html").read_text("utf-8")
    before, key, after = re.split(r'<aside class="key"(.*?)</aside>', source, flags=re.DOTALL)
    explained, used = (
        re.findall(r'class="evidence (\w+)"', part) for part in (key, before + after)
    )
    assert explained == [evidence for evidence in EVIDENCES if evidence in used]
    assert explained
    for evidence in explained:
        assert labels(language)[f"means_{evidence}"] in key


OF_THIS_MACHINE = re.compile(
    r"\b(data|notebooks|src|reports)/|\.(yml|ipynb)\b|JupyterLab|\b0[1-7]_[a-z]"
    r"|\bmake (report|study|cases|lab|YEAR)\b|\bclosurerate (kpi|worlds|html|pdf)\b"
)


@every
def test_no_path_command_or_notebook_is_named_in_print(
    project: Path, language: str, name: str
) -> None:
    text = page(project, language, name).text
    if name in IN_PRINT:
        text += "\n".join(pdf_texts(project, language, name))
    found = [
        text[max(0, one.start() - 40) : one.end() + 40] for one in OF_THIS_MACHINE.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize("name", NAMES)
def test_no_real_branch_is_named_of_synthetic_rows(project: Path, name: str) -> None:
    kept = json.loads(run_of(project, name).with_suffix(".shown.json").read_text("utf-8"))
    # 07 and 06 tell of real places: what was published of them.
    is_told = name in ("06_audit", "07_report")
    told = [one for one in kept if not is_told or one.get("evidence") in SYNTHETIC]
    text = json.dumps(told, ensure_ascii=False)
    assert not [branch for branch in BRANCHES if branch in text or word(branch, "en") in text]
    if name == "02_kpi":
        assert "分署甲" in text
        assert "Branch A" in text


@every
def test_a_chart_of_synthetic_rows_says_so_in_itself(
    project: Path, language: str, name: str
) -> None:
    source = place(project, language, name, "html").read_text("utf-8")
    charts = re.findall(r'<figure [^>]*class="chart.*?</figure>', source, re.DOTALL)
    assert charts or name == "01_cases"
    for chart in charts:
        is_made_up = re.search('class="evidence (worlds|illustration)"', chart) is not None
        assert (f'aria-label="{labels(language)["made_up_picture"]}' in chart) == is_made_up
        marked = rf'<path [^>]*{PALETTE.made_up.lower()}\)?"'
        # At both widths.
        assert len(re.findall(marked, chart)) == chart.count("<svg ") * is_made_up


def test_the_yearly_report_ranks_no_branch_without_an_extract(project: Path) -> None:
    kept = json.loads(run_of(project, "07_report").with_suffix(".shown.json").read_text("utf-8"))
    charts = [item for item in kept if item["kind"] == "chart"]
    of_branches = [item for item in charts if "分署" in json.dumps(item, ensure_ascii=False)]
    assert [item["evidence"] for item in of_branches] == ["worlds"]


# An extract ----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def extract(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an extract as an agency would bring it: no mark, no optional column."""

    def fill(folder: Path) -> None:
        copy_project(folder)
        synthetic = project / "data" / "cases" / "107" / SOURCE / "cases.parquet"
        raw = folder / "data" / "raw" / "107" / "of agency.parquet"
        extract_of(synthetic, raw, drop=OPTIONAL)
        cases = "data/cases/107/extract/cases.parquet"
        with contextlib.chdir(folder):
            run("cases", "--year", "107", "--kind", "extract", "--out", cases)
            where = "data/cases/107/extract"
            also = ("--profile", f"{where}/profile.json")
            also += ("--repayments", f"{where}/repayments.{KPI}.parquet")
            out = f"{where}/counts.{KPI}.parquet"
            run("count", "--year", "107", "--cases", cases, *also, "--out", out)
        for name in OF_EXTRACT:
            with shown_in("en"):
                executed = run_notebook(folder, name, year=107)
            out = run_of(folder, name, "extract")
            out.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(executed, out)
            printed(folder, "en", "extract", name)

    return once(tmp_path_factory, "extract", fill)


@pytest.mark.parametrize("name", OF_EXTRACT)
def test_nothing_says_synthetic_of_an_extract(extract: Path, name: str) -> None:
    read = page(extract, "en", name, source="extract")
    classes = [attributes.get("class", "") for _, attributes in read.elements]
    assert not [text for text in classes if "synthetic" in text or "illustration" in text]
    assert labels("en")["illustration"] not in read.text
    # What explains the series may name what does not apply here.
    explained = [prose_of(cell).get("en", "") for cell in committed(name).cells]
    allowed = squeezed(" ".join(explained)).count("synthetic")
    assert squeezed(read.text).count("synthetic") <= allowed
    assert "Synthetic" not in read.text
    assert "reduced scale" not in read.text


@pytest.mark.parametrize("name", OF_EXTRACT)
def test_the_evidence_of_an_extract_is_the_extract(extract: Path, name: str) -> None:
    read = page(extract, "en", name, source="extract")
    tags = [a["class"] for _, a in read.elements if a.get("class", "").startswith("evidence ")]
    assert "evidence extract" in tags
    assert labels("en")["extract"] in read.text


def test_no_page_of_the_pdf_says_synthetic_of_an_extract(extract: Path) -> None:
    pages = pdf_pages(extract, "en", source="extract")
    assert not [text for text in pages if "madeonsynthetic" in text.lower()]
    assert "36.49" in "".join(pages)


def test_what_an_extract_lacks_is_left_out_with_a_sentence(extract: Path) -> None:
    text = page(extract, "en", "01_cases", source="extract").text
    assert ", ".join(OPTIONAL) not in text or "Optional columns not supplied" in text
    for name in OPTIONAL:
        assert name in text
    assert re.search(r"The case data have no column .*obligor_id.*this part is left out", text)
    assert text.count("A sentence is left out: ") == 3  # reopened, small traffic, large debtors
    assert "of agency.parquet" in text
    report = page(extract, "en", "07_report", source="extract").text
    assert "A sentence is left out: a figure that it needs is not known" in report
    assert "Paragraphs left out for want of figures: " in report
    assert "None" not in text + report
    assert "nan" not in re.findall(r"\bnan\b", text + report)


# A new year ----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def new_year(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the bare skeleton of 108 and an extract of that year, reported by make."""

    def fill(folder: Path) -> None:
        copy_project(folder)
        with contextlib.chdir(folder):
            run("new-year", "108")
        synthetic = project / "data" / "cases" / "107" / SOURCE / "cases.parquet"
        extract_of(synthetic, folder / "data" / "raw" / "108" / "extract.parquet", years=1)
        build(folder, "-j2", "report", "YEAR=108")

    return once(tmp_path_factory, "new_year", fill)


def test_a_new_year_is_reported_from_its_skeleton_and_extract(new_year: Path) -> None:
    where = {"year": 108, "source": "extract"}
    text = page(new_year, "zh-Hant", "07_report", **where).text
    whole = "".join(pdf_pages(new_year, "zh-Hant", **where))
    assert "108年度施政績效報告" in whole
    assert "36.49" in whole
    assert "因缺少資料而略去的段落" in squeezed(text)
    assert "108 年度的編製者沒有提供成本表" in plain(text)
    assert labels("zh-Hant")["illustration"] not in text
    assert "草稿，尚未核定" in text
    assert not re.search(r"\bNone\b|\bnan\b|\{\w+\}", text)


def test_a_second_report_of_the_new_year_does_nothing(new_year: Path) -> None:
    assert run_make(new_year, "--question", "report", "YEAR=108").returncode == 0


def test_the_new_year_stands_beside_the_years_before(new_year: Path) -> None:
    text = squeezed(page(new_year, "zh-Hant", "07_report", year=108, source="extract").text)
    for year in (105, 106, 107, 108):
        assert f"{year}年度" in text
    assert "36.86%" in text
    assert "104年度" not in text


def test_no_unfinished_file_remains(project: Path, extract: Path, new_year: Path) -> None:
    for folder in (project, extract, new_year):
        for part in ("data", "reports", "notebooks"):
            hidden = [path for path in (folder / part).rglob(".*") if path.is_file()]
            # The lock of an intake's folder stays, empty: on some systems it cannot be removed.
            assert {path.name for path in hidden} <= {".gitkeep", ".intake.lock"}
