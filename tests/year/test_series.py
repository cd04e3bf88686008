"""Both series across the change of definition: intervals where E is not printed, never a point."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from closurerate.kpi.definition import read_definition
from closurerate.kpi.degrees import is_of_any_size
from closurerate.press.print.labels import Language
from closurerate.press.prose import Markdown, Several
from closurerate.press.table import Table
from closurerate.press.text import said
from closurerate.press.words import word
from closurerate.quantity import Quantity, rounded
from closurerate.records.paths import kpi_file, kpi_folder
from closurerate.records.published import load_published
from closurerate.year.kpi_words import point_text
from closurerate.year.series import Point, both_series, earlier_value
from closurerate.year.series_page import series_chart, series_table
from own_kpis import own_kpi
from year_samples import en, kpi_data, with_formula, zh

RATIO, NONLINEAR = "effective_over_closed", "nonlinear"


def found(points: list[Point]) -> dict[tuple[int, int | None, str], tuple[str, str]]:
    return {
        (point.year, point.version, point.reading): (
            str(rounded(point.low.value or 0, 2)),
            str(rounded(point.high.value or 0, 2)),
        )
        for point in points
    }


def test_both_series_are_the_published_ones() -> None:
    assert found(both_series(kpi_data())) == {
        (106, None, ""): ("36.86", "36.86"),
        (106, 106, RATIO): ("36.86", "36.86"),
        (106, 107, RATIO): ("36.89", "36.90"),
        (106, 106, NONLINEAR): ("36.82", "36.83"),
        (106, 107, NONLINEAR): ("36.86", "36.86"),
        (107, None, ""): ("36.49", "36.49"),
        (107, 106, ""): ("32.76", "32.76"),
        (107, 107, ""): ("36.49", "36.49"),
    }


def test_the_ends_of_an_interval_are_those_that_the_printed_rate_allows() -> None:
    closed, pending = 7_493_345, 7_478_941
    points = {(p.year, p.version, p.reading): p for p in both_series(kpi_data())}
    for reading, (low, high) in {
        RATIO: (2_761_673, 2_762_421),
        NONLINEAR: (2_759_021, 2_759_769),
    }.items():
        ratio = points[106, 106, reading]
        assert (ratio.low.value, ratio.high.value) == (
            Fraction(100 * low, closed),
            Fraction(100 * high, closed),
        )
        factor = Fraction(100 * (closed + pending), closed**2 + pending**2)
        restated = points[106, 107, reading]
        assert (restated.low.value, restated.high.value) == (low * factor, high * factor)


def test_no_synthetic_case_stands_in_for_a_year_that_is_not_the_datas() -> None:
    data = kpi_data()
    counted = data.counts.assign(effective=0)
    points = both_series(replace(data, counts=counted))
    assert {p.low.evidence for p in points} == {"published", "assumed"}
    assert all((p.low.evidence == "assumed") == bool(p.reading) for p in points)
    assert found(points) == found(both_series(data))


def test_real_cases_speak_for_their_own_year_alone() -> None:
    data = kpi_data(kind="extract")
    points = both_series(replace(data, counts=data.counts.assign(effective=0)))
    earlier = [p for p in points if p.year == 106]
    assert found(earlier) == found([p for p in both_series(data) if p.year == 106])
    assert found(points)[107, 107, ""] == ("0.00", "0.00")
    own = [p for p in points if p.year == 107 and p.version is not None]
    assert {p.low.evidence for p in own} == {"extract"}


@pytest.mark.parametrize("fraction", ["1", "0.01"])
def test_what_was_printed_is_no_value_of_a_rule_of_ones_own(fraction: str) -> None:
    data = own_kpi("tiers")
    source = replace(data.cases.source, fraction=fraction)
    points = both_series(replace(data, cases=replace(data.cases, source=source)))
    assert [point for point in points if point.year == 106] == []
    assert {point.low.evidence for point in points} <= {"illustration"}


@pytest.mark.parametrize(
    ("text", "unit"),
    [("collected_twd", "TWD"), ("E", "case"), ("I1 + P / 100", "ratio"), ("E / (C + 10)", "ratio")],
)
def test_what_depends_on_size_is_not_compared_where_the_cases_are_a_part(
    text: str, unit: str
) -> None:
    official = with_formula(kpi_data(), text, unit)
    definition = replace(
        official.definition,
        files=(Path("own.yml"),),
        versions={106: replace(official.version, version=106)},
    )
    whole = replace(official, definition=definition)
    source = replace(whole.cases.source, fraction="0.01")
    few = whole.counts.assign(effective=whole.counts["effective"] // 100)
    part = replace(whole, cases=replace(whole.cases, source=source), counts=few)
    assert {point.year for point in both_series(whole)} == {106, 107}
    assert earlier_value(whole, 106) is not None
    assert both_series(part) == []
    assert earlier_value(part, 106) is None
    shown = series_table(part)
    assert isinstance(shown, Markdown)
    assert "depends on how many cases there are" in en(shown).text
    assert series_chart(part) == Several([])


def test_no_shipped_kpi_depends_on_size() -> None:
    for file in sorted(kpi_folder().rglob("*.yml")):
        if file.stem != "readings":
            versions = read_definition(file, kpi_file).versions
            assert all(is_of_any_size(version) for version in versions.values()), file


def test_a_kpi_without_effective_cases_has_one_value_whatever_the_reading() -> None:
    data = kpi_data(kpi="disposition_time")
    points = [point for point in both_series(data) if point.year == 106]
    assert [point.reading for point in points] == [""]
    table = series_table(data)
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    assert word("reading", "zh-Hant") not in [column.heading for column in zh(table).columns]


def test_the_conclusion_survives_either_reading() -> None:
    points = {(p.year, p.version, p.reading): p for p in both_series(kpi_data())}
    for reading in (RATIO, NONLINEAR):
        for version in (106, 107):
            before, after = points[106, version, reading].low, points[107, version, ""].high
            assert before.value is not None
            assert after.value is not None
            assert after.value < before.value


def test_a_printed_effective_number_makes_a_point() -> None:
    data = kpi_data()
    report = load_published(106)
    claims = dict(report.claims) | {
        "effective": replace(
            report["closed"], id="effective", written="2762000", printed="2,762,000"
        )
    }
    published = {106: replace(report, claims=claims), 107: data.cases.published[107]}
    points = both_series(replace(data, cases=replace(data.cases, published=published)))
    assert {p.reading for p in points} == {""}
    assert all(p.low == p.high for p in points)
    values = {(p.year, p.version): p.low.value for p in points}
    assert values[106, 106] == Fraction(276_200_000, 7_493_345)
    table = series_table(replace(data, cases=replace(data.cases, published=published)))
    assert isinstance(table, Table)
    assert len(table.rows) == 3
    assert len(table.columns) == 3  # the definition and two years, and no reading


def test_a_report_that_prints_no_collections_has_its_values_all_the_same() -> None:
    data = kpi_data()
    report = data.cases.published[106]
    claims = {name: claim for name, claim in report.claims.items() if name != "collected"}
    assert len(claims) < len(report.claims)
    published = {106: replace(report, claims=claims), 107: data.cases.published[107]}
    points = both_series(replace(data, cases=replace(data.cases, published=published)))
    assert found(points) == found(both_series(data))


def test_a_version_that_begins_after_the_year_changes_nothing_of_it() -> None:
    data = kpi_data()
    later = {108: replace(data.definition.version(106), version=108)}
    definition = replace(data.definition, versions={**data.definition.versions, **later})
    assert both_series(replace(data, definition=definition)) == both_series(data)


def test_without_printed_reports_there_is_only_this_year() -> None:
    data = kpi_data(kind="extract")
    points = both_series(replace(data, cases=replace(data.cases, published={})))
    assert set(found(points)) == {(107, 106, ""), (107, 107, "")}


@pytest.mark.parametrize(
    ("low", "high", "chinese", "english"),
    [
        (Fraction(36855, 1000), Fraction(36864, 1000), "36.86", "36.86"),
        (Fraction(3689, 100), Fraction(3690, 100), "36.89 至 36.90", "36.89 to 36.90"),
        (Fraction(5), Fraction(5), "5.00", "5.00"),
    ],
)
def test_an_interval_is_printed_as_one(
    low: Fraction, high: Fraction, chinese: str, english: str
) -> None:
    ends = (Quantity(low, "percent", 2), Quantity(high, "percent", 2))
    point = Point(106, 107, "", *ends)
    assert said(point_text(point), "zh-Hant") == chinese
    assert said(point_text(point), "en") == english
    assert said(point_text(None), "en") == "—"


def test_a_value_that_is_not_defined_is_a_dash_and_no_nought() -> None:
    none = Quantity(None, "percent", 2)
    point = Point(107, 106, "", none, none)
    assert said(point_text(point), "en") == "—"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh-Hant",
            [
                ("依公布數", "", "36.86", "36.49"),
                ("依 106 年度的定義", "採用的解讀", "36.86", "32.76"),
                (
                    "依 106 年度的定義",
                    "另一種解讀",
                    "36.82 至 36.83",
                    "32.76",
                ),
                (
                    "依 107 年度的定義",
                    "採用的解讀",
                    "36.89 至 36.90",
                    "36.49",
                ),
                ("依 107 年度的定義", "另一種解讀", "36.86", "36.49"),
            ],
        ),
        (
            "en",
            [
                ("As published", "", "36.86", "36.49"),
                ("By the definition of 2017", "adopted reading", "36.86", "32.76"),
                ("By the definition of 2017", "other reading", "36.82 to 36.83", "32.76"),
                (
                    "By the definition of 2018",
                    "adopted reading",
                    "36.89 to 36.90",
                    "36.49",
                ),
                ("By the definition of 2018", "other reading", "36.86", "36.49"),
            ],
        ),
    ],
)
def test_the_table_of_both_series(language: Language, expected: list[tuple[str, ...]]) -> None:
    table = series_table(kpi_data()).said(language)
    assert list(table.rows) == expected
    assert table.evidence == "assumed"
    assert table.language == language
