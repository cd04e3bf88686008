"""What somebody who has all released counts, and nothing else, finds out of the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil, floor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_array, vstack

from closurerate.audit.disclosure.cube import Count, Cube
from closurerate.errors import InputError

Floats = npt.NDArray[np.float64]
_DIGITS = 6


class Narrowed(NamedTuple):
    """A count of few cases, and the least and most that it can be by what is released."""

    of: Count
    value: int
    low: int
    high: int


@dataclass(frozen=True)
class Outsider:
    """Somebody who knows the words of all keys, the rule, and all counts but those withheld.

    Args:
        counts: What a year's pages can tell, each with its true value.
        withheld: Those of them, by their places, that they do not tell.
    """

    cube: Cube
    counts: Sequence[Count]
    withheld: frozenset[int] = field(default=frozenset())

    @cached_property
    def told(self) -> list[int]:
        """The places of the counts that are told."""
        return [place for place in range(len(self.counts)) if place not in self.withheld]

    @cached_property
    def matrix(self) -> csr_array:
        """What the unknowns must meet: a row a count that is told, then the lists."""
        sums = self.cube.sums([self.counts[place] for place in self.told])
        return vstack([sums, self.cube.of_lists()], format="csr")

    @cached_property
    def values(self) -> Floats:
        """What each row comes to."""
        values = [self.cube.value(self.counts[place]) for place in self.told]
        return np.array(values + [0] * (self.matrix.shape[0] - len(values)), dtype=float)

    def narrowed(self, protected: Sequence[Count], least: int) -> list[Narrowed]:
        """Return the protected counts of which more is known than that they are few.

        A count is safe where it could be 1 or none, and could be `least` - 1 or more: unknowns are
        found that meet all that is told, and with which it is.

        Args:
            protected: Counts of 1 to `least` - 1 cases.
            least: The fewest cases that may be known.
        """
        if not protected:
            return []
        wanted = self.cube.sums(protected)
        lows, highs = np.full(len(protected), np.inf), np.full(len(protected), -np.inf)
        for place in range(len(protected)):
            alone = wanted[[place]].toarray()[0]
            # With all the others first: what is found may do for them, too.
            for cost in (alone + np.asarray(wanted.sum(axis=0)) / len(protected), alone):
                for sign in (1, -1):
                    if lows[place] > 1 if sign > 0 else highs[place] < least - 1:
                        sums = (wanted @ self.furthest(sign * cost).x).round(_DIGITS)
                        lows, highs = np.minimum(lows, sums), np.maximum(highs, sums)
        return [
            Narrowed(count, self.cube.value(count), ceil(low), floor(high))
            for count, low, high in zip(protected, lows, highs, strict=True)
            if low > 1 or high < least - 1
        ]

    def furthest(self, cost: Floats) -> OptimizeResult:
        """Return unknowns of least cost that meet all that is told, to a millionth of a case.

        Raises:
            InputError: If nothing meets it.
            ArithmeticError: If the linear programme is not solved so closely.
        """
        found = linprog(
            cost,
            A_eq=self.matrix,
            b_eq=self.values,
            bounds=(0, self.cube.most),  # so that a sum that nothing else bounds has an end, too
            method="highs",
        )
        if found.status == 2:
            raise InputError("the counts on the pages do not fit together; make the pages again.")
        if found.status or np.abs(self.matrix @ found.x - self.values).max() > 10.0**-_DIGITS:
            raise ArithmeticError(f"the linear programme is not solved: {found.message}")
        return found
