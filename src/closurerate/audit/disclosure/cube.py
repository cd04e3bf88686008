"""What an outsider does not know: how many cases are in each cell, and what a count says of them.

A cell is a branch, category and tier; a case in it is new, reopened or older, and pending or closed
with a disposition, effective or not. Each count that is released is a sum over some of these.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from closurerate.kpi.counts import CASE_MEASURES, KEYS
from closurerate.kpi.effective import EffectiveRule

PENDING = "pending"
MISSED = "missed"
"""Closed cases that are not effective."""
TOLD = ("new", "reopened", "closed", "effective", "pending", "opening", MISSED)


class Count(NamedTuple):
    """So many cases of a measure where each of some keys has one word: none for the nation.

    A key is one of `kpi.counts.KEYS`, or a list that divides the nation in a way of its own, such
    as months, of which nothing is known but that its parts make the whole.
    """

    measure: str
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cube:
    """The counts of a year, and the unknowns of somebody who is told some of them.

    Args:
        counts: As `kpi.counts.count_cases` makes them.
        lists: Measures by list and part, such as `{"month": {("1", "new"): 59}}`, cases.
    """

    counts: pd.DataFrame
    rule: EffectiveRule
    lists: Mapping[str, Mapping[tuple[str, str], int]]

    @cached_property
    def atoms(self) -> pd.DataFrame:
        """One row an unknown: the words that there are, in each combination that can be."""
        words = [self.counts[key].dropna().unique() for key in KEYS[:3]]
        entries = ["new", "old"]
        if self.counts["reopened"].notna().any():
            entries.insert(1, "reopened")
        ends = [(PENDING, False)]
        for disposition in self.counts["disposition"].dropna().unique():
            known = {True} if disposition in self.rule.paid_in_full else {False}
            ends += [
                (disposition, is_effective) for is_effective in known | self._open(disposition)
            ]
        rows = [
            (*cell, *end, entry) for cell, end, entry in product(product(*words), ends, entries)
        ]
        return pd.DataFrame(rows, columns=[*KEYS, "is_effective", "entry"])

    def _open(self, disposition: str) -> set[bool]:
        return {True, False} if disposition in self.rule.paid_in_part else set()

    @cached_property
    def parts(self) -> list[tuple[str, tuple[str, str]]]:
        """The unknowns of the lists, which stand after the atoms."""
        return [(name, part) for name, parts in self.lists.items() for part in parts]

    @property
    def size(self) -> int:
        """How many unknowns there are."""
        return len(self.atoms) + len(self.parts)

    @cached_property
    def most(self) -> int:
        """More cases than any count can be."""
        return 2 * int(self.told_counts[["closed", PENDING]].to_numpy().sum()) + 1

    def value(self, count: Count) -> int:
        """Return the true count, cases."""
        if self._list(count):
            ((name, part),) = count.where
            return self.lists[name][part, count.measure]
        rows = self.told_counts
        for key, word in count.where:
            rows = rows[rows[key] == word]
        return int(rows[count.measure].sum())

    @cached_property
    def told_counts(self) -> pd.DataFrame:
        """The counts with all of `TOLD`, as whole numbers."""
        return whole_counts(self.counts)

    def _list(self, count: Count) -> bool:
        return any(key in self.lists for key, _ in count.where)

    def cells(self, count: Count) -> npt.NDArray[np.int64]:
        """Return the places of the unknowns that a count is the sum of."""
        if self._list(count):
            ((name, part),) = count.where
            return np.array([len(self.atoms) + self.parts.index((name, (part, count.measure)))])
        atoms = self.atoms
        is_in = self._of(count.measure)
        for key, word in count.where:
            is_in &= (atoms[key] == word).to_numpy()
        return np.flatnonzero(is_in)

    def _of(self, measure: str) -> npt.NDArray[np.bool_]:
        atoms = self.atoms
        is_closed = (atoms["disposition"] != PENDING).to_numpy()
        is_effective = atoms["is_effective"].to_numpy(dtype=bool)
        found = {
            "closed": is_closed,
            PENDING: ~is_closed,
            "effective": is_effective,
            MISSED: is_closed & ~is_effective,
            "opening": (atoms["entry"] == "old").to_numpy(),
        }
        mask = found[measure] if measure in found else (atoms["entry"] == measure).to_numpy()
        return np.array(mask)

    def sums(self, counts: Iterable[Count]) -> csr_array:
        """Return the counts as a matrix, one row each, that takes the unknowns to them."""
        places = [self.cells(count) for count in counts]
        starts = np.cumsum([0, *map(len, places)])
        columns = np.concatenate([*places, np.array([], dtype=np.int64)])
        ones = np.ones(len(columns))
        return csr_array((ones, columns, starts), shape=(len(places), self.size))

    def of_lists(self) -> csr_array:
        """Return what is known of the lists: the parts less the whole, which is nought."""
        totals = dict.fromkeys((name, measure) for name, (_, measure) in self.parts)
        rows = []
        for name, measure in totals:
            row = np.zeros(self.size)
            row[self.cells(Count(measure))] = -1
            for place, (of, part) in enumerate(self.parts):
                if (of, part[1]) == (name, measure):
                    row[len(self.atoms) + place] = 1
            rows.append(row)
        return csr_array(np.array(rows).reshape(len(rows), self.size))


def whole_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return a count with whole numbers of `TOLD`: what is not known is none."""
    whole = counts.assign(
        **{name: counts[name].fillna(0).astype("int64") for name in CASE_MEASURES}
    )
    opening = whole["pending"] + whole["closed"] - whole["new"] - whole["reopened"]
    return whole.assign(opening=opening, missed=whole["closed"] - whole["effective"])


def few(cube: Cube, least: int, depth: int = 2) -> Iterator[Count]:
    """Give each part of a list, and each count by up to so many keys, that is 1 to `least` - 1."""
    for name, parts in cube.lists.items():
        for (part, measure), value in parts.items():
            if 0 < value < least:
                yield Count(measure, ((name, part),))
    counts = cube.told_counts
    for size in range(depth + 1):
        for keys in combinations(KEYS, size):
            sums = counts.groupby(list(keys))[list(TOLD)].sum() if keys else _whole(counts)
            for words, row in zip(sums.index, sums.to_dict("records"), strict=True):
                chosen = words if isinstance(words, tuple) else (words,)
                where = tuple(zip(keys, chosen, strict=False))
                yield from (Count(str(name), where) for name in row if 0 < row[name] < least)


def _whole(counts: pd.DataFrame) -> pd.DataFrame:
    return counts[list(TOLD)].agg(["sum"])
