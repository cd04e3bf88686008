"""The command line: `closurerate COMMAND …`; each recipe of the Makefile is one of these."""

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from closurerate.cli import data, intake, kpi, report, schemas, study
from closurerate.errors import InputError, machine_said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 after one sentence on standard error."""
    gc.set_threshold(200_000, 20, 20)  # looking for garbage took a tenth of a command and more
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe on Windows would take the code page's
    out: Path | None = None
    try:
        options = _parser().parse_args(arguments)
        out = getattr(options, "out", None)
        options.run(options)
        _flush()
    except InputError as error:
        said = str(error)
    except Exception as error:
        reason = machine_said(error)
        if reason is None:
            raise
        where = "" if out is None else f"{out}: "
        said = f"{where}the result could not be written ({reason}); what was there is as it was."
    else:
        return 0
    sys.stderr.write(f"closurerate: {said}\n")
    return 2


def _flush() -> None:
    """Write out what was said; what a full disk or a closed pipe refuses is not tried again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


class _Once(argparse._StoreAction):
    """An option that holds one value, and may stand once; argparse would take the last."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        given = vars(namespace).setdefault("given", set())
        if option_string and self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        super().__call__(parser, namespace, values, option_string)


class _Version(argparse.Action):
    """Says the version of what is installed, read only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"closurerate {version('closurerate')}\n")
        parser.exit()


class _Parser(argparse.ArgumentParser):
    """argparse, with a wrong option told in one sentence as any other bad input."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.register("action", None, _Once)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; `{self.prog} --help` tells what there is.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="closurerate",
        description="The effective closure rate (有效結案率): counted, evaluated, reported.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version, and end")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for part in (kpi, intake, data, study, report, schemas):
        part.add_commands(commands)
    return parser
