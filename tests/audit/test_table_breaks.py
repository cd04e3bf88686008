"""A silent change of definition is found in the period in which it begins, and nowhere else."""

import json
import random
import runpy
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

import pytest

from closurerate.audit.tables.breaks import Tally, breaks_of, definition_runs, runs_of
from closurerate.audit.tables.claims_file import TOLERATED, read_table_claims
from closurerate.audit.tables.fits import judge_table
from closurerate.audit.tables.printed_rows import read_printed_rows
from closurerate.cli import main
from closurerate.quantity import rounded
from table_samples import CLAIMS, Auditor, csv_of, written

SEEDS = 120


@pytest.fixture
def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys)


# Planted breaks -------------------------------------------------------------------------------
FORMULAS = {
    "of_closed": "100 * paid / closed",
    "of_all": "100 * paid / (closed + open)",
    "of_open": "100 * paid / open",
    "growth": "100 * (paid - previous(paid)) / previous(paid)",
    "own_base": "100 * (paid - previous(paid)) / paid",
}
PLANTED = f"""
entity: office
period: year
figures: {{rate: {{decimals: 2, candidates: {FORMULAS}}}}}
""".replace("'", '"')


def value(name: str, row: tuple[int, int, int], before: tuple[int, int, int] | None) -> Fraction:
    paid, closed, still = row
    past = before[0] if before else paid + 17
    below = {"of_closed": closed, "of_all": closed + still, "of_open": still, "growth": past}
    above = paid - past if name in ("growth", "own_base") else paid
    return Fraction(100 * above, below.get(name, paid))


def misprinted(rng: random.Random, text: str) -> str:
    """Return a print with one digit changed, the last one off by one, or its point in error."""
    kind = rng.randrange(3)
    if kind == 0:
        place = rng.choice([place for place, sign in enumerate(text) if sign.isdigit()])
        return text[:place] + str((int(text[place]) + rng.randint(1, 9)) % 10) + text[place + 1 :]
    off = Fraction(text) + Fraction(rng.choice([-1, 1]), 100)
    return f"{rounded(off if kind == 1 else Fraction(text) / 10, 2):f}"


def planted(
    rng: random.Random, definitions: Sequence[str], offices: int, share: float | None
) -> list[list[object]]:
    """Return a table printed by a definition for each period, with misprints.

    Args:
        share: Of all rows, those that are misprints; by default as many in each period as are
            tolerated, or fewer.
    """
    late = {office for office in range(offices) if rng.random() < 0.2}
    began = {office: rng.randrange(len(definitions)) for office in late}
    body: list[list[object]] = []
    before: dict[int, tuple[int, int, int]] = {}
    for year, name in enumerate(definitions):
        there = [office for office in range(offices) if year >= began.get(office, 0)]
        most = int(TOLERATED * len(there))
        wrong = set(rng.sample(there, rng.randint(0, most)))
        if share is not None:
            wrong = {office for office in there if rng.random() < share}
        for office in there:
            paid = rng.randint(300, 2000)
            row = paid, rng.randint(paid, 4000), rng.randint(500, 4000)
            text = f"{rounded(value(name, row, before.get(office)), 2):f}"
            text = misprinted(rng, text) if office in wrong else text
            body.append([f"office {office}", 98 + year, *row, text])
            before[office] = row
    rng.shuffle(body)
    return [["office", "year", "paid", "closed", "open", "rate"], *body]


def breaks_in(folder: Path, table: str, claims: str) -> list[tuple[str, str, str]]:
    given = written(folder, table, claims)
    read_claims = read_table_claims(Path(given[3]))
    rows = read_printed_rows(Path(given[1]), read_claims)
    columns = judge_table(rows, read_claims, Path(given[3]))
    found = breaks_of(definition_runs(columns, rows, read_claims.tolerated), rows.periods)
    assert all(one["fits_before"] > 0.6 and one["fits_after"] > 0.6 for one in found)
    return [(one["from_period"], one["before"], one["after"]) for one in found]


@pytest.mark.parametrize(
    ("fewest", "share"),
    [(3, 0), (3, None), (9, 0.04)],
    ids=["no misprints", "as many as are tolerated", "four in a hundred anywhere"],
)
def test_each_planted_break_is_found_and_no_other(
    tmp_path: Path, fewest: int, share: float | None
) -> None:
    """One break, two, back again, or none; offices that come late; the first year printed too."""
    for seed in range(SEEDS):
        rng = random.Random(seed)
        definitions: list[str] = []
        for _ in range(rng.randint(1, 4)):
            others = [name for name in FORMULAS if name not in definitions[-1:]]
            definitions += [rng.choice(others)] * rng.randint(2, 5)
        table = csv_of(planted(rng, definitions, rng.choice([fewest, 13, 30]), share))
        wanted = [
            (str(98 + year), before, after)
            for year, (before, after) in enumerate(pairwise(definitions), 1)
            if before != after
        ]
        assert breaks_in(tmp_path, table, PLANTED) == wanted, (seed, definitions)


# The rule -------------------------------------------------------------------------------------
def tally(name: str, agrees: Sequence[int], checked: Sequence[int], *is_open: int) -> Tally:
    opened = [place in is_open for place in range(len(agrees))]
    return Tally(name, "half_up", checked, agrees, opened)


def found(*tallies: Tally, tolerated: Fraction = TOLERATED) -> list[tuple[int, str]]:
    """Return where each run begins, and its definition."""
    runs = runs_of(tallies, len(tallies[0].agrees), tolerated)
    assert [run.stop for run in runs[:-1]] == [run.start for run in runs[1:]]
    assert (runs[0].start, runs[-1].stop) == (0, len(tallies[0].agrees))
    return [(run.start, run.fitting[0].candidate) for run in runs]


TEN = [10] * 6


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ([10, 10, 10, 0, 0, 0], [0, 0, 0, 10, 10, 10], [(0, "a"), (3, "b")]),
        ([10, 10, 0, 0, 10, 10], [0, 0, 10, 10, 0, 0], [(0, "a"), (2, "b"), (4, "a")]),
        ([10, 10, 10, 9, 9, 9], [0, 1, 0, 0, 0, 1], [(0, "a")]),
        # Both fit: no break, and one that comes is put at the latest.
        ([10, 10, 10, 10, 10, 10], [10, 10, 0, 10, 10, 10], [(0, "a")]),
        ([10, 10, 10, 0, 0, 0], [0, 0, 10, 10, 10, 10], [(0, "a"), (3, "b")]),
        # Nearly as good is not as good: the period before is the new one's.
        ([10, 10, 9, 0, 0, 0], [0, 0, 10, 10, 10, 10], [(0, "a"), (2, "b")]),
        # But never over a period that is the old one's alone.
        ([10, 9, 9, 9, 0, 0], [0, 10, 10, 8, 10, 10], [(0, "a"), (4, "b")]),
        # No candidate fits, or nothing can be told: such periods belong to what was before.
        ([10, 10, 0, 0, 0, 0], [0, 0, 3, 3, 10, 10], [(0, "a"), (4, "b")]),
        ([10, 10, 0, 0, 10, 10], [0, 0, 3, 4, 0, 0], [(0, "a")]),
        ([0, 0, 0, 0, 0, 0], [0, 3, 0, 4, 0, 0], [(0, "b")]),
        # So many misprints that none fits: what alone agrees with most rows has the period.
        ([10, 10, 0, 0, 10, 10], [0, 0, 6, 6, 0, 0], [(0, "a"), (2, "b"), (4, "a")]),
        ([10, 10, 6, 6, 10, 10], [0, 0, 7, 7, 0, 0], [(0, "a")]),
        ([10, 10, 5, 5, 0, 0], [0, 0, 5, 5, 10, 10], [(0, "a"), (4, "b")]),
        # More misprints in the first period than are tolerated.
        ([10, 10, 10, 0, 0, 0], [0, 0, 0, 7, 10, 10], [(0, "a"), (3, "b")]),
        ([10, 10, 7, 0, 0, 0], [0, 0, 0, 10, 10, 10], [(0, "a"), (3, "b")]),
    ],
)
def test_the_rule(old: list[int], new: list[int], runs: list[tuple[int, str]]) -> None:
    assert found(tally("a", old, TEN), tally("b", new, TEN)) == runs


def test_the_tolerated_share_is_exact() -> None:
    many = [100] * 3
    for disagree, runs in ((10, [(0, "a")]), (11, [(0, "a"), (2, "b")])):
        tallies = tally("a", [100, 100, 100 - disagree], many), tally("b", [0, 0, 100], many)
        assert found(*tallies) == runs
    strict = tally("a", [100, 100, 99], many), tally("b", [0, 0, 100], many)
    assert found(*strict, tolerated=Fraction(0)) == [(0, "a"), (2, "b")]
    few = tally("a", [4, 4, 3], [4] * 3), tally("b", [0, 0, 4], [4] * 3)
    assert found(*few) == [(0, "a")]  # of four rows one may be


def test_few_rows_tell_as_much_as_many() -> None:
    one = [1] * 6
    tallies = tally("a", [1, 1, 0, 0, 0, 0], one), tally("b", [0, 0, 0, 1, 1, 1], one)
    assert found(*tallies) == [(0, "a"), (3, "b")]  # of the misprint nobody knows whose it is
    sizes = [100, 100, 3, 100, 100, 100]
    tallies = tally("a", [99, 97, 0, 0, 1, 0], sizes), tally("b", [0, 0, 2, 98, 99, 97], sizes)
    assert found(*tallies) == [(0, "a"), (2, "b")]


def test_what_needs_a_period_before_is_not_ruled_out_by_the_first() -> None:
    """The first month of what adds up over the year: the sum itself is printed, and is no other."""
    checked = [0, 10, 10]
    later = tally("difference", [0, 10, 10], checked, 0)
    assert found(tally("sum", [10, 0, 0], [10] * 3), later) == [(0, "difference")]
    # A column that is not there yet is another thing: the old definition did fit.
    unseen = tally("new", [0, 10, 10], checked)
    assert found(tally("old", [10, 0, 0], [10] * 3), unseen) == [(0, "old"), (1, "new")]


def test_of_several_that_fit_the_first_is_named() -> None:
    same = [tally(name, [10, 10, 0], [10] * 3) for name in ("one", "two")]
    assert found(*same, tally("b", [0, 0, 10], [10] * 3)) == [(0, "one"), (2, "b")]


# The command ----------------------------------------------------------------------------------
def test_a_column_that_comes_late_is_no_period_before(audit: Auditor) -> None:
    """What needs the year before's column cannot be checked until 103, and is no older for that."""
    claims = """
entity: office
period: year
figures: {all: {decimals: 0, candidates: {alone: paid, both: paid + previous(extra)}}}
"""
    rows: list[list[object]] = [["office", "year", "paid", "extra", "all"]]
    for year in range(98, 108):
        for one in range(5):
            extra = "" if year < 102 else 7 + one
            rows.append([one, year, 100 + one, extra, 100 + one + (7 + one) * (year > 102)])
    (found,) = audit.found(csv_of(rows), claims)["breaks"]
    assert (found["from_period"], found["before"], found["after"]) == ("103", "alone", "both")


def test_the_rounding_is_that_of_the_periods_that_fit(audit: Auditor) -> None:
    """Rounded half up more rows agree by chance than, cut off, in the one period that is so."""
    claims = """
entity: office
period: year
figures: {half: {decimals: 0, candidates: {old: past, new: paid / 2}}}
"""
    rows: list[list[object]] = [["office", "year", "paid", "past", "half"]]
    for year in range(98, 108):
        for one in range(5):
            past = 51 + one if one < 2 else 80
            rows.append([one, year, 101 + 2 * one, past, past if year < 107 else 50 + one])
    (found,) = audit.found(csv_of(rows), claims)["breaks"]
    assert (found["from_period"], found["before"], found["after"]) == ("107", "old", "new")
    assert found["fits_after"] == 1


def years(name: str, first: int, last: int) -> list[list[object]]:
    rows: list[list[object]] = []
    for year in range(first, last):
        for office in range(8):
            row = 31 * year + office, 70 * year + 3 * office, 90 * year + 7 * office
            text = f"{rounded(value(name, row, None), 2):f}"
            rows.append([f"office {office}", year, *row, text])
    return rows


HEAD: list[list[object]] = [["office", "year", "paid", "closed", "open", "rate"]]


def test_a_break_is_data(audit: Auditor) -> None:
    rows = [*HEAD, *years("of_closed", 98, 104), *years("of_all", 104, 108)]
    rows[-1][-1] = "1.00"
    data = audit.found(csv_of(rows))
    assert data["tolerated"] == 0.1
    assert data["breaks"] == [
        {
            "figure": "rate",
            "from_period": "104",
            "before": "of_closed",
            "after": "of_all",
            "fits_before": 1.0,
            "fits_after": 31 / 32,
        }
    ]


@pytest.mark.parametrize(("tolerated", "count"), [("0", 1), ("0.1", 1), ("0.3", 0)])
def test_the_tolerated_share_is_set_in_the_claims(
    audit: Auditor, tolerated: str, count: int
) -> None:
    """A cap shows in three offices of eight, which may be misprints where so many may."""
    claims = f"""
entity: office
period: year
tolerated: {tolerated}
figures: {{rate: {{decimals: 0, candidates: {{plain: paid, capped: "min(paid, 100)"}}}}}}
"""
    rows: list[list[object]] = [["office", "year", "paid", "rate"]]
    for year in range(98, 108):
        paid = range(65, 125, 8)
        rows += [[f"o{one}", year, one, one if year < 103 else min(one, 100)] for one in paid]
    found = audit.found(csv_of(rows), claims)
    assert found["tolerated"] == float(tolerated)
    assert [one["from_period"] for one in found["breaks"]] == ["103"] * count


@pytest.mark.parametrize("rounding", ["half_up", "truncated", "up"])
def test_a_right_table_brings_no_accusation(
    audit: Auditor, monkeypatch: pytest.MonkeyPatch, rounding: str
) -> None:
    monkeypatch.setenv("REPORT_LANG", "en")
    shift = {"half_up": 0, "truncated": Fraction(-1, 200), "up": Fraction(1, 200)}[rounding]
    rows: list[list[object]] = [*HEAD]
    for row in years("of_closed", 98, 104):
        exact = Fraction(100 * int(str(row[2])), int(str(row[3])))
        off = 0 if (exact * 100).denominator == 1 else shift
        rows.append([*row[:-1], f"{rounded(exact + off, 2):f}"])
    assert audit.found(csv_of(rows))["breaks"] == []
    told = audit.told(csv_of(rows))
    assert "98 to 103: “of_closed” fits" in told
    assert "48 of the 48 rows that it can check agree." in told
    assert "no " not in told.replace("no other", "")


def test_a_table_that_each_office_rounds_in_its_own_way(
    audit: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORT_LANG", "en")
    rows = [*HEAD, *years("of_closed", 98, 104), *years("of_all", 104, 108)]
    for row in rows[1:]:
        name = "of_closed" if int(str(row[1])) < 104 else "of_all"
        exact = 100 * value(name, tuple(row[2:5]), None)  # type: ignore[arg-type]
        ways = (floor(exact), ceil(exact), int(rounded(exact, 0)))
        row[-1] = f"{Decimal(ways[int(str(row[0])[-1]) % 3]) / 100:.2f}"
    assert [one["from_period"] for one in audit.found(csv_of(rows))["breaks"]] == ["104"]
    told = audit.told(csv_of(rows))
    assert told.count("rounded now one way and now another") == 2
    assert "no candidate" not in told
    assert "no other" not in told


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_what_is_said(audit: Auditor, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("REPORT_LANG", language)
    rows = [*HEAD, *years("of_closed", 98, 104), *years("of_all", 104, 108)]
    rows[-1][-1] = "1.00"  # given by none
    rows[-2][-1] = f"{rounded(value('of_closed', tuple(rows[-2][2:5]), None), 2):f}"  # type: ignore[arg-type]
    for row in rows[17:25]:
        row[-1] = "2.00"  # 100: no candidate fits
    lines = audit.told(csv_of(rows), f"tolerated: 0.3\n{CLAIMS}").splitlines()
    assert len(lines) == 8
    english = language == "en"
    assert lines[0].startswith(
        "table.csv: 80 rows, 10 periods (98 to 107)." if english else "table.csv：80 列、10 期"
    )
    assert "30 %" in lines[0] if english else "30%" in lines[0]
    assert ("98 to 103" if english else "98 至 103") in lines[2]
    assert (
        lines[3].lstrip().startswith("100: no candidate fits" if english else "100：沒有候選公式")
    )
    assert ("From 104 on" if english else "自 104 起") in lines[4]
    assert "office 7" in lines[6]
    assert "1.00" in lines[6]
    assert ("1 rows disagree" if english else "有 1 列不合") in lines[7]


# The example ----------------------------------------------------------------------------------
TABLES = Path(__file__).parents[2] / "examples" / "tables"


def test_the_example_has_its_break_and_its_misprints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = ["--table", str(TABLES / "synthetic_rates.csv"), "--claims", str(TABLES / "claims.yml")]
    assert main(["audit", *given, "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["breaks"]
    assert (found["from_period"], found["before"], found["after"]) == (
        "107",
        "of closed",
        "of both",
    )
    monkeypatch.setenv("REPORT_LANG", "en")
    assert main(["audit", *given]) == 0
    told = capsys.readouterr().out
    assert "丙分署, 104: printed 28.21, where “of closed” gives 28.12" in told
    assert "庚分署, 109: printed 3.209, where “of both” gives 32.09" in told
    assert told.count("no other candidate") == 2


def test_the_example_is_what_its_script_writes() -> None:
    made = runpy.run_path(str(TABLES / "make_table.py"))["lines"]()
    text = (TABLES / "synthetic_rates.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == made
