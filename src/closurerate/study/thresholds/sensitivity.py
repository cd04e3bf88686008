"""How the KPI answers to each threshold: over its range, and by elasticity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import in_unit
from closurerate.kpi.value import Value
from closurerate.quantity import Exact
from closurerate.study.formula.derivatives import NOT_OVER_NOUGHT
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, admissible, scenarios_with


@dataclass(frozen=True)
class End:
    """The KPI with one threshold at one value, the others as in force.

    Args:
        kpi: The KPI there (a plain ratio where its unit is percent).
        change: Against the value in force, in the KPI's printed unit (points for percent); None
            where one of them has no value.
    """

    parameter: Parameter
    value: Fraction
    effective: int
    kpi: Value
    change: Exact | None


@dataclass(frozen=True)
class Elasticity:
    """Change of the KPI in percent for one percent more of a threshold, over a declared step.

    Args:
        low, high: The thresholds between which the difference was taken.
        value: The elasticity; None with `reason` where there is none.
        moved: Effective cases between the two.
    """

    parameter: Parameter
    low: Fraction
    high: Fraction
    value: Exact | None
    reason: str = ""
    moved: int = 0


def tornado(index: ThresholdIndex, moved: Sequence[Parameter]) -> list[tuple[End, End]]:
    """Return the nation's KPI at both ends of each threshold's range, the widest effect first."""
    both = _ends(index, [(parameter, (parameter.low, parameter.high)) for parameter in moved])
    return sorted(both, key=lambda pair: -_width(*pair))


def _width(low: End, high: End) -> Fraction:
    if low.change is None or high.change is None:
        return Fraction(0)
    changes = [Fraction(0), Fraction(low.change), Fraction(high.change)]
    return max(changes) - min(changes)


def _ends(
    index: ThresholdIndex, ranges: Sequence[tuple[Parameter, tuple[Fraction, Fraction]]]
) -> list[tuple[End, End]]:
    """Return the KPI at two values of each threshold, each moved alone."""
    pairs = [(parameter, value) for parameter, values in ranges for value in values]
    scenarios = scenarios_with(
        index.version.rule, [{parameter: value} for parameter, value in pairs]
    )
    official, found = index.official_value(), []
    for (parameter, value), counted in zip(pairs, index.effective(scenarios), strict=True):
        effective = int(counted)
        kpi = index.value(effective)
        change = kpi_change(index.version, official, kpi)
        found.append(End(parameter, value, effective, kpi, change))
    return list(zip(found[::2], found[1::2], strict=True))


def kpi_change(version: KpiVersion, before: Value, after: Value) -> Exact | None:
    """Return how far the KPI moved, in its printed unit; None where either has no value."""
    old, new = (in_unit(one.value, version.unit) for one in (before, after))
    return None if old is None or new is None else Fraction(new) - Fraction(old)


def elasticities(
    index: ThresholdIndex, moved: Sequence[Parameter], step: Fraction
) -> list[Elasticity]:
    """Return each threshold's elasticity at its value in force, of the nation's KPI.

    The effective cases are a step function of a threshold: its derivative is nought or does not
    exist. What is given is the central difference over a declared step, relative to the values in
    force, and holds for this step alone.

    Args:
        step: Share of the value in force, to either side; a boundary is put to whole NTD, and
            neither passes its neighbours.
    """
    around = [(parameter, _around(index, parameter, step)) for parameter in moved]
    official = index.official_value()
    return [_elasticity(*pair, official) for pair in _ends(index, around)]


def _around(
    index: ThresholdIndex, parameter: Parameter, step: Fraction
) -> tuple[Fraction, Fraction]:
    official = parameter.official
    low, high = official * (1 - step), official * (1 + step)
    if parameter.kind == "ratio":
        return low, high
    least, greatest = admissible(index.version.rule, parameter)
    highest = Fraction(round(high))
    return max(Fraction(round(low)), least), min(highest, greatest or highest)


def _elasticity(low: End, high: End, official: Value) -> Elasticity:
    none = Elasticity(low.parameter, low.value, high.value, None)
    for kpi in (low.kpi, high.kpi, official):
        if kpi.value is None:
            return replace(none, reason=kpi.reason)
    at_low, at_high, here = (Fraction(kpi.value or 0) for kpi in (low.kpi, high.kpi, official))
    if here <= 0:
        return replace(none, reason=NOT_OVER_NOUGHT)
    if high.value == low.value:
        return replace(none, reason="the threshold is 0")
    slope = (at_high - at_low) / (high.value - low.value)
    value = slope * low.parameter.official / here
    return replace(none, value=value, moved=high.effective - low.effective)


@dataclass(frozen=True)
class Response:
    """What one change of thresholds does to two KPIs.

    Args:
        end: The first KPI under it.
        first, second: Relative change of each in percent, exact; None where one has no value, or
            none over 0.
    """

    end: End
    first: Exact | None
    second: Exact | None


def responses(
    index: ThresholdIndex, other: KpiVersion, ends: Sequence[tuple[End, End]]
) -> list[Response]:
    """Return the relative change of two KPIs at both ends of each threshold's range.

    The index's own KPI has the `ends` from `tornado`; the other one's thresholds are of no account.
    """
    second = replace(index, version=replace(other, rule=index.version.rule))
    before, before_second = index.official_value(), second.official_value()
    return [
        Response(
            end, _relative(before, end.kpi), _relative(before_second, second.value(end.effective))
        )
        for pair in ends
        for end in pair
    ]


def _relative(before: Value, after: Value) -> Exact | None:
    if before.value is None or after.value is None or before.value <= 0:
        return None
    return (Fraction(after.value) / Fraction(before.value) - 1) * 100
