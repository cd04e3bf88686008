"""A KPI over grids: over (I1, I2), and over (C, P) with all else held; floats, for drawing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from closurerate.errors import InputError
from closurerate.kpi.combination import I1, I2, C, Combination, P, count_expression
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import named

FloatGrid = npt.NDArray[np.float64]


def surface(combination: Combination, first: FloatGrid, second: FloatGrid) -> FloatGrid:
    """Return a KPI over a grid of I1 (columns) and I2 (rows).

    Parameters
    ----------
    combination
        A KPI that is a function of I1 and I2.
    first, second
        The grid's I1 and I2, plain ratios over 0.

    Returns
    -------
    array
        Floats, a plain ratio, of shape (len(second), len(first)), accurate to about 1e-14 of the
        value; nan where it has none.

    Raises
    ------
    InputError
        If the KPI is no function of I1 and I2.
    """
    if combination.expression is None:
        raise InputError(
            f"no surface over I1 and I2: the KPI is no function of them ({combination.reason})."
        )
    columns, rows = np.meshgrid(first, second)
    return on_arrays(combination.expression, {I1: columns, I2: rows})


def surface_in_counts(
    version: KpiVersion,
    counts: Mapping[str, int | None],
    closed: FloatGrid,
    pending: FloatGrid,
) -> FloatGrid:
    """Return a KPI over a grid of closed (columns) and pending cases (rows), all else held.

    Parameters
    ----------
    version
        The KPI as in force.
    counts
        What is held, as in `kpi.counts.MEASURES`; only what the formula uses besides C and P.
    closed, pending
        The grid, in cases.

    Returns
    -------
    array
        Floats as from `surface`, of shape (len(pending), len(closed)).

    Raises
    ------
    InputError
        If a count that the formula uses is not known.
    """
    expression = count_expression(version)
    if expression is None:
        raise InputError(f"no surface of {version.kpi}: {version.formula.text} divides by 0.")
    columns, rows = np.meshgrid(closed, pending)
    held = named(counts)
    arrays = {C: columns, P: rows}
    for symbol in expression.free_symbols - {C, P}:
        count = held.get(str(symbol))
        if count is None:
            raise InputError(f"no surface of {version.kpi}: the counts do not tell {symbol}.")
        arrays[symbol] = np.full_like(columns, float(count))
    return on_arrays(expression, arrays)


def on_arrays(expression: sympy.Expr, arrays: Mapping[sympy.Symbol, FloatGrid]) -> FloatGrid:
    """Return an expression's values for arrays of its symbols, nan where it has none.

    The tree is walked with numpy: no code is made of a formula.
    """
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        values = np.broadcast_to(np.asarray(_walked(expression, arrays), dtype=float), shape)
    return np.where(np.isfinite(values), values, np.nan)


def _walked(expression: sympy.Expr, arrays: Mapping[sympy.Symbol, FloatGrid]) -> Any:
    if expression.is_Symbol:
        return arrays[expression]
    if not expression.args:
        return float(expression)
    parts = [_walked(part, arrays) for part in expression.args]
    if isinstance(expression, sympy.Pow):
        return np.power(*parts)
    folded = {sympy.Add: np.add, sympy.Mul: np.multiply, sympy.Min: np.minimum}
    join = folded.get(type(expression), np.maximum)
    result = parts[0]
    for part in parts[1:]:
        result = join(result, part)
    return result
