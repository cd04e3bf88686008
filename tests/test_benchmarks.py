"""The benchmark's engines count the same, and its tables are written; no test looks at a time."""

import json
import os
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from benchmarks import intake, scenarios
from benchmarks.__main__ import run
from benchmarks.comparison import assert_equal
from benchmarks.engines import ENGINES
from benchmarks.intake import BARE, BIG5, COMMAND, UTF8
from benchmarks.measure import Measurement
from benchmarks.report_run import earlier_project
from benchmarks.result import write_result

ROOT = Path(__file__).resolve().parents[1]
TINY = "0.0005"


def test_engines_that_differ_are_refused():
    counts = pd.DataFrame({"branch": ["臺北"], "closed": [1]})
    with pytest.raises(AssertionError, match="counts of one and of other"):
        assert_equal({"one": counts, "other": counts.assign(closed=2)})


def test_engines_agree_and_the_tables_are_written(tmp_path, monkeypatch):
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])  # beside a copy of the data
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setattr("benchmarks.__main__.CLAIMS", 200)
    parts = ("count", "scenarios", "intake", "worlds", "table")
    write_result(run(107, TINY, 1, scenarios=500, worlds=1, before="HEAD", parts=parts), tmp_path)
    text = (tmp_path / "benchmark.md").read_text(encoding="utf-8")
    assert all(f"| {name} |" in text for name in ENGINES)
    found = json.loads((tmp_path / "benchmark.json").read_text(encoding="utf-8"))
    assert set(ENGINES) < set(found["counts"])
    assert found["rows"] > 1000
    assert found["scenarios"]["cases"] > 100
    assert "| 500 scenarios, s |" in text
    assert found["intake"]["rows"] == 5000
    assert found["intake"]["rejected"] == 3
    assert set(found["intake"]["runs"]) == {BARE, UTF8, BIG5, COMMAND}
    assert "Big5 over UTF-8: " in text
    assert "| 1 worlds, before |" in text
    assert "| 200 claims of a table |" in text
    assert re.search(r"(?m)^\| 1 worlds, now \|.*\| \d\.\d\d \|$", text)


def test_a_commit_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match="no-such-commit: "):
        earlier_project(tmp_path / "before", "no-such-commit")


def test_intakes_that_give_other_bytes_are_refused(tmp_path, monkeypatch):
    hashes = iter("abc")
    monkeypatch.setattr(intake, "_written", lambda *_: (tmp_path / "u", tmp_path / "b"))
    monkeypatch.setattr(intake, "_hashes", lambda _: (next(hashes),))

    def run_nothing(name, source, out, year):
        out.mkdir(parents=True)
        (out / "intake.json").write_text('{"totals": {"rows": 1, "rejected": 0}}')
        return Measurement(1, 1, 1)

    monkeypatch.setattr(intake, "_run", run_nothing)
    with pytest.raises(AssertionError, match="gave other bytes"):
        intake.measured_intake(tmp_path / "cases.parquet", 107, 1, 1)


def test_an_engine_that_counts_otherwise_is_refused(case_file, monkeypatch):
    row = {
        "case_id": "1", "branch": "臺北", "category": "罰鍰", "referred_on": date(2017, 5, 1),
        "closed_on": date(2018, 5, 1), "disposition": "part_returned",
        "referred_amount_twd": 100, "paid_amount_twd": 60,
    }  # fmt: skip
    path = case_file([row])
    assert scenarios.compared(path, 107, 5).cases == 1
    monkeypatch.setattr(scenarios, "_recount", lambda *_: 2)
    with pytest.raises(AssertionError, match="scenario 0 differs"):
        scenarios.compared(path, 107, 5)
