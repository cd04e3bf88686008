"""The change since a printed year, under each reading of what was printed for that year."""

import pandas as pd

from closurerate.kpi.counts import MEASURES
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import in_unit, value_of
from closurerate.quantity import Exact
from closurerate.records.feasible import ROUNDINGS, Interval
from closurerate.records.published import Published, feasible_by_reading
from closurerate.records.readings import adopted
from closurerate.study.readings.specification import OPTIONS, moved_by

_PRINTED = ("new", "closed", "pending")


def changes_by_reading(
    version: KpiVersion, now: Exact | None, before: Published
) -> pd.DataFrame | None:
    """Return a year's change since the year before, whose effective cases were not printed.

    The year before is restated on this version: its effective cases are those that print as its
    rate, under each reading of the measure that the rate came from and of how it was rounded. The
    interval's ends are the values at its ends, which holds for a KPI monotone in E there.

    Returns:
        DataFrame or None: One row a combination of `measure_106` and `rounding`: `effective_low`,
            `effective_high` (whole cases), `before_low`, `before_high` and `change_low`,
            `change_high` (exact, in the printed unit; None where there is no value), `is_adopted`.
            None where the effective cases were printed, or the counts were not: then no reading is
            open.
    """
    if "effective" in before or not all(name in before for name in ("rate", "closed", "pending")):
        return None
    chosen = {"measure_106": adopted("measure_106"), "rounding": adopted("rounding")}
    rows: list[dict[str, object]] = []
    for rounding in (one for one in ROUNDINGS if one in OPTIONS["rounding"]):
        for measure, interval in feasible_by_reading(before, rounding).items():
            options = {"measure_106": measure, "rounding": rounding}
            low, high = _range(version, before, interval)
            rows.append(
                {
                    **options,
                    "effective_low": interval.low,
                    "effective_high": interval.high,
                    "before_low": low,
                    "before_high": high,
                    "change_low": moved_by(now, high),
                    "change_high": moved_by(now, low),
                    "is_adopted": options == chosen,
                }
            )
    return pd.DataFrame(rows, dtype=object)


def _range(
    version: KpiVersion, before: Published, interval: Interval
) -> tuple[Exact | None, Exact | None]:
    """Return the least and greatest value of the year before for its effective cases."""
    if interval.high < interval.low:
        return None, None
    counts: dict[str, int | None] = dict.fromkeys(MEASURES)
    counts |= {name: int(before[name].value) for name in _PRINTED if name in before}
    low, high = (
        in_unit(value_of(version, counts | {"effective": effective}).value, version.unit)
        for effective in (interval.low, interval.high)
    )
    if low is None or high is None:
        return None, None
    return min(low, high), max(low, high)
