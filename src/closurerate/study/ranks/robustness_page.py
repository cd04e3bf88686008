"""What is shown of how firm ranks are: by formula, by threshold, and by how many cases."""

from fractions import Fraction
from math import sqrt
from typing import Any

import pandas as pd

from closurerate.press.prose import Markdown
from closurerate.press.table import Table, numbers, share, words
from closurerate.press.text import Item, Run, bare, exactly, joined, spaced, t
from closurerate.quantity import carried
from closurerate.study.ranks.formula_ranks import FormulaRanks
from closurerate.study.ranks.margins import rank_margins
from closurerate.study.ranks.robustness import sample_scenarios, threshold_ranks
from closurerate.study.thresholds.threshold_year import ThresholdData
from closurerate.study.thresholds.wording_page import parameter_name, threshold_value


def robustness_table(ranks: FormulaRanks, thresholds: ThresholdData) -> Table | Markdown:
    """Return each branch's rank with what it would take to lose it: formula, thresholds, cases.

    A sentence stands in its place where there is no second branch to rank with.

    The thresholds are drawn from the declared ranges, as many and with the seed that
    `data/study.yml` declares for a Monte Carlo.
    """
    if not ranks.has_ranks:
        return Markdown(t("rank_no_ranks"))
    data, sampling = ranks.kpi, thresholds.settings.monte_carlo
    scenarios = sample_scenarios(
        thresholds.moved,
        sampling.draws,
        sampling.seed,
        is_equal_effective=data.version.rule.is_equal_effective,
    )
    drawn = threshold_ranks(thresholds.index, scenarios)
    margins = {margin.branch: margin for margin in rank_margins(data.version, data.counts)}
    is_kept = bool((drawn["kept"] == drawn["scenarios"]).all())
    order = drawn["official"].sort_values(kind="stable", na_position="last").index.astype(str)
    rows = [
        (
            data.cases.place(name),
            _rank(drawn.loc[name, "official"]),
            _between(ranks.spread.loc[name]),
            _middle(ranks.spread.loc[name, "median"]),
            *([] if is_kept else [_between(drawn.loc[name]), _kept(drawn.loc[name])]),
            margins[name].up,
            margins[name].down,
        )
        for name in order
    ]
    columns = [
        *words("branch"),
        *numbers("rank", "rank_over_formulas", "rank_median"),
        *([] if is_kept else numbers("rank_over_thresholds", "rank_kept")),
        *numbers("rank_up", "rank_down", unit="case"),
    ]
    drawn_key = "rank_thresholds_all_kept" if is_kept else "rank_thresholds_drawn"
    told = [
        t("rank_robustness_note", others=len(ranks.independent) - 1),
        t(drawn_key, scenarios=sampling.draws, ranges=_ranges(thresholds)),
        t("rank_robustness_cases"),
    ]
    notes: list[Item] = [spaced(told)]
    if data.cases.is_synthetic:
        notes.append(t("rank_one_distribution"))
    caption = t("rank_robustness_caption", name=data.kpi_name)
    note = spaced(notes)
    return Table(columns, rows, caption, data.grounds(data.cases.evidence), note, tells_once=True)


def _ranges(thresholds: ThresholdData) -> Run:
    """Return between what each threshold was drawn."""
    return joined(
        t(
            f"rank_{item.kind}_range",
            name=parameter_name(thresholds, item),
            low=threshold_value(item, item.low),
            high=threshold_value(item, item.high),
        )
        for item in thresholds.moved
    )


def _rank(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _between(row: pd.Series) -> Item:
    best, worst = _rank(row["best"]), _rank(row["worst"])
    return best if best == worst else Run((bare(best), "–", bare(worst)))


def _middle(value: Any) -> Item:
    return None if pd.isna(value) else exactly(Fraction(value))


def _kept(row: pd.Series) -> Item:
    """Return how often a rank is kept, in percent, to the digits that so many draws carry."""
    kept, drawn = int(row["kept"]), int(row["scenarios"])
    if not drawn:
        return None
    error = 200 * sqrt(kept * (drawn - kept) / drawn**3)
    return bare(share(kept, drawn), carried(error, 1))
