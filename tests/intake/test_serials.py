"""Bare numbers for days, in workbooks that count from another day."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from closurerate.intake.came.raw_table import Notes
from closurerate.intake.came.serials import serial_shift_days
from closurerate.intake.came.sheets import read_workbook
from workbook_samples import rewritten, write_ods, write_xlsx

DAY = dt.date(2014, 3, 2)
SINCE_1900, SINCE_1904 = 41700, 41700 - 1462
NAMES = {0: "case_id", 1: "referred_on", 2: "referred_amount_twd"}


def xlsx(path: Path, rows: list[list], epoch=CALENDAR_MAC_1904) -> Path:
    return write_xlsx(path, {"一": [["h"] * 3, *rows]}, epoch)


def ods(path: Path, rows: list[list], null_date: str | None) -> Path:
    write_ods(path, {"一": [["h"] * 3, *rows]})
    if null_date is None:
        return path
    told = (
        f'<table:calculation-settings><table:null-date table:date-value="{null_date}"/>'
        "</table:calculation-settings>"
    ).encode()
    return rewritten(
        path,
        "content.xml",
        lambda content: content.replace(b"<table:table ", told + b"<table:table ", 1),
    )


def rows_of(path: Path) -> list[tuple[str, ...]]:
    (table,) = read_workbook(path)
    (batch,) = table.read(0, NAMES, Notes(), lambda count: None)
    return [tuple(row[name] for name in NAMES.values()) for row in batch.to_pylist()]


def test_a_bare_number_of_the_1904_calendar_is_the_day_that_it_means(tmp_path):
    numbers = [["A", SINCE_1904, SINCE_1904], [SINCE_1904, DAY, 5], ["C", 1030302, 5]]
    expected = [
        ("A", str(SINCE_1900), str(SINCE_1904)),  # an amount is no day
        (str(SINCE_1904), "2014-03-02", "5"),
        ("C", "1030302", "5"),
    ]
    assert rows_of(xlsx(tmp_path / "a.xlsx", numbers)) == expected
    assert rows_of(ods(tmp_path / "a.ods", numbers, "1904-01-01")) == expected


def test_any_other_workbook_is_left_as_it_is(tmp_path):
    rows = [["A", SINCE_1900, 5]]
    for path in (
        xlsx(tmp_path / "a.xlsx", rows, CALENDAR_WINDOWS_1900),
        ods(tmp_path / "a.ods", rows, None),
        ods(tmp_path / "b.ods", rows, "1899-12-30"),
    ):
        assert rows_of(path) == [("A", str(SINCE_1900), "5")], path


@pytest.mark.parametrize(
    ("told", "days"),
    [('date1904="1"', 1462), ('date1904="true"', 1462), ('date1904="0"', 0), ("", 0)],
)
def test_what_an_xlsx_tells(told, days):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="x"><workbookPr {told}/></workbook>')
        assert serial_shift_days(archive) == days
