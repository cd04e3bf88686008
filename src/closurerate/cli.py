"""The command line: `closurerate COMMAND …`; each recipe of the Makefile is one of these."""

import argparse
import io
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from closurerate.errors import InputError
from closurerate.paths import ROC_OFFSET

if TYPE_CHECKING:
    from closurerate.kpi.evaluate import Evaluation
    from closurerate.quantity import Exact


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0, or 2 after one sentence on standard error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a pipe on Windows would take the code page's
    try:
        options = _parser().parse_args(arguments)
        options.run(options)
    except InputError as error:
        sys.stderr.write(f"closurerate: {error}\n")
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """argparse, with a wrong option told in one sentence as any other bad input."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; `{self.prog} --help` tells what there is.")


def _roc_year(text: str) -> int:
    year = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= year <= 999:
        known = f" ({year} is ROC year {year - ROC_OFFSET})" if year > ROC_OFFSET else ""
        raise argparse.ArgumentTypeError(f"year {text} is not a ROC year such as 107{known}")
    return year


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="closurerate",
        description="The effective closure rate (有效結案率): counted, evaluated, reported.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    kpi = commands.add_parser("kpi", help="evaluate a KPI on a case file")
    kpi.add_argument("--cases", type=Path, required=True, help="Parquet file in contract form")
    kpi.add_argument("--year", type=_roc_year, required=True, help="ROC year")
    kpi.add_argument(
        "--kpi", default="effective_closure_rate", help="id in data/kpi, or a YAML file"
    )
    kpi.add_argument("--version", type=_roc_year, help="restate on this version (a ROC year)")
    kpi.add_argument("--by", choices=("branch", "category", "tier"))
    kpi.add_argument("--format", choices=("table", "json"), default="table")
    kpi.set_defaults(run=_kpi)

    cases = commands.add_parser("cases", help="take a year's extract, or make a synthetic one")
    cases.add_argument("--year", type=_roc_year, required=True, help="ROC year")
    cases.add_argument("--kind", choices=("extract", "synthetic"), required=True)
    cases.add_argument("--fraction", default="1", help="size of a synthetic extract, such as 0.01")
    cases.add_argument("--seed", type=_seed, default=107, help="seed of a synthetic extract")
    cases.add_argument("--out", type=Path, required=True, help="the case file to write")
    cases.set_defaults(run=_cases)

    profile = commands.add_parser("profile", help="describe a case file's structure and flow")
    profile.add_argument("--cases", type=Path, required=True)
    profile.add_argument("--year", type=_roc_year, required=True, help="ROC year")
    profile.add_argument("--out", type=Path, required=True)
    profile.set_defaults(run=_profile)

    count = commands.add_parser("count", help="count a case file as a KPI needs it")
    count.add_argument("--cases", type=Path, required=True)
    count.add_argument("--year", type=_roc_year, required=True, help="ROC year")
    count.add_argument("--kpi", default="effective_closure_rate")
    count.add_argument("--out", type=Path, required=True)
    count.set_defaults(run=_count)

    notebook = commands.add_parser("notebook", help="execute a notebook with parameters")
    notebook.add_argument("notebook", type=Path)
    notebook.add_argument("--year", type=_roc_year, required=True, help="ROC year")
    notebook.add_argument("--cases", default="auto", help="extract, synthetic or auto")
    notebook.add_argument("--language", choices=("zh-Hant", "en"), default="zh-Hant")
    notebook.add_argument("--kpi", help="id in data/kpi, for the notebooks that take one")
    notebook.add_argument("--line", type=int, default=0, help="terminal line of the progress bar")
    notebook.add_argument("--out", type=Path, required=True)
    notebook.set_defaults(run=_notebook)

    for kind in ("html", "pdf"):
        built = commands.add_parser(kind, help=f"make {kind.upper()} of an executed notebook")
        built.add_argument("executed", type=Path)
        built.add_argument("--out", type=Path, required=True)
        built.set_defaults(run=_build, kind=kind)

    new_year = commands.add_parser("new-year", help="write data/years/YEAR.yml to be filled in")
    new_year.add_argument("year", type=_roc_year)
    new_year.set_defaults(run=_new_year)
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
    check(options.cases, options.year, idle_years=1)
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


def _cases(options: argparse.Namespace) -> None:
    from closurerate.paths import data_folder, raw_folder

    if options.kind == "extract":
        from closurerate.cases.intake import take_extract

        source = take_extract(options.year, raw_folder(options.year), options.out)
    else:
        from closurerate.cases.published_totals import panel_of
        from closurerate.cases.synthetic import load_assumptions, make_synthetic

        source = make_synthetic(
            options.year,
            options.out,
            totals=panel_of(options.year),
            assumptions=load_assumptions(data_folder() / "synthetic.yml"),
            fraction=_fraction(options.fraction),
            seed=options.seed,
        )
    _tell(f"{options.out}: {source.rows:,} {source.kind} cases")


def _fraction(text: str) -> Fraction:
    try:
        fraction = Fraction(text)
    except (ValueError, ZeroDivisionError):
        fraction = Fraction(0)
    if not 0 < fraction <= 1:
        raise InputError(f"--fraction {text}: must be over 0 and at most 1, such as 0.01.")
    return fraction


def _profile(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.cases.profile import profile_cases, write_profile

    check_form(options.cases)
    write_profile(profile_cases(options.cases, options.year), options.out)


def _count(options: argparse.Namespace) -> None:
    from closurerate.cases.contract import check_form
    from closurerate.kpi.counts import count_cases, write_counts
    from closurerate.kpi.definition import read_definition
    from closurerate.paths import kpi_file

    definition = read_definition(kpi_file(options.kpi), kpi_file)
    rule = definition.in_force(options.year).rule
    check_form(options.cases)
    write_counts(count_cases(options.cases, options.year, rule), options.out)
    _write_dependencies(options.out, definition.files)


def _write_dependencies(target: Path, files: Sequence[Path]) -> None:
    """Write beside a target which files it was made of, as a rule that make includes."""
    from closurerate.paths import project_root

    root = project_root()
    inside = [file.relative_to(root) for file in files if file.is_relative_to(root)]
    rule = f"{target.as_posix()}: {' '.join(file.as_posix() for file in inside)}\n"
    target.with_name(f"{target.name}.d").write_text(rule, encoding="utf-8")


def _notebook(options: argparse.Namespace) -> None:
    from closurerate.report.document import document_facts_of
    from closurerate.report.run import run_notebook

    given = {name: getattr(options, name) for name in ("year", "cases", "language", "kpi")}
    facts = document_facts_of(options.notebook, **given)
    parameters = {name: value for name, value in given.items() if value is not None}
    run_notebook(options.notebook, options.out, parameters, facts=facts, line=options.line)


def _build(options: argparse.Namespace) -> None:
    from closurerate.report.build import build_html, build_pdf

    (build_html if options.kind == "html" else build_pdf)(options.executed, options.out)
    _tell(f"{options.out}")


def _new_year(options: argparse.Namespace) -> None:
    from closurerate.new_year import write_new_year

    _tell(f"{write_new_year(options.year)}: fill it in, then run make report YEAR={options.year}")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _json_row(row: "Evaluation") -> dict[str, str | int | None]:
    from closurerate.quantity import printed, rounded

    quantity = row.quantity()
    percent = quantity.value if row.unit == "percent" else None
    exact = {
        name: None if value is None or value.value is None else _exact(value.value)
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
        "percent": None if percent is None else str(rounded(percent, 2)),
    }


def _exact(value: "Exact") -> str:
    """Return a fraction such as 3286050/10030793, or the plain decimal of an irrational value."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _table(rows: Sequence["Evaluation"]) -> str:
    from closurerate.quantity import number, printed

    heading = ("", "new", "closed", "effective", "pending", "I1 %", "I2 %", "value")
    lines: list[tuple[str, ...]] = [heading]
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
