"""The KPI over the effective cases alone equals its evaluation one by one."""

from fractions import Fraction

import numpy as np
import pytest

from closurerate.kpi.effective_value import in_effective, values_over_effective
from closurerate.kpi.evaluate import evaluate
from kpi_samples import OF_107, kpi_ids, version_of


@pytest.mark.parametrize("kpi", kpi_ids())
@pytest.mark.parametrize("counts", [OF_107, {**OF_107, "pending": 0}, {**OF_107, "closed": 0}])
def test_equal_to_the_evaluation(kpi, counts):
    version = version_of(kpi)
    effective = np.array([5, 0, 3_286_050, 5])
    values, places = values_over_effective(version, counts, effective)
    for number, place in zip(effective, places, strict=True):
        expected = evaluate(version, {**counts, "effective": int(number)}, None).value.value
        assert values[place] == expected


def test_of_the_official_kpi_it_is_a_straight_line():
    above, below = in_effective(version_of(), OF_107)
    closed, pending = OF_107["closed"], OF_107["pending"]
    slope = Fraction(closed + pending, closed**2 + pending**2)
    assert [Fraction(item, below[0]) for item in above] == [slope, 0]
    assert len(below) == 1


def test_there_is_none_for_a_root_or_an_unknown_count():
    assert in_effective(version_of("geometric_mean"), OF_107) is None
    assert in_effective(version_of("clearance_rate"), {**OF_107, "new": None}) is None
    assert in_effective(version_of(), {**OF_107, "closed": 0, "pending": 0}) is None
