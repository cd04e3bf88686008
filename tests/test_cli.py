"""The commands: what they print, what they refuse, and that a refusal leaves all as it was."""

import contextlib
import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import nbformat
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from nbformat import v4

from closurerate.cases.source import describe, write_source
from closurerate.cli import main
from notebook_runner import case_table
from project_copy import ROOT, copy_shipped, tree

Capture = pytest.CaptureFixture[str]
Change = Callable[[pa.Table], pa.Table]

IN_2018, IN_2017 = date(2018, 3, 1), date(2017, 3, 1)
MAY = date(2018, 5, 2)
# case, branch, category, referred on, closed on, disposition, referred and paid NTD
CASES = [
    ("a1", "臺北", "罰鍰", IN_2018, MAY, "paid_in_full", 1_000, 1_000),
    ("a2", "臺北", "罰鍰", IN_2018, MAY, "part_certificate", 1_000, 500),  # exactly on the ratio
    ("a3", "臺北", "罰鍰", IN_2017, MAY, "part_certificate", 1_000, 501),
    ("a4", "臺北", "罰鍰", IN_2018, None, None, 1_000, 0),
    ("b1", "宜蘭", "費用", IN_2017, None, None, 200_000, 0),
    ("s1", "士林", "財稅", IN_2018, MAY, "paid_in_full", 1_000_000, 1_000_000),
    ("s2", "士林", "財稅", IN_2018, MAY, "unpaid_certificate", 999_999, 0),
    ("x1", "高雄", "財稅", IN_2017, date(2017, 12, 31), "paid_in_full", 1_000, 1_000),
    ("x2", "高雄", "財稅", date(2019, 1, 1), None, None, 1_000, 0),
]  # fmt: skip
NAMES = (
    "case_id", "branch", "category", "referred_on", "closed_on", "disposition",
    "referred_amount_twd", "paid_amount_twd",
)  # fmt: skip
KEYS = [
    "by", "new", "closed", "effective", "pending", "I1", "I2", "value", "display", "percent",
]  # fmt: skip
# By hand, from the list above: I = E (C + P) / (C² + P²).
TAIPEI = ["臺北", 3, 3, 2, 1, "2/3", "2", "4/5", "80.00 %", "80.00"]
YILAN = ["宜蘭", 0, 0, 0, 1, None, "0", "0", "0.00 %", "0.00"]
SHILIN = ["士林", 2, 2, 1, 0, "1/2", None, "1/2", "50.00 %", "50.00"]
TOTAL = [None, 5, 5, 3, 2, "3/5", "3/2", "21/29", "72.41 %", "72.41"]


def given_cases() -> pa.Table:
    return case_table(dict(zip(NAMES, case, strict=True)) for case in CASES)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "given" / "cases.parquet"
    path.parent.mkdir()
    pq.write_table(given_cases(), path)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, so that no test can write into the real one."""
    folder = bare_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder


def bare_project(folder: Path) -> Path:
    parts = ("data/kpi", "data/published", "data/years", "data/columns", "notebooks")
    copy_shipped(folder, *(f"{part}/" for part in parts))
    for name in ("synthetic.yml", "vocabulary.yml"):
        shutil.copy2(ROOT / "data" / name, folder / "data")
    return folder


def run(*arguments: object) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def refused(capture: Capture, kept: Path, said: str, *arguments: object) -> None:
    """Run what must be refused: status 2, one sentence, nothing printed, no file changed."""
    before = tree(kept)
    status = run(*arguments)
    out, error = capture.readouterr()
    assert (status, out) == (2, ""), error
    assert error.startswith("closurerate: ")
    assert re.search(r"[.?]\n$", error), error
    assert error.count("\n") == 1, error
    assert re.search(said, error), error
    assert tree(kept) == before


def evaluated(capture: Capture, *arguments: object) -> dict[str, Any]:
    status = run("kpi", "--format", "json", *arguments)
    out, error = capture.readouterr()
    assert (status, error) == (0, "")
    document: dict[str, Any] = json.loads(out)
    return document


def rows_of(document: dict[str, Any]) -> list[list[object]]:
    assert all(list(row) == KEYS for row in document["rows"])
    return [list(row.values()) for row in document["rows"]]


# Case files that are refused -----------------------------------------------------------------
def replaced(column: str, row: int, value: object) -> Change:
    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = value
        position = table.column_names.index(column)
        free = pa.field(column, table.schema.field(column).type)
        return table.set_column(position, free, pa.array(values, free.type))

    return change


def retyped(column: str, kind: pa.DataType) -> Change:
    def change(table: pa.Table) -> pa.Table:
        return table.set_column(table.column_names.index(column), column, table[column].cast(kind))

    return change


BAD_TABLES: dict[str, Change] = {
    "missing column paid_amount_twd": lambda table: table.drop_columns(["paid_amount_twd"]),
    r"missing column referred_on.*referred_at meant": lambda table: table.rename_columns(
        ["referred_at" if name == "referred_on" else name for name in table.column_names]
    ),
    "referred_amount_twd is double and must be int64": retyped(
        "referred_amount_twd", pa.float64()
    ),
    "closed_on is timestamp.* must be date32": retyped("closed_on", pa.timestamp("us")),
    "disposition must be one of .*disposition=paid": replaced("disposition", 0, "paid"),
    "branch must be one of .*branch=台北": replaced("branch", 0, "台北"),
    "branch must never be null": replaced("branch", 2, None),
    "case_id must never be null": replaced("case_id", 0, None),
    "paid_amount_twd must never be null": replaced("paid_amount_twd", 0, None),
    "disposition must be null exactly when closed_on is": replaced("disposition", 0, None),
    "referred_amount_twd must be from 1 to": replaced("referred_amount_twd", 0, 0),
    "case_id must be unique, but 1 of them come in 2 rows": replaced("case_id", 1, "a1"),
    "has no rows": lambda table: table.slice(0, 0),
}  # fmt: skip


@pytest.mark.parametrize("said", BAD_TABLES)
def test_a_file_that_breaks_the_contract_is_refused(
    tmp_path: Path, capsys: Capture, said: str
) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(BAD_TABLES[said](given_cases()), path)
    refused(capsys, tmp_path, said, "kpi", "--cases", path, "--year", 107)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "no such file": lambda path: None,
    r"cases.parquet: is a folder; name the Parquet case file": lambda path: path.mkdir(),
    r"empty \(0 bytes\)": lambda path: path.touch(),
    "not a Parquet file": lambda path: path.write_text("case_id\n1\n2\n", encoding="utf-8"),
    "not a Parquet file.*end is missing": lambda path: (
        pq.write_table(given_cases(), path), path.write_bytes(path.read_bytes()[:-20])
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["kpi", "count", "profile"])
@pytest.mark.parametrize("said", NO_FILES)
def test_what_is_no_case_file_is_refused(
    tmp_path: Path, capsys: Capture, said: str, command: str
) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out"
    NO_FILES[said](path)
    out.write_bytes(b"before")
    wanted = said if command == "kpi" else "cases.parquet: "
    output = () if command == "kpi" else ("--out", out)
    refused(capsys, tmp_path, wanted, command, "--cases", path, "--year", 107, *output)


def test_a_case_file_without_permission_is_told_so(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pq, "ParquetFile", refuse)
    said = r"cannot be read \(no permission for this user\)"
    refused(capsys, cases.parent, said, "kpi", "--cases", cases, "--year", 107)


@pytest.mark.parametrize("command", ["count", "profile"])
def test_counting_a_file_without_a_needed_column_is_refused(
    tmp_path: Path, capsys: Capture, command: str
) -> None:
    path, out = tmp_path / "cases.parquet", tmp_path / "out"
    pq.write_table(given_cases().drop_columns(["closed_on"]), path)
    out.write_bytes(b"before")
    refused(
        capsys, tmp_path, "missing column closed_on",
        command, "--cases", path, "--year", 107, "--out", out,
    )  # fmt: skip


# Questions that are refused ------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--year", 105), r"not defined for year 105: its first version is 106"),
        (("--year", 110), r"nothing in this file belongs to year 110 .* 106 to 108"),
        (("--year", 9000), r"year 9000"),
        (("--year", 2018), r"year 2018"),
        (("--year", 107, "--version", 105), r"has no version 105: it has 106, 107"),
        (("--year", 107, "--kpi", "geometric"), r"id 'geometric'; did you mean 'geometric_mean'"),
        (("--year", 107, "--kpi", "Harmonic_Mean"), r"did you mean 'harmonic_mean'\.$"),
        (("--year", 107, "--kpi", "HARMONIC_MEAN"), r"did you mean 'harmonic_mean'\.$"),
        (("--year", 107, "--kpi", "harmonic_mean.yml"), r"did you mean 'harmonic_mean'\.$"),
        (("--year", 107, "--kpi", "x"), r"no KPI has the id 'x'; allowed are arithmetic_mean, .*"),
        (("--year", 107, "--kpi", "readings"), r"no KPI has the id 'readings'"),
        (("--year", 107, "--kpi", "missing.yml"), r"missing.yml: there is no such file"),
        (("--year", 107, "--kpi", "kpi/geometric_mean", "--version", 107), r"no KPI has the id"),
    ],
)
def test_an_unknown_year_kpi_or_version_is_refused(
    cases: Path, tmp_path: Path, capsys: Capture, asked: tuple[object, ...], said: str
) -> None:
    refused(capsys, tmp_path, said, "kpi", "--cases", cases, *asked)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--by", "obligor"),
        ("--format", "xml"),
        ("--year", "一〇七"),
        ("--version", "new"),
        ("--bye", "branch"),
    ],
)
def test_a_wrong_option_is_one_sentence_too(
    cases: Path, tmp_path: Path, capsys: Capture, wrong: tuple[str, str]
) -> None:
    refused(capsys, tmp_path, re.escape(wrong[1]), "kpi", "--cases", cases, "--year", 107, *wrong)


def test_csv_says_what_json_says(cases: Path, capsys: Capture) -> None:
    asked = ("--cases", cases, "--year", 107, "--by", "branch")
    expected = rows_of(evaluated(capsys, *asked))
    assert run("kpi", *asked, "--format", "csv") == 0
    head, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert head == KEYS
    assert rows == [["" if item is None else str(item) for item in row] for row in expected]


def test_it_says_its_version(capsys: Capture) -> None:
    assert run("--version") == 0
    assert re.fullmatch(r"closurerate \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_an_option_given_twice_and_options_that_contradict_each_other_are_refused(
    cases: Path, project: Path, capsys: Capture
) -> None:
    twice = ("kpi", "--cases", cases, "--year", 107, "--kpi", "minimum", "--kpi", "minimum")
    refused(capsys, project, "--kpi is given twice; `closurerate kpi --help`", *twice)
    extract = ("cases", "--year", 107, "--kind", "extract", "--out", project / "cases.parquet")
    for option in ("--fraction", "--seed"):
        said = "--fraction and --seed are for --kind synthetic"
        refused(capsys, project, said, *extract, option, "1")
    refused(capsys, project, "--year is given twice", *extract, "--year", 107)


def test_a_missing_option_and_an_unknown_command_are_one_sentence_too(
    tmp_path: Path, capsys: Capture
) -> None:
    refused(capsys, tmp_path, "--cases", "kpi", "--year", 107)
    refused(capsys, tmp_path, "evaluate", "evaluate")


DAMAGES = {
    r"unknown key 'tiars'": ("tiers:", "tiars:"),
    r"tiers.since.106.value.special: overlaps ordinary": ("from: 200000", "from: 199999"),
    r"tiers.since.106.value.special: leaves a gap": ("from: 200000", "from: 200001"),
    "ratios.since.106.value.special: must be a decimal in quotes": (
        'special: "0.6"', "special: 0.6",
    ),
    r"unknown disposition 'part_paid'": ("part_withdrawn", "part_paid"),
    r"formula.since.107.value: unknown name 'I3'": ("I1 * I2^2", "I3 * I2^2"),
    r"formula.since.106.value: .* is not a formula": (
        "value: E / C\n    107", "value: E //\n    107",
    ),
    r"formula.unit: must be one of": (
        "formula:\n  unit: percent", "formula:\n  unit: per cent",
    ),
    r"the key 'decimals' stands twice": ("decimals: 2", "decimals: 2\ndecimals: 2"),
    r"is not valid YAML": ("decimals: 2", "decimals: [2"),
    r"name: the key 'en' is missing": ("  en: effective closure rate\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("command", ["kpi", "count"])
@pytest.mark.parametrize("said", DAMAGES)
def test_a_damaged_definition_is_refused_by_file_and_key(
    cases: Path, tmp_path: Path, capsys: Capture, said: str, command: str
) -> None:
    text = (ROOT / "data" / "kpi" / "effective_closure_rate.yml").read_text(encoding="utf-8")
    part, damaged = DAMAGES[said]
    assert text.count(part) >= 1
    definition, out = tmp_path / "mine.yml", tmp_path / "out"
    own = text.replace("id: effective_closure_rate", "id: mine")
    definition.write_text(own.replace(part, damaged, 1), encoding="utf-8")
    output = () if command == "kpi" else ("--out", out)
    refused(
        capsys, tmp_path, rf"mine.yml\b.*: .*{said}" if "mine" not in said else said,
        command, "--cases", cases, "--year", 107, "--kpi", definition, *output,
    )  # fmt: skip


def test_a_definition_that_is_not_text_is_refused(
    cases: Path, tmp_path: Path, capsys: Capture
) -> None:
    definition = tmp_path / "mine.yml"
    definition.write_bytes(b"\xff\xfe\x00")
    question = ("kpi", "--cases", cases, "--year", 107, "--kpi")
    refused(capsys, tmp_path, "mine.yml, line 1: is not UTF-8", *question, definition)
    definition.write_text("- a list", encoding="utf-8")
    refused(capsys, tmp_path, "mine.yml: must hold keys and values", *question, definition)


# kpi -----------------------------------------------------------------------------------------
def test_json_is_what_was_agreed(cases: Path, capsys: Capture) -> None:
    document = evaluated(capsys, "--cases", cases, "--year", 107)
    assert list(document) == ["kpi", "version", "year", "unit", "rows"]
    assert list(document.values())[:4] == ["effective_closure_rate", 107, 107, "percent"]
    assert rows_of(document) == [TOTAL]


def test_by_branch_in_the_contracts_order_with_the_total_last(cases: Path, capsys: Capture) -> None:
    document = evaluated(capsys, "--cases", cases, "--year", 107, "--by", "branch")
    assert rows_of(document) == [TAIPEI, YILAN, SHILIN, TOTAL]


def test_by_category(cases: Path, capsys: Capture) -> None:
    document = evaluated(capsys, "--cases", cases, "--year", 107, "--by", "category")
    renamed = [["財稅", *SHILIN[1:]], ["罰鍰", *TAIPEI[1:]], ["費用", *YILAN[1:]], TOTAL]
    assert rows_of(document) == renamed


def test_by_tier_has_its_boundaries_in_the_right_place(cases: Path, capsys: Capture) -> None:
    document = evaluated(capsys, "--cases", cases, "--year", 107, "--by", "tier")
    assert rows_of(document) == [
        ["ordinary", *TAIPEI[1:]],
        ["special", 1, 1, 0, 1, "0", "0", "0", "0.00 %", "0.00"],
        ["major", 1, 1, 1, 0, "1", None, "1", "100.00 %", "100.00"],
        TOTAL,
    ]


def test_an_earlier_version_restates_the_year(cases: Path, capsys: Capture) -> None:
    arguments = ("--cases", cases, "--year", 107, "--version", 106, "--by", "branch")
    document = evaluated(capsys, *arguments)
    assert (document["version"], document["year"]) == (106, 107)
    assert rows_of(document) == [
        [*TAIPEI[:7], "2/3", "66.67 %", "66.67"],
        [*YILAN[:7], None, "—", None],
        [*SHILIN[:7], "1/2", "50.00 %", "50.00"],
        [*TOTAL[:7], "3/5", "60.00 %", "60.00"],
    ]


def test_the_version_in_force_is_that_of_the_year(cases: Path, capsys: Capture) -> None:
    before = evaluated(capsys, "--cases", cases, "--year", 106)
    # of 106: x1 closed in full; a3 and b1 open at its end
    assert (before["version"], before["year"]) == (106, 106)
    assert rows_of(before) == [[None, 3, 1, 1, 2, "1", "1/2", "1", "100.00 %", "100.00"]]
    after = evaluated(capsys, "--cases", cases, "--year", 108, "--version", 107)
    # of 108: a4, b1 and x2 open; nothing closed, so E / P is 0 and E / C has no value
    assert (after["version"], after["year"]) == (107, 108)
    assert rows_of(after) == [[None, 1, 0, 0, 3, None, "0", "0", "0.00 %", "0.00"]]


def test_an_irrational_value_has_thirty_digits(cases: Path, capsys: Capture) -> None:
    arguments = ("--cases", cases, "--year", 107, "--kpi", "geometric_mean", "--by", "branch")
    rows = evaluated(capsys, *arguments)["rows"]
    # √(4/3) and √(9/10), by long division; a branch without an indicator has none
    taipei, total = "1.15470053837925152901829756100", "0.948683298050513799599668063330"
    assert [row["value"] for row in rows] == [taipei, None, None, total]
    assert all(len(Decimal(value).as_tuple().digits) == 30 for value in (taipei, total))
    assert [row["display"] for row in rows] == ["115.47 %", "—", "—", "94.87 %"]
    assert [row["percent"] for row in rows] == ["115.47", None, None, "94.87"]


def test_indicators_are_those_of_the_definition(
    cases: Path, tmp_path: Path, capsys: Capture
) -> None:
    kpi = tmp_path / "own.yml"
    kpi.write_text(
        "id: own\nextends: effective_closure_rate\n"
        "name: {zh-Hant: 自訂, en: own}\nsummary: {zh-Hant: 測試。, en: A test.}\n"
        "indicators: {unit: ratio, since: {106: {reference: x, value: {share: E / (C + P)}}}}\n"
        'formula: {unit: percent, since: {106: {reference: x, value: "2 * share"}}}\n',
        encoding="utf-8",
    )
    row = evaluated(capsys, "--cases", cases, "--year", 107, "--kpi", kpi)["rows"][0]
    assert (row["share"], row["value"]) == ("3/7", "6/7")
    assert {"I1", "I2"}.isdisjoint(row)
    assert run("kpi", "--cases", cases, "--year", 107, "--kpi", kpi) == 0
    heading, line = capsys.readouterr().out.splitlines()
    assert heading.split() == ["new", "closed", "effective", "pending", "share", "%", "value"]
    assert line.split() == ["total", "5", "5", "3", "2", "42.8571", "85.71", "%"]


def test_a_root_that_comes_out_is_a_fraction(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "cases.parquet"
    pq.write_table(given_cases().take([0, 1, 3, 4]), path)  # E 1, C 2, P 2: the root of 1/4
    row = evaluated(capsys, "--cases", path, "--year", 107, "--kpi", "geometric_mean")["rows"][0]
    assert (row["I1"], row["I2"], row["value"]) == ("1/2", "1/2", "1/2")
    assert row["display"] == "50.00 %"


def test_days_have_no_percent(cases: Path, capsys: Capture) -> None:
    arguments = ("--cases", cases, "--year", 107, "--kpi", "disposition_time", "--by", "branch")
    document = evaluated(capsys, *arguments)
    assert (document["kpi"], document["unit"]) == ("disposition_time", "day")
    values = [(row["value"], row["display"], row["percent"]) for row in document["rows"]]
    # 365 · P / C: 365/3, none, 0, 146
    assert values == [
        ("365/3", "121.7 days", None),
        (None, "—", None),
        ("0", "0.0 days", None),
        ("146", "146.0 days", None),
    ]


def test_a_definition_of_ones_own(cases: Path, tmp_path: Path, capsys: Capture) -> None:
    definition = tmp_path / "mine.yml"
    definition.write_text(
        "id: mine\nextends: effective_closure_rate\nname: {zh-Hant: 我的, en: mine}\n"
        "summary: {zh-Hant: 我的, en: mine}\ndecimals: 3\n"
        "formula: {unit: ratio, since: {107: {reference: mine, value: E / (C + P)}}}\n",
        encoding="utf-8",
    )
    document = evaluated(capsys, "--cases", cases, "--year", 107, "--kpi", definition)
    assert (document["kpi"], document["version"], document["unit"]) == ("mine", 107, "ratio")
    assert rows_of(document) == [[*TOTAL[:7], "3/7", "0.429", None]]


def test_rounding_is_half_up(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "cases.parquet"
    # 1 effective of 160 closed is 0.625 %, which half to even would print as 0.62
    one, other = given_cases().slice(0, 1), given_cases().slice(1, 1)
    numbered = [
        other.set_column(0, other.schema.field(0), pa.array([f"n{number}"]))
        for number in range(159)
    ]
    pq.write_table(pa.concat_tables([one, *numbered]), path)
    row = evaluated(capsys, "--cases", path, "--year", 107, "--version", 106)["rows"][0]
    assert (row["value"], row["display"], row["percent"]) == ("1/160", "0.63 %", "0.63")


def test_the_table_says_the_same(cases: Path, capsys: Capture) -> None:
    assert run("kpi", "--cases", cases, "--year", 107, "--by", "branch") == 0
    out, error = capsys.readouterr()
    assert error == ""
    heading, *lines = out.splitlines()
    assert heading.split() == [
        "new", "closed", "effective", "pending", "I1", "%", "I2", "%", "value",
    ]  # fmt: skip
    assert [line.split() for line in lines] == [
        ["臺北", "3", "3", "2", "1", "66.6667", "200.0000", "80.00", "%"],
        ["宜蘭", "0", "0", "0", "1", "—", "0.0000", "0.00", "%"],
        ["士林", "2", "2", "1", "0", "50.0000", "—", "50.00", "%"],
        ["total", "5", "5", "3", "2", "60.0000", "150.0000", "72.41", "%"],
    ]
    widths = {sum(2 if sign > "\u2e7f" else 1 for sign in line) for line in [heading, *lines]}
    assert len(widths) == 1


def test_nothing_but_the_answer_is_written(cases: Path, tmp_path: Path, capsys: Capture) -> None:
    before = tree(tmp_path)
    evaluated(capsys, "--cases", cases, "--year", 107, "--by", "tier")
    assert tree(tmp_path) == before


# The other commands: what was there stays ----------------------------------------------------
def put_extract(project: Path, *names: str) -> None:
    folder = project / "data" / "raw" / "107"
    folder.mkdir(parents=True)
    for name in names:
        pq.write_table(given_cases(), folder / name)


def test_an_extract_that_is_not_there_is_refused(project: Path, capsys: Capture) -> None:
    out = project / "data" / "cases" / "107" / "extract" / "cases.parquet"
    out.parent.mkdir(parents=True)
    out.write_bytes(b"before")
    question = ("cases", "--year", 107, "--kind", "extract", "--out", out)
    refused(capsys, project, "there is no extract of year 107", *question)
    put_extract(project, "one.parquet")
    elsewhere = project / "taken.parquet"
    said = r"the case file of an extract is called cases.parquet"
    refused(capsys, project, said, *question[:-1], elsewhere)


def test_an_extract_without_known_columns_or_with_bad_rows_is_refused(
    project: Path, capsys: Capture
) -> None:
    folder = project / "taken"
    folder.mkdir()
    (folder / "cases.parquet").write_bytes(b"before")
    question = ("cases", "--year", 107, "--kind", "extract", "--out", folder / "cases.parquet")
    put_extract(project)
    raw = project / "data" / "raw" / "107"
    (raw / "cases.csv").write_text("number\n1\n", encoding="utf-8")
    refused(capsys, project, r"cases.csv: no column of it is known", *question)
    (raw / "cases.csv").unlink()
    pq.write_table(replaced("branch", 0, "臺東")(given_cases()), raw / "of agency.parquet")
    said = r"of agency.parquet: 1 of 9 rows are rejected .*unknown_word \(1, first .* row 1, branch"
    assert run(*question) == 2
    assert re.search(said, capsys.readouterr().err)
    assert (folder / "cases.parquet").read_bytes() == b"before"
    assert not (folder / "source.json").exists()


def test_an_extract_is_taken_with_its_record(project: Path, capsys: Capture) -> None:
    put_extract(project, "of agency.parquet")
    out = project / "data" / "cases" / "107" / "extract" / "cases.parquet"
    assert run("cases", "--year", 107, "--kind", "extract", "--out", out) == 0
    assert f"{out.parent}: 7 cases" in capsys.readouterr().out
    assert {path.name for path in out.parent.iterdir() if not path.name.startswith(".")} == {
        "cases.parquet", "doubts.parquet", "intake.json", "rejects.csv", "rejects.parquet",
        "source.json", "validation.en.html", "validation.zh-Hant.html",
    }  # fmt: skip
    record = json.loads((out.parent / "source.json").read_text(encoding="utf-8"))
    assert (record["kind"], record["name"], record["rows"]) == ("extract", "of agency.parquet", 7)
    told = json.loads((out.parent / "intake.json").read_text(encoding="utf-8"))
    assert told["totals"]["out_of_scope"] == 2  # x1 and x2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--year", 108), r"year 108 cannot be made: it takes .* has those of 106, 107; put"),
        (("--year", 105), r"year 105 cannot be made"),
        (("--year", 107, "--fraction", "0"), r"--fraction 0: must be over 0 and at most 1"),
        (("--year", 107, "--fraction", "1.5"), r"--fraction 1.5: must be over 0"),
        (("--year", 107, "--fraction", "1/0"), r"--fraction 1/0: must be over 0"),
        (("--year", 107, "--fraction", "some"), r"--fraction some: must be over 0"),
        (("--year", 107, "--fraction", "0.00001"), r"take a larger fraction"),
        (("--year", 107, "--fraction", "0.001", "--seed", "-1"), r"seed"),
    ],
)
def test_a_synthetic_extract_that_cannot_be_made_is_refused(
    project: Path, capsys: Capture, asked: tuple[object, ...], said: str
) -> None:
    out = project / "cases.parquet"
    out.write_bytes(b"before")
    refused(capsys, project, said, "cases", "--kind", "synthetic", "--out", out, *asked)


@pytest.mark.parametrize("command", ["count", "profile"])
def test_counting_a_year_without_rows_is_refused(
    cases: Path, tmp_path: Path, capsys: Capture, command: str
) -> None:
    out = tmp_path / "out"
    out.write_bytes(b"before")
    for year in (90, 9000):
        refused(
            capsys, tmp_path, f"year {year}",
            command, "--cases", cases, "--year", year, "--out", out,
        )  # fmt: skip


def test_counting_for_an_unknown_kpi_is_refused(
    cases: Path, project: Path, capsys: Capture
) -> None:
    out = project / "counts.parquet"
    out.write_bytes(b"before")
    (project / "counts.parquet.d").write_bytes(b"before")
    question = ("count", "--cases", cases, "--year", 107, "--kpi", "minimun", "--out", out)
    refused(capsys, project, "no KPI has the id 'minimun'", *question)


def test_a_count_names_the_files_it_was_made_of(cases: Path, project: Path) -> None:
    out = Path("data/cases/107/extract/counts.minimum.parquet")
    question = ("count", "--cases", cases, "--year", 107, "--kpi", "minimum", "--out", out)
    assert run(*question) == 0
    rule = out.with_name(f"{out.name}.d").read_text(encoding="utf-8")
    assert rule == f"{out}: data/kpi/proposals/minimum.yml data/kpi/effective_closure_rate.yml\n"


def small_notebook(path: Path, code: str, *, kpi: str | None = None) -> Path:
    declared = 'year = 107\ncases = "auto"' + ("" if kpi is None else f"\nkpi = {kpi!r}")
    parameters = v4.new_code_cell(declared)
    parameters.metadata["tags"] = ["parameters"]
    notebook = v4.new_notebook(cells=[parameters, v4.new_code_cell(code)])
    notebook.metadata["closurerate"] = {"title": {"zh-Hant": "題", "en": "title"}}
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "p", "language": "python"}
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def taken_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a project in which the extract was taken in."""
    folder = bare_project(tmp_path_factory.mktemp("taken"))
    put_extract(folder, "extract.parquet")
    out = folder / "data" / "cases" / "107" / "extract" / "cases.parquet"
    with contextlib.chdir(folder):
        assert run("cases", "--year", 107, "--kind", "extract", "--out", out) == 0
    return folder / "data"


@pytest.fixture
def taken(project: Path, taken_once: Path) -> Path:
    """The same, in a project of the test's own."""
    shutil.copytree(taken_once, project / "data", dirs_exist_ok=True)
    return project


def test_a_notebook_without_case_data_is_refused(
    project: Path, taken_once: Path, capsys: Capture
) -> None:
    out = project / "out.ipynb"
    out.write_bytes(b"before")
    question = ("notebook", "notebooks/01_cases.ipynb", "--year", 107, "--out", out)
    refused(capsys, project, r"107.synthetic", *question)
    shutil.copytree(taken_once, project / "data", dirs_exist_ok=True)
    refused(capsys, project, r"107.synthetic", *question, "--cases", "synthetic")
    refused(capsys, project, r"107.synthetic-2", *question, "--cases", "synthetic-2")


def test_an_unknown_parameter_is_refused(taken: Path, capsys: Capture) -> None:
    out = taken / "out.ipynb"
    out.write_bytes(b"before")
    question = ("notebook", "notebooks/01_cases.ipynb", "--year", 107, "--out", out)
    said = "01_cases.ipynb: has no parameter 'kpi'; it declares year, cases"
    refused(capsys, taken, said, *question, "--kpi", "minimum")
    refused(capsys, taken, "no KPI has the id 'minimun'", *question, "--kpi", "minimun")
    refused(capsys, taken, "none.yml: there is no such file", *question, "--kpi", "none.yml")


def test_a_kpi_by_its_file_is_the_one_that_the_user_sees(taken: Path) -> None:
    below = taken / "below"
    below.mkdir()
    shutil.copy2(taken / "data" / "kpi" / "effective_closure_rate.yml", below / "mine.yml")
    text = (below / "mine.yml").read_text("utf-8")
    (below / "mine.yml").write_text(text.replace("id: effective_closure_rate", "id: mine"), "utf-8")
    notebook = small_notebook(below / "small.ipynb", "kpi", kpi="")
    with contextlib.chdir(below):
        given = ("--year", 107, "--cases", "extract", "--kpi", "mine.yml", "--out", "o.ipynb")
        assert run("notebook", notebook, *given) == 0
    shown = nbformat.read(below / "o.ipynb", as_version=4).cells[-1].outputs[0].data
    assert Path(shown["text/plain"].strip("'")).as_posix() == "below/mine.yml"


@pytest.mark.parametrize("title", ["甲", ["甲"], 1])
def test_a_title_that_is_in_no_language_is_refused(
    taken: Path, capsys: Capture, title: object
) -> None:
    notebook = small_notebook(taken / "small.ipynb", "1")
    read = nbformat.read(notebook, as_version=4)
    read.metadata["closurerate"] = {"title": title}
    nbformat.write(read, notebook)
    out = taken / "out.ipynb"
    out.write_bytes(b"before")
    said = "metadata.closurerate.title: must hold keys and values"
    refused(capsys, taken, said, "notebook", notebook, "--year", 107, "--out", out)


@pytest.mark.parametrize("content", [None, "{}", "no JSON", '{"nbformat": 4}'])
def test_what_is_no_notebook_cannot_be_run(
    taken: Path, capsys: Capture, content: str | None
) -> None:
    out = taken / "out.ipynb"
    out.write_bytes(b"before")
    if content is not None:
        (taken / "mine.ipynb").write_text(content, encoding="utf-8")
    refused(capsys, taken, "mine.ipynb", "notebook", "mine.ipynb", "--year", 107, "--out", out)


def test_bad_input_inside_a_notebook_comes_out_as_its_sentence(
    taken: Path, capsys: Capture
) -> None:
    code = "from closurerate.year.kpi_year import open_kpi\nopen_kpi(year, cases=cases)"
    notebook = small_notebook(taken / "small.ipynb", code)
    out = taken / "out.ipynb"
    out.write_bytes(b"before")
    before = tree(taken)
    assert run("notebook", notebook, "--year", 107, "--out", out) == 2
    printed, error = capsys.readouterr()
    assert printed == ""
    said = [line for line in error.splitlines() if line.startswith("closurerate: ")]
    assert len(said) == 1
    assert "profile.json: is not there; `make 01_cases YEAR=107` builds it" in said[0]
    assert "Traceback" not in error
    assert tree(taken) == before


@pytest.mark.parametrize("command", ["html", "pdf"])
def test_what_is_no_executed_notebook_is_refused(
    project: Path, capsys: Capture, command: str
) -> None:
    out = project / "out"
    out.write_bytes(b"before")
    refused(capsys, project, "cannot be read", command, "none.ipynb", "--out", out)
    bare = "notebooks/01_cases.ipynb"
    refused(capsys, project, f"{bare}: shows nothing yet: run it", command, bare, "--out", out)


def test_a_new_year_is_written_once(project: Path, capsys: Capture) -> None:
    assert run("new-year", 108) == 0
    told = capsys.readouterr().out
    for folder in ("years", "published"):
        assert str(project / "data" / folder / "108.yml") in told
        assert (project / "data" / folder / "108.yml").is_file()
    refused(capsys, project, r"108.yml: are there already, and were left as the", "new-year", 108)
    refused(capsys, project, r"107.yml: are there already", "new-year", 107)
    refused(capsys, project, r"must be a ROC year from 106 on", "new-year", 105)
    refused(capsys, project, r"2019 is ROC year 108", "new-year", 2019)


# As others call it ---------------------------------------------------------------------------
# Scenarios -----------------------------------------------------------------------------------
SCENARIO_COLUMNS = (
    "ratio_ordinary,ratio_special,ratio_major,boundary_special_twd,boundary_major_twd"
)
SCENARIOS = f"{SCENARIO_COLUMNS}\n0.5,0.6,0.75,200000,1000000\n0.499,0.6,0.75,200000,1000000\n"


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(SCENARIOS, encoding="utf-8")
    return path


def test_scenarios_in_order_with_the_exact_value(
    cases: Path, scenarios: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "out.csv"
    where = ("--cases", cases, "--year", 107, "--scenarios", scenarios, "--out", out)
    assert run("scenarios", *where) == 0
    assert capsys.readouterr().out == f"{out}: 2 rows of 2 scenarios\n"
    official, looser = SCENARIOS.splitlines()[1:]
    assert out.read_text(encoding="utf-8") == (
        f"{SCENARIO_COLUMNS},effective,value\n{official},3,21/29\n{looser},4,28/29\n"
    )
    assert run("scenarios", *where, "--by", "branch") == 0
    rows = out.read_text(encoding="utf-8").splitlines()
    assert rows[0] == f"{SCENARIO_COLUMNS},branch,effective,value"
    assert rows[5:] == [
        f"{looser},臺北,3,6/5",
        f"{looser},宜蘭,0,0",
        f"{looser},士林,1,1/2",
        f"{looser},,4,28/29",
    ]


@pytest.mark.parametrize(
    ("year", "content", "said"),
    [
        (107, SCENARIOS.replace("0.499", "half"), "scenario 2: ratio_ordinary: must be a decimal"),
        (107, SCENARIOS.replace(",200000", ",2000000"), "scenario 1: a boundary passes that of"),
        (
            107,
            "名稱,普案比例\n",
            "the column ratio_ordinary is missing: needed are ratio_ordinary, ratio_special, .*"
            "boundary_.*, and the file has 名稱, 普案比例.$",
        ),
        (107, f"{SCENARIO_COLUMNS},ratio_ordinary\n", "ratio_ordinary stands more than once: need"),
        (90, SCENARIOS, "effective_closure_rate is not defined for year 90"),
        (120, SCENARIOS, "120"),
    ],
)
def test_scenarios_that_cannot_be_evaluated_leave_all_as_it_was(
    cases: Path,
    scenarios: Path,
    tmp_path: Path,
    capsys: Capture,
    year: int,
    content: str,
    said: str,
) -> None:
    scenarios.write_text(content, encoding="utf-8")
    out = tmp_path / "out.csv"
    out.write_text("earlier", encoding="utf-8")
    where = ("--cases", cases, "--year", year, "--scenarios", scenarios, "--out", out)
    refused(capsys, tmp_path, said, "scenarios", *where)


def test_repayments_name_the_files_they_were_made_of(
    cases: Path, project: Path, capsys: Capture
) -> None:
    out = project / "repayments.parquet"
    assert run("repayments", "--cases", cases, "--year", 107, "--out", out) == 0
    table = pq.read_table(out)
    assert table.to_pydict() == {
        "branch": [0, 0], "referred_twd": [1000, 1000], "paid_twd": [500, 501]
    }  # fmt: skip
    made_of = out.with_name(f"{out.name}.d").read_text(encoding="utf-8")
    assert made_of == f"{out.as_posix()}: data/kpi/effective_closure_rate.yml\n"


def test_a_count_describes_and_collects_as_the_commands_for_it_do(
    cases: Path, project: Path
) -> None:
    given = ("--cases", cases, "--year", 107)
    names = ("profile", "repayments", "count")
    alone, together = ({name: project / f"{folder}-{name}" for name in names} for folder in "ab")
    for name in names:
        assert run(name, *given, "--out", alone[name]) == 0
    also = ("--profile", together["profile"], "--repayments", together["repayments"])
    assert run("count", *given, *also, "--out", together["count"]) == 0
    for name in names:
        assert together[name].read_bytes() == alone[name].read_bytes()
    for name in ("repayments", "count"):
        one, other = (Path(f"{made[name]}.d").read_text("utf-8") for made in (alone, together))
        assert other == one.replace(alone[name].as_posix(), together[name].as_posix())


# The study -----------------------------------------------------------------------------------
@pytest.fixture
def studied(project: Path, cases: Path) -> Path:
    """The project with a year's cases, counted and collected, and the declarations of the study."""
    folder = project / "data" / "cases" / "107" / "extract"
    folder.mkdir(parents=True)
    shutil.copy2(cases, folder / "cases.parquet")
    for name in ("study.yml", "worlds.yml"):
        shutil.copy2(ROOT / "data" / name, project / "data")
    write_source(folder / "cases.parquet", describe(cases, name="given.parquet", year=107))
    given = ("--cases", folder / "cases.parquet", "--year", 107, "--out")
    assert run("profile", *given, folder / "profile.json") == 0
    for command, name in (("count", "counts"), ("repayments", "repayments")):
        assert run(command, *given, folder / f"{name}.effective_closure_rate.parquet") == 0
    return project


def test_a_count_writes_what_make_looks_at_last(studied: Path, monkeypatch) -> None:
    """Whoever is killed between two of them makes all again."""
    written: list[str] = []
    replace = Path.replace

    def noted(self: Path, target: Path) -> Path:
        written.append(Path(target).name)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    folder = studied / "data" / "cases" / "107" / "extract"
    also = ("--profile", folder / "profile.json", "--repayments", folder / "r.parquet")
    given = ("--cases", folder / "cases.parquet", "--year", 107, "--out", folder / "c.parquet")
    assert run("count", *given, *also) == 0
    parts = ["profile.json", "r.parquet.d", "r.parquet", "c.parquet.d", "c.parquet"]
    assert written == parts


def test_exact_breakpoints_go_to_a_folder_that_says_so(studied: Path, capsys: Capture) -> None:
    out = studied / "reports" / "107" / "extract" / "restricted" / "b.csv"
    capsys.readouterr()
    assert run("breakpoints", "--year", 107, "--cases", "extract", "--out", out) == 0
    assert "exact breakpoints, restricted" in capsys.readouterr().out
    rows = out.read_text(encoding="utf-8").splitlines()
    # a3 paid 501 of 1,000 is effective, a2 paid 500 is not: 3 of 5 closed, 2 pending.
    assert rows[1] == ",ratio_ordinary,1/2,-1,1/2,0,1,72.41,96.55"
    assert rows[2] == ",ratio_ordinary,1/2,1,501/1000,1,-1,72.41,48.28"
    assert len(rows) == 1 + 4 * 5 * 2  # the nation and three branches
    assert "must not be published" in out.with_name("RESTRICTED.txt").read_text(encoding="utf-8")


def test_breakpoints_before_the_cases_are_collected_are_refused(
    studied: Path, capsys: Capture
) -> None:
    folder = studied / "data" / "cases" / "107" / "extract"
    (folder / "repayments.effective_closure_rate.parquet").unlink()
    capsys.readouterr()
    where = ("--year", 107, "--cases", "extract", "--out", studied / "b.csv")
    refused(capsys, studied, "is not there; `make 04_thresholds YEAR=107", "breakpoints", *where)


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ("extrakt", "did you mean 'extract'"),
        ("Synthetic", "did you mean 'synthetic'"),
        ("data/cases/107/extract/cases.parquet", "allowed are auto, extract, synthetic, synth"),
    ],
)
def test_a_kind_of_cases_that_is_none_is_refused(
    project: Path, capsys: Capture, cases: str, said: str
) -> None:
    said = f"cases '{cases}': is no kind of case data; {said}"
    asked = ("--year", 107, "--cases", cases, "--out", project / "out")
    notebook = small_notebook(project / "small.ipynb", "1")
    refused(capsys, project, said, "breakpoints", *asked)
    refused(capsys, project, said, "notebook", notebook, *asked)


def test_worlds_are_the_same_again(studied: Path, capsys: Capture) -> None:
    out = studied / "worlds.json"
    where = ("--year", 107, "--count", 2, "--fraction", "0.002", "--out", out)
    assert run("worlds", *where) == 0
    assert "2 synthetic worlds" in capsys.readouterr().out
    first = out.read_bytes()
    assert run("worlds", *where) == 0
    assert out.read_bytes() == first
    document = json.loads(first)
    assert [world["number"] for world in document["worlds"]] == [1, 2]
    assert {world["closed"] for world in document["worlds"]} == {document["base"]["closed"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--year", 108), "108"),
        (("--year", 107, "--count", 0), "'0' is not a whole number from 1"),
        (("--year", 107, "--fraction", 2), "must be over 0 and at most 1"),
        (("--year", 107, "--kpi", "closure"), "no KPI has the id 'closure'"),
    ],
)
def test_worlds_that_cannot_be_made_are_refused(
    studied: Path, capsys: Capture, arguments: tuple[object, ...], said: str
) -> None:
    capsys.readouterr()
    refused(capsys, studied, said, "worlds", *arguments, "--out", studied / "worlds.json")


def test_as_a_program(cases: Path, tmp_path: Path) -> None:
    called = [sys.executable, "-m", "closurerate.cli", "kpi", "--cases", str(cases), "--year"]
    good = subprocess.run(
        [*called, "107", "--by", "branch", "--format", "json"], capture_output=True, check=True
    )
    assert good.stderr == b""
    assert [row["by"] for row in json.loads(good.stdout.decode("utf-8"))["rows"]] == [
        "臺北", "宜蘭", "士林", None,
    ]  # fmt: skip
    bad = subprocess.run([*called, "105"], capture_output=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.decode("utf-8").startswith("closurerate: effective_closure_rate is not")
    assert bad.stderr.count(b"\n") == 1
