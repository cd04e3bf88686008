"""Charts of the case data: flow, months, amounts."""

import pandas as pd

from closurerate.quantity import number
from closurerate.report import figures
from closurerate.report.case_data import CaseData
from closurerate.report.cells import band_labels, joined, percent
from closurerate.report.show import Chart
from closurerate.report.style import drawing
from closurerate.report.words import word

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


def months_chart(data: CaseData) -> Chart:
    """Return new and closed cases by month."""
    language, months = data.language, data.profile.tables["months"]
    frame = (months.set_index("month")[["new", "closed"]] / 1000).rename(
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
            caption=word("caption_months", language),
            alt=word("alt_months", language, **extremes),
            source=data.source_line(data.evidence),
            evidence=data.evidence,
            language=language,
        )


def amounts_chart(data: CaseData) -> Chart:
    """Return the new cases by band of referred amount."""
    language, table = data.language, data.profile.tables["amounts"]
    edges = [int(edge) for edge in table["from_twd"]]
    whole = int(table["new"].sum())
    frame = pd.DataFrame(
        {
            "label": band_labels(edges),
            "value": table["new"] / _MILLION,
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
            caption=word("caption_amounts", language),
            alt=word("alt_amounts", language, share=percent(below, whole), edge=number(edge)),
            source=data.source_line(data.evidence),
            evidence=data.evidence,
            language=language,
        )
