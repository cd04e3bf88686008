"""What is shown of the figures that the printed report has otherwise than its own others give."""

from collections.abc import Sequence

from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, words
from closurerate.press.text import Text, both, stated, t
from closurerate.records.departures import Departs, departures
from closurerate.records.placeholders import weakest
from closurerate.year.kpi_year import KpiData

_IN_ENGLISH = {
    "壹": "I", "貳": "II", "叁": "III", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5",
    "六": "6", "七": "7", "（": "(", "）": ")", "分析": " analysis", "表": "table",
    "衡量標準": "measure", "封面": "cover",
}  # fmt: skip
"""The numbering of the printed report, as the English pages have it."""


def departures_of(data: KpiData) -> list[Departs]:
    """Return what departs in the year's printed report; nothing where the KPI is another."""
    return departures(data.cases.published, data.year) if data.is_printed else []


def departures_section(data: KpiData, *, zh: str, en: str) -> Several:
    """Return the table of departures under its heading; nothing of a year without any.

    Args:
        zh, en: The heading and what leads to the table, as Markdown.
    """
    found = departures_of(data)
    return Several([Markdown(both(zh, en)), _table(data, found)] if found else [])


def _table(data: KpiData, found: Sequence[Departs]) -> Table:
    rows = [
        (
            Text(departs.figure),
            both(place := one.claim.places[0], _english(place)),
            one.claim.printed,
            one.recomputed and stated(one.recomputed),
            Text(departs.why, one.figures),
        )
        for one in found
        if (departs := one.claim.departs)
    ]
    columns = [
        *words("departing_figure"),
        *words("place"),
        *words("as_printed"),
        *words("recomputed"),
        *words("departs_why"),
    ]
    grounds = Grounds(weakest([one.evidence for one in found]), t("source_report", year=data.year))
    return Table(columns, rows, t("caption_departures"), grounds, t("note_departures"))


def _english(place: str) -> str:
    for chinese, english in _IN_ENGLISH.items():
        place = place.replace(chinese, english)
    return place
