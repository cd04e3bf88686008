"""A typed cell loses nothing of its value when it is written as text."""

import datetime as dt
import pickle
from decimal import Decimal

import pyarrow as pa
import pytest

from closurerate.intake.came import cells
from closurerate.intake.came.cells import cell_text, in_pieces, text_column

TAIPEI = dt.timezone(dt.timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (True, "TRUE"),
        (1, "1"),
        (2**70, str(2**70)),
        (-0.0, "0"),
        (999999999999999.0, "9" * 15),
        (1e15, "1e+15"),
        (-1234567890123456.0, "-1.234567890123456e+15"),
        (108001234567890123.0, "1.0800123456789013e+17"),
        (0.30000000000000004, "0.30000000000000004"),
        (float("nan"), "nan"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0E-18"), "0"),
        (Decimal("0.5"), "0.5"),
        (Decimal("NaN"), "NaN"),
        (Decimal("1234567890123456789012345678901.00"), "1234567890123456789012345678901"),
        (dt.date(2018, 3, 8), "2018-03-08"),
        (dt.datetime(2018, 3, 8), "2018-03-08"),
        (dt.datetime(2018, 3, 8, tzinfo=TAIPEI), "2018-03-08 00:00:00+08:00"),
        (dt.datetime(2018, 3, 8, 0, 0, 1), "2018-03-08 00:00:01"),
        (dt.time(3, 4), "03:04:00"),
        ("臺北".encode(), "臺北"),
        (b"\xa4", "\ufffd"),
    ],
    ids=repr,
)
def test_the_text_of_a_cell(value, text):
    assert cell_text(value) == text
    assert text_column([value, "x"]).to_pylist() == [text, "x"]


def test_a_column_without_values_is_text():
    assert text_column(iter([None, None])).type == pa.string()


@pytest.mark.parametrize("lengths", [[], [7], [999] * 9, [1, 5000, 1, 1, 1], [1] * 500 + [90] * 50])
def test_pieces_are_small_and_their_rows_are_all_there_in_order(monkeypatch, lengths):
    monkeypatch.setattr(cells, "BATCH_BYTES", 2000)
    batch = pa.record_batch({"a": ["x" * length for length in lengths], "n": range(len(lengths))})
    pieces = list(in_pieces(batch))
    assert pa.Table.from_batches(pieces) == pa.Table.from_batches([batch])
    assert all(piece.nbytes <= 2000 or len(piece) == 1 for piece in pieces)
    assert all(len(pickle.dumps(piece)) < 2 * piece.nbytes + 4000 for piece in pieces)
