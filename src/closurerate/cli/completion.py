"""`closurerate completion`: what a shell needs to complete commands, options and files."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, out_file

if TYPE_CHECKING:
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    written = "write the completion of a shell; the README says where it goes"
    completion = add_command(commands, "completion", _completion, written)
    completion.add_argument("shell", choices=("bash", "zsh", "fish", "powershell"))


def _completion(options: argparse.Namespace) -> None:
    import shtab

    from closurerate.cli import parser_of_all

    parser = parser_of_all()
    for action in _actions(parser):
        if action.type in (Path, out_file):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(parser, shell=options.shell))


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options and arguments of a parser and of its commands."""
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += [one for part in action.choices.values() for one in _actions(part)]
    return found
