"""The command line: `closurerate COMMAND …`; each recipe of the Makefile is one of these."""

import argparse
import io
import sys
from collections.abc import Sequence
from typing import NoReturn

from closurerate.cli import data, intake, kpi, report, study
from closurerate.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 after one sentence on standard error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe on Windows would take the code page's
    try:
        options = _parser().parse_args(arguments)
        options.run(options)
    except InputError as error:
        sys.stderr.write(f"closurerate: {error}\n")
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """argparse, with a wrong option told in one sentence as any other bad input."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; `{self.prog} --help` tells what there is.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="closurerate",
        description="The effective closure rate (有效結案率): counted, evaluated, reported.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for part in (kpi, intake, data, study, report):
        part.add_commands(commands)
    return parser
