"""A year's change since the year before: under each reading of what is printed, and inside E."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import totals
from closurerate.records.feasible import Interval
from closurerate.records.paths import data_folder
from closurerate.records.published import Published, effective_by_reading
from closurerate.records.readings import adopted
from closurerate.study.change.change import (
    DEFINITION,
    Change,
    Corners,
    YearCounts,
    corners,
    split_change,
)
from closurerate.study.change.change_span import ChangeSpan, Span, split_span
from closurerate.study.change.composition import FACTORS, Composition, composition
from closurerate.study.settings import DisclosureRules, read_settings
from closurerate.year.before import counts_before
from closurerate.year.change_rule import is_comparable
from closurerate.year.kpi_year import KpiData
from closurerate.year.series import OPEN

SAME_MEASURE = "nonlinear"
"""The reading by which the printed rate of the year before was on this year's measure already."""


@dataclass(frozen=True)
class PrintedChange:
    """The change since the printed year before, under one reading of its rate.

    Args:
        reading: Option of the register's `measure_106`; empty where the effective cases are
            printed.
        corners: Either year's counts by either definition, at both ends of the effective cases of
            the year before; none where the definition did not change.
    """

    reading: str
    span: ChangeSpan
    corners: tuple[Corners, ...] = ()

    @property
    def on_before(self) -> Span | None:
        """What the change of definition does to the year before's counts, in the printed unit."""
        return self.over(lambda item: item.first_new - item.first_old)

    @property
    def on_after(self) -> Span | None:
        """What it does to this year's counts."""
        return self.over(lambda item: item.last_new - item.last_old)

    def over(self, figure: Callable[[Corners], Fraction]) -> Span | None:
        """Return the interval of a figure of the corners; None where there are none."""
        found = [figure(item) for item in self.corners]
        return (min(found), max(found)) if found else None


@dataclass(frozen=True)
class YearChange:
    """A year's KPI beside the year before, and the rules on what may be shown of the cases."""

    kpi: KpiData
    disclosure: DisclosureRules

    @cached_property
    def since_print(self) -> list[PrintedChange]:
        """The change since the printed figures of the year before, the adopted reading first.

        Empty where no figures of the year before are printed, where the data are a fraction of the
        nation, where the two years' rules differ, as printed figures cannot be counted anew, or
        where those figures were counted by another rule than the KPI's.
        """
        report = self.kpi.cases.before
        readings = {} if report is None else effective_by_reading(report)
        if report is None or not readings or not self.is_comparable:
            return []
        order = sorted(readings, key=lambda name: name != adopted(OPEN))
        found = [_since_print(self.kpi, report, name, readings[name]) for name in order]
        changes = [change for change in found if change is not None]
        if len(changes) < len(found):
            return []
        if all(change.span == changes[0].span for change in changes):
            # A KPI that does not use the effective cases has one split, however the rate is read.
            return [replace(changes[0], reading="")]
        return changes

    @property
    def adopted(self) -> PrintedChange | None:
        """The first of them, by the adopted reading; None where there is none."""
        return next(iter(self.since_print), None)

    @property
    def is_comparable(self) -> bool:
        """Whether what was printed of the year before was counted by the KPI's rule."""
        versions = (version_before(self.kpi), self.kpi.version)
        return all(is_comparable(self.kpi, version) for version in versions)

    @cached_property
    def compositions(self) -> tuple[Composition, Composition] | None:
        """What the effective cases of both years are made of; None without the first year's."""
        before, rule = counts_before(self.kpi), self.kpi.version.rule
        if before is None:
            return None
        return composition(before, rule), composition(self.kpi.counts, rule)

    @cached_property
    def inside(self) -> Change | None:
        """The change with the part of the effective cases split again, on both years' rows.

        None where there are no rows of the year before, the years' rules differ, or the effective
        cases have no part in it.
        """
        before, version = counts_before(self.kpi), version_before(self.kpi)
        if before is None or self.compositions is None or version.rule != self.kpi.version.rule:
            return None
        first, second = self.compositions
        found = split_change(
            YearCounts(version, totals(before), composition=first),
            YearCounts(self.kpi.version, self.kpi.total.counts, composition=second),
        )
        return found if found.parts.keys() >= {*FACTORS} else None


def open_change(data: KpiData) -> YearChange:
    """Return a year's KPI beside the year before, with what `data/study.yml` lets be shown."""
    return YearChange(data, read_settings(data_folder() / "study.yml").disclosure)


def version_before(data: KpiData, reading: str = "") -> KpiVersion:
    """Return the KPI as in force in the year before, or this year's where there was none yet.

    This year's too under the reading that the printed KPI was on its measure already.
    """
    is_same = data.is_printed and reading == SAME_MEASURE
    is_later = data.year - 1 < min(data.definition.versions)
    return data.version if is_same or is_later else data.definition.in_force(data.year - 1)


def _since_print(
    data: KpiData, report: Published, reading: str, effective: Interval
) -> PrintedChange | None:
    version = version_before(data, reading)
    if version.rule != data.version.rule:
        return None
    printed = {
        name: int(report[name].value) for name in ("new", "closed", "pending") if name in report
    }
    if "collected" in report:
        printed["collected_twd"] = int(report["collected"].value)
    unknown = dict.fromkeys(data.total.counts)
    before = YearCounts(version, {**unknown, **printed})
    after = YearCounts(data.version, data.total.counts)
    span = split_span(before, after, effective.low, effective.high)
    found = [
        corners(YearCounts(version, {**before.counts, "effective": end}), after)
        for end in (effective.low, effective.high)
    ]
    known = tuple(item for item in found if item is not None)
    is_whole = len(known) == len(found) and DEFINITION in span.parts
    return PrintedChange(reading, span, known if is_whole else ())
