"""Patterns in the rows: planted ones are found, and nothing is named where there is nothing."""

from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks.planted_years import (
    FIRST,
    PLANTED,
    Columns,
    chances_of_years,
    drawn_rows,
    write_rows,
)

from closurerate.audit.rows.patterns import (
    PATTERNS,
    Patterns,
    exact_chance,
    holm,
    predicted_chance,
    weighed,
)
from closurerate.audit.rows.settings import read_patterns
from closurerate.audit.rows.windows import Window, count_windows
from closurerate.cases.vocabulary import BRANCHES
from closurerate.records.paths import data_folder
from kpi_samples import version_of

YEAR = 107
RULE = version_of().rule
SETTINGS = read_patterns(data_folder() / "audit.yml")
RATE = SETTINGS.error_rate
SEEDS = 200


def found_in(path: Path) -> pd.DataFrame:
    tests = weighed(count_windows(path, YEAR, RULE, SETTINGS), RATE)
    assert set(tests["pattern"]) == set(PATTERNS)
    return tests[tests["is_found"]]


@pytest.mark.parametrize("habit", [0, 0.2], ids=["smooth", "heaps"])
def test_nothing_is_named_where_there_is_nothing(
    tmp_path: Path, rng: np.random.Generator, habit: float
) -> None:
    """200 years at once: in how many anything of a pattern is named, against the error rate."""
    rows = drawn_rows(rng, SEEDS, 2000, habit=habit)
    windows = count_windows(write_rows(rows, tmp_path / "years.parquet"), YEAR, RULE, SETTINGS)
    found = chances_of_years(windows, SEEDS)
    assert set(found) == set(PATTERNS)
    for pattern, of_years in found.items():
        # The least of so many is adjusted by their number.
        named = (of_years.min(axis=1) * of_years.shape[1] <= float(RATE)).sum()
        assert named <= SEEDS * RATE, (pattern, named)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    rows = drawn_rows(np.random.default_rng(107), 1, 150_000)
    assert found_in(write_rows(rows, tmp_path_factory.mktemp("before") / "cases.parquet")).empty
    return rows


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_planted_is_found_and_nothing_else(
    original: Columns, tmp_path: Path, rng: np.random.Generator, pattern: str
) -> None:
    rows, branch = {name: column.copy() for name, column in original.items()}, 4
    PLANTED[pattern](rng, rows, branch, 1)
    found = found_in(write_rows(rows, tmp_path / "after.parquet"))
    assert set(found["pattern"]) == {pattern}
    assert f"0/{BRANCHES[branch]}" in set(found["branch"])
    assert set(found["branch"]) <= {f"0/{BRANCHES[branch]}", ""}


def test_heaps_on_every_round_number_need_the_second_test() -> None:
    """One cut-off more heaped than the sum of the others, and no more than some of them are."""
    inside, beside = np.array([260]), np.array([200])
    others = np.array([[150, 270, 190, 280, 200, 210]])
    around = np.full_like(others, 200)
    assert exact_chance(inside, beside, others.sum(axis=1), around.sum(axis=1))[0] < 0.05
    assert predicted_chance(inside, beside, others, around)[0] > 0.1


@pytest.mark.parametrize(
    "kept", ["nothing closed", "one case", "one branch", "one month", "no December"]
)
def test_a_poor_year_is_tested_as_far_as_it_goes(
    tmp_path: Path, rng: np.random.Generator, kept: str
) -> None:
    rows = drawn_rows(rng, 1, 2000)
    is_kept = {
        "nothing closed": np.arange(2000) < 5,
        "one case": np.arange(2000) == 7,
        "one branch": rows["branch"] == 3,
        "no December": rows["closed_on"] < FIRST + 334,
        "one month": rows["closed_on"] >= FIRST + 334,
    }[kept]
    rows = {name: column[is_kept] for name, column in rows.items()}
    if kept == "nothing closed":
        rows["closed_on"][:] += 4000
    windows = count_windows(write_rows(rows, tmp_path / "poor.parquet"), YEAR, RULE, SETTINGS)
    tests = weighed(windows, RATE)
    assert not tests["is_found"].any()
    assert tests["chance"].between(0, 1).all()
    assert set(windows["pattern"]) >= {"year_end"} or kept != "one month"


def test_no_window_is_no_test() -> None:
    nothing = pd.DataFrame(columns=list(Window._fields))
    assert Patterns(YEAR, nothing, SETTINGS).found.empty


# The parts, against a plain recount ----------------------------------------------------------
def test_the_exact_chance_is_that_of_all_tables_with_the_same_margins() -> None:
    for a, b, c, d in [(3, 1, 1, 3), (5, 0, 2, 9), (0, 4, 3, 3), (7, 2, 4, 8)]:
        whole, inside, own = a + b + c + d, a + c, a + b
        tables = range(a, min(inside, own) + 1)
        wanted = sum(comb(inside, k) * comb(whole - inside, own - k) for k in tables)
        found = exact_chance(*(np.array([count]) for count in (a, b, c, d)))[0]
        assert found == pytest.approx(wanted / comb(whole, own), rel=1e-12)


def test_holm_is_the_closed_test_of_bonferroni() -> None:
    """Adjusted so, a chance is the greatest of Bonferroni's over all sets that it is in."""
    chances = pd.Series([0.01, 0.04, 0.03, 0.005, 0.2])
    for place in chances.index:
        sets = [
            one for size in range(1, 6) for one in combinations(chances.index, size) if place in one
        ]
        wanted = max(min(1, len(one) * min(chances[list(one)])) for one in sets)
        assert holm(chances)[place] == pytest.approx(wanted)


def test_windows_are_those_of_a_case_at_a_time(tmp_path: Path, rng: np.random.Generator) -> None:
    rows = drawn_rows(rng, 1, 5_000)
    rows["referred_amount_twd"][:500] = rng.choice([200_000, 190_000, 210_000, 210_001], 500)
    # Shares in whole hundredths lie on the ends of a window too.
    rows["referred_amount_twd"][500:2000] = rng.integers(1, 1200, 1500) * 1000
    rows["paid_amount_twd"][500:2000] = (
        rows["referred_amount_twd"][500:2000] // 100 * rng.integers(10, 90, 1500)
    )
    windows = count_windows(write_rows(rows, tmp_path / "one.parquet"), YEAR, RULE, SETTINGS)
    cases = list(zip(*(rows[name].tolist() for name in (
        "branch", "disposition", "referred_amount_twd", "paid_amount_twd",
    )), strict=True))  # fmt: skip
    width = SETTINGS.repaid.width
    for one in windows[windows["pattern"] == "repaid"].itertuples():
        tier = next(tier for tier in RULE.tiers if tier.name == one.cut)
        shares = [
            Fraction(paid, referred) - one.at
            for branch, disposition, referred, paid in cases
            if disposition == 1 and f"0/{BRANCHES[branch]}" == one.branch
            and RULE.tier_of(referred) is tier
        ]  # fmt: skip
        assert one.inside == sum(0 < share <= width for share in shares)
        assert one.beside == sum(0 > share >= -width for share in shares)
    for one in windows[windows["pattern"] == "referred"].itertuples():
        over = [
            Fraction(referred, one.at) - 1
            for branch, _, referred, _ in cases
            if f"0/{BRANCHES[branch]}" == one.branch
        ]
        assert one.inside == sum(0 > share >= -SETTINGS.referred.width for share in over)
        assert one.beside == sum(0 < share <= SETTINGS.referred.width for share in over)
