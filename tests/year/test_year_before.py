"""Where nothing of the year before is printed, its own extract stands in, and says so."""

import contextlib
import json
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from closurerate.cases.source import MARK
from closurerate.kpi.definition import KpiVersion, read_definition
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.print.labels import Language
from closurerate.press.prose import Markdown
from closurerate.press.table import Table
from closurerate.press.text import said as text_said
from closurerate.records.new_year import write_new_year
from closurerate.records.paths import kpi_file
from closurerate.study.change.inputs_page import inputs_table
from closurerate.study.change.inside_page import inside_chart, inside_table, mix_table
from closurerate.study.change.page import change_table
from closurerate.study.change.target_page import demand_finding, target_years
from closurerate.study.change.year_change import open_change
from closurerate.year.before import counted_report
from closurerate.year.case_year import open_cases
from closurerate.year.cases_page import flow_table
from closurerate.year.collections_page import collections_heading, growth_table
from closurerate.year.definition_page import box_source
from closurerate.year.kpi_page import real_branches_chart, target_chart
from closurerate.year.kpi_year import KpiData, open_kpi
from closurerate.year.series import both_series, earlier_target
from closurerate.year.series_page import series_table
from closurerate.year.summary_page import summary, tiles
from closurerate.year.yearly_page import authored, four_years_table, lights_table, missing_prose
from notebook_runner import case_table, data_project, put_cases, run_in_one
from own_kpis import own_definition
from report_samples import Page
from year_samples import en, kpi_data, plain, said, zh


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


def two_years(folder: Path, before: pa.Table) -> Path:
    """Put an extract of 109 and these rows of 108 into a project."""
    put_cases(data_project(folder), 108, before)
    put_cases(folder, 109, case_table(rows(2020, full=2, unpaid=2, pending=4)))
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Extracts of 108 and 109, the skeleton of 109, and no printed report after 107.

    I of 108 is 3·(6 + 4) / (6² + 4²) = 57.69 %, of 109 it is 2·8 / (4² + 4²) = 50 %.
    """
    folder = two_years(
        tmp_path_factory.mktemp("before"), case_table(rows(2019, full=3, unpaid=3, pending=4))
    )
    with contextlib.chdir(folder):
        write_new_year(109)
    return folder


@pytest.fixture
def data(project: Path, monkeypatch: pytest.MonkeyPatch) -> KpiData:
    monkeypatch.chdir(project)
    return open_kpi(109, cases="extract")


def test_growth_is_that_on_the_counted_year(data: KpiData) -> None:
    table = en(growth_table(data))
    assert table.rows[1:3] == (
        ("Closed (cases)", "6", "4", "−2", "−33.33"), ("Pending (cases)", "4", "4", "0", "0.00"),
    )  # fmt: skip
    assert table.rows[3] == ("Collected (NTD)", "3,000", "2,000", "−1,000", "−33.33")
    assert table.evidence == "extract"
    assert "The case data of 108, for which nothing is published yet" in table.source
    assert data.figures["closed_previous"].evidence == "extract"
    assert en(flow_table(data.cases)).rows[0] == ("108 (2019)", "10", "0", "0", "6", "4")


def test_the_stock_of_the_counted_year_is_its_own(data: KpiData) -> None:
    """Without the column of reopened cases no printed stock stands in, also where there is one."""
    known = data.cases.counted_before
    assert known is not None
    claims = {name: claim for name, claim in known.claims.items() if name != "reopened"}
    assert 107 in data.cases.published
    cases = replace(data.cases, counted_before=replace(known, claims=claims))
    table = en(flow_table(cases))
    assert table.rows[0] == ("108 (2019)", "10", "0", "—", "6", "4")
    assert "107" not in table.source


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (4, {}),
        (3, {"en": "1 case more than were pending at the end of 2019", "zh-Hant": "多 1 件"}),
        (6, {"en": "2 cases fewer than were pending at the end of 2019", "zh-Hant": "少 2 件"}),
    ],
)
def test_a_year_that_does_not_begin_with_what_the_one_before_left_says_so(
    left: int, told: dict[Language, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_years(tmp_path, case_table(rows(2019, full=3, unpaid=3, pending=left)))
    later = case_table(rows(2020, full=0, unpaid=0, pending=4), drop=["reopened_on"])
    monkeypatch.chdir(tmp_path)
    for table in (later, case_table(rows(2020, full=0, unpaid=0, pending=4))):
        put_cases(tmp_path, 109, table)
        note = flow_table(open_cases(109, cases="extract")).note
        for language, sentence in told.items():
            assert sentence in plain(text_said(note, language))
        assert ("108 年底的未結" in text_said(note, "zh-Hant")) == bool(told)


def test_the_target_is_set_beside_the_definition_in_force(data: KpiData) -> None:
    assert data.author is not None
    author = replace(data.author, targets={"effective_closure_rate": Fraction(60)})
    told = said(summary(replace(data, author=author)))
    assert "By the definition of 2018, the rate was 57.69 % in 2019" in plain(told)


def test_the_series_does_not_skip_the_counted_year(data: KpiData) -> None:
    table = en(series_table(data))
    at = [column.heading for column in table.columns].index("108 (2019) (%)")
    restated = {row[0]: row[at] for row in table.rows}
    assert restated["As published"] == "—"
    assert restated["By the definition of 2017"] == "50.00"
    assert restated["By the definition of 2018"] == "57.69"
    assert en(four_years_table(data)).rows[2][3:] == ("57.69 %", "50.00 %")


def test_a_rule_of_ones_own_has_a_value_of_the_counted_year_and_of_no_printed_one(
    data: KpiData,
) -> None:
    """By I1 * I2 the year 108 has 3/6 * 3/4; what is printed of earlier years has another rule."""
    own = own_definition("tiers")
    cases = replace(data.cases, counted_before=counted_report(108, own, data.cases.source))
    points = both_series(replace(data, cases=cases, definition=own))
    (before,) = (point for point in points if point.year != 109)
    assert (before.year, before.low, before.high) == (108, before.high, before.low)
    assert before.low.value == Fraction(75, 2)
    assert before.low.evidence == "extract"


def test_the_counted_year_is_counted_by_the_rule_of_the_kpi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def turned(version: KpiVersion) -> KpiVersion:
        return replace(version, rule=replace(version.rule, paid_in_full=("unpaid_certificate",)))

    two_years(tmp_path, case_table(rows(2019, full=1, unpaid=4, pending=4)))
    monkeypatch.chdir(tmp_path)
    official = read_definition(kpi_file("effective_closure_rate"), kpi_file)
    versions = {begun: turned(version) for begun, version in official.versions.items()}
    own = replace(official, versions=versions)
    for definition, effective in ((None, 1), (official, 1), (own, 4)):
        before = open_cases(109, cases="extract", definition=definition).counted_before
        assert before is not None
        assert before["effective"].value == effective


def test_the_counted_year_has_the_target_that_the_official_definition_sets(data: KpiData) -> None:
    assert earlier_target(data, 108) is None
    official = replace(data.definition, targets={**data.definition.targets, 108: Fraction(30)})
    found = earlier_target(replace(data, definition=official), 108)
    assert found is not None
    assert (found.value, found.unit) == (30, "percent")
    own = replace(data, definition=own_definition("days"))
    assert [earlier_target(own, year) for year in (106, 107, 108)] == [None, None, None]


def test_made_up_rows_are_no_year_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = {MARK: json.dumps({"synthetic": True, "seed": 1, "fraction": "1"})}
    table = case_table(rows(2019, full=3, unpaid=3, pending=4))
    two_years(tmp_path, table.replace_schema_metadata(mark))
    monkeypatch.chdir(tmp_path)
    assert open_cases(109, cases="extract").before is None


@pytest.mark.parametrize("others", [{}, {"seed": 1, "fraction": "1/50"}])
def test_made_up_rows_compare_with_made_up_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: dict[str, Any]
) -> None:
    mark = {MARK: json.dumps({"synthetic": True, **others})}
    for year, full in ((108, 3), (109, 2)):
        table = case_table(rows(year + 1911, full=full, unpaid=full, pending=4))
        put_cases(data_project(tmp_path), year, table.replace_schema_metadata(mark))
    monkeypatch.chdir(tmp_path)
    write_new_year(109)
    data = open_kpi(109, cases="extract")
    table = en(growth_table(data))
    assert table.rows[1] == ("Closed (cases)", "6", "4", "−2", "−33.33")
    assert table.evidence == data.figures["closed_previous"].evidence == "illustration"
    assert en(four_years_table(data)).rows[2][3:] == ("57.69 %", "50.00 %")
    assert "down by 7.69" in said(summary(data))
    assert "are made up too" in said(real_branches_chart(data))
    assert isinstance(en(change_table(open_change(data))).rows, tuple)
    assert "{pending.change}" not in said(missing_prose(data))
    assert data.figures["pending.change"].value == 0
    # A fact of the whole nation combines with no count of a part of it.
    assert data.author is not None
    assert "branches" in data.figures
    assert "small_traffic_new.share_of.new" not in data.figures
    other = table_of = replace(data.cases.source, fraction="1/100")
    assert counted_report(108, data.definition, other) is None
    assert counted_report(108, data.definition, replace(table_of, kind="extract")) is None


def test_what_the_author_wrote_of_the_counted_year_stands_beside_its_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_years(tmp_path, case_table(rows(2019, full=3, unpaid=3, pending=4)))
    monkeypatch.chdir(tmp_path)
    for year in (108, 109):
        _, path = write_new_year(year)
        text = path.read_text("utf-8").replace("effective_closure_rate: null", TARGET)
        path.write_text(text.replace("self: null", "self: yellow"), "utf-8")
    data = open_kpi(109, cases="extract")
    columns = list(zip(*en(four_years_table(data)).rows, strict=True))
    assert columns[3][1:] == ("60 %", "57.69 %", "96.15 %", "▲ yellow", "---")
    assert columns[4][1:] == ("60 %", "50.00 %", "83.33 %", "▲ yellow", "---")
    unset = replace(data.author, lights={"self": None, "review": None})
    assert en(lights_table(replace(data, author=unset))).rows[0][3:] == ("—", "—")
    assert "---" not in str(en(tiles(replace(data, author=unset))))
    assert "Those of a year whose report is not printed yet" in en(four_years_table(data)).note
    assert [str(row.year) for row in target_years(data)] == ["108", "109"]
    assert "Target 60 %" in said(target_chart(data))
    inputs = {row[0]: row[1:] for row in en(inputs_table(data)).rows}
    assert inputs["Target (%)"] == ("60.00", "60.00", "Supplied by the author"), (
        "nothing of them is printed"
    )
    assert inputs["Value (%)"] == ("57.69", "50.00", "Case data")
    short = demand_finding(data, zh="{surplus}", en="{surplus}; {gap}")
    assert plain(en(short).text) == "1 case more; 2.31 percentage points"


TARGET = 'effective_closure_rate: "60"'


def test_nothing_says_published_of_what_is_counted(data: KpiData) -> None:
    told = said(summary(data))
    assert "By the definition of 2018" not in told
    assert "by that of 2018 (non-linear combination I), down by 7.69" in plain(told)
    assert "by that of 2017" not in told, "neither year was measured by it"
    assert "published" not in told
    assert "57.69 %" in plain(str(en(tiles(data)).items[0]))
    assert "From the printed report" not in said(box_source(data))
    assert "printed" not in said(lights_table(data))
    assert "keep growing" not in said(collections_heading(data))
    assert "Target )" not in said(target_chart(data))
    for shown in (growth_table(data), flow_table(data.cases), inputs_table(data)):
        assert "Enforcement Agency" not in en(shown).source
        assert "The case data of 108" in en(shown).source
    assert "report for 107" in en(series_table(data)).source


def test_a_new_definition_breaks_the_series_of_counted_years_too(data: KpiData) -> None:
    versions = {**data.definition.versions, 109: replace(data.version, version=109)}
    changed = replace(data, definition=replace(data.definition, versions=versions))
    told = said(summary(changed))
    assert "by that of 2018" in told
    assert "by that of 2020" in told
    assert "The two years' own figures rest on different definitions" in told


def test_the_change_is_split_on_the_counted_year(data: KpiData) -> None:
    change = open_change(data)
    (split,) = change.since_print
    total = split.span.total
    assert total is not None
    assert [round(float(end), 4) for end in total] == [-7.6923, -7.6923]
    table = change_table(change)
    assert isinstance(table, Table)
    assert "printed counts" not in said(table)
    for shown in (inside_table(change), inside_chart(change), mix_table(change)):
        assert "The case data of 108" in en(shown).source
        assert "）；108 年度案件資料" in zh(shown).source


def test_what_the_author_gives_before_print_is_labelled_as_the_authors(data: KpiData) -> None:
    assert data.author is not None
    facts = {name: replace(fact, value=Fraction(7)) for name, fact in data.author.facts.items()}
    author = replace(data.author, facts=facts, targets={"effective_closure_rate": Fraction(60)})
    told = replace(data, author=author)
    assert told.figures["card_payments"].evidence == "supplied"
    assert told.figures["target"].evidence == "supplied"
    (cards,) = authored(told, "results.channels").objects[-1:]
    assert en(cards).evidence == "supplied"
    assert kpi_data().figures["card_payments"].evidence == "published"


def test_prose_that_is_left_out_is_told_apart_from_none(data: KpiData) -> None:
    assert "left out for want of figures" in said(authored(data, "results.large_debtors"))
    assert "supplied nothing here" in said(authored(data, "analysis.reason"))


def test_no_heading_says_what_the_figures_deny(data: KpiData) -> None:
    """Of 107 it says what the agency's own says; of another year only what is so."""

    def headed(collected: int | None, pending: int) -> bool:
        before = {"collected_previous": collected, "pending_previous": pending}
        figures = {
            name: replace(data.figures["pending"], value=value, unit=unit)
            for (name, value), unit in zip(before.items(), ("TWD", "case"), strict=True)
            if value is not None
        }
        known = {name: told for name, told in data.figures.items() if name not in before}
        shown = SimpleNamespace(year=109, cases=data.cases, figures=known | figures)
        return "backlog is kept in hand" in said(collections_heading(shown))  # type: ignore[arg-type]

    assert headed(1_000, 5)
    assert not headed(1_000, 3)
    assert not headed(9_000, 5)
    assert not headed(None, 5)
    assert "backlog is kept in hand" in said(collections_heading(kpi_data()))


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
    table = growth_table(open_kpi(109, cases="extract"))
    assert isinstance(table, Markdown)
    assert "Neither printed figures nor case data of 2019 compare" in en(table).text


@pytest.mark.parametrize("name", ["03_combination", "07_report"])
def test_no_page_leaves_the_counted_year_out(project: Path, name: str) -> None:
    executed = run_in_one(project, name, "en", year=109)
    page, _ = ReportHtmlExporter().from_notebook_node(executed)
    text = plain(Page(page).text)
    assert re.search("year before(, the KPI changed by| is) −7.69 percentage points", text)
    assert "is not split:" not in text


@pytest.mark.parametrize(
    ("language", "counted", "published"),
    [("en", "computed figure", "published figure"), ("zh-Hant", "計算值", "公布值")],
)
def test_the_study_speaks_of_a_published_figure_only_where_there_is_one(
    project: Path, language: Language, counted: str, published: str
) -> None:
    executed = run_in_one(project, "04_thresholds", language, year=109)
    page, _ = ReportHtmlExporter().from_notebook_node(executed)
    text = plain(Page(page).text)
    assert text.count(counted) == 2, "a finding, and the sentence before a table"
    assert published not in text
    assert text_said(kpi_data().names["figure"], language) == published
