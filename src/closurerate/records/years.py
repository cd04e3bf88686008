"""What a year's author supplies: `data/years/<year>.yml`, read and validated."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from closurerate.records import fields
from closurerate.records.claim import LIGHTS
from closurerate.records.documents import nearest
from closurerate.records.paths import data_folder, definition_files
from closurerate.records.placeholders import operands
from closurerate.records.year_parts import (
    COUNTED,
    EXACT,
    LISTED,
    CostRow,
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


def _kpi(name: str) -> str:
    kpis = [definition.stem for definition in definition_files()]
    if name not in kpis:
        raise ValueError(f"unknown key {name!r}{nearest(name, kpis)}")
    return name


_TARGETS = Annotated[
    Mapping[Annotated[fields.Text, AfterValidator(_kpi)], Annotated[Fraction, EXACT] | None],
    fields.says("must hold a target for each KPI id, in the KPI's unit"),
]
_Light = Annotated[str, fields.one_of(LIGHTS, "%r is no light")] | None


@dataclass(frozen=True)
class Imprint(fields.Written):
    """Who publishes the report as their own, and what they say of it besides, or nothing."""

    publisher: fields.Texts
    disclaimer: fields.Texts | None = None


_NARRATIVE = fields.keys({}, dict.fromkeys(SECTIONS[:-1], Prose))


@dataclass(frozen=True)
class Year(fields.Written):
    """All that the author of a year's report supplies: a file in data/years.

    Args:
        approved_on: When the report was approved; None while it is not.
        imprint: Who publishes it; None for this project, which says that it is no official report.
        targets: Target by KPI id, in the KPI's printed unit; a KPI without one is absent.
        lights: Of `self` and `review`; None while open, and for a review under which the ministry's
            own stands.
        facts: By name; a fact that is not known yet has no quantity.
        other_kpis: Years of the table that had another KPI.
        prose, opinion: Paragraphs by section, and those of the last one.
    """

    year: fields.Year
    approved_on: fields.Day | None
    objective: fields.Texts
    kpi_name: fields.Texts
    targets: Annotated[
        Mapping[str, Fraction],
        fields.written(_TARGETS),
        AfterValidator(lambda targets: {kpi: at for kpi, at in targets.items() if at is not None}),
        Field(alias="target"),
    ]
    lights: Annotated[Mapping[str, str | None], fields.keys({"self": _Light, "review": _Light})]
    facts: Annotated[
        Mapping[FactName, FactEntry], fields.says("must hold facts by name ({} for none)")
    ]
    other_kpis: Annotated[tuple[OtherKpi, ...], fields.written(list[OtherKpi] | None), LISTED] = ()
    cost_table: Annotated[tuple[CostRow, ...], fields.written(list[CostRow] | None), LISTED] = ()
    prose: Annotated[
        Mapping[str, tuple[Paragraph, ...]] | None,
        fields.written(Annotated[Any, _NARRATIVE] | None),
        Field(alias="narrative"),
    ] = None
    opinion: Prose = ()
    imprint: Imprint | None = None

    @property
    def narrative(self) -> Mapping[str, tuple[Paragraph, ...]]:
        """Paragraphs by section, each of `SECTIONS`; none where nothing is said."""
        said = {**(self.prose or {}), "opinion": self.opinion}
        return {section: said.get(section, ()) for section in SECTIONS}


def load_year(year: int, folder: Path | None = None) -> Year:
    """Read and validate what the author supplies for a ROC year, in `data/years` where not told.

    Raises:
        InputError: Naming file, line and key: a missing file, an unknown or missing key, a missing
            language, a placeholder for a figure that is neither counted nor a fact, a number that
            is not exact.
    """
    path = (folder or data_folder() / "years") / f"{year}.yml"
    found = fields.read(path, Year, year=year)
    _check_figures(found, path)
    return found


def year_if_written(year: int) -> Year | None:
    """Return what a year's author supplies, None where there is no file of it."""
    file = data_folder() / "years" / f"{year}.yml"
    return load_year(year) if file.is_file() else None


def _check_figures(year: Year, path: Path) -> None:
    """Raise where a paragraph names a figure that is neither counted nor a fact."""
    known = sorted(
        name for base in (*COUNTED, "target", *year.facts) for name in (base, f"{base}_previous")
    )
    for section, paragraphs in year.narrative.items():
        above = () if section == "opinion" else ("narrative",)
        for number, paragraph in enumerate(paragraphs):
            for name in (name for figure in paragraph.figures for name in operands(figure)):
                if name not in known:
                    said = f"no figure {name!r}{nearest(name, known)}"
                    raise fields.fault(path, (*above, section, number), said)
