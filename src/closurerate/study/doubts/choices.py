"""What many cases can add up to when each takes one of its own options.

Give every option a place. The cases that may take only places of `S` are `n_S`; how many cases
`x_i` end up at each place `i` is possible exactly when for every set `Z` of places at most as many
are in it as have an option there, `x(Z) <= b(Z) = sum of n_S over S that meet Z`, and all cases are
somewhere (Hall 1935). These are the whole points of the base polytope of a polymatroid, and stay
one within bounds `l <= x <= u` of each place, with
`b'(A) = min over Z of b(Z) + u(A without Z) - l(Z without A)` (Frank & Tardos 1988): every bound
and every best choice below is one of these minima, and exact.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from closurerate.kpi.effective import Ints


@dataclass(frozen=True)
class Choices:
    """All joint choices of the cases, within bounds of how many take each place.

    Args:
        reach: For each set of places, as a bit mask, how many cases have an option in it.
        lower, upper: Fewest and most cases at each place.
    """

    reach: Ints
    lower: tuple[int, ...]
    upper: tuple[int, ...]

    @cached_property
    def _bounds(self) -> tuple[Ints, Ints]:
        return _sums(self.lower), _sums(self.upper)

    @property
    def is_possible(self) -> bool:
        """Whether any joint choice keeps the bounds."""
        lower, upper = self._bounds
        rest = self.reach[-1] - self.reach[::-1]
        return bool(
            (np.asarray(self.lower) <= self.upper).all()
            and (lower <= self.reach).all()
            and (upper >= rest).all()
        )

    def most(self, places: Collection[int]) -> int:
        """Return how many cases can be at some places together, at most."""
        lower, upper = self._bounds
        masks = np.arange(len(self.reach))
        wanted = sum(1 << place for place in places)
        return int((self.reach + upper[wanted & ~masks] - lower[masks & ~wanted]).min())

    def fewest(self, places: Collection[int]) -> int:
        """Return how many cases can be at some places together, at least."""
        others = [place for place in range(len(self.lower)) if place not in places]
        return int(self.reach[-1]) - self.most(others)

    def tightened(self) -> "Choices":
        """Return the same choices with each place's bounds as they can be reached."""
        places = range(len(self.lower))
        return Choices(
            self.reach,
            tuple(self.fewest([place]) for place in places),
            tuple(self.most([place]) for place in places),
        )

    def greedy(self, order: Sequence[int]) -> tuple[int, ...]:
        """Return the choice with most cases at the first places of an order of them all."""
        taken = [0] * len(order)
        so_far = 0
        for end, place in enumerate(order, start=1):
            together = self.most(order[:end])
            taken[place], so_far = together - so_far, together
        return tuple(taken)

    def halved(self, place: int) -> tuple["Choices", "Choices"]:
        """Return the choices with fewer and with more cases at a place."""
        middle = (self.lower[place] + self.upper[place]) // 2
        fewer = tuple(middle if at == place else top for at, top in enumerate(self.upper))
        more = tuple(middle + 1 if at == place else low for at, low in enumerate(self.lower))
        return Choices(self.reach, self.lower, fewer), Choices(self.reach, more, self.upper)


def all_choices(cases: Mapping[frozenset[int], int], places: int) -> Choices:
    """Return all joint choices, by how many cases have each set of options (by their places)."""
    masks = np.arange(1 << places)
    reach = np.zeros(1 << places, dtype=np.int64)
    for options, count in cases.items():
        own = sum(1 << place for place in options)
        reach += np.where(masks & own, count, 0)
    total = int(reach[-1])
    return Choices(reach, (0,) * places, (total,) * places).tightened()


def _sums(amounts: Sequence[int]) -> Ints:
    """Return the sum of amounts over each set of places, by its bit mask."""
    sums = np.zeros(1, dtype=np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    return sums
