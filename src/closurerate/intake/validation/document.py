"""The validation report: for those who made an extract, what was found in it, as one HTML file."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from nbformat import NotebookNode, v4

from closurerate.cases.scope import year_bounds
from closurerate.errors import InputError
from closurerate.intake.left.accounts import Intake, read_intake
from closurerate.intake.page import (
    accounts_table,
    columns_table,
    corrections_table,
    files_table,
    lost_bytes_table,
    previous_table,
    reason_name,
    reasons_table,
    tables_table,
    warning_name,
    warnings_table,
)
from closurerate.intake.validation.comparison import Comparison, compared, comparison_parts
from closurerate.intake.validation.examples import (
    MOST_EXAMPLES,
    Example,
    examples_table,
    reject_examples,
    warning_examples,
)
from closurerate.press.facts import METADATA_KEY, DocumentFacts
from closurerate.press.print.labels import LANGUAGES, Language
from closurerate.press.prose import KeyFigure, KeyFigures, Markdown, Notice
from closurerate.press.shown import Shown
from closurerate.press.table import share
from closurerate.press.text import Item, Run, Text, bare, roc_date, roc_year, said, t, year_in_title
from closurerate.records.writing import write_text


@dataclass(frozen=True)
class Findings:
    """What was found in an intake, with examples; beside last year's cases where there are any."""

    intake: Intake
    rejected: Mapping[str, list[Example]]
    odd: Mapping[str, list[Example]]
    comparison: Comparison | None


def write_validations(
    folder: Path, *, before: Path | None, show_ids: bool, doubts: Item = ""
) -> None:
    """Write `validation.<language>.html` beside an intake in each language, the same bytes again.

    Args:
        before: Last year's case file; None where there is none.
        show_ids: Whether identifiers are shown; else at most their last two characters are.
        doubts: What the doubts can do to the KPI, in sentences; empty where that is not known.

    Raises:
        InputError: If the folder holds no intake.
    """
    told = Validation(read_findings(folder, before), show_ids, doubts)
    parts = list(told.parts())
    for language in LANGUAGES:
        _write(parts, told.intake, language, folder / f"validation.{language}.html")


def read_findings(folder: Path, before: Path | None) -> Findings:
    """Return what was found in an intake, for reports in any language; as `write_validations`.

    Raises:
        InputError: If the folder holds no intake.
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


def _write(parts: Iterable[Shown], intake: Intake, language: Language, out: Path) -> None:
    # nbconvert takes a second to import: only when all was found is it needed.
    from closurerate.press.export.html import ReportHtmlExporter
    from closurerate.press.export.selection import print_in

    document = _document(parts, _facts(intake, language))
    print_in(document, language)
    exporter = ReportHtmlExporter()  # type: ignore[no-untyped-call]
    exporter.is_scripted = False  # an agency's machine need run nothing of ours
    page, _ = exporter.from_notebook_node(document)
    write_text(out, page)


def _document(parts: Iterable[Shown], facts: DocumentFacts) -> NotebookNode:
    """Return a notebook that shows the parts, without any code."""
    outputs = [v4.new_output("display_data", data=part._repr_mimebundle_()) for part in parts]  # type: ignore[no-untyped-call]
    cell = v4.new_code_cell("", outputs=outputs)  # type: ignore[no-untyped-call]
    metadata = {METADATA_KEY: dataclasses.asdict(facts)}
    return v4.new_notebook(cells=[cell], metadata=metadata)  # type: ignore[no-untyped-call,no-any-return]


def _facts(intake: Intake, language: Language) -> DocumentFacts:
    day = year_bounds(intake.year)[1]
    title = said(t("validation_title", year=year_in_title(intake.year)), language)
    return DocumentFacts(
        title=title,
        subtitle=said(t("validation_subtitle"), language),
        language=language,
        year=intake.year,
        publisher=said(t("publisher"), language),
        date=day.isoformat(),
        date_text=said(t("validation_date", date=roc_date(day)), language),
        stamp=f"closurerate {version('closurerate')}",
        synthetic_notice=said(t("validation_synthetic"), language) if intake.synthetic else "",
        running_head=title,
        contents=True,
        terms=[],
    )


@dataclass(frozen=True)
class Validation:
    """The findings as the report tells them, with what the doubts can do to the KPI, in words."""

    findings: Findings
    show_ids: bool
    doubts: Item

    @property
    def intake(self) -> Intake:
        """The intake's record."""
        return self.findings.intake

    def parts(self) -> Iterator[Shown]:
        """Return what the report shows, in order."""
        yield from self._section("validation_summary", self._summary())
        yield from self._section("validation_read", self._reading())
        yield from self._section("validation_reasons", self._rejected())
        yield from self._section("validation_warnings", self._odd())
        corrections = corrections_table(self.intake)
        yield from self._section("validation_corrections", [corrections])
        if self.findings.comparison:
            yield from comparison_parts(self.findings.comparison)
        if table := previous_table(self.intake):
            yield from self._section("validation_previous", [table])

    def _section(self, key: str, parts: Iterable[Shown]) -> Iterator[Shown]:
        yield Markdown(Run(("## ", t(key))))
        yield from parts

    def _summary(self) -> Iterator[Shown]:
        if self.show_ids:
            yield Notice(t("validation_ids_shown"), "note")
        yield self._key_figures()
        yield self._verdict()
        yield self._to_do()
        if self.doubts:
            yield Markdown(self.doubts)
        yield accounts_table(self.intake)
        yield files_table(self.intake)

    def _key_figures(self) -> KeyFigures:
        totals = self.intake.totals
        values = {
            "rows": totals["rows"],
            "accepted": totals["accepted"],
            "rejected": totals["rejected"],
            "repeated": totals["duplicates"] + totals["superseded"],
            "out_of_scope": totals["out_of_scope"],
        }
        return KeyFigures([KeyFigure(t(f"intake_{name}"), n) for name, n in values.items()])

    def _verdict(self) -> Markdown:
        totals = self.intake.totals
        return Markdown(
            t(
                "validation_verdict",
                **{name: totals[name] for name in ("rows", "accepted", "rejected")},
                share=bare(share(totals["rejected"], totals["rows"]), 3),
                limit=f"{float(100 * Fraction(self.intake.max_rejects)):g}",
            )
        )

    def _to_do(self) -> Markdown:
        """Return what is to be looked at, the most pressing first."""
        found = list(self._pending())
        if not found:
            return Markdown(t("validation_nothing"))
        lines = [Run((f"{place}. ", told)) for place, told in enumerate(found, start=1)]
        return Markdown(Run((t("validation_order"), "", *lines), "\n"))

    def _pending(self) -> Iterator[Text]:
        intake, comparison = self.intake, self.findings.comparison
        if intake.reasons:
            name = reason_name(next(iter(intake.reasons)))
            yield t("validation_todo_rejected", count=intake.totals["rejected"], name=name)
        if lost := sum(table["undecodable_count"] for table in intake.tables):
            yield t("validation_todo_lost", count=lost)
        if missed := sum(item["outcome"] != "applied" for item in intake.corrections):
            yield t("validation_todo_corrections", count=missed)
        if comparison and comparison.unusual:
            year, count = roc_year(comparison.before.year), len(comparison.unusual)
            yield t("validation_todo_unusual", count=count, before=year)
        if intake.warnings:
            rows = sum(intake.warnings.values())
            yield t("validation_todo_warnings", count=len(intake.warnings), rows=rows)

    def _reading(self) -> Iterator[Shown]:
        yield tables_table(self.intake)
        if lost := lost_bytes_table(self.intake):
            yield lost
        yield columns_table(self.intake)

    def _rejected(self) -> Iterator[Shown]:
        yield reasons_table(self.intake)
        codes, found = self.intake.reasons, self.findings.rejected
        yield from self._explained("validation_reject_examples", codes, reason_name, found)

    def _odd(self) -> Iterator[Shown]:
        yield warnings_table(self.intake)
        codes, found = self.intake.warnings, self.findings.odd
        yield from self._explained("validation_warning_examples", codes, warning_name, found)

    def _explained(
        self,
        key: str,
        codes: Mapping[str, int],
        name_of: Callable[[str], Text],
        found: Mapping[str, list[Example]],
    ) -> Iterator[Shown]:
        """Return what each reason or warning means, what to do about it, and examples."""
        if codes:
            masked = [] if self.show_ids else [t("validation_masked")]
            yield Markdown(Run((t(key, most=MOST_EXAMPLES), *masked), "\n"))
        for code, rows in codes.items():
            name, examples = name_of(code), found[code]
            yield Markdown(Run(("### ", t("validation_group_heading", name=name, rows=rows))))
            yield Markdown(t(f"meaning_{code}"))
            yield Markdown(t("validation_remedy", remedy=t(f"remedy_{code}")))
            if examples:
                yield examples_table(self.intake, name, examples, show_ids=self.show_ids)
