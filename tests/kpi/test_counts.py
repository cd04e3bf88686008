"""Counting and evaluating random extracts equals a naive reading of the contract, case by case."""

import datetime as dt
from collections import defaultdict
from fractions import Fraction

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.cases.contract import check_cases
from closurerate.cases.profile import profile_cases
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS, schema
from closurerate.errors import InputError
from closurerate.kpi.counts import count_cases, read_counts, write_counts
from closurerate.kpi.definition import read_definition
from closurerate.kpi.evaluate import BY, evaluate_groups
from closurerate.records.paths import kpi_file

OFFICIAL = read_definition(kpi_file("effective_closure_rate"), kpi_file)
BOUNDARIES = [1, 2, 1000, 199_999, 200_000, 200_001, 999_999, 1_000_000, 10**12]
RATIOS = [Fraction(0), Fraction(1, 2), Fraction(3, 5), Fraction(3, 4), Fraction(1), Fraction(3, 2)]
DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2020, 12, 31))


@st.composite
def case(draw):
    """Draw one case of the contract, often exactly on a boundary or a ratio."""
    referred = draw(st.sampled_from(BOUNDARIES) | st.integers(1, 3_000_000))
    exact = int(draw(st.sampled_from(RATIOS)) * referred)
    paid = draw(st.sampled_from([exact, exact + 1, max(exact - 1, 0)]))
    first, second, third = sorted(draw(st.tuples(DAYS, DAYS, DAYS)))
    is_closed = draw(st.booleans())
    return {
        "branch": draw(st.sampled_from(BRANCHES)),
        "category": draw(st.sampled_from(CATEGORIES)),
        "referred_on": first,
        "reopened_on": draw(st.sampled_from([None, second])),
        "closed_on": third if is_closed else None,
        "disposition": draw(st.sampled_from(DISPOSITIONS)) if is_closed else None,
        "referred_amount_twd": referred,
        "paid_amount_twd": paid,
        "collected_in_year_twd": draw(st.none() | st.integers(0, paid)),
    }


def tier(referred: int) -> str:
    return "ordinary" if referred < 200_000 else "special" if referred < 1_000_000 else "major"


def is_effective(row: dict) -> bool:
    """Read the definition naively, in exact fractions."""
    ratio = {"ordinary": Fraction(1, 2), "special": Fraction(3, 5), "major": Fraction(3, 4)}
    if row["disposition"] == "paid_in_full":
        return True
    return row["disposition"] in {"part_certificate", "part_withdrawn", "part_returned"} and (
        row["paid_amount_twd"]
        > ratio[tier(row["referred_amount_twd"])] * row["referred_amount_twd"]
    )


def naive(rows: list[dict], year: int, by: str | None) -> dict:
    """Count each group in plain Python and evaluate the official formulas."""
    start, end = dt.date(year + 1911, 1, 1), dt.date(year + 1911, 12, 31)
    groups = defaultdict(lambda: dict.fromkeys(("new", "closed", "effective", "pending"), 0))
    for row in rows:
        closed = row["closed_on"] is not None and start <= row["closed_on"] <= end
        pending = row["referred_on"] <= end and (row["closed_on"] is None or row["closed_on"] > end)
        if not (closed or pending):
            continue
        key = tier(row["referred_amount_twd"]) if by == "tier" else row[by] if by else None
        for group in {key, None}:
            groups[group]["new"] += start <= row["referred_on"] <= end
            groups[group]["closed"] += closed
            groups[group]["pending"] += pending
            groups[group]["effective"] += closed and is_effective(row)
    return groups


def naive_value(counts: dict, version: int) -> Fraction | None:
    effective, closed, pending = (counts[key] for key in ("effective", "closed", "pending"))
    if version == 106:
        return Fraction(effective, closed) if closed else None
    if closed == pending == 0:
        return None
    return Fraction(effective * (closed + pending), closed**2 + pending**2)


@given(rows=st.lists(case(), min_size=1, max_size=30), year=st.integers(105, 108))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_equals_the_naive_oracle(rows, year, tmp_path):
    for number, row in enumerate(rows):
        row["case_id"] = str(number)
    path = tmp_path / "cases.parquet"
    complete = [{field.name: row.get(field.name) for field in schema()} for row in rows]
    pq.write_table(pa.Table.from_pylist(complete, schema=schema()), path)
    expected = {by: naive(rows, year, by) for by in (None, *BY)}
    if not expected[None]:
        with pytest.raises(InputError, match=f"year {year}"):
            count_cases(path, year, OFFICIAL.version(107).rule)
        return
    counts = count_cases(path, year, OFFICIAL.version(107).rule)
    for version in (106, 107):
        for by in (None, *BY):
            found = evaluate_groups(OFFICIAL.version(version), counts, by)
            assert {row.by for row in found} == set(expected[by])
            for row in found:
                group = expected[by][row.by]
                assert {key: row.counts[key] for key in group} == group
                assert row.value.value == naive_value(group, version)


ROW = {
    "case_id": "1", "branch": "臺北", "category": "罰鍰", "referred_on": dt.date(2018, 1, 1),
    "closed_on": dt.date(2018, 12, 31), "disposition": "part_certificate",
    "referred_amount_twd": 1000, "paid_amount_twd": 501,
}  # fmt: skip


def test_groups_stand_in_the_contract_s_order_and_the_total_last(case_file):
    rows = [
        ROW | {"case_id": str(number), "branch": branch, "category": category}
        for number, (branch, category) in enumerate(
            [("士林", "費用"), ("臺北", "財稅"), ("高雄", "健保"), ("桃園", "罰鍰")]
        )
    ]
    counts = count_cases(case_file(rows), 107, OFFICIAL.version(107).rule)
    found = {
        by: [row.by for row in evaluate_groups(OFFICIAL.version(107), counts, by)] for by in BY
    }
    assert found["branch"] == ["臺北", "桃園", "高雄", "士林", None]
    assert found["category"] == ["財稅", "健保", "罰鍰", "費用", None]
    assert found["tier"] == ["ordinary", None]


def test_first_and_last_day_belong_to_the_year(case_file):
    rows = [
        ROW
        | {"case_id": "a", "referred_on": dt.date(2017, 12, 31), "closed_on": dt.date(2018, 1, 1)},
        ROW
        | {"case_id": "b", "referred_on": dt.date(2018, 12, 31), "closed_on": dt.date(2019, 1, 1)},
    ]
    [total] = evaluate_groups(
        OFFICIAL.version(107), count_cases(case_file(rows), 107, OFFICIAL.version(107).rule)
    )
    assert {key: total.counts[key] for key in ("new", "closed", "pending")} == {
        "new": 1, "closed": 1, "pending": 1,
    }  # fmt: skip


def test_amounts_are_summed_without_loss(case_file):
    rows = [
        ROW
        | {"case_id": str(number), "paid_amount_twd": 2**53 + 1, "collected_in_year_twd": 2**53 + 1}
        for number in range(3)
    ]
    [total] = evaluate_groups(
        OFFICIAL.version(107), count_cases(case_file(rows), 107, OFFICIAL.version(107).rule)
    )
    assert total.counts["closed_paid_twd"] == total.counts["collected_twd"] == 3 * (2**53 + 1)


def test_absent_columns_are_unknown_and_not_zero(case_file):
    path = case_file([ROW], drop=("collected_in_year_twd", "reopened_on"))
    [total] = evaluate_groups(
        OFFICIAL.version(107), count_cases(path, 107, OFFICIAL.version(107).rule)
    )
    assert total.counts["collected_twd"] is None
    assert total.counts["reopened"] is None


def test_row_order_is_irrelevant(case_file, rng):
    rows = [
        ROW
        | {"case_id": str(number), "branch": BRANCHES[number % 13], "paid_amount_twd": 480 + number}
        for number in range(60)
    ]
    shuffled = [rows[position] for position in rng.permutation(len(rows))]
    rule = OFFICIAL.version(107).rule
    first = count_cases(case_file(rows, "a.parquet"), 107, rule)
    assert first.equals(count_cases(case_file(shuffled, "b.parquet"), 107, rule))


def test_amounts_may_pass_64_bits_together(case_file, tmp_path):
    largest = {"paid_amount_twd": 2**63 - 1, "collected_in_year_twd": 2**63 - 1}
    rows = [ROW | largest | {"case_id": str(number)} for number in range(3)]
    counts = count_cases(case_file(rows), 107, OFFICIAL.version(107).rule)
    write_counts(counts, tmp_path / "counts.parquet")
    [total] = evaluate_groups(OFFICIAL.version(107), read_counts(tmp_path / "counts.parquet"))
    assert total.counts["closed_paid_twd"] == total.counts["collected_twd"] == 3 * (2**63 - 1)
    assert total.counts["effective"] == 3


def test_a_path_is_no_pattern_and_its_folders_are_no_columns(case_file, tmp_path):
    folder = tmp_path / "category=健保"
    folder.mkdir()
    path = folder / "x*.parquet"
    case_file([ROW]).rename(path)
    case_file([ROW, ROW | {"case_id": "2"}]).rename(folder / "xyz.parquet")
    counts = count_cases(path, 107, OFFICIAL.version(107).rule)
    assert list(counts["category"]) == ["罰鍰"]
    assert list(counts["closed"]) == [1]


def test_a_column_named_like_the_engine_s_own_is_passed_over(case_file, tmp_path):
    table = pq.read_table(case_file([ROW]))
    path = tmp_path / "own.parquet"
    pq.write_table(table.append_column("file_row_number", pa.array(["z"])), path)
    check_cases(path, 107)
    assert count_cases(path, 107, OFFICIAL.version(107).rule)["closed"].sum() == 1


def test_a_column_without_any_value_may_come_without_a_type(tmp_path):
    open_case = ROW | {"closed_on": None, "disposition": None, "reopened_on": None}
    path = tmp_path / "open.parquet"
    pd.DataFrame([open_case]).to_parquet(path)
    assert pa.types.is_null(pq.read_schema(path).field("closed_on").type)
    check_cases(path, 107)
    [total] = evaluate_groups(
        OFFICIAL.version(107), count_cases(path, 107, OFFICIAL.version(107).rule)
    )
    assert (total.counts["closed"], total.counts["pending"]) == (0, 1)
    assert total.value.value == 0
    assert profile_cases(path, 107).flow()["pending"] == 1
