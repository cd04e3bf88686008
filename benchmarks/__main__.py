"""`make bench`: measure the report and the count, and write the tables."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.comparison import compared, made_cases
from benchmarks.report_run import Step, copied_project, measured_report
from benchmarks.result import Result, markdown, write_result
from benchmarks.scenarios import SCENARIOS, measured_scenarios


def main() -> None:
    """Read the options, measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("reports/benchmark"))
    parser.add_argument("--year", type=int, default=107, help="ROC year")
    parser.add_argument("--fraction", default="1", help="size of the cases, such as 0.01")
    parser.add_argument("--rounds", type=int, default=3, help="how often each count is run")
    parser.add_argument("--scenarios", type=int, default=SCENARIOS, help="threshold scenarios")
    parser.add_argument("--no-report", action="store_true", help="leave `make report` out")
    options = parser.parse_args()
    result = run(
        options.year,
        options.fraction,
        options.rounds,
        scenarios=options.scenarios,
        with_report=not options.no_report,
    )
    write_result(result, options.out)
    print(markdown(result))


def run(year: int, fraction: str, rounds: int, *, scenarios: int, with_report: bool) -> Result:
    """Measure everything, in a temporary folder that is removed afterwards."""
    with TemporaryDirectory(prefix="closurerate-bench-") as folder:
        cases = Path(folder, "cases.parquet")
        making = made_cases(cases, year, fraction)
        counts = compared(cases, year, rounds)
        speed = measured_scenarios(cases, year, scenarios)
        rows = pq.read_metadata(cases).num_rows
        report, again, steps = None, None, list[Step]()
        if with_report:
            copy = copied_project(Path(folder, "project"))
            report, steps = measured_report(copy, year, fraction)
            again, repeated = measured_report(copy, year, fraction)
            if repeated:
                raise RuntimeError(f"the second `make report` ran {repeated[0].name} again.")
    return Result(year, fraction, rounds, rows, making, counts, speed, report, again, steps)


if __name__ == "__main__":
    main()
