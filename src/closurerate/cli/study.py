"""`closurerate repayments`, `scenarios`, `worlds`, `breakpoints`: the steps of the study."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import (
    QUIET,
    add_command,
    fraction,
    out_file,
    tell,
    tell_left_out,
    whole_from,
)

if TYPE_CHECKING:
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    collected = "collect the part-paid cases of a year"
    add_command(
        commands, "repayments", _repayments, collected, "--cases", "--year", "--kpi", "--out"
    )

    evaluated = "evaluate a KPI under other thresholds"
    scenarios = add_command(
        commands, "scenarios", _scenarios, evaluated, "--cases", "--year", "--kpi"
    )
    scenarios.add_argument(
        "--scenarios",
        type=Path,
        required=True,
        help="CSV with a column for each ratio and boundary",
    )
    scenarios.add_argument("--by", choices=("branch",))
    scenarios.add_argument("--out", type=out_file, required=True, help="the CSV to write")

    studied = "study synthetic worlds that meet the same totals"
    worlds = add_command(commands, "worlds", _worlds, studied, "--year", "--kpi")
    worlds.add_argument(
        "--count", type=whole_from(1), help="how many; data/worlds.yml says where not given"
    )
    worlds.add_argument("--fraction", default="1", help="size of each world, such as 0.01")
    worlds.add_argument("--out", type=out_file, required=True, help="the JSON to write")

    written = "write the exact breakpoints, for restricted eyes"
    points = add_command(commands, "breakpoints", _breakpoints, written, "--year")
    points.add_argument("--cases", default="auto", help="extract, synthetic or auto")
    points.add_argument("--kpi", default="effective_closure_rate")
    points.add_argument("--out", type=out_file, required=True, help="the CSV to write")


def _repayments(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.cli.data import write_dependencies
    from closurerate.kpi.definition import read_definition
    from closurerate.records.paths import kpi_file
    from closurerate.study.thresholds.repayments import collect_repayments, write_repayments

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    rule = definition.in_force(options.year).rule
    check_form(options.cases)
    repayments = collect_repayments(options.cases, options.year, rule)
    write_dependencies(options.out, definition.files)
    write_repayments(repayments, options.out)


def _scenarios(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_cases
    from closurerate.kpi.counts import count_cases
    from closurerate.kpi.definition import read_definition
    from closurerate.records.paths import kpi_file
    from closurerate.study.thresholds.engine import build_index
    from closurerate.study.thresholds.repayments import collect_repayments
    from closurerate.study.thresholds.scenario_file import read_scenarios, write_scenarios

    version = read_definition(kpi_file(options.kpi), kpi_file).in_force(options.year)
    file = read_scenarios(options.scenarios, version.rule)
    check_cases(options.cases, options.year, idle_years=1)
    counts = count_cases(options.cases, options.year, version.rule)
    repayments = collect_repayments(options.cases, options.year, version.rule)
    index = build_index(repayments, counts, version)
    rows = write_scenarios(file, index, options.out, by_branch=options.by == "branch")
    tell(f"{options.out}: {rows:,} rows of {len(file.rows):,} scenarios")


def _worlds(options: argparse.Namespace) -> None:
    from tqdm import tqdm

    from closurerate.records.paths import data_folder
    from closurerate.study.alternatives import read_alternatives
    from closurerate.study.settings import read_settings
    from closurerate.study.worlds.assumptions import read_world_settings
    from closurerate.study.worlds.worlds import make_worlds, write_worlds
    from closurerate.synthetic.published_totals import panel_of
    from closurerate.synthetic.year import load_assumptions

    compared = read_alternatives(options.year, options.kpi)
    for reason in compared.damaged:
        tell_left_out(reason)
    version, *others = (item.in_force(options.year) for item in compared.sound)
    with tqdm(unit=" worlds", disable=QUIET.get() or None) as bar:

        def progress(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        worlds = make_worlds(
            options.year,
            version,
            read_world_settings(data_folder() / "worlds.yml"),
            totals=panel_of(options.year),
            assumptions=load_assumptions(data_folder() / "synthetic.yml"),
            settings=read_settings(data_folder() / "study.yml"),
            others=others,
            count=options.count,
            fraction=fraction(options.fraction),
            progress=progress,
        )
    write_worlds(worlds, options.out)
    tell(f"{options.out}: {len(worlds.worlds)} synthetic worlds")


def _breakpoints(options: argparse.Namespace) -> None:
    from closurerate.study.thresholds.restricted import write_breakpoints
    from closurerate.study.thresholds.threshold_year import open_thresholds
    from closurerate.year.kpi_year import open_kpi

    data = open_thresholds(open_kpi(options.year, kpi=options.kpi, cases=options.cases))
    rows = write_breakpoints(data.index, data.settings, options.out)
    tell(f"{options.out}: {rows} exact breakpoints, restricted")
