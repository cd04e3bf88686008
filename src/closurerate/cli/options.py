"""What the commands share: kinds of options, and how they speak."""

import argparse
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from closurerate.errors import InputError
from closurerate.records.paths import ROC_OFFSET
from closurerate.records.writing import ordinary

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def roc_year_option(text: str) -> int:
    """Return a ROC year from 1 to 999, as argparse wants it."""
    year = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= year <= 999:
        known = f" ({year} is ROC year {year - ROC_OFFSET})" if year > ROC_OFFSET else ""
        raise argparse.ArgumentTypeError(f"year {text} is not a ROC year such as 107{known}")
    return year


def whole_from(least: int) -> Callable[[str], int]:
    """Return what reads a whole number from a least one, 0 or more, as argparse wants it."""

    def whole(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least}")
        return int(text)

    return whole


def fraction(text: str) -> Fraction:
    """Return a share over 0 and up to 1; InputError where the text is none."""
    try:
        fraction = Fraction(text)
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(0)
    if not 0 < fraction <= 1:
        raise InputError(f"--fraction {text}: must be over 0 and at most 1, such as 0.01.")
    return fraction


def out_file(text: str) -> Path:
    """Return a file to write, as argparse wants it; InputError where something else is there."""
    ordinary(Path(text))
    return Path(text)


_SHARED: dict[str, dict[str, Any]] = {
    "--cases": {"type": Path, "required": True, "help": "Parquet file in contract form"},
    "--year": {"type": roc_year_option, "required": True, "help": "ROC year"},
    "--kpi": {"default": "effective_closure_rate", "help": "id in data/kpi, or a YAML file"},
    "--out": {"type": out_file, "required": True, "help": "the file to write"},
}


def add_command(
    commands: "Commands",
    name: str,
    run: Callable[[argparse.Namespace], None],
    told: str,
    *given: str,
) -> argparse.ArgumentParser:
    """Add a command, with those of `--cases`, `--year`, `--kpi` and `--out` that are given."""
    parser = commands.add_parser(name, help=told)
    for option in given:
        parser.add_argument(option, **_SHARED[option])
    add_quiet(parser, argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


QUIET: ContextVar[bool] = ContextVar("quiet", default=False)
"""Whether nothing is said of what goes well (`--quiet`)."""


def add_quiet(parser: argparse.ArgumentParser, default: bool | str) -> None:
    """Let `--quiet` stand before the command or after it."""
    told = "say nothing of what goes well, and show no progress"
    parser.add_argument("--quiet", action="store_true", default=default, help=told)


_COLOURS = {"red": 31, "green": 32, "yellow": 33}


def coloured(text: str, colour: str, stream: TextIO) -> str:
    """Return a text in a colour where a stream is a terminal that shows it (no-color.org)."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    is_shown = sys.platform != "win32" or "WT_SESSION" in os.environ  # the old console shows codes
    if is_plain or not is_shown or not stream.isatty():
        return text
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m"


def tell(line: str) -> None:
    """Say one line on standard output of what was done, where that is wanted."""
    if not QUIET.get():
        sys.stdout.write(f"{line}\n")


def tell_left_out(reason: str) -> None:
    """Say on standard error that a definition is left out, and why."""
    sys.stderr.write(f"{coloured('closurerate: left out:', 'yellow', sys.stderr)} {reason}\n")
