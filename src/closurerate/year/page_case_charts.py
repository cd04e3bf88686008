"""Charts of the case data: flow, months, amounts."""

import pandas as pd

from closurerate.press import drawing as figures
from closurerate.press.cells import joined, no_cases, percent
from closurerate.press.show import Chart, Markdown
from closurerate.press.style import drawing
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.year.case_year import CaseData
from closurerate.year.page_case_tables import banded

_MILLION = 10**6
_FLOW = ("opening", "new", "reopened", "closed", "pending")


def flow_chart(data: CaseData) -> Chart:
    """Return the year's flow of cases as a waterfall from the opening to the closing stock."""
    language, flow = data.language, data.profile.flow()
    evidence = data.evidence_of("pending", flow["pending"])
    steps = {name: count for name in _FLOW if (count := flow[name]) is not None}
    labels = {name: word(name, language) for name in steps} | {"reopened": data.reopened_word}
    level, rows = 0, []
    for name, count in steps.items():
        is_stock = name in ("opening", "pending")
        start, end = (0, count) if is_stock else (level, level + count)
        if name == "closed":
            end = level - count
        rows.append((labels[name], start / _MILLION, end / _MILLION, is_stock, number(count)))
        level = end
    frame = pd.DataFrame(rows, columns=["label", "start", "end", "is_stock", "text"])
    told = [f"{row['label']} {row['text']}" for row in frame.to_dict("records")]
    with drawing(language, 7.5) as axes:
        figures.draw_flow(frame, axes).set_ylabel(word("axis_cases_million", language))
        return Chart(
            axes.get_figure(),
            caption=word("caption_flow", language),
            alt=word("alt_flow", language, items=joined(told, language)),
            source=data.source_line(evidence),
            evidence=evidence,
            language=language,
        )


def months_chart(data: CaseData) -> Chart | Markdown:
    """Return new and closed cases by month, or that the year has none."""
    language, caption = data.language, word("caption_months", data.language)
    found = data.profile.tables["months"]
    if found.empty:
        return no_cases(caption, language, "new", "closed")
    months = found.set_index("month")[["new", "closed"]].reindex(range(1, 13), fill_value=0)
    frame = (months / 1000).rename(
        columns={name: word(name, language) for name in ("new", "closed")}
    )
    extremes = {
        f"{name}_{end}": number(int(getattr(months[name], function)()))
        for name in ("new", "closed")
        for end, function in (("low", "min"), ("high", "max"))
    }
    with drawing(language, 6.5) as axes:
        figures.draw_lines(
            frame,
            axes,
            ylabel=word("axis_cases_thousand", language),
            xlabel=word("month", language),
        )
        return Chart(
            axes.get_figure(),
            caption=caption,
            alt=word("alt_months", language, **extremes),
            source=data.source_line(data.evidence),
            evidence=data.evidence,
            language=language,
        )


def amounts_chart(data: CaseData) -> Chart | Markdown:
    """Return the new cases by band of referred amount, or that the year has none."""
    language, caption = data.language, word("caption_amounts", data.language)
    table = banded(data, "amounts")
    whole = int(table["new"].sum())
    if not whole:
        return no_cases(caption, language, "new")
    frame = pd.DataFrame(
        {
            "label": table.index,
            "value": table["new"].to_numpy() / _MILLION,
            "text": [f"{percent(int(count), whole)}%" for count in table["new"]],
            "is_context": False,
        }
    )
    edge = 10_000
    below = int(table.loc[table["from_twd"] < edge, "new"].sum())
    with drawing(language, 7.5) as axes:
        figures.draw_bars(frame, axes, xlabel=word("axis_cases_million", language))
        axes.set_ylabel(word("referred_amount", language))
        return Chart(
            axes.get_figure(),
            caption=caption,
            alt=word("alt_amounts", language, share=percent(below, whole), edge=number(edge)),
            source=data.source_line(data.evidence),
            evidence=data.evidence,
            language=language,
        )
