"""Corrections as they are shown: the case masked, and in public no exact amount."""

from collections.abc import Iterable, Mapping
from typing import Any

from closurerate.cases.vocabulary import AMOUNTS
from closurerate.intake.left.accounts import Intake
from closurerate.intake.page_tables import column_name
from closurerate.intake.said.values import read_amount
from closurerate.press.foreign import NARROW_EM, in_lines, masked, value_text
from closurerate.press.print.labels import Evidence, Language
from closurerate.press.print.prose import Column, Markdown, Table
from closurerate.press.words import vocabulary, word
from closurerate.quantity import number

_WIDTHS = {"reason": 0.24}
_DIGITS = 2
"""How many digits of one case's amount may be public."""


def corrections_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | Markdown:
    """Return all corrections and what became of each, in full but for the identifiers."""
    if not intake.corrections:
        return Markdown(word("intake_no_corrections", language))
    return _corrections(intake.corrections, language, evidence, is_public=False)


def applied_corrections_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | Markdown:
    """Return the corrections that were applied, fit to be public: amounts to two digits."""
    applied = [item for item in intake.corrections if item["outcome"] == "applied"]
    if not applied:
        return Markdown(word("intake_no_corrections", language))
    return _corrections(applied, language, evidence, is_public=True)


def _corrections(
    corrections: Iterable[Mapping[str, Any]],
    language: Language,
    evidence: Evidence | None,
    *,
    is_public: bool,
) -> Table:
    keys = ("case_column", "change", "reason", "decided", "outcome")
    shown = keys[:-1] if is_public else keys
    rounded = word("intake_corrections_rounded", language)
    return Table(
        columns=tuple(
            Column(word(f"intake_{key}", language), width=_WIDTHS.get(key)) for key in shown
        ),
        rows=tuple(
            _correction(item, language, is_public=is_public)[: len(shown)] for item in corrections
        ),
        caption=word("intake_corrections_caption", language),
        note=word("intake_corrections_note", language) + f"\n{rounded}" * is_public,
        evidence=evidence,
        language=language,
    )


def _correction(item: Mapping[str, Any], language: Language, *, is_public: bool) -> tuple[str, ...]:
    values = [_corrected(item["column"], item[key], language, is_public) for key in ("from", "to")]
    outcome = word(f"intake_outcome_{item['outcome']}", language, rows=number(item["rows"]))
    return (
        f"{masked(str(item['case']))}\n{column_name(item['column'], language)}",
        f"{values[0]}\n→ {values[1]}",
        in_lines(str(item["reason"])),
        in_lines(str(item["decided_by"]), NARROW_EM) + f"\n{item['date']}",
        outcome,
    )


def _corrected(column: str, value: object, language: Language, is_public: bool) -> str:
    if value is None:
        return word("validation_empty", language)
    text = str(value)
    if column in AMOUNTS and (amount := read_amount(text, ())[0]) is not None:
        unit = 10 ** max(0, len(str(abs(amount))) - _DIGITS) if is_public else 1
        rounded = (2 * amount + unit) // (2 * unit) * unit
        return "≈ " * (unit > 1) + number(rounded)
    if text in vocabulary():
        return word(text, language)
    return in_lines(value_text(column, text), NARROW_EM)
