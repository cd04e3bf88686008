"""What is shown of the case data: where they came from, flow, structure."""

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from closurerate.cases.profile import (
    AGE_EDGES_YEARS,
    AMOUNT_EDGES_TWD,
    DEBTOR_COLUMNS,
    LARGE_DEBTOR_TWD,
)
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.press import drawing as figures
from closurerate.press.chart import Chart
from closurerate.press.foreign import in_lines
from closurerate.press.prose import Markdown, no_cases
from closurerate.press.table import Table, band_labels, numbers, share, words
from closurerate.press.text import (
    Item,
    Run,
    Say,
    Text,
    as_written,
    bare,
    both,
    formed,
    joined,
    roc_year,
    said,
    spaced,
    t,
)
from closurerate.quantity import Quantity
from closurerate.records.placeholders import weakest
from closurerate.year.case_year import CaseData

_ORDERS = {"branch": BRANCHES, "category": CATEGORIES, "disposition": DISPOSITIONS}
_FLOW = ("opening", "new", "reopened", "closed", "pending")
BANDS = {
    "amounts": ("from_twd", AMOUNT_EDGES_TWD, "new", "referred_amount"),
    "ages": ("from_years", AGE_EDGES_YEARS, "pending", "years_since"),
}
"""By table of the profile: its column of lower ends, all of these, whose cases, what heads them."""
_SHARE = t("in_percent", name=t("share"))
_MILLION = 10**6


def source_table(data: CaseData) -> Table:
    """Return where the case data came from, and which optional columns they lack."""
    digest, name, hashed = data.source.sha256, as_written(data.source.name), t("sha256")
    if data.intake is not None:
        name = as_written("\n".join(in_lines(file.name) for file in data.intake.files))
        hashed = t("intake_case_file")
    absent = data.profile.absent
    rows = [
        (t("kind"), t(f"kind_{data.source.kind}")),
        (t("file"), name),
        (t("rows"), bare(data.source.rows)),
        (hashed, f"{digest[:32]}\n{digest[32:]}"),
        (t("absent_columns"), joined(absent) if absent else t("none")),
    ]
    grounds = data.grounds().without_source()
    return Table(words("item", "value"), rows, t("caption_source"), grounds)


def flow_table(data: CaseData) -> Table:
    """Return opening, new, reopened, closed and pending cases of the year before and this one."""
    flow = data.profile.flow()
    rows = [(roc_year(data.year), *(flow[name] for name in _FLOW))]
    evidence = data.evidence_of("pending", flow["pending"])
    grounds, notes = data.grounds(evidence), [_flow_note(data)]
    if data.before is not None:
        before = _printed_flow(data)
        rows.insert(0, (roc_year(data.year - 1), *before))
        notes += _stock_gap(data, before[-1])
        # Its opening is the printed stock of the year before it, unless its own rows tell it.
        is_joined = "reopened" not in data.before and data.counted_before is None
        earlier = {data.year - 1} | ({data.year - 2} if is_joined else set())
        grounds = data.grounds(evidence, earlier=earlier)
        if is_joined and data.year - 2 not in data.published:
            grounds = replace(grounds, evidence=weakest([evidence, "assumed"]))
    heads = [data.reopened_word if name == "reopened" else name for name in _FLOW]
    return Table(
        [*words("year"), *numbers(*heads, unit="case")],
        rows,
        t("caption_flow"),
        grounds,
        note=spaced(notes),
    )


def _printed_flow(data: CaseData) -> list[int | None]:
    """Return the flow of the year before as printed; its opening is the year before's stock.

    Of a counted year it is its own, which holds the reopened cases too where they are not known.
    """
    report, earlier = data.reports[data.year - 1], data.published.get(data.year - 2)
    if data.counted_before is not None:
        earlier = None
    if "reopened" in report:
        values = {name: int(report[name].value) for name in _FLOW[1:]}
        opening = values["pending"] + values["closed"] - values["new"] - values["reopened"]
        return [opening, *values.values()]
    new, closed, pending = (int(report[key].value) for key in ("new", "closed", "pending"))
    opening = pending + closed - new if earlier is None else int(earlier["pending"].value)
    gap = None if earlier is None else pending + closed - new - opening
    return [opening, new, gap, closed, pending]


def _flow_note(data: CaseData) -> Text:
    reopened = data.profile.flow()["reopened"]
    if reopened is None:
        return t("note_flow_unknown")
    if data.is_synthetic and not data.is_scaled:
        return t("note_flow", previous=data.names["previous"], gap=reopened)
    return t("note_flow_plain")


def _stock_gap(data: CaseData, left: int | None) -> list[Text]:
    """Return that the year does not begin with what the one before left; nothing where it does."""
    opening = data.profile.flow()["opening"]
    gap = 0 if opening is None or left is None else opening - left
    if not gap:
        return []
    told = Quantity(abs(gap), "case", 0, data.evidence)
    key = f"note_stock_{'more' if gap > 0 else 'less'}"
    return [t(key, gap=told, previous=data.names["previous"])]


def flow_chart(data: CaseData) -> Chart:
    """Return the year's flow of cases as a waterfall from the opening to the closing stock."""
    flow = data.profile.flow()
    steps = {name: count for name in _FLOW if (count := flow[name]) is not None}
    labels = {name: t(name) for name in steps} | {"reopened": data.reopened_word}
    level, bars = 0, []
    for name, count in steps.items():
        is_stock = name in ("opening", "pending")
        start, end = (0, count) if is_stock else (level, level + count)
        if name == "closed":
            end = level - count
        text = bare(end - start, is_signed=not is_stock)
        bars.append((labels[name], start / _MILLION, end / _MILLION, is_stock, text))
        level = end

    def draw(figure: Figure, say: Say) -> None:
        frame = say.frame(bars, "label", "start", "end", "is_stock", "text")
        axes = figures.draw_flow(frame, figure.subplots())
        axes.set_ylabel(say(t("axis_cases_million")))

    told = joined(Run((label, text), " ") for label, *_, text in bars)
    evidence = data.evidence_of("pending", flow["pending"])
    return Chart(draw, t("caption_flow"), t("alt_flow", items=told), data.grounds(evidence))


def months_chart(data: CaseData) -> Chart | Markdown:
    """Return new and closed cases by month, or that the year has none."""
    caption, found = t("caption_months"), data.profile.tables["months"]
    if found.empty:
        return no_cases(caption, "new", "closed")
    months = found.set_index("month")[["new", "closed"]].reindex(range(1, 13), fill_value=0)
    for measure, key, month in data.withheld:
        if key == "month":
            months.loc[int(month), measure] = math.nan  # a gap in the line

    def draw(figure: Figure, say: Say) -> None:
        named = {name: say(t(name)) for name in ("new", "closed")}
        figures.draw_lines(
            say.draws((months / 1000).rename(columns=named)),
            figure.subplots(),
            ylabel=say(t("axis_cases_thousand")),
            xlabel=say(t("month")),
        )

    extremes = {
        f"{name}_{end}": int(getattr(months[name], function)())
        for name in ("new", "closed")
        for end, function in (("low", "min"), ("high", "max"))
    }
    return Chart(draw, caption, t("alt_months", **extremes), data.grounds(), height_cm=6.5)


def amounts_chart(data: CaseData) -> Chart | Markdown:
    """Return the new cases by band of referred amount, or that the year has none."""
    caption, table = t("caption_amounts"), banded(data, "amounts")
    whole = int(table["new"].sum())
    if not whole:
        return no_cases(caption, "new")
    hidden = [
        ("new", "referred_amount", said(label, "en")) in data.withheld for label in table.index
    ]
    shown = table[~np.array(hidden)]

    def draw(figure: Figure, say: Say) -> None:
        frame = pd.DataFrame(
            {
                "label": [say(label) for label in shown.index],
                "value": shown["new"].to_numpy() / _MILLION,
                "text": [say(Quantity(share(int(n), whole), "percent", 2)) for n in shown["new"]],
                "is_context": False,
            }
        )
        drawn = say.draws(frame)
        axes = figures.draw_bars(drawn, figure.subplots(), xlabel=say(t("axis_cases_million")))
        axes.set_ylabel(say(t("referred_amount")))

    edge = 10_000
    below = int(table.loc[table["from_twd"] < edge, "new"].sum())
    alt = t("alt_amounts", share=bare(share(below, whole), 2), edge=edge)
    if any(hidden):  # the share would tell what is withheld of the bands below
        alt = caption
    return Chart(draw, caption, alt, data.grounds())


def groups_table(data: CaseData, by: str) -> Table:
    """Return new, closed and pending cases by branch or category."""
    names = ["new", "closed", "pending"]
    sums = data.profile.tables["groups"].groupby(by)[names].sum()
    rows: list[tuple[Item, ...]] = [
        (data.place(key), *(data.public(sums.loc[key, n], of=[n], by=by, word=key) for n in names))
        for key in _ORDERS[by]
        if key in sums.index
    ]
    rows.append((t("total"), *sums.sum()))
    caption = t("caption_groups", by=formed(t(by), str.lower))
    columns = [*words(by), *numbers(*names, unit="case")]
    note = data.withheld_note(by)
    return Table(columns, rows, caption, data.grounds(), note, has_total=True)


def dispositions_table(data: CaseData) -> Table | Markdown:
    """Return the closed cases by disposition, with their shares, or that there are none."""
    caption = t("caption_dispositions")
    closed = data.profile.tables["groups"].groupby("disposition")["closed"].sum()
    whole = int(closed.sum())
    if not whole:
        return no_cases(caption, "closed")
    counts = {name: int(closed[name]) for name in DISPOSITIONS if name in closed.index}
    shown = partial(data.public, of=["closed"], by="disposition")
    rows: list[tuple[Item, ...]] = [
        (t(key), shown(n, word=key), shown(share(n, whole), word=key)) for key, n in counts.items()
    ]
    rows.append((t("total"), whole, share(whole, whole)))
    columns = [
        *words("disposition"),
        *numbers("closed", unit="case"),
        *numbers(_SHARE, unit="percent", decimals=2),
    ]
    note = data.withheld_note("disposition")
    return Table(columns, rows, caption, data.grounds(), note, has_total=True)


def bands_table(data: CaseData, name: str) -> Table | Markdown:
    """Return a table of bands, or that the year has no such case.

    Args:
        name: `amounts` of the new cases, or `ages` of the pending ones.
    """
    caption = t(f"caption_{name}")
    *_, count, heading = BANDS[name]
    table = banded(data, name)
    whole, referred = int(table[count].sum()), int(table["referred_twd"].sum())
    if not whole:
        return no_cases(caption, count)
    # All of them, as they make 100 together: one alone would follow from the others.
    is_hidden = any(key == heading and told == "referred_twd" for told, key, _ in data.withheld)
    rows = [
        (label, *(data.public(one, of=[count], by=heading, word=said(label, "en")) for one in told))
        for label, *told in zip(
            table.index,
            table[count],
            (share(int(cases), whole) for cases in table[count]),
            (
                t("withheld") if is_hidden else share(int(twd), referred)
                for twd in table["referred_twd"]
            ),
            strict=True,
        )
    ]
    columns = [
        *words(heading),
        *numbers(count, unit="case"),
        *numbers(_SHARE, "share_of_referred", unit="percent", decimals=2),
    ]
    return Table(columns, rows, caption, data.grounds(), data.withheld_note(heading))


def banded(data: CaseData, name: str) -> pd.DataFrame:
    """Return `amounts` or `ages` of the profile: a row a band by its label, 0 where no case is."""
    edge, edges, *_ = BANDS[name]
    table = data.profile.tables[name].set_index(edge).reindex(edges, fill_value=0)
    return table.assign(**{edge: edges}).set_axis(band_labels(edges))


def debtors_told(*, zh: str, en: str) -> Markdown:
    """Return a sentence on who is a large debtor, who owes as a `person` or as a `company`."""
    return Markdown(both(zh, en, **LARGE_DEBTOR_TWD))


def debtors_table(data: CaseData) -> Table | Markdown:
    """Return obligors and collections of large debtors and of others, or why that is left out."""
    table = data.debtors
    if table is None:
        needed = [name for name in data.profile.absent if name in DEBTOR_COLUMNS]
        names = joined(f"`{name}`" for name in needed or sorted(DEBTOR_COLUMNS))
        return Markdown(t("left_out_columns" if needed else "left_out_empty", names=names))
    whole = int(table["collected_twd"].sum())
    rows = [
        (t("large_debtors" if is_large else "other_debtors"), obligors, twd, share(int(twd), whole))
        for is_large, obligors, twd in zip(
            table["is_large"], table["obligors"], table["collected_twd"], strict=True
        )
    ]
    columns = [
        *words("item"),
        *numbers("obligors"),
        *numbers("collected", unit="TWD"),
        *numbers(_SHARE, unit="percent", decimals=2),
    ]
    return Table(columns, rows, t("caption_debtors"), data.grounds())
