"""`closurerate audit`: each figure of a printed report judged by the others, or of any table."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, roc_year_option
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.cli.options import Commands

_JOINER = "\N{WORD JOINER}"


def add_commands(commands: "Commands") -> None:
    """Add the command to the parser."""
    told = "judge each figure of a printed report by the others, or of a table by its columns"
    audit = add_command(commands, "audit", _audit, told)
    audit.add_argument("--year", type=roc_year_option, help="ROC year of a printed report")
    audit.add_argument(
        "--published", type=Path, help="the report's figures; data/published/<year>.yml by default"
    )
    audit.add_argument("--table", type=Path, help="a published table instead, as CSV")
    audit.add_argument("--claims", type=Path, help="how its figures may be computed, as YAML")
    audit.add_argument("--encoding", help="of the table, such as cp950; else detected")
    audit.add_argument("--format", choices=("text", "json"), default="text")


def _audit(options: argparse.Namespace) -> None:
    of_table = (options.table, options.claims, options.encoding)
    is_report = options.year is not None
    if any(of_table) and (is_report or options.published is not None):
        raise InputError(
            "audit: give --year, or --table and --claims, and not both; --published goes with "
            "--year, --encoding with --table."
        )
    if is_report:
        _audit_report(options)
    elif options.table is None or options.claims is None:
        missing = [name for name in ("table", "claims") if getattr(options, name) is None]
        one = f"--{missing[0]} is missing" if len(missing) == 1 else "nothing is named"
        raise InputError(f"audit: {one}; give --year, or --table and --claims together.")
    else:
        _audit_table(options)


def _audit_table(options: argparse.Namespace) -> None:
    from closurerate.audit.tables.breaks import breaks_of, definition_runs
    from closurerate.audit.tables.claims_file import read_table_claims
    from closurerate.audit.tables.fits import fits_of, judge_table
    from closurerate.audit.tables.printed_rows import read_printed_rows

    claims = read_table_claims(options.claims)
    rows = read_printed_rows(options.table, claims, options.encoding)
    columns = judge_table(rows, claims, options.claims)
    runs = definition_runs(columns, rows, claims.tolerated)
    if options.format == "json":
        found = [json.dumps(one, ensure_ascii=False) for one in fits_of(columns, rows)]
        broken = [json.dumps(one, ensure_ascii=False) for one in breaks_of(runs, rows.periods)]
        sys.stdout.write(
            f'{{"tolerated": {float(claims.tolerated)},\n"fits": [\n'
            + ",\n".join(found)
            + '\n],\n"breaks": ['
            + ",".join(f"\n{one}" for one in broken)
            + "\n]}\n"
        )
        return
    from closurerate.audit.tables.words import table_told
    from closurerate.press.shown import reader_language
    from closurerate.press.text import said

    language = reader_language()
    told = table_told(columns, runs, rows, claims.tolerated)
    sys.stdout.write("".join(f"{said(line, language)}\n" for line in told))


def _audit_report(options: argparse.Namespace) -> None:
    from closurerate.audit.claims_page import open_printed_audit

    audit = open_printed_audit(options.year, options.published)
    if options.format == "json":
        entries = [entry for one in audit.judged for entry in one.entries()]
        sys.stdout.write(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
        return
    from closurerate.press.shown import reader_language
    from closurerate.press.text import said

    language = reader_language()
    lines = [said(one.said, language) for one in audit.findings]
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    told = "\n".join([said(audit.counted, language), *numbered])
    sys.stdout.write(told.replace(_JOINER, "") + "\n")
