"""Every notebook runs on every extract that the contract allows, however little it holds."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from closurerate.report.export_html import ReportHtmlExporter
from closurerate.report.export_typst import TypstExporter
from notebook_runner import case_table, data_project, put_cases, run_notebook


def case(number: int, **given: Any) -> dict[str, Any]:
    """A case of the year before, pending and with nothing paid unless told otherwise."""
    return {
        "case_id": f"A{number}",
        "branch": "臺北",
        "category": "財稅",
        "referred_on": datetime.date(2017, 5, 10),
        "referred_amount_twd": 1000,
        "paid_amount_twd": 0,
    } | given


@pytest.mark.parametrize("name", ["02_kpi"])
def test_two_cases_are_told_in_both_forms(tmp_path: Path, name: str) -> None:
    closed = {"closed_on": datetime.date(2018, 8, 8), "disposition": "unpaid_certificate"}
    project = data_project(tmp_path)
    put_cases(project, 107, case_table([case(1), case(2, **closed)]))
    executed = run_notebook(project, name, year=107, language="en")
    page, _ = ReportHtmlExporter().from_notebook_node(executed)
    source, _ = TypstExporter().from_notebook_node(executed)
    assert "<h2" in page
    assert "#report-table(" in source
