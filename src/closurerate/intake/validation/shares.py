"""How a year's cases are spread, beside the year before, and which shares are unusual."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from closurerate.cases.engine import opened
from closurerate.cases.profile import AMOUNT_EDGES_TWD
from closurerate.cases.scope import in_year
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS

LEAST_POINTS = Fraction(1, 2)
"""A share is unusual only if it differs by more than so many points of percent, …"""
LEAST_GROWTH = Fraction(20, 100)
"""… by more than this part of last year's, …"""
STANDARD_ERRORS = 4
"""… and by more than so many standard errors of the difference of two shares."""

DISTRIBUTIONS: Mapping[str, tuple[Hashable, ...]] = {
    "branch": BRANCHES,
    "category": CATEGORIES,
    "disposition": DISPOSITIONS,
    "amount": tuple(range(len(AMOUNT_EDGES_TWD))),
    "referral": tuple(range(1, 13)),
    "closing": tuple(range(1, 13)),
}
"""What cases are spread over, with its groups in order. Bands of amounts go by their number."""

Tally = Mapping[Hashable, int]


@dataclass(frozen=True)
class Share:
    """One group of a distribution (a key of `DISTRIBUTIONS`) in this year and the one before."""

    of: str
    group: Hashable
    cases: int
    whole: int
    cases_before: int
    whole_before: int

    @property
    def now(self) -> Fraction:
        """Share of this year's cases."""
        return Fraction(self.cases, self.whole)

    @property
    def before(self) -> Fraction:
        """Share of last year's cases."""
        return Fraction(self.cases_before, self.whole_before)

    @property
    def points(self) -> Fraction:
        """Change of the share, in points of percent."""
        return 100 * (self.now - self.before)

    @property
    def is_unusual(self) -> bool:
        """Whether the share changed more than is usual; the module's constants say by how much.

        Of a group that comes in one of the years only, just the last condition is asked: one that
        is small may be a branch whose file is missing.
        """
        is_large = abs(self.points) > LEAST_POINTS
        is_large &= abs(self.now - self.before) > LEAST_GROWTH * self.before
        in_one_year = (self.cases == 0) != (self.cases_before == 0)
        return (is_large or in_one_year) and self._is_beyond_chance()

    def _is_beyond_chance(self) -> bool:
        pooled = Fraction(self.cases + self.cases_before, self.whole + self.whole_before)
        variance = (
            pooled * (1 - pooled) * (Fraction(1, self.whole) + Fraction(1, self.whole_before))
        )
        return (self.now - self.before) ** 2 > STANDARD_ERRORS**2 * variance


@dataclass(frozen=True)
class Spread:
    """A year's cases counted in every way that is compared; by agency where the file tells."""

    year: int
    flow: Mapping[str, int]
    tallies: Mapping[str, Tally]
    agencies: Tally | None


def spread_of(cases: Path, year: int) -> Spread:
    """Count a contract file's cases of a year in every way that is compared."""
    with opened(cases) as table:
        scoped = in_year(table, year)
        groups = ["branch", "category", "disposition", "is_closed"]
        kinds = scoped.group_by(groups).agg(cases=scoped.count()).to_pyarrow().to_pylist()
        times = _times(scoped).to_pyarrow().to_pylist()
        agencies = None
        if "referring_agency" in table.columns:
            counted = scoped.group_by("referring_agency").agg(cases=scoped.count())
            agencies = _tally(counted.to_pyarrow().to_pylist(), "referring_agency")
    ended = [row for row in kinds if row["is_closed"]]
    tallies = {
        "branch": _tally(kinds, "branch"),
        "category": _tally(kinds, "category"),
        "disposition": _tally(ended, "disposition"),
        **{of: _tally(times, of) for of in ("amount", "referral", "closing")},
    }
    closed = sum(row["cases"] for row in ended)
    flow = {
        "new": sum(tallies["referral"].values()),
        "closed": closed,
        "pending": sum(row["cases"] for row in kinds) - closed,
    }
    return Spread(year, flow, tallies, agencies)


def _times(scoped: ir.Table) -> ir.Table:
    """Count by months and band of amount; null where a case is not new, or not closed."""
    edges = AMOUNT_EDGES_TWD[1:]
    band = reduce(add, ((scoped.referred_amount_twd >= edge).cast("int64") for edge in edges))
    groups = {
        "amount": scoped.is_new.ifelse(band, None),
        "referral": scoped.is_new.ifelse(scoped.referred_on.month(), None),
        "closing": scoped.is_closed.ifelse(scoped.closed_on.month(), None),
    }
    return scoped.group_by(**groups).agg(cases=scoped.count())


def _tally(rows: Sequence[Mapping[str, Any]], of: str) -> dict[Hashable, int]:
    """Return the cases by group, without those that are in none."""
    tally: dict[Hashable, int] = {}
    for row in rows:
        if row[of] is not None:
            tally[row[of]] = tally.get(row[of], 0) + row["cases"]
    return tally


def shares(now: Spread, before: Spread) -> dict[str, list[Share]]:
    """Return each distribution in both years; left out where one of them has no case in it."""
    return {of: found for of in DISTRIBUTIONS if (found := list(_shares(of, now, before)))}


def _shares(of: str, now: Spread, before: Spread) -> Iterator[Share]:
    tally, earlier = now.tallies[of], before.tallies[of]
    whole, whole_before = sum(tally.values()), sum(earlier.values())
    if not whole or not whole_before:
        return
    for group in DISTRIBUTIONS[of]:
        cases, cases_before = tally.get(group, 0), earlier.get(group, 0)
        if cases or cases_before:
            yield Share(of, group, cases, whole, cases_before, whole_before)


def unusual(found: Mapping[str, list[Share]]) -> list[Share]:
    """Return the unusual shares of all distributions, the largest change first."""
    odd = [share for rows in found.values() for share in rows if share.is_unusual]
    return sorted(odd, key=lambda share: -abs(share.points))


def grew(cases: int, before: int) -> Fraction | None:
    """Return the change of a number of cases as a part of last year's; None from nothing."""
    return Fraction(cases - before, before) if before else None
