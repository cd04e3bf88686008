"""What is claimed of a published table: which columns are figures, and how each may be computed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from closurerate.records import fields

TOLERATED = Fraction(1, 10)
"""Of a period's rows, the share that may be misprints where a file does not say."""
_DECIMAL = re.compile(r"\d+(\.\d+)?|\.\d+", re.ASCII)
_TABS = ("tab", "\\t")
_ONE = fields.says("must have one at least")


def _name(value: Any) -> str:
    if type(value) not in (str, int) or not str(value).strip():
        raise ValueError("must be a column's heading")
    return as_heading(str(value))


def as_heading(text: str) -> str:
    """Return a column's heading with each run of blanks and line ends as one blank."""
    return " ".join(text.split())


def _words(value: Any) -> tuple[str, ...]:
    words = value if isinstance(value, list) else [value]
    if any(type(word) not in (str, int) for word in words):
        raise ValueError('must be a list of texts in quotes, such as ["-", "n/a"]')
    return tuple(str(word).strip() for word in words)


def _delimiter(value: Any) -> str:
    sign = "\t" if value in _TABS else value
    if not isinstance(sign, str) or len(sign) != 1 or sign.isalnum() or sign in '"\r\n. ':
        raise ValueError('must be one sign such as "," or ";", or "tab"')
    return sign


def _share(value: Any) -> Fraction:
    is_plain = type(value) in (int, float, str) and _DECIMAL.fullmatch(str(value))
    share = Fraction(str(value)) if is_plain else None
    if share is None or share >= Fraction(1, 2):
        raise ValueError("must be a share from 0 and under 0.5, such as 0.1")
    return share


Heading = Annotated[str, fields.kind(_name, type=["string", "integer"], pattern=r"\S")]
"""A column's heading; one that is a whole number needs no quotes."""
_Key = Annotated[str, fields.kind(_name, type="string", pattern=r"\S")]


@dataclass(frozen=True)
class TableFigure(fields.Written):
    """A column whose figures are judged.

    Args:
        decimals: Printed precision: digits after the point; -4 is to the 萬.
        candidates: Formulas by which it may have been computed, by name.
    """

    decimals: Annotated[int, fields.whole(-12, 12)]
    candidates: Annotated[Mapping[_Key, fields.Text], Field(min_length=1), _ONE]


@dataclass(frozen=True)
class TableClaims(fields.Written):
    """What a published table's columns are, and how its figures may have been computed.

    Args:
        entity: The column that says of whom or what a row speaks.
        period: The column that says of when; an entity has one row a period.
        figures: What is judged, by column.
        delimiter: What stands between the cells.
        decimal: What stands before a number's decimals.
        missing: What stands for no value, besides an empty cell.
        tolerated: The share of a period's rows that may be misprints: a candidate fits where no
            more disagree.
    """

    entity: Heading
    period: Heading
    figures: Annotated[Mapping[_Key, TableFigure], Field(min_length=1), _ONE]
    delimiter: Annotated[str, fields.kind(_delimiter, type="string")] = ","
    decimal: Annotated[str, fields.one_of((".", ","))] = "."
    missing: Annotated[tuple[str, ...], fields.kind(_words, type=["array", "string"])] = ()
    tolerated: Annotated[
        Fraction, fields.kind(_share, type=["number", "string"], minimum=0, exclusiveMaximum=0.5)
    ] = TOLERATED


def read_table_claims(path: Path) -> TableClaims:
    """Return what a file claims of a table; InputError, naming file and line, where it is wrong."""
    return fields.read(path, TableClaims)
