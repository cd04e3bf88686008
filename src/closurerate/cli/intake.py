"""`closurerate intake`, and `cases --kind extract`: the agency's files to clean cases."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import QUIET, add_command, roc_year_option, tell
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.cli.options import Commands
    from closurerate.intake.left.accounts import Intake
    from closurerate.intake.plan import Plan, SourceOfRows
    from closurerate.intake.take import Progress


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    intake = add_command(commands, "intake", _intake, "take in the files of an extract")
    intake.add_argument(
        "sources", nargs="+", metavar="FILE", help="a file, or the URL of a database"
    )
    intake.add_argument("--year", type=roc_year_option, required=True, help="ROC year")
    intake.add_argument("--out", type=Path, required=True, help="folder of the result")
    intake.add_argument("--columns", type=Path, help="names of columns (data/columns/agency.yml)")
    intake.add_argument("--encoding", help="of text files, such as cp950; else detected")
    intake.add_argument(
        "--sheet", action="append", help="a sheet that counts, given once for each (all with cases)"
    )
    intake.add_argument("--max-rejects", help="largest share of rejected rows (0.001)")
    intake.add_argument(
        "--merge", choices=("parts", "snapshots"), help="how several files make the year (parts)"
    )
    database = intake.add_mutually_exclusive_group()
    database.add_argument("--table", help="table of a database")
    database.add_argument("--query", help="SELECT on a database")
    intake.add_argument("--corrections", type=Path, help="corrections (data/corrections/YEAR.yml)")
    intake.add_argument("--before", type=Path, help="last year's case file")
    intake.add_argument("--synthetic", action="store_true", help="the rows are made up")
    intake.add_argument("--kpi", default="effective_closure_rate", help="KPI that is shown")
    intake.add_argument("--show-ids", action="store_true", help="case ids in full in the HTML")


def _intake(options: argparse.Namespace) -> None:
    from closurerate.intake.plan import plan, share_option
    from closurerate.records.paths import data_folder

    most = options.max_rejects
    planned = plan(
        options.year,
        tuple(_source(item, options) for item in options.sources),
        data_folder(),
        columns=options.columns,
        encoding=options.encoding,
        sheets=tuple(options.sheet) if options.sheet else None,
        max_rejects=None if most is None else share_option(most, "--max-rejects"),
        merge=options.merge,
        corrections=options.corrections,
        before=options.before,
        is_synthetic=options.synthetic,
    )
    take_in(planned, options.out, kpi=options.kpi, show_ids=options.show_ids)


def _source(item: str, options: argparse.Namespace) -> "SourceOfRows":
    from closurerate.intake.plan import SourceOfRows, database

    if "://" in item:
        return database(item, options.table, options.query, "--table or --query")
    if options.table or options.query:
        raise InputError(f"{item}: --table and --query are for a database, named by its URL.")
    return SourceOfRows(Path(item))


def take_in(plan: "Plan", folder: Path, *, kpi: str, show_ids: bool = False) -> "Intake":
    """Take an extract in and say what came of it: accounts, reasons, and what doubts can do."""
    from closurerate.cli.intake_told import Headline, told
    from closurerate.intake.take import taking
    from closurerate.intake.validation.document import write_validations
    from closurerate.kpi.definition import read_definition
    from closurerate.press.text import Run
    from closurerate.records.paths import kpi_file

    definition = read_definition(kpi_file(kpi), kpi_file)
    with _progress() as progress, taking(plan, folder, progress) as (new, intake):
        progress.tell("comparing and reporting")
        headline = Headline.of(new, plan.year, definition)
        told_of_kpi = Run(tuple(headline.sentences()), "\n\n") if headline else ""
        write_validations(new, before=plan.before, show_ids=show_ids, doubts=told_of_kpi)
    tell(told(intake, headline).removesuffix("\n"))
    tell(f"{folder}: {intake.totals['accepted']:,} cases; read validation.en.html there")
    return intake


@contextmanager
def _progress() -> Iterator["Progress"]:
    """Give a bar on a terminal and plain lines elsewhere, both on standard error."""
    from tqdm import tqdm

    from closurerate.intake.take import Progress

    hidden = QUIET.get() or None
    with tqdm(unit="B", unit_scale=True, disable=hidden, file=sys.stderr, leave=False) as bar:

        def tell_line(line: str) -> None:
            if hidden:
                return
            if bar.disable:
                sys.stderr.write(f"{line}\n")
            else:
                bar.set_description(line)

        def tell_bytes(size: int) -> None:
            bar.update(size)

        yield Progress(tell_line, bar.reset, tell_bytes)
