"""Random draws that are quick for millions of rows and the same on every run.

Per row there is integer arithmetic on tables only; the tables are made once from the distributions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from closurerate.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

Code = TypeVar("Code", bound=np.generic)

SLOTS = 1 << 16
CELL_BITS = 12
CELLS = 1 << CELL_BITS
INNER_BITS = 32 - CELL_BITS
_PIECE = 1 << 16
NEVER = np.float32(1e30)
"""A key so late that its row is never chosen."""


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return the random numbers of one purpose: no draw elsewhere moves them."""
    purpose = crc32("/".join(names).encode())
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, purpose])))


def u16(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint16]:
    """Return uniform whole numbers below 2**16."""
    return rng.integers(0, SLOTS, count, dtype=np.uint16)


def u32(rng: np.random.Generator, count: int) -> npt.NDArray[np.uint32]:
    """Return uniform whole numbers below 2**32."""
    return rng.integers(0, 1 << 32, count, dtype=np.uint32)


def sampling_pieces(count: int) -> Iterator[slice]:
    """Yield slices of so many rows that what is worked out for them stays in the cache."""
    for start in range(0, count, _PIECE):
        yield slice(start, min(start + _PIECE, count))


def looked_up(table: npt.NDArray[Code], *places: npt.NDArray[np.integer]) -> npt.NDArray[Code]:
    """Return `table[places]`, so many rows at a time that numpy's copies stay in the cache.

    A place is one of the table's, which is not looked at; of a table with one axis -1 is the last.
    """
    first, *further = places
    found, flat = np.empty(first.size, dtype=table.dtype), table.reshape(-1)
    for piece in sampling_pieces(found.size):
        at = first[piece].astype(np.intp)
        for length, place in zip(table.shape[1:], further, strict=True):
            at *= length
            at += place[piece]
        # Wrapping spares the look whether the places are in the table, which takes as long again.
        flat.take(at, mode="wrap", out=found[piece])
    return found


def apportioned(total: int, weights: npt.ArrayLike) -> Ints:
    """Divide a whole total by weights, by rounding its running sum.

    Returns:
        numpy.ndarray of int64: As many parts as weights, none negative, which add up to the total
            exactly.

    Raises:
        InputError: If there is something to divide and no weight.
    """
    running = np.cumsum(np.asarray(weights, dtype=np.float64))
    if running.size == 0 or running[-1] <= 0:
        if total:
            raise InputError(f"synthetic extract: nothing can carry {total:,} of a total.")
        return np.zeros(running.size, dtype=np.int64)
    bounds = np.floor(running * (total / running[-1]) + 0.5).astype(np.int64)
    bounds[running >= running[-1]] = total
    parts: Ints = np.diff(bounds, prepend=0)
    return parts


def lottery(weights: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return a table of 65,536 slots that hold the places of the weights in proportion.

    Args:
        weights (array_like): One row of weights, or several (groups).

    Returns:
        numpy.ndarray of uint8: Shape (65536,) or (groups, 65536): look a place up by a `u16`
            number.
    """
    table = np.asarray(weights, dtype=np.float64)
    if table.ndim == 1:
        places = np.arange(table.size, dtype=np.uint8)
        return np.repeat(places, apportioned(SLOTS, table))
    return np.stack([lottery(row) for row in table])


@dataclass(frozen=True)
class Quantiles:
    """Distributions of whole numbers, each cut into 4,096 cells of equal probability.

    Attributes:
        low, width (numpy.ndarray of int64): Start and length of each cell, distribution after
            distribution.
    """

    low: Ints
    width: Ints

    @classmethod
    def of(cls, edges: Sequence[npt.ArrayLike]) -> "Quantiles":
        """Make them from the 4,097 rising quantiles of each distribution."""
        rows = np.stack([np.floor(np.asarray(row, dtype=np.float64)) for row in edges])
        whole = rows.astype(np.int64)
        return cls(whole[:, :-1].ravel(), np.diff(whole, axis=1).ravel())

    def draw(self, numbers: npt.NDArray[np.uint32], which: npt.ArrayLike = 0) -> Ints:
        """Return one value for each `u32` number, from the distribution with that place."""
        rows = np.broadcast_to(np.asarray(which), numbers.shape)
        drawn = np.empty(numbers.size, dtype=np.int64)
        for piece in sampling_pieces(numbers.size):
            cell = (numbers[piece] >> np.uint32(INNER_BITS)).astype(np.intp)
            cell += rows[piece].astype(np.intp) << CELL_BITS
            steps = self.width.take(cell, mode="wrap") * (
                numbers[piece] & np.uint32((1 << INNER_BITS) - 1)
            )
            steps >>= INNER_BITS
            steps += self.low.take(cell, mode="wrap")
            drawn[piece] = steps
        return drawn


def cell_edges() -> Floats:
    """Return the 4,097 probabilities between the cells of `Quantiles`."""
    return np.arange(CELLS + 1, dtype=np.float64) / CELLS


def sampling_keys(rng: np.random.Generator, lateness: npt.NDArray[np.float32]) -> Keys:
    """Return a random key for each row; the rows with the smallest keys are chosen.

    Args:
        rng: Where chance comes from.
        lateness (numpy.ndarray of float32): One over a row's odds; `NEVER` where it must not be
            chosen.
    """
    drawn: Keys = rng.random(lateness.size, dtype=np.float32)
    drawn *= lateness
    drawn[lateness >= NEVER] = NEVER
    return drawn


def smallest(drawn: Keys, count: int, what: str) -> Mask:
    """Choose exactly so many rows, those with the smallest keys.

    Args:
        drawn (numpy.ndarray of float32): A key for each row; `NEVER`: not to be chosen.
        count: How many rows to choose.
        what: What they are, for the error.

    Returns:
        numpy.ndarray of bool: True for the chosen rows; among equal keys the earlier rows.

    Raises:
        InputError: If so many cannot be chosen.
    """
    possible = int(np.count_nonzero(drawn < NEVER))
    if not 0 <= count <= possible:
        raise InputError(
            f"synthetic extract: {count:,} {what} are wanted, but the other totals and the "
            f"assumptions leave between 0 and {possible:,}; look at data/synthetic.yml."
        )
    if count == 0:
        return np.zeros(drawn.size, dtype=np.bool_)
    bound = np.partition(drawn, count - 1)[count - 1]
    chosen: Mask = drawn < bound
    ties = np.flatnonzero(drawn == bound)
    chosen[ties[: count - int(np.count_nonzero(chosen))]] = True
    return chosen
