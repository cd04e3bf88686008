"""`closurerate repayments`, `scenarios`: what the thresholds make of a year's cases."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import roc_year, tell

if TYPE_CHECKING:
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    repayments = commands.add_parser("repayments", help="collect the part-paid cases of a year")
    repayments.add_argument("--cases", type=Path, required=True)
    repayments.add_argument("--year", type=roc_year, required=True, help="ROC year")
    repayments.add_argument("--kpi", default="effective_closure_rate")
    repayments.add_argument("--out", type=Path, required=True)
    repayments.set_defaults(run=_repayments)

    scenarios = commands.add_parser("scenarios", help="evaluate a KPI under other thresholds")
    scenarios.add_argument(
        "--cases", type=Path, required=True, help="Parquet file in contract form"
    )
    scenarios.add_argument("--year", type=roc_year, required=True, help="ROC year")
    scenarios.add_argument(
        "--kpi", default="effective_closure_rate", help="id in data/kpi, or a YAML file"
    )
    scenarios.add_argument(
        "--scenarios",
        type=Path,
        required=True,
        help="CSV with a column for each ratio and boundary",
    )
    scenarios.add_argument("--by", choices=("branch",))
    scenarios.add_argument("--out", type=Path, required=True, help="the CSV to write")
    scenarios.set_defaults(run=_scenarios)


def _repayments(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.cli.data import write_dependencies
    from closurerate.kpi.definition import read_definition
    from closurerate.paths import kpi_file
    from closurerate.study.repayments import collect_repayments, write_repayments

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    rule = definition.in_force(options.year).rule
    check_form(options.cases)
    write_repayments(collect_repayments(options.cases, options.year, rule), options.out)
    write_dependencies(options.out, definition.files)


def _scenarios(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check
    from closurerate.kpi.counts import count_cases
    from closurerate.kpi.definition import read_definition
    from closurerate.paths import kpi_file
    from closurerate.study.repayments import collect_repayments
    from closurerate.study.scenario_file import read_scenarios, write_scenarios
    from closurerate.study.thresholds import build_index

    version = read_definition(kpi_file(options.kpi), kpi_file).in_force(options.year)
    file = read_scenarios(options.scenarios, version.rule)
    check(options.cases, options.year, idle_years=1)
    counts = count_cases(options.cases, options.year, version.rule)
    repayments = collect_repayments(options.cases, options.year, version.rule)
    index = build_index(repayments, counts, version)
    rows = write_scenarios(file, index, options.out, by_branch=options.by == "branch")
    tell(f"{options.out}: {rows:,} rows of {len(file.rows):,} scenarios")
