"""All that is ever done with a formula, tried with formulas at random that are just small enough.

`python tests/kpi/fuzz_formulas.py --seconds 600` tries as many as there is time for, each in a
process of its own with a limit on its processor time, and prints those that pass it or fail: by
their number, which `--first` repeats, and text. For systems that can fork.
"""

import argparse
import os
import resource
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "samples"))

from closurerate.errors import InputError
from closurerate.kpi.bounds import check_bounds
from closurerate.kpi.combination import in_indicators
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import carrier_of, degrees_in, is_affine
from closurerate.kpi.effective_value import in_effective
from closurerate.kpi.evaluate import evaluate, named
from closurerate.kpi.float_values import float_values
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.kpi.notation import mathml, spoken, typst
from closurerate.press.text import said
from closurerate.study.doubts.extremes import NoValueError, extremes
from closurerate.study.formula.derivatives import derivatives
from closurerate.study.formula.one_line import formula_text
from closurerate.study.formula.properties import falling_regions, properties
from closurerate.study.incentives.action_signs import sign_line
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.cheapest import cheapest_point
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.inequalities import inequalities
from closurerate.study.incentives.unpaid import reach, treatment
from kpi_samples import of_formula, version_of

PRESUMED = version_of().indicators
NAMES = (*COUNT_NAMES, *PRESUMED)
_SHAPES = (
    "({s}) + {a}", "{a} - ({s})", "({s}) * {a}", "{a} / ({s})", "({s}) / {a}", "({s})^{k}",
    "({s}) / ({a} + {b})", "({s}) + {a} / {b}", "({s}) * ({a} + {n} * {b})", "({s}) / ({t})",
    "{a} / ({b} + {n} * {a}) + ({s})", "({s}) * ({t})", "({s}) + ({t})",
)  # fmt: skip
_FUNCTIONS = (
    "sqrt({s})", "sqrt({s} + {a}^2)", "({s}) + sqrt({a} + {n} * {b})", "min({s}, {a})",
    "max({s}, {a} / {b})", "({s}) + min({a}, {n} * {b})", "max(0, {s})",
)  # fmt: skip


def formulas(seeds: Iterable[int], *, functions: bool = True) -> Iterator[str]:
    """Yield for each seed a formula that was let grow for as long as the bounds allow it."""
    for seed in seeds:
        random = Random(seed)
        atoms = ("E", "C", "P", "I1", "I2", "I1", "I2", "2", "0.75")
        atoms += random.choice([(), COUNT_NAMES])
        shapes = _SHAPES + (random.choice([(), _FUNCTIONS]) if functions else ())
        grown, other = random.choices(atoms, k=2)
        for _ in range(40):
            parts = dict(zip("ab", random.choices(atoms, k=2), strict=True))
            numbers = {"n": random.randint(1, 999), "k": random.choice((2, 2, 3, 4, -1, -2))}
            tried = random.choice(shapes).format(s=grown, t=other, **parts, **numbers)
            if _is_taken(tried):
                grown, other = (tried, grown) if random.random() < 0.8 else (grown, tried)
        yield grown


def _is_taken(text: str) -> bool:
    try:
        check_bounds(parse_formula(text, NAMES, "formula"), PRESUMED, "formula")
    except InputError:
        return False
    return True


COUNTS = {
    "effective": 3_286_050, "closed": 10_030_793, "pending": 7_663_741, "new": 10_214_937,
    "reopened": 656, "closed_referred_twd": 900_000_000_000, "closed_paid_twd": 29_000_000_000,
    "collected_twd": 29_998_900_437,
}  # fmt: skip


def stages(version: KpiVersion) -> Iterator[tuple[str, object]]:
    """Yield everything that the pages make of a formula, with the name of each stage."""
    yield "value", evaluate(version, COUNTS, None).value
    yield "notation", [told("I", version.formula) for told in (mathml, typst, spoken)]
    yield "floats", float_values(version, COUNTS)
    yield "combination", in_indicators(version)
    yield "derivatives", derivatives(version, COUNTS)
    yield "properties", properties(version)
    yield "degrees", [(degrees_in(version, name), is_affine(version, name)) for name in "ECP"]
    yield "effective", (carrier_of(version), in_effective(version, COUNTS))
    lines = [sign_line(version, action) for action in actions().values()]
    yield "signs", lines
    yield "effects", [effect(version, COUNTS, action, 10) for action in actions().values()]
    yield "cheapest", cheapest_point(version, COUNTS)
    yield "unpaid", (treatment(version), reach(version, COUNTS))
    regions = falling_regions(properties(version)["improving_I2"])
    ends = [float(end) for region in regions for end in region]
    steps = [step for verdict in properties(version).values() for step in verdict.steps]
    yield "told", (ends, [formula_text(step.expression) for step in steps])
    told = [
        said(inequalities(region.conditions), "en") for line in lines for region in line.regions
    ]
    yield "conditions", told
    yield "extremes", _extremes(version)


def _extremes(version: KpiVersion) -> object:
    names = {name: count for name, count in named(COUNTS).items() if count is not None}
    effective, ineffective, pending = (("C", 1), ("E", 1)), (("C", 1),), (("P", 1),)
    doubts = {
        frozenset({effective, ineffective}): 900,
        frozenset({effective, pending}): 400,
        frozenset({ineffective, pending, ()}): 70,
    }
    try:
        return extremes(version, names, doubts)
    except NoValueError as error:
        return str(error)


def ends(text: str, limit: int) -> bool:
    """Whether all that is done with a formula ends within seconds of processor time."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        try:
            for _ in stages(of_formula(text)):
                pass
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def main() -> int:
    """Try formulas until the time is up, or the first so many; each that fails is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--first", type=int, help="how many; without it, as time allows")
    parser.add_argument("--limit", type=int, default=60, help="seconds for each")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    failed = 0
    for seed in count() if options.first is None else range(options.first):
        if options.first is None and time.monotonic() > end:
            break
        (text,) = formulas([seed])
        if not ends(text, options.limit):
            failed += 1
            sys.stdout.write(f"{seed}: {text}\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
