"""The title page of a notebook's document: what a reader sees before and around its content."""

import dataclasses
import datetime
from pathlib import Path

from closurerate.cases.scope import year_bounds
from closurerate.cases.source import read_source
from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.facts import METADATA_KEY, DocumentFacts
from closurerate.press.print.labels import Language
from closurerate.press.text import roc_date, said, t, year_in_text
from closurerate.press.words import word
from closurerate.records.documents import check_languages
from closurerate.records.paths import cases_folder, data_folder, kpi_file
from closurerate.records.years import load_year
from closurerate.year.case_year import published_until, resolved, synthetic_notice
from closurerate.year.official import is_official


def document_facts_of(
    notebook: Path, *, year: int, cases: str, language: Language, kpi: str | None
) -> dict[str, object]:
    """Return the facts of the document that a notebook becomes, for its metadata.

    Parameters
    ----------
    notebook
        Its own metadata hold its title in both languages.
    year
        ROC year.
    cases
        As in `report.case_data.open_cases`.
    language
        `zh-Hant` or `en`.
    kpi
        Id of the KPI, for a title that names it.

    Raises
    ------
    InputError
        If the notebook has no title, or the case data are not there.
    """
    title = _title(notebook)[language]
    year_text = said(year_in_text(year), language)
    definition = read_definition(kpi_file(kpi), kpi_file) if kpi else None
    is_proposal = definition is not None and not is_official(definition, published_until(year))
    name = definition.name[language] if definition else ""
    title = title.replace("{year}", year_text).replace("{kpi}", name)
    if is_proposal:
        title = word("proposal_title", language, title=title)
    source = read_source(cases_folder(year, resolved(year, cases)) / "cases.parquet")
    day, date_text = _date(year, language, is_proposal=is_proposal)
    is_synthetic = source.kind == "synthetic"
    facts = DocumentFacts(
        title=title,
        subtitle=word("independent", language),
        language=language,
        year=year,
        organisation=word("proposal" if is_proposal else "organisation", language),
        date=day.isoformat(),
        date_text=date_text,
        synthetic=is_synthetic,
        synthetic_notice=said(synthetic_notice(source), language) if is_synthetic else "",
        running_head=title,
        contents=True,
    )
    return dataclasses.asdict(facts)


def _title(notebook: Path) -> dict[str, str]:
    metadata = read_notebook(notebook).metadata.get(METADATA_KEY, {})
    if "title" not in metadata:
        raise InputError(f"{notebook}: metadata.{METADATA_KEY}.title must give its title.")
    return check_languages(dict(metadata["title"]), f"{notebook}: metadata.{METADATA_KEY}.title")


def _date(year: int, language: Language, *, is_proposal: bool) -> tuple[datetime.date, str]:
    """Return the day of approval, or the last day that the data cover.

    Nobody has approved a proposal, whatever the year's author says of the agency's report.
    """
    has_author = (data_folder() / "years" / f"{year}.yml").is_file()
    approved_on = load_year(year).approved_on if has_author and not is_proposal else None
    day = approved_on or year_bounds(year)[1]
    key = "proposal_date" if is_proposal else "approved_on" if approved_on else "draft"
    return day, said(t(key, date=roc_date(day)), language)
