"""The case file: accepted rows in their order, the same bytes however they were read."""

import random
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from closurerate.intake.left import accepted
from closurerate.intake.plan import SourceOfRows, plan
from closurerate.intake.take import taking
from closurerate.records.paths import data_folder

HEADER = "執行案號,分署,案件種類,收案日期,終結日期,終結情形,移送金額,清償金額"
ENTRY = """
  - case: "{}"
    column: {}
    from: {}
    to: {}
    reason: The decision bears it.
    decided_by: Statistics office
    date: 2019-01-05
"""


def _lines(numbers):
    return [f"107-{n:08},臺北,罰鍰,107/03/08,,,{1 + n % 977},0" for n in numbers]


def _taken(folder: Path, lines, encoding="utf-8", **settings):
    folder.mkdir()
    source = folder / "extract.csv"
    source.write_text("\n".join([HEADER, *lines, ""]), encoding=encoding)
    chosen = plan(107, (SourceOfRows(source),), data_folder(), max_rejects=1, **settings)
    with taking(chosen, folder / "out") as (new, _):
        return (new / "cases.parquet").read_bytes(), pq.read_table(new / "cases.parquet")


@pytest.fixture
def small_groups(monkeypatch):
    monkeypatch.setattr(accepted, "GROUP_ROWS", 64)


@pytest.mark.usefixtures("small_groups")
def test_rows_left_out_leave_the_order_of_the_others(tmp_path):
    numbers = random.Random(107).sample(range(10**6), 1000)
    lines = _lines(numbers)
    for place in range(5, 1000, 90):
        lines[place] = lines[place].replace("臺北", "基隆")
    kept = [n for place, n in enumerate(numbers) if place % 90 != 5]
    first, cases = _taken(tmp_path / "a", lines)
    assert cases["case_id"].to_pylist() == [f"107-{n:08}" for n in kept]
    assert cases["referred_amount_twd"].to_pylist() == [1 + n % 977 for n in kept]
    assert _taken(tmp_path / "b", lines, "cp950")[0] == first


@pytest.mark.usefixtures("small_groups")
def test_corrected_values_stand_at_their_rows(tmp_path):
    corrections = tmp_path / "107.yml"
    entries = [
        ENTRY.format("107-00000007", "branch", "臺北", "新北"),
        ENTRY.format("107-00000300", "referred_on", "107/03/08", "107/03/09"),
    ]
    corrections.write_text("\n".join(["corrections:", *entries]), encoding="utf-8")
    _, cases = _taken(tmp_path / "a", _lines(range(400)), corrections=corrections)
    branches, days = (cases[name].to_pylist() for name in ("branch", "referred_on"))
    assert [n for n, branch in enumerate(branches) if branch != "臺北"] == [7]
    assert branches[7] == "新北"
    assert [n for n, day in enumerate(days) if day != date(2018, 3, 8)] == [300]
    assert days[300] == date(2018, 3, 9)


@pytest.mark.usefixtures("small_groups")
def test_a_column_that_one_file_lacks_is_empty_there(tmp_path):
    for name, header, rest in (("a", "", ""), ("b", ",義務人代號", ",X00001")):
        lines = [line + rest for line in _lines(range(100) if name == "a" else range(100, 200))]
        text = "\n".join([HEADER + header, *lines, ""])
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    sources = tuple(SourceOfRows(tmp_path / f"{name}.csv") for name in "ab")
    with taking(plan(107, sources, data_folder()), tmp_path / "out") as (new, _):
        cases = pq.read_table(new / "cases.parquet")
        groups = pq.read_metadata(new / "cases.parquet")
    assert cases["obligor_id"].to_pylist() == [None] * 100 + ["X00001"] * 100
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [64, 64, 64, 8]
