"""Derivatives and elasticities of a KPI at given counts, exact: in I1, I2 and in the counts.

A slope is found by carrying a value and its rate of change through the expression together
(forward differentiation). At a kink of a minimum or maximum the rates to the two sides differ, and
both are given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

import sympy

from closurerate.kpi.combination import COUNTS, I1, I2, count_expression, in_indicators
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import Evaluation, named
from closurerate.kpi.formula import measure
from closurerate.kpi.value import IRRATIONAL_DIGITS, Value, evaluate_formula
from closurerate.quantity import Exact

NOT_OVER_NOUGHT = "the KPI is not over 0"
"""Why there is no elasticity: a percentage of such a value would rise where the value falls."""
_INDICATORS = (("I1", "C"), ("I2", "P"))
"""Each indicator with what the effective cases are divided by."""


@dataclass(frozen=True)
class Derivative:
    """How a KPI responds to one of its variables, all others held.

    Args:
        variable: `I1`, `I2`, or the name of a count.
        at: The variable's value.
        slope: Change of the KPI (a plain ratio where it is in percent) for one more of the
            variable.
        slope_below: The same for one less, as a change for one more; it differs from `slope` at a
            kink.
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


def derivatives(version: KpiVersion, counts: Mapping[str, int | None]) -> tuple[Derivative, ...]:
    """Return the derivatives of a KPI at given counts.

    Args:
        counts: As in `kpi.counts.MEASURES`.

    Returns:
        tuple of Derivative: In I1 and I2 where the KPI is a function of them, then in every count
            that it uses: exact `Fraction`, or `Decimal` of 30 digits where irrational. Where the
            KPI has no value or no finite slope they have none, with the reason.
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
    point = {symbol: _exact(at[str(symbol)].value) for symbol in (I1, I2)}
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
        return tuple(_without(str(symbol), _count(names, str(symbol)), value) for symbol in symbols)
    point = {symbol: sympy.Integer(names[str(symbol)]) for symbol in symbols}
    return tuple(_derivative(expression, symbol, point) for symbol in symbols)


def _count(names: Mapping[str, int | None], name: str) -> Value:
    count = names.get(name)
    return Value(None, f"the case data do not tell {name}") if count is None else Value(count)


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
        return _without(str(symbol), _number(at), Value(None, "it has no finite slope here"))
    return Derivative(
        variable=str(symbol),
        at=_number(at),
        slope=_number(above),
        slope_below=_number(below),
        elasticity=_share(above * at, value),
        elasticity_below=_share(below * at, value),
    )


def _share(part: sympy.Expr, value: sympy.Expr) -> Value:
    if _is_nought(value) or value < 0:
        return Value(None, NOT_OVER_NOUGHT)
    return _number(part / value)


def one_sided_slope(
    expression: sympy.Expr,
    point: Mapping[sympy.Symbol, sympy.Expr],
    direction: Mapping[sympy.Symbol, sympy.Expr],
) -> tuple[sympy.Expr, sympy.Expr]:
    """Return an expression's value at a point and its one-sided rate of change in a direction.

    Args:
        expression: In the symbols of `point`, made of sums, products, powers, minima and maxima.
        point, direction: Exact numbers by symbol; a symbol without direction is held.

    Returns:
        tuple: Both exact.

    Raises:
        ZeroDivisionError: If it divides by 0 or takes the root of a negative number, and where the
            slope is that of a root at 0, which is not finite.
    """
    if expression.is_Symbol:
        return point[expression], direction.get(expression, sympy.Integer(0))
    if not expression.args:
        return expression, sympy.Integer(0)
    parts = [one_sided_slope(part, point, direction) for part in expression.args]
    if isinstance(expression, sympy.Add):
        return sympy.Add(*(part[0] for part in parts)), sympy.Add(*(part[1] for part in parts))
    if isinstance(expression, sympy.Mul):
        return _product(parts)
    if isinstance(expression, sympy.Pow):
        (base, rate), (exponent, _) = parts
        if exponent < 1 and _is_nought(base):
            raise ZeroDivisionError
        if not exponent.is_Integer and sympy.N(base) < 0:
            raise ZeroDivisionError
        return base**exponent, exponent * base ** (exponent - 1) * rate
    return _extreme(parts, is_least=isinstance(expression, sympy.Min))


def _product(parts: list[tuple[sympy.Expr, sympy.Expr]]) -> tuple[sympy.Expr, sympy.Expr]:
    value, rate = parts[0]
    for other_value, other_rate in parts[1:]:
        value, rate = value * other_value, rate * other_value + value * other_rate
    return value, rate


def _extreme(
    parts: list[tuple[sympy.Expr, sympy.Expr]], *, is_least: bool
) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the least (or greatest) part; among equals the one that changes most that way."""
    sign = 1 if is_least else -1
    best = parts[0]
    for part in parts[1:]:
        difference = sign * (part[0] - best[0])
        rates = sign * (part[1] - best[1])
        if (_is_nought(rates) or rates < 0) if _is_nought(difference) else difference < 0:
            best = part
    return best


def _is_nought(number: sympy.Expr) -> bool:
    return bool(sympy.simplify(number) == 0) if not number.is_Rational else bool(number == 0)


def _exact(value: Exact | None) -> sympy.Expr:
    return sympy.Rational(*Fraction(value or 0).as_integer_ratio())


def _number(number: sympy.Expr) -> Value:
    """Return an exact number as a value: a fraction, or a decimal of 30 digits."""
    expanded = sympy.expand(number)
    if expanded.is_Rational:
        return Value(Fraction(int(expanded.p), int(expanded.q)))
    digits = sympy.N(expanded, 2 * IRRATIONAL_DIGITS)
    return Value(Context(prec=IRRATIONAL_DIGITS).create_decimal(Decimal(str(digits))))
