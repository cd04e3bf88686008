"""Branches against the nation as they are shown: ranks by every formula, agreement, figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import pandas as pd

from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Language
from closurerate.press.prose import Finding, Markdown
from closurerate.press.words import word
from closurerate.quantity import Quantity
from closurerate.study.alternatives import alternatives
from closurerate.study.doubts.extremes import counts_used
from closurerate.study.ranks.ranking import (
    agreement,
    branch_values,
    rank_shifts,
    rank_spread,
    rank_table,
)
from closurerate.study.ranks.weights import branch_weights
from closurerate.year.changes import change_unit
from closurerate.year.kpi_year import KpiData


@dataclass(frozen=True)
class FormulaRanks:
    """The branches' ranks by every formula in force in a year.

    Parameters
    ----------
    base
        Id of the year's KPI, with which the others are compared.
    names
        Name of each formula by its id, the KPI first.
    table
        Ranks as `study.ranking.rank_table` gives them: indexed by branch, a column an id.
    uncounted
        Ids of the formulas, other than the KPI's, that count no effective cases.
    """

    base: str
    names: Mapping[str, str]
    table: pd.DataFrame
    uncounted: frozenset[str]

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

    @property
    def shifts(self) -> pd.DataFrame:
        """Places by which a branch stands better (over 0) or worse than by the KPI."""
        return rank_shifts(self.table, self.base)

    @property
    def spread(self) -> pd.DataFrame:
        """Best, middle and worst rank of each branch over the independent formulas."""
        return rank_spread(self.table[self.independent])


def formula_ranks(data: KpiData) -> FormulaRanks:
    """Return the rank of each branch by each formula in force in the year.

    Raises
    ------
    InputError
        If a definition is damaged, or has thresholds of its own and the case file is not there.
    """
    definitions = {item.id: item for item in alternatives(data.year, data.definition.id)}
    definitions[data.definition.id] = data.definition
    versions = {name: item.in_force(data.year) for name, item in definitions.items()}
    values = {
        name: branch_values(version, data.counts_by(version)) for name, version in versions.items()
    }
    lower = [name for name, version in versions.items() if not version.is_higher_better]
    names = {name: item.name[data.language] for name, item in definitions.items()}
    uncounted = {
        name
        for name, version in versions.items()
        if name != data.definition.id and "E" not in counts_used(version)
    }
    return FormulaRanks(data.definition.id, names, rank_table(values, lower), frozenset(uncounted))


def ranking_figures(data: KpiData) -> dict[str, Quantity]:
    """Return the figures of weights and ranks that a sentence can name.

    `weights_total` and `weights_excess` (percent), `structure_effect` (points); of the independent
    formulas `formulas` (how many there are), `lowest_tau`, `largest_shift` (places),
    `steady_branches` (with one rank by every one).
    """
    evidence, found = data.cases.evidence, branch_weights(data.version, data.counts)
    ranked = formula_ranks(data)
    others = [name for name in ranked.independent if name != ranked.base]
    shifts, spread = ranked.shifts[others].abs().max().dropna(), ranked.spread
    steady = int((spread["best"] == spread["worst"]).sum())
    largest = None if shifts.empty else int(shifts.max())
    taus = [tau for name, tau in ranked.with_base.items() if name in others]
    lowest = Fraction(min(taus)).limit_denominator(10**6) if taus else None
    unit = change_unit(data.version.unit)
    total = found.total
    return {
        "weights_total": Quantity(None if total is None else 100 * total, "percent", 2, evidence),
        "weights_excess": Quantity(
            None if found.excess is None else 100 * found.excess, "percent", 2, evidence
        ),
        "structure_effect": Quantity(found.structure_effect, unit, data.version.decimals, evidence),
        "formulas": Quantity(len(ranked.independent), "count", 0, evidence),
        "lowest_tau": Quantity(lowest, "tau", 2, evidence),
        "largest_shift": Quantity(largest, "place", 0, evidence),
        "steady_branches": Quantity(steady, "count", 0, evidence),
    }


def ranking_names(data: KpiData) -> dict[str, str]:
    """Return words on ranks that a sentence can name.

    Of the independent formulas `farthest_formula` agrees least with the KPI; `restless_branch` has
    the most places between its best and its worst rank. A name is absent where there is none.
    """
    ranked, names = formula_ranks(data), {}
    taus = {name: tau for name, tau in ranked.with_base.items() if name in ranked.independent}
    if taus:
        names["farthest_formula"] = markdown_text(
            ranked.names[min(taus, key=lambda name: taus[name])]
        )
    width = (ranked.spread["worst"] - ranked.spread["best"]).dropna()
    if not width.empty and width.max():
        names["restless_branch"] = word(str(width.idxmax()), data.language)
    return names


def left_out_note(ranked: FormulaRanks, language: Language) -> str:
    """Return which formulas no finding on ranks rests on, and why; empty where there are none."""
    parts = []
    if ranked.uncounted:
        named = [ranked.names[name] for name in ranked.order if name in ranked.uncounted]
        parts.append(word("rank_note_uncounted", language, names=joined(named, language)))
    if ranked.clones:
        pairs = [
            word("rank_clone", language, name=ranked.names[name], other=ranked.names[other])
            for name, other in ranked.clones.items()
        ]
        parts.append(word("rank_note_clones", language, pairs=joined(pairs, language)))
    return "\n".join(parts)


def ranking_finding(
    data: KpiData, *, zh: str, en: str, is_optional: bool = True
) -> Finding | Markdown:
    """Return a computed sentence that may name figures of weights and ranks besides the KPI's own.

    Its parameters are those of `report.case_data.say`; what it can name is in `ranking_figures`
    and `ranking_names`.
    """
    return data.say(
        ranking_figures(data),
        ranking_names(data),
        zh=zh,
        en=en,
        is_optional=is_optional,
        at_best=data.cases.evidence,
    )
