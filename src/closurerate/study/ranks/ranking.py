"""Ranks of groups by KPIs, how far they agree, and how far they shift from one to another."""

from collections.abc import Collection, Mapping
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import group_totals, in_unit, value_of
from closurerate.quantity import Exact

Values = Mapping[str, Exact | None]


def branch_values(version: KpiVersion, counts: pd.DataFrame) -> dict[str, Exact | None]:
    """Return the exact KPI of each branch that has a case, in the printed unit."""
    return values_in_unit(version, group_totals(version, counts, "branch"))


def values_in_unit(version: KpiVersion, sums: Mapping[str, Counts]) -> dict[str, Exact | None]:
    """Return the exact KPI of each group, in the printed unit, from the groups' totals."""
    return {name: in_unit(value_of(version, own).value, version.unit) for name, own in sums.items()}


def ranks(values: Values, *, is_higher_better: bool = True) -> dict[str, int | None]:
    """Return the rank of each group, the best first; None where it has no value.

    Equal values share the better rank, and the next one counts them all: 1, 2, 2, 4.
    """
    known = [value for value in values.values() if value is not None]
    best_first = sorted(known, reverse=is_higher_better)
    return {
        name: None if value is None else 1 + best_first.index(value)
        for name, value in values.items()
    }


def rank_table(values: Mapping[str, Values], lower: Collection[str] = ()) -> pd.DataFrame:
    """Return the ranks of groups by several KPIs, a column (`Int64`) each, missing without a value.

    Args:
        values: Values of the same groups by KPI.
        lower: The KPIs of which less is better.

    Raises:
        InputError: If there is no KPI, the groups differ between KPIs, or `lower` names another
            one.
    """
    if not values or not set(lower) <= set(values):
        raise InputError(f"KPIs {list(values)}, lower {list(lower)}: lower must be among them.")
    groups = list(next(iter(values.values())))
    if any(list(column) != groups for column in values.values()):
        raise InputError(f"each KPI must have values for the same groups: {', '.join(groups)}.")
    columns = {
        name: list(ranks(column, is_higher_better=name not in lower).values())
        for name, column in values.items()
    }
    return pd.DataFrame(columns, index=pd.Index(groups, name="group"), dtype="Int64")


def rank_shifts(table: pd.DataFrame, base: str) -> pd.DataFrame:
    """Return by how many places each group stands better (over 0) or worse than by a `base` KPI.

    Raises:
        InputError: If `base` is not in the table.
    """
    if base not in table:
        raise InputError(f"no ranks by {base!r}; there are {', '.join(map(str, table))}.")
    others = table.drop(columns=base)
    return -others.sub(table[base], axis="index")


def agreement(table: pd.DataFrame) -> pd.DataFrame:
    """Return Kendall's tau-b between the rankings of each two KPIs.

    1 where they order all groups alike, −1 where the other way round; ties are allowed for. Groups
    that either KPI does not rank are left out; nan where a KPI ranks all groups alike, or fewer
    than two are left. Accurate to 1e-15, as pairs are counted exactly.

    References:
        Kendall (1945, doi:10.1093/biomet/33.3.239); `scipy.stats.kendalltau`.
    """
    from scipy.stats import kendalltau  # which loads for a second, and few pages need

    result = np.full((table.shape[1], table.shape[1]), np.nan)
    values = table.to_numpy(dtype=float, na_value=np.nan)
    for one, other in combinations_with_replacement(range(table.shape[1]), 2):
        pairs = values[:, [one, other]]
        first, second = pairs[~np.isnan(pairs).any(axis=1)].T
        if min(len(set(first)), len(set(second))) > 1:
            result[one, other] = result[other, one] = kendalltau(first, second).statistic
    return pd.DataFrame(result, index=table.columns, columns=table.columns)


def rank_spread(table: pd.DataFrame) -> pd.DataFrame:
    """Return the `best`, `median` (half places too) and `worst` rank of each group over KPIs."""
    return pd.DataFrame(
        {"best": table.min(axis=1), "median": table.median(axis=1), "worst": table.max(axis=1)}
    )
