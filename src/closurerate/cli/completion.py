"""`closurerate completion`: what a shell needs to complete commands, options, targets and files."""

import argparse
import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, out_file

if TYPE_CHECKING:
    from closurerate.cli.options import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    written = "write the completion of a shell; the README says where it goes"
    completion = add_command(commands, "completion", _completion, written)
    told = "or `targets`: what `build` can be asked for, a name a line, as the shells ask"
    shells = ("bash", "zsh", "fish", "powershell", "targets")
    completion.add_argument("shell", choices=shells, help=told)


def _completion(options: argparse.Namespace) -> None:
    if options.shell == "targets":
        sys.stdout.write("".join(f"{name}\n" for name in _targets()))
        return
    import shtab

    from closurerate.cli import parser_of_all

    parser = parser_of_all()
    for action in _actions(parser):
        if action.type in (Path, out_file):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "targets":
            # Asked at each completion: notebooks of one's own come and go.
            action.complete = shtab.cmd("closurerate completion targets")  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(parser, shell=options.shell))


def _targets() -> tuple[str, ...]:
    """Return what the project that one is in can build, the same for any year."""
    from closurerate.making.edition import Edition
    from closurerate.making.recipes import targets
    from closurerate.records.paths import project_root

    with chdir(project_root()):
        return targets(Edition(107))


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return the options and arguments of a parser and of its commands."""
    found: list[argparse.Action] = []
    for action in parser._actions:
        found.append(action)
        if isinstance(action, argparse._SubParsersAction):
            found += [one for part in action.choices.values() for one in _actions(part)]
    return found
