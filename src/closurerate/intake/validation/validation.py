"""The validation report: for those who made an extract, what was found in it, as one HTML file."""

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from nbformat import NotebookNode, v4

from closurerate.cases.scope import year_bounds
from closurerate.errors import InputError
from closurerate.intake.left.accounts import Intake, read_intake
from closurerate.intake.validation.examples import reject_examples, warning_examples
from closurerate.intake.validation.validation_comparison import compared
from closurerate.intake.validation.validation_pages import Findings, Shown, Validation
from closurerate.press.facts import METADATA_KEY, DocumentFacts
from closurerate.press.print.labels import LANGUAGES, Language
from closurerate.press.words import word
from closurerate.records.paths import ROC_OFFSET
from closurerate.records.writing import replacing


def write_validations(
    folder: Path, *, before: Path | None, show_ids: bool, doubts: Mapping[str, str] | None = None
) -> None:
    """Write the validation report of an intake beside it in each language, read but once.

    Parameters
    ----------
    folder
        Where the intake lies; `validation.<language>.html` are added.
    before, show_ids
        As for `write_validation`.
    doubts
        By language, what the doubts can do to the KPI.
    """
    findings = read_findings(folder, before)
    for language in LANGUAGES:
        told = Validation(findings, language, show_ids, (doubts or {}).get(language, ""))
        _write(told, folder / f"validation.{language}.html")


def write_validation(
    folder: Path,
    out: Path,
    language: Language,
    *,
    before: Path | None,
    show_ids: bool,
    doubts: str = "",
) -> None:
    """Write the validation report of an intake; the same intake gives the same bytes.

    Parameters
    ----------
    folder
        Where the intake lies: `intake.json`, `cases.parquet`, `rejects.parquet`,
        `doubts.parquet`.
    out
        The HTML file.
    language
        `zh-Hant` or `en`.
    before
        Last year's case file; None where there is none.
    show_ids
        Whether identifiers are shown; else at most their last two characters are.
    doubts
        What the doubts can do to the KPI, as `intake_data.doubts_sentence` says it; empty where
        that is not known.

    Raises
    ------
    InputError
        If the folder holds no intake.
    """
    _write(Validation(read_findings(folder, before), language, show_ids, doubts), out)


def read_findings(folder: Path, before: Path | None) -> Findings:
    """Return what was found in an intake, for reports in any language.

    Parameters
    ----------
    folder, before
        As for `write_validation`.

    Raises
    ------
    InputError
        If the folder holds no intake.
    """
    cases = folder / "cases.parquet"
    intake = read_intake(cases)
    if intake is None:
        raise InputError(f"{folder}: there is no intake.json; take the extract in first.")
    reasons, warnings = intake.reasons, intake.warnings
    return Findings(
        intake=intake,
        rejected=reject_examples(folder / "rejects.parquet", reasons) if reasons else {},
        odd=warning_examples(folder / "doubts.parquet", warnings) if warnings else {},
        comparison=compared(cases, intake.year, before) if before else None,
    )


def _write(told: Validation, out: Path) -> None:
    # nbconvert takes a second to import: only when all was found is it needed.
    from closurerate.press.export.html import ReportHtmlExporter

    document = _document(told.parts(), _facts(told.intake, told.language))
    exporter = ReportHtmlExporter()  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(document)
    with replacing(out) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")


def _document(parts: Iterable[Shown], facts: DocumentFacts) -> NotebookNode:
    """Return a notebook that shows the parts, without any code."""
    outputs = [v4.new_output("display_data", data=part._repr_mimebundle_()) for part in parts]  # type: ignore[no-untyped-call]
    cell = v4.new_code_cell("", outputs=outputs)  # type: ignore[no-untyped-call]
    metadata = {METADATA_KEY: dataclasses.asdict(facts)}
    return v4.new_notebook(cells=[cell], metadata=metadata)  # type: ignore[no-untyped-call,no-any-return]


def _facts(intake: Intake, language: Language) -> DocumentFacts:
    day = year_bounds(intake.year)[1]
    year = word("year_in_text", language, year=intake.year, gregorian=intake.year + ROC_OFFSET)
    title = word("validation_title", language, year=year)
    date = word(
        "roc_date", language, year=intake.year, gregorian=day.year, month=day.month, day=day.day
    )
    return DocumentFacts(
        title=title,
        subtitle=word("validation_subtitle", language),
        language=language,
        year=intake.year,
        organisation=word("organisation", language),
        date=day.isoformat(),
        date_text=word("validation_date", language, date=date),
        synthetic=intake.synthetic,
        synthetic_notice=word("validation_synthetic", language) if intake.synthetic else "",
        running_head=title,
        contents=True,
    )
