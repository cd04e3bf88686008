"""What is shown of the branches' ranks: how they shift by formula, and how far formulas agree."""

from fractions import Fraction

import pandas as pd
from matplotlib.figure import Figure

from closurerate.press.chart import Chart
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.narrow import broken
from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    bare,
    both,
    formed,
    joined,
    spaced,
    t,
)
from closurerate.press.words import vocabulary
from closurerate.quantity import Quantity
from closurerate.study.ranks.drawing import draw_agreement, draw_ranks
from closurerate.study.ranks.formula_ranks import FormulaRanks
from closurerate.study.ranks.weights import branch_weights
from closurerate.year.changes import change_unit

MARKED = 3
"""Branches drawn in colour at most: those that `shifts_table` names as moving most."""

_UPPER_RIGHT = (0.74, 0.7, 0.34)
"""Where the map of agreement is empty, as `print.chart.MIDDLE`."""
_LINE = {"zh-Hant": (32, 18), "en": (40, 18)}
"""Characters of a formula's name on one line of a page, and of a phone; a Han one is two."""


# Sentences ----------------------------------------------------------------------------------------
def weights_and_ranks(ranks: FormulaRanks) -> tuple[dict[str, Quantity], dict[str, Item]]:
    """Return the quantities and the words on weights and ranks that a sentence can name.

    `weights_total` and `weights_excess` (percent), `structure_effect` (points). Of the independent
    formulas: `formulas` (how many there are), `others` (without the KPI), `lowest_tau`,
    `highest_tau`, and `farthest_formula`; `largest_shift` (places); `steady_branches` (with one
    rank by every one), and `restless_branch` with the most places between its best and its worst
    rank.
    """
    data, names = ranks.kpi, dict[str, Item]()
    found = branch_weights(data.version, data.counts)
    others = [name for name in ranks.independent if name != ranks.base]
    taus = {name: tau for name, tau in ranks.with_base.items() if name in others}
    if taus:
        farthest = ranks.names[min(taus, key=lambda name: taus[name])]
        names["farthest_formula"] = formed(farthest, markdown_text)
    width = (ranks.spread["worst"] - ranks.spread["best"]).dropna()
    if not width.empty and width.max():
        names["restless_branch"] = data.cases.place(str(width.idxmax()))
    shifts = ranks.shifts[others].abs().max().dropna()
    steady = int((ranks.spread["best"] == ranks.spread["worst"]).sum())
    lowest, highest = (_exact(end(taus.values())) if taus else None for end in (min, max))
    largest = None if shifts.empty else int(shifts.max())
    total, excess = (None if part is None else 100 * part for part in (found.total, found.excess))
    unit, decimals = change_unit(data.version.unit), data.version.decimals
    evidence = data.cases.evidence
    return {
        "weights_total": Quantity(total, "percent", 0 if data.cases.is_synthetic else 2, evidence),
        "weights_excess": Quantity(excess, "percent", 2, evidence),
        "structure_effect": Quantity(found.structure_effect, unit, decimals, evidence),
        "formulas": Quantity(len(ranks.independent), "count", 0, evidence),
        "others": Quantity(len(others), "count", 0, evidence),
        "lowest_tau": Quantity(lowest, "tau", 2, evidence),
        "highest_tau": Quantity(highest, "tau", 2, evidence),
        "largest_shift": Quantity(largest, "place", 0, evidence),
        "steady_branches": Quantity(steady, "count", 0, evidence),
    }, names


def ranks_finding(ranks: FormulaRanks, *, zh: str, en: str) -> Several:
    """Return a computed sentence that may name `weights_and_ranks`.

    Of made-up branches only how far the formulas agree on their ranks is told.
    """
    found, data = weights_and_ranks(ranks), ranks.kpi
    if not data.cases.is_synthetic:
        return Several([data.say(*found, zh=zh, en=en)])
    said_of = vocabulary()["rank_agreement_made_up"]
    told = found[0]["lowest_tau"].value is not None
    return Several([data.say(*found, zh=said_of["zh-Hant"], en=said_of["en"])] if told else [])


def _exact(tau: float) -> Fraction:
    return Fraction(tau).limit_denominator(10**6)


# Ranks by formula ---------------------------------------------------------------------------------
def ranks_chart(ranks: FormulaRanks) -> Chart | Markdown:
    """Return how each branch's rank shifts from formula to formula, or that none is to be ranked.

    The formulas stand in the order of their agreement with the KPI; the branches that move most
    are in colour, and of more than there are colours for those that the KPI ranks first.
    """
    if not ranks.has_ranks:
        return Markdown(t("rank_no_ranks"))
    table, place = ranks.table[ranks.order], ranks.kpi.cases.place
    movers = movers_of(ranks)
    marked = movers[:MARKED]

    def draw(figure: Figure, say: Say) -> None:
        lines = {
            say(place(str(name))): row.to_numpy(dtype=float, na_value=float("nan"))
            for name, row in table.iterrows()
        }
        frame = say.draws(pd.DataFrame(lines, index=pd.Index(_labels(ranks, say), name="label")))
        is_lettered = ranks.kpi.cases.is_synthetic
        short = {str(name): str(name)[-1:] if is_lettered else str(name) for name in frame}
        is_level = is_lettered or (say.language == "zh-Hant" and not say.is_narrow)
        draw_ranks(
            frame.rename(columns=short),
            figure.subplots(),
            marked=[short[say(place(name))] for name in marked],
            xlabel=say(t("rank_axis_letters" if is_lettered else "rank_axis")),
            tilt=0 if is_level else 60,
        )

    moved = [
        t("rank_alt_item", branch=place(str(name)), best=int(row.min()), worst=int(row.max()))
        for name, row in table.loc[marked].iterrows()
    ]
    alt = t("rank_alt", formulas=len(ranks.order), items=joined(moved) if moved else t("none"))
    kind = "tied" if len(movers) > MARKED else "marked" if movers else "none"
    caption = t(f"rank_chart_caption_{kind}", count=len(movers), marked=MARKED)
    names = 2.0 if ranks.kpi.cases.is_synthetic else 3.0
    height = names + 0.48 * len(ranks.order)
    return Chart(draw, caption, alt, _grounds(ranks), height_cm=height)


def movers_of(ranks: FormulaRanks) -> list[str]:
    """Return the branches that move farthest from their rank by the KPI, the farthest first.

    They are among those that `shifts_table` names; none but whole ties, as many as `MARKED` holds,
    or all of the first tie where that is larger.
    """
    farthest: dict[str, int] = {}
    for name in ranks.order[1:]:
        for is_gain in (True, False):
            branches, places = _farthest(ranks.shifts[name], is_gain=is_gain)
            for branch in branches:
                farthest[branch] = max(abs(places), farthest.get(branch, 0))
    own = ranks.table[ranks.base]
    found: list[str] = []
    for places in sorted(set(farthest.values()), reverse=True):
        tied = sorted((name for name in farthest if farthest[name] == places), key=own.__getitem__)
        if found and len(found) + len(tied) > MARKED:
            break
        found += tied
    return found


def _grounds(ranks: FormulaRanks) -> Grounds:
    return ranks.kpi.grounds(ranks.kpi.cases.evidence)


def _labels(ranks: FormulaRanks, say: Say) -> list[str]:
    """Return the formulas' names, long ones on lines of like length."""
    most = _LINE[say.language][say.is_narrow]
    return [broken(say(ranks.names[name]), most) for name in ranks.order]


def agreement_chart(ranks: FormulaRanks) -> Chart | Markdown:
    """Return Kendall's tau-b between the rankings by each two formulas, or why there is none."""
    name = ranks.kpi.kpi_name
    if not ranks.with_base:
        key = "rank_no_agreement" if ranks.has_ranks else "rank_no_ranks"
        return Markdown(t(key, name=formed(name, markdown_text)))

    def draw(figure: Figure, say: Say) -> None:
        draw_agreement(say.draws(ranks.agreement), figure.subplots(), labels=_labels(ranks, say))

    items = [
        Run((ranks.names[other], bare(_exact(tau), 2)), " ")
        for other, tau in ranks.with_base.items()
    ]
    alt = t("rank_agreement_alt", name=name, items=joined(items))
    height = 0.9 + 0.29 * len(ranks.order)
    caption = t("rank_agreement_caption")
    return Chart(draw, caption, alt, _grounds(ranks), height_cm=height, mark=_UPPER_RIGHT)


def shifts_table(ranks: FormulaRanks) -> Table | Markdown:
    """Return how the ranking by each formula differs from the KPI's, or that none is ranked."""
    if not ranks.has_ranks:
        return Markdown(t("rank_no_ranks"))
    shifts, taus = ranks.shifts, ranks.with_base
    rows = [
        (
            ranks.names[name],
            _exact(taus[name]) if name in taus else None,
            bare(int((shifts[name] == 0).sum())),
            _extreme(ranks, shifts[name], is_gain=True),
            _extreme(ranks, shifts[name], is_gain=False),
        )
        for name in ranks.order[1:]
    ]
    columns = [
        *words("formula"),
        *numbers("rank_tau", decimals=2),
        *numbers("rank_same"),
        *words("rank_gain", "rank_loss"),
    ]
    note = spaced([t("rank_shifts_note"), *_left_out(ranks)])
    caption = t("rank_shifts_caption", name=ranks.kpi.kpi_name)
    return Table(columns, rows, caption, _grounds(ranks), note)


def _extreme(ranks: FormulaRanks, shifts: pd.Series, *, is_gain: bool) -> Item:
    """Return the branches that move most one way and by how many places, a dash for none.

    Of made-up ones after the first only their letters: Branch B, F, J.
    """
    branches, most = _farthest(shifts, is_gain=is_gain)
    if not branches:
        return None
    first, *others = map(ranks.kpi.cases.place, branches)
    letters = [formed(name, lambda said: said[-1:]) for name in others]
    named = joined([first, *(letters if ranks.kpi.cases.is_synthetic else others)])
    return Run((named, both("：", ":\N{NO-BREAK SPACE}"), bare(most, is_signed=True)))


def _farthest(shifts: pd.Series, *, is_gain: bool) -> tuple[list[str], int]:
    """Return the branches that move most one way, and by how many places."""
    known = shifts.dropna()
    most = 0 if known.empty else int(known.max() if is_gain else known.min())
    if most <= 0 if is_gain else most >= 0:
        return [], 0
    return list(map(str, known[known == most].index)), most


def _left_out(ranks: FormulaRanks) -> list[Text]:
    """Return which formulas no finding on ranks rests on, and why."""
    notes = []
    if ranks.uncounted:
        named = [ranks.names[name] for name in ranks.order if name in ranks.uncounted]
        notes.append(t("rank_note_uncounted", names=joined(named)))
    if ranks.clones:
        notes.append(t("rank_note_clones", others=len(ranks.independent) - 1))
    return notes
