"""`closurerate disclosure`: what the public numbers of a year give away of few cases."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, roc_year_option, tell

if TYPE_CHECKING:
    from closurerate.audit.disclosure.cube import Count
    from closurerate.audit.disclosure.given_away import GivenAway
    from closurerate.audit.disclosure.outsider import Narrowed
    from closurerate.cli.options import Commands

_MOST = 20


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    told = "say which counts of few cases the public numbers of a year give away together"
    parser = add_command(commands, "disclosure", _disclosure, told, "--kpi")
    parser.add_argument("year", type=roc_year_option, help="ROC year")
    withhold = "leave what must be withheld out of the tables that are made next"
    parser.add_argument("--withhold", action="store_true", help=withhold)
    parser.add_argument("--cases", default="extract", help="extract, synthetic, synthetic-0.01 …")


def _disclosure(options: argparse.Namespace) -> None:
    from closurerate.audit.disclosure.given_away import given_away
    from closurerate.audit.disclosure.withholding import withheld, withhold
    from closurerate.records.paths import data_folder, resolved, withheld_file
    from closurerate.study.settings import read_settings
    from closurerate.year.kpi_year import open_kpi

    source = resolved(options.year, options.cases)
    data = open_kpi(options.year, kpi=options.kpi, cases=source)
    rules = read_settings(data_folder() / "study.yml").disclosure
    found = given_away(data, Path("reports", str(options.year), source, "notebooks"), rules)
    tell(
        f"{len(found.pages.counts)} counts stand on {len(found.pages.places)} tables, charts and "
        f"sentences; {len(found.protected)} counts of 1 to {rules.least_count - 1} cases are "
        "protected."
    )
    for line in _unread(found):
        tell(line)
    if not found.narrowed and not found.dominated:
        tell("None of these is given away.")
        return
    lines = [_said(found, one) for one in found.narrowed[:_MOST]]
    if len(found.narrowed) > _MOST:
        lines.append(f"and {len(found.narrowed) - _MOST} more within these.")
    lines += [f"{_called(one)}: mostly of one case" for one in found.dominated]
    counts = tuple(found.pages.counts)
    hidden = withheld(found.cube, counts, found.protected, rules.least_count)
    needed = [*(counts[place] for place in sorted(hidden)), *found.dominated]
    lines += ["Safe if these were withheld, the fewest that do:", *map(_called, needed)]
    if options.withhold:
        file = withheld_file(options.year)
        withhold(file, needed)
        lines.append(f"{file}: these are withheld in the tables that are made next.")
    sys.stdout.write("Given away:\n" + "".join(f"{line}\n" for line in lines))
    raise SystemExit(1)


def _called(count: "Count") -> str:
    return ", ".join([*(word for _, word in count.where), count.measure])


def _said(found: "GivenAway", one: "Narrowed") -> str:
    """Return what is given away: which cases, how many they can be, and where that stands."""
    span = f"{one.low}" if one.low == one.high else f"{one.low} to {one.high}"
    places = list(dict.fromkeys(item.place for item in found.pages.counts.get(one.of, ())))
    return f"{_called(one.of)}: {span} ({'; '.join(places) or 'follows from others'})"


def _unread(found: "GivenAway") -> list[str]:
    """Return a line a notebook on what in it is not in the check."""
    return [
        f"Not in the check, of {name}: {', '.join(ids)}" for name, ids in found.pages.unread.items()
    ]
