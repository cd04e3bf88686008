"""The exact scenario engine: effective cases, and the KPI, for any ratios and tier boundaries.

With part-paid cases in order of their repayment ratio, those that pass a ratio are the last so
many; those of them below a boundary are a count in two dimensions (`study.thresholds.dominance`).
Each tier is the difference of two such counts, so a scenario costs a few look-ups, whatever the
number of cases, and is exact.
"""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.kpi.counts import Counts
from closurerate.kpi.definition import KpiVersion, check_version
from closurerate.kpi.effective import Ints
from closurerate.kpi.evaluate import totals, value_of
from closurerate.kpi.value import Value
from closurerate.study.thresholds.dominance import Dominance, dominance
from closurerate.study.thresholds.parameters import scenarios_with
from closurerate.study.thresholds.ratio_order import RatioOrder, ratio_order
from closurerate.study.thresholds.repayments import Repayments
from closurerate.study.thresholds.scenarios import Scenarios

_CHUNK = 2**15
"""Scenarios counted at a time: what they need then stays in a core's cache."""


@dataclass(frozen=True)
class _Part:
    """The part-paid cases of one group, ready to be counted for any thresholds."""

    order: RatioOrder
    amounts: Ints
    tree: Dominance

    def passing(self, scenarios: Scenarios) -> Ints:
        """Return how many pass, for each scenario."""
        tiers = scenarios.ratio_numerators.shape[1]
        passing = [
            self.order.passing(
                scenarios.ratio_numerators[:, tier],
                scenarios.ratio_denominator,
                is_equal=scenarios.is_equal_effective,
            )
            for tier in range(tiers)
        ]
        total = passing[-1].copy()
        for tier in range(tiers - 1):
            # In ascending order a search stays where the one before it ended.
            distinct, places = np.unique(scenarios.boundaries_twd[:, tier], return_inverse=True)
            ranks = np.searchsorted(self.amounts, distinct).astype(np.int32)[places]
            below = self.tree.below(np.array(passing[tier : tier + 2], dtype=np.int32), ranks)
            total += below[0] - below[1]
        return total


def _part(cases: Repayments) -> _Part:
    order = ratio_order(cases.paid_twd, cases.referred_twd)
    ranks = np.empty(len(cases), dtype=np.int32)
    ascending = np.argsort(order.referred_twd[::-1], kind="stable")
    ranks[ascending] = np.arange(len(cases), dtype=np.int32)
    return _Part(order, np.sort(cases.referred_twd), dominance(ranks))


@dataclass(frozen=True)
class ThresholdIndex:
    """A year's cases, ready for scenarios; `build_index` makes it.

    Args:
        counts: The counts of the nation (key None) and of each branch that has a case, as in
            `kpi.evaluate.totals`, by the official thresholds.
        always: Closed cases that are effective whatever the thresholds, by the same keys.
    """

    version: KpiVersion
    repayments: Repayments
    counts: Mapping[str | None, Counts]
    always: Mapping[str | None, int]

    def __post_init__(self) -> None:
        """Check the version."""
        check_version(self.version)

    @property
    def branches(self) -> tuple[str, ...]:
        """The branches that have a case, in the contract's order."""
        return tuple(name for name in self.counts if name is not None)

    @property
    def tiers(self) -> tuple[str, ...]:
        """Names of the tiers, the lowest first."""
        return tuple(tier.name for tier in self.version.rule.tiers)

    @property
    def official(self) -> Scenarios:
        """The official thresholds, as one scenario."""
        return scenarios_with(self.version.rule, [{}])

    @cached_property
    def nation(self) -> _Part:
        """The nation's cases in order; made when first needed."""
        return _part(self.repayments)

    @cached_property
    def parts(self) -> dict[str, _Part]:
        """Each branch's cases in order; made when first needed."""
        return {name: _part(self.repayments.of_branch(name)) for name in self.branches}

    def effective(self, scenarios: Scenarios) -> Ints:
        """Return the nation's effective cases for each scenario, exact; shape (n,)."""
        return self._counted(scenarios, self.nation.passing) + self.always[None]

    def effective_by_branch(self, scenarios: Scenarios) -> Ints:
        """Return each branch's effective cases for each scenario, exact; shape (n, branches)."""
        columns = [
            self._counted(scenarios, part.passing) + self.always[name]
            for name, part in self.parts.items()
        ]
        return np.stack(columns, axis=1)

    def official_effective(self, branch: str | None = None) -> int:
        """Return the effective cases by the official thresholds, as counted."""
        return int(self.counts[self._known(branch)]["effective"] or 0)

    def official_value(self, branch: str | None = None) -> Value:
        """Return the KPI by the official thresholds, exact."""
        return self.value(self.official_effective(branch), branch)

    def always_effective(self, branch: str | None = None) -> int:
        """Return the closed cases that are effective whatever the thresholds."""
        return self.always[self._known(branch)]

    def value(self, effective: int, branch: str | None = None) -> Value:
        """Return the KPI with so many effective cases, all other counts as counted; exact."""
        counts = {**self.counts[self._known(branch)], "effective": int(effective)}
        return value_of(self.version, counts)

    def values_by_branch(self, effective: Ints) -> dict[str | None, Value]:
        """Return each branch's KPI for one row of `effective_by_branch`; exact."""
        counted = zip(self.branches, effective.tolist(), strict=True)
        return {name: self.value(count, name) for name, count in counted}

    def _counted(self, scenarios: Scenarios, count: Callable[[Scenarios], Ints]) -> Ints:
        if scenarios.ratio_numerators.shape[1] != len(self.tiers):
            raise InputError(
                f"scenarios have {scenarios.ratio_numerators.shape[1]} tiers: {self.version.kpi} "
                f"has {len(self.tiers)} ({', '.join(self.tiers)})."
            )
        parts = [scenarios[at : at + _CHUNK] for at in range(0, len(scenarios), _CHUNK)]
        if len(parts) < 2:
            return count(scenarios)
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return np.concatenate(list(pool.map(count, parts)))

    def _known(self, branch: str | None) -> str | None:
        if branch not in self.counts:
            raise InputError(
                f"branch {branch!r} has no case in the year; there are {', '.join(self.branches)}."
            )
        return branch


def build_index(
    repayments: Repayments, counts: pd.DataFrame, version: KpiVersion
) -> ThresholdIndex:
    """Return the scenario engine for a year's cases and the count of them by `version.rule`.

    InputError if they are not of the same cases: another number of part-paid ones.
    """
    branches = {name: counts[counts["branch"] == name] for name in BRANCHES}
    by_group: dict[str | None, pd.DataFrame] = {
        **{name: rows for name, rows in branches.items() if len(rows)},
        None: counts,
    }
    is_part = counts["disposition"].isin(version.rule.paid_in_part)
    counted = int(counts.loc[is_part, "closed"].sum())
    if counted != len(repayments):
        raise InputError(
            f"{len(repayments):,} part-paid cases and counts of {counted:,}: they must be of the "
            "same case file, year and dispositions; make both anew."
        )
    return ThresholdIndex(
        version=version,
        repayments=repayments,
        counts={name: totals(rows) for name, rows in by_group.items()},
        always={
            name: int(rows.loc[rows["disposition"].isin(version.rule.paid_in_full), "closed"].sum())
            for name, rows in by_group.items()
        },
    )
