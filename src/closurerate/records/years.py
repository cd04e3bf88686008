"""What a year's author supplies: `data/years/<year>.yml`, read and validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.records.documents import check_keys, check_languages, nearest, read_document
from closurerate.records.paths import data_folder, definition_files
from closurerate.records.year_parts import (
    COUNTED,
    CostRow,
    Fact,
    OtherKpi,
    Paragraph,
    exact,
    listed,
    read_cost_row,
    read_facts,
    read_other_kpi,
    read_paragraph,
)

SECTIONS = (
    "analysis.reason",
    "analysis.measure",
    "analysis.attainment",
    "analysis.benefits",
    "results.collections",
    "results.large_debtors",
    "results.small_cases",
    "results.innovation",
    "results.care",
    "results.channels",
    "results.documents",
    "opinion",
)
"""The parts of the report that carry the author's prose, in the report's order."""
LIGHTS = ("green", "yellow", "red", "white")


@dataclass(frozen=True)
class Year:
    """All that the author of a year's report supplies.

    Parameters
    ----------
    year
        ROC year.
    approved_on
        When the report was approved; None while it is not.
    objective, kpi_name
        Key strategic objective and KPI, by language.
    targets
        Target by KPI id, in the KPI's printed unit; a KPI without one is absent.
    light_self, light_review
        One of `LIGHTS`; None while open, and for a review under which the ministry's own stands.
    other_kpis
        Years of the table that had another KPI.
    facts
        By name; a fact that is not known yet has no quantity.
    cost_table
        The plans in order.
    narrative
        Paragraphs by section; every one of `SECTIONS` is there, with none where nothing is said.
    """

    year: int
    approved_on: date | None
    objective: Mapping[str, str]
    kpi_name: Mapping[str, str]
    targets: Mapping[str, Fraction]
    light_self: str | None
    light_review: str | None
    other_kpis: tuple[OtherKpi, ...]
    facts: Mapping[str, Fact]
    cost_table: tuple[CostRow, ...]
    narrative: Mapping[str, tuple[Paragraph, ...]]


def load_year(year: int, folder: Path | None = None) -> Year:
    """Read and validate what the author supplies for a ROC year.

    Parameters
    ----------
    year
        ROC year.
    folder
        Where the files are; `data/years` where none is given.

    Raises
    ------
    InputError
        Naming file and key: a missing file, an unknown or missing key, a missing language, a
        placeholder for a figure that is neither counted nor a fact, a number that is not exact.
    """
    path = (folder or data_folder() / "years") / f"{year}.yml"
    keys = ("year", "approved_on", "objective", "kpi_name", "target", "lights", "facts")
    more = ("other_kpis", "cost_table", "narrative", "opinion")
    document = check_keys(read_document(path), str(path), required=keys, optional=more)
    if document["year"] != year:
        raise InputError(f"{path}: year must be {year}, as in the file's name.")
    approved_on = document["approved_on"]
    if approved_on is not None and type(approved_on) is not date:
        raise InputError(f"{path}: approved_on must be a date like 2019-03-08, or null.")
    lights = check_keys(document["lights"], f"{path}: lights", ("self", "review"))
    facts = read_facts(document["facts"], f"{path}: facts")
    return Year(
        year=year,
        approved_on=approved_on,
        objective=check_languages(document["objective"], f"{path}: objective"),
        kpi_name=check_languages(document["kpi_name"], f"{path}: kpi_name"),
        targets=_targets(document["target"], f"{path}: target"),
        light_self=_light(lights["self"], f"{path}: lights.self"),
        light_review=_light(lights["review"], f"{path}: lights.review"),
        other_kpis=tuple(
            read_other_kpi(*entry) for entry in _entries(document, "other_kpis", path)
        ),
        facts=facts,
        cost_table=tuple(read_cost_row(*entry) for entry in _entries(document, "cost_table", path)),
        narrative=_narrative(document, path, facts),
    )


def _entries(document: Mapping[str, Any], key: str, path: Path) -> list[tuple[Any, str]]:
    """Return the entries of a list, each with where it stands; none where the key is absent."""
    return listed(document.get(key), f"{path}: {key}")


def _light(value: Any, where: str) -> str | None:
    if value is not None and value not in LIGHTS:
        raise InputError(f"{where}: {value!r} is no light{nearest(value, LIGHTS)}.")
    return None if value is None else str(value)


def _targets(value: Any, where: str) -> dict[str, Fraction]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must hold a target for each KPI id, in the KPI's unit.")
    check_keys(value, where, (), optional=[file.stem for file in definition_files()])
    return {
        str(kpi): exact(target, f"{where}.{kpi}")
        for kpi, target in value.items()
        if target is not None
    }


def _narrative(
    document: Mapping[str, Any], path: Path, facts: Mapping[str, Fact]
) -> dict[str, tuple[Paragraph, ...]]:
    sections = document.get("narrative") or {}
    check_keys(sections, f"{path}: narrative", (), optional=[s for s in SECTIONS if s != "opinion"])
    prose = {f"narrative.{section}": paragraphs for section, paragraphs in sections.items()}
    prose["opinion"] = document.get("opinion")
    known = {name for base in (*COUNTED, "target", *facts) for name in (base, f"{base}_previous")}
    told = {
        key.removeprefix("narrative."): tuple(
            read_paragraph(*entry, known) for entry in listed(paragraphs, f"{path}: {key}")
        )
        for key, paragraphs in prose.items()
    }
    return {section: told.get(section, ()) for section in SECTIONS}
