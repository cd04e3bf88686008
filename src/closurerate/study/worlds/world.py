"""The study of one synthetic world, as a record of figures that worlds are compared by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import evaluate_groups, group_totals, in_unit, scale_of
from closurerate.quantity import Exact
from closurerate.study.incentives.actions import actions
from closurerate.study.incentives.effects import effect
from closurerate.study.ranks.ranking import agreement, rank_table, ranks, values_in_unit
from closurerate.study.ranks.weights import branch_weights
from closurerate.study.settings import StudySettings
from closurerate.study.thresholds.breakpoints import breakpoints
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, parameters, scenarios_with
from closurerate.study.thresholds.steps import step_function
from closurerate.study.worlds.assumptions import Drawn


@dataclass(frozen=True)
class World:
    """One world: what was drawn for it, and what the study finds in it.

    Figures are floats within 1e-12 of the exact ones, in the KPI's printed unit (points where that
    is percent); None where the KPI has none.

    Args:
        number: The world's number; 0 is the world of the assumptions as declared.
        rejected: Draws for it that were given up, as the totals cannot be met with them.
        drawn: What was drawn for each range.
        effective, closed, pending: The nation's cases.
        value: The KPI, exact, as a fraction in its printed unit.
        branches: By branch: `effective`, `closed`, `pending`, `value` (float), `rank` (the best
            first) and `unpaid`, the sign of what one more case closed unpaid does to the KPI.
        swings: By threshold: the change of the KPI at the `low` and at the `high` end of its range.
        distances: By ratio: how far it moves, the shorter way, until the printed figure changes.
        variants: By named policy variant: the change of the KPI.
        full_share: Share of the effective cases that are paid in full.
        full_alone: The KPI if no part-paid case were effective.
        excess: The sum of the branches' weights in the national value, less 1.
        unpaid_times, unpaid: Number of pending cases closed with nothing paid, and what that does
            to the KPI.
        agreement: Kendall's tau-b of the branches' order with the order by another KPI, by its id.
    """

    number: int
    rejected: int
    drawn: Drawn
    effective: int
    closed: int
    pending: int
    value: str | None
    branches: Mapping[str, Mapping[str, int | float | None]]
    swings: Mapping[str, Mapping[str, float | None]]
    distances: Mapping[str, float | None]
    variants: Mapping[str, float | None]
    full_share: float | None
    full_alone: float | None
    excess: float | None
    unpaid_times: int
    unpaid: float | None
    agreement: Mapping[str, float | None]


def study_world(
    index: ThresholdIndex,
    counts: pd.DataFrame,
    settings: StudySettings,
    others: Sequence[KpiVersion],
    *,
    number: int,
    rejected: int,
    drawn: Drawn,
    unpaid_times: int,
) -> World:
    """Return what the study finds in one world.

    Args:
        index: The world's cases, ready for scenarios.
        counts: Their count by the version's rule.
        settings: Ranges and variants (data/study.yml).
        others: KPIs whose order of the branches is compared; one with another rule is passed over.
        number, rejected, drawn, unpaid_times: As for `World`.
    """
    version = index.version
    [nation] = evaluate_groups(version, counts)
    own = in_unit(nation.value.value, version.unit)
    effective = index.official_effective()
    unpaid = effect(version, nation.counts, actions()["close_unpaid"], unpaid_times).change
    return World(
        number=number,
        rejected=rejected,
        drawn=drawn,
        effective=effective,
        closed=int(nation.counts["closed"] or 0),
        pending=int(nation.counts["pending"] or 0),
        value=None if own is None else str(own),
        branches=_branches(version, counts),
        swings=_swings(index, settings, own),
        distances=_distances(index, settings),
        variants=_variants(index, settings, own),
        full_share=index.always_effective() / effective if effective else None,
        full_alone=_float(in_unit(index.value(index.always_effective()).value, version.unit)),
        excess=_float(branch_weights(version, counts).excess),
        unpaid_times=unpaid_times,
        unpaid=None if unpaid is None else float(unpaid) * scale_of(version.unit),
        agreement=_agreement(version, counts, others),
    )


def _branches(
    version: KpiVersion, counts: pd.DataFrame
) -> dict[str, Mapping[str, int | float | None]]:
    *rows, _ = evaluate_groups(version, counts, "branch")
    values = {row.by or "": in_unit(row.value.value, version.unit) for row in rows}
    ranked = ranks(values, is_higher_better=version.is_higher_better)
    close_unpaid = actions()["close_unpaid"]
    found: dict[str, Mapping[str, int | float | None]] = {}
    for row in rows:
        change = effect(version, row.counts, close_unpaid).change
        found[row.by or ""] = {
            **{name: row.counts[name] for name in ("effective", "closed", "pending")},
            "value": _float(in_unit(row.value.value, version.unit)),
            "rank": ranked[row.by or ""],
            "unpaid": None if change is None else (change > 0) - (change < 0),
        }
    return found


def _swings(
    index: ThresholdIndex, settings: StudySettings, own: Exact | None
) -> dict[str, Mapping[str, float | None]]:
    moved = parameters(index.version.rule, settings)
    ends = [(item, end) for item in moved for end in (item.low, item.high)]
    changes = _changes(index, own, [{item: end} for item, end in ends])
    return {
        item.name: {"low": changes[2 * place], "high": changes[2 * place + 1]}
        for place, item in enumerate(moved)
    }


def _variants(
    index: ThresholdIndex, settings: StudySettings, own: Exact | None
) -> dict[str, float | None]:
    moved = parameters(index.version.rule, settings)
    ratios = [item for item in moved if item.kind == "ratio"]
    boundaries = [item for item in moved if item.kind == "boundary"]
    factor = settings.variants.price_factor
    changes: dict[str, Mapping[Parameter, Fraction]] = {
        f"uniform_{float(ratio):g}": dict.fromkeys(ratios, ratio)
        for ratio in settings.variants.uniform_ratios
    }
    changes["indexed"] = {item: Fraction(int(item.official * factor)) for item in boundaries}
    found = dict(zip(changes, _changes(index, own, list(changes.values())), strict=True))
    is_equal = index.version.rule.is_equal_effective
    other = _changes(index, own, [{}], is_equal_effective=not is_equal)[0]
    return found | {"strict" if is_equal else "equal": other}


def _changes(
    index: ThresholdIndex,
    own: Exact | None,
    changes: Sequence[Mapping[Parameter, Fraction]],
    *,
    is_equal_effective: bool | None = None,
) -> list[float | None]:
    """Return the change of the KPI for each set of changed thresholds."""
    scenarios = scenarios_with(index.version.rule, changes, is_equal_effective=is_equal_effective)
    values = [
        in_unit(index.value(int(item)).value, index.version.unit)
        for item in index.effective(scenarios)
    ]
    return [
        None if value is None or own is None else float(Fraction(value) - Fraction(own))
        for value in values
    ]


def _distances(index: ThresholdIndex, settings: StudySettings) -> dict[str, float | None]:
    """Return the shorter way of each ratio to another printed figure."""
    found = {}
    for item in parameters(index.version.rule, settings):
        if item.kind == "ratio":
            ways = [
                abs(point.value - item.official)
                for point in breakpoints(index, step_function(index, item))
                if point.value is not None
            ]
            found[item.name] = float(min(ways)) if ways else None
    return found


def _agreement(
    version: KpiVersion, counts: pd.DataFrame, others: Sequence[KpiVersion]
) -> dict[str, float | None]:
    compared = [item for item in others if item.rule == version.rule and item.kpi != version.kpi]
    both = [version, *compared]
    sums = group_totals(version, counts, "branch")
    table = rank_table(
        {item.kpi: values_in_unit(item, sums) for item in both},
        [item.kpi for item in both if not item.is_higher_better],
    )
    taus = agreement(table)[version.kpi]
    return {
        item.kpi: None if pd.isna(taus[item.kpi]) else float(taus[item.kpi]) for item in compared
    }


def _float(value: Exact | None) -> float | None:
    return None if value is None else float(value)
