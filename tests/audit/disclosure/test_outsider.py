"""What can be found out of released counts, held against every table that there could be."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import combinations, product
from random import Random

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from closurerate.audit.disclosure.cube import Count, Cube, few
from closurerate.audit.disclosure.outsider import Outsider
from closurerate.audit.disclosure.withholding import withheld
from closurerate.kpi.counts import KEYS, MEASURES, ordered
from closurerate.kpi.definition import read_definition
from closurerate.kpi.effective import EffectiveRule
from closurerate.records.paths import kpi_file

BRANCHES, CATEGORIES = ("臺北", "新北", "桃園"), ("財稅", "罰鍰")
LEAST = 3


@pytest.fixture(scope="module")
def rule() -> EffectiveRule:
    return read_definition(kpi_file("effective_closure_rate"), kpi_file).in_force(107).rule


def cube_of(cells: Sequence[int], rule: EffectiveRule) -> Cube:
    """Return a cube of so many cases closed with a certificate, by branch and category."""
    rows = [
        dict(zip(KEYS, (branch, category, "ordinary", "unpaid_certificate"), strict=True))
        | dict.fromkeys(MEASURES, 0)
        | {"closed": cases, "reopened": None}
        for (branch, category), cases in zip(product(BRANCHES, CATEGORIES), cells, strict=True)
    ]
    return Cube(ordered(pd.DataFrame(rows), rule), rule, {})


def closed(**where: str) -> Count:
    return Count("closed", tuple(where.items()))


ALL = [
    closed(),
    *(closed(branch=branch) for branch in BRANCHES),
    *(closed(category=category) for category in CATEGORIES),
    *(closed(branch=branch, category=category) for branch in BRANCHES for category in CATEGORIES),
]


PLACES = list(product(BRANCHES, CATEGORIES))
SUMS = np.array([[set(count.where) <= set(zip(("branch", "category"), place, strict=True))
                  for place in PLACES] for count in ALL], dtype=int)  # fmt: skip


@cache
def tables(total: int, parts: int = len(PLACES)) -> npt.NDArray[np.int64]:
    """Return each way in which a total can be divided."""
    if parts == 1:
        return np.array([[total]])
    rests = [(first, tables(total - first, parts - 1)) for first in range(total + 1)]
    return np.vstack([np.insert(rest, 0, first, axis=1) for first, rest in rests])


def ranges(cells: Sequence[int], told: Sequence[Count]) -> tuple[list[int], list[int]]:
    """Return the least and most that each of `ALL` can be, by going through all tables."""
    sums = tables(sum(cells)) @ SUMS.T
    is_told = [count in told for count in ALL]
    possible = sums[(sums[:, is_told] == (SUMS @ cells)[is_told]).all(axis=1)]
    return possible.min(axis=0).tolist(), possible.max(axis=0).tolist()


def random_cells(random: Random) -> list[int]:
    return [random.choice((0, 1, 2, 4)) for _ in range(6)]


@pytest.mark.parametrize("seed", range(12))
def test_just_what_no_table_denies_is_possible(seed: int, rule: EffectiveRule) -> None:
    random = Random(seed)
    cells = random_cells(random)
    told = [closed(), *random.sample(ALL[1:], random.randint(0, 8))]
    lows, highs = ranges(cells, told)
    values = dict(zip(ALL, (SUMS @ cells).tolist(), strict=True))
    protected = [count for count in ALL if 0 < values[count] < LEAST]
    found = {one.of for one in Outsider(cube_of(cells, rule), told).narrowed(protected, LEAST)}
    near = {
        count
        for count, low, high in zip(ALL, lows, highs, strict=True)
        if low > 1 or high < LEAST - 1
    }
    assert found == near & set(protected)


@pytest.mark.parametrize("seed", range(4))
def test_the_least_is_withheld_that_protects(seed: int, rule: EffectiveRule) -> None:
    random = Random(seed)
    cells = random_cells(random)
    cells[0] += 3 * LEAST
    shown = ALL[:6] if seed % 2 else [closed(), *ALL[6:]]
    values = dict(zip(ALL, (SUMS @ cells).tolist(), strict=True))
    protected = [count for count in shown if 0 < values[count] < LEAST]

    def loss(hidden: Iterable[Count]) -> float:
        counts = list(hidden)
        total = sum(values[count] for count in shown) + 1
        rates = {count.where for count in counts}
        return sum(1 + values[count] / total for count in counts) + 3 * len(rates)

    def is_safe(hidden: Collection[Count]) -> bool:
        lows, highs = ranges(cells, [count for count in shown if count not in hidden])
        ends = dict(zip(ALL, zip(lows, highs, strict=True), strict=True))
        return all(ends[one][0] <= 1 and ends[one][1] >= LEAST - 1 for one in protected)

    chosen = {shown[place] for place in withheld(cube_of(cells, rule), shown, protected, LEAST)}
    assert is_safe(chosen)
    assert set(protected) <= chosen
    for size in range(len(shown)):
        for others in combinations(shown[1:], size):
            assert loss(others) > loss(chosen) - 1e-9 or not is_safe(others)


def test_without_the_others_withheld_a_total_gives_a_count_away(rule: EffectiveRule) -> None:
    cube = cube_of([2, 20, 30, 40, 50, 60], rule)
    shown = [closed(), closed(branch="臺北"), closed(category="財稅"), *ALL[6:]]
    protected = list(few(cube, LEAST))
    few_alone = frozenset([shown.index(closed(branch="臺北", category="財稅"))])
    (found,) = {
        (one.low, one.high) for one in Outsider(cube, shown, few_alone).narrowed(protected, LEAST)
    }
    assert found == (2, 2)
    assert len(withheld(cube, shown, protected, LEAST)) > 1
