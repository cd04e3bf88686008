"""`closurerate sample-size`, `sample`, `evaluate` and `upper-bound`: audit samples."""

import argparse
import json
import sys
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from closurerate.cli.options import add_command, tell, whole_from
from closurerate.errors import InputError

if TYPE_CHECKING:
    from closurerate.audit.sampling import Distribution
    from closurerate.audit.sheet import SampleFound
    from closurerate.cli.options import Commands
    from closurerate.kpi.definition import Definition

_SHOWN = Context(prec=12)
_DISTRIBUTIONS = ("binomial", "poisson", "hypergeometric")


def add_commands(commands: "Commands") -> None:
    """Add the commands to the parser."""
    planned = "say how many cases an audit sample takes"
    size = add_command(commands, "sample-size", _size, planned)
    size.add_argument("--tolerable", type=_percent, required=True, help="rate of errors, percent")
    size.add_argument(
        "--expected", type=_percent, default=Fraction(0), help="percent; 0 by default"
    )

    found = "say up to which rate there are errors, by those in a sample"
    bound = add_command(commands, "upper-bound", _bound, found)
    bound.add_argument("--n", type=whole_from(1), required=True, help="cases in the sample")
    bound.add_argument("--errors", type=whole_from(0), required=True, help="errors found in it")
    for parser in (size, bound):
        parser.add_argument(
            "--confidence", type=_percent, required=True, help="percent, such as 95"
        )
        parser.add_argument("--population", type=whole_from(1), help="how many cases there are")
        parser.add_argument(
            "--distribution",
            choices=_DISTRIBUTIONS,
            help="binomial; hypergeometric where a population is given",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text")

    drawing = "draw an audit sample of the closed cases, and write its sheet to fill in"
    sample = add_command(
        commands, "sample", _sample, drawing, "--cases", "--year", "--kpi", "--out"
    )
    wanted = "how many; or by the options below, as `sample-size` has it"
    sample.add_argument("--size", type=whole_from(1), help=wanted)
    sample.add_argument("--confidence", type=_percent, help="percent, such as 95")
    sample.add_argument("--tolerable", type=_percent, help="rate of errors, percent")
    sample.add_argument("--expected", type=_percent, default=Fraction(0), help="percent")
    sample.add_argument("--seed", type=whole_from(0), required=True, help="of the random numbers")
    units = ("paid_amount_twd", "referred_amount_twd")
    sample.add_argument("--units-of", choices=units, help="draw NTD of an amount, not cases")

    told = "say what a filled sheet means for the effective cases and the KPI"
    evaluate = add_command(commands, "evaluate", _evaluate, told, "--kpi")
    evaluate.add_argument("sheet", type=Path, help="as `closurerate sample` wrote it, filled in")
    evaluate.add_argument("--confidence", type=_percent, default=Fraction(19, 20), help="percent")
    evaluate.add_argument("--format", choices=("text", "json"), default="text")


def _percent(text: str) -> Fraction:
    """Return a decimal percentage as an exact share, as argparse wants it."""
    try:
        share = Fraction(text) / 100 if "/" not in text else None
    except ValueError:
        share = None
    if share is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage such as 95 or 2.5")
    return share


def _size(options: argparse.Namespace) -> None:
    from closurerate.audit.sampling import sample_size

    plan = sample_size(
        options.confidence,
        options.tolerable,
        options.expected,
        options.population,
        _distribution(options),
    )
    if options.format == "json":
        sys.stdout.write(json.dumps(plan._asdict()) + "\n")
    else:
        sys.stdout.write(f"{plan.n} cases, of which {plan.allowed_errors} may be in error\n")


def _bound(options: argparse.Namespace) -> None:
    from closurerate.audit.sampling import upper_bound

    rate = upper_bound(
        options.confidence,
        options.n,
        options.errors,
        options.population,
        _distribution(options),
    )
    near = Decimal(rate.numerator) / rate.denominator if isinstance(rate, Fraction) else rate
    if options.format == "json":
        sys.stdout.write(json.dumps({"upper": _shown(rate)}) + "\n")
    else:
        sys.stdout.write(f"errors in at most {_SHOWN.plus(100 * near).normalize():f} %\n")


def _sample(options: argparse.Namespace) -> None:
    from closurerate.audit.drawn_sample import drawn
    from closurerate.audit.sampling import sample_size
    from closurerate.audit.sheet import write_sheet
    from closurerate.cases.contract import check_form
    from closurerate.kpi.definition import read_definition
    from closurerate.records.paths import kpi_file

    by_plan = options.confidence is not None and options.tolerable is not None
    if by_plan == (options.size is not None):
        raise InputError("sample: give --size, or --confidence and --tolerable, and not both.")
    size = options.size
    if by_plan:
        size, _ = sample_size(options.confidence, options.tolerable, options.expected)
    definition = read_definition(kpi_file(options.kpi), kpi_file)
    check_form(options.cases)
    planned, rows = drawn(
        options.cases, definition, options.year, size, options.seed, options.units_of
    )
    write_sheet(planned, rows, options.out)
    tell(f"{options.out}: {len(rows):,} cases to look up")


def _evaluate(options: argparse.Namespace) -> None:
    from closurerate.audit.sheet import read_sheet, what_was_found
    from closurerate.kpi.definition import read_definition
    from closurerate.press.print.labels import LANGUAGES
    from closurerate.records.paths import kpi_file

    planned, rows = read_sheet(options.sheet)
    definition = read_definition(kpi_file(options.kpi), kpi_file)
    if definition.id != planned.kpi:
        raise InputError(
            f"{options.sheet}: was drawn for the KPI {planned.kpi!r}; give --kpi {planned.kpi}."
        )
    found = what_was_found(planned, rows, definition, options.confidence)
    if options.format == "json":
        sys.stdout.write(json.dumps(_data(found, options.confidence), indent=2) + "\n")
    else:
        text = (_told(found, definition, options.confidence, one) for one in LANGUAGES)
        sys.stdout.write("\n".join(text))


def _data(found: "SampleFound", confidence: Fraction) -> dict[str, Any]:
    low, high = found.values
    return {
        **dict(found.planned.items()),
        "confidence": str(confidence),
        "errors": dict(found.errors),
        "upper": {name: _shown(bound) for name, bound in found.bounds.items()},
        "effective_between": list(found.effective),
        "kpi_between": [None if value is None else str(value) for value in (low, high)],
        "overstated_twd": dict(found.units),
    }


def _told(
    found: "SampleFound", definition: "Definition", confidence: Fraction, language: Any
) -> str:
    from closurerate.press.text import bare, roc_year, said, spaced, stated, t
    from closurerate.quantity import Quantity

    planned = found.planned
    version = definition.in_force(planned.year)

    def percent(share: Fraction | Decimal) -> Quantity:
        return Quantity(100 * Fraction(share), "percent", 2)

    kind = "cases" if planned.of == "cases" else "units"
    size = t(f"sampled_{kind}", size=planned.size)
    told = {"year": roc_year(planned.year), "confidence": f"{float(100 * confidence):g} %"}
    head = t("sampled_head", size=size, **told)
    lines: list[Any] = [spaced([head, *[t("explained_made_up")] * planned.is_synthetic])]
    for name, bound in found.bounds.items():
        lines.append(t(f"sampled_{name}", count=found.errors[name], share=percent(bound)))
    if found.units:
        lines.append(t("sampled_money", total=planned.total_twd, **found.units))
    else:
        low, high = (stated(Quantity(one, version.unit, version.decimals)) for one in found.values)
        least, most = map(bare, found.effective)
        counted = {"least": least, "most": most, "printed": planned.effective}
        lines.append(t("sampled_effective", low=low, high=high, **counted))
    return "\n".join(said(line, language) for line in lines) + "\n"


def _shown(bound: Fraction | Decimal) -> str:
    return str(bound) if isinstance(bound, Fraction) else f"{_SHOWN.plus(bound):f}"


def _distribution(options: argparse.Namespace) -> "Distribution":
    known: Distribution = "binomial" if options.population is None else "hypergeometric"
    return options.distribution or known
