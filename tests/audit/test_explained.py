"""One case explained: beside the rule itself over thousands of cases, and by hand for a few."""

import datetime
import json
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from closurerate.audit.explained import ExplainedCase, explain
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.text import said
from closurerate.records.paths import kpi_file, project_root
from notebook_runner import case_table

YEAR = 107
CLOSED = {"closed_on": datetime.date(2018, 7, 1), "disposition": "part_certificate"}
CASES = {
    "passes": {**CLOSED, "paid_amount_twd": 50_001},
    "equal": {**CLOSED, "paid_amount_twd": 50_000},
    "special": {**CLOSED, "referred_amount_twd": 200_000, "paid_amount_twd": 110_000},
    "nothing": {**CLOSED, "paid_amount_twd": 0},
    "full": {**CLOSED, "disposition": "paid_in_full", "paid_amount_twd": 100_000},
    "unpaid": {**CLOSED, "disposition": "unpaid_certificate"},
    "new": {"referred_on": datetime.date(2018, 2, 3)},
    "pending": {"paid_amount_twd": 7},
    "before": {**CLOSED, "closed_on": datetime.date(2017, 12, 31)},
    "after": {"referred_on": datetime.date(2019, 1, 1)},
    "later": {**CLOSED, "closed_on": datetime.date(2019, 1, 1)},
}
DEFINITION = read_definition(kpi_file("effective_closure_rate"), kpi_file)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explained") / "cases.parquet"
    common = {
        "branch": "花蓮", "category": "財稅", "referred_on": datetime.date(2016, 5, 4),
        "referred_amount_twd": 100_000, "paid_amount_twd": 0,
    }  # fmt: skip
    rows = [{**common, **case, "case_id": name} for name, case in CASES.items()]
    pq.write_table(case_table(rows), path)
    return path


def of(name: str, cases: Path) -> ExplainedCase:
    return explain(name, cases, YEAR, DEFINITION)


def english(case: ExplainedCase) -> dict[str, tuple[bool | None, str]]:
    return {said(rule.name, "en"): (rule.applies, said(rule.reason, "en")) for rule in case.rules}


@pytest.mark.parametrize(
    ("name", "standing", "is_effective", "changes"),
    [
        ("passes", "closed", True, [
            "Less than NTD 50,001 paid (NTD 1 less or more) would have made it not effective.",
            "In tier Special (threshold 0.6) the same share would not be effective.",
            "In tier Major (threshold 0.75) the same share would not be effective."]),
        ("equal", "closed", False, [
            "NTD 1 more paid (NTD 50,001 in all) would have made it effective.",
            "A threshold under 0.5 would have made it effective."]),
        ("special", "closed", False, [
            "NTD 10,001 more paid (NTD 120,001 in all) would have made it effective.",
            "A threshold under 0.55 would have made it effective.",
            "In tier Ordinary (threshold 0.5) the same share would be effective."]),
        ("nothing", "closed", False, [
            "NTD 50,001 more paid (NTD 50,001 in all) would have made it effective."]),
        ("full", "closed", True, [
            "Recorded as paid in part with these amounts it would be effective: its threshold "
            "takes NTD 50,001 at least."]),
        ("unpaid", "closed", False, [
            "Recorded as paid in part with these amounts it would not be effective: its threshold "
            "takes NTD 50,001 at least.",
            "Recorded as “Paid in full” it would be effective."]),
        ("pending", "pending", False, [
            "Closed by the year's end it would be effective if paid in full, or in part with NTD "
            "50,001 at least."]),
        ("later", "pending", False, None),
        ("before", "none", False, []),
        ("after", "none", False, []),
    ],
)  # fmt: skip
def test_what_a_case_is_and_what_would_have_changed_it(
    cases: Path, name: str, standing: str, is_effective: bool, changes: list[str] | None
) -> None:
    case = of(name, cases)
    assert (case.standing, case.is_effective) == (standing, is_effective)
    if changes is not None:
        assert [said(item, "en") for item in case.would_change] == changes
    for rule in case.rules:
        assert said(rule.reason, "zh-Hant") != said(rule.reason, "en")


def test_rules_that_did_not_apply_say_why(cases: Path) -> None:
    rules = english(of("full", cases))
    assert rules["Paid in full"] == (
        True, "Its disposition is “Paid in full”, which is effective as it is.",
    )  # fmt: skip
    assert rules["Paid in part"] == (None, "Not asked: a rule before it decided.")
    assert rules["Share paid and threshold"][0] is None
    rules = english(of("special", cases))
    assert rules["Paid in full"][0] is False
    assert "none of those (Paid in full)" in rules["Paid in full"][1]
    assert rules["Tier: Ordinary"] == (
        False,
        "NTD 200,000 were referred, which is outside tier Ordinary (under NTD 200,000).",
    )
    assert rules["Tier: Special"][0] is True
    assert rules["Share paid and threshold"] == (
        False, "NTD 110,000 were paid, 0.55 of what was referred, under 0.6: not effective.",
    )  # fmt: skip
    assert (
        "exactly 0.5: not effective" in english(of("equal", cases))["Share paid and threshold"][1]
    )
    assert english(of("new", cases))["New in the year"][0] is True
    assert list(english(of("before", cases))) == ["Closed or pending in the year"]


def test_each_rule_names_the_line_that_says_it(cases: Path) -> None:
    root = project_root()
    wanted = {
        "Paid in full": "paid_in_full: [paid_in_full]",
        "Paid in part": "paid_in_part: [part_certificate",
        "Tier: Special": "special: {from: 200000",
        "Share paid and threshold": 'special: "0.6"',
    }
    for rule in of("special", cases).rules:
        if text := wanted.pop(said(rule.name, "en"), None):
            assert rule.file is not None
            assert rule.line is not None
            assert text in (root / rule.file).read_text("utf-8").splitlines()[rule.line - 1]
    assert wanted == {}


def test_an_own_definition_is_named_by_its_own_file(cases: Path, tmp_path: Path) -> None:
    file = tmp_path / "stricter.yml"
    file.write_text(
        "id: stricter\nextends: effective_closure_rate\n"
        "name: {zh-Hant: 較嚴, en: Stricter}\nsummary: {zh-Hant: 甲, en: a}\n"
        "ratios:\n  unit: share\n  since:\n    106:\n      reference: none\n"
        "      comparison: '>='\n      value: {ordinary: '0.5', special: '0.7', major: '0.75'}\n"
        "    108:\n      reference: none\n"
        "      comparison: '>='\n      value: {ordinary: '0.5', special: '0.7', major: '0.75'}\n",
        encoding="utf-8",
    )
    definition = read_definition(file, kpi_file)
    rule = explain("special", cases, YEAR, definition).rules[-1]
    assert rule.file == file
    assert rule.line == 11
    equal = explain("equal", cases, YEAR, definition)
    assert equal.is_effective
    assert "exactly 0.5: effective" in english(equal)["Share paid and threshold"][1]


def test_every_case_of_a_synthetic_year_is_what_the_count_says(
    panel_files: dict[int, Path],
) -> None:
    made = panel_files[YEAR]
    rows = pq.read_table(made).to_pylist()
    rows = [row for row in rows if (row["disposition"] or "").startswith("part")][::97] + rows[
        ::971
    ]
    for row in rows:
        case = explain(row["case_id"], made, YEAR, DEFINITION)
        assert case.is_synthetic
        assert case.is_effective == _by_hand(row)
        asked = english(case).get("Share paid and threshold", (None, ""))[0]
        assert asked in (None, case.is_effective)


def _by_hand(row: dict[str, object]) -> bool:
    """Plain arithmetic: no code of the rule's."""
    closed = row["closed_on"]
    if not isinstance(closed, datetime.date) or closed.year != YEAR + 1911:
        return False
    referred, paid = row["referred_amount_twd"], row["paid_amount_twd"]
    assert isinstance(referred, int)
    assert isinstance(paid, int)
    needed = Fraction(1, 2) if referred < 200_000 else Fraction(3, 5)
    needed = Fraction(3, 4) if referred >= 1_000_000 else needed
    word = str(row["disposition"])
    return word == "paid_in_full" or (
        word.startswith("part_") and Fraction(paid, referred) > needed
    )


# The shell ------------------------------------------------------------------------------------
def test_the_shell_tells_both_languages_and_data(
    cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["explain", "special", "--cases", str(cases), "--year", "107"]
    assert main(given) == 0
    out = capsys.readouterr().out
    assert "案件 special，107 年度，有效結案率：非有效結案\n" in out
    assert "Case special, 107 (2018), effective closure rate: not effective\n" in out
    assert "[data/kpi/effective_closure_rate.yml:" in out
    assert main([*given, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    known = {name: told[name] for name in ("standing", "effective", "tier", "share", "threshold")}
    assert known == {
        "standing": "closed", "effective": False, "tier": "special", "share": "11/20",
        "threshold": "3/5",
    }  # fmt: skip
    assert told["least_paid_twd"] == 120_001
    assert {rule["applies"] for rule in told["rules"]} == {True, False}


def test_a_case_that_is_not_there_is_one_sentence(cases: Path) -> None:
    with pytest.raises(InputError, match=r"cases\.parquet: there is no case 'nobody'"):
        of("nobody", cases)
