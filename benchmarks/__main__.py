"""`make bench`: measure the report, the count and the intake, and write the tables."""

import argparse
from collections.abc import Collection
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.comparison import compared, made_cases
from benchmarks.intake import ROWS, measured_intake
from benchmarks.measure import Measurement
from benchmarks.report_run import (
    Step,
    copied_project,
    earlier_project,
    measured_report,
    measured_worlds,
)
from benchmarks.result import Result, markdown, write_result
from benchmarks.scenarios import SCENARIOS, measured_scenarios
from benchmarks.table import CLAIMS, measured_table

PARTS = ("count", "scenarios", "intake", "report", "worlds", "table")
WORLDS = 50
NOW_NAME, BEFORE_NAME = "now", "before"
BEFORE = "296b72ec76c94cf3e4d2524f66c91adf04d76245"
"""What report and worlds are compared with: the project before its rooms were by question."""


def main() -> None:
    """Read the options, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/benchmark"))
    parser.add_argument("--year", type=int, default=107, help="ROC year")
    parser.add_argument("--fraction", default="1", help="size of the cases, such as 0.01")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run")
    parser.add_argument("--scenarios", type=int, default=SCENARIOS, help="threshold scenarios")
    parser.add_argument("--worlds", type=int, default=WORLDS, help="worlds of the ensemble")
    parser.add_argument("--before", default=BEFORE, metavar="COMMIT", help="what is compared with")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS)
    )
    options = parser.parse_args()
    result = run(
        options.year,
        options.fraction,
        options.rounds,
        scenarios=options.scenarios,
        worlds=options.worlds,
        before=options.before,
        parts=options.only,
    )
    write_result(result, options.out)
    print(markdown(result))


def run(
    year: int,
    fraction: str,
    rounds: int,
    *,
    parts: Collection[str],
    scenarios: int = SCENARIOS,
    worlds: int = WORLDS,
    before: str = BEFORE,
) -> Result:
    """Measure some of `PARTS`, in a temporary folder that is removed afterwards."""
    with TemporaryDirectory(prefix="closurerate-bench-") as folder:
        cases = Path(folder, "cases.parquet")
        making = made_cases(cases, year, fraction)
        rows = pq.read_metadata(cases).num_rows
        projects, wholes, steps = dict[str, Path](), dict[str, Measurement](), list[Step]()
        if "table" in parts:
            wholes[f"{CLAIMS:,} claims of a table"] = measured_table(Path(folder), CLAIMS)
        if {"report", "worlds"} & set(parts):
            projects[BEFORE_NAME] = earlier_project(Path(folder, "before"), before)
            projects[NOW_NAME] = copied_project(Path(folder, "project"))
        for name, copy in projects.items():
            if "worlds" in parts:
                wholes[f"{worlds} worlds, {name}"] = measured_worlds(copy, year, fraction, worlds)
            if "report" in parts:
                wholes[f"`make report` from nothing, {name}"], steps = measured_report(
                    copy, year, fraction
                )
        if "report" in parts:
            again = f"`make report` again, {NOW_NAME}"
            wholes[again], repeated = measured_report(projects[NOW_NAME], year, fraction)
            if repeated:
                raise RuntimeError(f"the second `make report` ran {repeated[0].name} again.")
        return Result(
            year,
            fraction,
            rounds,
            rows,
            making,
            counts=compared(cases, year, rounds) if "count" in parts else {},
            scenarios=measured_scenarios(cases, year, scenarios) if "scenarios" in parts else None,
            intake=(
                measured_intake(cases, year, int(ROWS * Fraction(fraction)), rounds)
                if "intake" in parts
                else None
            ),
            wholes=wholes,
            steps=steps,
        )


if __name__ == "__main__":
    main()
