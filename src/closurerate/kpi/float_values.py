"""A formula's values for arrays, in floats: what grids and simulations need many of."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import sympy

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import COUNT_NAMES, Formula, Name, Node, Number, measure
from closurerate.kpi.value import in_counts
from closurerate.kpi.walk import walked

Floats = npt.NDArray[np.float64]


def _in_turn(join: np.ufunc) -> Callable[..., Floats]:
    return lambda *parts: reduce(join, parts)


# Extremes of numpy keep a nan, as they must.
_STEPS: Mapping[str, Callable[..., Floats]] = {
    "+": _in_turn(np.add),
    "-": np.subtract,
    "*": _in_turn(np.multiply),
    "/": np.divide,
    "^": lambda base, exponent: base ** float(exponent),
    "negative": np.negative,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "min": _in_turn(np.minimum),
    "max": _in_turn(np.maximum),
}


def on_arrays(expression: sympy.Expr, arrays: Mapping[sympy.Symbol, Floats]) -> Floats:
    """Return an expression's values for arrays of its symbols, nan where it has none.

    The tree is walked with numpy: no code is made of a formula.
    """

    def known(part: sympy.Expr) -> Any:
        if part.is_Symbol:
            return arrays[part]
        return None if part.args else np.float64(part)

    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    with np.errstate(all="ignore"):
        return _finite(np.broadcast_to(walked(expression, known, _STEPS), shape))


def float_values(
    version: KpiVersion, counts: Mapping[str, int | npt.NDArray[np.generic] | None]
) -> Floats:
    """Return the KPI (a plain ratio where its unit is percent) for arrays of counts.

    The counts are whole numbers or arrays of them that broadcast, None where the data do not tell;
    the values nan where the exact evaluation has none. Their relative error is below 1e-13 for a
    formula that adds numbers of one sign.
    """
    given = {name: counts.get(measure(name)) for name in COUNT_NAMES}
    point = {
        name: np.asarray(np.nan if item is None else item, dtype=np.float64)
        for name, item in given.items()
    }
    with np.errstate(all="ignore"):
        values = _value(version.formula, version.indicators, point)
    shape = np.broadcast_shapes(*(np.shape(item) for item in counts.values() if item is not None))
    return np.broadcast_to(values, shape).copy()


def _value(
    formula: Formula, indicators: Mapping[str, Formula], point: Mapping[str, Floats]
) -> Floats:
    """Return a formula as it is evaluated exactly: cancelled where it can be, else step by step."""
    try:
        cancelled = in_counts(formula, indicators)
    except ZeroDivisionError:
        return np.asarray(np.nan)
    if cancelled is not None:
        return on_arrays(cancelled, {sympy.Symbol(name): item for name, item in point.items()})
    names = {name: _value(written, {}, point) for name, written in indicators.items()}
    return _as_written(formula.node, {**point, **names})


def _as_written(node: Node, names: Mapping[str, Floats]) -> Floats:
    """Return a tree's value; what has none at any step has none in all."""

    def known(part: Node) -> Any:
        match part:
            case Number(value=value):
                return np.float64(value)
            case Name(name=name):
                return names[name]
        return None

    return walked(node, known, _STRICT)


def _finite(value: Floats) -> Floats:
    """Return nan in place of an infinity: a minimum would pass over it."""
    return np.where(np.isfinite(value), value, np.nan)


def _strict(step: Callable[..., Floats]) -> Callable[..., Floats]:
    return lambda *parts: _finite(step(*parts))


_STRICT = {sign: _strict(step) for sign, step in _STEPS.items()}
