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
from closurerate.kpi.bounds import MOST_INDICATORS, check_bounds
from closurerate.kpi.effective import EffectiveRule
from closurerate.kpi.formula import COUNT_NAMES, Formula, parse_formula
from closurerate.kpi.rule import exact_decimal, read_rule
from closurerate.records.documents import check_keys, check_languages, read_document

SECTIONS = ("tiers", "ratios", "dispositions", "indicators", "formula")
"""The dated sections that make a version."""
BETTER = ("higher", "lower")
"""Which way a KPI improves; `formula.better`, higher where it is not said."""
UNITS = ("percent", "ratio", "day", "case", "TWD")
_HEAD = ("id", "name", "summary", "decimals")


@dataclass(frozen=True)
class KpiVersion:
    """A KPI as it stands in force from one year until its next change.

    Parameters
    ----------
    kpi
        The definition's id.
    version
        The ROC year since which all of it holds.
    rule
        Which closed cases are effective.
    indicators
        Formula of each indicator in the counts, by name (`I1`, `I2`).
    formula
        The KPI as written, in counts and indicators.
    unit, decimals
        How the value is printed; a value in percent is printed times 100.
    is_higher_better
        Whether more of the KPI is better.
    """

    kpi: str
    version: int
    rule: EffectiveRule
    indicators: Mapping[str, Formula]
    formula: Formula
    unit: str
    decimals: int
    is_higher_better: bool = True


@dataclass(frozen=True)
class Definition:
    """A KPI with its whole history.

    Parameters
    ----------
    id, name, summary
        Identifier, and name and one sentence in each language.
    versions
        Its versions by the year since which they hold, in order.
    targets
        Target value by the year since which it holds, in the KPI's printed unit.
    references
        Reference of each dated entry, by section and year.
    files
        The file that it was read from, then those that it extends.
    """

    id: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    versions: Mapping[int, KpiVersion]
    targets: Mapping[int, Fraction]
    references: Mapping[tuple[str, int], str]
    files: tuple[Path, ...]

    def in_force(self, year: int) -> KpiVersion:
        """Return the version in force in a ROC year.

        Raises
        ------
        InputError
            If none is yet.
        """
        begun = [since for since in self.versions if since <= year]
        if not begun:
            raise InputError(
                f"{self.id} is not defined for year {year}: its first version is "
                f"{min(self.versions)}."
            )
        return self.versions[max(begun)]

    def version(self, version: int) -> KpiVersion:
        """Return a version by its name, the year since which it holds.

        Raises
        ------
        InputError
            If there is no version of that name.
        """
        if version not in self.versions:
            known = ", ".join(str(since) for since in self.versions)
            raise InputError(f"{self.id} has no version {version}: it has {known}.")
        return self.versions[version]

    def target(self, year: int) -> Fraction | None:
        """Return the target set for exactly this ROC year, in the printed unit, or None."""
        return self.targets.get(year)


def check_version(version: KpiVersion) -> KpiVersion:
    """Return a version as it is.

    Raises
    ------
    InputError
        If it is none; a definition has one for each year.
    """
    if isinstance(version, KpiVersion):
        return version
    if isinstance(version, Definition):
        raise InputError(
            f"version: {version.id} is a definition; take the version in force in a year, such as "
            "definition.in_force(107)."
        )
    raise InputError(f"version: must be a KpiVersion, found {version!r}.")


def read_definition(path: Path, find: Callable[[str], Path]) -> Definition:
    """Return the definition in a file, with what it extends.

    Parameters
    ----------
    path
        The YAML file.
    find
        Returns the file of an id that `extends` names.

    Raises
    ------
    InputError
        Naming file and key, if anything in it is wrong.
    """
    files: list[Path] = []
    document = _extended(path, find, files)
    versions = _versions(document, path)
    return Definition(
        id=document["id"],
        name=check_languages(document["name"], f"{path}: name"),
        summary=check_languages(document["summary"], f"{path}: summary"),
        versions=versions,
        targets=_targets(document, path),
        references={
            (section, year): entry["reference"]
            for section in (*SECTIONS, "targets")
            for year, entry in document.get(section, {"since": {}})["since"].items()
        },
        files=tuple(files),
    )


def _extended(path: Path, find: Callable[[str], Path], files: list[Path]) -> dict[str, Any]:
    if path in files:
        raise InputError(f"{path}: extends: the files extend each other in a circle.")
    files.append(path)
    document = read_document(path)
    if "extends" not in document:
        check_keys(document, str(path), _HEAD[:1], (*_HEAD, *SECTIONS, "targets", "extends"))
        for key in (*_HEAD, *SECTIONS):
            if key not in document:
                raise InputError(
                    f"{path}: the key {key!r} is missing, or 'extends': a proposal names the "
                    "definition that it extends, as in `extends: effective_closure_rate`."
                )
        _check_head(document, path)
        return document
    check_keys(
        document,
        str(path),
        required=("id", "name", "summary", "extends"),
        optional=("decimals", *SECTIONS, "targets"),
    )
    if not isinstance(document["extends"], str):
        raise InputError(f"{path}: extends: must be the id of a definition.")
    try:
        base_path = find(document["extends"])
    except InputError as error:
        raise InputError(f"{path}: extends: {error}") from None
    base = _extended(base_path, find, files)
    changed_formula = "formula" in document
    inherited = {
        key: value for key, value in base.items() if not (key == "targets" and changed_formula)
    }
    own = {key: value for key, value in document.items() if key != "extends"}
    merged = inherited | own
    _check_head(merged, path)
    return merged


def _check_head(document: dict[str, Any], path: Path) -> None:
    if document["id"] != path.stem:
        raise InputError(
            f"{path}: id: must be the file's name, {path.stem!r}, found {document['id']!r}."
        )
    if not path.stem.isidentifier():
        raise InputError(
            f"{path}: id: must be letters, digits and underscores, as must the file's name."
        )
    decimals = document["decimals"]
    if not isinstance(decimals, int) or isinstance(decimals, bool) or not 0 <= decimals <= 10:
        raise InputError(f"{path}: decimals: must be a whole number from 0 to 10.")
    for section in (*SECTIONS, "targets"):
        if section in document:
            _check_section(document[section], f"{path}: {section}", section)
    unit = document["formula"]["unit"]
    if "targets" in document and document["targets"]["unit"] != unit:
        raise InputError(
            f"{path}: targets.unit: must be the formula's, {unit!r}, "
            f"found {document['targets']['unit']!r}."
        )


def _check_section(section: Any, where: str, name: str) -> None:
    check_keys(
        section, where, required=("unit", "since"), optional=("better",) * (name == "formula")
    )
    if section.get("better", "higher") not in BETTER:
        raise InputError(
            f"{where}.better: must be one of {', '.join(BETTER)}, found {section['better']!r}."
        )
    if not isinstance(section["unit"], str):
        raise InputError(f"{where}.unit: must be words, found {section['unit']!r}.")
    if name == "formula" and section["unit"] not in UNITS:
        raise InputError(f"{where}.unit: must be one of {', '.join(UNITS)}.")
    if not isinstance(section["since"], dict) or not section["since"]:
        raise InputError(f"{where}.since: must hold at least one ROC year with its value.")
    optional = ("comparison",) if name == "ratios" else ()
    for year, entry in section["since"].items():
        if not isinstance(year, int) or isinstance(year, bool) or not 1 <= year <= 999:
            raise InputError(f"{where}.since: {year!r} is not a ROC year.")
        check_keys(entry, f"{where}.since.{year}", ("value", "reference"), optional)
        if not isinstance(entry["reference"], str) or not entry["reference"].strip():
            raise InputError(f"{where}.since.{year}.reference: must say where this is from.")


def _versions(document: dict[str, Any], path: Path) -> dict[int, KpiVersion]:
    years = sorted({year for section in SECTIONS for year in document[section]["since"]})
    first = max(min(document[section]["since"]) for section in SECTIONS)
    return {year: _version(document, path, year) for year in years if year >= first}


def _version(document: dict[str, Any], path: Path, year: int) -> KpiVersion:
    entries, places = {}, {}
    for section in SECTIONS:
        since = max(begun for begun in document[section]["since"] if begun <= year)
        entries[section] = document[section]["since"][since]
        places[section] = f"{path}: {section}.since.{since}.value"
    indicators = _indicators(entries["indicators"]["value"], places["indicators"])
    return KpiVersion(
        kpi=document["id"],
        version=year,
        rule=read_rule(entries, places),
        indicators=indicators,
        formula=_formula(entries["formula"]["value"], indicators, places["formula"]),
        unit=document["formula"]["unit"],
        decimals=document["decimals"],
        is_higher_better=document["formula"].get("better", "higher") == "higher",
    )


def _indicators(value: Any, where: str) -> dict[str, Formula]:
    if not isinstance(value, dict):
        raise InputError(f"{where}: must hold indicators by name, found {value!r}.")
    if len(value) > MOST_INDICATORS:
        raise InputError(f"{where}: {len(value)} indicators, and {MOST_INDICATORS} are the most.")
    for name in value:
        if not isinstance(name, str) or not name.isidentifier() or name in COUNT_NAMES:
            raise InputError(f"{where}: {name!r} cannot name an indicator.")
    return {name: _formula(text, {}, f"{where}.{name}") for name, text in value.items()}


def _formula(text: Any, indicators: Mapping[str, Formula], where: str) -> Formula:
    formula = parse_formula(text, (*COUNT_NAMES, *indicators), where)
    check_bounds(formula, indicators, where)
    return formula


def _targets(document: dict[str, Any], path: Path) -> dict[int, Fraction]:
    entries = document.get("targets", {"since": {}})["since"]
    targets = {
        year: exact_decimal(entry["value"], f"{path}: targets.since.{year}.value")
        for year, entry in sorted(entries.items())
    }
    for year, target in targets.items():
        if not target:
            raise InputError(f"{path}: targets.since.{year}.value: a target must be over 0.")
    return targets


def tier_names(path: Path) -> set[str]:
    """Return the names of the tiers that a definition's file has, in any year."""
    since = read_document(path).get("tiers", {"since": {}})["since"]
    return {name for entry in since.values() for name in entry["value"]}
