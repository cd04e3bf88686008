"""A published table of somebody else's: read as it is, and each figure held to each candidate."""

import random
from fractions import Fraction
from pathlib import Path

import pytest

from closurerate.audit.tables.column_formula import parse_columns
from closurerate.audit.tables.periods import before_each, ordered_periods
from closurerate.cli import main
from closurerate.errors import InputError
from closurerate.records.feasible import ROUNDINGS, ExactRange, prints_as
from table_samples import CLAIMS, Auditor, csv_of, fits, written

HEAD = ["office", "year", "paid", "closed", "open", "rate"]
ROWS = [
    HEAD,
    ["North", 106, 50, 80, 20, "62.50"],
    ["South", 106, 1, 3, 1, "33.34"],
    ["North", 107, 7, 70, 70, "5.00"],
    ["South", 107, 1, 0, 4, "25.00"],
]


@pytest.fixture
def audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys)


# What is found --------------------------------------------------------------------------------
def test_each_candidate_rounding_and_period_has_its_fit(audit: Auditor) -> None:
    found = audit.found(csv_of(ROWS))
    assert list(found) == ["tolerated", "fits", "breaks"]
    assert len(found["fits"]) == 2 * len(ROUNDINGS) * 2
    keys = ["figure", "candidate", "rounding", "period"]
    assert all(
        list(one) == [*keys, "n", "agrees", "cannot_check", "disagreeing"] for one in found["fits"]
    )
    assert all(
        one["n"] == one["agrees"] + one["cannot_check"] + len(one["disagreeing"])
        for one in found["fits"]
    )
    half_up, up = fits(found, "of_closed"), fits(found, "of_closed", "up")
    south = {"entity": "South", "period": "106", "printed": "33.34", "recomputed": "33.33"}
    assert half_up["106"]["disagreeing"] == [south]
    assert up["106"]["agrees"] == 2
    # A division by nought in one row cannot be checked there.
    assert half_up["107"]["cannot_check"] == 1
    assert half_up["107"]["disagreeing"][0]["recomputed"] == "10.00"
    assert fits(found, "of_all")["107"]["agrees"] == 2


@pytest.mark.parametrize("decimals", [-2, 0, 1, 3])
def test_the_roundings_are_those_of_a_second_computation(audit: Auditor, decimals: int) -> None:
    """Every print near the value, below and above nought, with halves and whole ones among them."""
    rng = random.Random(decimals)
    rows: list[list[object]] = [["who", "when", "a", "b", "rate"]]
    unit = Fraction(10) ** -decimals
    for number in range(300):
        below = rng.choice([1, 2, 4, 8, 3, 7, 40])
        above = rng.randint(-60, 60)
        whole = Fraction(above * 100, below) // unit + rng.randint(-1, 1)
        rows.append(
            [f"e{number}", 1, above * 100, below, f"{float(whole * unit):.{max(decimals, 0)}f}"]
        )
    claims = (
        f"entity: who\nperiod: when\nfigures: {{rate: {{decimals: {decimals}, "
        "candidates: {one: a / b}}}"
    )
    found = audit.found(csv_of(rows), claims)
    for rounding in ROUNDINGS:
        (one,) = fits(found, "one", rounding).values()
        agreeing = {
            row[0]
            for row in rows[1:]
            if ExactRange(value := Fraction(str(row[2])) / int(str(row[3])), value).meets(
                prints_as(Fraction(str(row[4])), decimals, rounding)
            )
        }
        assert {row["entity"] for row in one["disagreeing"]} == {
            row[0] for row in rows[1:] if row[0] not in agreeing
        }, rounding
        assert 50 < one["agrees"] < 300


def test_what_is_recomputed_is_rounded_in_that_way(audit: Auditor) -> None:
    rows = [["who", "when", "a", "r"], ["x", 1, -25, "9"], ["y", 1, 25, "9"], ["z", 1, -21, "9"]]
    rows += [["half", 1, 5, "9"], ["under", 1, -5, "9"], ["whole", 1, -20, "9"]]
    claims = "entity: who\nperiod: when\nfigures: {r: {decimals: 0, candidates: {one: a / 10}}}"
    found = audit.found(csv_of(rows), claims)
    given = {
        rounding: [row["recomputed"] for row in fits(found, "one", rounding)["1"]["disagreeing"]]
        for rounding in ROUNDINGS
    }
    assert given == {
        "half_up": ["-3", "3", "-2", "1", "-1", "-2"],
        "half_even": ["-2", "2", "-2", "0", "0", "-2"],
        "truncated": ["-2", "2", "-2", "0", "0", "-2"],
        "down": ["-3", "2", "-3", "0", "-1", "-2"],
        "up": ["-2", "3", "-2", "1", "0", "-2"],
        "unknown": ["-3", "3", "-2", "1", "-1", "-2"],
    }


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("sqrt(a)", "3.000"),
        ("sqrt(a) * sqrt(b) / 3", "2.828"),
        ("sqrt(b) * sqrt(b)", "8.000"),
        ("sqrt(2) * sqrt(b)", "4.000"),
        ("min(a, b, 7.5)", "7.500"),
        ("max(a, b) ^ 2", "81.000"),
        ("b ^ -2", "0.015"),
        ("-a × 2 ÷ b − 1", "-3.250"),
        ("a ／ （b ＋ 1）", "1.000"),
        ("sqrt(b - a)", None),
        ("1 / (a - b - 1)", None),
    ],
)
def test_the_formula_language(audit: Auditor, formula: str, value: str | None) -> None:
    """Roots too are decided exactly: cut off, the root of 8 squared is 8.000 and not 7.999."""
    rows = [["who", "when", "a", "b", "r"], ["x", 1, 9, 8, value or "1"]]
    claims = "entity: who\nperiod: when\nfigures: {r: {decimals: 3, candidates: {one: %s}}}"
    found = audit.found(csv_of(rows), claims % f"'{formula}'")
    one = fits(found, "one", "down")["1"]
    assert (one["agrees"], one["cannot_check"]) == ((0, 1) if value is None else (1, 0))


# Columns' names -------------------------------------------------------------------------------
HEADINGS = ["徵起金額", "106年度", "paid in full", "率 (%)", "107", "5 % of", 'so "called"', "max"]


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_column_may_have_any_name(audit: Auditor, heading: str) -> None:
    is_bare = heading in ("徵起金額", "106年度", "max")
    named = heading if is_bare else '"' + heading.replace('"', '""') + '"'
    cell = '"' + heading.replace('"', '""') + '"'
    table = f"分署,年度,{cell},rate\n花蓮,1,3,6\n"
    claims = f"""
entity: 分署
period: 年度
figures:
  rate: {{decimals: 0, candidates: {{twice: '2 * {named}', back: 'previous({named}) * 2'}}}}
  '{heading}': {{decimals: 0, candidates: {{half: rate / 2}}}}
"""
    found = audit.found(table, claims)
    assert [one["agrees"] for one in found["fits"]] == [1] * 6 + [0] * 6 + [1] * 6


def test_a_heading_of_two_lines_is_named_in_one(audit: Auditor) -> None:
    claims = "entity: who\nperiod: when\nfigures: {r: {decimals: 0, candidates: {a: '\"a b\"'}}}"
    found = audit.found('who,when,"a\nb",r\nx,1,3,3\n', claims)
    assert fits(found, "a")["1"]["agrees"] == 1


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (
            "100 * piad / closed",
            "line 8: figures.rate.candidates.one: there is no column 'piad'; did",
        ),
        ("100 * paid closed", "'100 * paid closed' is not a formula"),
        ("100 * paid % closed", "'100 * paid % closed' holds"),
        ("previous(paid, closed)", "holds '(previous(paid), previous(closed))'"),
        ("previous()", "holds '()'"),
        ("paid ^ 21", "an exponent in 'paid ^ 21' is not a whole number up to 20"),
        ("(paid ^ 20) ^ 20", "multiplies more than 60 numbers"),
        ("__import__('os')", "there is no column '__import__'"),
        ('"paid', "is not a formula"),
    ],
)
def test_a_formula_that_is_none_is_refused_at_its_line(
    audit: Auditor, formula: str, said: str
) -> None:
    claims = CLAIMS.replace("of_closed: 100 * paid / closed", f"one: >-\n        {formula}")
    err = audit.refused(csv_of(ROWS), claims)
    assert "claims.yml, line 8: figures.rate.candidates.one" in err
    assert said in err


def test_a_name_is_what_is_written_and_not_what_python_makes_of_it() -> None:
    """Python would take the full-width letter for the other."""
    found = parse_columns("Ａ + previous(previous(A) - 徵起)", ["A", "Ａ", "徵起"], "here")
    assert list(found.cells.values()) == [("Ａ", 0), ("A", 2), ("徵起", 1)]
    with pytest.raises(InputError, match="there is no column 'Ａ'"):
        parse_columns("Ａ", ["A"], "here")


# What comes before ----------------------------------------------------------------------------
def test_previous_is_the_row_right_before_or_none(audit: Auditor) -> None:
    """B has no row of 106, C comes late, D's cell of 106 is missing: none can be checked by 105."""
    rows = [["who", "when", "x", "r"]]
    rows += [["A", "105", "1", "-"], ["A", "106", "3", "2"], ["A", "107", "7", "4"]]
    rows += [["B", "105", "1", ""], ["B", "107", "7", "6"], ["C", "107", "7", "7"]]
    rows += [["D", "105", "1", "-"], ["D", "106", "-", "2"], ["D", "107", "7", "6"]]
    rows += [["E", "105", "1", "-"], ["E", "106", "2", "1"], ["E", "107", "3", "1"]]
    claims = """
entity: who
period: when
missing: ["-"]
figures: {r: {decimals: 0, candidates: {up: x - previous(x), two: x - previous(previous(x))}}}
"""
    found = audit.found(csv_of(rows), claims)
    counts = {
        period: (one["n"], one["agrees"], one["cannot_check"])
        for period, one in fits(found, "up").items()
    }
    assert counts == {"105": (4, 0, 4), "106": (3, 2, 1), "107": (5, 2, 3)}
    two = fits(found, "two")["107"]
    assert (two["cannot_check"], [row["entity"] for row in two["disagreeing"]]) == (2, ["A", "E"])


@pytest.mark.parametrize(
    ("periods", "before"),
    [
        (["99", "100", "101"], [None, 0, 1]),
        (["105", "106", "108", "109"], [None, 0, None, 2]),
        (["2010", "2012", "2014", "2018"], [None, 0, 1, None]),
        (["10711", "10712", "10801", "10803"], [None, 0, 1, None]),
        (["9912", "10001", "10002"], [None, 0, 1]),
        (["2018-Q3", "2018-Q4", "2019-Q1", "2019-Q3"], [None, 0, 1, None]),
        (["99-Q4", "100-Q1"], [None, 0]),
        (["107年11月", "107年12月", "108年1月"], [None, 0, 1]),
        (["2018H1", "2018H2", "2019H1"], [None, 0, 1]),
        (["2018/19", "2019/20"], [None, 0]),
        (["before", "now"], [None, 0]),
        (["107"], [None]),
    ],
)
def test_periods_are_ordered_and_a_gap_is_none(
    periods: list[str], before: list[int | None]
) -> None:
    mixed = list(periods)
    random.Random(1).shuffle(mixed)
    assert ordered_periods(mixed) == periods
    assert before_each(periods) == before


# How the table is written ---------------------------------------------------------------------
CHINESE = "分署;年度;徵起;終結;率\n花蓮;107;1.234,5;-2.469;−50,0\n宜蘭;107;（3）;６;-50,0\n"
CHINESE_CLAIMS = """
entity: 分署
period: 年度
delimiter: ";"
decimal: ","
figures: {率: {decimals: 1, candidates: {one: 100 * 徵起 / 終結}}}
"""


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", None), ("utf-8-sig", None), ("cp950", None), ("cp950", "big5"), ("utf-16", None),
        ("utf-16", "utf-16"), ("utf-16-le", None), ("utf-16-be", None), ("utf-8-sig", "utf-8"),
    ],
)  # fmt: skip
def test_encodings_and_marks(audit: Auditor, encoding: str, named: str | None) -> None:
    options = ["--encoding", named] if named else []
    table = CHINESE.replace("−", "-") if encoding == "cp950" else CHINESE
    found = audit.found(table.encode(encoding), CHINESE_CLAIMS, *options)
    assert fits(found, "one")["107"]["agrees"] == 2


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1234.5", ".", 1234.5), ('"1,234.5"', ".", 1234.5), ("1 234", ".", 1234),
        ("1’234’567", ".", 1234567), ("36.49%", ".", 36.49), ("36.49 ％", ".", 36.49),
        ("+7", ".", 7), ("(7)", ".", -7), ("−7", ".", -7), (".5", ".", 0.5), ("０．５", ".", 0.5),
        ('"1.234,5"', ",", 1234.5), ('"1 234,5"', ",", 1234.5), ("1.234", ",", 1234),
        ('"1,23"', ".", None), ("1.23.4", ".", None), ("1e5", ".", None), ("n/a", ".", None),
        ("1.2345", ",", None), ("5-", ".", None), ("(-7)", ".", None), ('"12,34,567"', ".", None),
        (".", ".", None), ("9" * 41, ".", None), ("1_000", ".", None),
    ],
)  # fmt: skip
def test_numbers(audit: Auditor, cell: str, decimal: str, value: float | None) -> None:
    table = f"who,when,a,r\nx,1,{cell},1\n"
    claims = f"entity: who\nperiod: when\ndecimal: '{decimal}'\n"
    claims += f"figures: {{r: {{decimals: 0, candidates: {{one: a / {value or 1} }}}}}}"
    if value is None:
        err = audit.refused(table, claims)
        assert "table.csv, row 2: " in err
        assert "is no number with the decimal mark" in err
    else:
        claims = claims.replace("a / -", "-a / ")
        assert fits(audit.found(table, claims), "one")["1"]["agrees"] == 1


def test_a_tab_blank_rows_and_missing_words(audit: Auditor) -> None:
    claims = "delimiter: tab\nmissing: […, -99]\n" + CLAIMS
    rows = [
        *ROWS[:2],
        [],
        [""] * 6,
        ["South", 106, "…", 3, 1, "33.33"],
        ["East", 106, 1, 3, 1, -99],
    ]
    found = audit.found(csv_of(rows, "\t"), claims)
    one = fits(found, "of_closed")["106"]
    assert (one["n"], one["agrees"], one["cannot_check"]) == (3, 1, 2)


# What is refused ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("table", "said"),
    [
        (csv_of([*ROWS, ["East", 107, 1]]), "row 6: has 3 cells, and the headings are 6"),
        (csv_of([*ROWS, ["North", 106, 1, 2, 3, 4]]), "row 6: 'North' in '106' stands in row 2"),
        (csv_of([*ROWS, ["", 107, 1, 2, 3, 4]]), "row 6: nothing stands in 'office'"),
        (csv_of([*ROWS, ["East", 107, "one", 2, 3, 4]]), "row 6: 'one' in 'paid' is no number"),
        (csv_of([*ROWS, ["East", 107, 1, 2, 3, "n/a"]]), "row 6: 'n/a' in 'rate' is no number"),
        (csv_of([*ROWS, ["East", 107, 1, 2, 3, '"4']]), "row 6: is no row of a CSV"),
        (csv_of([HEAD]), "holds headings and no row below them"),
        ("", "holds no row"),
        (csv_of([[*HEAD, "paid"], ["N", 1, 2, 3, 4, 5, 6]]), "the column 'paid' stands twice"),
        (csv_of(ROWS, ";"), "there is no column 'office'; is the delimiter ';', and not ','"),
        (csv_of([["offices", *HEAD[1:]], *ROWS[1:]]), "no column 'office'; did you mean 'offices'"),
        (csv_of([HEAD, ["North", 106, 1, 3, 1, "33.333"]]), "33.333 in 'rate' is not given to 2"),
    ],
)
def test_a_table_that_is_wrong_is_one_sentence(audit: Auditor, table: str, said: str) -> None:
    err = audit.refused(table)
    assert "table.csv" in err
    assert said in err


def test_a_wrong_encoding_is_told_with_the_row(audit: Auditor) -> None:
    raw = csv_of(ROWS).encode() + b"\xff\xfe\xfd,107,1,1,1,1\n"
    assert "row 6: the bytes ff" in audit.refused(raw)
    big5 = csv_of([*ROWS, ["花蓮", 107, 1, 1, 1, 1]]).encode("cp950")
    err = audit.refused(big5, CLAIMS, "--encoding", "utf-8")
    assert "row 6: the bytes aa are no character of utf-8; give its encoding by" in err


@pytest.mark.parametrize(
    ("part", "other", "said"),
    [
        ("period: year", "periods: year", "line 3: unknown key 'periods'; did you mean 'period'"),
        ("period: year\n", "", "the key 'period' is missing"),
        ("decimals: 2", "decimals: two", "line 6: figures.rate.decimals: must be a whole number"),
        ("decimals: 2", "decimal: 2", "unknown key 'decimal'; did you mean 'decimals'"),
        ("  rate:", "  rates:", "line 5: figures: "),
        ("  rate:", "  rates:", "there is no column 'rates'; did you mean 'rate'"),
        ("entity: office", "entity: offices", "there is no column 'offices'; did you mean"),
        ("period: year", "period: year\ntolerated: 0.5", "line 4: tolerated: must be a share"),
        ("period: year", "period: year\ndecimal: ';'", "line 4: decimal: must be . or ,"),
        ("period: year", "period: year\ndelimiter: ';;'", "line 4: delimiter: must be one sign"),
        (
            "period: year",
            "period: year\nmissing: [1.5]",
            "line 4: missing: must be a list of texts",
        ),
        ("      of_closed: 100 * paid / closed\n", "      of_closed: 1.5\n", "must be a text"),
    ],
)
def test_claims_that_are_wrong_are_told_at_their_line(
    audit: Auditor, part: str, other: str, said: str
) -> None:
    assert part in CLAIMS
    err = audit.refused(csv_of(ROWS), CLAIMS.replace(part, other, 1))
    assert "claims.yml" in err or "table.csv" in err
    assert said in err


def test_one_misplaced_point_is_a_misprint_and_most_are_not(audit: Auditor) -> None:
    rows = [*ROWS[:3], ["North", 107, 7, 70, 70, "0.5000"], ["South", 107, 1, 4, 4, "2.500"]]
    assert fits(audit.found(csv_of(rows)), "of_closed")["107"]["agrees"] == 0
    rows[3][-1], rows[4][-1] = "0.500", "2.505"
    assert fits(audit.found(csv_of(rows)), "of_closed", "unknown")["107"]["agrees"] == 0
    rows[1][-1], rows[2][-1] = "62.501", "33.333"
    assert "row 2: 62.501 in 'rate' is not given to 2 decimals" in audit.refused(csv_of(rows))


def test_the_share_may_stand_in_quotes(audit: Auditor) -> None:
    for share in ("'0.25'", ".25", "0.25"):
        assert audit.found(csv_of(ROWS), f"tolerated: {share}\n{CLAIMS}")["tolerated"] == 0.25
    for share in ("'-0.1'", "-0.1", "'1/4'", "true", "[0.1]"):
        assert "must be a share from" in audit.refused(
            csv_of(ROWS), f"tolerated: {share}\n{CLAIMS}"
        )


def test_a_heading_that_is_a_number_needs_no_quotes(audit: Auditor) -> None:
    claims = "entity: who\nperiod: when\nfigures: {107: {decimals: 0, candidates: {1: a}}}"
    assert fits(audit.found("who,when,a,107\nx,1,3,3\n", claims), "1")["1"]["agrees"] == 1


def test_options_that_do_not_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, claims = (given := written(tmp_path, csv_of(ROWS)))[:2], given[2:]
    for options, said in [
        ([], "nothing is named; give --year, or --table and --claims"),
        (table, "--claims is missing"),
        (claims, "--table is missing"),
        (["--encoding", "cp950"], "nothing is named"),
        (["--published", "x.yml"], "nothing is named"),
        ([*given, "--year", "107"], "and not both"),
        ([*given, "--published", "x.yml"], "and not both"),
        (["--year", "107", "--encoding", "cp950"], "and not both"),
        ([*table, "--claims", "nowhere.yml"], "nowhere.yml: there is no such file"),
        ([*claims, "--table", "nowhere.csv"], "nowhere.csv: there is no such file"),
        ([*given, "--encoding", "klingon"], "'klingon' is no encoding"),
    ]:
        assert main(["audit", *options]) == 2, options
        out, err = capsys.readouterr()
        assert (out, err.count("\n")) == ("", 1)
        assert said in err
