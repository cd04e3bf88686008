"""One printed figure of a report, and how it is written down: an entry of `data/published/`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from closurerate.errors import InputError
from closurerate.quantity import Evidence, Quantity
from closurerate.records.documents import check_keys, check_languages, nearest

NUMERIC_UNITS = ("TWD", "thousand_TWD", "case", "count", "entry", "percent", "ratio")
UNITS = (*NUMERIC_UNITS, "date", "light", "text")
LIGHTS = ("green", "yellow", "red", "white", "none")
"""What a light's claim may hold; `none` is the printed `---`: the ministry's own light stands."""
PRECISIONS = ("exact", "approximate", "at_least")

_ID = re.compile(r"[a-z][a-z0-9_]*")
_DECIMAL = re.compile(r"-?\d+(?:\.(\d+))?")
_GREGORIAN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ROC = re.compile(r"\d{2,3}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True)
class Period:
    """What a figure speaks about: ROC dates `107`, `107-12` or `107-12-31`, both ends included."""

    start: str
    end: str


@dataclass(frozen=True)
class Claim:
    """One printed figure.

    Parameters
    ----------
    id
        The figure's name in the field's words.
    written
        The printed figure taken literally: an exact decimal in `unit`, a Gregorian date, a light
        or a text. A misprint is kept.
    unit
        One of `UNITS`.
    printed
        The figure's own characters in the report.
    decimals
        Printed precision: digits after the point; -4 is to the 萬.
    precision
        `exact`, `approximate` (約) or `at_least` (餘).
    places
        Where it stands, by the report's own numbering.
    about
        What it speaks about.
    note
        What is wrong with it or open, by language; None for nothing.
    evidence
        What it rests on: another than print where a year's own cases stand in for a report.
    """

    id: str
    written: str
    unit: str
    printed: str
    decimals: int
    precision: str
    places: tuple[str, ...]
    about: Period
    note: Mapping[str, str] | None = None
    evidence: Evidence = "published"

    @property
    def is_numeric(self) -> bool:
        """Whether the claim is a number."""
        return self.unit in NUMERIC_UNITS

    @property
    def value(self) -> Fraction:
        """The exact number in `unit` (InputError for a date, a light or a text)."""
        if not self.is_numeric:
            raise InputError(
                f"published claim {self.id!r} is a {self.unit} ({self.written!r}), not a number."
            )
        return Fraction(self.written)

    def quantity(self) -> Quantity:
        """Return the number as a quantity."""
        return Quantity(self.value, self.unit, max(self.decimals, 0), self.evidence)


def read_claim(entry: Any, where: str) -> Claim:
    """Return a claim from its entry in the file.

    Raises
    ------
    InputError
        Naming `where` and the key: an unknown or missing key, a value that is no exact decimal of
        the printed precision, a word outside its vocabulary.
    """
    required = ("id", "value", "unit", "printed", "place", "about")
    check_keys(entry, where, required, optional=("decimals", "precision", "note"))
    identifier = _text(entry["id"], f"{where}, id")
    if not _ID.fullmatch(identifier):
        raise InputError(f"{where}: id {identifier!r} must be lower-case words joined by _.")
    where = f"{where} ({identifier})"
    unit = _word(entry["unit"], UNITS, f"{where}, unit")
    decimals = entry.get("decimals", 0)
    if type(decimals) is not int or ("decimals" in entry) != (unit in NUMERIC_UNITS):
        raise InputError(f"{where}: decimals must be a whole number, for numbers and only there.")
    places = entry["place"] if isinstance(entry["place"], list) else [entry["place"]]
    note = entry.get("note")
    return Claim(
        id=identifier,
        written=_written(entry["value"], unit, decimals, f"{where}, value"),
        unit=unit,
        printed=_text(entry["printed"], f"{where}, printed"),
        decimals=decimals,
        precision=_word(entry.get("precision", "exact"), PRECISIONS, f"{where}, precision"),
        places=tuple(_text(place, f"{where}, place") for place in places),
        about=read_period(entry["about"], f"{where}, about"),
        note=None if note is None else check_languages(note, f"{where}, note"),
    )


def _written(value: Any, unit: str, decimals: int, where: str) -> str:
    """Return the value as written, once it fits its unit and its printed precision."""
    text = _text(value, where)
    if unit == "light":
        return _word(text, LIGHTS, where)
    if unit == "date" and not _GREGORIAN.fullmatch(text):
        raise InputError(f"{where}: must be a Gregorian date like 2018-05-18, found {text!r}.")
    if unit not in NUMERIC_UNITS:
        return text
    match = _DECIMAL.fullmatch(text)
    if not match:
        raise InputError(f"{where}: must be an exact decimal like '36.49', found {text!r}.")
    if len(match[1] or "") != max(decimals, 0) or Fraction(text) % Fraction(10) ** -decimals:
        raise InputError(f"{where}: {text} is not given to {decimals} decimals.")
    return text


def read_period(value: Any, where: str) -> Period:
    """Return a period written as a ROC year, `{from, to}` or `{date}` (InputError otherwise)."""
    if isinstance(value, dict) and set(value) == {"from", "to"}:
        start, end = str(value["from"]), str(value["to"])
    elif isinstance(value, dict) and set(value) == {"date"}:
        start = end = str(value["date"])
    else:
        start = end = str(value)
    if not (_ROC.fullmatch(start) and _ROC.fullmatch(end)):
        raise InputError(
            f"{where}: must be a ROC year, {{from, to}} or {{date}} with ROC dates like 107-05-18, "
            f"found {value!r}."
        )
    return Period(start, end)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{where}: must be a text in quotes, found {value!r}.")
    return value


def _word(value: Any, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise InputError(f"{where}: {value!r} is not known{nearest(value, allowed)}.")
    return str(value)
