from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.cases.contract import check_cases
from closurerate.cases.vocabulary import (
    BRANCHES,
    CATEGORIES,
    COLUMNS,
    DISPOSITIONS,
    OBLIGOR_KINDS,
    schema,
)
from closurerate.errors import InputError

Row = dict[str, Any]
CaseFile = Callable[..., Path]

CLOSED: Row = {
    "case_id": "107-00000001",
    "branch": "臺北",
    "category": "財稅",
    "obligor_kind": "person",
    "prior_case_id": "105-00000009",
    "referred_on": date(2017, 3, 1),
    "closed_on": date(2018, 5, 2),
    "disposition": "paid_in_full",
    "referred_amount_twd": 1200,
    "paid_amount_twd": 1250,
    "collected_in_year_twd": 1250,
}
OPEN: Row = {
    **CLOSED,
    "case_id": "107-00000002",
    "closed_on": None,
    "disposition": None,
    "paid_amount_twd": 0,
    "collected_in_year_twd": 0,
}

BROKEN_ROWS = [
    ({"case_id": None}, "case_id must never be null"),
    ({"branch": None}, "branch must never be null"),
    ({"category": None}, "category must never be null"),
    ({"referred_on": None}, "referred_on must never be null"),
    ({"referred_amount_twd": None}, "referred_amount_twd must never be null"),
    ({"paid_amount_twd": None}, "paid_amount_twd must never be null"),
    ({"branch": "台北"}, "branch must be one of"),
    ({"category": "罰款"}, "category must be one of"),
    ({"obligor_kind": "city"}, "obligor_kind must be one of person, company"),
    ({"disposition": "settled"}, "disposition must be one of"),
    ({"referred_amount_twd": 0}, "referred_amount_twd must be from 1 to 1,000,000,000,000"),
    ({"referred_amount_twd": 10**12 + 1}, "referred_amount_twd must be from 1 to"),
    ({"paid_amount_twd": -1, "collected_in_year_twd": None}, "paid_amount_twd must be 0 or more"),
    ({"collected_in_year_twd": -1}, "collected_in_year_twd must be 0 or more"),
    ({"disposition": None}, "disposition must be null exactly when closed_on is"),
    ({"closed_on": None}, "disposition must be null exactly when closed_on is"),
    ({"closed_on": date(2017, 2, 28)}, "closed_on must not be before referred_on"),
    ({"reopened_on": date(2017, 2, 28)}, "reopened_on must not be before referred_on"),
    ({"reopened_on": date(2018, 5, 3)}, "closed_on must not be before reopened_on"),
    ({"collected_in_year_twd": 1251}, "must not be more than paid_amount_twd"),
    ({"prior_case_id": "107-00000001"}, "prior_case_id must not be the case's own case_id"),
]


@pytest.mark.parametrize(("change", "sentence"), BROKEN_ROWS)
def test_each_broken_rule_is_named_with_its_row(
    case_file: CaseFile, change: Row, sentence: str
) -> None:
    plain = pa.schema([field.with_nullable(True) for field in schema()])
    path = case_file([OPEN])
    rows = [OPEN, {**CLOSED, **change}]
    complete = [{name: row.get(name) for name in plain.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(complete, schema=plain), path)
    with pytest.raises(InputError, match="row 2 ") as error:
        check_cases(path, 107)
    assert sentence in str(error.value)
    assert "1 row break" in str(error.value)


def test_a_clean_file_passes_with_and_without_its_optional_columns(case_file: CaseFile) -> None:
    check_cases(case_file([OPEN, CLOSED]), 107)
    optional = tuple(column.name for column in COLUMNS if column.is_optional)
    check_cases(case_file([OPEN, CLOSED], drop=optional), 107)


def test_the_edges_of_ranges_and_dates_pass(case_file: CaseFile) -> None:
    same_day = {
        **CLOSED,
        "referred_on": date(2018, 5, 2),
        "reopened_on": date(2018, 5, 2),
        "referred_amount_twd": 1,
    }
    most = {**OPEN, "referred_amount_twd": 10**12, "reopened_on": date(2018, 1, 1)}
    check_cases(case_file([same_day, most]), 107)


def test_a_repeated_case_is_named(case_file: CaseFile) -> None:
    path = case_file([CLOSED, OPEN, {**OPEN, "case_id": CLOSED["case_id"]}])
    with pytest.raises(InputError, match=r"case_id must be unique.*2 rows.*row 1 .*107-00000001"):
        check_cases(path, 107)


def test_a_long_value_is_not_told_whole(case_file: CaseFile) -> None:
    with pytest.raises(InputError, match=r"branch=x{60}…\)\.$"):
        check_cases(case_file([{**CLOSED, "branch": "x" * 61}]), 107)
    with pytest.raises(InputError, match=r"branch=x{60}\)\.$"):
        check_cases(case_file([{**CLOSED, "branch": "x" * 60}]), 107)


def test_further_broken_rules_are_counted(case_file: CaseFile) -> None:
    rows = [{**CLOSED, "branch": "x"}, {**OPEN, "paid_amount_twd": -1}]
    with pytest.raises(InputError, match=r"branch must be one.*; also paid_amount_twd must be 0"):
        check_cases(case_file(rows), 107)


@pytest.mark.parametrize("year", [106 - 50, 105, 108, 150])
def test_a_year_that_the_file_does_not_know_is_refused(case_file: CaseFile, year: int) -> None:
    with pytest.raises(InputError, match=f"year {year} .*106 to 107"):
        check_cases(case_file([CLOSED, OPEN]), year)


def test_a_file_that_spans_years_is_good_for_each(case_file: CaseFile) -> None:
    path = case_file([CLOSED, OPEN])
    check_cases(path, 106)
    check_cases(path, 107)


def test_missing_columns_are_named_with_what_is_there(case_file: CaseFile) -> None:
    path = case_file([CLOSED])
    table = pq.read_table(path).rename_columns(
        {"branch": "branches"} | {name: name for name in schema().names if name != "branch"}
    )
    pq.write_table(table.drop_columns("closed_on"), path)
    with pytest.raises(
        InputError, match=r"branch \(is branches meant\?\), closed_on; the file has"
    ):
        check_cases(path)


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("referred_amount_twd", pa.int32()),
        ("referred_amount_twd", pa.float64()),
        ("paid_amount_twd", pa.decimal128(19, 0)),
        ("referred_on", pa.timestamp("us")),
        ("closed_on", pa.string()),
        ("case_id", pa.binary()),
    ],
)
def test_a_wrong_type_is_named_before_any_row_is_read(
    case_file: CaseFile, column: str, wrong: pa.DataType
) -> None:
    path = case_file([CLOSED])
    table = pq.read_table(path)
    place = table.schema.get_field_index(column)
    pq.write_table(table.set_column(place, column, table[column].cast(wrong)), path)
    found = pq.read_schema(path).field(column).type
    with pytest.raises(InputError, match=f"{column} is .* and must be") as error:
        check_cases(path)
    assert str(found) in str(error.value)


@pytest.mark.parametrize(
    "text", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
)
def test_text_may_come_in_any_text_type(case_file: CaseFile, text: pa.DataType) -> None:
    path = case_file([CLOSED, OPEN])
    table = pq.read_table(path)
    for place, field in enumerate(table.schema):
        if field.type == pa.string():
            table = table.set_column(place, field.name, table[field.name].cast(text))
    pq.write_table(table, path)
    check_cases(path, 107)


def test_an_unknown_column_is_left_alone(case_file: CaseFile) -> None:
    path = case_file([CLOSED])
    table = pq.read_table(path)
    pq.write_table(table.append_column("note", pa.array(["x"])), path)
    check_cases(path, 107)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path, case_file: CaseFile) -> None:
    with pytest.raises(InputError, match="no such file"):
        check_cases(tmp_path / "none.parquet")
    empty = tmp_path / "empty.parquet"
    empty.touch()
    with pytest.raises(InputError, match="empty"):
        check_cases(empty)
    empty.write_text("case_id,branch\n")
    with pytest.raises(InputError, match="not a Parquet file"):
        check_cases(empty)
    whole = case_file([CLOSED]).read_bytes()
    empty.write_bytes(whole[:-20])
    with pytest.raises(InputError, match="not a Parquet file"):
        check_cases(empty)
    with pytest.raises(InputError, match="no rows"):
        check_cases(case_file([]))


def test_a_damaged_page_is_refused(case_file: CaseFile) -> None:
    rows = [{**CLOSED, "case_id": f"107-{number:08d}"} for number in range(2000)]
    path = case_file(rows)
    content = bytearray(path.read_bytes())
    content[100:900] = b"\xff" * 800
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged"):
        check_cases(path)


dates = st.dates(date(2016, 12, 1), date(2018, 2, 1))
maybe = st.none() | dates
amounts = st.integers(-1, 3) | st.sampled_from([10**12, 10**12 + 1])
rows_of_any_kind = st.fixed_dictionaries(
    {
        "case_id": st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h"]),
        "branch": st.sampled_from([*BRANCHES, "?"]) | st.just("臺北"),
        "category": st.sampled_from(CATEGORIES),
        "obligor_kind": st.sampled_from([None, *OBLIGOR_KINDS]),
        "prior_case_id": st.sampled_from([None, "a", "z"]),
        "referred_on": dates,
        "closed_on": maybe,
        "reopened_on": st.none() | maybe,
        "disposition": st.sampled_from([None, *DISPOSITIONS]),
        "referred_amount_twd": st.integers(1, 9) | amounts,
        "paid_amount_twd": st.integers(0, 9) | amounts,
        "collected_in_year_twd": st.none() | st.integers(0, 3),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(rows_of_any_kind, min_size=1, max_size=4), st.booleans())
def test_the_check_agrees_with_a_plain_one(rows: list[Row], is_repaired: bool) -> None:
    if is_repaired:
        rows = [_repaired(row, place) for place, row in enumerate(rows)]
    complete = [{name: row.get(name) for name in schema().names} for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cases.parquet"
        pq.write_table(pa.Table.from_pylist(complete, schema=schema()), path)
        if _is_good(rows):
            check_cases(path)
        else:
            with pytest.raises(InputError):
                check_cases(path)


def _repaired(row: Row, place: int) -> Row:
    """Mend most of a random row, so that good files come up too."""
    closed_on = row["closed_on"] and max(row["closed_on"], row["referred_on"])
    disposition = (row["disposition"] or "other") if closed_on else None
    return {
        **row,
        "case_id": f"case {place}",
        "branch": "臺北",
        "reopened_on": None,
        "closed_on": closed_on,
        "disposition": disposition,
        "referred_amount_twd": max(1, min(row["referred_amount_twd"], 10**12)),
        "paid_amount_twd": max(0, row["paid_amount_twd"]) + 3,
    }


def _is_good(rows: list[Row]) -> bool:
    repeated = max(Counter(row["case_id"] for row in rows).values()) > 1
    return not repeated and all(_is_good_row(row) for row in rows)


def _is_good_row(row: Row) -> bool:
    closed, reopened, collected = (
        row[name] for name in ("closed_on", "reopened_on", "collected_in_year_twd")
    )
    return (
        row["branch"] in BRANCHES
        and 1 <= row["referred_amount_twd"] <= 10**12
        and row["paid_amount_twd"] >= 0
        and (row["disposition"] is None) == (closed is None)
        and (closed is None or closed >= row["referred_on"])
        and (reopened is None or reopened >= row["referred_on"])
        and (closed is None or reopened is None or closed >= reopened)
        and (collected is None or 0 <= collected <= row["paid_amount_twd"])
        and row["prior_case_id"] != row["case_id"]
    )
