"""Where nothing of the year before is printed, its own extract stands in, and says so."""

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from report_samples import Page
from year_samples import en, plain, said

from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.prose import Markdown
from closurerate.press.table import Table
from closurerate.records.new_year import write_new_year
from closurerate.study.change.page import change_table
from closurerate.study.change.year_change import open_change
from closurerate.year.cases_page import flow_table
from closurerate.year.kpi_page import growth_table, series_table
from closurerate.year.kpi_year import KpiData, open_kpi
from closurerate.year.yearly_page import four_years_table
from notebook_runner import case_table, data_project, put_cases, run_notebook


def rows(gregorian: int, *, full: int, unpaid: int, pending: int) -> list[dict[str, Any]]:
    """Cases of the year before: some paid in full, some closed unpaid, some pending."""
    kinds = ["paid_in_full"] * full + ["unpaid_certificate"] * unpaid + [None] * pending
    return [
        {
            "case_id": f"A{number}", "branch": "臺北", "category": "財稅",
            "referred_on": date(gregorian - 1, 5, 1),
            "closed_on": date(gregorian, 5, 1) if kind else None, "disposition": kind,
            "referred_amount_twd": 1000,
            "paid_amount_twd": 1000 if kind == "paid_in_full" else 0,
            "collected_in_year_twd": 1000 if kind == "paid_in_full" else 0,
        }
        for number, kind in enumerate(kinds)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Extracts of 108 and 109, the skeleton of 109, and no printed report after 107.

    I of 108 is 3·(6 + 4) / (6² + 4²) = 57.69 %, of 109 it is 2·8 / (4² + 4²) = 50 %.
    """
    folder = data_project(tmp_path_factory.mktemp("before"))
    put_cases(folder, 108, case_table(rows(2019, full=3, unpaid=3, pending=4)))
    put_cases(folder, 109, case_table(rows(2020, full=2, unpaid=2, pending=4)))
    with contextlib.chdir(folder):
        write_new_year(109)
    return folder


@pytest.fixture
def data(project: Path, monkeypatch: pytest.MonkeyPatch) -> KpiData:
    monkeypatch.chdir(project)
    return open_kpi(109, cases="extract", language="en")


def test_growth_is_that_on_the_counted_year(data: KpiData) -> None:
    table = en(growth_table(data))
    assert table.rows[1:3] == (
        ("Closed", "6", "4", "-2", "-33.33"), ("Pending", "4", "4", "0", "0.00"),
    )  # fmt: skip
    assert table.rows[3] == ("Collected (NTD)", "3,000", "2,000", "-1,000", "-33.33")
    assert table.evidence == "extract"
    assert "The case data of 108, of which nothing is printed" in table.source
    assert data.figures["closed_previous"].evidence == "extract"
    assert en(flow_table(data.cases)).rows[0] == ("108 (2019)", "10", "0", "0", "6", "4")


def test_the_series_does_not_skip_the_counted_year(data: KpiData) -> None:
    table = en(series_table(data))
    at = [column.heading for column in table.columns].index("108 (2019) (%)")
    restated = {row[0]: row[at] for row in table.rows}
    assert restated["As published"] == "—"
    assert restated["Restated on the definition of 106"] == "50.00"
    assert restated["Restated on the definition of 107"] == "57.69"
    assert en(four_years_table(data)).rows[2][3:] == ("57.69 %", "50.00 %")


def test_the_change_is_split_on_the_counted_year(data: KpiData) -> None:
    change = open_change(data)
    (split,) = change.since_print
    total = split.span.total
    assert total is not None
    assert [round(float(end), 4) for end in total] == [-7.6923, -7.6923]
    table = change_table(change)
    assert isinstance(table, Table)
    assert "printed counts" not in said(table)


def test_a_printed_report_goes_before_the_extract(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_cases(project, 107, case_table(rows(2018, full=1, unpaid=1, pending=1)))
    monkeypatch.chdir(project)
    before = open_kpi(108, cases="extract").cases
    assert before.counted_before is None
    assert before.before is before.published[107]


def test_without_print_and_extract_a_sentence_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_cases(data_project(tmp_path), 109, case_table(rows(2020, full=1, unpaid=0, pending=0)))
    monkeypatch.chdir(tmp_path)
    table = growth_table(open_kpi(109, cases="extract", language="en"))
    assert isinstance(table, Markdown)
    assert "Neither printed figures nor case data of 108 compare" in en(table).text


@pytest.mark.parametrize("name", ["03_combination", "07_report"])
def test_no_page_leaves_the_counted_year_out(project: Path, name: str) -> None:
    executed = run_notebook(project, name, year=109, language="en")
    page, _ = ReportHtmlExporter().from_notebook_node(executed)
    text = plain(Page(page).text)
    assert "The change of -7.69 points on the value of the year before divides into" in text
    assert "is not split:" not in text
