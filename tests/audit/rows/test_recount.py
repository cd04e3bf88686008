"""The KPI counted a second time: by SQL in every cell, and by plain Python on random extracts."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from closurerate.audit.rows import recount as module
from closurerate.audit.rows.recount import ALL, recount, recount_sql
from closurerate.errors import InputError
from closurerate.kpi.counts import CASE_MEASURES, count_cases
from kpi_samples import version_of
from recount_samples import plain_count, random_cases, write_csv

YEAR = 107


@pytest.mark.parametrize("year", [106, 107])
def test_both_agree_in_every_cell_of_the_synthetic_years(
    panel_files: dict[int, Path], year: int
) -> None:
    found = recount(panel_files[year], year)
    assert not found.differing
    assert found.cells > 100
    of_nation = {one.measure: one for one in found.compared if one.cell == (ALL, ALL, ALL)}
    counted = count_cases(panel_files[year], year, version_of().rule)
    for name in CASE_MEASURES:
        assert of_nation[name].recounted == counted[name].sum()
    effective, closed, pending = (
        of_nation[name].recounted for name in ("effective", "closed", "pending")
    )
    i1, i2 = Fraction(int(effective), int(closed)), Fraction(int(effective), int(pending))
    assert of_nation["rate_106"].recounted == pytest.approx(float(100 * i1))
    measure = (i1**2 * i2 + i1 * i2**2) / (i1**2 + i2**2)
    assert of_nation["rate_107"].recounted == pytest.approx(float(100 * measure))


@pytest.mark.parametrize("seed", range(3))
def test_all_three_agree_on_random_extracts(
    case_file: Callable[..., Path], tmp_path: Path, seed: int
) -> None:
    rows = random_cases(np.random.default_rng(seed), 3000)
    plain = plain_count(write_csv(rows, tmp_path / "cases.csv"))
    found = recount(case_file(rows), YEAR)
    assert not found.differing
    cells = {one.cell for one in found.compared if ALL not in one.cell}
    assert cells == set(plain)
    for one in found.compared:
        if one.cell in plain and one.measure in CASE_MEASURES:
            assert one.counted == one.recounted == plain[one.cell][one.measure], one


@pytest.mark.parametrize(
    ("right", "wrong", "measures"),
    [
        ("> referred_amount_twd * 0.5", ">= referred_amount_twd * 0.5", {"effective"}),
        ("referred_amount_twd * 0.75", "referred_amount_twd * 0.74", {"effective"}),
        ("'part_withdrawn', ", "", {"effective"}),
        ("closed_on > last_day", "closed_on >= last_day", {"effective"}),
        ("referred_on >= first_day THEN", "referred_on > first_day THEN", {"new"}),
        ("referred_on < first_day AND", "", {"reopened"}),
    ],
)
def test_a_rule_that_differs_is_found(
    case_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    right: str,
    wrong: str,
    measures: set[str],
) -> None:
    path = case_file(random_cases(np.random.default_rng(1), 4000))
    text = recount_sql(YEAR)
    assert text.count(right) >= 1
    monkeypatch.setattr(module, "recount_sql", lambda _: text.replace(right, wrong))
    differing = recount(path, YEAR).differing
    named = {one.measure for one in differing if not one.measure.startswith("rate")}
    assert named == measures


def test_a_file_without_reopened_cases_is_compared_without_them(
    case_file: Callable[..., Path],
) -> None:
    rows = random_cases(np.random.default_rng(2), 300)
    found = recount(case_file(rows, drop=("reopened_on",)), YEAR)
    assert not found.differing
    assert "reopened" not in {one.measure for one in found.compared}


def test_counts_at_hand_are_held_against_the_rows(panel_files: dict[int, Path]) -> None:
    rule = version_of().rule
    counts = count_cases(panel_files[YEAR], YEAR, rule)
    counts.loc[0, "pending"] += 1
    found = recount(panel_files[YEAR], YEAR, {rule: counts})
    cells = {one.cell for one in found.differing if one.measure == "pending"}
    first = tuple(counts.loc[0, ["branch", "category", "tier"]])
    assert cells == {first, (first[0], ALL, ALL), (ALL, ALL, ALL)}


def test_another_year_has_its_own_days() -> None:
    assert "DATE '2017-01-01' AS first_day, DATE '2017-12-31' AS last_day" in recount_sql(106)
    assert "2018" not in recount_sql(106)


def test_a_year_without_a_case_is_refused(case_file: Callable[..., Path]) -> None:
    path = case_file(random_cases(np.random.default_rng(3), 5))
    with pytest.raises(InputError, match="no case was open in year 90"):
        recount(path, 90)
