"""Every notebook runs on definitions that others may write, and says of each what it is."""

from pathlib import Path

import nbformat
import pytest

from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.selection import in_language
from closurerate.press.export.typst import TypstExporter, TypstPdfExporter
from closurerate.press.print.labels import LANGUAGES, Language
from foreign_definitions import (
    BODIES,
    IN_PRINT,
    NOTEBOOKS,
    definitions_project,
    in_suite,
)
from notebook_runner import run_in_one, run_notebook
from project_copy import once
from report_samples import NASTY, Page

# Each compiles its templates once.
HTML, TYPST, PDF = ReportHtmlExporter(), TypstExporter(), TypstPdfExporter()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "definitions", definitions_project)


def page_of(executed: nbformat.NotebookNode) -> Page:
    return Page(HTML.from_notebook_node(executed)[0])


@pytest.mark.parametrize(("kpi", "name", "language"), list(in_suite()))
def test_a_notebook_runs(project: Path, kpi: str, name: str, language: Language) -> None:
    executed = run_in_one(project, name, language, year=107, kpi=kpi)
    page = page_of(executed)
    source, _ = TYPST.from_notebook_node(executed)
    title = executed.metadata["closurerate"]["title"]
    assert {"zh-Hant": "指標提案", "en": "KPI proposal"}[language] in title
    assert (NASTY if kpi == "special_characters" else kpi) in page.text
    assert "approved on" not in page.text.lower()
    assert "核定日期" not in page.text
    assert "★" not in page.text
    assert "#report-" in source


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("kpi", BODIES)
def test_each_goes_through_each_notebook(project: Path, kpi: str, name: str) -> None:
    executed = run_notebook(project, name, year=107, kpi=kpi)
    for language in LANGUAGES:
        printed = in_language(executed, language)
        assert "Traceback" not in page_of(printed).text
        exporter = PDF if name in IN_PRINT else TYPST
        exporter.from_notebook_node(printed)


def test_they_are_of_every_kind_and_go_through_each_notebook() -> None:
    assert len(BODIES) >= 20
    assert {kpi for kpi, *_ in in_suite()} == set(BODIES)
    assert {name for _, name, _ in in_suite()} == set(NOTEBOOKS)
    assert {language for *_, language in in_suite()} == {"zh-Hant", "en"}


@pytest.mark.parametrize("name", IN_PRINT)
def test_names_with_markup_in_them_make_a_pdf(project: Path, name: str) -> None:
    executed = run_in_one(project, name, "en", year=107, kpi="special_characters")
    pdf, _ = PDF.from_notebook_node(executed)
    assert pdf.startswith(b"%PDF")


def figures(project: Path, kpi: str) -> str:
    executed = run_in_one(project, "02_kpi", "en", year=107, kpi=kpi)
    return page_of(executed).text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kpi", "said"),
    [
        ("days_met", "The target is 9,000 days and the achievement 100 %"),
        ("days_missed", "The target is 1.5 days and the achievement 0."),
        ("less_is_better", "The target is 90 % and the achievement 100 %"),
        ("no_decimals", "The target is 25.125 % and"),
        ("money", "The target is NTD 1,000,000 and"),
        ("equal_counts", "Paid amount must reach this share"),
        ("four_tiers", "Tiny"),
        ("tiers_called_as_words", "target"),
    ],
)
def test_what_a_page_says_goes_by_the_definition(project: Path, kpi: str, said: str) -> None:
    assert said in figures(project, kpi)
