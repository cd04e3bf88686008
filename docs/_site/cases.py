"""The made-up cases that the pages' code runs on, in a folder with nothing else of a reader's own.

An extract that lies in the project is never opened: what is shown is synthetic, whoever builds.
"""

import os
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path

from sphinx.application import Sphinx

from closurerate.cli import main

KPI = "effective_closure_rate"


def setup(app: Sphinx) -> None:
    """Make the cases before anything is read."""
    app.connect("builder-inited", make_cases)


def make_cases(app: Sphinx) -> None:
    """Copy the shipped data, make a small year with the worlds, and a whole one in `whole/`.

    MyST-NB then runs each page in a folder of its own beside that of the whole year, below the
    small one.
    """
    if app.config.nb_execution_mode == "off":
        return  # no code is run, as where only the looks of the site are tested
    work = Path(app.doctreedir) / "cases"
    shutil.rmtree(work, ignore_errors=True)
    _made(Path(app.srcdir), work, "0.005", with_worlds=True)
    _made(Path(app.srcdir), work / "whole", "1", with_worlds=False)
    tempfile.tempdir = str(work)
    os.environ["REPORT_LANG"] = "en"


def _made(project: Path, folder: Path, fraction: str, *, with_worlds: bool) -> None:
    skipped = shutil.ignore_patterns("raw", "cases")
    shutil.copytree(project / "data", folder / "data", ignore=skipped)
    there = Path("data/cases/107/synthetic" + f"-{fraction}" * (fraction != "1"))
    before = there.parents[1] / "106" / there.name
    synthetic, kpi = f"--kind synthetic --fraction {fraction}", f"--year 107 --kpi {KPI}"
    commands = [
        f"cases --year 107 {synthetic} --out {there}/cases.parquet",
        f"cases --year 106 {synthetic} --out {before}/cases.parquet",
        f"count {kpi} --cases {there}/cases.parquet --profile {there}/profile.json "
        f"--repayments {there}/repayments.{KPI}.parquet --out {there}/counts.{KPI}.parquet",
        f"worlds {kpi} --fraction {fraction} --out {there}/worlds.{KPI}.json",
    ]
    with chdir(folder):
        for command in commands if with_worlds else (commands[0], commands[2]):
            if main(command.split()):
                raise RuntimeError(f"closurerate {command} failed")
