"""The KPI over the effective cases alone equals its evaluation one by one."""

from fractions import Fraction

import numpy as np
import pytest
from engine_samples import version_of

from closurerate.kpi.definition import read_definition
from closurerate.kpi.evaluate import evaluate
from closurerate.paths import kpi_file, kpi_ids
from closurerate.study.effective_value import in_effective, values_over_effective

NATION = {"effective": 3_286_050, "closed": 10_030_793, "pending": 7_663_741, "new": 10_214_937}


@pytest.mark.parametrize("kpi", kpi_ids())
@pytest.mark.parametrize("counts", [NATION, {**NATION, "pending": 0}, {**NATION, "closed": 0}])
def test_equal_to_the_evaluation(kpi, counts):
    version = read_definition(kpi_file(kpi), kpi_file).in_force(107)
    effective = np.array([5, 0, 3_286_050, 5])
    values, places = values_over_effective(version, counts, effective)
    for number, place in zip(effective, places, strict=True):
        expected = evaluate(version, {**counts, "effective": int(number)}, None).value.value
        assert values[place] == expected


def test_of_the_official_kpi_it_is_a_straight_line():
    above, below = in_effective(version_of(), NATION)
    closed, pending = NATION["closed"], NATION["pending"]
    slope = Fraction(closed + pending, closed**2 + pending**2)
    assert [Fraction(item, below[0]) for item in above] == [slope, 0]
    assert len(below) == 1


def test_there_is_none_for_a_root_or_an_unknown_count():
    assert in_effective(version_of("geometric_mean"), NATION) is None
    assert in_effective(version_of("clearance_rate"), {**NATION, "new": None}) is None
    assert in_effective(version_of(), {**NATION, "closed": 0, "pending": 0}) is None
