"""The parts of what a year's author supplies: facts, cost table, former KPIs, paragraphs."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from closurerate.errors import InputError
from closurerate.quantity import Evidence, Quantity
from closurerate.records.claim import Period, read_period
from closurerate.records.documents import LANGUAGES, check_keys, check_languages, nearest
from closurerate.records.placeholders import EVIDENCE, operands, placeholders

COUNTED = ("new", "closed", "pending", "effective", "collected", "rate", "achievement")
"""Figures that come from the case data; a year's file names them and must not hold them."""
FACT_UNITS = ("TWD", "case", "entry", "count", "percent", "day", "ratio")
"""Units of facts; `count` and `ratio` are printed bare, their counter word is the prose's."""

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True)
class Fact:
    """A figure that is not in the case data.

    Parameters
    ----------
    quantity
        The figure; None while it is not known.
    is_coarse
        Whether it is known to the 萬 only (`decimals: -4`).
    about, source, note
        What it speaks about, where it comes from, and what is open about it.
    """

    quantity: Quantity | None
    is_coarse: bool
    about: Period | None
    source: str
    note: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph by language, with the evidence that its author declares for it."""

    texts: Mapping[str, str]
    evidence: Evidence

    @property
    def figures(self) -> tuple[str, ...]:
        """The placeholders in it; they are the same in both languages."""
        return placeholders(self.texts[LANGUAGES[0]])


@dataclass(frozen=True)
class Cost:
    """One plan's budget in a year, in thousand NTD, and how much of it was carried out."""

    budget_thousand_twd: int
    progress_pct: Fraction


@dataclass(frozen=True)
class CostRow:
    """A plan of the cost table: its name, its relation to the KPI, and its cost by ROC year."""

    plan: Mapping[str, str]
    kpi: Mapping[str, str]
    years: Mapping[int, Cost]


@dataclass(frozen=True)
class OtherKpi:
    """Years of the four-year table that had another KPI, and why they show no figure."""

    years: tuple[int, ...]
    kpi_name: Mapping[str, str]
    reason: Mapping[str, str]


def listed(value: Any, where: str) -> list[tuple[Any, str]]:
    """Return the entries of a list, each with where it stands; none where it is null."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"{where}: must be a list, found {value!r}.")
    return [(entry, f"{where}, entry {number}") for number, entry in enumerate(value, start=1)]


def exact(value: Any, where: str) -> Fraction:
    """Return a whole number, or a decimal written in quotes, exactly (InputError otherwise)."""
    if type(value) is int or (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        return Fraction(value)
    raise InputError(f"{where}: must be a whole number, or a decimal in quotes, found {value!r}.")


def read_other_kpi(entry: Any, where: str) -> OtherKpi:
    """Return an entry of `other_kpis` (InputError naming `where` and the key)."""
    check_keys(entry, where, ("years", "kpi_name", "reason"))
    years = entry["years"]
    if not isinstance(years, list) or not all(type(year) is int for year in years):
        raise InputError(f"{where}, years: must be a list of ROC years, found {years!r}.")
    return OtherKpi(
        tuple(years),
        check_languages(entry["kpi_name"], f"{where}, kpi_name"),
        check_languages(entry["reason"], f"{where}, reason"),
    )


def read_cost_row(entry: Any, where: str) -> CostRow:
    """Return an entry of `cost_table` (InputError naming `where` and the key)."""
    check_keys(entry, where, ("plan", "kpi", "years"))
    years: dict[int, Cost] = {}
    if not isinstance(entry["years"], dict):
        raise InputError(f"{where}, years: must hold budget and progress by ROC year.")
    for year, cost in entry["years"].items():
        place = f"{where}, years.{year}"
        if type(year) is not int:
            raise InputError(f"{place}: must be a ROC year like 107.")
        check_keys(cost, place, ("budget_thousand_twd", "progress_pct"))
        budget = exact(cost["budget_thousand_twd"], f"{place}.budget_thousand_twd")
        if budget.denominator != 1:
            raise InputError(f"{place}.budget_thousand_twd: must be a whole number.")
        years[year] = Cost(int(budget), exact(cost["progress_pct"], f"{place}.progress_pct"))
    return CostRow(
        check_languages(entry["plan"], f"{where}, plan"),
        check_languages(entry["kpi"], f"{where}, kpi"),
        years,
    )


def read_facts(value: Any, where: str) -> dict[str, Fact]:
    """Return the facts by name (InputError naming `where` and the key)."""
    if not isinstance(value, dict):
        raise InputError(f"{where}: must hold facts by name ({{}} for none), found {value!r}.")
    return {str(name): _fact(str(name), fact, f"{where}.{name}") for name, fact in value.items()}


def _fact(name: str, entry: Any, where: str) -> Fact:
    check_keys(entry, where, ("value", "unit"), optional=("decimals", "about", "source", "note"))
    if name in (*COUNTED, "target"):
        raise InputError(f"{where}: {name!r} is not a fact: it is counted, or a key of its own.")
    if not name.isidentifier():
        raise InputError(f"{where}: a fact's name must be words joined by _.")
    decimals, unit, about = entry.get("decimals", 0), entry["unit"], entry.get("about")
    if type(decimals) is not int:
        raise InputError(f"{where}.decimals: must be a whole number, found {decimals!r}.")
    if unit not in FACT_UNITS:
        raise InputError(f"{where}.unit: {unit!r} is no unit{nearest(unit, FACT_UNITS)}.")
    quantity = None
    if entry["value"] is not None:
        value = exact(entry["value"], f"{where}.value")
        if value % Fraction(10) ** -decimals:
            raise InputError(f"{where}.value: {entry['value']} is finer than {decimals} decimals.")
        quantity = Quantity(value, unit, max(decimals, 0), "published")
    return Fact(
        quantity=quantity,
        is_coarse=decimals < 0,
        about=None if about is None else read_period(about, f"{where}.about"),
        source=str(entry.get("source") or ""),
        note=str(entry.get("note") or ""),
    )


def read_paragraph(entry: Any, where: str, known: Collection[str]) -> Paragraph:
    """Return a paragraph whose placeholders are the same in both languages, and all `known`.

    Raises
    ------
    InputError
        Naming `where` and the language or placeholder at fault.
    """
    check_keys(entry, where, LANGUAGES, optional=("evidence",))
    evidence = entry.get("evidence", EVIDENCE[0])
    if evidence not in EVIDENCE:
        raise InputError(f"{where}, evidence: {evidence!r} is none{nearest(evidence, EVIDENCE)}.")
    texts = check_languages({name: entry[name] for name in LANGUAGES}, where)
    used = [set(placeholders(text)) for text in texts.values()]
    if used[0] != used[1]:
        odd = ", ".join(f"{{{name}}}" for name in sorted(used[0] ^ used[1]))
        raise InputError(f"{where}: {odd} must stand in both languages.")
    for expression in sorted(used[0]):
        try:
            names = operands(expression)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        for name in names:
            if name not in known:
                raise InputError(f"{where}: no figure {name!r}{nearest(name, sorted(known))}.")
    return Paragraph(texts, evidence)
