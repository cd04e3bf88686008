"""`closurerate audit`: each figure of a printed report judged by the others."""

import argparse
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command

if TYPE_CHECKING:
    from closurerate.cli.options import Commands

_EVERY = 999
"""The last ROC year: a report prints figures of other years too, and any may say what a name is."""

_JOINER = "\N{WORD JOINER}"


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    told = "judge each figure of a printed report by the others"
    audit = add_command(commands, "audit", _audit, told, "--year")
    audit.add_argument(
        "--published", type=Path, help="the report's figures; data/published/<year>.yml by default"
    )
    audit.add_argument("--format", choices=("text", "json"), default="text")


def _audit(options: argparse.Namespace) -> None:
    from closurerate.audit.claims.derivation import check_follows
    from closurerate.audit.claims.judging import completed, judge_claims
    from closurerate.records.published import load_published, published_until, read_published

    year, file = options.year, options.published
    reports = published_until(_EVERY)
    known: Collection[str] = ()
    if file is not None:
        shipped, reports[year] = reports.get(year), read_published(file, year)
        if shipped is not None:
            known, reports[year] = shipped.claims, completed(reports[year], shipped)
    elif year not in reports:
        reports[year] = load_published(year)
    check_follows(reports, year, known)
    judged = judge_claims(reports, year)
    if options.format == "json":
        entries = [entry for one in judged for entry in one.entries()]
        sys.stdout.write(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
        return
    from closurerate.audit.claims.findings import counted, findings
    from closurerate.press.shown import reader_language
    from closurerate.press.text import said

    language = reader_language()
    found = findings(reports, year, judged)
    lines = [said(one.said, language) for one in found]
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    told = "\n".join([said(counted(year, judged), language), *numbered])
    sys.stdout.write(told.replace(_JOINER, "") + "\n")
