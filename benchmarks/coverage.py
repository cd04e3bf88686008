"""How often the bounds of `closurerate evaluate` hold, on a year in which errors were planted.

Of the closed cases of a case file some are wrong by a known number: in what was recorded of them,
in whether they count as effective, in the amount paid. Samples are drawn as `closurerate sample`
draws them, and evaluated by the function behind `closurerate evaluate`; told is in how many draws
each bound reaches the truth. Run by `python -m benchmarks.coverage --cases FILE --year 107`.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from closurerate.audit import drawn_sample, sheet
from closurerate.audit.drawn_sample import SamplePlanned, shares_of
from closurerate.audit.sheet import CHECKED, what_was_found
from closurerate.cases.engine import opened
from closurerate.cases.vocabulary import DISPOSITIONS
from closurerate.kpi.definition import Definition, read_definition
from closurerate.kpi.effective import passing
from closurerate.records.paths import kpi_file

Ints = npt.NDArray[np.int64]
UNITS = "paid_amount_twd"
KINDS = ("wrong", "overstated", "understated")
SAMPLES = {"few errors": 0.003, "some errors": 0.02, "many errors": 0.08}
"""Share of cases that are wrong, by scenario."""
TAINTS = {
    "few, whole amounts": (0.005, 1.0, 1.0),
    "many, whole amounts": (0.04, 1.0, 1.0),
    "many, small parts": (0.05, 0.05, 0.4),
}
"""Share of paid amounts that are too high, and by what parts of them at the least and the most."""

_DRAWS_OF_ORDER = 25
"""How many samples of units are drawn from one random order of the cases, which takes long."""


@dataclass(frozen=True)
class Coverage:
    """In how many draws a bound reached the truth."""

    scenario: str
    bound: str
    confidence: Fraction
    draws: int
    covered: int

    def line(self) -> str:
        """Return it as a row of a Markdown table."""
        share = 100 * self.covered / self.draws
        stated = 100 * float(self.confidence)
        return f"| {self.scenario} | {self.bound} | {stated:g} | {self.draws:,} | {share:.1f} |"


@dataclass(frozen=True)
class PlantedYear:
    """Closed cases with what was recorded of them and what is true.

    Attributes:
        strata: Of each case, the stratum that it is drawn from.
        recorded, true: By the names of `CHECKED`; dispositions by their place in the contract.
    """

    planned: SamplePlanned
    strata: Ints
    recorded: dict[str, Ints]
    true: dict[str, Ints]

    def rows(self, places: Ints) -> list[dict[str, Any]]:
        """Return cases as they stand in a filled sheet."""
        names = [*CHECKED, *(f"found_{name}" for name in CHECKED)]
        parts = [self.recorded[name][places].tolist() for name in CHECKED]
        parts += [self.true[name][places].tolist() for name in CHECKED]
        for part in (parts[0], parts[len(CHECKED)]):
            part[:] = [DISPOSITIONS[place] for place in part]
        return [dict(zip(names, row, strict=True)) for row in zip(*parts, strict=True)]


def closed_year(cases: Path, year: int, definition: Definition) -> PlantedYear:
    """Return the closed cases of a file, none of them wrong yet."""
    with opened(cases) as table:
        rows = drawn_sample._closed(table, definition, year, 1)
        found = rows.select("stratum", "fate", "referred_amount_twd", UNITS).to_pyarrow()
    strata, fate, referred, paid = (column.to_numpy().astype(np.int64) for column in found.columns)
    recorded = {"disposition": fate, "referred_amount_twd": referred, UNITS: paid}
    is_effective = effective_cases(recorded, definition, year)
    planned = SamplePlanned(
        definition.id, year, 1, 1, "cases", "", True, int(is_effective.sum()), fate.size, fate.size
    )
    return PlantedYear(planned, strata, recorded, dict(recorded))


def effective_cases(
    cases: dict[str, Ints], definition: Definition, year: int
) -> npt.NDArray[np.bool_]:
    """Return which cases are effective by the rule in force."""
    rule = definition.in_force(year).rule
    is_full, is_part = (
        np.isin(cases["disposition"], [DISPOSITIONS.index(name) for name in names])
        for names in (rule.paid_in_full, rule.paid_in_part)
    )
    is_over = passing(cases["referred_amount_twd"], cases[UNITS], rule)
    found: npt.NDArray[np.bool_] = is_full | (is_part & is_over)
    return found


def planted(year: PlantedYear, share: float, rng: np.random.Generator) -> PlantedYear:
    """Return the year with so many wrong cases, more where they are near a ratio.

    A quarter each was unpaid, paid in full, or paid in part by another amount; of the rest only
    the referred amount is wrong.
    """
    weight = np.where(year.strata % 2 == 1, 4 * share, share)
    wrong = np.flatnonzero(rng.random(year.strata.size) < weight)
    unpaid, full, part, referred = np.array_split(rng.permutation(wrong), 4)
    true = {name: values.copy() for name, values in year.recorded.items()}
    true["disposition"][unpaid] = DISPOSITIONS.index("unpaid_certificate")
    true[UNITS][unpaid] = 0
    true["disposition"][full] = DISPOSITIONS.index("paid_in_full")
    true[UNITS][full] = true["referred_amount_twd"][full]
    true["disposition"][part] = DISPOSITIONS.index("part_certificate")
    true[UNITS][part] = (true["referred_amount_twd"][part] * rng.random(part.size)).astype(np.int64)
    true["referred_amount_twd"][referred] += 1
    return replace(year, true=true)


def attribute_coverage(
    year: PlantedYear, definition: Definition, scenario: str, size: int, draws: int, seed: int
) -> Iterator[Coverage]:
    """Give how often each bound of a stratified sample of cases holds, and that of E."""
    rng, roc_year = np.random.default_rng(seed), year.planned.year
    was, is_so = (
        effective_cases(part, definition, roc_year) for part in (year.recorded, year.true)
    )
    changed = np.any([year.recorded[name] != year.true[name] for name in CHECKED], axis=0)
    truth = {
        "wrong": int(changed.sum()),
        "overstated": int((was & ~is_so).sum()),
        "understated": int((is_so & ~was).sum()),
    }
    places = [np.flatnonzero(year.strata == kind) for kind in np.unique(year.strata)]
    shares = shares_of([own.size for own in places], size)
    planned = replace(year.planned, size=size)
    for confidence in (Fraction(9, 10), Fraction(19, 20)):
        covered = dict.fromkeys([*KINDS, "effective cases"], 0)
        for _ in range(draws):
            drawn = np.concatenate(
                [
                    own[rng.choice(own.size, share, replace=False, shuffle=False)]
                    for own, share in zip(places, shares, strict=True)
                ]
            )
            found = what_was_found(planned, year.rows(drawn), definition, confidence)
            for name in KINDS:
                covered[name] += found.bounds[name] * planned.closed >= truth[name]
            low, high = found.effective
            covered["effective cases"] += low <= int(is_so.sum()) <= high
        for name, count in covered.items():
            yield Coverage(scenario, name, confidence, draws, count)


def unit_coverage(
    year: PlantedYear,
    definition: Definition,
    scenario: str,
    size: int,
    draws: int,
    seed: int,
) -> Iterator[Coverage]:
    """Give how often the two bounds of a sample of monetary units hold."""
    rng, (share, least, most) = np.random.default_rng(seed), TAINTS[scenario]
    amounts = year.recorded[UNITS]
    part = np.where(rng.random(amounts.size) < share, rng.uniform(least, most, amounts.size), 0)
    true = amounts - (amounts * part).astype(np.int64)
    missing, total = int((amounts - true).sum()), int(amounts.sum())
    planted_year = replace(year, true={**year.true, UNITS: true})
    confidences = (Fraction(9, 10), Fraction(19, 20))
    covered = {(bound, one): 0 for one in confidences for bound in ("stringer", "cells")}
    planned = replace(year.planned, size=size, of=UNITS, total_twd=total)
    numbers, order = np.arange(amounts.size, dtype=np.uint64), np.arange(amounts.size)
    for draw in range(draws):
        if draw % _DRAWS_OF_ORDER == 0:
            # As by the cases' numbers; each number is then its own case's place.
            rng.shuffle(order)
            ordered = amounts[order]
        times, _ = drawn_sample._of_units(numbers, ordered, size, seed + draw)
        hit = order[np.fromiter(times, dtype=np.int64)]
        rows = [
            row | {"drawn": count}
            for row, count in zip(planted_year.rows(hit), times.values(), strict=True)
        ]
        for confidence in confidences:
            units = what_was_found(planned, rows, definition, confidence).units
            for bound in ("stringer", "cells"):
                covered[bound, confidence] += units[bound] >= missing
    for (bound, confidence), count in covered.items():
        yield Coverage(scenario, bound, confidence, draws, count)


def measured_coverage(
    cases: Path, year: int, *, size: int = 300, draws: int = 1000, unit_draws: int = 200
) -> Iterator[Coverage]:
    """Give the coverage of every bound in every scenario."""
    definition = read_definition(kpi_file("effective_closure_rate"), kpi_file)
    # The same few numbers of errors come again and again.
    sheet.upper_bound = lru_cache(maxsize=None)(sheet.upper_bound)
    clean = closed_year(cases, year, definition)
    for place, (scenario, share) in enumerate(SAMPLES.items()):
        wrong = planted(clean, share, np.random.default_rng(place))
        yield from attribute_coverage(wrong, definition, scenario, size, draws, place)
    for place, scenario in enumerate(TAINTS):
        yield from unit_coverage(clean, definition, scenario, size, unit_draws, place)


def main() -> None:
    """Read the options, measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--year", type=int, default=107, help="ROC year")
    parser.add_argument("--size", type=int, default=300, help="how many are drawn")
    parser.add_argument("--draws", type=int, default=1000, help="samples of cases")
    parser.add_argument("--unit-draws", type=int, default=200, help="samples of monetary units")
    options = parser.parse_args()
    print("| errors | bound | confidence, % | draws | held, % |\n| --- | --- | --- | --- | --- |")
    for one in measured_coverage(
        options.cases,
        options.year,
        size=options.size,
        draws=options.draws,
        unit_draws=options.unit_draws,
    ):
        print(one.line(), flush=True)


if __name__ == "__main__":
    main()
