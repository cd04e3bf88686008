"""Taking an extract in, against DuckDB's bare copy of the same file to Parquet.

Each is run in a process of its own: `python -m benchmarks.intake WHAT SOURCE OUT --year …`.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

import duckdb

from benchmarks.measure import Measurement, measured, median
from closurerate.intake.plan import SourceOfRows, plan
from closurerate.intake.take import taking
from closurerate.records.paths import data_folder, project_root

ROWS = 10_000_000
"""Rows of an extract of full size."""

BARE, UTF8, BIG5 = "bare copy by DuckDB", "intake, UTF-8", "intake, Big5"
COMMAND = "the whole command, UTF-8"

_DAMAGED_ROWS = 400
_LEAST_APART = 1_250
_BLOCK_CHARACTERS = 1 << 22
_SAME = ("cases.parquet", "rejects.parquet", "rejects.csv", "doubts.parquet")

_ROC_DATE = """
CREATE MACRO roc(day) AS
    printf('%d/%02d/%02d', (year(day) - 1911)::INT, month(day)::INT, day(day)::INT)
"""
# Damage that the bare copy does not stumble over: no text where it takes a column for numbers.
_LINES = """
SELECT if(damage = 0, '重複', case_id) AS "執行案號",
    if(damage = 1, '基隆', branch) AS "分署",
    if(damage = 2, NULL, category) AS "案件種類",
    if(damage = 3, '107/02/30', roc(referred_on)) AS "收案日期",
    if(damage = 4, '106/01/01', roc(closed_on)) AS "終結日期",
    if(damage = 5, '結清', MAP {
        'paid_in_full': '完全繳清',
        'part_certificate': '部分繳清發憑證',
        'part_withdrawn': '部分繳清撤回',
        'part_returned': '部分繳清退回',
        'unpaid_certificate': '發憑證',
        'unpaid_withdrawn': '撤回',
        'unpaid_returned': '退回',
        'other': '其他'
    }[disposition]) AS "終結情形",
    if(damage = 6, 0, referred_amount_twd) AS "移送金額",
    if(damage = 7, -1, paid_amount_twd) AS "清償金額"
FROM (
    SELECT *,
        CASE WHEN (file_row_number + 1) % $apart = 0 THEN file_row_number // $apart % 8 END
            AS damage
    FROM read_parquet($path, file_row_number = true) LIMIT $rows
)
"""


@dataclass(frozen=True)
class IntakeSpeed:
    """What taking an extract in took.

    Args:
        rows, rejected: Rows of the extract, and how many of them are rejected.
        source_bytes: Size of its UTF-8 file.
        runs: The bare copy, the intake of both encodings and the whole command: medians.
    """

    rows: int
    rejected: int
    source_bytes: int
    runs: dict[str, Measurement]

    def ratio(self, name: str, to: str) -> float:
        """Return how many times as long one took as another, by the clock."""
        return self.runs[name].wall_seconds / self.runs[to].wall_seconds

    def cpu_ratio(self, name: str, to: str) -> float:
        """Return the same by processor time, which other work on the machine moves less."""
        return self.runs[name].cpu_seconds / self.runs[to].cpu_seconds


def measured_intake(cases: Path, year: int, rows: int, rounds: int) -> IntakeSpeed:
    """Write an extract of so many rows in two encodings and return what taking it in takes.

    Args:
        cases: A case file in contract form; what is measured is written beside it.
        rows: Rows of the extract; all of the case file, where it has fewer.
        rounds: How often each is run.

    Raises:
        AssertionError: If two runs, or the two encodings, do not give the same bytes.
    """
    folder = cases.with_name("bench-intake")
    sources = _written(cases, rows, folder)
    out = folder / "out"
    runs: dict[str, list[Measurement]] = {BARE: [], UTF8: [], BIG5: [], COMMAND: []}
    found: set[tuple[str, ...]] = set()
    accounts: dict[str, int] = {}
    for _ in range(rounds):
        for name, each in runs.items():
            each.append(_run(name, sources[name == BIG5], out, year))
            if name != BARE:
                found.add(_hashes(out))
                accounts = json.loads((out / "intake.json").read_text(encoding="utf-8"))["totals"]
            shutil.rmtree(out)
    assert len(found) == 1, "intakes of the same rows gave other bytes"
    medians = {name: median(each) for name, each in runs.items()}
    size = sources[0].stat().st_size
    shutil.rmtree(folder)
    return IntakeSpeed(accounts["rows"], accounts["rejected"], size, medians)


def _written(cases: Path, rows: int, folder: Path) -> tuple[Path, Path]:
    """Write the first rows of a case file as an agency would, in UTF-8 and in Big5."""
    utf8, big5 = (folder / name / "extract.csv" for name in ("utf-8", "big5"))
    for path in (utf8, big5):
        path.parent.mkdir(parents=True)
    apart = max(_LEAST_APART, rows // _DAMAGED_ROWS)
    with duckdb.connect() as connection:
        connection.execute(_ROC_DATE)
        lines = connection.sql(_LINES, params={"path": str(cases), "rows": rows, "apart": apart})
        lines.write_csv(str(utf8))
    with (
        utf8.open(encoding="utf-8", newline="") as text,
        big5.open("w", encoding="cp950", newline="") as copy,
    ):
        shutil.copyfileobj(text, copy, _BLOCK_CHARACTERS)
    return utf8, big5


def _run(name: str, source: Path, out: Path, year: int) -> Measurement:
    if name == COMMAND:
        return measured(
            [sys.executable, "-m", "closurerate.cli", "intake", str(source), "--year", str(year),
             "--out", str(out)],
            project_root(),
        )  # fmt: skip
    process = measured(
        [sys.executable, "-m", "benchmarks.intake", name, str(source), str(out),
         "--year", str(year)],
        project_root(),
    )  # fmt: skip
    seconds = json.loads((out / "seconds.json").read_text(encoding="utf-8"))
    return replace(process, wall_seconds=seconds["wall"], cpu_seconds=seconds["cpu"])


def _hashes(folder: Path) -> tuple[str, ...]:
    hashes = []
    for name in _SAME:
        with (folder / name).open("rb") as file:
            hashes.append(file_digest(file, "sha256").hexdigest())
    return tuple(hashes)


def copy_bare(source: Path, out: Path, year: int) -> None:
    """Let DuckDB copy a CSV file to Parquet as it is."""
    out.mkdir()
    with duckdb.connect() as connection:
        connection.read_csv(str(source)).write_parquet(str(out / "bare.parquet"))


def take(source: Path, out: Path, year: int) -> None:
    """Take an extract in without the report on it."""
    with taking(plan(year, (SourceOfRows(source),), data_folder(), before=None), out):
        pass


WORK: dict[str, Callable[[Path, Path, int], None]] = {BARE: copy_bare, UTF8: take, BIG5: take}


def main() -> None:
    """Do one piece of work and write its seconds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=WORK)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--year", type=int, required=True)
    options = parser.parse_args()
    wall, cpu = time.perf_counter(), time.process_time()
    WORK[options.name](options.source, options.out, options.year)
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    (options.out / "seconds.json").write_text(json.dumps(seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
