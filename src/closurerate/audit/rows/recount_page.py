"""What is shown of the KPI counted a second time."""

from fractions import Fraction

from closurerate.audit.rows.recount import ALL, Compared
from closurerate.audit.rows.rows_year import RowsAudit
from closurerate.kpi.counts import CASE_MEASURES
from closurerate.press.prose import Finding
from closurerate.press.table import Table, numbers, words
from closurerate.press.text import Item, bare, joined, t
from closurerate.quantity import Quantity
from closurerate.year.kpi_words import tier_name

_SQL = "recount.sql"
_MOST = 20
_RATE_DECIMALS = 4


def recount_table(rows: RowsAudit) -> Table:
    """Return each measure of the nation by both counts, and in how many cells they differ."""
    found = rows.recount
    of_nation = {one.measure: one for one in found.compared if set(one.cell) == {ALL}}
    lines = []
    for name, one in of_nation.items():
        own = [other for other in found.compared if other.measure == name]
        differ = sum(not other.is_same for other in own)
        heading = t(name) if name in CASE_MEASURES else t(f"rows_{name}")
        lines.append((heading, *_both(one), bare(len(own)), bare(differ)))
    note = t("rows_recount_note", rows=rows.kpi.cases.source.rows, file=_SQL, cells=found.cells)
    columns = [
        *words("rows_measure"),
        *numbers("rows_counted", "rows_recounted", "rows_compared", "rows_differing"),
    ]
    return Table(columns, lines, t("rows_recount_caption"), rows.kpi.cases.grounds(), note)


def recount_differences(rows: RowsAudit) -> Table | Finding:
    """Return the values on which the two counts differ, the first twenty; or that none does."""
    found, evidence = rows.recount, rows.kpi.cases.evidence
    if not found.differing:
        values = Quantity(len(found.compared), "count", 0, evidence)
        return Finding(t("rows_same", values=values), evidence)
    lines = [
        (_cell(rows, one), t(one.measure) if one.measure in CASE_MEASURES
         else t(f"rows_{one.measure}"), *_shown(rows, one))
        for one in found.differing[:_MOST]
    ]  # fmt: skip
    left = len(found.differing) - len(lines)
    columns = [*words("rows_cell", "rows_measure"), *numbers("rows_counted", "rows_recounted")]
    note = t("rows_more", count=left) if left > 0 else ""
    return Table(columns, lines, t("rows_differences_caption"), rows.kpi.cases.grounds(), note)


def _both(one: Compared) -> tuple[Item, Item]:
    decimals = 0 if one.measure in CASE_MEASURES else _RATE_DECIMALS
    counted, recounted = (
        bare(value if isinstance(value, int) else Fraction(value), decimals)
        for value in (one.counted, one.recounted)
    )
    return counted, recounted


def _shown(rows: RowsAudit, one: Compared) -> tuple[Item, ...]:
    few = t("rows_few", least=rows.disclosure.least_count)
    is_count = one.measure in CASE_MEASURES
    return tuple(
        few if is_count and not rows.is_public(int(value)) else item
        for value, item in zip((one.counted, one.recounted), _both(one), strict=True)
    )


def _cell(rows: RowsAudit, one: Compared) -> Item:
    branch, *others = (name for name in one.cell if name != ALL) if one.cell[0] != ALL else (None,)
    tiers = {tier.name: tier_name(tier) for tier in rows.kpi.version.rule.tiers}
    return joined([rows.kpi.cases.place(branch), *(tiers.get(name) or t(name) for name in others)])
