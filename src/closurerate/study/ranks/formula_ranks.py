"""The branches' ranks by every formula in force in a year, and how far they agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from closurerate.kpi.degrees import names_used
from closurerate.press.text import Item, given_name
from closurerate.study.alternatives import alternatives
from closurerate.study.ranks.ranking import (
    agreement,
    branch_values,
    rank_shifts,
    rank_spread,
    rank_table,
)
from closurerate.year.kpi_year import KpiData


@dataclass(frozen=True)
class FormulaRanks:
    """The branches' ranks by every formula in force in a year.

    Args:
        table: Ranks as `ranking.rank_table` gives them: indexed by branch, a column an id, the KPI
            first.
        uncounted: Ids of the formulas, other than the KPI's, that count no effective cases.
    """

    kpi: KpiData
    names: Mapping[str, Item]
    table: pd.DataFrame
    uncounted: frozenset[str]

    @property
    def base(self) -> str:
        """Id of the year's KPI, with which the others are compared."""
        return str(self.table.columns[0])

    @cached_property
    def clones(self) -> dict[str, str]:
        """Each formula that ranks the branches exactly as one before it does, and that one.

        Of the formulas that count effective cases alone.
        """
        first = dict[tuple[int | None, ...], str]()
        found = dict[str, str]()
        for name in (name for name in self.table if name not in self.uncounted):
            key = tuple(None if pd.isna(rank) else int(rank) for rank in self.table[name])
            if first.setdefault(key, str(name)) != name:
                found[str(name)] = first[key]
        return found

    @property
    def independent(self) -> list[str]:
        """Ids on which findings rest: they count effective cases, and no two rank alike."""
        left_out = self.uncounted | self.clones.keys()
        return [str(name) for name in self.table if name not in left_out]

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Kendall's tau-b between each two formulas, the KPI first, then by agreement with it."""
        matrix = agreement(self.table)
        others = matrix[self.base].drop(self.base)
        falling = others.sort_values(ascending=False, kind="stable", na_position="last")
        order = [self.base, *falling.index]
        return matrix.loc[order, order]

    @property
    def has_ranks(self) -> bool:
        """Whether at least two branches have a value of the KPI, and so a rank."""
        return int(self.table[self.base].count()) > 1

    @property
    def order(self) -> list[str]:
        """Ids of the formulas: the KPI, then the others by their agreement with it."""
        return [str(name) for name in self.agreement.index]

    @property
    def with_base(self) -> dict[str, float]:
        """Agreement of each other formula with the KPI, falling; without those that have none."""
        return {str(name): tau for name, tau in self.agreement[self.base].iloc[1:].dropna().items()}

    @cached_property
    def shifts(self) -> pd.DataFrame:
        """Places by which a branch stands better (over 0) or worse than by the KPI."""
        return rank_shifts(self.table, self.base)

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Best, middle and worst rank of each branch over the independent formulas."""
        return rank_spread(self.table[self.independent])


def open_ranks(data: KpiData) -> FormulaRanks:
    """Return the rank of each branch by each formula in force in the year.

    InputError if a definition is damaged, or has thresholds of its own and there is no case file.
    """
    definitions = {item.id: item for item in alternatives(data.year, data.definition.id)}
    definitions[data.definition.id] = data.definition
    versions = {name: item.in_force(data.year) for name, item in definitions.items()}
    values = {
        name: branch_values(version, data.counts_by(version)) for name, version in versions.items()
    }
    lower = [name for name, version in versions.items() if not version.is_higher_better]
    uncounted = {
        name
        for name, version in versions.items()
        if name != data.definition.id and "E" not in names_used(version)
    }
    names = {name: given_name(item.name) for name, item in definitions.items()}
    return FormulaRanks(data, names, rank_table(values, lower), frozenset(uncounted))
