"""`closurerate kpi` and `definitions`: a KPI on a case file, and what is defined."""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, out_file, roc_year_option, tell_left_out
from closurerate.cli.text_table import text_table

if TYPE_CHECKING:
    from closurerate.cli.options import Commands
    from closurerate.kpi.evaluate import Evaluation


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    evaluated = "evaluate a KPI on a case file"
    kpi = add_command(commands, "kpi", _kpi, evaluated, "--cases", "--year", "--kpi")
    kpi.add_argument("--version", type=roc_year_option, help="restate on this version (a ROC year)")
    kpi.add_argument("--by", choices=("branch", "category", "tier"))
    kpi.add_argument("--format", choices=("table", "json", "csv"), default="table")

    checked = "check every KPI definition"
    definitions = add_command(commands, "definitions", _definitions, checked, "--year", "--kpi")
    definitions.add_argument("--out", type=out_file, help="a file that make goes by")


def _definitions(options: argparse.Namespace) -> None:
    """Check the KPI that is asked for, which must be sound, and tell which others are left out."""
    from closurerate.cli.data import write_dependencies
    from closurerate.records.writing import write_text
    from closurerate.study.alternatives import damaged_definitions, read_alternatives

    compared = read_alternatives(options.year, options.kpi)
    for reason in dict.fromkeys((*damaged_definitions(), *compared.damaged)):
        tell_left_out(reason)
    names = ", ".join(item.id for item in compared.sound)
    if options.out is None:
        sys.stdout.write(f"{names}\n")
        return
    write_dependencies(options.out, compared.files)  # what the study rests on
    write_text(options.out, f"{names}\n")


def _kpi(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_cases
    from closurerate.kpi.counts import count_cases
    from closurerate.kpi.definition import read_definition
    from closurerate.kpi.evaluate import evaluate_groups
    from closurerate.records.paths import kpi_file

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    version = (
        definition.in_force(options.year)
        if options.version is None
        else definition.version(options.version)
    )
    check_cases(options.cases, options.year, idle_years=1)
    counts = count_cases(options.cases, options.year, version.rule)
    rows = evaluate_groups(version, counts, options.by)
    if options.format == "json":
        document = {
            "kpi": version.kpi,
            "version": version.version,
            "year": options.year,
            "unit": version.unit,
            "rows": [_json_row(row) for row in rows],
        }
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    elif options.format == "csv":
        lines = [_json_row(row) for row in rows]
        writer = csv.DictWriter(sys.stdout, lines[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    else:
        sys.stdout.write(_table(rows))


def _json_row(row: "Evaluation") -> dict[str, str | int | None]:
    from closurerate.quantity import exact_text, printed, rounded

    quantity = row.quantity()
    percent = quantity.value if row.unit == "percent" else None
    exact = {
        name: None if value.value is None else exact_text(value.value)
        for name, value in (*row.indicators.items(), ("value", row.value))
    }
    return {
        "by": row.by,
        **{name: row.counts[name] for name in ("new", "closed", "effective", "pending")},
        **exact,
        "display": printed(quantity, "en"),
        "percent": None if percent is None else str(rounded(percent, 2)),
    }


def _table(rows: Sequence["Evaluation"]) -> str:
    from closurerate.kpi.evaluate import in_unit
    from closurerate.quantity import number, printed

    names = rows[0].indicators
    heading = ("", "new", "closed", "effective", "pending", *(f"{name} %" for name in names))
    lines: list[tuple[str, ...]] = [(*heading, "value")]
    for row in rows:
        lines.append(
            (
                row.by or "total",
                *(number(row.counts[name]) for name in ("new", "closed", "effective", "pending")),
                *(number(in_unit(item.value, "percent"), 4) for item in row.indicators.values()),
                printed(row.quantity(), "en"),
            )
        )
    return text_table(lines)
