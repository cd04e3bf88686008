"""Rejected rows for a spreadsheet: nothing in them is taken for a formula."""

import csv
from pathlib import Path
from unicodedata import category, normalize

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.intake.left.results import write_rejects_csv

REASON = pa.struct([(name, pa.string()) for name in ("code", "column", "value")])
REJECTS = pa.schema(
    [
        ("file", pa.string()), ("sheet", pa.string()), ("row", pa.int64()),
        ("reasons", pa.list_(REASON)), ("case_id", pa.string()),
    ]
)  # fmt: skip


def written(folder: Path, *cells: str | None) -> list[str]:
    rows = [
        {"file": "a.csv", "sheet": None, "row": place, "reasons": [], "case_id": cell}
        for place, cell in enumerate(cells, start=1)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=REJECTS), folder / "rejects.parquet")
    write_rejects_csv(folder / "rejects.parquet", folder / "rejects.csv")
    with (folder / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return [line["case_id"] for line in csv.DictReader(file)]


STARTS = (
    "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹫", "\u2212", "=\u0338",
    "\t", "\r", "\n", " =", "\n=", "\u3000=", "\xa0=", "\u200b=", "\ufeff＝", "\u202e@", "\x00=",
    "\u2028+", " \u200b\u3000－",
)  # fmt: skip


@pytest.mark.parametrize("start", STARTS)
def test_a_formula_gets_an_apostrophe_and_stays_as_it_came(tmp_path: Path, start: str) -> None:
    cell = f"{start}HYPERLINK(1)"
    assert written(tmp_path, cell) == [f"'{cell}"]


def test_other_cells_stay_as_they_are(tmp_path: Path) -> None:
    cells = ("108罰執1", " 108-1", "\u3000臺北", "a=b", "1+1", "", "≠1", "'=1", "\u200b")
    assert written(tmp_path, *cells, None) == [*cells, ""]


UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("=＝+-@﹣ \u3000\xa0\u200b\u0338\t\n\r1臺'"), max_size=5)))
def test_what_can_be_seen_first_is_no_sign_of_a_formula(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    for cell, told in zip(cells, written(tmp_path_factory.mktemp("rejects"), *cells), strict=True):
        seen = [sign for sign in told if category(sign) not in UNSEEN]
        assert not seen or normalize("NFKC", seen[0])[0] not in "=+-@"
        assert not told.startswith(("\t", "\r", "\n"))
        assert told in (cell, f"'{cell}")
