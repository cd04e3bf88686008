"""The title page of a notebook's document: what a reader sees before and around its content."""

import dataclasses
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from closurerate.cases.scope import year_bounds
from closurerate.cases.source import read_source
from closurerate.kpi.definition import Definition, read_definition
from closurerate.press.facts import DocumentFacts
from closurerate.press.print.labels import LANGUAGES
from closurerate.press.text import Item, Run, Text, roc_date, said, spaced, t, year_in_title
from closurerate.records.paths import cases_folder, kpi_file, resolved
from closurerate.records.published import published_until
from closurerate.records.years import Year, year_if_written
from closurerate.year.case_year import synthetic_notice
from closurerate.year.official import is_official

CHECKOUT = Path(__file__).resolve().parents[3]
"""Where the code's repository is, if it runs from one."""


def documents_of(
    titles: Mapping[str, str],
    *,
    year: int,
    cases: str,
    kpi: str | None,
    own: Sequence[str] | None = None,
) -> dict[str, dict[str, object]]:
    """Return by language the facts of the document that a notebook becomes, for its metadata.

    Args:
        titles: The notebook's own, by language.
        cases: As in `year.case_year.open_cases`.
        kpi: Id of the KPI, for a title that names it.
        own: Of somebody's own notebook, what else it was run with, such as `branch=花蓮`; None of
            the project's.

    Raises:
        InputError: If the case data are not there.
    """
    definition = read_definition(kpi_file(kpi), kpi_file) if kpi else None
    is_proposal = definition is not None and not is_official(definition, published_until(year))
    source = read_source(cases_folder(year, resolved(year, cases)) / "cases.parquet")
    author = year_if_written(year)
    publisher, subtitle = (
        _imprint(author) if own is None else (t("own_analysis"), Run(tuple(own), ", "))
    )
    code = " ".join(["closurerate", version("closurerate"), *commit_of(CHECKOUT)])
    stamp = t("stamp", code=code, sha=source.sha256[:12])
    notice: list[Text] = [synthetic_notice(source)] if source.kind == "synthetic" else []
    notice += [t("own_branches_named")] if notice and own is not None else []
    is_told = own is None and not is_proposal
    found: dict[str, dict[str, object]] = {}
    for language in LANGUAGES:
        title = titles[language].replace("{year}", said(year_in_title(year), language))
        title = title.replace("{kpi}", definition.name[language] if definition else "")
        if is_proposal:
            title = said(t("proposal_title", title=title), language)
        found[language] = dataclasses.asdict(
            DocumentFacts(
                title=title,
                subtitle=said(subtitle, language),
                language=language,
                year=year,
                publisher=said(publisher, language),
                date=year_bounds(year)[1].isoformat(),
                date_text=said(_dates(year, author, is_told=is_told), language),
                stamp=said(stamp, language),
                synthetic_notice=said(spaced(notice), language),
                running_head=title,
                contents=True,
                terms=[[name, said(item, language)] for name, item in _terms(definition, year)],
            )
        )
    return found


def commit_of(checkout: Path) -> tuple[str, ...]:
    """Return the commit of a git checkout, `-dirty` where a tracked file differs; else nothing."""
    if not (checkout / ".git").exists():
        return ()
    asked = ["git", "--no-optional-locks", "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        told = subprocess.run(asked, cwd=checkout, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return (told.stdout.strip(),)


def _terms(definition: Definition | None, year: int) -> list[tuple[str, Text]]:
    """Return the symbols of a KPI's formula in a year, with what each means."""
    if definition is None:
        return []
    counts = [(name, t(f"term_{name}")) for name in ("E", "C", "P")]
    written = definition.in_force(year).indicators
    return counts + [
        (name, t("term_indicator", name=name, formula=formula.text))
        for name, formula in written.items()
    ]


def _imprint(author: Year | None) -> tuple[Item, Item]:
    """Return whose paper it is, and what is said of it: this project's, unless its author's."""
    if author is None or author.imprint is None:
        return t("publisher"), t("independent")
    disclaimer = author.imprint.disclaimer
    return Text(author.imprint.publisher), Text(disclaimer) if disclaimer else ""


def _dates(year: int, author: Year | None, *, is_told: bool) -> Text:
    """Return up to when the data go, and where that is told, when the report was approved.

    What was approved is the agency's report, unless its author publishes this one as its own.
    Nobody has approved a proposal, or a notebook of one's own.
    """
    day = roc_date(year_bounds(year)[1])
    if not is_told:
        return t("proposal_date", date=day)
    if author is None or author.approved_on is None:
        return t("draft", date=day)
    key = "approved_on" if author.imprint else "original_approved_on"
    return t(key, approved=roc_date(author.approved_on), date=day)
