"""A typed cell loses nothing of its value when it is written as text."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from closurerate.intake.cells import cell_text, text_column

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
