"""How often the search for patterns names what is not there, and finds what is.

Run by `python -m benchmarks.patterns`. Told are, for each pattern, in what share of made-up years
anything of it is named: years without a pattern, those in which people pay a little over round
shares of their debt as they please, and those of the synthetic generator; then in what share of
years a pattern that was planted in one branch is found there, by how strong it is.
"""

import argparse
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from benchmarks.planted_years import PLANTED, Chances, chances_of_years, drawn_rows, write_rows
from closurerate.audit.rows.patterns import BY_BRANCH, PATTERNS, chances, exact_chance, weighed
from closurerate.audit.rows.settings import read_patterns
from closurerate.audit.rows.windows import count_windows
from closurerate.cases.vocabulary import BRANCHES
from closurerate.kpi.definition import read_definition
from closurerate.records.paths import data_folder, kpi_file
from closurerate.synthetic.assumptions import load_assumptions
from closurerate.synthetic.published_totals import panel_of
from closurerate.synthetic.year import make_synthetic

YEAR = 107
RULE = read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(YEAR).rule
SETTINGS = read_patterns(data_folder() / "audit.yml")
RATE = float(SETTINGS.error_rate)
NULLS = {"smooth": 0.0, "with heaps": 0.2}
STRENGTHS = (0.25, 0.5, 1.0)
BRANCH = 4


def exact_alone(
    inside: Chances, beside: Chances, others: Chances, around: Chances, *, is_alone: bool = False
) -> Chances:
    """Return the chance of Fisher's test alone, which knows nothing of heaps."""
    return exact_chance(inside, beside, others.sum(axis=-1), around.sum(axis=-1))


def windows_of(years: int, each: int, seed: int, **made: float | str) -> pd.DataFrame:
    """Return the windows of many years, with a pattern planted where one is named."""
    rng = np.random.default_rng(seed)
    rows = drawn_rows(rng, years, each, habit=float(made.get("habit", 0)))
    if "planted" in made:
        PLANTED[str(made["planted"])](rng, rows, BRANCH, float(made["strength"]))
    with TemporaryDirectory() as folder:
        path = write_rows(rows, Path(folder, "years.parquet"))
        return count_windows(path, YEAR, RULE, SETTINGS)


def is_named(found: Chances) -> Chances:
    """Return in which years anything is named: the least chance, adjusted by their number."""
    return found.min(axis=1) * found.shape[1] <= RATE


def false_findings(years: int, each: int, seed: int) -> Iterator[tuple[str, str, float, float]]:
    """Give for each kind of year and pattern the share of years in which it is named.

    By both tests, and by the exact one alone.
    """
    for kind, habit in NULLS.items():
        windows = windows_of(years, each, seed, habit=habit)
        both, exact = (chances_of_years(windows, years, test) for test in (chances, exact_alone))
        for pattern in PATTERNS:
            yield kind, pattern, *(float(is_named(one[pattern]).mean()) for one in (both, exact))


def of_generator(years: int, fraction: Fraction) -> Iterator[tuple[str, float]]:
    """Give for each pattern in what share of the generator's years it is named."""
    totals, assumptions = panel_of(YEAR), load_assumptions(data_folder() / "synthetic.yml")
    named = dict.fromkeys(PATTERNS, 0)
    for seed in range(years):
        with TemporaryDirectory() as folder:
            path = Path(folder, "cases.parquet")
            make_synthetic(
                YEAR, path, totals=totals, assumptions=assumptions, fraction=fraction, seed=seed
            )
            found = weighed(count_windows(path, YEAR, RULE, SETTINGS), SETTINGS.error_rate)
        for pattern in set(found.loc[found["is_found"], "pattern"]):
            named[pattern] += 1
    for pattern, count in named.items():
        yield pattern, count / years


def power(years: int, each: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """Give for each pattern and strength the share of years in which its branch is named."""
    for pattern in PATTERNS:
        for strength in STRENGTHS:
            windows = windows_of(years, each, seed, planted=pattern, strength=strength)
            found = chances_of_years(windows, years)[pattern]
            a_cut = len(BRANCHES) + (pattern not in BY_BRANCH)
            own = found[:, BRANCH::a_cut].min(axis=1)
            yield pattern, strength, float((own * found.shape[1] <= RATE).mean())


def main() -> None:
    """Read the options, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.patterns", description=__doc__)
    parser.add_argument("--years", type=int, default=1000)
    parser.add_argument("--each", type=int, default=3000, help="cases of a year without a pattern")
    parser.add_argument("--generated", type=int, default=200, help="years of the generator")
    parser.add_argument("--fraction", type=Fraction, default=Fraction(1, 200), help="their size")
    parser.add_argument("--planted", type=int, default=20, help="years with a planted pattern")
    parser.add_argument("--planted-each", type=int, default=150_000, help="cases of one")
    options = parser.parse_args()
    sizes = {options.each: options.years, options.planted_each // 3: options.years // 20}
    for each, years in sizes.items():
        print(f"{years} years of {each:,} cases", flush=True)
        for kind, pattern, both, exact in false_findings(years, each, 1):
            print(f"{kind}, {pattern}: {both:.4f} (exact test alone {exact:.4f})", flush=True)
    for pattern, strength, share in power(options.planted, options.planted_each, 2):
        print(f"planted {pattern}, strength {strength:g}: {share:.2f}", flush=True)
    for pattern, share in of_generator(options.generated, options.fraction):
        print(f"generator, {pattern}: {share:.4f}", flush=True)


if __name__ == "__main__":
    main()
