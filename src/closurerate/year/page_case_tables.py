"""Tables of the case data: where they came from, flow, structure."""

import pandas as pd

from closurerate.cases.profile import AGE_EDGES_YEARS, AMOUNT_EDGES_TWD, DEBTOR_COLUMNS
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES, DISPOSITIONS
from closurerate.press.cells import band_labels, headed, joined, no_cases, percent, roc_year
from closurerate.press.foreign import in_lines
from closurerate.press.show import Column, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import number
from closurerate.year.case_year import CaseData

_ORDERS = {"branch": BRANCHES, "category": CATEGORIES, "disposition": DISPOSITIONS}
_FLOW = ("opening", "new", "reopened", "closed", "pending")
_BANDS = {
    "amounts": ("from_twd", AMOUNT_EDGES_TWD, "new", "referred_amount"),
    "ages": ("from_years", AGE_EDGES_YEARS, "pending", "years_since"),
}
"""By table of the profile: its column of lower ends, all of these, whose cases, what heads them."""


def source_table(data: CaseData) -> Table:
    """Return where the case data came from, and which optional columns they lack."""
    language = data.language
    absent = (
        "、".join(data.profile.absent) if language == "zh-Hant" else ", ".join(data.profile.absent)
    )
    digest = data.source.sha256
    name, hashed = data.source.name, word("sha256", language)
    if data.intake is not None:
        name = "\n".join(in_lines(file.name) for file in data.intake.files)
        hashed = word("intake_case_file", language)
    rows = (
        (word("kind", language), word(f"kind_{data.source.kind}", language)),
        (word("file", language), name),
        (word("rows", language), number(data.source.rows)),
        (hashed, f"{digest[:32]}\n{digest[32:]}"),
        (word("absent_columns", language), absent or word("none", language)),
    )
    return Table(
        columns=(Column(word("item", language)), Column(word("value", language))),
        rows=rows,
        caption=word("caption_source", language),
        evidence=data.evidence,
        language=language,
    )


def flow_table(data: CaseData) -> Table:
    """Return opening, new, reopened, closed and pending cases of the year before and this one."""
    language, flow = data.language, data.profile.flow()
    rows = [(roc_year(data.year, language), *(number(flow[name]) for name in _FLOW))]
    if data.before is not None:
        rows.insert(0, (roc_year(data.year - 1, language), *_printed_flow(data)))
    evidence = data.evidence_of("pending", flow["pending"])
    sources = [data.source_line(evidence)]
    if data.before is not None and evidence != "published":
        sources.append(data.reports_line)
    heads = {name: word(name, language) for name in _FLOW} | {"reopened": data.reopened_word}
    return Table(
        columns=(
            Column(word("year", language)),
            *(Column(heads[name], "right") for name in _FLOW),
        ),
        rows=tuple(rows),
        caption=word("caption_flow", language),
        note=_flow_note(data),
        source="; ".join(dict.fromkeys(sources)),
        evidence=evidence,
        language=language,
    )


def _printed_flow(data: CaseData) -> list[str]:
    """Return the flow of the year before as printed; its opening is the year before's stock."""
    report, earlier = data.reports[data.year - 1], data.published.get(data.year - 2)
    if "reopened" in report:
        values = {name: int(report[name].value) for name in _FLOW[1:]}
        opening = values["pending"] + values["closed"] - values["new"] - values["reopened"]
        return [number(item) for item in (opening, *values.values())]
    new, closed, pending = (int(report[key].value) for key in ("new", "closed", "pending"))
    opening = pending + closed - new if earlier is None else int(earlier["pending"].value)
    gap = None if earlier is None else pending + closed - new - opening
    return [number(item) for item in (opening, new, gap, closed, pending)]


def _flow_note(data: CaseData) -> str:
    language, flow = data.language, data.profile.flow()
    if flow["reopened"] is None:
        return word("note_flow_unknown", language)
    if data.is_synthetic and not data.is_scaled:
        return word("note_flow", language, previous=data.year - 1, gap=number(flow["reopened"]))
    return word("note_flow_plain", language)


def groups_table(data: CaseData, by: str) -> Table:
    """Return new, closed and pending cases by branch or category."""
    language = data.language
    names = ("new", "closed", "pending")
    sums = data.profile.tables["groups"].groupby(by)[list(names)].sum()
    rows = [
        (word(key, language), *(number(int(sums[name][key])) for name in names))
        for key in _ORDERS[by]
        if key in sums.index
    ]
    rows.append((word("total", language), *(number(int(sums[name].sum())) for name in names)))
    return Table(
        columns=headed(language, by, *names),
        rows=tuple(rows),
        caption=word("caption_groups", language, by=word(by, language).lower()),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
        has_total=True,
    )


def dispositions_table(data: CaseData) -> Table | Markdown:
    """Return the closed cases by disposition, with their shares, or that there are none."""
    language, caption = data.language, word("caption_dispositions", data.language)
    closed = data.profile.tables["groups"].groupby("disposition")["closed"].sum()
    whole = int(closed.sum())
    if not whole:
        return no_cases(caption, language, "closed")
    present = [name for name in DISPOSITIONS if name in closed.index]
    rows = [
        (word(name, language), number(int(closed[name])), percent(int(closed[name]), whole))
        for name in present
    ]
    rows.append((word("total", language), number(whole), percent(whole, whole)))
    columns = headed(language, "disposition", "closed", "share")
    return Table(
        columns=(*columns[:2], Column(f"{columns[2].heading} (%)", "right")),
        rows=tuple(rows),
        caption=caption,
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
        has_total=True,
    )


def bands_table(data: CaseData, name: str) -> Table | Markdown:
    """Return a table of bands, or that the year has no such case.

    Parameters
    ----------
    data
        The year's case data.
    name
        `amounts` of the new cases, or `ages` of the pending ones.
    """
    language, caption = data.language, word(f"caption_{name}", data.language)
    *_, count, heading = _BANDS[name]
    table = banded(data, name)
    whole, referred = int(table[count].sum()), int(table["referred_twd"].sum())
    if not whole:
        return no_cases(caption, language, count)
    rows = tuple(
        (
            str(label),
            number(int(row[count])),
            percent(int(row[count]), whole),
            percent(int(row["referred_twd"]), referred),
        )
        for label, row in table.iterrows()
    )
    share = word("share", language) + " (%)"
    return Table(
        columns=(
            Column(word(heading, language)),
            Column(word(count, language), "right"),
            Column(share, "right"),
            Column(word("share_of_referred", language), "right"),
        ),
        rows=rows,
        caption=caption,
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )


def banded(data: CaseData, name: str) -> pd.DataFrame:
    """Return `amounts` or `ages` of the profile with all bands, also those without a case.

    Returns
    -------
    DataFrame
        A row a band, indexed by its label; 0 in a band that no case falls into.
    """
    edge, edges, *_ = _BANDS[name]
    table = data.profile.tables[name].set_index(edge).reindex(edges, fill_value=0)
    return table.assign(**{edge: edges}).set_axis(band_labels(edges))


def debtors_table(data: CaseData) -> Table | Markdown:
    """Return obligors and collections of large debtors and of others, or why that is left out."""
    language, table = data.language, data.debtors
    if table is None:
        needed = [name for name in data.profile.absent if name in DEBTOR_COLUMNS]
        names = joined((f"`{name}`" for name in needed or sorted(DEBTOR_COLUMNS)), language)
        return Markdown(
            word("left_out_columns" if needed else "left_out_empty", language, names=names)
        )
    whole = int(table["collected_twd"].sum())
    rows = tuple(
        (
            word("large_debtors" if row["is_large"] else "other_debtors", language),
            number(int(row["obligors"])),
            number(int(row["collected_twd"])),
            percent(int(row["collected_twd"]), whole),
        )
        for _, row in table.iterrows()
    )
    columns = headed(language, "item", "obligors", "collected", "share")
    return Table(
        columns=(*columns[:3], Column(f"{columns[3].heading} (%)", "right")),
        rows=rows,
        caption=word("caption_debtors", language),
        source=data.source_line(data.evidence),
        evidence=data.evidence,
        language=language,
    )
