"""The KPI of a year of cases as DataFrames: by group, and under other thresholds."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.counts import GROUPS
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.effective_value import values_over_effective
from closurerate.kpi.evaluate import BY, Evaluation, evaluate, in_unit, totals
from closurerate.records.documents import nearest
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import threshold_names
from closurerate.study.thresholds.scenarios import Scenarios

TOTAL = "total"
_COUNTS = ("new", "closed", "effective", "pending")


def kpi_frame(
    version: KpiVersion, counts: pd.DataFrame, by: str | Sequence[str], kind: str
) -> pd.DataFrame:
    """Return a KPI by group and in all; see `OpenYear.kpi`.

    Args:
        counts: As `kpi.counts.count_cases` returns them, by the version's rule.
        kind: Of the cases: groups of synthetic ones are called so.
    """
    keys = [by] if isinstance(by, str) else list(by)
    for key in keys:
        if key not in BY:
            raise InputError(
                f"by: {key!r} is no group{nearest(key, BY)}; it is of {', '.join(BY)}."
            )
    orders = GROUPS | {"tier": tuple(tier.name for tier in version.rule.tiers)}
    ordered = {key: pd.Categorical(counts[key], orders[key], ordered=True) for key in keys}
    groups = list(counts.assign(**ordered).groupby(keys, observed=True)) if keys else []
    names = [*(name for name, _ in groups), (TOTAL,) * max(1, len(keys))]
    every = [evaluate(version, totals(part), None) for part in (*(p for _, p in groups), counts)]
    suffix = " (synthetic)" if kind == "synthetic" else ""
    table = pd.DataFrame([_row(item) for item in every])
    index = pd.MultiIndex.from_tuples(names, names=[f"{key}{suffix}" for key in keys or ["cases"]])
    table.index = index if len(keys) > 1 else index.get_level_values(0)
    return table


def _row(found: Evaluation) -> dict[str, Any]:
    exact = in_unit(found.value.value, found.unit)
    indicators = {
        name: _float(in_unit(item.value, "percent")) for name, item in found.indicators.items()
    }
    return {
        **{name: found.counts[name] for name in _COUNTS},
        **indicators,
        "value": _float(exact),
        "exact": exact,
    }


def _float(value: Fraction | None) -> float:
    return float("nan") if value is None else float(value)


def scenario_frame(index: ThresholdIndex, given: pd.DataFrame, by: str | None) -> pd.DataFrame:
    """Return the KPI under thresholds of a DataFrame; see `OpenYear.scenarios`."""
    if by not in (None, "branch"):
        raise InputError(f"by: {by!r}: scenarios are of the nation (None), or by 'branch'.")
    if not isinstance(given, pd.DataFrame):
        raise InputError(
            f"scenarios: a {type(given).__name__} is no DataFrame; give one with a column for each "
            'threshold, such as pd.DataFrame({"ratio_ordinary": [0.4, 0.5]}).'
        )
    scenarios = _scenarios(index, given)
    groups = [*(index.branches if by else ()), None]
    effective = index.effective_by_branch(scenarios).T.tolist() if by else []
    effective.append(index.effective(scenarios))
    found = []
    for group, counted in zip(groups, effective, strict=True):
        counted = pd.Series(counted).to_numpy()
        values, places = values_over_effective(index.version, index.counts[group], counted)
        exact = [in_unit(values[place], index.version.unit) for place in places]
        part = given.assign(effective=counted, value=[*map(_float, exact)])
        part["exact"] = pd.Series(exact, index=given.index, dtype=object)
        if by:
            part.insert(len(given.columns), by, group or TOTAL)
        found.append(part)
    rows = np.arange(len(given) * len(groups)).reshape(len(groups), len(given))
    return pd.concat(found).iloc[rows.T.ravel()]


def _scenarios(index: ThresholdIndex, given: pd.DataFrame) -> Scenarios:
    ratios, boundaries = threshold_names(index.version.rule)
    known = {**dict.fromkeys(ratios), **dict.fromkeys(boundaries)}
    for name in given.columns:
        if name not in known and str(name).startswith(("ratio", "boundary")):
            raise InputError(f"scenarios: column {name!r} is no threshold{nearest(name, known)}.")
    tiers = index.version.rule.tiers
    official: dict[str, Fraction | int] = {
        **dict(zip(ratios, (tier.ratio for tier in tiers), strict=True)),
        **dict(zip(boundaries, (tier.from_twd for tier in tiers[1:]), strict=True)),
    }
    filled = {
        name: [_exact(name, item) for item in given[name]]
        if name in given.columns
        else [Fraction(official[name])] * len(given)
        for name in known
    }
    return Scenarios.of(
        [*zip(*(filled[name] for name in ratios), strict=True)],
        [
            [int(item) for item in row]
            for row in zip(*(filled[name] for name in boundaries), strict=True)
        ],
        is_equal_effective=index.version.rule.is_equal_effective,
    )


def _exact(name: str, value: Any) -> Fraction:
    """Return a number as it is printed: 0.4 is two fifths."""
    try:
        exact = Fraction(str(value))
    except ValueError:
        raise InputError(f"scenarios: {name}: {value!r} is no number such as 0.5.") from None
    if name.startswith("boundary") and exact.denominator != 1:
        raise InputError(f"scenarios: {name}: {value!r} must be a whole number of NTD.")
    return exact
