"""What is shown of an intake: row accounts, files and how they were read, rejects, corrections."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from closurerate.cases.vocabulary import AMOUNTS, COLUMNS
from closurerate.intake.left.accounts import PLACES, Intake
from closurerate.intake.said.values import read_amount
from closurerate.press.foreign import NARROW_EM, in_lines, masked, value_text, visible
from closurerate.press.print.labels import Evidence
from closurerate.press.prose import Markdown
from closurerate.press.shown import Grounds
from closurerate.press.table import Table, numbers, share, words
from closurerate.press.text import Item, Run, Text, as_written, bare, formed, joined, t
from closurerate.press.words import vocabulary

_SHA_LINE = 32
_BYTES_SHOWN = 20
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_DIGITS = 2
"""How many digits of one case's amount may be public."""


# Accounts -----------------------------------------------------------------------------------------
def accounts_table(intake: Intake, evidence: Evidence | None = None) -> Table:
    """Return where the rows of each file went, with totals."""
    names = ("rows", *PLACES)
    rows: list[tuple[Item, ...]] = [
        (in_lines(file.name), *(getattr(file, name) for name in names)) for file in intake.files
    ]
    rows.append((t("total"), *(intake.totals[name] for name in names)))
    return Table(
        [*words("file"), *numbers(*(f"intake_{name}" for name in names), unit="entry")],
        rows,
        t("intake_accounts_caption"),
        Grounds(evidence),
        note=t("intake_accounts_note"),
        has_total=True,
    )


def files_table(intake: Intake, evidence: Evidence | None = None) -> Table:
    """Return the files as they came: name, SHA-256, rows."""
    return Table(
        [*words("file", "sha256"), *numbers("rows", unit="entry")],
        [
            (
                in_lines(file.name),
                f"{file.sha256[:_SHA_LINE]}\n{file.sha256[_SHA_LINE:]}",
                file.rows,
            )
            for file in intake.files
        ],
        t("intake_files_caption"),
        Grounds(evidence),
        note=t(f"intake_merge_{intake.merge}") if len(intake.files) > 1 else "",
    )


def reasons_table(intake: Intake, evidence: Evidence | None = None) -> Table | Markdown:
    """Return why rows were rejected, the commonest first."""
    counts = [(reason_name(code), rows) for code, rows in intake.reasons.items()]
    return _codes_table(intake, "reasons", counts, evidence)


def warnings_table(intake: Intake, evidence: Evidence | None = None) -> Table | Markdown:
    """Return what is odd about rows that were kept, the commonest first."""
    counts = [(warning_name(code), rows) for code, rows in intake.warnings.items()]
    return _codes_table(intake, "warnings", counts, evidence)


def _codes_table(
    intake: Intake, kind: str, counts: Sequence[tuple[Text, int]], evidence: Evidence | None
) -> Table | Markdown:
    """Return the rows by reason or warning, and their share of all that were read."""
    if not counts:
        return Markdown(t(f"intake_no_{kind}"))
    whole = intake.totals["rows"]
    columns = [
        *words(f"intake_{kind.removesuffix('s')}"),
        *numbers("rows", unit="entry"),
        *numbers("intake_share_read", unit="percent", decimals=4),
    ]
    return Table(
        columns,
        [(name, rows, share(rows, whole)) for name, rows in counts],
        t(f"intake_{kind}_caption"),
        Grounds(evidence),
        note=t(f"intake_{kind}_note"),
    )


def reason_name(code: str) -> Text:
    """Return what a reason for rejecting a row is called."""
    return t(f"reject_{code}")


def warning_name(code: str) -> Text:
    """Return what an oddity of a row that was kept is called."""
    return t(f"warn_{code}")


def column_name(column: str) -> Text:
    """Return what a column of the contract is called."""
    return t(f"column_{column}")


def previous_table(intake: Intake, evidence: Evidence | None = None) -> Table | None:
    """Return what changed since the delivery before; None where this is the first."""
    before = intake.previous
    if before is None:
        return None
    rows: list[tuple[Item, int]] = [
        (t(f"intake_{kind}"), before[kind]) for kind in ("added", "removed", "changed")
    ]
    for column, cases in before["columns"].items():
        told = t("intake_changed_column", column=column_name(column))
        rows.append((Run(("\u3000", told)), cases))
    files = joined(_short_file(file) for file in before["files"])
    return Table(
        [*words("item"), *numbers("intake_cases", unit="case")],
        rows,
        t("intake_previous_caption"),
        Grounds(evidence),
        note=t("intake_previous_note", files=files),
    )


def _short_file(file: Mapping[str, Any]) -> Text:
    name, sha = as_written(visible(file["name"])), file["sha256"][:12]
    return t("source_extract", name=name, sha=sha, rows=file["rows"])


# How the files were read --------------------------------------------------------------------------
def tables_table(intake: Intake, evidence: Evidence | None = None) -> Table:
    """Return how each table was read: encoding, delimiter, header, what did not decode."""
    note: list[Item] = [t("intake_tables_note")]
    if intake.passed_over:
        names = joined(as_written(place_name(item)) for item in intake.passed_over)
        note.append(t("intake_passed_over", names=names))
    columns = [
        *words("intake_table", "intake_encoding", "intake_delimiter"),
        *numbers("intake_header", "rows", "intake_private_use", "intake_lost_bytes"),
    ]
    rows = [_how_read(table) for table in intake.tables]
    caption = t("intake_tables_caption")
    return Table(columns, rows, caption, Grounds(evidence), note=Run(tuple(note), "\n"))


def place_name(table: Mapping[str, Any]) -> str:
    """Return a file with its sheet, if it has one."""
    sheet = f" ({visible(table['sheet'])})" if table.get("sheet") else ""
    return visible(table["file"]) + sheet


def _how_read(table: Mapping[str, Any]) -> tuple[Item, ...]:
    how = "given" if table["is_encoding_given"] else "detected"
    encoding, delimiter = table["encoding"], table["delimiter"]
    return (
        as_written(in_lines(place_name(table))),
        t(f"intake_encoding_{how}", name=encoding) if encoding else None,
        _delimiter(delimiter) if delimiter else None,
        *(table[key] for key in ("header_row", "rows", "private_use", "undecodable_count")),
    )


def _delimiter(delimiter: str) -> Item:
    name = _DELIMITERS.get(delimiter)
    return t(f"delimiter_{name}") if name else visible(delimiter)


def columns_table(intake: Intake, evidence: Evidence | None = None) -> Table:
    """Return under which heading each column of the contract came, and what was left."""
    rows: list[tuple[Item, ...]] = []
    absent = []
    for column in COLUMNS:
        headings = dict.fromkeys(
            table["columns"][column.name]
            for table in intake.tables
            if column.name in table["columns"]
        )
        if headings:
            names = as_written("\n".join(in_lines(heading) for heading in headings))
            rows.append((column_name(column.name), column.name, names))
        else:
            absent.append(column_name(column.name))
    given = dict.fromkeys(visible(name) for table in intake.tables for name in table["extra"])
    extra = [as_written(name) for name in given]
    if extra:
        rows.append((t("intake_extra"), "", formed(joined(extra), in_lines)))
    lacking = t("intake_columns_absent", names=joined(absent)) if absent else ""
    return Table(
        words("intake_column", "intake_contract_column", "intake_came_as"),
        rows,
        t("intake_columns_caption"),
        Grounds(evidence),
        note=t("intake_columns_note", absent=lacking),
    )


def lost_bytes_table(intake: Intake, evidence: Evidence | None = None) -> Table | None:
    """Return where the first bytes stand that do not decode; None where all do."""
    count = sum(table["undecodable_count"] for table in intake.tables)
    if not count:
        return None
    shown = list(_lost(intake.tables))[:_BYTES_SHOWN]
    return Table(
        [*words("intake_table"), *numbers("intake_line", "intake_bytes")],
        shown,
        t("intake_lost_caption"),
        Grounds(evidence),
        note=t("intake_lost_note", shown=len(shown), count=count),
    )


def _lost(tables: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Item, ...]]:
    for table in tables:
        for item in table["undecodable"]:
            yield as_written(in_lines(place_name(table))), item["line"], item["bytes"].upper()


# Corrections: the case masked, and in public no exact amount --------------------------------------
def corrections_table(intake: Intake, evidence: Evidence | None = None) -> Table | Markdown:
    """Return all corrections and what became of each, in full but for the identifiers."""
    if not intake.corrections:
        return Markdown(t("intake_no_corrections"))
    return _corrections(intake.corrections, evidence, is_public=False)


def applied_corrections_table(intake: Intake, evidence: Evidence | None = None) -> Table | Markdown:
    """Return the corrections that were applied, fit to be public: amounts to two digits."""
    applied = [item for item in intake.corrections if item["outcome"] == "applied"]
    if not applied:
        return Markdown(t("intake_no_corrections"))
    return _corrections(applied, evidence, is_public=True)


def _corrections(
    corrections: Iterable[Mapping[str, Any]], evidence: Evidence | None, *, is_public: bool
) -> Table:
    columns = [
        *words("intake_case_column", "intake_change"),
        *words("intake_reason"),
        *words("intake_decided", *([] if is_public else ["intake_outcome"])),
    ]
    note = [t("intake_corrections_note"), *([t("intake_corrections_rounded")] if is_public else [])]
    return Table(
        columns,
        [_correction(item, is_public)[: len(columns)] for item in corrections],
        t("intake_corrections_caption"),
        Grounds(evidence),
        note=Run(tuple(note), "\n"),
    )


def _correction(item: Mapping[str, Any], is_public: bool) -> tuple[Item, ...]:
    before, after = (_corrected(item["column"], item[key], is_public) for key in ("from", "to"))
    return (
        Run((as_written(masked(str(item["case"]))), column_name(item["column"])), "\n"),
        Run((before, "\n→ ", after)),
        as_written(in_lines(str(item["reason"]))),
        as_written(in_lines(str(item["decided_by"]), NARROW_EM) + f"\n{item['date']}"),
        t(f"intake_outcome_{item['outcome']}", rows=item["rows"]),
    )


def _corrected(column: str, value: object, is_public: bool) -> Item:
    if value is None:
        return t("validation_empty")
    text = str(value)
    if column in AMOUNTS and (amount := read_amount(text, ())[0]) is not None:
        unit = 10 ** max(0, len(str(abs(amount))) - _DIGITS) if is_public else 1
        rounded = (2 * amount + unit) // (2 * unit) * unit
        return Run(("≈ ", bare(rounded))) if unit > 1 else bare(rounded)
    return (
        t(text)
        if text in vocabulary()
        else as_written(in_lines(value_text(column, text), NARROW_EM))
    )
