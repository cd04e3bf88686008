"""The lowest and highest KPI over all joint choices of doubtful cases.

A choice moves along its exchanges: one case leaves one option for another. Where the KPI's
derivative along every exchange has one sign over a set of choices, the options have an order, and
the greedy choice `y` by that order is the best: for any other choice `x`, `y - x` is a sum of
exchanges from a lower to the next higher option with weights that are not negative (greedy
maximises the number of cases in the first options, in the first two, and so on, all at once), so
the KPI does not fall along the straight line from `x` to `y`, and the line stays in the box over
which the signs were decided. Elsewhere the choices are halved (branch and bound), each half being
of the same kind, until a sign is settled, one choice is left, or the half cannot hold anything
better. The result is exact; only where the halves become too many it is an outer bound, and says
so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from heapq import heappop, heappush
from itertools import count, pairwise

import sympy

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.degrees import names_used
from closurerate.kpi.enclosure import Box, Interval, enclosure, slope_enclosure
from closurerate.kpi.value import evaluate_formula, in_counts, symbolic
from closurerate.kpi.walk import NoResultError
from closurerate.quantity import Exact
from closurerate.study.doubts.choices import Choices, all_choices

Option = tuple[tuple[str, int], ...]
"""What a case adds to the counts, by their names in formulas; counts to which it adds nothing are
left out."""

MAX_PARTS = 2000
"""After how many parts of the choices the search ends with an outer bound."""


class NoValueError(Exception):
    """Why the extremes of a KPI are not known."""


@dataclass(frozen=True)
class Extreme:
    """The lowest or highest value of a KPI, exact, or a bound beyond which no choice goes."""

    value: Exact
    is_exact: bool


def extremes(
    version: KpiVersion, base: Mapping[str, int], cases: Mapping[frozenset[Option], int]
) -> tuple[Extreme, Extreme]:
    """Return the lowest and highest KPI when each case takes any one of its options.

    Args:
        base: The counts without the cases, by their names in formulas; all that the formula uses.
        cases: How many cases have each set of options.

    Raises:
        NoValueError: If the KPI has no value for some choice.
    """
    used = names_used(version)
    narrowed: dict[frozenset[Option], int] = {}
    for options, number in cases.items():
        same = frozenset(tuple(step for step in item if step[0] in used) for item in options)
        narrowed[same] = narrowed.get(same, 0) + number
    places = sorted(frozenset[Option]().union(*narrowed))
    by_place = {
        frozenset(places.index(item) for item in options): number
        for options, number in narrowed.items()
    }
    search = _Search(version, dict(base), places, _expression(version))
    choices = all_choices(by_place, len(places))
    return search.best(choices, -1), search.best(choices, 1)


def _expression(version: KpiVersion) -> sympy.Expr:
    """Return the KPI in counts, which are not negative; cancelled where it can be."""
    try:
        found = in_counts(version.formula, version.indicators)
        if found is None:
            names = {name: symbolic(item.node) for name, item in version.indicators.items()}
            found = symbolic(version.formula.node, names)
    except (ZeroDivisionError, ValueError) as error:
        raise NoValueError(f"{version.formula.text} has no value: {error}") from None
    positive = {item: sympy.Symbol(str(item), positive=True) for item in found.free_symbols}
    return found.xreplace(positive)


@dataclass(frozen=True)
class _Search:
    """A KPI, the counts that stand, and the options in their places."""

    version: KpiVersion
    base: dict[str, int]
    places: Sequence[Option]
    expression: sympy.Expr

    def best(self, choices: Choices, sign: int) -> Extreme:
        """Return the highest KPI, or with the sign -1 the lowest."""
        highest: Exact | None = None
        number = count()
        fresh, waiting = [choices], list[tuple[Fraction | float, int, int, Choices]]()
        while fresh:
            for part in fresh:
                found, bound, widest = self._examined(part, sign)
                if highest is None or sign * Fraction(found) > sign * Fraction(highest):
                    highest = found
                if bound > sign * Fraction(found):
                    heappush(waiting, (-bound, next(number), widest, part))
            if highest is None or not waiting or -waiting[0][0] <= sign * Fraction(highest):
                break
            if next(number) > MAX_PARTS:
                return self._outer(-waiting[0][0], sign)
            *_, place, part = heappop(waiting)
            fresh = [half.tightened() for half in part.halved(place) if half.is_possible]
        if highest is None:
            raise NoValueError("no case has an option")
        return Extreme(highest, is_exact=True)

    def _outer(self, bound: Fraction | float, sign: int) -> Extreme:
        if isinstance(bound, float):
            raise NoValueError(f"{self.version.formula.text} may divide by 0 for some choice")
        return Extreme(sign * bound, is_exact=False)

    def _examined(self, part: Choices, sign: int) -> tuple[Exact, Fraction | float, int]:
        """Return a good choice's value, what no choice passes, and the place to part them at.

        The bound follows from the mean-value theorem along the exchanges with one place: with the
        middle of each derivative's range the greedy choice is the best, and what the derivatives
        may differ from it adds no more than their half range times the range of cases.
        """
        box = self._box(part)
        widths = [high - low for low, high in zip(part.lower, part.upper, strict=True)]
        free = [place for place, width in enumerate(widths) if width]
        rest = [place for place, width in enumerate(widths) if not width]
        order = self._order(free, box, sign)
        if order is not None:
            value = self._value(part.greedy(order + rest))
            return value, sign * Fraction(value), 0
        widest = widths.index(max(widths))
        try:
            slopes = {place: self._exchange(place, widest, box, sign) for place in free}
        except NoResultError:
            return self._value(part.greedy(free + rest)), self._reach(box, sign), widest
        order = sorted(free, key=lambda place: -sum(slopes[place]))
        taken = part.greedy(order + rest)
        excess = {place: (high - low) / 2 * widths[place] for place, (low, high) in slopes.items()}
        at_it = {name: (Fraction(item),) * 2 for name, item in self._counts(taken).items()}
        bound = min(self._reach(box, sign), self._reach(at_it, sign) + sum(excess.values()))
        return self._value(taken), bound, max(excess, key=lambda place: excess[place])

    def _reach(self, box: Box, sign: int) -> Fraction | float:
        """Return what the KPI's values in a box do not pass."""
        try:
            return sign * enclosure(self.expression, box)[0 if sign < 0 else 1]
        except NoResultError:
            return float("inf")

    def _counts(self, taken: Sequence[int]) -> dict[str, int]:
        counts = dict(self.base)
        for option, number in zip(self.places, taken, strict=True):
            for name, step in option:
                counts[name] += step * number
        return counts

    def _value(self, taken: Sequence[int]) -> Exact:
        counts = self._counts(taken)
        value = evaluate_formula(self.version.formula, self.version.indicators, counts)
        if value.value is None:
            raise NoValueError(f"for some choice {value.reason}")
        return value.value

    def _box(self, choices: Choices) -> Box:
        """Return the counts' ranges over some choices."""
        box = {}
        for name, stands in self.base.items():
            adding = [place for place, item in enumerate(self.places) if (name, 1) in item]
            box[name] = (
                Fraction(stands + choices.fewest(adding)),
                Fraction(stands + choices.most(adding)),
            )
        return box

    def _order(self, places: Sequence[int], box: Box, sign: int) -> list[int] | None:
        """Return places, the best first; None where that is not one order all over a box."""

        def compared(one: int, two: int) -> int:
            try:
                low, high = self._exchange(one, two, box, sign)
            except NoResultError:
                return 0
            return -1 if low >= 0 else 1 if high <= 0 else 0

        order = sorted(places, key=cmp_to_key(compared))
        is_one = all(compared(better, worse) < 0 for better, worse in pairwise(order))
        return order if is_one else None

    def _exchange(self, one: int, two: int, box: Box, sign: int) -> Interval:
        """Return the range of the KPI's derivative as cases leave place `two` for `one`."""
        to, off = dict(self.places[one]), dict(self.places[two])
        direction = tuple(
            (name, sign * (to.get(name, 0) - off.get(name, 0))) for name in sorted(to | off)
        )
        return slope_enclosure(self.expression, direction, box)
