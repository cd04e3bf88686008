"""Which counts are withheld so that no count of few cases can be found out from the others.

The fewest are searched by an integer programme. What protects a count is not known beforehand: as
long as a choice gives one away, the dual of the linear programme that finds it out names counts of
which one more must be withheld, and the programme is solved again with that (Benders' cuts, as in
Fischetti & Salazar 2001, doi:10.1287/mnsc.47.7.1008.9803).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from closurerate.audit.disclosure.cube import Count, Cube
from closurerate.audit.disclosure.outsider import Narrowed, Outsider
from closurerate.errors import InputError
from closurerate.records.sealing import write_json
from closurerate.year.case_year import read_withheld

RATED = frozenset({"closed", "effective", "pending"})
"""What the KPI of a group and its parts are computed from: none of them is shown where one of
these is withheld."""
_RATES = 3
"""What the loss of a group's rates costs, in counts: two indicators and the KPI."""


def withheld(
    cube: Cube, counts: Sequence[Count], protected: Sequence[Count], least: int
) -> frozenset[int]:
    """Return the places of the counts to withhold.

    Least is lost: each count costs one, the rates of a group three, and among equals the counts of
    fewest cases go. The nation's are shown, unless they are few themselves.

    Args:
        counts: All that pages show.
        protected: Counts of 1 to `least` - 1 cases, of which no more may be known.
        least: The fewest cases that may be known.

    Raises:
        InputError: If the nation's counts alone give one away.
    """
    values = [cube.value(count) for count in counts]
    few = [0 < value < least for value in values]
    cuts: list[npt.NDArray[np.bool_]] = []
    while True:
        chosen = _least_loss(counts, values, few, cuts)
        outsider = Outsider(cube, counts, chosen)
        # What is within others, and there are many, is looked at when these are safe.
        found = outsider.narrowed([one for one in protected if len(one.where) < 2], least)
        found = found or outsider.narrowed([one for one in protected if len(one.where) > 1], least)
        if not found:
            return chosen
        new = [cut for one in found for cut in _cuts(outsider, one, least)]
        known = {cut.tobytes() for cut in cuts}
        cuts += {cut.tobytes(): cut for cut in new if cut.tobytes() not in known}.values()


def withhold(path: Path, counts: Iterable[Count]) -> None:
    """Write counts that pages leave out from now on, besides those that they leave out already."""
    more = {(count.measure, key, word) for count in counts for key, word in count.where}
    path.parent.mkdir(exist_ok=True)
    write_json({"counts": sorted(read_withheld(path) | more)}, path)


def _cuts(outsider: Outsider, one: Narrowed, least: int) -> list[npt.NDArray[np.bool_]]:
    """Return for each end that is too near which counts it was found out by."""
    cost = np.zeros(outsider.cube.size)
    cost[outsider.cube.cells(one.of)] = 1
    signs = [sign for sign, is_near in ((1, one.low > 1), (-1, one.high < least - 1)) if is_near]
    cuts = []
    for sign in signs:
        duals = outsider.furthest(sign * cost).eqlin.marginals[: len(outsider.told)]
        cut = np.zeros(len(outsider.counts), dtype=bool)
        cut[
            [place for place, dual in zip(outsider.told, duals, strict=True) if abs(dual) > 1e-7]
        ] = True
        cuts.append(cut)
    return cuts


def _least_loss(
    counts: Sequence[Count],
    values: Sequence[int],
    few: Sequence[bool],
    cuts: Sequence[npt.NDArray[np.bool_]],
) -> frozenset[int]:
    """Return which counts to withhold so that of each cut one is: those of least cost."""
    rated = [count.where for count in counts if count.where and count.measure in RATED]
    groups = {where: len(counts) + place for place, where in enumerate(dict.fromkeys(rated))}
    size, total = len(counts) + len(groups), sum(values) + 1
    cost = np.array([1 + value / total for value in values] + [_RATES] * len(groups))
    rows, least = [np.pad(cut, (0, len(groups))).astype(float) for cut in cuts], [1.0] * len(cuts)
    for place, count in enumerate(counts):
        if count.where in groups and count.measure in RATED:
            row = np.zeros(size)
            row[[groups[count.where], place]] = 1, -1
            rows.append(row)
            least.append(0.0)
    lowest = np.array([*few, *[False] * len(groups)], dtype=float)
    highest = np.array(
        [bool(count.where) or is_few for count, is_few in zip(counts, few, strict=True)]
        + [True] * len(groups),
        dtype=float,
    )
    found = milp(
        cost,
        integrality=np.ones(size),
        bounds=Bounds(lowest, highest),
        constraints=LinearConstraint(np.array(rows).reshape(len(rows), size), least, np.inf),
    )
    if found.status:
        raise InputError(
            "disclosure: the nation's totals alone give few cases away; a report with these "
            "numbers cannot be public."
        )
    return frozenset(np.flatnonzero(found.x[: len(counts)] > 0.5).tolist())
