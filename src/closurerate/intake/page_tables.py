"""Tables of an intake: row accounts, files, why rows were rejected, and what is odd."""

from collections.abc import Mapping
from typing import Any

from closurerate.intake.left.accounts import PLACES, FileAccount, Intake
from closurerate.press.cells import headed, joined, percent
from closurerate.press.foreign import in_lines, visible
from closurerate.press.print.labels import Evidence, Language
from closurerate.press.print.prose import Column, Markdown, Table
from closurerate.press.words import word
from closurerate.quantity import number

_SHA_LINE = 32


def accounts_table(intake: Intake, language: Language, evidence: Evidence | None = None) -> Table:
    """Return where the rows of each file went, with totals."""
    names = ("rows", *PLACES)
    rows = [
        (in_lines(file.name), *(number(getattr(file, name)) for name in names))
        for file in intake.files
    ]
    totals = intake.totals
    rows.append((word("total", language), *(number(totals[name]) for name in names)))
    return Table(
        columns=headed(language, "file", *(f"intake_{name}" for name in names)),
        rows=tuple(rows),
        caption=word("intake_accounts_caption", language),
        note=word("intake_accounts_note", language),
        evidence=evidence,
        language=language,
        has_total=True,
    )


def files_table(intake: Intake, language: Language, evidence: Evidence | None = None) -> Table:
    """Return the files as they came: name, SHA-256, rows."""
    file, digest, rows = headed(language, "file", "sha256", "rows")
    return Table(
        columns=(file, Column(digest.heading), rows),
        rows=tuple(
            (in_lines(file.name), _digest(file), number(file.rows)) for file in intake.files
        ),
        caption=word("intake_files_caption", language),
        note=word(f"intake_merge_{intake.merge}", language) if len(intake.files) > 1 else "",
        evidence=evidence,
        language=language,
    )


def _digest(file: FileAccount) -> str:
    return f"{file.sha256[:_SHA_LINE]}\n{file.sha256[_SHA_LINE:]}"


def reasons_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | Markdown:
    """Return why rows were rejected, the commonest first."""
    if not intake.reasons:
        return Markdown(word("intake_no_rejects", language))
    return _codes_table(intake, "reason", language, evidence)


def warnings_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | Markdown:
    """Return what is odd about rows that were kept, the commonest first."""
    if not intake.warnings:
        return Markdown(word("intake_no_warnings", language))
    return _codes_table(intake, "warning", language, evidence)


def _codes_table(intake: Intake, kind: str, language: Language, evidence: Evidence | None) -> Table:
    """Return the rows by reason (`reason`) or warning (`warning`), and their share of all read."""
    counts, name = {
        "reason": (intake.reasons, reason_name),
        "warning": (intake.warnings, warning_name),
    }[kind]
    whole = intake.totals["rows"]
    return Table(
        columns=headed(language, f"intake_{kind}", "rows", "intake_share_read"),
        rows=tuple(
            (name(code, language), number(rows), percent(rows, whole, 4))
            for code, rows in counts.items()
        ),
        caption=word(f"intake_{kind}s_caption", language),
        note=word(f"intake_{kind}s_note", language),
        evidence=evidence,
        language=language,
    )


def reason_name(code: str, language: str) -> str:
    """Return what a reason for rejecting a row is called."""
    return word(f"reject_{code}", language)


def warning_name(code: str, language: str) -> str:
    """Return what an oddity of a row that was kept is called."""
    return word(f"warn_{code}", language)


def column_name(column: str, language: str) -> str:
    """Return what a column of the contract is called."""
    return word(f"column_{column}", language)


def previous_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | None:
    """Return what changed since the delivery before; None where this is the first."""
    before = intake.previous
    if before is None:
        return None
    rows = [
        (word(f"intake_{kind}", language), number(before[kind]))
        for kind in ("added", "removed", "changed")
    ]
    for column, cases in before["columns"].items():
        name = column_name(column, language)
        told = word("intake_changed_column", language, column=name)
        rows.append((f"\u3000{told}", number(cases)))
    files = joined((_short_file(file, language) for file in before["files"]), language)
    return Table(
        columns=headed(language, "item", "intake_cases"),
        rows=tuple(rows),
        caption=word("intake_previous_caption", language),
        note=word("intake_previous_note", language, files=files),
        evidence=evidence,
        language=language,
    )


def _short_file(file: Mapping[str, Any], language: Language) -> str:
    return word(
        "source_extract", language, name=visible(file["name"]), sha=file["sha256"][:12],
        rows=number(file["rows"]),
    )  # fmt: skip
