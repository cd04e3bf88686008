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
from closurerate.study.thresholds.scenarios import Scenarios


@dataclass(frozen=True)
class End:
    """The KPI with one threshold at one value, the others as in force.

    Args:
        parameter, value: The threshold and where it is put.
        effective: Effective cases there.
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
        parameter: The threshold.
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


def tornado(
    index: ThresholdIndex, moved: Sequence[Parameter], branch: str | None = None
) -> list[tuple[End, End]]:
    """Return the KPI at both ends of each threshold's declared range, the widest effect first.

    Args:
        index: The year's cases.
        moved: The thresholds, each moved alone.
        branch: One branch; None for the nation.
    """
    pairs = [(parameter, value) for parameter in moved for value in (parameter.low, parameter.high)]
    ends = _ends(index, pairs, branch)
    both = list(zip(ends[::2], ends[1::2], strict=True))
    return sorted(both, key=lambda pair: -_width(*pair))


def _width(low: End, high: End) -> Fraction:
    if low.change is None or high.change is None:
        return Fraction(0)
    changes = [Fraction(0), Fraction(low.change), Fraction(high.change)]
    return max(changes) - min(changes)


def _ends(
    index: ThresholdIndex, pairs: Sequence[tuple[Parameter, Fraction]], branch: str | None
) -> list[End]:
    scenarios = scenarios_with(
        index.version.rule, [{parameter: value} for parameter, value in pairs]
    )
    official = index.value(index.official_effective(branch), branch)
    counted = effective_under(index, scenarios, branch)
    found = []
    for (parameter, value), effective in zip(pairs, counted, strict=True):
        kpi = index.value(effective, branch)
        change = kpi_change(index.version, official, kpi)
        found.append(End(parameter, value, effective, kpi, change))
    return found


def effective_under(
    index: ThresholdIndex, scenarios: Scenarios, branch: str | None = None
) -> list[int]:
    """Return the effective cases of the nation, or of a branch that has a case, by scenario."""
    if branch is None:
        return [int(item) for item in index.effective(scenarios)]
    column = index.branches.index(branch)
    return [int(item) for item in index.effective_by_branch(scenarios)[:, column]]


def kpi_change(version: KpiVersion, before: Value, after: Value) -> Exact | None:
    """Return how far the KPI moved, in its printed unit; None where either has no value."""
    old, new = (in_unit(one.value, version.unit) for one in (before, after))
    return None if old is None or new is None else Fraction(new) - Fraction(old)


def elasticities(
    index: ThresholdIndex,
    moved: Sequence[Parameter],
    step: Fraction,
    branch: str | None = None,
) -> list[Elasticity]:
    """Return each threshold's elasticity at its value in force.

    The effective cases are a step function of a threshold: its derivative is nought or does not
    exist. What is given is the central difference over a declared step, relative to the values in
    force, and holds for this step alone.

    Args:
        index: The year's cases.
        moved: The thresholds.
        step: Share of the value in force, to either side; a boundary is put to whole NTD, and
            neither passes its neighbours.
        branch: One branch; None for the nation.
    """
    pairs = [(parameter, value) for parameter in moved for value in _around(index, parameter, step)]
    ends = _ends(index, pairs, branch)
    official = index.value(index.official_effective(branch), branch)
    return [
        _elasticity(low, high, official) for low, high in zip(ends[::2], ends[1::2], strict=True)
    ]


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
    parameter = low.parameter
    values = (low.kpi.value, high.kpi.value, official.value)
    if any(item is None for item in values):
        reason = next(item.reason for item in (low.kpi, high.kpi, official) if item.value is None)
        return Elasticity(parameter, low.value, high.value, None, reason)
    at_low, at_high, here = (Fraction(item or 0) for item in values)
    if here <= 0 or high.value == low.value:
        reason = NOT_OVER_NOUGHT if here <= 0 else "the threshold is 0"
        return Elasticity(parameter, low.value, high.value, None, reason)
    slope = (at_high - at_low) / (high.value - low.value)
    moved = high.effective - low.effective
    value = slope * parameter.official / here
    return Elasticity(parameter, low.value, high.value, value, moved=moved)


@dataclass(frozen=True)
class Response:
    """What one change of thresholds does to two KPIs.

    Args:
        end: The first KPI under the change.
        first, second: Relative change of each in percent, exact; None where one has no value, or
            none over 0.
    """

    end: End
    first: Exact | None
    second: Exact | None


def responses(
    index: ThresholdIndex, other: KpiVersion, moved: Sequence[Parameter]
) -> list[Response]:
    """Return the relative change of two KPIs at both ends of each threshold's range.

    Args:
        index: The year's cases, with the first KPI.
        other: The second; its own thresholds are of no account: both are asked about those of the
            first.
        moved: The thresholds, each moved alone.
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
    if before.value is None or after.value is None or before.value <= 0:
        return None
    return (Fraction(after.value) / Fraction(before.value) - 1) * 100
