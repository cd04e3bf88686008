"""Which windows hold more cases than chance and habit put there.

A window is tested twice, and the greater of the two chances is its own:

- Fisher's exact test, one-sided: so many of its cases lie inside, against the same of all that it
  is compared with (Fisher 1934).
- The prediction interval of a random-effects model (Higgins, Thompson & Spiegelhalter 2009,
  doi:10.1111/j.1467-985X.2008.00552.x): the log odds of lying inside, against how these vary from
  one compared cut-off to the next beyond chance. Where round numbers are heaps anyway, or every
  month's end is busy, the exact test alone would accuse. How they vary is estimated from all
  branches together; the degrees of freedom (Satterthwaite 1946, doi:10.2307/3002019) are those of
  one branch at least, and of more as far as branches are heaped each in its own way.

A cut-off is compared with others as round as it, in the same branch; where there are none (the
certificates, the debts referred again) a branch is compared with the other branches. The chances
of one pattern are adjusted together (Holm 1979, doi:10.2307/4615733), so that the chance to name
anything where there is nothing is the error rate at most.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from closurerate.audit.rows.settings import PatternSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PATTERNS = ("repaid", "referred", "year_end", "certificates", "referred_again")
BY_BRANCH = ("certificates", "referred_again")
"""Patterns without a cut-off of their own: branches are compared with each other."""
_KEYS = ["pattern", "cut", "branch"]
_TESTED = [*_KEYS, "inside", "beside", "expected", "chance", "adjusted", "is_found"]
NATION = ""
"""In the place of a branch: all of them together."""


@dataclass(frozen=True)
class Patterns:
    """The windows of a year, tested.

    Attributes:
        windows: As `windows.count_windows` returns them.
    """

    year: int
    windows: pd.DataFrame
    settings: PatternSettings

    @cached_property
    def tests(self) -> pd.DataFrame:
        """A row a window in question, the nation's (branch "") among them; see `weighed`."""
        return weighed(self.windows, self.settings.error_rate)

    @property
    def found(self) -> pd.DataFrame:
        """The tests that find something."""
        return self.tests[self.tests["is_found"]]


def with_nation(windows: pd.DataFrame) -> pd.DataFrame:
    """Return windows with those of the nation, where cut-offs are compared and not branches."""
    keys, cuts = ["pattern", "cut", "at", "is_own"], windows[~windows["pattern"].isin(BY_BRANCH)]
    nation = cuts.groupby(keys, sort=False)[["inside", "beside"]].sum().reset_index()
    both = pd.concat([windows, nation.assign(branch=NATION)], ignore_index=True)
    return both.assign(is_nation=both["branch"] == NATION)


def weighed(windows: pd.DataFrame, error_rate: Fraction) -> pd.DataFrame:
    """Return the chance of each window in question, where nobody had put anything into it.

    Returns:
        DataFrame: `pattern`, `cut`, `branch`, `inside`, `beside` (cases), `expected` (cases inside,
            by what it is compared with), `chance`, `adjusted` (Holm, within the pattern) and
            `is_found`.
    """
    grouped = with_nation(windows).groupby(["pattern", "cut", "is_nation"], sort=False)
    parts = [_weighed(part) for _, part in grouped if part["is_own"].any()]
    if not parts:
        return pd.DataFrame(columns=_TESTED).astype({"is_found": bool})
    found = pd.concat(parts, ignore_index=True)
    adjusted = found.groupby("pattern")["chance"].transform(holm)
    return found.assign(adjusted=adjusted, is_found=adjusted <= float(error_rate))


def _weighed(part: pd.DataFrame) -> pd.DataFrame:
    """Return one cut-off's chances: of all branches, or of the nation."""
    own, others = part[part["is_own"]].set_index(_KEYS), part[~part["is_own"]]
    counts = own[["inside", "beside"]]
    is_alone = part["pattern"].iloc[0] in BY_BRANCH
    inside, beside = (counts[name].to_numpy(dtype=np.int64) for name in counts)
    if is_alone:
        compared = [_other_branches(inside), _other_branches(beside)]
    else:
        compared = [_by_cut(others, name, own.index) for name in ("inside", "beside")]
    chance = chances(inside, beside, *compared, is_alone=is_alone)
    all_inside, all_beside = (one.sum(axis=-1) for one in compared)
    share = all_inside / np.maximum(all_inside + all_beside, 1)
    return counts.assign(expected=share * (inside + beside), chance=chance).reset_index()


def _by_cut(others: pd.DataFrame, name: str, branches: pd.Index) -> Ints:
    """Return the cases of each branch about each of the other cut-offs, if there are any."""
    if others.empty:
        return np.zeros((len(branches), 0), dtype=np.int64)
    table = others.pivot(index=_KEYS, columns="at", values=name).reindex(branches)
    return table.fillna(0).to_numpy(dtype=np.int64)


def _other_branches(counts: Ints) -> Ints:
    """Return of each branch the counts of the others."""
    is_other = ~np.eye(counts.size, dtype=bool)
    return np.broadcast_to(counts, is_other.shape)[is_other].reshape(counts.size, -1)


def chances(
    inside: Ints, beside: Ints, others: Ints, others_beside: Ints, *, is_alone: bool = False
) -> Floats:
    """Return the greater chance of the two tests for each window of one cut-off.

    Args:
        inside, beside: Shape (…, branches).
        others, others_beside: What each is compared with, shape (…, branches, compared).
        is_alone: Whether how the compared ones vary is estimated for each branch by itself, as
            where they are the other branches.
    """
    exact = exact_chance(inside, beside, others.sum(axis=-1), others_beside.sum(axis=-1))
    varied = predicted_chance(inside, beside, others, others_beside, is_alone=is_alone)
    return np.maximum(exact, varied)


def exact_chance(inside: Ints, beside: Ints, others: Ints, others_beside: Ints) -> Floats:
    """Return the chance of as many inside or more, all margins of the two-by-two table given."""
    from scipy import stats  # which takes half a second to load

    whole = inside + beside + others + others_beside
    found = stats.hypergeom.sf(inside - 1, whole, inside + others, inside + beside)
    return np.where(inside == 0, 1.0, found)  # of no case at all SciPy gives no chance


def predicted_chance(
    inside: Ints, beside: Ints, others: Ints, others_beside: Ints, *, is_alone: bool = False
) -> Floats:
    """Return the chance of such log odds or higher by how those of the others vary.

    It is 1 where there is only one other, of which nobody knows how it varies.
    """
    from scipy import special

    count = others.shape[-1]
    if count <= 1:
        return np.ones(inside.shape)
    own, own_variance = _log_odds(inside, beside)
    log_odds, variances = _log_odds(others, others_beside)
    within, spread = variances.mean(axis=-1), log_odds.var(axis=-1, ddof=1)
    rows = 1 if is_alone else inside.shape[-1]
    between = spread - within
    if rows > 1:
        between = between.mean(axis=-1, keepdims=True)
    between = np.maximum(0, between)
    more = 1 + 1 / count
    error = own_variance + within / count + between * more
    # How unsure `between` is: what branches share is not averaged over them, and the rest is.
    unsure = between**2 + ((between + within) ** 2 - between**2) / rows
    freedom = (count - 1) * np.maximum(1, (error / more) ** 2 / unsure)
    above: Floats = special.stdtr(freedom, (log_odds.mean(axis=-1) - own) / np.sqrt(error))
    return above


def _log_odds(inside: Ints, beside: Ints) -> tuple[Floats, Floats]:
    """Return log odds and their variances, half a case added to each count (Haldane 1956)."""
    more, less = inside + 0.5, beside + 0.5
    return np.log(more / less), 1 / more + 1 / less


def holm(chances: pd.Series) -> pd.Series:
    """Return the chances adjusted for their number by Holm's steps."""
    ranked = chances.sort_values(kind="stable")
    steps = np.arange(len(ranked), 0, -1)
    adjusted = np.minimum(1, np.maximum.accumulate(ranked.to_numpy() * steps))
    return pd.Series(adjusted, index=ranked.index).reindex(chances.index)
