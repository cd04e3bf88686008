"""The change of a KPI between two years, split exactly into parts that sum to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import counts_used
from closurerate.kpi.evaluate import in_unit, value_of
from closurerate.kpi.formula import COUNT_NAMES, measure
from closurerate.study.change.composition import FACTORS, Composition, effective_of
from closurerate.study.change.shapley import Players, names_of, order_ends, shapley

DEFINITION = "definition"
"""The part of a change of definition: formula, indicators, and what is effective."""


@dataclass(frozen=True)
class YearCounts:
    """One year's KPI, its counts, and what the effective cases are made of where that is known.

    Args:
        version: The KPI by which the year was measured.
        recounted: The same cases counted by the other year's rule; None where both have one rule.
    """

    version: KpiVersion
    counts: Counts
    recounted: Counts | None = None
    composition: Composition | None = None


@dataclass(frozen=True)
class Change:
    """A change with its parts, in the KPI's printed unit (points where it is percent).

    Args:
        parts: By `definition`, measure (`effective`, `closed`, …) and factor of
            `closurerate.study.change.composition`; empty where there is no split, for a `reason`.
    """

    before: Fraction | None
    after: Fraction | None
    parts: Mapping[str, Fraction]
    reason: str = ""


class _NoSplitError(Exception):
    """Why a change cannot be split."""


def split_change(before: YearCounts, after: YearCounts) -> Change:
    """Return the change of a KPI split among its definition and the counts that it uses.

    Exact: the parts sum to the difference. An irrational value is taken as its 30 digits, and the
    parts sum to the difference of these. Where both years have a composition, the part of the
    effective cases is split again among its factors. There are no parts, for a reason, where the
    KPI has no value for a year or a mixture of them, or the years are not in one unit.

    The Owen value. Definition and data stand against each other as two players, so that the
    definition's part is the mean of what it does to the data of either year, however many counts
    the formula has; the data's part is shared among the counts, and that of the effective cases
    among the factors, as groups within a group.

    Raises:
        InputError: If a composition and the counts differ in their effective cases, or one year
            alone has one, or the years' rules differ and a year is not recounted.
    """
    _check(before, after)
    first, last = (_printed(year.version, year.counts)[0] for year in (before, after))
    try:
        players = _players(before, after)
        if before.version.unit != after.version.unit:
            raise _NoSplitError(
                f"the unit changes from {before.version.unit} to {after.version.unit}"
            )
        parts = shapley(lambda changed: _mixed(before, after, changed), players) if players else {}
    except _NoSplitError as error:
        return Change(first, last, {}, str(error))
    return Change(first, last, parts)


@dataclass(frozen=True)
class OneLevel:
    """The Shapley value of a part, the mean over all orders of changes, and the least and most."""

    mean: Fraction
    low: Fraction
    high: Fraction


def one_level(before: YearCounts, after: YearCounts) -> dict[str, OneLevel]:
    """Return what all orders on one level make of each part of `split_change`.

    How far the ends lie apart says how much of a part is the convention of the split. Nothing where
    there is no split.
    """

    def value(changed: frozenset[str]) -> Fraction:
        return _mixed(before, after, changed)

    try:
        names = names_of(_players(before, after))
        means = shapley(value, names) if names else {}
        ends = order_ends(value, names)
    except _NoSplitError:
        return {}
    return {name: OneLevel(mean, *ends[name]) for name, mean in means.items()}


@dataclass(frozen=True)
class Corners:
    """The KPI on either year's counts by the definition of either, in its printed unit."""

    first_old: Fraction
    first_new: Fraction
    last_old: Fraction
    last_new: Fraction


def corners(before: YearCounts, after: YearCounts) -> Corners | None:
    """Return the four values that the first level of `split_change` is the mean of.

    None where a year has no value on one of the definitions.
    """
    found = [
        _printed(version, _counted(year, version))[0]
        for year in (before, after)
        for version in (before.version, after.version)
    ]
    known = [value for value in found if value is not None]
    return Corners(*known) if len(known) == len(found) else None


def factors_total(parts: Mapping[str, Fraction]) -> Fraction:
    """Return the sum of the parts within the effective cases."""
    return sum((parts[name] for name in FACTORS if name in parts), Fraction(0))


def _players(before: YearCounts, after: YearCounts) -> Players:
    used = set(counts_used(before.version)) | set(counts_used(after.version))
    ordered = [measure(name) for name in COUNT_NAMES]
    has_factors = before.composition is not None
    data: list[str | Players] = [
        FACTORS if name == "effective" and has_factors else name for name in ordered if name in used
    ]
    old, new = before.version, after.version
    is_same = (old.formula, old.indicators) == (new.formula, new.indicators)
    if is_same and old.rule == new.rule:
        return data
    return [DEFINITION, data] if data else [DEFINITION]


def _mixed(before: YearCounts, after: YearCounts, changed: frozenset[str]) -> Fraction:
    """Return the printed value when what is in `changed` is the later year's."""
    version = (after if DEFINITION in changed else before).version
    counts: dict[str, int | Fraction | None] = {
        name: _counted(after if name in changed else before, version).get(name)
        for name in set(before.counts) | set(after.counts)
    }
    if before.composition is not None and after.composition is not None:
        counts["effective"] = effective_of(before.composition, after.composition, changed)
    value, reason = _printed(version, counts)
    if value is None:
        raise _NoSplitError(reason)
    return value


def _counted(year: YearCounts, version: KpiVersion) -> Counts:
    is_own = year.recounted is None or version.rule == year.version.rule
    return year.counts if is_own else cast("Counts", year.recounted)


def _printed(
    version: KpiVersion, counts: Mapping[str, int | Fraction | None]
) -> tuple[Fraction | None, str]:
    # A mixture of two years has no whole number of effective cases; evaluation takes any rational.
    found = value_of(version, cast("Counts", counts))
    return in_unit(found.value, version.unit), found.reason


def _check(before: YearCounts, after: YearCounts) -> None:
    is_known = [year.composition is not None for year in (before, after)]
    if is_known[0] != is_known[1]:
        raise InputError("a composition of one year alone: give both years' or neither.")
    if before.version.rule != after.version.rule:
        if is_known[0]:
            raise InputError("compositions by two rules: count both years by one rule.")
        if before.recounted is None or after.recounted is None:
            raise InputError("the years' rules differ: give each year recounted by the other's.")
    if before.composition is None or after.composition is None:
        return
    for year, name in ((before, "before"), (after, "after")):
        own = effective_of(before.composition, after.composition, () if year is before else FACTORS)
        if own != year.counts["effective"]:
            raise InputError(
                f"year {name}: {year.counts['effective']} effective cases in the counts and {own} "
                "in the composition: both must be of the same cases."
            )
