"""Which tables of a file hold its cases, and what is said where it is not clear."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from closurerate.cases.vocabulary import COLUMNS
from closurerate.errors import InputError
from closurerate.intake.came.raw_table import HEAD_ROWS, LOST, RawTable
from closurerate.intake.plan import Plan
from closurerate.intake.said.headers import REQUIRED, ColumnNames, Header, LacksColumns

_SHOWN = 12
"""How many cells of an unknown header a message shows, and characters of each."""

_FILLED = sum(not column.is_optional and not column.is_nullable for column in COLUMNS)
"""How many cells of a case are filled even while it is pending."""

_ONE_CASE = frozenset(("case_id", "referred_on"))
"""Columns of which one at least is there where a row is a case, rather than a sum of cases."""

_TOLD = "or say which sheets count (`sheets` in intake.yml, or --sheet)"
_NO_TEXT = frozenset(chr(code) for code in range(32)) - set("\t\n\v\f\r\x1a")


@dataclass(frozen=True)
class Chosen:
    """Tables of a file that are read, each with its header, and those that are not."""

    tables: tuple[tuple[RawTable, Header], ...]
    passed_over: tuple[RawTable, ...]


def choose(found: Sequence[RawTable], names: ColumnNames, plan: Plan) -> Chosen:
    """Choose the tables of a file that hold cases: those with all required columns.

    Others are passed over only where they cannot hold cases, or where the plan says which sheets
    count.

    Raises:
        InputError: If none has all required columns or is one that counts, one that counts lacks
            any, or another may hold cases.
    """
    counted = [table for table in found if plan.counts(table.sheet)]
    if not counted:
        sheets = ", ".join(str(table.sheet) for table in found)
        raise InputError(
            f"{found[0].name}: holds none of the sheets that count ({', '.join(plan.sheets)}); it "
            f"has {sheets}."
        )
    tables, lacking, unknown = [], [], []
    for table in counted:
        try:
            header = names.find_header(table.head, plan.year, table.where)
        except LacksColumns as error:
            lacking.append((table, error))
            continue
        if header is None:
            unknown.append(table)
        else:
            tables.append((table, header))
    if not tables and not lacking:
        raise InputError(_unknown(counted[0], names, plan))
    _check_lacking(tables, lacking, plan)
    for table in unknown:
        _check_without_cases(table, plan)
    read = {id(table) for table, _ in tables}
    return Chosen(tuple(tables), tuple(table for table in found if id(table) not in read))


def _check_lacking(
    tables: list[tuple[RawTable, Header]], lacking: list[tuple[RawTable, LacksColumns]], plan: Plan
) -> None:
    """Raise the nearest miss where no table is complete, and where another may hold cases."""
    if lacking and (not tables or plan.sheets):
        raise max((error for _, error in lacking), key=lambda error: len(error.found))
    for table, error in lacking:
        if _may_hold_cases(table) and not _has_other_columns(table, error):
            raise InputError(f"{str(error).removesuffix('.')}, {_TOLD}.")


def _has_other_columns(table: RawTable, error: LacksColumns) -> bool:
    """Tell whether a table's own header says that its rows are no cases."""
    widths = [sum(map(bool, row)) for row in table.head]
    is_header = widths[error.row] >= max(widths)
    is_other = 2 * len(error.found) < len(REQUIRED) or not _ONE_CASE & error.found
    return is_header and is_other


def _check_without_cases(table: RawTable, plan: Plan) -> None:
    """Raise where a table without any known column may hold cases, or is said to."""
    if not plan.sheets and not _may_hold_cases(table):
        return
    reason = "it is said to count" if plan.sheets else "its rows are wide enough for cases"
    raise InputError(
        f"{table.where}: {reason}, but no column of it is known (its first row has "
        f"{_first_row(table)}); give it a header within its first {HEAD_ROWS} rows, or take it out "
        f"of the file, {_TOLD}."
    )


def _may_hold_cases(table: RawTable) -> bool:
    """Tell whether a row has as many cells as a pending case, or one below the head may be one."""
    if any(sum(map(bool, row)) >= _FILLED for row in table.head):
        return True
    # All rows of a sheet are as long as its longest, wherever that is.
    return len(table.head) == HEAD_ROWS and max(map(len, table.head)) >= len(REQUIRED)


def _unknown(table: RawTable, names: ColumnNames, plan: Plan) -> str:
    """Return the sentence on a file of which no column is known: why that may be."""
    read = f", read as {table.reading}" if table.reading else ""
    told = f"{table.name}: no column of it is known{read} (its first row has {_first_row(table)}); "
    unsplit = next((within for row in table.head if (within := names.within(row))), ())
    text = "".join(map("".join, table.head))
    if unsplit:
        return (
            f"{told}{', '.join(unsplit)} stand in one cell: save it with commas, tabs, semicolons "
            "or | between the cells."
        )
    if table.reading and not _NO_TEXT.isdisjoint(text):
        return f"{told}it is no text: ask for the extract as CSV, XLSX, ODS or Parquet."
    if table.reading and any(_is_misread(character) for character in text):
        return (
            f"{told}it seems to be in another encoding: give that by --encoding or `encoding` in "
            "intake.yml, such as gb18030, or save it as UTF-8."
        )
    return (
        f"{told}add what its columns are called to {plan.columns}, or name another file by "
        "--columns."
    )


def _is_misread(character: str) -> bool:
    return character == LOST or unicodedata.category(character) in ("Co", "Cn")


def _first_row(table: RawTable) -> str:
    row = table.head[0] if table.head else ("nothing",)
    return ", ".join(cell[:_SHOWN] for cell in row[:_SHOWN])
