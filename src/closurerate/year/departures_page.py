"""What is shown of the figures that the printed report has otherwise than its own others give."""

from collections.abc import Sequence
from fractions import Fraction

from closurerate.audit.claims.departures import Departs, departures
from closurerate.audit.claims.findings import at_least, numerals_of, place_words, print_words
from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, words
from closurerate.press.text import Cited, Text, both, exactly, given_name, said, stated, t
from closurerate.quantity import Quantity
from closurerate.records.placeholders import weakest
from closurerate.year.kpi_year import KpiData

_MILLION = 10**6


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
            given_name(departs.figure),
            place_words(one.claim.places[0]),
            print_words(one.claim),
            one.recomputed and at_least(one.claim, stated(one.recomputed)),
            Cited(Text(departs.why, one.figures), _as_printed(data)),
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


def _as_printed(data: KpiData) -> dict[str, Quantity]:
    """Return the numerals that a reason can quote: those of the print, and in millions."""
    known = dict[str, Quantity]()
    for claim in data.cases.published[data.year].claims.values():
        if claim.is_numeric:
            millions = exactly(Fraction(claim.value) / _MILLION, 2)
            known |= {said(millions, "en"): claim.quantity(), **numerals_of(claim)}
    return known
