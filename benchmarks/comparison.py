"""Rounds of measurements, interleaved so that a busy moment falls on all alike."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.engines import ENGINES
from benchmarks.measure import Measurement, measured, median
from benchmarks.worker import CHECK
from closurerate.records.paths import project_root


def made_cases(path: Path, year: int, fraction: str) -> Measurement:
    """Make the synthetic cases of a year and return what it took."""
    command = [
        sys.executable, "-m", "closurerate.cli", "cases", "--kind", "synthetic",
        "--year", str(year), "--fraction", fraction, "--out", str(path),
    ]  # fmt: skip
    return measured(command, project_root())


def compared(
    cases: Path, year: int, rounds: int, names: Sequence[str] = (*ENGINES, CHECK)
) -> dict[str, Measurement]:
    """Return the medians of each engine's count and of the contract check, each in its process.

    Seconds are those of one call, which loads the engine; starting Python, pandas and this package
    is left out. Memory is that of the whole process.

    Args:
        cases: A case file; what is measured is written beside it.
        rounds: How often each is run.
        names: Which of the engines, and the check.

    Raises:
        AssertionError: If two engines count differently.
    """
    runs: dict[str, list[Measurement]] = {name: [] for name in names}
    for _ in range(rounds):
        counts = {}
        for place, name in enumerate(names):
            out = cases.with_name(f"bench-{place}.parquet")
            runs[name].append(_run(name, cases, year, out))
            if name != CHECK:
                counts[name] = pd.read_parquet(out)
        assert_equal(counts)
    return {name: median(each) for name, each in runs.items()}


def assert_equal(counts: dict[str, pd.DataFrame]) -> None:
    """Raise unless all engines counted the same.

    Raises:
        AssertionError: Naming the two engines that differ.
    """
    [(first, expected), *others] = counts.items()
    for name, found in others:
        pd.testing.assert_frame_equal(
            expected, found[list(expected.columns)], obj=f"counts of {first} and of {name}"
        )


def _run(name: str, cases: Path, year: int, out: Path) -> Measurement:
    command = [
        sys.executable, "-m", "benchmarks.worker", name,
        "--cases", str(cases), "--year", str(year), "--out", str(out),
    ]  # fmt: skip
    process = measured(command, project_root())
    seconds = json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))
    return replace(process, wall_seconds=seconds["wall"], cpu_seconds=seconds["cpu"])
