"""The title page of a notebook's document: what a reader sees before and around its content."""

import dataclasses
import datetime
from collections.abc import Mapping

from closurerate.cases.scope import year_bounds
from closurerate.cases.source import read_source
from closurerate.kpi.definition import read_definition
from closurerate.press.facts import DocumentFacts
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.text import Text, roc_date, said, t, year_in_text
from closurerate.records.paths import cases_folder, kpi_file, resolved
from closurerate.records.years import year_if_written
from closurerate.year.case_year import published_until, synthetic_notice
from closurerate.year.official import is_official


def documents_of(
    titles: Mapping[str, str], *, year: int, cases: str, kpi: str | None
) -> dict[str, dict[str, object]]:
    """Return by language the facts of the document that a notebook becomes, for its metadata.

    Args:
        titles: The notebook's own, by language.
        cases: As in `year.case_year.open_cases`.
        kpi: Id of the KPI, for a title that names it.

    Raises:
        InputError: If the case data are not there.
    """
    definition = read_definition(kpi_file(kpi), kpi_file) if kpi else None
    is_proposal = definition is not None and not is_official(definition, published_until(year))
    source = read_source(cases_folder(year, resolved(year, cases)) / "cases.parquet")
    day, day_told = _date(year, is_proposal=is_proposal)
    is_synthetic = source.kind == "synthetic"
    found: dict[str, dict[str, object]] = {}
    for language in LANGUAGES:
        title = titles[language].replace("{year}", said(year_in_text(year), language))
        title = title.replace("{kpi}", definition.name[language] if definition else "")
        if is_proposal:
            title = said(t("proposal_title", title=title), language)
        found[language] = dataclasses.asdict(
            DocumentFacts(
                title=title,
                subtitle=said(t("independent"), language),
                language=language,
                year=year,
                organisation=said(t("proposal" if is_proposal else "organisation"), language),
                date=day.isoformat(),
                date_text=said(day_told, language),
                synthetic=is_synthetic,
                synthetic_notice=said(synthetic_notice(source), language) if is_synthetic else "",
                running_head=title,
                contents=True,
            )
        )
    return found


def _date(year: int, *, is_proposal: bool) -> tuple[datetime.date, Text]:
    """Return the day of approval, or the last day that the data cover.

    Nobody has approved a proposal, whatever the year's author says of the agency's report.
    """
    author = None if is_proposal else year_if_written(year)
    approved_on = author.approved_on if author else None
    day = approved_on or year_bounds(year)[1]
    key = "proposal_date" if is_proposal else "approved_on" if approved_on else "draft"
    return day, t(key, date=roc_date(day))
