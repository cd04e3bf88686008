"""The KPI as a function of the effective cases alone, all other counts held."""

from fractions import Fraction
from functools import reduce

import numpy as np
import numpy.typing as npt
import sympy

from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import value_of
from closurerate.kpi.value import in_counts
from closurerate.quantity import Exact

Coefficients = tuple[int, ...]
"""Of a polynomial in E, from the highest power."""


def values_over_effective(
    version: KpiVersion, counts: Counts, effective: npt.NDArray[np.generic]
) -> tuple[list[Exact | None], npt.NDArray[np.intp]]:
    """Return the exact KPI for many numbers of effective cases, all other counts held.

    Returns:
        tuple: The value for each distinct number, ascending, None where the KPI has none; and where
            in them each entry's is.
    """
    distinct, places = np.unique(effective, return_inverse=True)
    polynomials = in_effective(version, counts)
    if polynomials is None:
        return [
            value_of(version, {**counts, "effective": int(item)}).value for item in distinct
        ], places
    above, below = polynomials
    divisors = [_at(below, int(item)) for item in distinct]
    return [
        Fraction(_at(above, int(item)), divisor) if divisor else None
        for item, divisor in zip(distinct, divisors, strict=True)
    ], places


def in_effective(version: KpiVersion, counts: Counts) -> tuple[Coefficients, Coefficients] | None:
    """Return the KPI as a quotient of two polynomials in E with whole coefficients.

    None where the formula has a root, a minimum or a maximum, divides by 0, or needs a count that
    is not known.
    """
    try:
        expression = in_counts(version.formula, version.indicators)
    except ZeroDivisionError:
        return None
    if expression is None:
        return None
    known = {"C": counts["closed"], "P": counts["pending"], **counts}
    names = {str(symbol) for symbol in expression.free_symbols} - {"E"}
    if any(known.get(name) is None for name in names):
        return None
    # Numerator and divisor by themselves: numbers put into the quotient would cancel in it, and
    # with them the places where it has no value.
    parts = [
        part.subs({name: known[name] for name in names}) for part in expression.as_numer_denom()
    ]
    if parts[1].is_zero:
        return None
    above, below = (sympy.Poly(part, sympy.Symbol("E")) for part in parts)
    scale = sympy.ilcm(*(item.q for item in (*above.all_coeffs(), *below.all_coeffs())))
    numerator, divisor = (
        tuple(int(item * scale) for item in part.all_coeffs()) for part in (above, below)
    )
    return numerator, divisor


def _at(coefficients: Coefficients, value: int) -> int:
    return reduce(lambda total, coefficient: total * value + coefficient, coefficients)
