"""The register of readings: what the source leaves open, what is adopted, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.records.documents import (
    LANGUAGES,
    check_keys,
    check_languages,
    nearest,
    read_document,
)
from closurerate.records.paths import kpi_folder


@dataclass(frozen=True)
class Reading:
    """One open question.

    Parameters
    ----------
    question, reason
        What is open, and why the adopted option was chosen, by language.
    adopted
        Name of the option that is computed.
    options
        Each option by name: its words by language, and its values where it has any.
    is_sourced
        False where nobody has supplied a reference for the adopted option's values.
    """

    question: Mapping[str, str]
    adopted: str
    options: Mapping[str, Mapping[str, Any]]
    reason: Mapping[str, str]
    is_sourced: bool

    def option(self) -> Mapping[str, Any]:
        """Return the adopted option."""
        return self.options[self.adopted]


def adopted(name: str) -> str:
    """Return the adopted option of a reading."""
    return load_readings(kpi_folder() / "readings.yml")[name].adopted


@lru_cache(maxsize=4)
def load_readings(path: Path) -> Mapping[str, Reading]:
    """Read and validate the register.

    Parameters
    ----------
    path
        The file, such as `data/kpi/readings.yml`.

    Raises
    ------
    InputError
        Naming file and key: an unknown or missing key, a missing language, an adopted option that
        there is not.
    """
    document = check_keys(read_document(path), str(path), required=("readings",))
    return {
        name: _reading(entry, f"{path}: {name}") for name, entry in document["readings"].items()
    }


def _reading(entry: Any, where: str) -> Reading:
    check_keys(entry, where, ("question", "adopted", "options", "reason"), optional=("status",))
    options = entry["options"]
    if not isinstance(options, dict):
        raise InputError(f"{where}.options: must hold keys and values, found {options!r}.")
    if entry["adopted"] not in list(options):  # it may be of any kind
        near = nearest(entry["adopted"], options)
        raise InputError(f"{where}.adopted: {entry['adopted']!r} is no option{near}.")
    for name, option in options.items():
        check_keys(option, f"{where}.options.{name}", LANGUAGES, optional=("unit", "since"))
    return Reading(
        question=check_languages(entry["question"], f"{where}.question"),
        adopted=entry["adopted"],
        options=options,
        reason=check_languages(entry["reason"], f"{where}.reason"),
        is_sourced=entry.get("status") != "unsourced",
    )
