"""The parts of what a year's author supplies: facts, cost table, former KPIs, paragraphs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, WrapValidator

from closurerate.errors import InputError
from closurerate.quantity import Evidence, Quantity
from closurerate.records import fields
from closurerate.records.claim import Speaking
from closurerate.records.documents import LANGUAGES
from closurerate.records.placeholders import EVIDENCE, operands, placeholders

COUNTED = ("new", "closed", "pending", "effective", "collected", "rate", "achievement")
"""Figures that come from the case data; a year's file names them and must not hold them."""
FACT_UNITS = ("TWD", "case", "entry", "count", "document", "percent", "day", "ratio")
"""Units of facts; `count` and `ratio` are printed bare, their counter word is the prose's."""

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def _exact(value: Any) -> Fraction:
    if type(value) is int or (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        return Fraction(value)
    raise ValueError("must be a whole number, or a decimal in quotes")


EXACT = fields.kind(_exact, type=["integer", "string"], pattern=f"^{_DECIMAL.pattern}$")
"""A whole number, or a decimal written in quotes, exactly."""


@dataclass(frozen=True)
class Fact(fields.Written):
    """A figure that is not in the case data, None while it is not known; decimals -4: to the 萬."""

    value: Annotated[Fraction, EXACT] | None
    unit: Annotated[str, fields.one_of(FACT_UNITS, "%r is no unit")]
    decimals: fields.Whole = 0
    about: Speaking | None = None
    source: str | None = None
    note: str | None = None

    @property
    def quantity(self) -> Quantity | None:
        """The figure; None while it is not known."""
        if self.value is None:
            return None
        return Quantity(self.value, self.unit, max(self.decimals, 0), "published")

    @property
    def is_coarse(self) -> bool:
        """Whether it is known to the 萬 only."""
        return self.decimals < 0


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by language, with the evidence that its author declares for it, or none."""

    texts: Mapping[str, str]
    evidence: Evidence | None

    @property
    def figures(self) -> tuple[str, ...]:
        """The placeholders in it; they are the same in both languages."""
        return placeholders(self.texts[LANGUAGES[0]])


@dataclass(frozen=True)
class Cost(fields.Written):
    """One plan's budget in a year, in thousand NTD, and how much of it was carried out."""

    budget_thousand_twd: Annotated[
        int,
        EXACT,
        fields.check(lambda value: value.denominator == 1, "must be a whole number"),
        AfterValidator(int),
    ]
    progress_pct: Annotated[Fraction, EXACT]


@dataclass(frozen=True)
class CostRow(fields.Written):
    """A plan of the cost table: its name, its relation to the KPI, and its cost by ROC year."""

    plan: fields.Texts
    kpi: fields.Texts
    years: Mapping[fields.YearKey, Cost]


@dataclass(frozen=True)
class OtherKpi(fields.Written):
    """Years of the four-year table that had another KPI, and why they show no figure."""

    years: Annotated[tuple[fields.Year, ...], fields.says("must be a list of ROC years")]
    kpi_name: fields.Texts
    reason: fields.Texts


def _fact_name(name: Any) -> str:
    if name in (*COUNTED, "target"):
        raise ValueError(f"{name!r} is not a fact: it is counted, or a key of its own")
    if not str(name).isidentifier():
        raise ValueError("a fact's name must be words joined by _")
    return str(name)


def _fact(written: Any, read: Callable[[Any], Fact]) -> Fact:
    fact = read(written)
    if fact.value is not None and fact.value % Fraction(10) ** -fact.decimals:
        raise fields.Wrong(f"{written['value']} is finer than {fact.decimals} decimals", "value")
    return fact


FactName = Annotated[str, fields.kind(_fact_name, type="string", pattern=r"^\w+$")]
FactEntry = Annotated[Fact, WrapValidator(_fact)]


def _paragraph(entry: Mapping[str, Any]) -> Paragraph:
    """Return a paragraph whose placeholders are the same in both languages, and well formed."""
    texts = {language: entry[language] for language in LANGUAGES}
    used = [set(placeholders(text)) for text in texts.values()]
    if used[0] != used[1]:
        odd = ", ".join(f"{{{name}}}" for name in sorted(used[0] ^ used[1]))
        raise fields.Wrong(f"{odd} must stand in both languages")
    for expression in sorted(used[0]):
        try:
            operands(expression)
        except InputError as error:
            raise fields.Wrong(str(error).removesuffix(".")) from None
    return Paragraph(texts, entry.get("evidence"))


_PARAGRAPH = fields.keys(
    dict.fromkeys(LANGUAGES, fields.Text),
    {"evidence": Annotated[str, fields.one_of(EVIDENCE, "%r is none")]},
)
LISTED = AfterValidator(lambda items: tuple(items or ()))
"""A list that may be left open, as in `cost_table:`."""
Prose = Annotated[
    tuple[Paragraph, ...],
    fields.written(list[Annotated[Paragraph, _PARAGRAPH, AfterValidator(_paragraph)]] | None),
    LISTED,
]
"""Paragraphs; none where nothing is said."""
