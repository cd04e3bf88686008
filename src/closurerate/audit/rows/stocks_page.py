"""What is shown of stock and flow, and of the file of the year before."""

from collections.abc import Mapping
from typing import Any

from closurerate.audit.rows.rows_year import RowsAudit
from closurerate.audit.rows.stocks import FLOW, LESS, MORE
from closurerate.cases.vocabulary import BRANCHES, CATEGORIES
from closurerate.press.prose import Finding, Markdown
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, bare, formed, t
from closurerate.quantity import Quantity
from closurerate.year.kpi_words import tier_name


def stocks_table(rows: RowsAudit, by: str) -> Table:
    """Return the stocks and flows, and the gap to last year's file with the cases behind it.

    Args:
        by: `branch`, `category` or `tier`.
    """
    table, tiers = rows.stocks.by_cell(), rows.kpi.version.rule.tiers
    called: dict[str, Item] = {tier.name: tier_name(tier) for tier in tiers}
    orders = {"branch": BRANCHES, "category": CATEGORIES, "tier": tuple(called)}
    is_alone = rows.stocks.before is None
    if not is_alone:
        table = table.assign(behind=table[[*MORE, *LESS]].sum(axis=1))
    names = [*FLOW, *([] if is_alone else ["before", "gap", "behind"])]
    sums = table.groupby(level=by)[names].sum().to_dict("index")
    whole = table[names].sum().to_dict()
    lines = [
        (called.get(key) or rows.kpi.cases.place(key), *_cells(rows, sums[key]))
        for key in orders[by]
        if key in sums
    ]
    lines.append((t("total"), *_cells(rows, whole)))
    plain = [t(name) for name in FLOW]
    compared = [] if is_alone else [t(f"stock_{name}") for name in names[len(FLOW) :]]
    return Table(
        [*words(by), *numbers(*plain, *compared, unit="case")],
        lines,
        t("stock_caption", by=formed(t(by), str.lower)),
        rows.kpi.cases.grounds(is_of_rows_before=not is_alone),
        t("stock_note_alone" if is_alone else "stock_note"),
        has_total=True,
    )


def stock_gaps(rows: RowsAudit) -> Table | Finding | Markdown:
    """Return the cases that the two years' files do not agree on, by reason; or that they do."""
    found = rows.stocks
    if found.before is None:
        return Markdown(t("stock_alone"))
    reasons = {**found.reasons, "known_before": found.known_before}
    evidence = rows.kpi.cases.evidence
    if not any(reasons.values()):
        opening = Quantity(int(found.flow["opening"].sum()), "case", 0, evidence)
        return Finding(t("stock_agrees", opening=opening), evidence)
    lines = [(t(f"stock_{name}"), _cell(rows, name, count)) for name, count in reasons.items()]
    columns = [*words("stock_reason"), *numbers("stock_behind", unit="case")]
    grounds = rows.kpi.cases.grounds(is_of_rows_before=True)
    return Table(columns, lines, t("stock_reasons_caption"), grounds)


def _cells(rows: RowsAudit, counts: Mapping[Any, Any]) -> list[Item]:
    return [_cell(rows, str(name), int(count)) for name, count in counts.items()]


def _cell(rows: RowsAudit, name: str, count: int) -> Item:
    """Return a count; of cases behind a gap that are too few for a public page only that."""
    is_shown = name in (*FLOW, "before", "gap") or rows.is_public(int(count))
    if not is_shown:
        return t("rows_few", least=rows.disclosure.least_count)
    return bare(int(count), is_signed=name == "gap" and count != 0)
