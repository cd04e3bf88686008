"""Counting points in two dimensions: how many of the first so many have a rank below another.

A wavelet tree (Grossi, Gupta & Vitter 2003, "High-order entropy-compressed text indexes") over a
permutation. As every rank from 0 stands once, a node starts where its ranks do and holds as many
zeros as ones, so no table of nodes is needed: a query costs one look-up a level, and all queries
go down the levels together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Dominance:
    """Ranks in a fixed order, ready to be counted.

    Args:
        zeros (sequence of numpy.ndarray of int32): For each binary digit of a rank, the lowest
            first: how many of the entries before a place have a zero there, when the entries are in
            order of their higher digits.
    """

    zeros: Sequence[Places]

    def below(self, prefixes: Places, ranks: Places) -> Places:
        """Return how many of the first `prefixes` (..., n) entries have a rank below `ranks`."""
        place = prefixes.astype(np.int32)
        count = np.zeros_like(place)
        for digit in reversed(range(len(self.zeros))):
            # A node of 2·2^digit ranks starts at twice `half`, with half as many zeros before it.
            half = (ranks >> (digit + 1)) << digit
            # All ones where the rank's digit is one: choosing by a mask takes half the time of
            # `np.where`. The zeros then lie below the rank, and the next node is the upper one.
            is_upper = -(ranks >> digit & 1)
            found = self.zeros[digit].take(place, mode="clip")
            found -= half
            count += found & is_upper
            # The lower node's place is found + 2 · half, the upper one's place − found + 2^digit.
            place -= 2 * found
            place += (1 << digit) - 2 * half
            place &= is_upper
            place += found
            place += 2 * half
        return count


def dominance(ranks: Places) -> Dominance:
    """Return the index of a permutation of 0 to n − 1, in its own order."""
    size = ranks.size
    levels: list[Places] = []
    current = ranks.astype(np.int32)
    here = np.arange(size, dtype=np.int32)
    for digit in reversed(range(size.bit_length())):
        is_upper = (current >> digit & 1).astype(bool)
        zeros = np.zeros(size + 1, dtype=np.int32)
        np.cumsum(~is_upper, out=zeros[1:])
        levels.append(zeros)
        half = (current >> (digit + 1)) << digit
        found = zeros[:-1] - half
        following = np.empty_like(current)
        following[np.where(is_upper, here - found + (1 << digit), found + 2 * half)] = current
        current = following
    return Dominance(levels[::-1])
