"""What is shown of the figures that the printed report has otherwise than its own others give."""

import re
from collections.abc import Sequence

from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, words
from closurerate.press.text import ByLanguage, Item, Run, Text, both, stated, t
from closurerate.records.claim import Claim
from closurerate.records.departures import Departs, departures
from closurerate.records.placeholders import weakest
from closurerate.year.kpi_year import KpiData

_IN_ENGLISH = {
    "壹": "I", "貳": "II", "叁": "III", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5",
    "六": "6", "七": "7", "（": "(", "）": ")", "分析": "analysis", "表": "table",
    "衡量標準": "measure", "封面": "cover", "、": ".",
}  # fmt: skip
"""The numbering of our headings, as the English pages have it."""
_HEADED = re.compile(r"(.、.)、([一二三四五六七])(?=、|$).*|(.、.)、.*、(分析|表|衡量標準).*")
"""A place of the printed report: its result, or of the KPI's own part what is named."""
_HAN = re.compile("[\u4e00-\u9fff]")


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
            _place(one.claim.places[0]),
            _printed(one.claim),
            one.recomputed and stated(one.recomputed),
            Text(departs.why, one.figures),
        )
        for one in sorted(found, key=lambda one: one.recomputed is None)
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


def _place(place: str) -> Text:
    """Return where a figure stands by our headings: 壹、三、（一） in Chinese, I.3.(1) in English.

    The printed report numbers the results 一 to 七, and the paragraphs of each anew.
    """
    whole, named = place.replace(".", "、"), ""
    if headed := _HEADED.fullmatch(whole):
        whole, named = (f"{headed[1]}、（{headed[2]}）", "") if headed[2] else headed.group(3, 4)
    english = whole
    for chinese, other in _IN_ENGLISH.items():
        english = english.replace(chinese, other)
    told = "\N{WORD JOINER}".join(f"{whole}、{named}" if named else whole)
    return both(told, f"{english}, {_IN_ENGLISH[named]}" if named else english)


def _printed(claim: Claim) -> Item:
    """Return a figure as printed; in English as a number, with the original where it has words."""
    if not claim.is_numeric:
        return claim.printed
    number = stated(claim.quantity())
    original = f" ({claim.printed})" if _HAN.search(claim.printed) else ""
    return ByLanguage({"zh-Hant": claim.printed, "en": Run((number, original))})
