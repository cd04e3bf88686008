"""What is shown of the rows' audit: in both languages, without a real branch where none is real."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from chart_rules import faults_of
from closurerate.audit.rows import rows_year
from closurerate.audit.rows.patterns import PATTERNS, Patterns
from closurerate.audit.rows.patterns_page import found_table, pattern_chart, patterns_table
from closurerate.audit.rows.recount_page import recount_differences, recount_table
from closurerate.audit.rows.rows_year import RowsAudit, open_rows
from closurerate.audit.rows.stocks import stocks
from closurerate.audit.rows.stocks_page import stock_gaps, stocks_table
from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.counts import count_cases
from closurerate.press.print import chart as printed_chart
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.print.style import chart_style
from closurerate.press.print.svg import save_svg
from closurerate.press.shown import Shown
from closurerate.press.table import Table
from year_samples import kpi_data


def data_of_kind(kind: str, panel_files: dict[int, Path]):
    data = kpi_data(kind=kind)
    return replace(data, counts=count_cases(panel_files[107], 107, data.version.rule), folder="any")


@pytest.fixture(scope="module")
def opened_rows(panel_files: dict[int, Path]) -> Callable[[str], RowsAudit]:
    """The rows' audit of the small panel, its rows taken for real ones or for what they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows_year, "cases_folder", lambda year, _: panel_files[year].parent)
        audit = open_rows(data_of_kind("synthetic", panel_files))
    return lambda kind: replace(audit, kpi=data_of_kind(kind, panel_files))


PAGES: dict[str, Callable[[RowsAudit], Shown]] = {
    "recount": recount_table,
    "differences": recount_differences,
    "patterns": patterns_table,
    "found": found_table,
    "gaps": stock_gaps,
    **{f"stocks_{by}": lambda rows, by=by: stocks_table(rows, by) for by in ("branch", "tier")},
    **{name: lambda rows, name=name: pattern_chart(rows, name) for name in PATTERNS},
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("kind", ["synthetic", "extract"])
def test_each_page_is_said_in_both_languages_and_names_no_real_branch_of_made_up_rows(
    opened_rows: Callable[[str], RowsAudit], name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = []

    def looked_at(figure: Figure, language: str) -> str:
        svg = save_svg(figure, language)
        with chart_style(language):
            faults.extend(faults_of(figure))
        return svg

    monkeypatch.setattr(printed_chart, "save_svg", looked_at)
    shown = PAGES[name](opened_rows(kind))
    said = "".join(str(shown.said(language)._repr_mimebundle_()) for language in LANGUAGES)
    said += str(shown.data())
    assert faults == []
    named = [branch for branch in BRANCHES if branch in said]
    assert not named if kind == "synthetic" else named or "branch" not in name


def test_what_stands_out_is_named_with_its_chance(
    opened_rows: Callable[[str], RowsAudit],
) -> None:
    rows = opened_rows("extract")
    windows = rows.patterns.windows.copy()
    own = windows["is_own"] & (windows["pattern"] == "year_end") & (windows["branch"] == "花蓮")
    windows.loc[own, "inside"] += 400
    planted = replace(rows, patterns=Patterns(107, windows, rows.patterns.settings))
    table = found_table(planted)
    assert isinstance(table, Table)
    said = str(table.said("en").markup if hasattr(table.said("en"), "markup") else table.data())
    assert "Hualien" in said or "花蓮" in said
    (of_year_end,) = (
        row for row in patterns_table(planted).rows if row[0].words == "pattern_year_end"
    )
    assert int(of_year_end[-1].quantity.value) >= 1


def test_what_the_two_counts_differ_in_is_shown(
    opened_rows: Callable[[str], RowsAudit],
) -> None:
    rows = opened_rows("extract")
    first, *others = rows.recount.compared
    wrong = first._replace(recounted=first.counted + 100)
    planted = replace(rows, recount=replace(rows.recount, compared=(wrong, *others)))
    table = recount_differences(planted)
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    counted, recounted = (cell.quantity.value for cell in table.rows[0][-2:])
    assert recounted - counted == 100


def test_a_gap_is_shown_with_its_reason(
    opened_rows: Callable[[str], RowsAudit], case_file: Callable[..., Path]
) -> None:
    rows = opened_rows("extract")
    day = date(2017, 5, 1)
    left = [
        {
            "case_id": f"left {number}", "branch": "臺北", "category": "罰鍰", "referred_on": day,
            "referred_amount_twd": 1000, "paid_amount_twd": 0,
        }
        for number in range(25)
    ]  # fmt: skip
    now, before = case_file(left[:5], "now.parquet"), case_file(left, "before.parquet")
    rule = rows.kpi.version.rule
    found = stocks(count_cases(now, 107, rule), 107, rule, now, before)
    shown = replace(rows, stocks=found)
    table = stocks_table(shown, "branch")
    assert table.rows[-1][-2].quantity.value == -20
    by_reason = {row[0].words: row[1] for row in stock_gaps(shown).rows}
    assert by_reason["stock_vanished"].quantity.value == 20
    alone = replace(rows, stocks=stocks(count_cases(now, 107, rule), 107, rule, now))
    assert "before" not in str(stock_gaps(alone).data()).replace("the year before", "")
    assert len(stocks_table(alone, "branch").columns) == 6


def test_too_few_cases_are_not_told(opened_rows: Callable[[str], RowsAudit]) -> None:
    rows = opened_rows("extract")
    least = rows.disclosure.least_count
    for row in patterns_table(rows).rows:
        for cell in row[1:4]:
            value = getattr(getattr(cell, "quantity", None), "value", None)
            assert value in (None, 0) or Fraction(value) >= least
