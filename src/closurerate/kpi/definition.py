"""KPI definitions: dated YAML, read, extended and checked; a version is what is in force in a year.

A definition file says `tiers`, `ratios`, `dispositions`, `indicators`, `formula` and, optionally,
`targets`, each with a unit and, under `since`, its values by the ROC year from which they hold,
with a reference. A proposal `extends` another file and replaces whole sections of it.
The `id` is the file's name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.kpi.bounds import check_bounds
from closurerate.kpi.definition_file import SECTIONS, read_file, read_rule
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.formula import COUNT_NAMES, Formula, Indicators, hashable, parse_formula
from closurerate.records.documents import found_at
from closurerate.records.fields import Place, fault


@dataclass(frozen=True)
class KpiVersion:
    """A KPI as it stands in force from one year until its next change.

    Args:
        version: The ROC year since which all of it holds.
        indicators: Formula of each indicator in the counts, by name (`I1`, `I2`).
        unit, decimals: How the value is printed; a value in percent is printed times 100.
    """

    kpi: str
    version: int
    rule: EffectiveRule
    indicators: Mapping[str, Formula]
    formula: Formula
    unit: str
    decimals: int
    is_higher_better: bool = True

    @property
    def written(self) -> tuple[Formula, Indicators]:
        """What the KPI is in the counts follows from, in a form that a cache can be keyed with."""
        return self.formula, hashable(self.indicators)


@dataclass(frozen=True)
class Definition:
    """A KPI with its whole history.

    Args:
        versions: By the year since which they hold, in order.
        targets: By the year since which they hold, in the KPI's printed unit.
        references: Reference of each dated entry, by section and year.
        files: The file that it was read from, then those that it extends.
    """

    id: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    versions: Mapping[int, KpiVersion]
    targets: Mapping[int, Fraction]
    references: Mapping[tuple[str, int], str]
    files: tuple[Path, ...]

    def in_force(self, year: int) -> KpiVersion:
        """Return the version in force in a ROC year; InputError if none is yet."""
        begun = [since for since in self.versions if since <= year]
        if not begun:
            raise InputError(
                f"{self.id} is not defined for year {year}: its first version is "
                f"{min(self.versions)}."
            )
        return self.versions[max(begun)]

    def version(self, version: int) -> KpiVersion:
        """Return a version by the year since which it holds; InputError if it has none."""
        if version not in self.versions:
            known = ", ".join(str(since) for since in self.versions)
            raise InputError(f"{self.id} has no version {version}: it has {known}.")
        return self.versions[version]

    def written_at(self, year: int, section: str, *keys: str) -> tuple[Path, int]:
        """Return the file and line at which a section that is in force says something of a key."""
        file = next(path for path in self.files if section in read_file(path))
        begun = [since for part, since in self.references if part == section and since <= year]
        line, _ = found_at(file, (section, "since", max(begun), "value"), *keys)
        return file, line

    def target(self, year: int) -> Fraction | None:
        """Return the target set for exactly this ROC year, in the printed unit, or None."""
        return self.targets.get(year)


def check_version(version: KpiVersion) -> KpiVersion:
    """Return a version as it is; InputError if it is none, such as a definition with many."""
    if isinstance(version, KpiVersion):
        return version
    if isinstance(version, Definition):
        raise InputError(
            f"version: {version.id} is a definition; take the version in force in a year, such as "
            "definition.in_force(107)."
        )
    raise InputError(f"version: must be a KpiVersion, found {version!r}.")


def read_definition(path: Path, find: Callable[[str], Path]) -> Definition:
    """Return the definition in a file, with what it extends, which `find` finds by its id.

    Raises:
        InputError: Naming file, line and key, if anything in it is wrong.
    """
    files: list[Path] = []
    document = _extended(path, find, files)
    return Definition(
        id=document["id"],
        name=document["name"],
        summary=document["summary"],
        versions=_versions(document, path),
        targets={
            year: entry["value"] for year, entry in sorted(_since(document, "targets").items())
        },
        references={
            (section, year): entry["reference"]
            for section in (*SECTIONS, "targets")
            for year, entry in _since(document, section).items()
        },
        files=tuple(files),
    )


def _since(document: Mapping[str, Any], section: str) -> Mapping[int, Any]:
    """Return the entries of a section by year; none where there is no such section."""
    return document[section]["since"] if section in document else {}


def _extended(path: Path, find: Callable[[str], Path], files: list[Path]) -> dict[str, Any]:
    """Return what a file says, with what it has from those that it extends."""
    if path in files:
        raise InputError(f"{path}: extends: the files extend each other in a circle.")
    files.append(path)
    document = read_file(path)
    if "extends" in document:
        try:
            base_path = find(document.pop("extends"))
        except InputError as error:
            raise fault(path, ("extends",), str(error).removesuffix(".")) from None
        base = _extended(base_path, find, files)
        if "formula" in document:
            base.pop("targets", None)
        document = base | document
    _check_head(document, path)
    return document


def _check_head(document: dict[str, Any], path: Path) -> None:
    if document["id"] != path.stem:
        said = f"must be the file's name, {path.stem!r}, found {document['id']!r}"
        raise fault(path, ("id",), said)
    if not path.stem.isidentifier():
        said = "must be letters, digits and underscores, as must the file's name"
        raise fault(path, ("id",), said)
    unit = document["formula"]["unit"]
    if "targets" in document and document["targets"]["unit"] != unit:
        said = f"must be the formula's, {unit!r}, found {document['targets']['unit']!r}"
        raise fault(path, ("targets", "unit"), said)


def _versions(document: dict[str, Any], path: Path) -> dict[int, KpiVersion]:
    years = sorted({year for section in SECTIONS for year in document[section]["since"]})
    first = max(min(document[section]["since"]) for section in SECTIONS)
    return {year: _version(document, path, year) for year in years if year >= first}


def _version(document: dict[str, Any], path: Path, year: int) -> KpiVersion:
    entries, places = {}, {}
    for section in SECTIONS:
        since = max(begun for begun in document[section]["since"] if begun <= year)
        entries[section] = document[section]["since"][since]
        places[section] = (section, "since", since, "value")
    indicators = {
        name: _formula(text, {}, path, (*places["indicators"], name))
        for name, text in entries["indicators"]["value"].items()
    }
    return KpiVersion(
        kpi=document["id"],
        version=year,
        rule=read_rule(entries, path, places),
        indicators=indicators,
        formula=_formula(entries["formula"]["value"], indicators, path, places["formula"]),
        unit=document["formula"]["unit"],
        decimals=document["decimals"],
        is_higher_better=document["formula"].get("better", "higher") == "higher",
    )


def _formula(text: Any, indicators: Mapping[str, Formula], path: Path, place: Place) -> Formula:
    where = str(path)
    try:
        formula = parse_formula(text, (*COUNT_NAMES, *indicators), where)
        check_bounds(formula, indicators, where)
    except InputError as error:
        said = str(error).removeprefix(f"{where}: ").removesuffix(".")
        raise fault(path, place, said) from None
    return formula
