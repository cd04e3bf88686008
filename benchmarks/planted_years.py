"""Made-up years for the search for patterns: many of them in one file, and patterns planted."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from closurerate.audit.rows.patterns import BY_BRANCH, chances
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES

Columns = dict[str, npt.NDArray[np.int64]]
Chances = npt.NDArray[np.float64]
FIRST = (date(2018, 1, 1) - date(1970, 1, 1)).days
"""The first day of 107, which was a Monday."""
DISPOSITIONS = ("paid_in_full", "part_certificate", "unpaid_certificate", "unpaid_withdrawn")
FULL, PART, UNPAID = 0, 1, 2
_SMALL_TWD = 600


def drawn_rows(rng: np.random.Generator, seeds: int, each: int, *, habit: float = 0) -> Columns:
    """Closed cases without a pattern: a smooth share paid, and any weekday of the year.

    Args:
        seeds: How many years; a case's `branch` is the place of its year's branch.
        habit: What share of the part-paid cases pays a little over some tenth or odd twentieth
            instead; of how many that is, each year and tier has another idea for each of them.
    """
    count = seeds * each
    amount = np.exp(rng.normal(np.log(150_000), 1.1, count)).astype(np.int64) + 101
    small = rng.random(count) < 0.2
    amount[small] = rng.integers(100, _SMALL_TWD, small.sum())
    ratio = rng.beta(0.8, 1.5, count)
    seed = np.repeat(np.arange(seeds), each)
    if habit:
        grid = np.arange(3, 18) / 20
        weights = rng.dirichlet(np.full(grid.size, 4.0), (seeds, 3)).cumsum(axis=2)
        tier = (amount >= 200_000).astype(int) + (amount >= 1_000_000)
        chosen = (rng.random(count)[:, None] > weights[seed, tier]).sum(axis=1)
        habitual = rng.random(count) < habit
        over = grid[np.minimum(chosen, grid.size - 1)] + rng.random(count) * 0.01
        ratio = np.where(habitual, over, ratio)
    kind = rng.choice(len(DISPOSITIONS), count, p=[0.2, 0.5, 0.2, 0.1])
    paid = np.where(kind == PART, np.maximum(1, (ratio * amount).astype(np.int64)), 0)
    weekday = rng.integers(0, 260, count)
    return {
        "branch": seed * len(BRANCHES) + rng.integers(0, len(BRANCHES), count),
        "category": rng.integers(0, len(CATEGORIES), count),
        "obligor_id": rng.integers(0, count, count),
        "referred_on": np.full(count, FIRST),
        "closed_on": FIRST + weekday // 5 * 7 + weekday % 5,
        "disposition": kind,
        "referred_amount_twd": amount,
        "paid_amount_twd": np.where(kind == FULL, amount, paid),
    }


def write_rows(rows: Columns, path: Path) -> Path:
    """Write them as a case file; a branch's name is its own, after the number of its year."""
    places = int(rows["branch"].max()) + 1
    branches = [f"{at // len(BRANCHES)}/{BRANCHES[at % len(BRANCHES)]}" for at in range(places)]
    words = {"branch": branches, "category": CATEGORIES, "disposition": DISPOSITIONS}
    table: dict[str, pa.Array] = {"obligor_id": pa.array(rows["obligor_id"]).cast("string")}
    for name, of_column in words.items():
        codes = pa.array(rows[name].astype(np.int32))
        table[name] = pa.DictionaryArray.from_arrays(codes, pa.array(of_column))
    for name in ("referred_on", "closed_on"):
        table[name] = pa.array(rows[name].astype(np.int32)).cast("date32")
    for name in ("referred_amount_twd", "paid_amount_twd"):
        table[name] = pa.array(rows[name])
    pq.write_table(pa.table(table), path)
    return path


# Patterns, each planted in the branch of one place -------------------------------------------
Planting = Callable[[np.random.Generator, Columns, int, float], None]
"""Changes some cases in the branch of a place, of each year, more of them the stronger it is."""


def _some(
    rng: np.random.Generator, rows: Columns, branch: int, share: float
) -> npt.NDArray[np.bool_]:
    own: npt.NDArray[np.bool_] = rows["branch"] % len(BRANCHES) == branch
    return own & (rng.random(own.size) < share)


def over_the_ratio(rng: np.random.Generator, rows: Columns, branch: int, strength: float) -> None:
    """Some who paid nearly half were brought to just over it."""
    amount, paid = rows["referred_amount_twd"], rows["paid_amount_twd"]
    near = (amount < 200_000) & (paid * 2 < amount) & (paid * 20 > 9 * amount)
    chosen = _some(rng, rows, branch, 0.5 * strength) & near & (rows["disposition"] == PART)
    paid[chosen] = amount[chosen] // 2 + 1


def under_the_boundary(
    rng: np.random.Generator, rows: Columns, branch: int, strength: float
) -> None:
    """Some that were just over 200,000 were referred for a little less."""
    amount = rows["referred_amount_twd"]
    chosen = _some(rng, rows, branch, 0.4 * strength) & (amount >= 200_000) & (amount < 220_000)
    amount[chosen] = 200_000 - rng.integers(1, 1000, int(chosen.sum()))


def before_the_year_ends(
    rng: np.random.Generator, rows: Columns, branch: int, strength: float
) -> None:
    """Some closings of December are of its last days."""
    days = rows["closed_on"]
    chosen = _some(rng, rows, branch, 0.4 * strength) & (days >= FIRST + 340) & (days < FIRST + 355)
    days[chosen] = FIRST + 358


def certificates_for_little(
    rng: np.random.Generator, rows: Columns, branch: int, strength: float
) -> None:
    """Most small debts end in a certificate."""
    small = rows["referred_amount_twd"] < 300
    chosen = _some(rng, rows, branch, 0.6 * strength) & small
    rows["disposition"][chosen], rows["paid_amount_twd"][chosen] = UNPAID, 0


def debts_referred_again(
    rng: np.random.Generator, rows: Columns, branch: int, strength: float
) -> None:
    """Some debts are there twice."""
    chosen = _some(rng, rows, branch, 0.1 * strength) & (rows["referred_amount_twd"] > 1000)
    for year in np.unique(rows["branch"][chosen]):
        own = np.flatnonzero(chosen & (rows["branch"] == year))
        half = own.size // 2
        for name in ("obligor_id", "category", "referred_amount_twd"):
            rows[name][own[:half]] = rows[name][own[half : 2 * half]]


PLANTED: dict[str, Planting] = {
    "repaid": over_the_ratio,
    "referred": under_the_boundary,
    "year_end": before_the_year_ends,
    "certificates": certificates_for_little,
    "referred_again": debts_referred_again,
}


# Many years at once ---------------------------------------------------------------------------
def chances_of_years(
    windows: pd.DataFrame, years: int, chance: Callable[..., Chances] = chances
) -> dict[str, Chances]:
    """Return by pattern the chances of each of many years, shape (years, tests).

    Of each cut-off come the branches in the contract's order, then the nation where it is tested.

    Args:
        windows: Of the file of all of them.
        chance: How a window is tested.
    """
    place = windows["branch"].str.partition("/")
    windows = windows.assign(year=place[0].astype(int), branch=place[2])
    found = dict[str, list[Chances]]()
    for (pattern, _), part in windows.groupby(["pattern", "cut"], sort=False):
        of_part = found.setdefault(str(pattern), [])
        own = [one[..., 0] for one in _counts(part[part["is_own"]], years)]
        if pattern in BY_BRANCH:
            is_other = ~np.eye(len(BRANCHES), dtype=bool)
            others = [np.stack([one[:, mask] for mask in is_other], axis=1) for one in own]
            of_part.append(chance(*own, *others, is_alone=True))
            continue
        others = _counts(part[~part["is_own"]], years)
        nation = [one.sum(axis=1, keepdims=True) for one in (*own, *others)]
        of_part += [chance(*own, *others), chance(*nation)]
    return {pattern: np.concatenate(parts, axis=1) for pattern, parts in found.items()}


def _counts(part: pd.DataFrame, years: int) -> list[npt.NDArray[np.int64]]:
    """Return the cases inside and beside, shape (years, branches, cut-offs)."""
    every = pd.MultiIndex.from_product([range(years), BRANCHES])
    return [
        part.pivot_table(name, ["year", "branch"], "at", "sum", fill_value=0)
        .reindex(every, fill_value=0)
        .to_numpy(dtype=np.int64)
        .reshape(years, len(BRANCHES), -1)
        for name in ("inside", "beside")
    ]
