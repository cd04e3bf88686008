"""The split of a change whose year before is known within an interval of effective cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.kpi.degrees import is_affine
from closurerate.study.change.change import YearCounts, one_level, split_change

MOST_EVALUATIONS = 2_000
"""Numbers of effective cases that are gone through one by one where the ends do not settle it."""

Span = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class ChangeSpan:
    """A change whose year before is known within an interval: each figure from low to high.

    Args:
        before, after, total: The values and their difference; None where there is no split.
        parts: As in `Change`, from the lowest to the highest of each by itself.
        means, orders: Of each part, the mean over all orders on one level, and what it is in the
            orders that make it least and most.
    """

    before: Span | None
    after: Span | None
    total: Span | None
    parts: Mapping[str, Span]
    means: Mapping[str, Span]
    orders: Mapping[str, Span]
    reason: str = ""


def split_span(before: YearCounts, after: YearCounts, low: int, high: int) -> ChangeSpan:
    """Return the split when the year before has an interval of effective cases, from low to high.

    Exact. Of a KPI that is affine in E each part is affine in it too and has its extremes at the
    ends; of any other every whole number of the interval is gone through, and an interval of more
    than `MOST_EVALUATIONS` is not split.

    Raises:
        InputError: If `high` is under `low`; as for `split_change`.
    """
    if not 0 <= low <= high:
        raise InputError(f"effective cases from {low:,} to {high:,}: must ascend from 0.")
    chosen: set[int] | range = {low, high}
    if not (is_affine(before.version) and is_affine(after.version)):
        chosen = range(low, high + 1)
        if len(chosen) > MOST_EVALUATIONS:
            reason = f"{len(chosen):,} numbers of effective cases and a KPI not affine in them"
            return ChangeSpan(None, None, None, {}, {}, {}, reason)
    years = [
        YearCounts(before.version, {**before.counts, "effective": effective})
        for effective in sorted(chosen)
    ]
    changes = [split_change(year, after) for year in years]
    refused = next((change.reason for change in changes if change.reason), "")
    if refused:
        return ChangeSpan(None, None, None, {}, {}, {}, refused)
    levels = [one_level(year, after) for year in years]
    names = list(changes[0].parts)
    first, last = ([getattr(item, end) for item in changes] for end in ("before", "after"))
    return ChangeSpan(
        before=_span(first),
        after=_span(last),
        total=_span([end - start for start, end in zip(first, last, strict=True)]),
        parts={name: _span([item.parts[name] for item in changes]) for name in names},
        means={name: _span([item[name].mean for item in levels]) for name in names},
        orders={
            name: (min(item[name].low for item in levels), max(item[name].high for item in levels))
            for name in names
        },
    )


def _span(values: list[Fraction]) -> Span:
    return min(values), max(values)
