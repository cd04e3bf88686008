"""Two KPIs under the same thresholds: how each answers, and when they must answer alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.value import Value
from closurerate.quantity import Exact
from closurerate.study.parameters import Parameter
from closurerate.study.sensitivity import End, tornado
from closurerate.study.thresholds import ThresholdIndex


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
