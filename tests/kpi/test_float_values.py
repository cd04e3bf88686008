"""A KPI in floats: near the exact value, and missing where that is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.kpi.counts import MEASURES
from closurerate.kpi.evaluate import evaluate
from closurerate.kpi.float_values import float_values
from kpi_samples import KPIS, of_formula, version_of

COUNTS = st.sampled_from([0, 1, 7, 3_286_050, 10_030_793, 7_663_741]) | st.integers(0, 10**8)
FORMULAS = [
    *KPIS, "sqrt(I1^2 + I2^2)", "max(I1, I2) - min(I1, I2)", "E / (C - C)", "min(E / new, I1)",
    "(I1 + 1) / (I2 + 1)", "3",
]  # fmt: skip


@pytest.mark.parametrize("kpi", FORMULAS)
@settings(deadline=None, max_examples=12)
@given(effective=COUNTS, closed=COUNTS, pending=COUNTS, new=COUNTS | st.none())
def test_floats_are_near_the_exact_value_and_missing_where_it_is(
    kpi: str, effective: int, closed: int, pending: int, new: int | None
) -> None:
    made = version_of(kpi) if kpi in KPIS else of_formula(kpi)
    given_counts = dict.fromkeys(MEASURES) | {
        "effective": effective, "closed": closed, "pending": pending, "new": new,
    }  # fmt: skip
    exact = evaluate(made, given_counts, None).value.value
    arrays = {**given_counts, "effective": np.array([effective, effective])}
    found = float_values(made, arrays)
    assert found.shape == (2,)
    if exact is None:
        assert np.isnan(found).all()
    else:
        size = max(abs(float(exact)), 1e-9 if "-" in kpi else 0)
        assert abs(found[0] - float(exact)) <= 1e-13 * max(size, 1e-300) or (
            "-" in kpi and abs(found[0] - float(exact)) < 1e-9
        )
