"""What is shown of a printed report's figures, each judged by the others: the findings."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from closurerate.audit.claims.derivation import Reports, check_follows
from closurerate.audit.claims.findings import (
    AuditFinding,
    counted,
    figure_words,
    findings,
    print_words,
)
from closurerate.audit.claims.judging import JudgedClaim, completed, judge_claims
from closurerate.press.prose import Finding, Several
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, words
from closurerate.press.text import Text, capital, formed, roc_year, t
from closurerate.records.published import load_published, published_until, read_published

_EVERY = 999
"""The last ROC year: a report prints figures of other years too, and any may say what a name is."""


@dataclass(frozen=True)
class PrintedAudit:
    """The figures printed of a year, each with its verdict, and what is found in them."""

    year: int
    reports: Reports
    judged: list[JudgedClaim]

    @property
    def findings(self) -> list[AuditFinding]:
        """What is found, the heaviest first."""
        return findings(self.reports, self.year, self.judged)

    @property
    def counted(self) -> Text:
        """How many printed occurrences got each verdict."""
        return counted(self.year, self.judged)


def open_printed_audit(year: int, published: Path | None = None) -> PrintedAudit:
    """Return the printed figures of a year, judged.

    Args:
        published: Another transcription of them; what it does not say of how a figure follows is
            taken from that of `data/published`.

    Raises:
        InputError: If there is none, or it is not as it should be.
    """
    reports = published_until(_EVERY)
    known: Collection[str] = ()
    if published is not None:
        shipped, reports[year] = reports.get(year), read_published(published, year)
        if shipped is not None:
            known, reports[year] = shipped.claims, completed(reports[year], shipped)
    elif year not in reports:
        reports[year] = load_published(year)
    check_follows(reports, year, known)
    return PrintedAudit(year, reports, judge_claims(reports, year))


def printed_section(year: int) -> Several:
    """Return the verdicts counted and the findings; of a year without print that there is none."""
    reports = published_until(year)
    if year not in reports:
        return Several([Finding(t("audit_nothing_printed", year=roc_year(year)), "derived")])
    audit = open_printed_audit(year)
    return Several([Finding(audit.counted, "published"), findings_table(audit)])


def _breaking(text: str) -> str:
    """Return a place that a narrow column may break."""
    return text.replace("\N{WORD JOINER}", "")


def findings_table(audit: PrintedAudit) -> Table:
    """Return the findings, the heaviest first: what, where, how much, and what of the KPI.

    Each has its group in INTOSAI GUID 5290, and the word of GAO-20-283G on the data behind it.
    """
    rows = [
        (
            formed(figure_words(one.claim.id), capital),
            formed(one.where, _breaking),
            print_words(one.claim),
            one.whole,
            one.group_words,
            one.reliability_words,
        )
        for one in audit.findings
    ]
    columns = words(
        "audit_column_figure",
        "place",
        "as_printed",
        "audit_column_finding",
        "audit_column_group",
        "audit_column_reliability",
    )
    grounds = Grounds("published", t("source_report", year=audit.year))
    caption = t("caption_audit_findings", year=audit.year)
    return Table(columns, rows, caption, grounds, t("note_audit_findings"))
