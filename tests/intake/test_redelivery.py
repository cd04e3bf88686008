"""What changed between two deliveries equals a naive comparison of dictionaries."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import COLUMNS, schema
from closurerate.errors import InputError
from closurerate.intake.left import accepted, redelivery
from closurerate.intake.left.redelivery import Redelivery, compare

OPTIONAL = tuple(column.name for column in COLUMNS if column.is_optional)
DAY = dt.date(2019, 3, 8)


def case(case_id, **values):
    made = {
        "case_id": case_id, "branch": "臺北", "category": "罰鍰", "referred_on": DAY,
        "referred_amount_twd": 1000, "paid_amount_twd": 0,
    }  # fmt: skip
    return made | values


def delivery(path, rows, without=()):
    table = pa.Table.from_pylist(rows, schema=schema()).drop_columns(list(without))
    pq.write_table(table, path)
    return path


def naive(before, after, without):
    """Return the counts and the changes of two lists of cases."""
    first, second = ({row["case_id"]: row for row in rows} for rows in (before, after))
    compared = [
        column.name
        for column in COLUMNS
        if column.name not in {*without[0], *without[1], "case_id"}
    ]
    rows = []
    for key in sorted(first.keys() | second.keys()):
        if key not in first or key not in second:
            rows.append((key, "removed" if key in first else "added", None, None, None))
            continue
        for name in sorted(compared):
            old, new = first[key].get(name), second[key].get(name)
            if old != new:
                texts = [None if value is None else str(value) for value in (old, new)]
                rows.append((key, "changed", name, *texts))
    return rows


def changes(path):
    return [tuple(row.values()) for row in pq.read_table(path).to_pylist()]


def test_a_missing_or_damaged_delivery_is_one_sentence(tmp_path):
    good = delivery(tmp_path / "good.parquet", [case("1")])
    with pytest.raises(InputError, match="there is no such file"):
        compare(good, tmp_path / "none.parquet", tmp_path / "changes.parquet")
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="not a Parquet file"):
        compare(bad, good, tmp_path / "changes.parquet")
    assert not (tmp_path / "changes.parquet").exists()


def test_a_column_that_one_lacks_is_said_once(tmp_path):
    rows = [case(str(number), obligor_id="A", subcategory="b") for number in range(5)]
    before = delivery(tmp_path / "before.parquet", rows, ["obligor_id"])
    after = delivery(tmp_path / "after.parquet", rows, ["subcategory", "obligor_kind"])
    found = compare(before, after, tmp_path / "changes.parquet")
    assert found == Redelivery(
        0, 0, 0, {},
        {"obligor_id": "before", "subcategory": "after", "obligor_kind": "after"},
    )  # fmt: skip
    assert changes(tmp_path / "changes.parquet") == []


def test_a_column_without_a_type_is_compared(tmp_path):
    before = tmp_path / "before.parquet"
    untyped = pa.table({**{name: [case("1").get(name)] for name in schema().names}})
    untyped = untyped.cast(
        pa.schema(
            [
                field if untyped[field.name].null_count == 0 else pa.field(field.name, pa.null())
                for field in schema()
            ]
        )
    )
    pq.write_table(untyped, before)
    after = delivery(tmp_path / "after.parquet", [case("1", closed_on=DAY, disposition="other")])
    found = compare(before, after, tmp_path / "changes.parquet")
    assert found.columns == {"closed_on": 1, "disposition": 1}
    assert found.changed == 1


def test_patterns_in_a_path_are_plain_characters(tmp_path):
    folder = tmp_path / "year=108 [a]*"
    folder.mkdir()
    before = delivery(folder / "b[1].parquet", [case("1")])
    after = delivery(folder / "a[1].parquet", [case("2")])
    delivery(folder / "a1.parquet", [case("3")])
    found = compare(before, after, folder / "changes.parquet")
    assert (found.added, found.removed, found.changed) == (1, 1, 0)
    kinds = [row[:2] for row in changes(folder / "changes.parquet")]
    assert kinds == [("1", "removed"), ("2", "added")]


def test_many_changes_come_in_order_and_in_the_same_bytes(tmp_path, monkeypatch):
    for module in (accepted, redelivery):
        monkeypatch.setattr(module, "GROUP_ROWS", 1000)
    rows = [case(f"{number:05}") for number in range(4000)]
    before = delivery(tmp_path / "before.parquet", rows)
    moved = [row | {"paid_amount_twd": 5, "closed_on": DAY, "disposition": "other"} for row in rows]
    after = delivery(tmp_path / "after.parquet", moved[::-1])
    outs = [tmp_path / name for name in ("one.parquet", "two.parquet")]
    for out in outs:
        found = compare(before, after, out)
    assert found.columns == {"closed_on": 4000, "disposition": 4000, "paid_amount_twd": 4000}
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert changes(outs[0]) == naive(rows, moved, ((), ()))
    assert pq.ParquetFile(outs[0]).metadata.num_row_groups == 12


@st.composite
def deliveries(draw):
    rows = st.builds(
        case,
        st.sampled_from(["1", "2", "案3", "4"]),
        branch=st.sampled_from(["臺北", "新北"]),
        obligor_id=st.sampled_from([None, "", "A"]),
        prior_case_id=st.sampled_from([None, "9"]),
        closed_on=st.sampled_from([None, DAY]),
        paid_amount_twd=st.sampled_from([0, 1]),
        collected_in_year_twd=st.sampled_from([None, 0]),
    )
    lists = st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row["case_id"])
    lacking = st.lists(st.sampled_from(OPTIONAL), max_size=2, unique=True)
    return draw(lists), draw(lists), (draw(lacking), draw(lacking))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deliveries())
def test_changes_are_those_of_a_naive_comparison(tmp_path, drawn):
    before, after, without = drawn
    out = tmp_path / "changes.parquet"
    found = compare(
        delivery(tmp_path / "before.parquet", before, without[0]),
        delivery(tmp_path / "after.parquet", after, without[1]),
        out,
    )
    expected = naive(before, after, without)
    assert changes(out) == expected
    kinds = [kind for _, kind, *_ in expected]
    assert (found.added, found.removed) == (kinds.count("added"), kinds.count("removed"))
    assert found.changed == len({key for key, kind, *_ in expected if kind == "changed"})
    names = [name for _, _, name, *_ in expected if name]
    assert found.columns == {name: names.count(name) for name in {*names}}
    assert set(found.columns_absent) == set(without[0]) ^ set(without[1])
