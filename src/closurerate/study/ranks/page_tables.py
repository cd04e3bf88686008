"""Tables of branches against the nation: weights, ranks by formula, how firm each rank is."""

from math import sqrt
from typing import Any

import pandas as pd

from closurerate.press.cells import headed, joined, percent
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import carried, number
from closurerate.study.ranks.margins import rank_margins
from closurerate.study.ranks.page_data import formula_ranks, left_out_note
from closurerate.study.ranks.robustness import sample_scenarios, threshold_ranks
from closurerate.study.ranks.weights import NationalWeights, branch_weights
from closurerate.study.thresholds.page_data import ThresholdData
from closurerate.study.thresholds.parameters import parameters
from closurerate.year.changes import change_word
from closurerate.year.kpi_year import KpiData


def weights_table(data: KpiData) -> Table | Markdown:
    """Return the weight and the contribution of each branch in the national value.

    A sentence stands in its place for a KPI that is no weighted sum of the branches'.
    """
    language, found = data.language, branch_weights(data.version, data.counts)
    if not found.branches or found.national is None:
        return Markdown(word("rank_no_weights", language, name=markdown_text(data.name)))
    decimals = data.version.decimals
    rows = [
        (
            word(row.branch, language),
            number(row.value, decimals),
            number(row.weight, 4),
            number(row.contribution, decimals),
            percent(row.contribution, found.national, 1),
        )
        for row in found.branches
    ]
    national = number(found.national, decimals)
    rows.append((word("nation", language), national, number(found.total, 4), national, "100.0"))
    unit = word(f"unit_{data.version.unit}", language)
    return Table(
        columns=headed(
            language, "branch", "rank_value", "rank_weight", "rank_contribution", "rank_share"
        ),
        rows=tuple(rows),
        caption=word("rank_weights_caption", language, name=data.name, unit=unit),
        note=_weights_note(data, found),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
        has_total=True,
    )


def _weights_note(data: KpiData, found: NationalWeights) -> str:
    language = data.language
    carrier = word(f"split_{found.carrier}", language).lower()
    if found.excess is None or found.structure_effect is None:
        return word("rank_weights_note_open", language, carrier=carrier)
    return word(
        "rank_weights_note",
        language,
        carrier=carrier,
        excess=number(100 * found.excess, 2),
        effect=number(found.structure_effect, data.version.decimals),
        unit=change_word(data.version.unit, language),
    )


def shifts_table(data: KpiData) -> Table | Markdown:
    """Return how the ranking by each formula differs from the KPI's, or that none is ranked."""
    language, ranked = data.language, formula_ranks(data)
    if not ranked.has_ranks:
        return Markdown(word("rank_no_ranks", language))
    shifts = ranked.shifts
    rows = tuple(
        (
            ranked.names[name],
            f"{ranked.with_base[name]:.2f}" if name in ranked.with_base else number(None),
            str(int((shifts[name] == 0).sum())),
            _extreme(shifts[name], language, is_gain=True),
            _extreme(shifts[name], language, is_gain=False),
        )
        for name in ranked.order[1:]
    )
    return Table(
        columns=headed(language, "formula", "rank_tau", "rank_same", "rank_gain", "rank_loss"),
        rows=rows,
        caption=word("rank_shifts_caption", language, name=data.name),
        note="\n".join(
            part
            for part in (word("rank_shifts_note", language), left_out_note(ranked, language))
            if part
        ),
        source=data.cases.source_line(data.cases.evidence),
        evidence=data.cases.evidence,
        language=language,
    )


def _extreme(shifts: pd.Series, language: Language, *, is_gain: bool) -> str:
    """Return the branches that move most one way and by how many places, a dash for none."""
    known = shifts.dropna()
    most = known.max() if is_gain else known.min()
    if known.empty or (most <= 0 if is_gain else most >= 0):
        return number(None)
    branches = [word(str(name), language) for name in known[known == most].index]
    return f"{joined(branches, language)}\N{NO-BREAK SPACE}{'+' if most > 0 else ''}{most}"


def robustness_table(data: ThresholdData) -> Table | Markdown:
    """Return each branch's rank with what it would take to lose it: formula, thresholds, cases.

    A sentence stands in its place where there is no second branch to rank with.

    The thresholds are drawn from the declared ranges, as many and with the seed that
    `data/study.yml` declares for a Monte Carlo.
    """
    kpi, language = data.kpi, data.language
    ranked = formula_ranks(kpi)
    if not ranked.has_ranks:
        return Markdown(word("rank_no_ranks", language))
    spread = ranked.spread
    moved = parameters(kpi.version.rule, data.settings)
    sampling, equal = data.settings.monte_carlo, kpi.version.rule.is_equal_effective
    scenarios = sample_scenarios(moved, sampling.draws, sampling.seed, is_equal_effective=equal)
    drawn = threshold_ranks(data.index, scenarios)
    margins = {margin.branch: margin for margin in rank_margins(kpi.version, kpi.counts)}
    order = drawn["official"].sort_values(kind="stable", na_position="last").index
    rows = tuple(
        (
            word(str(name), language),
            _rank(drawn.loc[name, "official"]),
            _between(spread.loc[name, "best"], spread.loc[name, "worst"]),
            _middle(spread.loc[name, "median"]),
            _between(drawn.loc[name, "best"], drawn.loc[name, "worst"]),
            _kept(drawn.loc[name]),
            number(margins[str(name)].up),
            number(margins[str(name)].down),
        )
        for name in order
    )
    return Table(
        columns=headed(
            language, "branch", "rank", "rank_over_formulas", "rank_median",
            "rank_over_thresholds", "rank_kept", "rank_up", "rank_down",
        ),
        rows=rows,
        caption=word("rank_robustness_caption", language, name=kpi.name),
        note="\n".join(
            [
                word(
                    "rank_robustness_note",
                    language,
                    formulas=number(len(ranked.independent)),
                    scenarios=number(sampling.draws),
                ),
                *([word("rank_one_distribution", language)] * kpi.cases.is_synthetic),
            ]
        ),
        source=data.source_line,
        evidence=data.evidence,
        language=language,
    )  # fmt: skip


def _rank(value: Any) -> str:
    return number(None) if pd.isna(value) else str(value)


def _between(best: Any, worst: Any) -> str:
    return _rank(best) if pd.isna(best) or best == worst else f"{best}–{worst}"


def _middle(value: float) -> str:
    return number(None) if pd.isna(value) else f"{value:g}"


def _kept(row: pd.Series) -> str:
    """Return how often a rank is kept, in percent, to the digits that so many draws carry."""
    kept, drawn = int(row["kept"]), int(row["scenarios"])
    if not drawn:
        return number(None)
    error = 200 * sqrt(kept * (drawn - kept) / drawn**3)
    return percent(kept, drawn, carried(error, 1))
