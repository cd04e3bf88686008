"""The command line: `closurerate COMMAND …`; each recipe of the Makefile is one of these."""

import argparse
import gc
import io
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from closurerate.cli import (
    audit,
    build,
    completion,
    data,
    disclosure,
    doctor,
    explain,
    intake,
    kpi,
    report,
    sampling,
    schemas,
    study,
    verify,
)
from closurerate.cli.options import QUIET, add_quiet, coloured
from closurerate.errors import InputError, machine_said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 after one sentence on standard error.

    Stopped by its user it is 130.
    """
    gc.set_threshold(200_000, 20, 20)  # looking for garbage took a tenth of a command and more
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe on Windows would take the code page's
    out: Path | None = None
    status = 2
    try:
        options = parser_of_all().parse_args(arguments)
        out = getattr(options, "out", None)
        QUIET.set(options.quiet)
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
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
        said = "stopped; what was finished stays, and nothing is left half-written."
    else:
        return 0
    sys.stderr.write(f"{coloured('closurerate:', 'red', sys.stderr)} {said}\n")
    return status


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


def _nearest(given: str, known: Iterable[str]) -> str:
    from closurerate.records.documents import nearest

    return nearest(given, known)


class _Parser(argparse.ArgumentParser):
    """argparse, with a wrong option told in one sentence as any other bad input."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.register("action", None, _Once)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        options, rest = super().parse_known_args(args, namespace)
        if rest:
            is_option = rest[0].startswith("-")
            near = _nearest(rest[0], self._option_string_actions) if is_option else ""
            self.error(f"unrecognized arguments: {' '.join(rest)}{near}")
        return options, rest

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            told = f"there is no {value!r}{_nearest(value, action.choices)}"
            raise argparse.ArgumentError(action, told)

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; `{self.prog} --help` tells what there is.")


def parser_of_all() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="closurerate",
        description="The effective closure rate (有效結案率): counted, evaluated, reported.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say the version, and end")
    add_quiet(parser, default=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for part in (
        *(build, kpi, intake, data, study, report, audit, explain, sampling, schemas, doctor),
        *(verify, disclosure, completion),
    ):
        part.add_commands(commands)
    return parser
