"""Charts of branches against the nation: ranks from formula to formula, and their agreement."""

from math import ceil
from textwrap import wrap

import pandas as pd

from closurerate.press.cells import joined
from closurerate.press.print.escape import markdown_text
from closurerate.press.print.prose import Chart, Markdown
from closurerate.press.print.style import drawing
from closurerate.press.words import word
from closurerate.study.ranks.page_data import FormulaRanks, formula_ranks
from closurerate.study.ranks.page_drawing import draw_agreement, draw_ranks
from closurerate.year.kpi_year import KpiData

MARKED = 3
"""Branches drawn in colour: those whose rank depends most on the formula."""

_LINE = {"zh-Hant": 16, "en": 26}
"""Characters of a formula's name on one line."""


def ranks_chart(data: KpiData) -> Chart | Markdown:
    """Return how each branch's rank shifts from formula to formula, or that none is to be ranked.

    The formulas stand in the order of their agreement with the KPI; the branches whose rank
    depends most on the formula are in colour.
    """
    language, ranked = data.language, formula_ranks(data)
    if not ranked.has_ranks:
        return Markdown(word("rank_no_ranks", language))
    table, spread = ranked.table[ranked.order], ranked.spread
    width = (spread["worst"] - spread["best"]).fillna(0).sort_values(ascending=False, kind="stable")
    marked = [str(name) for name in width.index[:MARKED] if width[name]]
    frame = pd.DataFrame(
        {
            word(str(name), language): row.to_numpy(dtype=float, na_value=float("nan"))
            for name, row in table.iterrows()
        },
        index=pd.Index(_labels(ranked, language)),
    )
    named = [
        word(
            "rank_alt_item",
            language,
            branch=word(name, language),
            best=spread.loc[name, "best"],
            worst=spread.loc[name, "worst"],
        )
        for name in marked
    ]
    with drawing(language, 3.0 + 0.85 * len(frame)) as axes:
        draw_ranks(
            frame,
            axes,
            marked=[word(name, language) for name in marked],
            xlabel=word("rank_axis", language),
            tilt=0 if language == "zh-Hant" else 60,
        )
        return Chart(
            axes.get_figure(),
            caption=word("rank_chart_caption", language),
            alt=word(
                "rank_alt",
                language,
                formulas=len(ranked.order),
                independent=len(ranked.independent),
                items=joined(named, language) or word("none", language),
            ),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def agreement_chart(data: KpiData) -> Chart | Markdown:
    """Return Kendall's tau-b between the rankings by each two formulas, or why there is none."""
    language, ranked = data.language, formula_ranks(data)
    if not ranked.with_base:
        key = "rank_no_agreement" if ranked.has_ranks else "rank_no_ranks"
        return Markdown(word(key, language, name=markdown_text(data.name)))
    items = [f"{ranked.names[name]} {tau:.2f}" for name, tau in ranked.with_base.items()]
    with drawing(language, 1.2 + 0.72 * len(ranked.order)) as axes:
        draw_agreement(ranked.agreement, axes, labels=_labels(ranked, language))
        return Chart(
            axes.get_figure(),
            caption=word("rank_agreement_caption", language),
            alt=word("rank_agreement_alt", language, name=data.name, items=joined(items, language)),
            source=data.cases.source_line(data.cases.evidence),
            evidence=data.cases.evidence,
            language=language,
        )


def _labels(ranked: FormulaRanks, language: str) -> list[str]:
    """Return the formulas' names, long ones on lines of like length."""
    width = _LINE[language]
    names = [ranked.names[name] for name in ranked.order]
    lines = [ceil(len(name) / width) for name in names]
    return [
        "\n".join(wrap(name, ceil(len(name) / count) + 3))
        for name, count in zip(names, lines, strict=True)
    ]
