"""Parquet of any column type comes as text, days or whole numbers, one type a column."""

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.intake.came import parquet
from closurerate.intake.came.apart import apart
from closurerate.intake.came.cells import raw_batch
from closurerate.intake.came.parquet import raw_column, read_parquet
from closurerate.intake.came.raw_table import MALFORMED, Notes
from parquet_samples import claim_rows

NIGHT = dt.datetime(2018, 3, 8)
EVENING = dt.datetime(2018, 3, 8, 23, 5, 7)
DAY = dt.date(2018, 3, 8)


def write(path: Path, **columns: pa.Array) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=4)
    return path


def rows_of(path: Path, wanted: dict[int, str]) -> list[dict]:
    (table,) = read_parquet(path)
    read = list(table.read(0, wanted, Notes(), lambda count: None))
    assert all(batch.schema.names == [*wanted.values(), MALFORMED] for batch in read)
    return [row for batch in read for row in batch.to_pylist()]


# What cannot be read ------------------------------------------------------------------------
def test_a_file_that_is_missing_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none\.parquet: there is no such file"):
        read_parquet(tmp_path / "none.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(50) + b"PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_told(tmp_path, content):
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.parquet: cannot be read as Parquet \(.+\); have it"):
        read_parquet(tmp_path / "x.parquet")


def test_a_damaged_page_is_told_when_it_is_read(tmp_path):
    path = write(tmp_path / "x.parquet", a=pa.array([f"text {n}" for n in range(2000)]))
    content = bytearray(path.read_bytes())
    content[4:4000] = bytes(3996)
    path.write_bytes(content)
    (table,) = read_parquet(path)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        list(table.read(0, {0: "a"}, Notes(), lambda count: None))


@pytest.mark.parametrize(
    ("place", "claimed"),
    [("of the file", 2**60), ("of its row group", 100), ("of its column", 0)],
)
def test_a_footer_that_tells_of_other_rows_than_there_are_is_refused(tmp_path, place, claimed):
    path = tmp_path / "x.parquet"
    table = pa.table({"a": [str(n) for n in range(12345)]})
    pq.write_table(table, path, store_schema=False, write_statistics=False)
    claim_rows(path, place, 12345, claimed)
    with pytest.raises(InputError, match=r"x\.parquet: .* its footer tells of.*have it written"):
        rows_of(path, {0: "a"})


def test_a_cell_of_over_a_megabyte_is_told_with_its_column(tmp_path):
    write(tmp_path / "x.parquet", a=pa.array(["x" * (1 << 20)]))
    assert len(rows_of(tmp_path / "x.parquet", {0: "a"})) == 1
    write(tmp_path / "x.parquet", a=pa.array(["x" * ((1 << 20) + 1)]))
    with pytest.raises(InputError, match=r"x\.parquet: the column a has a cell of over 1 MB"):
        rows_of(tmp_path / "x.parquet", {0: "a"})


def test_a_file_without_columns_is_told(tmp_path):
    with pytest.raises(InputError, match="has no column"):
        read_parquet(write(tmp_path / "x.parquet"))


# What stands in columns ---------------------------------------------------------------------
TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
WHOLE = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()]


@pytest.mark.parametrize("kind", [*TEXTS, pa.dictionary(pa.int8(), pa.large_string())], ids=str)
def test_any_text_is_text(kind):
    column = raw_column(pa.array(["臺北", None, ""]).cast(kind))
    assert column.type == pa.string()
    assert column.to_pylist() == ["臺北", None, ""]


@pytest.mark.parametrize(
    "column",
    [
        *(pa.array([7, None, 0], kind) for kind in WHOLE),
        pa.array([7, None, 0], pa.int32()).dictionary_encode(),
        pa.array([Decimal(7), None, Decimal(0)], pa.decimal128(18, 0)),
    ],
    ids=lambda column: str(column.type),
)
def test_any_whole_number_of_64_bits_is_one(column):
    column = raw_column(column)
    assert column.type == pa.int64()
    assert column.to_pylist() == [7, None, 0]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()], ids=str)
def test_any_day_is_a_day(kind):
    column = raw_column(pa.array([DAY, None], kind))
    assert column.type == pa.date32()
    assert column.to_pylist() == [DAY, None]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        ([True, False], pa.bool_(), ["TRUE", "FALSE"]),
        ([1.0, 0.1, -2.5, 1e20], pa.float64(), ["1", "0.1", "-2.5", "1e+20"]),
        ([10.0**15 - 1, 10.0**15], pa.float64(), ["9" * 15, "1e+15"]),
        ([9999999, 16777216], pa.float32(), ["9999999", "1.6777216e+07"]),
        ([999, 2048], pa.float16(), ["999", "2.048e+03"]),
        ([float("nan"), float("inf")], pa.float64(), ["nan", "inf"]),
        ([2**63], pa.uint64(), ["9223372036854775808"]),
        ([Decimal("1234.00"), Decimal("0.50")], pa.decimal128(9, 2), ["1234", "0.50"]),
        ([Decimal(0), Decimal("-0.000001")], pa.decimal128(9, 6), ["0", "-0.000001"]),
        ([Decimal(0), Decimal(5)], pa.decimal128(38, 18), ["0", "5"]),
        ([Decimal(10**37)], pa.decimal128(38, 0), ["1" + "0" * 37]),
        ([Decimal(12000)], pa.decimal128(5, -3), ["12000"]),
        ([NIGHT, EVENING], pa.timestamp("ms"), ["2018-03-08", "2018-03-08 23:05:07"]),
        ([NIGHT.replace(microsecond=5)], pa.timestamp("us"), ["2018-03-08 00:00:00.000005"]),
        ([dt.datetime(2018, 3, 7, 16)], pa.timestamp("ns", "UTC"), ["2018-03-08"]),
        ([dt.datetime(2018, 3, 7, 15)], pa.timestamp("s", "Asia/Tokyo"), ["2018-03-07 23:00:00"]),
        ([dt.time(1, 2)], pa.time64("us"), ["01:02:00"]),
    ],
    ids=str,
)
def test_anything_else_is_its_text(values, kind, texts):
    column = raw_column(pa.array([*values, None], kind))
    assert column.type in (pa.string(), pa.dictionary(pa.int32(), pa.string()))
    assert column.to_pylist() == [*texts, None]


UUID = uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e")


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([UUID.bytes, None], pa.uuid()), [str(UUID), None]),
        (pa.array(["A1", None], pa.string()).cast(pa.json_()), ["A1", None]),
        (pa.array([1, None], pa.int8()).cast(pa.bool8()), [1, None]),
        (pa.ExtensionArray.from_storage(pa.opaque(pa.string(), "x", "y"), pa.array(["A"])), ["A"]),
        *(
            (pa.array([Decimal(5), None], kind).cast(kind), ["5", None])
            for kind in (pa.decimal32(9, 2), pa.decimal64(18, 2), pa.decimal256(60, 2))
        ),
        *(
            (pa.array([Decimal(1200), None], kind), [1200, None])
            for kind in (pa.decimal32(9, 0), pa.decimal64(18, 0))
        ),
        (pa.array([2**64 - 1, None], pa.uint64()), [str(2**64 - 1), None]),
        (pa.array([b"A1", None], pa.binary(2)), ["A1", None]),
        (pa.array([b"A1", None], pa.binary_view()), ["A1", None]),
        (pa.array([1.0, 0.5, None], pa.float16()), ["1", "0.5", None]),
        (pa.array([dt.timedelta(1), None], pa.duration("us")), ["1 day, 0:00:00", None]),
        (
            pa.DictionaryArray.from_arrays([0, None], pa.array([Decimal(5)], pa.decimal128(9, 2))),
            ["5", None],
        ),
        (pa.nulls(2), [None, None]),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_a_type_that_arrow_does_not_compute_with_comes_all_the_same(tmp_path, column, texts):
    path = write(tmp_path / "x.parquet", a=column)
    assert [row["x"] for row in rows_of(path, {0: "x"})] == texts


@pytest.mark.parametrize(
    "column",
    [
        pa.array([["A"], None]),
        pa.array([{"a": 1}, None]),
        pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int32())),
        pa.array([["A"]], pa.list_view(pa.string())),
        pa.array([[1]], pa.list_(pa.int32(), 1)),
        pa.ExtensionArray.from_storage(
            pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2]], pa.list_(pa.int32(), 2))
        ),
    ],
    ids=lambda column: str(column.type),
)
def test_a_type_that_is_no_value_is_refused_by_column_and_type(tmp_path, monkeypatch, column):
    path = write(tmp_path / "x.parquet", a=pa.array(["A"] * len(column)), 清償金額=column)
    assert [row["x"] for row in rows_of(path, {0: "x"})] == ["A"] * len(column)
    monkeypatch.setattr(parquet, "_next", lambda *_: pytest.fail("was unpacked before"))
    with pytest.raises(InputError) as told:
        rows_of(path, {1: "x"})
    assert "x.parquet: the column 清償金額 is of the type" in str(told.value)
    assert "cannot be read" in str(told.value)
    assert "\n" not in str(told.value)


def test_moments_of_old_files_stay_in_their_years(tmp_path):
    days = [dt.datetime(2018, 3, 8), dt.datetime(9999, 12, 31), dt.datetime(1, 1, 1)]
    table = pa.table({"a": pa.array(days, pa.timestamp("us"))})
    pq.write_table(table, tmp_path / "x.parquet", use_deprecated_int96_timestamps=True)
    rows = rows_of(tmp_path / "x.parquet", {0: "x"})
    assert [row["x"] for row in rows] == ["2018-03-08", "9999-12-31", "0001-01-01"]


def test_a_year_that_python_does_not_know_is_no_date():
    (text,) = raw_column(pa.array([10**14], pa.timestamp("s"))).to_pylist()
    assert not text[:4].isdigit()


def test_bytes_that_are_no_utf_8_are_marked():
    broken = pa.array([b"\xa4\xa4", b"A"]).view(pa.string())
    assert raw_column(broken).to_pylist() == ["��", "A"]


def test_a_column_without_values_may_have_no_type(tmp_path):
    path = write(tmp_path / "x.parquet", a=pa.array(["1"]), b=pa.nulls(1))
    assert rows_of(path, {0: "a", 1: "b"}) == [{"a": "1", "b": None, MALFORMED: None}]


# The table ----------------------------------------------------------------------------------
def test_names_and_wanted_columns(tmp_path):
    path = write(tmp_path / "x.parquet", **{" 案號 ": pa.array(["A"]), "b": pa.array([2])})
    (table,) = read_parquet(path)
    assert (table.name, table.sheet, table.has_order) == ("x.parquet", None, True)
    assert table.head == (("案號", "b"),)
    assert rows_of(path, {1: "n", 0: "case_id"}) == [{"n": 2, "case_id": "A", MALFORMED: None}]


def test_no_rows_give_no_batches_with_rows(tmp_path):
    path = write(tmp_path / "x.parquet", a=pa.array([], pa.string()))
    assert rows_of(path, {0: "a"}) == []


def test_the_bytes_told_are_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "BATCH_ROWS", 3)
    path = write(tmp_path / "x.parquet", a=pa.array(range(20)))
    (table,) = read_parquet(path)
    told: list[int] = []
    assert len(list(table.read(0, {0: "a"}, Notes(), told.append))) > 1
    assert sum(told) == table.size_bytes == path.stat().st_size


def test_a_file_that_is_not_slight_is_read_apart_and_the_same(tmp_path, monkeypatch):
    asked = []

    def noted(path, *asked_for):
        asked.append(path)
        return apart(path, *asked_for)

    monkeypatch.setattr(parquet, "apart", noted)
    monkeypatch.setattr(parquet, "BATCH_ROWS", 3)
    path = write(tmp_path / "x.parquet", a=pa.array(range(20)), b=pa.array(["臺北", None] * 10))
    here = rows_of(path, {0: "a", 1: "b"})
    assert not asked
    monkeypatch.setattr(parquet, "SLIGHT_ROW_BYTES", 0)
    assert rows_of(path, {0: "a", 1: "b"}) == here
    assert asked == [path]


@pytest.mark.parametrize("compression", ["zstd", "gzip", "brotli", "lz4"])
def test_what_may_unpack_to_any_size_is_not_slight(tmp_path, monkeypatch, compression):
    monkeypatch.setattr(parquet, "_batches", None)
    monkeypatch.setattr(parquet, "apart", lambda *_: iter([raw_batch(["a"], [pa.array([7])])]))
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet", compression=compression)
    assert rows_of(tmp_path / "x.parquet", {0: "a"})[0]["a"] == 7


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    moments=st.lists(st.none() | st.datetimes(dt.datetime(1912, 1, 1), dt.datetime(2200, 1, 1))),
    floats=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    batch=st.integers(1, 5),
)
def test_a_column_keeps_one_type_and_its_values(moments, floats, batch, tmp_path_factory):
    rows = min(len(moments), len(floats))
    path = tmp_path_factory.mktemp("p") / "x.parquet"
    write(
        path,
        m=pa.array(moments[:rows], pa.timestamp("us")),
        f=pa.array(floats[:rows], pa.float64()),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "BATCH_ROWS", batch)
        (table,) = read_parquet(path)
        read = list(table.read(0, {0: "m", 1: "f"}, Notes(), lambda count: None))
    assert len({batch.schema for batch in read}) <= 1
    found = [row for batch in read for row in batch.to_pylist()]
    texts = [row["f"] for row in found]
    assert [None if text is None else float(text) for text in texts] == floats[:rows]
    for row, moment in zip(found, moments[:rows], strict=True):
        assert (row["m"] and dt.datetime.fromisoformat(row["m"])) == moment
        if moment is not None and moment.time() == dt.time():
            assert len(row["m"]) == len("2018-03-08")
