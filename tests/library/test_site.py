"""The site's sources: each page has a place, each name and chart is shown, and what is shown runs.

The site itself is built by `make site`, with warnings as errors, which `.ci/run` does.
"""

import inspect
import re
import subprocess
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest
from nbclient import execute
from nbformat import NotebookNode

import closurerate as cr
from browser import SCREENS, page_faults
from closurerate.press.export.run import kernel_settings
from project_copy import ROOT, shipped

PAGES = {
    Path(name)
    for name in shipped()
    if re.fullmatch(
        r"docs/[^_].*\.(md|ipynb)|README\S*\.md|data/(\w+/)?README\S*\.md|(examples|reports)/README\.md",
        name,
    )
    or name in ("CONTRIBUTING.md", "CHANGELOG.md")
}
_TREE = re.compile(r"^```\{toctree\}\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"^```\{code-cell\}\n(?::[^\n]*\n)*(.*?)^```", re.MULTILINE | re.DOTALL)
_SHOWN = re.compile(
    r"def (\w+_chart)\(\w+: \w+Data|def (\w+_chart)\(\w+: (?:YearChange|FormulaRanks)"
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def below(page: Path) -> set[Path]:
    """Return the pages that a page has below it."""
    found = set()
    for line in "\n".join(_TREE.findall(read(page.as_posix()))).splitlines():
        if line and not line.startswith(":"):
            named = re.sub(r".*<(.*)>", r"\1", line)
            files = (ROOT / page.parent).glob(f"{named}.*")
            found |= {file.resolve().relative_to(ROOT) for file in files}
    return found & PAGES


def notebook(name: str) -> NotebookNode:
    """Return a page as a notebook."""
    if name.endswith(".ipynb"):
        return nbformat.reads(read(name), as_version=4)
    cells = [nbformat.v4.new_code_cell(code.strip()) for code in _CELL.findall(read(name))]
    return nbformat.v4.new_notebook(cells=cells)


def test_each_page_has_its_place() -> None:
    found, new = set(), {Path("docs/index.md")}
    while new:
        found |= new
        new = {inner for page in new for inner in below(page)} - found
    assert found == PAGES
    assert len(found) > 60


def test_the_tutorial_leads_somewhere_and_is_committed_as_notebooks_are() -> None:
    given = notebook("docs/tutorial.ipynb")
    for target in re.findall(r"\]\(([^)#:]+)", "".join(cell.source for cell in given.cells)):
        assert (ROOT / "docs" / target).is_file(), target
    for cell in given.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
            assert len(cell.source.splitlines()) <= 5
    assert "No case here is real" in given.cells[0].source


def functions_of_plot() -> list[str]:
    items = vars(cr.plot).items()
    return [
        name
        for name, item in items
        if inspect.isfunction(item) and item.__module__ == cr.plot.__name__ and name[0] != "_"
    ]


def test_each_name_of_the_library_is_on_its_page() -> None:
    page = read("docs/reference/api.md")
    names = {*cr.__all__} - {"column", "plot"} | {f"plot.{name}" for name in functions_of_plot()}
    assert {name for name in names if f":: closurerate.{name}" not in page} == set()
    assert ".. py:data:: column" in page


def test_each_chart_is_in_a_gallery() -> None:
    gallery = read("docs/gallery.md")
    assert [name for name in functions_of_plot() if f"cr.plot.{name}(" not in gallery] == []
    sources = (ROOT / "src" / "closurerate").glob("*/**/*page.py")
    found = _SHOWN.findall("\n".join(path.read_text(encoding="utf-8") for path in sources))
    # Others draw by the first; the second is the branches' chart where branches are real.
    charts = {one or other for one, other in found} - {"waterfall_chart", "real_branches_chart"}
    assert len(charts) > 20
    shown = read("docs/gallery_pages.md")
    assert {name for name in charts if f".{name}(" not in shown} == set()


@pytest.mark.parametrize("name", ["docs/gallery.md", "docs/gallery_pages.md"])
def test_each_chart_of_a_gallery_has_its_three_lines(name: str) -> None:
    shown = [cell for cell in _CELL.findall(read(name)) if not cell.startswith("%")]
    assert len(shown) > 5
    assert {len(cell.splitlines()) for cell in shown} == {3}


def test_each_kind_of_file_is_in_the_dictionary() -> None:
    from closurerate.cli.schemas import KINDS

    named = re.findall(r"(?m)^```\{settings\} (\w+)$", read("docs/reference/dictionary.md"))
    assert sorted(named) == sorted(KINDS)


@pytest.mark.parametrize("name", ["docs/tutorial.ipynb", "docs/gallery.md"])
def test_what_a_page_shows_runs_and_each_chart_is_seen(name: str, cases_of_107: None) -> None:
    given = notebook(name)
    with TemporaryDirectory() as sockets:
        execute(given, cwd=str(Path.cwd()), config=kernel_settings(Path(sockets)))
    charts = [cell for cell in given.cells if cell.source.endswith(";")]
    assert len(charts) > 3
    for cell in charts:
        assert ["image/png" in one.get("data", {}) for one in cell.outputs] == [True], cell.source


def test_axe_finds_nothing_on_the_site(tmp_path: Path) -> None:
    """Its start pages and the library's help; the code of pages is not run, which takes minutes."""
    pytest.importorskip("sphinx", reason="make site brings what the site is built by")
    given = ("--quiet", "-D", "nb_execution_mode=off", "--conf-dir", "docs")
    where = ("--doctree-dir", tmp_path / "doctrees", ROOT, tmp_path / "site")
    command = [sys.executable, "-m", "sphinx", *given, *map(str, where)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    pages = ("index", "index.zh-Hant", "reference/api")
    for name, screen in product(pages, SCREENS):
        page = tmp_path / "site" / "docs" / f"{name}.html"
        # Where no frame is drawn, a transition of the theme stays at its begin.
        still = "<style>* { transition: none !important }</style>"
        head = f'<head><base href="{page.as_uri()}">{still}'
        text = page.read_text("utf-8").replace("<head>", head, 1)
        found = page_faults(text, tmp_path, [screen])
        assert not {kind: fault for kind, fault in found.items() if kind.startswith("axe")}, name


def test_the_check_of_a_clean_checkout_makes_the_site() -> None:
    assert re.search(r"(?m)^make site$", read(".ci/run"))
    assert re.search(r"(?m)^\t.* -m sphinx .*--fail-on-warning", read("Makefile"))
