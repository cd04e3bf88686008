"""Tables of how the files of an extract were read: form, encoding, columns, lost bytes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from closurerate.cases.vocabulary import COLUMNS
from closurerate.intake.left.accounts import Intake
from closurerate.intake.page_tables import column_name
from closurerate.press.cells import headed, joined
from closurerate.press.foreign import in_lines, visible
from closurerate.press.print.labels import Evidence, Language
from closurerate.press.print.prose import Column, Table
from closurerate.press.words import word
from closurerate.quantity import number

_BYTES_SHOWN = 20
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def tables_table(intake: Intake, language: Language, evidence: Evidence | None = None) -> Table:
    """Return how each table was read: encoding, delimiter, header, what did not decode."""
    columns = headed(
        language, "intake_table", "intake_encoding", "intake_delimiter", "intake_header",
        "rows", "intake_private_use", "intake_lost_bytes",
    )  # fmt: skip
    passed = joined((place_name(item) for item in intake.passed_over), language)
    note = word("intake_tables_note", language)
    if passed:
        note += "\n" + word("intake_passed_over", language, names=passed)
    return Table(
        columns=(columns[0], *(Column(item.heading) for item in columns[1:3]), *columns[3:]),
        rows=tuple(_reading(table, language) for table in intake.tables),
        caption=word("intake_tables_caption", language),
        note=note,
        evidence=evidence,
        language=language,
    )


def place_name(table: Mapping[str, Any]) -> str:
    """Return a file with its sheet, if it has one."""
    sheet = f" ({visible(table['sheet'])})" if table.get("sheet") else ""
    return visible(table["file"]) + sheet


def _reading(table: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    dash = number(None)
    how = "given" if table["is_encoding_given"] else "detected"
    encoding, delimiter = table["encoding"], table["delimiter"]
    return (
        in_lines(place_name(table)),
        word(f"intake_encoding_{how}", language, name=encoding) if encoding else dash,
        _delimiter(delimiter, language) if delimiter else dash,
        number(table["header_row"]),
        number(table["rows"]),
        number(table["private_use"]),
        number(table["undecodable_count"]),
    )


def _delimiter(delimiter: str, language: Language) -> str:
    name = _DELIMITERS.get(delimiter)
    return word(f"delimiter_{name}", language) if name else visible(delimiter)


def columns_table(intake: Intake, language: Language, evidence: Evidence | None = None) -> Table:
    """Return under which heading each column of the contract came, and what was left."""
    rows = []
    for column in COLUMNS:
        headings = dict.fromkeys(
            table["columns"][column.name]
            for table in intake.tables
            if column.name in table["columns"]
        )
        if headings:
            names = "\n".join(in_lines(heading) for heading in headings)
            rows.append((column_name(column.name, language), column.name, names))
    found = {row[1] for row in rows}
    absent = [column_name(item.name, language) for item in COLUMNS if item.name not in found]
    extra = dict.fromkeys(visible(name) for table in intake.tables for name in table["extra"])
    if extra:
        rows.append((word("intake_extra", language), "", in_lines(joined(extra, language))))
    lacking = word("intake_columns_absent", language, names=joined(absent, language))
    return Table(
        columns=(
            Column(word("intake_column", language)),
            Column(word("intake_contract_column", language)),
            Column(word("intake_came_as", language)),
        ),
        rows=tuple(rows),
        caption=word("intake_columns_caption", language),
        note=word("intake_columns_note", language, absent=lacking if absent else ""),
        evidence=evidence,
        language=language,
    )


def lost_bytes_table(
    intake: Intake, language: Language, evidence: Evidence | None = None
) -> Table | None:
    """Return where the first bytes stand that do not decode; None where all do."""
    count = sum(table["undecodable_count"] for table in intake.tables)
    if not count:
        return None
    lost = list(_lost(intake.tables))
    shown = lost[:_BYTES_SHOWN]
    return Table(
        columns=headed(language, "intake_table", "intake_line", "intake_bytes"),
        rows=tuple(shown),
        caption=word("intake_lost_caption", language),
        note=word("intake_lost_note", language, shown=number(len(shown)), count=number(count)),
        evidence=evidence,
        language=language,
    )


def _lost(tables: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for table in tables:
        for item in table["undecodable"]:
            yield in_lines(place_name(table)), number(item["line"]), item["bytes"].upper()
