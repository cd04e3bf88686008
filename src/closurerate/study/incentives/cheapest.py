"""The least that must be done to gain a point of a KPI, by each action: what it makes cheap."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.evaluate import scale_of, value_of
from closurerate.study.incentives.actions import Action, actions, after, check_action, most_times
from closurerate.study.incentives.effects import Cause, unsaid
from closurerate.study.incentives.line import crossings


@dataclass(frozen=True)
class Way:
    """The least that must be done to gain a wanted amount by one action.

    Args:
        times: How often at least; None where it cannot be gained so.
        is_search: Whether a search found it, as algebra does not decide sums of roots: at each
            power of 2, then by halving. It is the least if the KPI does not gain and lose again
            between two powers.
        cause: Of which kind the reason is; empty where all the cases there are would not do.
    """

    action: Action
    times: int | None
    most: int
    is_search: bool = False
    reason: str = ""
    cause: Cause = ""

    @property
    def cases(self) -> int | None:
        """How many cases it is done to."""
        return None if self.times is None else self.times * self.action.cases

    @property
    def is_known(self) -> bool:
        """Whether it is known what the action gains; with no case for it, that is nothing."""
        return self.cause not in ("amount", "no_value")

    @property
    def is_perverse(self) -> bool:
        """Whether the KPI can be gained so although it does not serve what the KPI is for."""
        return self.times is not None and self.action.serves is False


@dataclass(frozen=True)
class CheapestPoint:
    """For each action on a group's own cases, the way to gain a wanted amount (a plain ratio)."""

    by: str | None
    gain: Fraction
    ways: tuple[Way, ...]

    @property
    def cheapest(self) -> tuple[Way, ...]:
        """The ways that need the fewest cases: several where they need as many; none at worst."""
        return _fewest(self.ways)

    @property
    def cheapest_serving(self) -> tuple[Way, ...]:
        """The cheapest among the ways that serve what the KPI is for."""
        return _fewest(way for way in self.ways if way.action.serves)

    @property
    def cheapest_perverse(self) -> tuple[Way, ...]:
        """The cheapest among the ways that do not serve it."""
        return _fewest(way for way in self.ways if way.is_perverse)


def _fewest(ways: Iterable[Way]) -> tuple[Way, ...]:
    known = [(way.cases, way) for way in ways if way.cases is not None]
    least = min((cases for cases, _ in known), default=None)
    return tuple(way for cases, way in known if cases == least)


def cheapest_point(
    version: KpiVersion,
    counts: Counts,
    *,
    by: str | None = None,
    ways: Mapping[str, Action] | None = None,
    gain: Fraction | None = None,
) -> CheapestPoint:
    """Return the least that must be done by each action to gain a point.

    Args:
        by: The group's name, None for the total.
        ways: The actions to choose from, by default all of `actions()`; those that need a case
            beyond the year's own are not a branch's to choose and are left out.
        gain: What to gain, over 0; by default one percentage point of a KPI in percent, else one
            unit. Where lower is better, to gain is to lower the KPI.

    Raises:
        InputError: If the gain is not over 0 or the counts are none.
    """
    wanted = Fraction(1, scale_of(check_version(version).unit)) if gain is None else gain
    if not isinstance(wanted, Rational) or wanted <= 0:
        raise InputError(f"gain: must be an exact number over 0, found {wanted!r}.")
    wanted = Fraction(wanted)
    signed = wanted if version.is_higher_better else -wanted
    chosen = (actions() if ways is None else ways).values()
    return CheapestPoint(
        by,
        wanted,
        tuple(
            _way(version, counts, item, signed) for item in chosen if check_action(item).taken_from
        ),
    )


def _way(version: KpiVersion, counts: Counts, action: Action, gain: Fraction) -> Way:
    most = most_times(action, counts) or 0
    start = value_of(version, counts)
    if not most:
        reason = f"there is no case for {action.name}"
        return Way(action, None, most, reason=reason, cause="impossible")
    if reason := unsaid(version, action):
        return Way(action, None, most, reason=reason, cause="amount")
    if start.value is None:
        return Way(action, None, most, reason=start.reason, cause="no_value")
    base = Fraction(start.value)

    def is_gained(times: int) -> bool:
        found = value_of(version, after(action, counts, times)).value
        change = None if found is None else Fraction(found) - base
        return change is not None and (change >= gain if gain > 0 else change <= gain)

    candidates = crossings(version, counts, action, base + gain, most)
    doubling = [*(2**power for power in range(most.bit_length())), most]
    tried = doubling if candidates is None else candidates
    times = next((number for number in tried if is_gained(number)), None)
    if candidates is None and times is not None:
        times = _halved(times // 2, times, is_gained)
    reason = "" if times else f"not gained by all {most} that are possible"
    return Way(action, times, most, candidates is None, reason)


def _halved(fails: int, holds: int, is_gained: Callable[[int], bool]) -> int:
    while holds - fails > 1:
        middle = (fails + holds) // 2
        fails, holds = (fails, middle) if is_gained(middle) else (middle, holds)
    return holds
