"""The command line: `closurerate COMMAND …`; each recipe of the Makefile is one of these."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.kpi.evaluate import Evaluation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 after one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except InputError as error:
        sys.stderr.write(f"closurerate: {error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="closurerate",
        description="The effective closure rate (有效結案率): counted, evaluated, reported.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    kpi = commands.add_parser("kpi", help="evaluate a KPI on a case file")
    kpi.add_argument("--cases", type=Path, required=True, help="Parquet file in contract form")
    kpi.add_argument("--year", type=int, required=True, help="ROC year")
    kpi.add_argument(
        "--kpi", default="effective_closure_rate", help="id in data/kpi, or a YAML file"
    )
    kpi.add_argument("--version", type=int, help="restate on this version (a ROC year)")
    kpi.add_argument("--by", choices=("branch", "category", "tier"))
    kpi.add_argument("--format", choices=("table", "json"), default="table")
    kpi.set_defaults(run=_kpi)
    return parser


def _kpi(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check
    from closurerate.kpi.counts import count_cases
    from closurerate.kpi.definition import read_definition
    from closurerate.kpi.evaluate import evaluate_groups
    from closurerate.paths import kpi_file

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    version = (
        definition.in_force(options.year)
        if options.version is None
        else definition.version(options.version)
    )
    check(options.cases, options.year)
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
    else:
        sys.stdout.write(_table(rows))


def _json_row(row: "Evaluation") -> dict[str, str | int | None]:
    from closurerate.quantity import printed, rounded

    quantity = row.quantity()
    is_percent = row.unit == "percent" and quantity.value is not None
    exact = {
        name: None if value is None or value.value is None else str(value.value)
        for name, value in (
            *((name, row.indicators.get(name)) for name in ("I1", "I2")),
            ("value", row.value),
        )
    }
    return {
        "by": row.by,
        **{name: row.counts[name] for name in ("new", "closed", "effective", "pending")},
        **exact,
        "display": printed(quantity, "en"),
        "percent": str(rounded(quantity.value, 2)) if is_percent else None,
    }


def _table(rows: Sequence["Evaluation"]) -> str:
    from closurerate.quantity import number, printed

    heading = ("", "new", "closed", "effective", "pending", "I1 %", "I2 %", "value")
    lines = [heading]
    for row in rows:
        indicators = [row.indicators.get(name) for name in ("I1", "I2")]
        lines.append(
            (
                row.by or "total",
                *(number(row.counts[name]) for name in ("new", "closed", "effective", "pending")),
                *(
                    number(None if item is None or item.value is None else item.value * 100, 4)
                    for item in indicators
                ),
                printed(row.quantity(), "en"),
            )
        )
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heading))]
    return "".join(
        "  ".join(
            (_pad(cell, width, left=index == 0))
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in lines
    )


def _width(text: str) -> int:
    """Return the columns that a text takes on a terminal; a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    blank = " " * (width - _width(text))
    return text + blank if left else blank + text


if __name__ == "__main__":
    sys.exit(main())
