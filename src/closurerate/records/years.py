"""What a year's author supplies: `data/years/<year>.yml`, read and validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from closurerate.records import fields
from closurerate.records.documents import nearest
from closurerate.records.paths import data_folder, definition_files
from closurerate.records.placeholders import operands
from closurerate.records.year_parts import (
    COUNTED,
    EXACT,
    CostRow,
    Fact,
    FactEntry,
    FactName,
    OtherKpi,
    Paragraph,
    Prose,
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

_Light = Annotated[str, fields.one_of(LIGHTS, "%r is no light")] | None
_TARGETS = fields.says("must hold a target for each KPI id, in the KPI's unit")
_NARRATIVE = fields.keys({}, dict.fromkeys(SECTIONS[:-1], Prose))
_FACTS = fields.says("must hold facts by name ({} for none)")


@dataclass(frozen=True)
class Year:
    """All that the author of a year's report supplies.

    Args:
        approved_on: When the report was approved; None while it is not.
        objective, kpi_name: Key strategic objective and KPI, by language.
        targets: Target by KPI id, in the KPI's printed unit; a KPI without one is absent.
        light_self, light_review: One of `LIGHTS`; None while open, and for a review under which the
            ministry's own stands.
        other_kpis: Years of the table that had another KPI.
        facts: By name; a fact that is not known yet has no quantity.
        cost_table: The plans in order.
        narrative: Paragraphs by section; every one of `SECTIONS` is there, with none where nothing
            is said.
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


@dataclass(frozen=True)
class YearFile(fields.Written):
    """A file in data/years."""

    year: fields.Year
    approved_on: fields.Day | None
    objective: fields.Texts
    kpi_name: fields.Texts
    target: Annotated[Mapping[fields.Text, Annotated[Fraction, EXACT] | None], _TARGETS]
    lights: Annotated[Mapping[str, Any], fields.keys({"self": _Light, "review": _Light})]
    facts: Annotated[Mapping[FactName, FactEntry], _FACTS]
    other_kpis: list[OtherKpi] | None = None
    cost_table: list[CostRow] | None = None
    narrative: (
        Annotated[Mapping[str, Prose], fields.keys({}, dict.fromkeys(SECTIONS[:-1], Prose))] | None
    ) = None
    opinion: Prose = None


def load_year(year: int, folder: Path | None = None) -> Year:
    """Read and validate what the author supplies for a ROC year.

    Args:
        folder: Where the files are; `data/years` where none is given.

    Raises:
        InputError: Naming file, line and key: a missing file, an unknown or missing key, a missing
            language, a placeholder for a figure that is neither counted nor a fact, a number that
            is not exact.
    """
    path = (folder or data_folder() / "years") / f"{year}.yml"
    file = fields.read(path, YearFile)
    if file.year != year:
        raise fields.fault(path, (), f"year must be {year}, as in the file's name", "year")
    kpis = [definition.stem for definition in definition_files()]
    for kpi in file.target:
        if kpi not in kpis:
            raise fields.fault(path, ("target",), f"unknown key {kpi!r}{nearest(kpi, kpis)}", kpi)
    prose = {**(file.narrative or {}), "opinion": file.opinion}
    narrative = {section: tuple(prose.get(section) or ()) for section in SECTIONS}
    _check_figures(narrative, file.facts, path)
    return Year(
        year=year,
        approved_on=file.approved_on,
        objective=file.objective,
        kpi_name=file.kpi_name,
        targets={kpi: target for kpi, target in file.target.items() if target is not None},
        light_self=file.lights["self"],
        light_review=file.lights["review"],
        other_kpis=tuple(file.other_kpis or ()),
        facts=file.facts,
        cost_table=tuple(file.cost_table or ()),
        narrative=narrative,
    )


def _check_figures(
    narrative: Mapping[str, tuple[Paragraph, ...]], facts: Mapping[str, Fact], path: Path
) -> None:
    """Raise where a paragraph names a figure that is neither counted nor a fact."""
    known = sorted(
        name for base in (*COUNTED, "target", *facts) for name in (base, f"{base}_previous")
    )
    for section, paragraphs in narrative.items():
        above = () if section == "opinion" else ("narrative",)
        for number, paragraph in enumerate(paragraphs):
            for name in (name for figure in paragraph.figures for name in operands(figure)):
                if name not in known:
                    said = f"no figure {name!r}{nearest(name, known)}"
                    raise fields.fault(path, (*above, section, number), said)
