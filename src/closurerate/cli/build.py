"""`closurerate build`: all that make does for a report and a study, where there is no make too."""

import argparse
import os
import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import QUIET, add_command, coloured, roc_year_option, tell, whole_from
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.cli.options import Commands
    from closurerate.making.edition import Edition
    from closurerate.making.running import Ended
    from closurerate.making.stale import Again

TARGETS = ("report", "study")


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    build = add_command(commands, "build", _build, "build a year's report and study, as make does")
    build.add_argument("year", type=roc_year_option)
    build.add_argument(
        "targets", nargs="*", metavar="TARGET", help="report, study (both), cases, or a notebook"
    )
    build.add_argument("--kpi", default="effective_closure_rate", help="id in data/kpi")
    build.add_argument("--cases", choices=("auto", "extract", "synthetic"), default="auto")
    build.add_argument("--fraction", default="1", help="size of the synthetic cases, such as 0.01")
    build.add_argument("--language", choices=("zh-Hant", "en"), help="one only; else both")
    build.add_argument(
        "--parameter", action="append", default=[], metavar="NAME=VALUE", help="of your notebook"
    )
    build.add_argument("--jobs", type=whole_from(1), default=2, help="how many steps at once (2)")
    build.add_argument("--dry-run", action="store_true", help="only say what is stale, and why")


def _build(options: argparse.Namespace) -> None:
    from closurerate.records.paths import project_root

    with chdir(project_root()):
        names = tuple(options.targets) or TARGETS
        edition = _edition(options)
        steps = stale_of(edition, names)
        if options.dry_run and steps:
            for step in steps:
                sys.stdout.write(f"{step.recipe.name}: {step.why}\n")
            return
        if steps:
            os.environ["REPORT_LANG"] = "both" if options.language is None else edition.languages[0]
            _run(steps, options)
        where = edition.folder if names == ("cases",) else edition.out
        became = f"built, in {where}" if steps else "up to date"
        tell(f"{' and '.join(names)} of {edition.year}: {became}.")


def stale_of(edition: "Edition", names: tuple[str, ...]) -> "list[Again]":
    """Return what is to be made again for some targets; InputError where one is not known.

    The working folder must be the project's.
    """
    from closurerate.making.given import in_vain, no_author
    from closurerate.making.recipes import asked, recipes, targets
    from closurerate.making.stale import stale_steps
    from closurerate.records.documents import nearest

    if not Path("notebooks").is_dir():
        raise InputError(f"{Path.cwd()}: has no notebooks; build inside a checkout of the project.")
    known = targets(edition)
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} is nothing to build{nearest(name, known)}.")
    if reason := in_vain(edition.parameters, edition.own, names):
        raise InputError(f"--parameter {edition.parameters[0]}: {reason}.")
    if reason := no_author(edition.year, names):
        raise InputError(f"{reason}.")
    return stale_steps(recipes(edition, names), asked(edition, names))


def _edition(options: argparse.Namespace) -> "Edition":
    from closurerate.making.edition import Edition
    from closurerate.making.given import decimal_of
    from closurerate.records.paths import definition_files, kpi_file

    file = kpi_file(options.kpi)
    if file.resolve() not in {known.resolve() for known in definition_files()}:
        raise InputError(f"--kpi {options.kpi}: must be in data/kpi or data/kpi/proposals.")
    fraction = decimal_of(options.fraction)
    if not fraction:
        raise InputError(f"--fraction {options.fraction}: must be over 0 and at most 1.")
    languages = (options.language,) if options.language else ("zh-Hant", "en")
    parameters = tuple(options.parameter)
    return Edition(options.year, file.stem, options.cases, fraction, languages, parameters)


def _run(steps: "list[Again]", options: argparse.Namespace) -> None:
    """Run steps and say what each came to; end with the status of one that fails."""
    from tqdm import tqdm

    from closurerate.making.running import run_steps

    failed, said = 0, set()
    quiet = ("--quiet",) if QUIET.get() else ()
    shape = "{bar:30} {n_fmt}/{total_fmt} [{elapsed}{postfix}]"
    hidden = QUIET.get() or None
    with tqdm(total=len(steps), disable=hidden, leave=False, bar_format=shape) as bar:

        def wait(running: list[str]) -> None:
            bar.set_postfix_str(", ".join(running))

        for place, ended in enumerate(run_steps(steps, options.jobs, quiet, wait), start=1):
            error = "" if ended.error in said else ended.error  # two may lack the same
            said.add(error)
            with tqdm.external_write_mode():
                tell_ended(replace(ended, error=error), f"[{place:2}/{len(steps)}]")
            bar.update()
            failed = failed or ended.status
    if failed:
        raise SystemExit(failed)


def tell_ended(ended: "Ended", place: str) -> None:
    """Say what a step that ended came to, after its place among the others."""
    name = ended.step.recipe.name
    if ended.status == 0:
        tell(f"{place} {coloured(name, 'green', sys.stdout)}  {ended.seconds:.1f} s")
    sys.stdout.write(ended.out)
    sys.stdout.flush()
    sys.stderr.write(ended.error)
