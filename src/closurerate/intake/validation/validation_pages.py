"""The pages of the validation report: what was found, told in a language, in order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.intake.left.accounts import Intake
from closurerate.intake.page_corrections import corrections_table
from closurerate.intake.page_reading import columns_table, lost_bytes_table, tables_table
from closurerate.intake.page_tables import (
    accounts_table,
    files_table,
    previous_table,
    reason_name,
    reasons_table,
    warning_name,
    warnings_table,
)
from closurerate.intake.validation.examples import MOST_EXAMPLES, Example, examples_table
from closurerate.intake.validation.validation_charts import Distribution
from closurerate.intake.validation.validation_comparison import Comparison, comparison_parts
from closurerate.press.cells import percent, roc_year
from closurerate.press.print.labels import Language
from closurerate.press.print.prose import KeyFigure, KeyFigures, Markdown, Notice, Table
from closurerate.press.words import word
from closurerate.quantity import number

Shown = Markdown | Notice | KeyFigures | Table | Distribution


@dataclass(frozen=True)
class Findings:
    """What was found in an intake, whatever language it is told in.

    Parameters
    ----------
    intake
        Its record.
    rejected, odd
        Examples of rejected rows by reason, and of odd ones by warning.
    comparison
        Its cases beside last year's; None where there are none of last year.
    """

    intake: Intake
    rejected: Mapping[str, list[Example]]
    odd: Mapping[str, list[Example]]
    comparison: Comparison | None


@dataclass(frozen=True)
class Validation:
    """The findings told in a language.

    Parameters
    ----------
    findings
        What is told.
    language
        `zh-Hant` or `en`.
    show_ids
        Whether identifiers are shown.
    doubts
        What the doubts can do to the KPI, in a sentence; empty where that is not known.
    """

    findings: Findings
    language: Language
    show_ids: bool
    doubts: str

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
        corrections = corrections_table(self.intake, self.language)
        yield from self._section("validation_corrections", [corrections])
        if self.findings.comparison:
            yield from comparison_parts(self.findings.comparison, self.language)
        if table := previous_table(self.intake, self.language):
            yield from self._section("validation_previous", [table])

    def _say(self, key: str, **values: str) -> Markdown:
        return Markdown(word(key, self.language, **values))

    def _section(self, key: str, parts: Iterable[Shown]) -> Iterator[Shown]:
        yield Markdown(f"## {word(key, self.language)}")
        yield from parts

    def _summary(self) -> Iterator[Shown]:
        if self.show_ids:
            yield Notice(word("validation_ids_shown", self.language), "note", self.language)
        yield self._key_figures()
        yield self._verdict()
        yield self._to_do()
        if self.doubts:
            yield Markdown(self.doubts)
        yield accounts_table(self.intake, self.language)
        yield files_table(self.intake, self.language)

    def _key_figures(self) -> KeyFigures:
        totals = self.intake.totals
        values = {
            "rows": totals["rows"],
            "accepted": totals["accepted"],
            "rejected": totals["rejected"],
            "repeated": totals["duplicates"] + totals["superseded"],
            "out_of_scope": totals["out_of_scope"],
        }
        figures = (
            KeyFigure(word(f"intake_{name}", self.language), number(value))
            for name, value in values.items()
        )
        return KeyFigures(tuple(figures), language=self.language)

    def _verdict(self) -> Markdown:
        totals = self.intake.totals
        return self._say(
            "validation_verdict",
            **{name: number(totals[name]) for name in ("rows", "accepted", "rejected")},
            share=percent(totals["rejected"], totals["rows"], 3),
            limit=f"{float(100 * Fraction(self.intake.max_rejects)):g}",
        )

    def _to_do(self) -> Markdown:
        """Return what is to be looked at, the most pressing first."""
        found = self._pending()
        if not found:
            return self._say("validation_nothing")
        told = (
            word(f"validation_todo_{key}", self.language, **values) for key, values in found.items()
        )
        lines = [f"{place}. {text}" for place, text in enumerate(told, start=1)]
        return Markdown("\n".join([word("validation_order", self.language), "", *lines]))

    def _pending(self) -> dict[str, dict[str, str]]:
        intake, comparison = self.intake, self.findings.comparison
        found: dict[str, dict[str, str]] = {}
        if intake.reasons:
            name = reason_name(next(iter(intake.reasons)), self.language)
            found["rejected"] = {"count": number(intake.totals["rejected"]), "name": name}
        if lost := sum(table["undecodable_count"] for table in intake.tables):
            found["lost"] = {"count": number(lost)}
        if missed := sum(item["outcome"] != "applied" for item in intake.corrections):
            found["corrections"] = {"count": number(missed)}
        if comparison and comparison.unusual:
            year = roc_year(comparison.before.year, self.language)
            found["unusual"] = {"count": number(len(comparison.unusual)), "before": year}
        if intake.warnings:
            rows = number(sum(intake.warnings.values()))
            found["warnings"] = {"count": number(len(intake.warnings)), "rows": rows}
        return found

    def _reading(self) -> Iterator[Shown]:
        yield tables_table(self.intake, self.language)
        if lost := lost_bytes_table(self.intake, self.language):
            yield lost
        yield columns_table(self.intake, self.language)

    def _rejected(self) -> Iterator[Shown]:
        codes, examples = self.intake.reasons, self.findings.rejected
        yield reasons_table(self.intake, self.language)
        if codes:
            yield self._on_examples("validation_reject_examples")
            for code, rows in codes.items():
                yield from self._explained(code, reason_name, rows, examples[code])

    def _odd(self) -> Iterator[Shown]:
        codes, examples = self.intake.warnings, self.findings.odd
        yield warnings_table(self.intake, self.language)
        if codes:
            yield self._on_examples("validation_warning_examples")
            for code, rows in codes.items():
                yield from self._explained(code, warning_name, rows, examples[code])

    def _on_examples(self, key: str) -> Markdown:
        masked = "" if self.show_ids else "\n" + word("validation_masked", self.language)
        return Markdown(word(key, self.language, most=MOST_EXAMPLES) + masked)

    def _explained(
        self, code: str, name: Callable[[str, str], str], rows: int, examples: list[Example]
    ) -> Iterator[Shown]:
        """Return what a reason or warning means, what to do about it, and examples."""
        language, called = self.language, name(code, self.language)
        heading = word("validation_group_heading", language, name=called, rows=number(rows))
        yield Markdown(f"### {heading}")
        yield Markdown(word(f"meaning_{code}", language))
        yield self._say("validation_remedy", remedy=word(f"remedy_{code}", language))
        if examples:
            yield examples_table(self.intake, called, examples, language, show_ids=self.show_ids)
