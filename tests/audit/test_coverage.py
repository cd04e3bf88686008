"""The bounds of an evaluated sample reach the truth as often as they say, on planted years."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from benchmarks.coverage import (
    KINDS,
    SAMPLES,
    TAINTS,
    Coverage,
    attribute_coverage,
    closed_year,
    effective_cases,
    planted,
    unit_coverage,
)

from closurerate.audit import sheet
from closurerate.kpi.definition import read_definition
from closurerate.records.paths import kpi_file

YEAR, SIZE, DRAWS = 107, 150, 50
UNITS, UNIT_DRAWS = 50, 20
DEFINITION = read_definition(kpi_file("effective_closure_rate"), kpi_file)


def is_as_often(found: Coverage) -> bool:
    """Tell whether it held as often as said, but for three standard errors of so few draws."""
    stated = float(found.confidence)
    return found.covered >= found.draws * stated - 3 * (found.draws * stated * (1 - stated)) ** 0.5


@pytest.fixture(scope="module")
def year(panel_files: dict[int, Path]):
    return closed_year(panel_files[YEAR], YEAR, DEFINITION)


def test_a_year_has_the_errors_that_were_planted(year) -> None:
    wrong = planted(year, 0.05, np.random.default_rng(1))
    assert year.planned.closed == year.strata.size > 10_000
    assert year.planned.effective == effective_cases(year.recorded, DEFINITION, YEAR).sum()
    changed = np.any([wrong.true[name] != year.recorded[name] for name in year.true], axis=0)
    assert 0.02 < changed.mean() < 0.08
    row = wrong.rows(np.flatnonzero(changed)[:1])[0]
    assert any(row[name] != row[f"found_{name}"] for name in year.true)


@pytest.mark.parametrize("scenario", SAMPLES)
def test_bounds_of_cases(year, scenario: str) -> None:
    wrong = planted(year, SAMPLES[scenario], np.random.default_rng(2))
    found = list(attribute_coverage(wrong, DEFINITION, scenario, SIZE, DRAWS, 3))
    assert {one.bound for one in found} == {*KINDS, "effective cases"}
    assert [one for one in found if not is_as_often(one)] == []


@pytest.mark.parametrize("scenario", TAINTS)
def test_bounds_of_monetary_units(year, scenario: str) -> None:
    found = list(unit_coverage(year, DEFINITION, scenario, UNITS, UNIT_DRAWS, 4))
    assert len(found) == 4
    assert [one for one in found if not is_as_often(one)] == []


def test_a_bound_that_is_too_low_is_seen(year, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = planted(year, 0.08, np.random.default_rng(5))
    right = sheet.upper_bound
    monkeypatch.setattr(sheet, "upper_bound", lambda *given: Fraction(right(*given)) / 2)
    found = attribute_coverage(wrong, DEFINITION, "low", SIZE, DRAWS, 6)
    assert not all(is_as_often(one) for one in found if one.bound == "wrong")
