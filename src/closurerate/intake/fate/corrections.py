"""Corrections of an extract that somebody decided: `data/corrections/<year>.yml`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from closurerate.cases.vocabulary import COLUMNS, Column
from closurerate.errors import InputError
from closurerate.intake.came.folding import fold_id
from closurerate.intake.said.values import Read
from closurerate.intake.said.words import Vocabulary
from closurerate.records.documents import check_keys, nearest, read_document

KEYS = ("case", "column", "from", "to", "reason", "decided_by", "date")

Value = str | int | date
_CASE = "case_id"
_COLUMNS = {column.name: column for column in COLUMNS if column.name != _CASE}


@dataclass(frozen=True)
class Correction:
    """One value of one case that stands otherwise in the extract than it should.

    It is applied only where the extract still holds `from`: the same value if `from` can be
    read, nothing if it is nothing, else the same text.

    Parameters
    ----------
    case
        Its `case_id`.
    column
        Column of the contract.
    from_text, to_text
        As written; None: nothing.
    from_value
        What `from_text` means; None where it is nothing or cannot be read.
    to_value
        What `to_text` means; None where it is nothing.
    reason, decided_by
        Why, and who answers for it.
    date
        When it was decided.
    """

    case: str
    column: str
    from_text: str | None
    from_value: Value | None
    to_text: str | None
    to_value: Value | None
    reason: str
    decided_by: str
    date: date


def load_corrections(path: Path, vocabulary: Vocabulary) -> tuple[Correction, ...]:
    """Read the corrections of a year in the order of the file.

    Raises
    ------
    InputError
        Naming file and entry: a missing or unknown key, a column that is none or `case_id`, a `to`
        that the column cannot hold or that changes nothing, a blank text, a date that is none, or
        a second correction of the same value.
    """
    document = check_keys(read_document(path), str(path), (), optional=("corrections",))
    entries = document.get("corrections")
    if entries is None:  # all of them may stand behind a #
        return ()
    if not isinstance(entries, list):
        raise InputError(f"{path}: corrections must be a list, found {entries!r}.")
    corrections = tuple(
        _correction(entry, f"{path}: corrections[{number}]", vocabulary)
        for number, entry in enumerate(entries, start=1)
    )
    first: dict[tuple[str, str], int] = {}
    for number, correction in enumerate(corrections, start=1):
        other = first.setdefault((correction.case, correction.column), number)
        if other != number:
            raise InputError(
                f"{path}: corrections[{number}]: {correction.column} of case {correction.case!r} "
                f"is corrected by corrections[{other}] already; keep one of them."
            )
    return corrections


def _correction(entry: Any, where: str, vocabulary: Vocabulary) -> Correction:
    check_keys(entry, where, required=KEYS)
    column = _COLUMNS.get(entry["column"]) if isinstance(entry["column"], str) else None
    if entry["column"] == _CASE:
        raise InputError(
            f"{where}.column: {_CASE!r} cannot be corrected, as it says which case is meant; name "
            "one of the other columns."
        )
    if column is None:
        near = nearest(entry["column"], _COLUMNS)
        raise InputError(f"{where}.column: {entry['column']!r} cannot be corrected{near}.")
    read = vocabulary.reader(column)
    from_text, from_value, from_code = _side(entry["from"], column, read, f"{where}.from")
    to_text, to_value, to_code = _side(entry["to"], column, read, f"{where}.to")
    if to_code is not None:
        raise InputError(f"{where}.to: {to_text!r} is no value of {column.name} ({to_code}).")
    if to_value is None and not column.is_nullable:
        raise InputError(f"{where}.to: {column.name} must hold a value, and would hold nothing.")
    if from_code is None and from_value == to_value:
        raise InputError(f"{where}: from and to are the same value {to_value!r}.")
    return Correction(
        case=fold_id(_text(entry["case"], f"{where}.case")),
        column=column.name,
        from_text=from_text,
        from_value=from_value,
        to_text=to_text,
        to_value=to_value,
        reason=_text(entry["reason"], f"{where}.reason"),
        decided_by=_text(entry["decided_by"], f"{where}.decided_by"),
        date=_day(entry["date"], f"{where}.date"),
    )


def _side(
    value: Any, column: Column, read: Callable[[str], Read[Any]], where: str
) -> tuple[str | None, Value | None, str | None]:
    """Return the text of `from` or `to`, None where it is nothing, what it means, and its fault."""
    text = _written(value, column, where)
    found, code = read(text or "")
    return (None if found is None and code is None else text), found, code


def _written(value: Any, column: Column, where: str) -> str | None:
    """Return a value of YAML as the text that it stands for."""
    if value is None or isinstance(value, str):
        return value.strip() if value else None
    is_number = type(value) is int and not pa.types.is_string(column.arrow_type)
    if is_number or (type(value) is date and pa.types.is_date(column.arrow_type)):
        return str(value)
    raise InputError(f"{where}: {value!r} is no text; put it in quotes as the extract has it.")


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{where}: {value!r} is no text; put it in quotes.")
    if not value.strip():
        raise InputError(f"{where}: must not be blank.")
    return value.strip()


def _day(value: Any, where: str) -> date:
    if type(value) is not date:
        raise InputError(f"{where}: must be a day like 2020-01-31 without quotes, found {value!r}.")
    return value
