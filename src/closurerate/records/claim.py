"""One printed figure of a report, and how it is written down: an entry of `data/published/`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field, WrapValidator

from closurerate.errors import InputError
from closurerate.quantity import Evidence, Quantity
from closurerate.records import fields
from closurerate.records.documents import nearest
from closurerate.records.follows import Following

NUMERIC_UNITS = ("TWD", "thousand_TWD", "case", "count", "entry", "percent", "ratio")
UNITS = (*NUMERIC_UNITS, "date", "light", "text")
LIGHTS = ("green", "yellow", "red", "white")
_PRINTED_LIGHTS = (*LIGHTS, "none")
"""What a light's claim may hold; `none` is the printed `---`: the ministry's own light stands."""
PRECISIONS = ("exact", "approximate", "at_least")

_DECIMAL = re.compile(r"-?\d+(?:\.(\d+))?")
_GREGORIAN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_ROC = r"\d{2,3}(-\d{2}(-\d{2})?)?"
_Quoted = Annotated[fields.Text, fields.says("must be a text in quotes")]


@dataclass(frozen=True)
class Period:
    """What a figure speaks about: ROC dates `107`, `107-12` or `107-12-31`, both ends included."""

    start: str
    end: str


def _period(value: Any) -> Period:
    ends = [value]
    if isinstance(value, dict) and set(value) in ({"from", "to"}, {"date"}):
        ends = [value.get("from", value.get("date")), value.get("to", value.get("date"))]
    if not all(re.fullmatch(_ROC, str(end)) for end in ends):
        raise ValueError("must be a ROC year, {from, to} or {date} with ROC dates like 107-05-18")
    return Period(str(ends[0]), str(ends[-1]))


def _places(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    places = value if isinstance(value, list) else [value]
    if not all(isinstance(place, str) and place.strip() for place in places):
        raise ValueError("must be a text in quotes, or a list of them")
    return tuple(places)


_DATE = {"type": ["integer", "string"], "pattern": f"^{_ROC}$"}
_DATES = dict.fromkeys(("from", "to", "date"), _DATE)
Speaking = Annotated[
    Period,
    fields.kind(_period, anyOf=[_DATE, {"properties": _DATES, "additionalProperties": False}]),
]
"""A period written as a ROC year, `{from, to}` or `{date}`."""


@dataclass(frozen=True)
class Departure(fields.Written):
    """What our report says of a printed figure that it has otherwise.

    Args:
        figure: What the figure is called.
        why: Where the difference comes from; a `{name}` in it is computed as in a year's prose.
    """

    figure: fields.Texts
    why: fields.Texts


@dataclass(frozen=True)
class Service(fields.Written):
    """What a figure is used as in the report, where it is something else, and what it is."""

    used_as: fields.Texts
    but_is: fields.Texts


@dataclass(frozen=True)
class ClaimEntry(fields.Written):
    """One printed figure as written down.

    Args:
        written: The printed figure taken literally: an exact decimal in `unit`, a Gregorian date, a
            light or a text. A misprint is kept. None where it is still to be transcribed.
        decimals: Printed precision: digits after the point; -4 is to the 萬.
        precision: `exact`, `approximate` (約) or `at_least` (餘).
        places: Where it stands, by the report's own numbering.
        note: What is wrong with it or open, by language; None for nothing.
        follows: How it follows from other printed figures; None where it does not.
        without: The figure of which this one leaves a part out.
        serves: What it is used for although it is another thing.
        departs: What is said of it where our own report has another; None where it has the same.
    """

    id: Annotated[
        str, Field(pattern="^[a-z][a-z0-9_]*$"), fields.says("must be lower-case words joined by _")
    ]
    written: Annotated[_Quoted | None, Field(alias="value")]
    unit: Annotated[str, fields.one_of(UNITS, "%r is not known")]
    printed: _Quoted | None
    places: Annotated[
        tuple[str, ...],
        fields.kind(_places, type=["string", "array", "null"]),
        Field(alias="place"),
    ]
    about: Speaking
    decimals: fields.Whole = 0
    precision: Annotated[str, fields.one_of(PRECISIONS, "%r is not known")] = "exact"
    note: fields.Texts | None = None
    follows: Following | None = None
    without: fields.Text | None = None
    serves: Service | None = None
    departs: Departure | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether the claim is a number."""
        return self.unit in NUMERIC_UNITS


@dataclass(frozen=True)
class Claim(ClaimEntry):
    """One printed figure, and what it rests on: print, or a year's own cases instead."""

    written: str
    printed: str
    evidence: Evidence = "published"

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


def _fitting(entry: Any, read: Callable[[Any], ClaimEntry]) -> Claim | ClaimEntry:
    """Return the claim of an entry whose value fits its unit and its printed precision.

    The entry itself where its value is open: what is printed of it must be so too.
    """
    claim = read(entry)
    if ("decimals" in entry) != claim.is_numeric:
        raise fields.Wrong("decimals must be a whole number, for numbers and only there")
    text, decimals = claim.written, claim.decimals
    told = {"value": text, "printed": claim.printed, "place": claim.places or None}
    if len({part is None for part in told.values()}) > 1:
        key = next(name for name, part in told.items() if part is None)
        raise fields.Wrong("must be filled in, as other parts of the figure are", key)
    if text is None:
        return claim
    if claim.unit == "light" and text not in _PRINTED_LIGHTS:
        raise fields.Wrong(f"{text!r} is not known{nearest(text, _PRINTED_LIGHTS)}", "value")
    if claim.unit == "date" and not _GREGORIAN.fullmatch(text):
        raise fields.Wrong(f"must be a Gregorian date like 2018-05-18, found {text!r}", "value")
    if claim.is_numeric:
        match = _DECIMAL.fullmatch(text)
        if not match:
            raise fields.Wrong(f"must be an exact decimal like '36.49', found {text!r}", "value")
        if len(match[1] or "") != max(decimals, 0) or Fraction(text) % Fraction(10) ** -decimals:
            raise fields.Wrong(f"{text} is not given to {decimals} decimals", "value")
    return Claim(**vars(claim))


Printed = Annotated[Claim, fields.written(ClaimEntry), WrapValidator(_fitting)]
