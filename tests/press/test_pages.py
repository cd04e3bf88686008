"""A page as of 2026: ids, links, data to save, terms, dark colours, a phone, and what it runs."""

import base64
import csv
import io
import itertools
import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import matplotlib.image as mpimg
import openpyxl
import pandas as pd
import pytest
from matplotlib.figure import Figure
from nbformat import NotebookNode

from browser import SCREENS, page_faults, run
from closurerate.press.chart import Chart
from closurerate.press.export.html import ReportHtmlExporter, font_faces
from closurerate.press.export.links import link_pages
from closurerate.press.export.selection import in_language
from closurerate.press.export.terms import with_terms
from closurerate.press.print.dark import in_the_dark, luminance
from closurerate.press.print.labels import EVIDENCES, SYNTHETIC
from closurerate.press.print.looks import PALETTE
from closurerate.press.prose import Finding
from closurerate.press.shown import Grounds
from closurerate.press.sliders import Slider, Sliders
from closurerate.press.slope import draw_series
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Say, both, t
from closurerate.quantity import number
from report_samples import FACTS, Page, both_prints, make_notebook, prose, shown

FONTS = re.compile(r"@font-face.*?(?=\n</style>)", re.DOTALL)
ROWS = [(f"名{place}", 1000 * place % 7001, Fraction(place, 3)) for place in range(1, 12)]
SLIDERS = Sliders(
    both("移動", "Move"),
    both("紙本", "On paper"),
    [Slider("甲", [(str(place), place * 7 - 14) for place in range(5)], 2)] * 2,
    100,
    Fraction(1, 3),
    Fraction(22, 7),
    2,
    "件數",
    "率",
    " %",
)


def table() -> Table:
    columns = [*words("branch"), *numbers("closed", unit="case"), *numbers("share", decimals=2)]
    rows = [*ROWS, ("合計", 99, Fraction(1))]
    grounds = Grounds("published")
    return Table(columns, rows, t("caption_flow"), grounds, has_total=True, is_filtered=True)


def chart() -> Chart:
    def draw(figure: Figure, say: Say) -> None:
        frame = say.frame([(t("branch"), 1.5), (t("closed"), 2.0)], "label", "value")
        axes = figure.subplots()
        axes.barh(range(2), frame["value"], color=PALETTE.accent)
        axes.set_yticks(range(2), [f"{label} of a very long name" for label in frame["label"]])
        axes.text(0.2, 0, "在柱中", color="white", va="center")
        axes.set_xlabel(say(t("share")))

    return Chart(draw, t("caption_flow"), t("alt_flow", items="1"), Grounds("illustration"))


def notebook() -> NotebookNode:
    found = make_notebook(
        prose("## 甲\n\nI1 與 E/C，再說 I1。", "zh-Hant"),
        prose("## A\n\nI1 and E/C, and I1 again.", "en"),
        shown(table(), chart(), table(), SLIDERS),
    )
    facts = {**FACTS, "terms": [["I1", "I1 = E / C"], ["E", "E < 1"], ["C", "C"], ["P", "P"]]}
    found.metadata["closurerate"] = {
        "zh-Hant": {**facts}, "en": {**facts, "language": "en", "title": "A report"},
    }  # fmt: skip
    return found


def page(language: str = "zh-Hant") -> str:
    printed = in_language(notebook(), language)  # type: ignore[arg-type]
    return str(ReportHtmlExporter().from_notebook_node(printed)[0])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {language: page(language) for language in ("zh-Hant", "en")}


# Ids and numbers ------------------------------------------------------------------------------
def test_what_is_moved_on_a_page_leaves_no_sentence_on_paper() -> None:
    printed = SLIDERS.said("en")._repr_mimebundle_()
    assert printed["text/vnd.typst"] == ""
    assert '<div class="still"><p>On paper</p>' in printed["text/html"]


def test_every_heading_table_and_chart_has_an_id_that_it_links_to(pages: dict[str, str]) -> None:
    of = {}
    for language, source in pages.items():
        read = Page(source)
        identified = [
            (tag, found["id"])
            for tag, found in read.elements
            if tag in {"figure", "h2", "h3", "h4", "h5", "h6"}
        ]
        links = [link["href"] for link in read.all("a")]
        assert all(f"#{name}" in links for _, name in identified)
        every = [found["id"] for _, found in read.elements if "id" in found]
        assert len(set(every)) == len(every)
        of[language] = identified
    assert of["zh-Hant"] == of["en"]
    assert [name for tag, name in of["en"] if tag == "figure"] == [
        "table-flow", "chart-flow", "table-flow-2",
    ]  # fmt: skip


def test_numbers_of_tables_and_charts_are_text(pages: dict[str, str]) -> None:
    for name in ("Table 1", "Figure 1", "Table 2"):
        assert f">{name}</a>" in pages["en"]
    assert "counter(chart" not in pages["en"]


# Data -----------------------------------------------------------------------------------------
def saved(source: str) -> dict[str, bytes]:
    links = re.findall(r'download="([^"]*)" href="data:[^"]*;base64,([^"]*)"', source)
    return {name: base64.b64decode(data) for name, data in links}


def test_data_of_each_table_and_chart_are_saved_alone_and_together(pages: dict[str, str]) -> None:
    files = saved(pages["en"])
    head, *rows = csv.reader(io.StringIO(files["table-flow.csv"].decode("utf-8-sig")))
    assert head == ["Branch", "Closed", "Share"]
    assert rows[0] == ["名1", "1000", "0.333333333333333"]
    assert json.loads(files["table-flow.json"])["rows"][0][2]["value"] == "1/3"
    sheet = openpyxl.load_workbook(io.BytesIO(files["table-flow.xlsx"])).active
    assert [cell.value for cell in sheet[3]] == ["名1", 1000, 0.333333333333333]
    head, *rows = csv.reader(io.StringIO(files["chart-flow.csv"].decode("utf-8-sig")))
    assert (head, rows) == (["item", "value"], [["Branch", "1.5"], ["Closed", "2"]])
    archive = zipfile.ZipFile(io.BytesIO(files["data-107.zip"]))
    alone = {name: data for name, data in files.items() if name.endswith((".csv", ".json"))}
    dictionary, *others, workbook = archive.namelist()
    assert (dictionary, workbook) == ("dictionary.csv", "tables.xlsx")
    assert {name: archive.read(name) for name in others} == alone
    told = archive.read("dictionary.csv").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(told)))
    assert lines[2] == ["table-flow", lines[1][1], "Closed", "cases", "0", "Published figures", ""]
    assert ["chart-flow", "value", "Share"] in [[line[0], *line[2:4]] for line in lines]
    assert page("en") == pages["en"]


# Terms and links ------------------------------------------------------------------------------
def test_a_symbol_is_explained_once_a_section_and_only_in_text() -> None:
    terms = [["I1", "<a>"], ["C", "closed"], ["P", "pending"]]
    text = "<h2>I1</h2><p>I1, E/C and I1, PC</p><table><td>P</td></table><h2>b</h2><p>I1</p>"
    found = with_terms(text, terms)
    assert re.findall(r'popovertarget="term-(\w+)"', found) == ["I1", "C", "I1"]
    assert re.findall(r'id="term-(\w+)" popover[^>]*>([^<]*)', found) == [
        ("I1", "&lt;a&gt;"), ("C", "closed"),
    ]  # fmt: skip
    assert with_terms(text, []) == text


def test_pages_are_linked_to_what_is_there_and_to_nothing_else(
    pages: dict[str, str], tmp_path: Path
) -> None:
    made = ["zh-Hant/01.html", "zh-Hant/kpi/07.html", "en/kpi/07.html", "zh-Hant/other/07.html"]
    for name in made:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        source = pages[name.split("/")[0]]
        if name == made[0]:
            source = re.sub("<title>.*?</title>", "<title>龘</title>", source)
        (tmp_path / name).write_text(source, encoding="utf-8")
    (tmp_path / "zh-Hant/kpi/07.pdf").touch()
    assert len(link_pages(tmp_path)) == 4
    for name in made:
        source = (tmp_path / name).read_text("utf-8")
        nav = re.search(r'<nav class="pages".*?</nav>', source, re.DOTALL)
        assert nav is not None
        targets = re.findall(r'href="([^"]*)"', nav[0])
        assert all(((tmp_path / name).parent / target).exists() for target in targets)
        if name == "zh-Hant/kpi/07.html":
            assert targets == ["../01.html", "07.pdf", "../../en/kpi/07.html"]
        # The title of another page has a character that this one had not.
        assert font_faces(FONTS.sub("", source)) in source
    assert link_pages(tmp_path) == []
    (tmp_path / "zh-Hant/kpi/07.pdf").unlink()
    assert link_pages(tmp_path) == [tmp_path / "zh-Hant/kpi/07.html"]


# Dark -----------------------------------------------------------------------------------------
def test_in_the_dark_any_two_colours_keep_their_contrast() -> None:
    colours = [value for value in vars(PALETTE).values() if isinstance(value, str)]
    for one, other in itertools.combinations([*colours, *PALETTE.meanings, *PALETTE.heights], 2):
        light, dark = (
            max(pair) / min(pair)
            for pair in (
                [luminance(colour) + 0.05 for colour in (one, other)],
                [luminance(in_the_dark(colour)) + 0.05 for colour in (one, other)],
            )
        )
        assert dark == pytest.approx(light, rel=0.05), (one, other)


def test_a_long_name_takes_several_lines_on_a_phone() -> None:
    drawn = chart().said("en")
    assert "Branch of a very long name" in drawn.svg
    assert "Branch of a" in drawn.narrow_svg
    assert "Branch of a very long name" not in drawn.narrow_svg


# In a browser ---------------------------------------------------------------------------------
EACH_SCREEN = (*SCREENS, (390, True))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_nothing_is_cut_small_or_faint_and_axe_finds_nothing(
    pages: dict[str, str], tmp_path: Path, language: str
) -> None:
    assert page_faults(pages[language], tmp_path, EACH_SCREEN) == {}


BROKEN = """
<pre style="width:500px">.</pre>
<div class="formula scroll"><p style="width:1300px">.</p></div>
<figure id="long" style="width:1300px;margin:0">.</figure>
<figure id="none" class="chart"><div class="picture"></div></figure>
<svg><text y="8" font-size="8" fill="currentColor">tiny</text></svg>
<svg width="9" height="20"><text x="5" y="18" fill="currentColor">past its end</text></svg>
<svg><text y="18" fill="#ccc">pale</text></svg><svg><text y="18" fill="#222">dark</text></svg>
<svg><path d="M0 0H9V20H0z"/><text y="18" fill="#555">begun on black</text></svg>
<svg><text y="18" fill="#777">covered</text><path d="M0 0H99V20H0z" opacity=".9"/></svg>
<svg><text y="18" fill="currentColor">marked</text><path d="M0 0H99V20H0z" opacity=".1"/></svg>
<img src="data:,"><p style="background:#fff;color:light-dark(#000,#ccc)">pale in the dark</p>
"""


@pytest.mark.browser
def test_what_is_wrong_with_a_page_is_found(pages: dict[str, str], tmp_path: Path) -> None:
    found = page_faults(pages["en"].replace("</main>", f"{BROKEN}</main>"), tmp_path, EACH_SCREEN)
    for screen in ("at 390", "at 390 in the dark", "at 1280", "at 1280 in the dark"):
        is_dark, told = screen.endswith("dark"), str(found[f"faint {screen}"])
        assert found[f"wide {screen}"] > 0
        assert found[f"cut {screen}"] == ["long"]
        assert found[f"undrawn {screen}"] == ["none"]
        assert [text for _, text in found[f"scrolled {screen}"]] == ["."]
        assert "tiny" in str(found[f"small {screen}"])
        assert "past its end" in str(found[f"out {screen}"])
        assert ("pale" in told, "dark" in told) == (not is_dark, is_dark)
        assert "begun on black" in told
        assert "covered" in str(found[f"hidden {screen}"])
        assert "marked" not in str(found[f"hidden {screen}"])
        assert "marked" not in told
        rules = [rule for rule, _ in found[f"axe {screen}"]]
        assert "image-alt" in rules
        assert ("color-contrast" in rules) == is_dark


@pytest.mark.browser
def test_a_picture_can_be_saved_as_it_stands(pages: dict[str, str], tmp_path: Path) -> None:
    code = (
        "const of = (kind) => [...D.querySelectorAll(`.chart .take a[download$='.${kind}']`)];"
        "const text = await (await W.fetch(of('svg')[0].href)).text(), png = of('png')[0];"
        "png.click();"
        "while (!png.dataset.ready) await new Promise((done) => setTimeout(done, 20));"
        "const bytes = new Uint8Array(await (await W.fetch(png.href)).arrayBuffer());"
        "const pixels = btoa(String.fromCharCode(...bytes));"
        "result = [of('svg').length, of('svg')[0].download, text, pixels]"
    )
    source = pages["en"].replace(">Share</text>", ">Share&nbsp;1</text>")
    count, name, svg, png = run(source, code, tmp_path)
    assert "Share\N{NO-BREAK SPACE}1" in svg
    assert count == pages["en"].count('<figure id="chart-')
    assert name.startswith("chart-")
    assert svg.startswith("<svg ")
    assert "var(" not in svg
    picture = mpimg.imread(io.BytesIO(base64.b64decode(png)), format="png")
    width, height = map(float, re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)[0])
    assert picture.shape[:2] == (int(4 * height), int(4 * width))
    assert len({tuple(pixel) for pixel in picture.reshape(-1, picture.shape[2])}) > 10


@pytest.mark.browser
def test_a_long_table_is_sorted_and_its_total_stays_last(
    pages: dict[str, str], tmp_path: Path
) -> None:
    code = """
    const table = D.querySelector("table.sortable"), head = table.tHead.rows[0].cells[1];
    const cells = () => [...table.tBodies[0].rows].map((row) => row.cells[1].textContent);
    const state = () => [head.getAttribute("aria-sort"), cells()];
    result = [state()];
    for (let i = 0; i < 3; i++) { head.querySelector("button").click(); result.push(state()); }
    """
    given, up, down, again = run(pages["en"], code, tmp_path)
    values = [number(value) for _, value, _ in ROWS]
    ascending = [number(value) for value in sorted(value for _, value, _ in ROWS)]
    assert given == again == [None, [*values, "99"]]
    assert up == ["ascending", [*ascending, "99"]]
    assert down == ["descending", [*ascending[::-1], "99"]]


@pytest.mark.browser
def test_sliders_compute_what_python_does(pages: dict[str, str], tmp_path: Path) -> None:
    code = """
    const inputs = [...D.querySelectorAll(".sliders input")]; result = [];
    for (let a = 0; a < 5; a++) for (let b = 0; b < 5; b++) {
      inputs[0].value = a; inputs[1].value = b; inputs[0].dispatchEvent(new Event("input"));
      result.push(["count", "value"].map((n) => D.querySelector(".sliders ." + n).textContent));
    }"""
    shown_values = run(pages["en"], code, tmp_path)
    for (a, b), found in zip(itertools.product(range(5), repeat=2), shown_values, strict=True):
        count = 100 + 7 * (a + b) - 28
        value = SLIDERS.intercept + SLIDERS.slope * count
        assert found == [number(count), number(value, 2)]


@pytest.mark.browser
def test_the_rows_of_one_first_cell_can_be_shown_alone(
    pages: dict[str, str], tmp_path: Path
) -> None:
    code = """
    const inputs = [...D.querySelector(".choice").querySelectorAll("input")];
    const rows = [...D.querySelector("table.filtered").tBodies[0].rows];
    const isSeen = (row) => row.getClientRects().length > 0;
    const shown = () => rows.filter(isSeen).map((row) => row.cells[0].textContent);
    result = [inputs.length, shown()];
    for (const input of [inputs[3], inputs[0]]) { input.click(); result.push(shown()); }
    """
    count, whole, one, again = run(pages["en"], code, tmp_path)
    assert count == len(ROWS) + 2
    assert whole == again == [name for name, *_ in ROWS] + ["合計"]
    assert one == ["名3"]


@pytest.mark.browser
def test_only_what_rests_on_made_up_cases_has_the_bar_that_warns(tmp_path: Path) -> None:
    code = """
    result = [...D.querySelectorAll(".finding")].map((one) => [
      one.querySelector(".evidence").classList[1], getComputedStyle(one).borderLeftStyle,
      getComputedStyle(one.querySelector(".evidence")).backgroundColor,
    ]);"""
    findings = shown(*(Finding("甲", evidence) for evidence in EVIDENCES))
    source, _ = ReportHtmlExporter().from_notebook_node(
        in_language(both_prints(findings), "zh-Hant")
    )
    found = run(source, code, tmp_path)
    assert [evidence for evidence, *_ in found] == list(EVIDENCES)
    plain, warned = (
        {tuple(look) for evidence, *look in found if (evidence in SYNTHETIC) == is_made_up}
        for is_made_up in (False, True)
    )
    assert len(plain) == len(warned) == 1
    assert (plain.pop()[0], warned.pop()[0]) == ("none", "solid")


@pytest.mark.browser
def test_series_of_a_chart_are_read_one_at_a_time(tmp_path: Path) -> None:
    kinds = ("value", "other")
    frames = [
        pd.DataFrame(
            {"year": [106, 107], "low": low, "high": low, "text": ["a", "b"], "kind": kind}
        )
        for low, kind in (([36.9, 36.5], "value"), ([36.9, 32.8], "other"))
    ]

    def draw(figure: Figure, say: Say) -> None:
        ax = figure.subplots()
        draw_series(
            frames, ax, ylabel="y", names=kinds, breaks=(), changed="changed", starts="{start}"
        )

    drawn = Chart(draw, both("兩", "Both"), both("替", "Alternative"), height_cm=4)
    notebook = in_language(both_prints(shown(drawn)), "zh-Hant")
    page = ReportHtmlExporter().from_notebook_node(notebook)[0]
    code = (
        "const inputs = [...D.querySelectorAll('.choice input')];"
        "const seen = () => [...D.querySelectorAll('.picture:not(.narrow) [data-series]')]"
        ".filter((one) => one.style.display !== 'none').map((one) => one.dataset.series);"
        "const was = seen(); inputs[2].click(); result = [inputs.length, was, seen()];"
        "inputs[0].click(); result.push(seen())"
    )
    count, was, chosen, again = run(page, code, tmp_path)
    assert count == 3
    assert set(was) == set(again) == set(kinds)
    assert set(chosen) == {"other"}


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "is_dark"),
    [
        ('data-jp-theme-light="true"', False),
        ('data-jp-theme-light="false"', True),
        ('data-vscode-theme-kind="vscode-light"', False),
        ('data-vscode-theme-kind="vscode-dark"', True),
    ],
)
def test_what_is_shown_takes_the_theme_of_the_editor(
    tmp_path: Path, theme: str, is_dark: bool
) -> None:
    shown_there = chart()._repr_mimebundle_()["text/html"]
    code = (
        "const of = (found, name) => W.getComputedStyle(D.querySelector(found))[name];"
        "result = [of('.closurerate', 'backgroundColor'), of('figcaption', 'color'),"
        "of('svg text', 'fill')]"
    )
    colours = run(f"<body {theme}>{shown_there}</body>", code, tmp_path)
    paper, words, drawn = (
        luminance("#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)))
        for colour in colours
    )
    assert (paper < 0.1, words > 0.5, drawn > 0.5) == (is_dark,) * 3
