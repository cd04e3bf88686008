"""Both series of the KPI across the change of its definition: as published, and restated."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import evaluate
from closurerate.quantity import Quantity, rounded
from closurerate.records.feasible import Interval
from closurerate.records.placeholders import weakest
from closurerate.records.published import Published, effective_by_reading
from closurerate.records.readings import adopted
from closurerate.year.change_rule import is_comparable
from closurerate.year.kpi_year import KpiData

OPEN = "measure_106"
"""The reading, in the register, of a printed rate whose effective cases are not printed."""


@dataclass(frozen=True)
class Point:
    """A year's value on one version: a point where `low` equals `high`, else an interval.

    Args:
        version: The version it is computed on; None for the printed value itself.
        reading: The reading of the printed rate; empty where none is needed.
        low, high: The ends, in the KPI's printed unit.
    """

    year: int
    version: int | None
    reading: str
    low: Quantity
    high: Quantity

    @property
    def is_point(self) -> bool:
        """Whether both ends print alike."""
        return all(
            end.value is not None and rounded(end.value, 2) == rounded(self.low.value or 0, 2)
            for end in (self.low, self.high)
        )


def both_series(data: KpiData) -> list[Point]:
    """Return each printed year and this one: the printed rate, and the value on each version.

    A year whose effective cases are not printed gives, for each reading of its rate, the interval
    that the printed rate allows; synthetic cases never stand in for it. A version with a rule of
    its own for what is effective has no value for printed years.
    """
    points: list[Point] = []
    for year, report in data.cases.reports.items():
        if data.is_printed and "rate" in report:
            rate = report["rate"].quantity()
            points.append(Point(year, None, "", rate, rate))
        if year != data.year or not data.is_restatable:
            points += _restated_printed(data, year, report)
    return points + (_this_year(data) if data.is_restatable else [])


def adopted_points(data: KpiData) -> list[Point]:
    """Return both series by the adopted reading alone."""
    return [point for point in both_series(data) if point.reading in ("", adopted(OPEN))]


def earlier_value(data: KpiData, year: int) -> Point | None:
    """Return an earlier year's value: as printed, or for another KPI on its version then."""
    if not data.is_printed and year < min(data.definition.versions):
        return None
    is_printed = data.is_printed and year in data.cases.published
    version = None if is_printed else data.definition.in_force(year).version
    found = [
        point for point in adopted_points(data) if (point.year, point.version) == (year, version)
    ]
    return found[0] if found else None


def earlier_target(data: KpiData, year: int) -> Quantity | None:
    """Return an earlier year's target: as printed, or while it is not, as `KpiData.target_of`."""
    report = data.cases.reports[year]
    if not data.is_printed:
        return None
    if "target" in report:
        return report["target"].quantity()
    return data.shown_target_of(year)


def _restated_printed(data: KpiData, year: int, report: Published) -> list[Point]:
    ranges = effective_by_reading(report)
    if not ranges:
        return []
    return [
        _interval(data, year, version, reading, report, interval)
        for version, definition in data.versions.items()
        if is_comparable(data, definition, year)
        for reading, interval in _told_apart(ranges, definition).items()
    ]


def _told_apart(ranges: Mapping[str, Interval], version: KpiVersion) -> Mapping[str, Interval]:
    """Return the effective cases by reading; any of them where a version does not use them."""
    if "effective" in counts_used(version):
        return ranges
    return {"": next(iter(ranges.values()))}


def _interval(
    data: KpiData, year: int, version: int, reading: str, report: Published, effective: Interval
) -> Point:
    counts = {name: int(report[name].value) for name in ("new", "closed", "pending")}
    if "collected" in report:
        counts["collected_twd"] = int(report["collected"].value)
    rests = report["closed"].evidence
    rests = weakest([rests, "assumed"]) if reading else rests
    ends = [
        evaluate(data.definition.version(version), counts | {"effective": end}, None).quantity(
            rests
        )
        for end in (effective.low, effective.high)
    ]
    low, high = sorted(ends, key=lambda end: Fraction(end.value or 0))
    return Point(year, version, reading, low, high)


def _this_year(data: KpiData) -> list[Point]:
    values = {version: data.figures[f"rate_on_{version}"] for version in data.versions}
    return [Point(data.year, version, "", value, value) for version, value in values.items()]
