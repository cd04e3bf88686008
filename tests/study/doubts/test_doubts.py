"""The interval over the doubts equals a naive trial of every treatment of every case."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import BRANCHES, DISPOSITIONS, schema
from closurerate.errors import InputError
from closurerate.intake.fate.oddities import oddities
from closurerate.kpi.degrees import names_used
from closurerate.kpi.effective import Tier
from closurerate.kpi.formula import measure
from closurerate.kpi.value import evaluate_formula
from closurerate.study.doubts import treatments
from closurerate.study.doubts.doubts import doubt_interval
from closurerate.study.doubts.extremes import extremes
from intake_samples import DOUBTS, WARNINGS
from intake_samples import VALUES as FIELDS
from kpi_samples import OF_107, of_formula, version_of

YEAR = 107
FIRST, LAST = dt.date(2018, 1, 1), dt.date(2018, 12, 31)
BEFORE, WITHIN, AFTER = dt.date(2017, 5, 5), dt.date(2018, 6, 6), dt.date(2019, 7, 7)
OFFICIAL = version_of()
OWN = replace(
    of_formula("(C + P - E) / (C + P + new)"),
    rule=replace(
        OFFICIAL.rule,
        tiers=(Tier("low", 1, 500, Fraction(0)), Tier("high", 500, None, Fraction(1, 10))),
        paid_in_full=("paid_in_full", "other"),
        paid_in_part=("part_certificate", "unpaid_certificate"),
        is_equal_effective=True,
    ),
)
OPEN_PART = {"disposition": "part_returned", "closed_on": WITHIN}


def doubt(kind="rejected", group=1, code=None, free=(), **values):
    made = {
        "kind": kind, "code": code, "group": group, "file": "a.csv", "row": 1,
        "case_id": str(group), "branch": "臺北", "category": "罰鍰", "referred_on": BEFORE,
        "referred_amount_twd": 1000, "paid_amount_twd": 0,
    }  # fmt: skip
    return made | {f"is_free_{name}": name in free for name in FIELDS} | values


def short(paid):
    return doubt("warning", code="paid_in_full_short", closed_on=WITHIN, disposition="paid_in_full",
                 paid_amount_twd=paid)  # fmt: skip


def with_payment(paid):
    return doubt("warning", code="unpaid_with_something_paid", closed_on=WITHIN,
                 disposition="unpaid_returned", paid_amount_twd=paid)  # fmt: skip


def written(folder, doubts, cases=()):
    path = folder / "doubts.parquet"
    pq.write_table(pa.Table.from_pylist(list(doubts), schema=DOUBTS), path)
    known = {name for name in schema().names}
    rows = [{key: value for key, value in row.items() if key in known} for row in cases]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema()), folder / "cases.parquet")
    return path


def spans(interval):
    return interval.effective, interval.closed, interval.pending


COUNTS = {"effective": 40, "closed": 100, "pending": 80, "new": 90}


def test_a_list_of_another_intake_is_refused(tmp_path):
    path = written(tmp_path, [doubt("warning", code="paid_over_referred", **OPEN_PART)])
    with pytest.raises(InputError, match="more doubtful cases are in closed than were counted"):
        doubt_interval(path, COUNTS | {"closed": 0, "effective": 0}, OFFICIAL, YEAR)


def test_corrections_need_the_case_file(tmp_path):
    path = written(tmp_path, [doubt("correction")])
    (tmp_path / "cases.parquet").unlink()
    with pytest.raises(InputError, match="there is no such file"):
        doubt_interval(path, COUNTS, OFFICIAL, YEAR)


def test_a_kpi_of_money_is_not_known_but_its_counts_are(tmp_path):
    version = of_formula("collected_twd / closed_referred_twd")
    counts = COUNTS | {"collected_twd": 5, "closed_referred_twd": 10}
    found = doubt_interval(written(tmp_path, [doubt(free=FIELDS)]), counts, version, YEAR)
    assert found.kpi is None
    assert found.reason == (
        "the doubts do not tell what they add to closed_referred_twd, collected_twd"
    )
    assert spans(found) == ((40, 40, 41), (100, 100, 101), (80, 80, 81))
    none = doubt_interval(written(tmp_path, []), counts, version, YEAR)
    assert none.kpi == (Fraction(1, 2),) * 3


def test_no_doubts_leave_the_headline(tmp_path):
    found = doubt_interval(written(tmp_path, []), COUNTS, OFFICIAL, YEAR)
    assert spans(found) == ((40,) * 3, (100,) * 3, (80,) * 3)
    assert found.kpi == (Fraction(40 * 180, 100**2 + 80**2),) * 3
    assert found.doubtful_cases == {"rejected": 0, "warning": 0, "correction": 0}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (doubt(), {"nothing", "pending"}),
        (doubt(closed_on=AFTER, disposition="other"), {"nothing", "pending"}),
        (doubt(closed_on=WITHIN, disposition="paid_in_full"), {"nothing", "effective"}),
        (doubt(closed_on=WITHIN, disposition="other"), {"nothing", "closed"}),
        (doubt(closed_on=BEFORE, disposition="other"), {"nothing"}),
        (doubt(referred_on=AFTER), {"nothing"}),
        (doubt(**OPEN_PART, paid_amount_twd=500), {"nothing", "closed"}),
        (doubt(**OPEN_PART, paid_amount_twd=501), {"nothing", "effective"}),
        (doubt(**OPEN_PART, free=["paid_amount_twd"]), {"nothing", "closed", "effective"}),
        (
            doubt(**OPEN_PART, free=["referred_amount_twd"], paid_amount_twd=0),
            {"nothing", "closed"},
        ),
        (
            doubt(**OPEN_PART, free=["referred_amount_twd"], paid_amount_twd=10**12),
            {"nothing", "effective"},
        ),
        (doubt(closed_on=WITHIN, free=["disposition"]), {"nothing", "closed", "effective"}),
        (
            doubt(disposition="paid_in_full", free=["closed_on"]),
            {"nothing", "pending", "effective"},
        ),
        (
            doubt(disposition=None, free=["closed_on"]),
            {"nothing", "pending", "closed", "effective"},
        ),
        (
            doubt(closed_on=None, free=["disposition"]),
            {"nothing", "pending", "closed", "effective"},
        ),
        (
            doubt(free=["closed_on", "disposition"]),
            {"nothing", "pending", "closed", "effective"},
        ),
        (
            doubt(closed_on=WITHIN, referred_on=AFTER, disposition="other"),
            {"nothing", "pending", "closed"},
        ),
        (doubt("warning", code="paid_over_referred"), {"pending"}),
        (
            doubt("warning", code="paid_over_referred", **OPEN_PART, paid_amount_twd=2000),
            {"closed", "effective"},
        ),
        (
            doubt("warning", code="part_with_nothing_paid", **OPEN_PART, paid_amount_twd=0),
            {"closed", "effective"},
        ),
        (short(500), {"closed", "effective"}),
        (short(501), {"effective"}),
        (with_payment(501), {"closed", "effective"}),
        (with_payment(500), {"closed"}),
    ],
)  # fmt: skip
def test_what_a_row_may_be(tmp_path, row, expected):
    adds = {
        "nothing": (0, 0, 0), "pending": (0, 0, 1), "closed": (0, 1, 0), "effective": (1, 1, 0),
    }  # fmt: skip
    found = doubt_interval(written(tmp_path, [row]), COUNTS, OFFICIAL, YEAR)
    options = [adds[name] for name in expected]
    stands = (0, 0, 0)
    if row["kind"] == "warning":
        is_closed = row.get("closed_on") is not None
        is_full = row.get("disposition") == "paid_in_full" or row["paid_amount_twd"] == 2000
        stands = (int(is_full), int(is_closed), int(not is_closed))
    for place, span in enumerate(spans(found)):
        steps = [option[place] - stands[place] for option in options]
        assert (span[0] - span[1], span[2] - span[1]) == (min(steps), max(steps))


# An independent reading of the rules, by trying values instead of deciding about them.

AMOUNTS = (1, 499, 500, 1000, 10**12)
PAYMENTS = (0, 1, 50, 100, 499, 501, 1000, 2000, 10**13)
TRIED = {
    "referred_on": (BEFORE, FIRST, AFTER),
    "closed_on": (None, BEFORE, WITHIN, LAST, AFTER),
    "disposition": (None, *DISPOSITIONS),
    "referred_amount_twd": AMOUNTS,
    "paid_amount_twd": PAYMENTS,
}
PARTS = ("part_certificate", "part_withdrawn", "part_returned")
UNPAID = ("unpaid_certificate", "unpaid_withdrawn", "unpaid_returned")


def adds(row, rule):
    """Return what a case of the contract adds to E, C, P and new; None where it breaks it."""
    referred, closed = row["referred_on"], row["closed_on"]
    if (closed is None) != (row["disposition"] is None) or (closed and closed < referred):
        return None
    if referred > LAST or (closed and closed < FIRST):
        return 0, 0, 0, 0
    new = int(referred >= FIRST)
    if closed is None or closed > LAST:
        return 0, 0, 1, new
    amounts = row["referred_amount_twd"], row["paid_amount_twd"]
    return int(rule.is_effective(row["disposition"], *amounts)), 1, 0, new


def freed(row):
    """Return the fields in doubt; with one of a closing, the other one where it is missing."""
    free = {name for name in FIELDS if row[f"is_free_{name}"]}
    for one, other in (("closed_on", "disposition"), ("disposition", "closed_on")):
        if row[f"is_free_{one}"] and row.get(other) is None:
            free.add(other)
    return free


def tried(row, rule, free=None):
    """Return all that a row may add, its free fields tried through."""
    free = freed(row) if free is None else free
    each = [TRIED[name] if name in free else (row.get(name),) for name in FIELDS]
    found = {adds(dict(zip(FIELDS, values, strict=True)), rule) for values in product(*each)}
    return found - {None}


def as_warned(row, rule):
    paid_up = row["paid_amount_twd"] >= row["referred_amount_twd"]
    words = {
        "paid_in_full_short": PARTS,
        "unpaid_with_something_paid": ("paid_in_full",) if paid_up else PARTS,
        "part_with_nothing_paid": UNPAID,
    }.get(row["code"])
    free = {
        "referred_far_outside": ["referred_amount_twd"],
        "paid_far_outside": ["paid_amount_twd"],
        "paid_over_referred": ["referred_amount_twd", "paid_amount_twd"],
        "paid_in_full_short": ["referred_amount_twd", "paid_amount_twd"],
        "part_with_nothing_paid": ["paid_amount_twd"],
        "unpaid_with_something_paid": ["paid_amount_twd"],
        "closed_after_year": ["closed_on"] if (row["closed_on"] or LAST) > LAST else [],
    }.get(row["code"], [])
    found = tried(row, rule, free)
    if words is None or row["closed_on"] is None:
        return found
    return found.union(*(tried(row | {"disposition": word}, rule, []) for word in words))


def naive_options(rows, standing, rule):
    """Return what the case of a group may add, and what it adds in the headline."""
    headline = adds(standing, rule) if standing else (0, 0, 0, 0)
    options = {headline}
    for row in rows:
        if row["kind"] == "rejected":
            options |= tried(row, rule) | {(0, 0, 0, 0)}
        elif row["code"] in WARNINGS:
            options |= as_warned(row, rule)
        else:
            options |= tried(row, rule)
            if row["code"]:
                options.add((0, 0, 0, 0))
    return options, headline


@st.composite
def consistent(draw):
    referred = draw(st.sampled_from([BEFORE, FIRST]))
    is_closed = draw(st.booleans())
    return {
        "referred_on": referred,
        "closed_on": draw(st.sampled_from([WITHIN, LAST, AFTER])) if is_closed else None,
        "disposition": draw(st.sampled_from(DISPOSITIONS)) if is_closed else None,
        "referred_amount_twd": draw(st.sampled_from(AMOUNTS)),
        "paid_amount_twd": draw(st.sampled_from(PAYMENTS)),
    }


@st.composite
def doubtful_case(draw, group):
    """Draw the rows of a doubtful case, and how it stands."""
    kind = draw(st.sampled_from(["rejected", "conflict", "warning", "correction"]))
    values = draw(consistent())
    if kind in {"rejected", "conflict"}:
        free = draw(st.lists(st.sampled_from(FIELDS), max_size=3, unique=True))
        shown = {
            name: None if name in free and draw(st.booleans()) else values[name] for name in FIELDS
        }
        rows = [doubt(group=group, free=free, **shown)]
        if kind == "conflict":
            rows.append(doubt(group=group, row=2, **draw(consistent())))
        return rows, None
    codes = draw(st.lists(st.sampled_from(WARNINGS), min_size=1, max_size=2, unique=True))
    if kind == "warning":
        return [doubt("warning", group, code, **values) for code in codes], values
    # One column is corrected, and nothing is at odds before or after.
    name = draw(st.sampled_from(["referred_on", "referred_amount_twd", "paid_amount_twd"]))
    came = values | {
        name: draw(st.sampled_from({"referred_on": (BEFORE, FIRST)}.get(name, (1, 500))))
    }
    code = draw(st.sampled_from([None, *WARNINGS, "case_id_conflict"]))
    rows = [doubt("correction", group, code, **came)]
    if draw(st.booleans()):
        rows += [doubt("warning", group, code, **values) for code in codes]
    return rows, values


@pytest.mark.parametrize("version", [OFFICIAL, OWN], ids=["official", "own"])
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_the_interval_is_that_of_every_treatment(tmp_path, version, data):
    """Many cases at once; that the KPI's ends are right for given options is tested beside it."""
    drawn = [data.draw(doubtful_case(group)) for group in range(data.draw(st.integers(0, 25)))]
    doubts = [row for rows, _ in drawn for row in rows]
    cases = [doubt("", group) | standing for group, (_, standing) in enumerate(drawn) if standing]
    each = [naive_options(rows, standing, version.rule) for rows, standing in drawn]
    base = (30, 50, 40, 40)
    headline = tuple(map(sum, zip(base, *(stands for _, stands in each), strict=True)))
    counts = dict(zip(("effective", "closed", "pending", "new"), headline, strict=True))
    found = doubt_interval(written(tmp_path, doubts, cases), counts, version, YEAR)
    for place, span in enumerate(spans(found)):
        steps = [[option[place] for option in options] for options, _ in each]
        ends = (base[place] + sum(map(end, steps)) for end in (min, max))
        assert span == (next(ends), headline[place], next(ends))
    ends = extremes(version, base_of(version, base), Counter(named(options) for options, _ in each))
    standing = evaluate_formula(version.formula, version.indicators, base_of(version, headline))
    assert found.kpi == (ends[0].value, standing.value, ends[1].value)
    assert found.is_exact
    kinds = Counter(kind for rows, _ in drawn for kind in {row["kind"] for row in rows})
    assert found.doubtful_cases == {
        kind: kinds[kind] for kind in ("rejected", "warning", "correction")
    }


def base_of(version, counted):
    names = dict(zip(("E", "C", "P", "new"), counted, strict=True))
    return {name: names[name] for name in names_used(version)}


def named(options):
    return frozenset(
        tuple((name, 1) for name, step in zip(("E", "C", "P", "new"), option, strict=True) if step)
        for option in options
    )


def test_a_corrected_case_stands_or_is_as_it_came(tmp_path):
    """Not closed and 0 paid as it came; with half of its corrections, closed and 0 paid."""
    stands = {"closed_on": WITHIN, "disposition": "part_returned", "paid_amount_twd": 900}
    rows = [doubt("correction"), doubt("correction", **stands | {"paid_amount_twd": 0})]
    path = written(tmp_path, rows, [doubt() | stands])
    found = doubt_interval(path, COUNTS, OFFICIAL, YEAR)
    assert found.effective == (39, 40, 40)
    assert found.closed == (99, 100, 100)
    assert found.pending == (80, 80, 81)
    lowest = min(Fraction(E * (C + P), C**2 + P**2) for E, C, P in [(39, 100, 80), (39, 99, 81)])
    assert found.kpi[0] == lowest
    assert found.doubtful_cases["correction"] == 1


@pytest.mark.parametrize(
    ("code", "lowest"), [(None, 80), ("paid_over_referred", 80), ("case_id_conflict", 79)]
)
def test_a_corrected_case_is_left_out_if_it_were_rejected(tmp_path, code, lowest):
    path = written(tmp_path, [doubt("correction", code=code)], [doubt()])
    found = doubt_interval(path, COUNTS, OFFICIAL, YEAR)
    assert found.pending == (lowest, 80, 80)
    assert (found.effective, found.closed) == ((40,) * 3, (100,) * 3)


def test_a_correction_of_a_case_that_does_not_stand(tmp_path):
    """Corrected, and then out of the year's scope or rejected: the headline leaves it out."""
    rows = [doubt("correction"), doubt("rejected", free=["closed_on"], disposition="other")]
    found = doubt_interval(written(tmp_path, rows), COUNTS, OFFICIAL, YEAR)
    assert found.pending == (80, 80, 81)
    assert found.closed == (100, 100, 101)
    assert found.doubtful_cases == {"rejected": 1, "warning": 0, "correction": 1}


@pytest.mark.parametrize(
    ("code", "disposition", "paid", "rule", "expected"),
    [
        ("paid_far_outside", "part_returned", 900, OFFICIAL.rule, (39, 40, 40)),
        ("referred_far_outside", "part_certificate", 10**11, OWN.rule, (40, 40, 40)),
        ("referred_far_outside", "part_certificate", 10**11 - 1, OWN.rule, (39, 40, 40)),
        (
            "unpaid_with_something_paid", "unpaid_returned", 1000,
            replace(OFFICIAL.rule, paid_in_part=()), (40, 40, 41),
        ),
    ],
)  # fmt: skip
def test_a_warning_goes_by_the_rule_of_the_kpi(tmp_path, code, disposition, paid, rule, expected):
    row = doubt(
        "warning", code=code, closed_on=WITHIN, disposition=disposition, paid_amount_twd=paid
    )
    version = replace(OFFICIAL, rule=rule)
    assert doubt_interval(written(tmp_path, [row]), COUNTS, version, YEAR).effective == expected


def test_less_is_better_for_a_kpi_in_days(tmp_path):
    path = written(tmp_path, [doubt(group=group, free=FIELDS) for group in range(3)])
    found = doubt_interval(path, COUNTS, version_of("disposition_time"), YEAR)
    assert found.kpi == (
        Fraction(365 * 80, 103), Fraction(365 * 80, 100), Fraction(365 * 83, 100),
    )  # fmt: skip


def test_a_national_list_takes_seconds(tmp_path):
    table = pa.table(
        {
            "kind": ["rejected"] * 100_000 + ["warning"] * 100_000,
            "code": [None] * 100_000 + ["referred_far_outside"] * 100_000,
            "group": range(200_000),
            "case_id": [None] * 200_000,
            "branch": [BRANCHES[0]] * 200_000,
            "referred_on": [BEFORE] * 200_000,
            "closed_on": [WITHIN] * 200_000,
            "disposition": ["part_returned"] * 200_000,
            "referred_amount_twd": range(1, 200_001),
            "paid_amount_twd": range(100_000, 300_000),
            "is_free_referred_on": [False] * 200_000,
            "is_free_closed_on": [False, True] * 100_000,
            "is_free_disposition": [False] * 200_000,
            "is_free_referred_amount_twd": [False] * 200_000,
            "is_free_paid_amount_twd": [True, False] * 100_000,
        }
    )
    path = tmp_path / "doubts.parquet"
    pq.write_table(table.cast(pa.schema([DOUBTS.field(name) for name in table.column_names])), path)
    counts = {name: OF_107[name] for name in map(measure, ("E", "C", "P", "new"))}
    found = doubt_interval(path, counts, OFFICIAL, YEAR)
    assert found.is_exact
    assert found.kpi[0] < found.kpi[1] < found.kpi[2]
    assert found.pending == (OF_107["pending"], OF_107["pending"], OF_107["pending"] + 50_000)


def test_each_warning_of_the_intake_has_a_treatment():
    found = {oddity.code for oddity in oddities({"referred": {}, "paid": {}}, YEAR)}
    assert found == set(WARNINGS) == set(treatments._WARNINGS)
