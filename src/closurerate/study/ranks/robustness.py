"""How firmly branches hold their ranks when the thresholds are others."""

from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pandas as pd

from closurerate.errors import InputError
from closurerate.kpi.degrees import PROPORTIONAL, degrees_in
from closurerate.kpi.effective_value import values_over_effective
from closurerate.quantity import Exact
from closurerate.study.settings import RATIO_GRID
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter
from closurerate.study.thresholds.scenarios import Scenarios


def sample_scenarios(
    moved: Sequence[Parameter], count: int, seed: int, *, is_equal_effective: bool = False
) -> Scenarios:
    """Return scenarios drawn evenly and independently from the declared range of each threshold.

    Ratios are drawn in whole millionths, boundaries in whole NTD, both ends included. InputError if
    there are no scenarios, or as `Scenarios`, where ranges of boundaries cross.
    """
    if count < 1:
        raise InputError(f"{count} scenarios: draw at least one.")
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[npt.NDArray[np.int64]]] = {"ratio": [], "boundary": []}
    for parameter in moved:
        low, high = parameter.steps
        drawn[parameter.kind].append(rng.integers(low, high, count, dtype=np.int64, endpoint=True))
    ratios, boundaries = (
        np.array(columns, dtype=np.int64).reshape(len(columns), count).T
        for columns in drawn.values()
    )
    return Scenarios(ratios, RATIO_GRID, boundaries, is_equal_effective)


def threshold_ranks(index: ThresholdIndex, scenarios: Scenarios) -> pd.DataFrame:
    """Return how each branch's rank stands up to other thresholds, exact.

    Returns:
        DataFrame: Indexed by branch, `Int64`: `official` (rank by the thresholds in force), `best`
            and `worst` rank in any scenario, `kept` (scenarios with the official rank) and
            `scenarios` (all in which the branch has a value). Missing where it has none.
    """
    official = _scenario_ranks(index, index.official)[0]
    found = _scenario_ranks(index, scenarios)
    ranked = np.ma.masked_equal(found, 0)
    columns = {
        "official": np.ma.masked_equal(official, 0),
        "best": ranked.min(axis=0),
        "worst": ranked.max(axis=0),
    }
    frame = pd.DataFrame(
        {name: pd.array(list(column.filled(0)), dtype="Int64") for name, column in columns.items()},
        index=pd.Index(index.branches, name="group"),
    ).replace(0, pd.NA)
    frame["kept"] = pd.array(((found == official) & (found > 0)).sum(axis=0), dtype="Int64")
    frame["scenarios"] = pd.array((found > 0).sum(axis=0), dtype="Int64")
    return frame


def _scenario_ranks(index: ThresholdIndex, scenarios: Scenarios) -> npt.NDArray[np.int64]:
    """Return each branch's rank in each scenario, 0 where it has no value; shape (n, branches)."""
    effective = index.effective_by_branch(scenarios)
    exact = [_values(index, name, effective[:, place]) for place, name in enumerate(index.branches)]
    known = {Fraction(value) for values, _ in exact for value in values if value is not None}
    # Exact values cannot stand in an array; their places among all of them order alike.
    order = {value: place for place, value in enumerate(sorted(known))}
    sign = 1 if index.version.is_higher_better else -1
    codes = np.stack(
        [
            np.array([-1 if value is None else order[Fraction(value)] for value in values])[places]
            for values, places in exact
        ],
        axis=1,
    )
    has_value = codes >= 0
    found = np.empty(codes.shape, dtype=np.int64)
    for place in range(codes.shape[1]):
        is_better = has_value & (sign * codes > sign * codes[:, [place]])
        found[:, place] = 1 + is_better.sum(axis=1)
    return np.where(has_value, found, 0)


def _values(
    index: ThresholdIndex, branch: str, effective: npt.NDArray[np.int64]
) -> tuple[list[Exact | None], npt.NDArray[np.intp]]:
    one = index.value(1, branch).value
    if one is None or degrees_in(index.version, "E") != PROPORTIONAL:
        return values_over_effective(index.version, index.counts[branch], effective)
    # An irrational KPI takes a millisecond to evaluate; as a multiple of its value for one case
    # it takes next to nothing, and keeps 28 of the 30 digits, so that equal values stay equal.
    distinct, places = np.unique(effective, return_inverse=True)
    if isinstance(one, Decimal):
        times = Context(prec=28).multiply
        return [times(one, int(number)) for number in distinct], places
    return [one * int(number) for number in distinct], places
