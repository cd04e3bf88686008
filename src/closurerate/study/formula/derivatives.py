"""Derivatives and elasticities of a KPI at given counts, exact: in I1, I2 and in the counts.

A slope is found by carrying a value and its rate of change through the expression together
(forward differentiation). At a kink of a minimum or maximum the rates to the two sides differ, and
both are given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial, reduce

import sympy

from closurerate.kpi.combination import COUNTS, I1, I2, count_expression, in_indicators
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import Evaluation, named
from closurerate.kpi.formula import measure
from closurerate.kpi.value import Value, count_value, evaluate_formula, exact_value, rational
from closurerate.kpi.walk import walked

NOT_OVER_NOUGHT = "the KPI is not over 0"
"""Why there is no elasticity: a percentage of such a value would rise where the value falls."""
_INDICATORS = (("I1", "C"), ("I2", "P"))
"""Each indicator with what the effective cases are divided by."""

_Rate = tuple[sympy.Expr, sympy.Expr]
"""A value and its rate of change."""


@dataclass(frozen=True)
class Derivative:
    """How a KPI responds to one of its variables (`I1`, `I2` or a count), all others held.

    Args:
        slope: Change of the KPI (a plain ratio where it is in percent) for one more of it.
        slope_below: The same for one less, as a change for one more; it differs at a kink.
        elasticity, elasticity_below: Percent of the KPI for one percent of the variable: slope · at
            / KPI.
    """

    variable: str
    at: Value
    slope: Value
    slope_below: Value
    elasticity: Value
    elasticity_below: Value

    @property
    def is_kink(self) -> bool:
        """Whether the response to more differs from the response to less."""
        return self.slope.value != self.slope_below.value


def derivatives(version: KpiVersion, counts: Counts) -> tuple[Derivative, ...]:
    """Return the derivatives of a KPI at given counts.

    They are in I1 and I2 where the KPI is a function of them, then in every count that it uses:
    exact `Fraction`, or `Decimal` of 30 digits where irrational. Where the KPI has no value or no
    finite slope they have none, with the reason.
    """
    names = named(counts)
    return _in_indicators(version, names) + _in_counts(version, names)


def derivatives_by_group(
    version: KpiVersion, evaluations: list[Evaluation]
) -> dict[str | None, tuple[Derivative, ...]]:
    """Return the derivatives in each group that `kpi.evaluate.evaluate_groups` gave, by name."""
    return {row.by: derivatives(version, row.counts) for row in evaluations}


def _in_indicators(version: KpiVersion, names: Mapping[str, int | None]) -> tuple[Derivative, ...]:
    expression = in_indicators(version).expression
    if expression is None:
        return ()
    at = {name: _indicator(name, whole, names) for name, whole in _INDICATORS}
    lacking = [item for item in at.values() if item.value is None]
    if lacking:
        return tuple(_without(name, item, lacking[0]) for name, item in at.items())
    point = {symbol: rational(at[str(symbol)].value or 0) for symbol in (I1, I2)}
    return tuple(_derivative(expression, symbol, point) for symbol in (I1, I2))


def _indicator(name: str, whole: str, names: Mapping[str, int | None]) -> Value:
    effective, cases = names["E"], names[whole]
    if effective is None or cases is None:
        return Value(None, f"the case data do not tell {name}")
    if cases == 0:
        return Value(None, f"{name} has no value: there are no {measure(whole)} cases")
    return Value(Fraction(effective, cases))


def _in_counts(version: KpiVersion, names: Mapping[str, int | None]) -> tuple[Derivative, ...]:
    expression = count_expression(version)
    if expression is None:
        return ()
    symbols = [symbol for symbol in COUNTS.values() if expression.has(symbol)]
    value = evaluate_formula(version.formula, version.indicators, names)
    if value.value is None:
        used = [str(symbol) for symbol in symbols]
        return tuple(_without(name, count_value(name, names), value) for name in used)
    point = {symbol: sympy.Integer(names[str(symbol)]) for symbol in symbols}
    return tuple(_derivative(expression, symbol, point) for symbol in symbols)


def _without(name: str, at: Value, because: Value) -> Derivative:
    none = Value(None, because.reason)
    return Derivative(name, at, none, none, none, none)


def _derivative(
    expression: sympy.Expr, symbol: sympy.Symbol, point: Mapping[sympy.Symbol, sympy.Expr]
) -> Derivative:
    at = point[symbol]
    try:
        value, above = one_sided_slope(expression, point, {symbol: sympy.Integer(1)})
        below = -one_sided_slope(expression, point, {symbol: sympy.Integer(-1)})[1]
    except ZeroDivisionError:
        return _without(str(symbol), exact_value(at), Value(None, "it has no finite slope here"))
    return Derivative(
        variable=str(symbol),
        at=exact_value(at),
        slope=exact_value(above),
        slope_below=exact_value(below),
        elasticity=_share(above * at, value),
        elasticity_below=_share(below * at, value),
    )


def _share(part: sympy.Expr, value: sympy.Expr) -> Value:
    if _is_nought(value) or value < 0:
        return Value(None, NOT_OVER_NOUGHT)
    return exact_value(part / value)


def one_sided_slope(
    expression: sympy.Expr,
    point: Mapping[sympy.Symbol, sympy.Expr],
    direction: Mapping[sympy.Symbol, sympy.Expr],
) -> tuple[sympy.Expr, sympy.Expr]:
    """Return an expression's exact value at a point and its one-sided rate of change.

    Args:
        point, direction: Exact numbers by symbol; a symbol without direction is held.

    Raises:
        ZeroDivisionError: If it divides by 0 or takes the root of a negative number, and where the
            slope is that of a root at 0, which is not finite.
    """

    def known(part: sympy.Expr) -> _Rate | None:
        if part.is_Symbol:
            return point[part], direction.get(part, sympy.S.Zero)
        return None if part.args else (part, sympy.S.Zero)

    return walked(expression, known, _RATES)


def _sum(*parts: _Rate) -> _Rate:
    values, rates = zip(*parts, strict=True)
    return sympy.Add(*values), sympy.Add(*rates)


def _product(one: _Rate, two: _Rate) -> _Rate:
    return one[0] * two[0], one[1] * two[0] + one[0] * two[1]


def _power(part: _Rate, exponent: Fraction) -> _Rate:
    (base, rate), power = part, rational(exponent)
    if power < 1 and _is_nought(base):
        raise ZeroDivisionError
    if not power.is_Integer and sympy.N(base) < 0:
        raise ZeroDivisionError
    return base**power, power * base ** (power - 1) * rate


def _extreme(sign: int, *parts: _Rate) -> _Rate:
    """Return the least part (sign −1: the greatest); of equals the one that most goes that way."""
    best = parts[0]
    for part in parts[1:]:
        difference = sign * (part[0] - best[0])
        rates = sign * (part[1] - best[1])
        if (_is_nought(rates) or rates < 0) if _is_nought(difference) else difference < 0:
            best = part
    return best


def _is_nought(number: sympy.Expr) -> bool:
    return bool(sympy.simplify(number) == 0) if not number.is_Rational else bool(number == 0)


_RATES: Mapping[str, Callable[..., _Rate]] = {
    "+": _sum,
    "*": lambda *parts: reduce(_product, parts),
    "^": _power,
    "min": partial(_extreme, 1),
    "max": partial(_extreme, -1),
}
