"""`closurerate sample-size` and `upper-bound`: audit samples planned and evaluated."""

import argparse
import json
import sys
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from closurerate.cli.options import add_command, whole_from

if TYPE_CHECKING:
    from closurerate.audit.sampling import Distribution
    from closurerate.cli.options import Commands

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
    exact = rate if isinstance(rate, Fraction) else None
    near = Decimal(rate.numerator) / rate.denominator if isinstance(rate, Fraction) else rate
    if options.format == "json":
        shown = str(exact) if exact is not None else f"{_SHOWN.plus(near):f}"
        sys.stdout.write(json.dumps({"upper": shown}) + "\n")
    else:
        sys.stdout.write(f"errors in at most {_SHOWN.plus(100 * near).normalize():f} %\n")


def _distribution(options: argparse.Namespace) -> "Distribution":
    known: Distribution = "binomial" if options.population is None else "hypergeometric"
    return options.distribution or known
