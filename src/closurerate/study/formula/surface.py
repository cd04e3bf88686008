"""A KPI over a grid of I1 and I2, in floats, for drawing."""

import numpy as np

from closurerate.errors import InputError
from closurerate.kpi.combination import I1, I2, Combination
from closurerate.kpi.float_values import Floats, on_arrays


def surface(combination: Combination, first: Floats, second: Floats) -> Floats:
    """Return a KPI over a grid of I1 (columns) and I2 (rows), plain ratios over 0.

    The floats are accurate to about 1e-14 of the value, nan where it has none; InputError if the
    KPI is no function of I1 and I2.
    """
    if combination.expression is None:
        raise InputError(
            f"no surface over I1 and I2: the KPI is no function of them ({combination.reason})."
        )
    columns, rows = np.meshgrid(first, second)
    return on_arrays(combination.expression, {I1: columns, I2: rows})
