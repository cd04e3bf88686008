"""Corrections of an extract that somebody decided: `data/corrections/<year>.yml`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
from pydantic import AfterValidator, Field, WithJsonSchema

from closurerate.cases.vocabulary import COLUMNS, ContractColumn
from closurerate.intake.came.folding import fold_id
from closurerate.intake.said.values import Read
from closurerate.intake.said.words import Vocabulary
from closurerate.records import fields
from closurerate.records.documents import nearest

Value = str | int | date
_CASE = "case_id"
_COLUMNS = {column.name: column for column in COLUMNS if column.name != _CASE}


@dataclass(frozen=True)
class Correction:
    """One value of one case that stands otherwise in the extract than it should.

    It is applied only where the extract still holds `from`: the same value if `from` can be
    read, nothing if it is nothing, else the same text.

    Args:
        from_text, to_text: As written; None: nothing.
        from_value: What `from_text` means; None where it is nothing or cannot be read.
        to_value: What `to_text` means; None where it is nothing.
        reason, decided_by: Why, and who answers for it.
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


def _column(name: Any) -> str:
    if name == _CASE:
        raise ValueError(
            f"{_CASE!r} cannot be corrected, as it says which case is meant; name one of the other "
            "columns"
        )
    if not isinstance(name, str) or name not in _COLUMNS:
        raise ValueError(f"{name!r} cannot be corrected{nearest(name, _COLUMNS)}")
    return name


_TEXT = (
    Field(json_schema_extra={"pattern": r"\S"}),
    fields.says("%r is no text; put it in quotes"),
    AfterValidator(str.strip),
    fields.check(bool, "must not be blank"),
)
_SIDE = WithJsonSchema({"type": ["string", "integer", "null"]})


@dataclass(frozen=True)
class CorrectionEntry(fields.Written):
    """An entry of a file of corrections, as written."""

    case: Annotated[str, *_TEXT]
    column: Annotated[str, fields.kind(_column, type="string", enum=list(_COLUMNS))]
    from_: Annotated[Any, _SIDE, Field(alias="from")]
    to: Annotated[Any, _SIDE]
    reason: Annotated[str, *_TEXT]
    decided_by: Annotated[str, *_TEXT]
    date: fields.Day


@dataclass(frozen=True)
class CorrectionsFile(fields.Written):
    """A file in data/corrections; all of its entries may stand behind a #."""

    corrections: list[CorrectionEntry] | None = None


def load_corrections(path: Path, vocabulary: Vocabulary) -> tuple[Correction, ...]:
    """Read the corrections of a year in the order of the file.

    Raises:
        InputError: Naming file, line and entry: a missing or unknown key, a column that is none or
            `case_id`, a `to` that the column cannot hold or that changes nothing, a blank text, a
            date that is none, or a second correction of the same value.
    """
    corrections: list[Correction] = []
    first: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(fields.read(path, CorrectionsFile).corrections or ()):
        correction = _correction(entry, path, ("corrections", place), vocabulary)
        other = first.setdefault((correction.case, correction.column), place)
        if other != place:
            said = (
                f"{correction.column} of case {correction.case!r} is corrected by "
                f"corrections[{other + 1}] already; keep one of them"
            )
            raise fields.fault(path, ("corrections", place), said)
        corrections.append(correction)
    return tuple(corrections)


def _correction(
    entry: CorrectionEntry, path: Path, place: tuple[str | int, ...], vocabulary: Vocabulary
) -> Correction:
    column = _COLUMNS[entry.column]
    reader = vocabulary.reader(column)
    from_text, from_value, from_code = _side(entry.from_, column, reader)
    to_text, to_value, to_code = _side(entry.to, column, reader)
    for key, value in (("from", entry.from_), ("to", entry.to)):
        if not _is_written(value, column):
            said = f"{value!r} is no text; put it in quotes as the extract has it"
            raise fields.fault(path, (*place, key), said)
    if to_code is not None:
        said = f"{to_text!r} is no value of {column.name} ({to_code})"
        raise fields.fault(path, (*place, "to"), said)
    if to_value is None and not column.is_nullable:
        said = f"{column.name} must hold a value, and would hold nothing"
        raise fields.fault(path, (*place, "to"), said)
    if from_code is None and from_value == to_value:
        raise fields.fault(path, place, f"from and to are the same value {to_value!r}")
    return Correction(
        case=fold_id(entry.case),
        column=column.name,
        from_text=from_text,
        from_value=from_value,
        to_text=to_text,
        to_value=to_value,
        reason=entry.reason,
        decided_by=entry.decided_by,
        date=entry.date,
    )


def _side(
    value: Any, column: ContractColumn, reader: Callable[[str], Read[Any]]
) -> tuple[str | None, Value | None, str | None]:
    """Return the text of `from` or `to`, None where it is nothing, what it means, and its fault."""
    text = str("" if value is None else value).strip() or None
    found, code = reader(text or "")
    return (None if found is None and code is None else text), found, code


def _is_written(value: Any, column: ContractColumn) -> bool:
    """Tell whether a value of YAML stands for a text of the column."""
    is_number = type(value) is int and not pa.types.is_string(column.arrow_type)
    is_day = type(value) is date and pa.types.is_date(column.arrow_type)
    return value is None or isinstance(value, str) or is_number or is_day
