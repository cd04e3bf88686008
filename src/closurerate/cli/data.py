"""`closurerate cases`, `profile`, `count`: a year's case data, described and counted."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, fraction, out_file, tell, whole_from
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    cases = add_command(
        commands, "cases", _cases, "take a year's extract, or make a synthetic one", "--year"
    )
    cases.add_argument("--kind", choices=("extract", "synthetic"), required=True)
    cases.add_argument("--fraction", help="size of a synthetic extract, such as 0.01")
    cases.add_argument("--seed", type=whole_from(0), help="seed of a synthetic extract")
    cases.add_argument("--out", type=out_file, required=True, help="the case file to write")

    described = "describe a case file's structure and flow"
    add_command(commands, "profile", _profile, described, "--cases", "--year", "--out")

    counted = "count a case file as a KPI needs it"
    count = add_command(commands, "count", _count, counted, "--cases", "--year", "--kpi", "--out")
    count.add_argument("--repayments", type=out_file, help="collect the part-paid cases here too")
    count.add_argument("--profile", type=out_file, help="describe the cases here too")


def _cases(options: argparse.Namespace) -> None:
    from closurerate.records.paths import data_folder

    if options.kind == "extract":
        if options.fraction is not None or options.seed is not None:
            raise InputError("--fraction and --seed are for --kind synthetic; leave them out.")
        _take_in(options)
        return
    from closurerate.synthetic.published_totals import panel_of
    from closurerate.synthetic.year import load_assumptions, make_synthetic

    source = make_synthetic(
        options.year,
        options.out,
        totals=panel_of(options.year),
        assumptions=load_assumptions(data_folder() / "synthetic.yml"),
        fraction=fraction("1" if options.fraction is None else options.fraction),
        seed=107 if options.seed is None else options.seed,
    )
    tell(f"{options.out}: {source.rows:,} {source.kind} cases")


def _take_in(options: argparse.Namespace) -> None:
    from closurerate.cli.intake import take_in
    from closurerate.intake.left.delivery import CASES
    from closurerate.intake.plan import plan_of_folder
    from closurerate.records.paths import data_folder, raw_folder

    if options.out.name != CASES:
        raise InputError(f"--out {options.out}: the case file of an extract is called {CASES}.")
    plan = plan_of_folder(options.year, raw_folder(options.year), data_folder())
    take_in(plan, options.out.parent, kpi="effective_closure_rate")


def _profile(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.cases.profile import profile_cases, write_profile

    check_form(options.cases)
    write_profile(profile_cases(options.cases, options.year), options.out)


def _count(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.cases.profile import write_profile
    from closurerate.kpi.counts import write_counts
    from closurerate.kpi.definition import read_definition
    from closurerate.records.paths import kpi_file
    from closurerate.study.thresholds.repayments import measured_cases, write_repayments

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    rule = definition.in_force(options.year).rule
    check_form(options.cases)
    found = measured_cases(
        options.cases,
        options.year,
        rule,
        with_repayments=options.repayments is not None,
        with_profile=options.profile is not None,
    )
    if found.profile is not None:
        write_profile(found.profile, options.profile)
    if found.repayments is not None:
        write_dependencies(options.repayments, definition.files)
        write_repayments(found.repayments, options.repayments)
    write_dependencies(options.out, definition.files)
    write_counts(found.counts, options.out)


def write_dependencies(target: Path, files: Sequence[Path]) -> None:
    """Write beside a target, before it, which files it is made of, for `making.recipes`."""
    from closurerate.records.paths import project_root
    from closurerate.records.writing import write_text

    root = project_root()
    inside = [file.relative_to(root) for file in files if file.is_relative_to(root)]
    rule = f"{target.as_posix()}: {' '.join(file.as_posix() for file in inside)}\n"
    write_text(target.with_name(f"{target.name}.d"), rule)
