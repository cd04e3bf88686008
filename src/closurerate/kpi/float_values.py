"""A KPI for arrays of counts, in floats: what simulations need many of."""

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce

import numpy as np
import numpy.typing as npt
import sympy

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import (
    COUNT_NAMES,
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    Operation,
    measure,
)
from closurerate.kpi.value import in_counts

Floats = npt.NDArray[np.float64]


def float_values(
    version: KpiVersion, counts: Mapping[str, int | npt.NDArray[np.generic] | None]
) -> Floats:
    """Return the KPI (a plain ratio where its unit is percent) for arrays of counts.

    Args:
        counts: By name as in `kpi.counts.MEASURES`: whole numbers or arrays of them that broadcast;
            None where the data do not tell.

    Returns:
        numpy.ndarray of float64: In the arrays' common shape; nan where the KPI has no value, as
            its exact evaluation has none. Relative error below 1e-13 for a formula that adds
            numbers of one sign.
    """
    shape = np.broadcast_shapes(*(np.shape(item) for item in counts.values() if item is not None))
    given = {name: counts.get(measure(name)) for name in COUNT_NAMES}
    point = {
        name: np.asarray(np.nan if item is None else item, dtype=np.float64)
        for name, item in given.items()
    }
    with np.errstate(all="ignore"):
        values = np.asarray(_value(version.formula, version.indicators, point))
    values = np.where(np.isfinite(values), values, np.nan)
    return np.broadcast_to(values, shape).copy()


def _value(
    formula: Formula, indicators: Mapping[str, Formula], point: Mapping[str, Floats]
) -> Floats:
    """Return a formula as it is evaluated exactly: cancelled where it can be, else step by step."""
    cancelled = _cancelled(formula, tuple(sorted(indicators.items(), key=lambda item: item[0])))
    if cancelled is not None:
        return _finite(cancelled(*(point[name] for name in COUNT_NAMES)))
    names = {name: _value(written, {}, point) for name, written in indicators.items()}
    return _walked(formula.node, {**point, **names})


@lru_cache(maxsize=64)
def _cancelled(
    formula: Formula, indicators: tuple[tuple[str, Formula], ...]
) -> Callable[..., Floats] | None:
    """Return the cancelled formula in terms of `COUNT_NAMES`; None where it has a function."""
    try:
        expression = in_counts(formula, dict(indicators))
    except ZeroDivisionError:
        expression = sympy.nan
    if expression is None:
        return None
    compiled: Callable[..., Floats] = sympy.lambdify(COUNT_NAMES, expression, "numpy")
    return compiled


def _walked(node: Node, names: Mapping[str, Floats]) -> Floats:
    """Return a tree's value; what has none at any step has none in all."""
    match node:
        case Number(value=value):
            return np.asarray(float(value))
        case Name(name=name):
            return names[name]
        case Negative(node=inner):
            return -_walked(inner, names)
        case Call(function=function, arguments=arguments):
            return _finite(_CALLS[function]([_walked(item, names) for item in arguments]))
        case Operation(sign=sign, left=left, right=right):
            return _finite(_SIGNS[sign](_walked(left, names), _walked(right, names)))


def _finite(value: Floats) -> Floats:
    """Return nan in place of an infinity: a minimum would pass over it."""
    return np.where(np.isfinite(value), value, np.nan)


# Extremes of numpy keep a nan, as they must.
_CALLS: Mapping[str, Callable[[list[Floats]], Floats]] = {
    "sqrt": lambda arguments: np.sqrt(arguments[0]),
    "min": lambda arguments: reduce(np.minimum, arguments),
    "max": lambda arguments: reduce(np.maximum, arguments),
}
_SIGNS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
