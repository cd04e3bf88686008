"""Two KPIs under the same thresholds: how each answers, and when they must answer alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.formula import Call, Name, Negative, Node, Number, Operation
from closurerate.kpi.value import Value
from closurerate.quantity import Exact
from closurerate.study.parameters import Parameter
from closurerate.study.sensitivity import End, tornado
from closurerate.study.thresholds import ThresholdIndex


def degree_in_effective(version: KpiVersion) -> Fraction | None:
    """Return d where the KPI is E to the power d times a factor without E, proved by its form.

    A threshold reaches a KPI through E alone, so of two KPIs of the same degree each changes by
    the same percentage, whatever else they hold: (E'/E)^d − 1. Degree 0 means that no threshold
    moves it.

    Returns
    -------
    Fraction or None
        None where the form does not show it: a sum of terms of different degrees.
    """
    degrees = {name: _degree(indicator.node, {}) for name, indicator in version.indicators.items()}
    return _degree(version.formula.node, degrees)


def _degree(node: Node, names: Mapping[str, Fraction | None]) -> Fraction | None:
    match node:
        case Number():
            return Fraction(0)
        case Name(name=name):
            return names[name] if name in names else Fraction(name == "E")
        case Negative(node=inner):
            return _degree(inner, names)
        case Call(function="sqrt", arguments=(inner,)):
            degree = _degree(inner, names)
            return None if degree is None else degree / 2
        case Call(arguments=arguments):
            return _common([_degree(item, names) for item in arguments])
        case Operation(sign="^", left=left, right=right):
            base, exponent = _degree(left, names), _exponent(right)
            return None if base is None else base * exponent
        case Operation(sign=sign, left=left, right=right):
            first, second = _degree(left, names), _degree(right, names)
            if sign in "+-":
                return _common([first, second])
            if first is None or second is None:
                return None
            return first + second if sign == "*" else first - second


def _common(degrees: Sequence[Fraction | None]) -> Fraction | None:
    return degrees[0] if len(set(degrees)) == 1 else None


def _exponent(node: Node) -> Fraction:
    match node:
        case Number(value=value):
            return value
        case Negative(node=inner):
            return -_exponent(inner)
    raise AssertionError(f"an exponent is a whole number: {node}")


@dataclass(frozen=True)
class Response:
    """What one change of thresholds does to two KPIs.

    Parameters
    ----------
    end
        The first KPI under the change.
    first, second
        Relative change of each in percent, exact; None where one has no value or is 0.
    """

    end: End
    first: Exact | None
    second: Exact | None


def responses(
    index: ThresholdIndex, other: KpiVersion, moved: Sequence[Parameter]
) -> list[Response]:
    """Return the relative change of two KPIs at both ends of each threshold's range.

    Parameters
    ----------
    index
        The year's cases, with the first KPI.
    other
        The second; its own thresholds are of no account: both are asked about those of the first.
    moved
        The thresholds, each moved alone.
    """
    second = replace(index, version=replace(other, rule=index.version.rule))
    found = []
    for pair in tornado(index, moved):
        for end in pair:
            changes = [
                _relative(one.value(one.official_effective()), one.value(end.effective))
                for one in (index, second)
            ]
            found.append(Response(end, *changes))
    return found


def _relative(before: Value, after: Value) -> Exact | None:
    if before.value is None or after.value is None or not before.value:
        return None
    return (Fraction(after.value) / Fraction(before.value) - 1) * 100
