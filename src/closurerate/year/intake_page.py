"""What an intake brought, as a year's notebooks tell it: sentences, sections, and its tables."""

from collections.abc import Callable

from closurerate.intake.left.accounts import Intake
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Markdown, Several
from closurerate.press.shown import Shown
from closurerate.press.table import share
from closurerate.press.text import Text
from closurerate.quantity import Quantity
from closurerate.year.case_year import CaseData, say

Part = Callable[[Intake, Evidence | None], Shown | None]
"""Makes of an intake something to be shown; None where there is nothing to say."""


def intake_figures(intake: Intake, evidence: Evidence) -> dict[str, Quantity]:
    """Return the row accounts as figures: `rows_read`, `accepted`, `rejected` and so on.

    Further `files_read`, and `rejected_share` in percent of what was read.
    """
    totals = intake.totals
    counts = {"rows_read" if name == "rows" else name: item for name, item in totals.items()}
    figures = {name: Quantity(count, "entry", 0, evidence) for name, count in counts.items()}
    return figures | {
        "files_read": Quantity(len(intake.files), "file", 0, evidence),
        "rejected_share": Quantity(
            share(totals["rejected"], totals["rows"]), "percent", 3, evidence
        ),
    }


def intake_finding(data: CaseData, *, zh: str, en: str) -> Several:
    """Return a computed sentence on the row accounts; nothing where there was no intake."""
    if data.intake is None:
        return Several([])
    figures = intake_figures(data.intake, data.evidence)
    return Several([say(figures, zh=zh, en=en, names=data.names)])


def intake_prose(data: CaseData, *, zh: str, en: str) -> Several:
    """Return prose or a heading (Markdown) on the intake; nothing where there was none."""
    return Several([] if data.intake is None else [Markdown(Text({"zh-Hant": zh, "en": en}))])


def intake_parts(data: CaseData, *parts: Part) -> Several:
    """Return what the parts make of the intake, in order; nothing where there was none."""
    if data.intake is None:
        return Several([])
    made = [part(data.intake, data.evidence) for part in parts]
    return Several([item for item in made if item is not None])
