"""Counterexamples in whole cases of a branch's size, found on a grid and confirmed exactly.

The grid is walked in floats; what is returned was evaluated again in exact numbers. A search that
finds nothing is no proof: a verdict that rests on it says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from closurerate.kpi.combination import C, E, P, count_expression
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.float_values import Floats, on_arrays
from closurerate.kpi.value import Value, evaluate_formula

STEP = 25_000
"""Cases from one point of the grid to the next, for E; twice as many for C and P."""
LARGEST = 1_000_000
EFFECTIVE = np.arange(STEP, LARGEST + 1, STEP)
STOCKS = np.arange(2 * STEP, LARGEST + 1, 2 * STEP)
"""Closed and pending cases of the grid."""
OTHERS: Mapping[str, int] = {
    "new": 700_000,
    "reopened": 50,
    "closed_referred_twd": 7_000_000_000,
    "closed_paid_twd": 2_000_000_000,
    "collected_twd": 2_000_000_000,
}
"""The other counts, held at a branch's magnitude."""

_USUAL = (230_000, 700_000, 550_000)
"""E, C, P of a branch, to which counterexamples are taken as near as there are any."""
_TOLERANCE = 1e-12
_PLAIN = 0.003
"""A change of the KPI by this share can be seen in its printed value: such a pair is preferred."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class CountsPoint:
    """Counts with the indicators (plain ratios) and the exact value of a KPI there."""

    effective: int
    closed: int
    pending: int
    value: Value

    @property
    def first(self) -> Fraction:
        """I1."""
        return Fraction(self.effective, self.closed)

    @property
    def second(self) -> Fraction:
        """I2."""
        return Fraction(self.effective, self.pending)


def point_at(version: KpiVersion, effective: int, closed: int, pending: int) -> CountsPoint:
    """Return the exact value of a KPI for counts, `OTHERS` held."""
    counts = {"E": effective, "C": closed, "P": pending, **OTHERS}
    value = evaluate_formula(version.formula, version.indicators, counts)
    return CountsPoint(effective, closed, pending, value)


def held(version: KpiVersion) -> tuple[str, ...]:
    """Return the counts that a KPI uses besides E, C and P, of which the search tries one each."""
    expression = count_expression(version)
    symbols = set() if expression is None else expression.free_symbols - {E, C, P}
    return tuple(sorted(str(symbol) for symbol in symbols))


def outside(version: KpiVersion) -> tuple[CountsPoint, ...]:
    """Return a point where a KPI is not between I1 and I2; empty where none is found."""
    grid = _values(version)
    effective, closed, pending = _mesh()
    first, second = effective / closed, effective / pending
    least, greatest = np.minimum(first, second), np.maximum(first, second)
    found = (grid < least * (1 - _TOLERANCE)) | (grid > greatest * (1 + _TOLERANCE))
    return _single(
        version, found, lambda point: not min(point.first, point.second)
        <= _exact(point) <= max(point.first, point.second),
    )  # fmt: skip


def over_one(version: KpiVersion) -> tuple[CountsPoint, ...]:
    """Return a point where a KPI passes 1 though no more cases are effective than closed."""
    found = _values(version) > 1 + _TOLERANCE
    return _single(version, found, lambda point: _exact(point) > 1)


def unlike_swapped(version: KpiVersion) -> tuple[CountsPoint, ...]:
    """Return a point and the one with C and P exchanged, at which a KPI differs."""
    grid = _values(version)
    found = np.abs(grid - grid.transpose(0, 2, 1)) > _TOLERANCE
    for place in _nearest(found):
        effective, closed, pending = _counts(place)
        pair = (
            point_at(version, effective, closed, pending),
            point_at(version, effective, pending, closed),
        )
        if pair[0].value != pair[1].value:
            return pair
    return ()


def unlike_scaled(version: KpiVersion) -> tuple[CountsPoint, ...]:
    """Return points with E, 2E and 4E whose values are in no geometric progression."""
    effective, closed, pending = 100_000, *_USUAL[1:]
    points = tuple(point_at(version, effective * k, closed, pending) for k in (1, 2, 4))
    if any(point.value.value is None for point in points):
        return ()
    once, twice, four_times = map(_exact, points)
    return points if once * four_times != twice**2 else ()


def steps(version: KpiVersion, axis: int, sign: int) -> tuple[CountsPoint, ...]:
    """Return two neighbours on the grid between which a KPI moves a given way; else nothing.

    Args:
        axis: What grows from the first to the second: 0 for E, 1 for C, 2 for P.
        sign: 1 for a rise of the KPI, −1 for a fall, 0 for neither.
    """
    grid = _values(version)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.diff(grid, axis=axis) / np.abs(np.delete(grid, -1, axis=axis))
    found = np.abs(change) <= _TOLERANCE if sign == 0 else sign * change > _TOLERANCE
    plain = found & (np.abs(change) > _PLAIN)
    for place in (*_nearest(plain), *_nearest(found)):
        following = tuple(index + (number == axis) for number, index in enumerate(place))
        pair = point_at(version, *_counts(place)), point_at(version, *_counts(following))
        difference = _exact(pair[1]) - _exact(pair[0])
        if (difference > 0) - (difference < 0) == sign:
            return pair
    return ()


def has_gaps(version: KpiVersion) -> bool:
    """Whether a KPI lacks a value somewhere on the grid, so that neighbours tell too little."""
    effective, closed, _ = _mesh()
    return bool(np.isnan(_values(version)[effective <= closed]).any())


def _single(
    version: KpiVersion, found: Mask, is_violation: Callable[[CountsPoint], bool]
) -> tuple[CountsPoint, ...]:
    points = (point_at(version, *_counts(place)) for place in _nearest(found))
    return next(((point,) for point in points if is_violation(point)), ())


def _mesh() -> tuple[Floats, Floats, Floats]:
    return tuple(  # type: ignore[return-value]
        array.astype(float) for array in np.meshgrid(EFFECTIVE, STOCKS, STOCKS, indexing="ij")
    )


def _values(version: KpiVersion) -> Floats:
    """Return a KPI on the grid E × C × P, nan where more cases are effective than closed."""
    expression = count_expression(version)
    effective, closed, pending = _mesh()
    if expression is None:
        return np.full_like(effective, np.nan)
    arrays = {E: effective, C: closed, P: pending}
    for symbol in expression.free_symbols - arrays.keys():
        arrays[symbol] = np.full_like(effective, float(OTHERS[str(symbol)]))
    return np.where(effective <= closed, on_arrays(expression, arrays), np.nan)


def _nearest(found: Mask) -> list[tuple[int, ...]]:
    """Return up to ten places of a mask, those nearest to a usual branch first."""
    places = np.argwhere(found)
    scales = [EFFECTIVE, STOCKS, STOCKS]
    distance = sum(
        np.abs(np.log(scale[places[:, axis]] / usual))
        for axis, (scale, usual) in enumerate(zip(scales, _USUAL, strict=True))
    )
    nearest = np.argsort(distance, kind="stable")[:10]
    return [tuple(int(index) for index in place) for place in places[nearest]]


def _counts(place: tuple[int, ...]) -> tuple[int, int, int]:
    return int(EFFECTIVE[place[0]]), int(STOCKS[place[1]]), int(STOCKS[place[2]])


def _exact(point: CountsPoint) -> Fraction:
    """Return a point's value, an irrational one to 30 digits."""
    return Fraction(point.value.value or 0)
