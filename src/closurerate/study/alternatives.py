"""The KPIs that a year's own is set beside: those that the study declares, `data/study.yml`."""

from dataclasses import dataclass
from pathlib import Path

from closurerate.errors import InputError
from closurerate.kpi.definition import Definition, read_definition
from closurerate.records.paths import data_folder, definition_files, kpi_file
from closurerate.study.settings import read_settings


@dataclass(frozen=True)
class Alternatives:
    """The definitions that a study compares, and why declared ones are not among them.

    Args:
        sound: The year's own KPI, then those in force in the year in the declared order.
        damaged: What is wrong with each declared definition that cannot be read: file, key, reason.
    """

    sound: tuple[Definition, ...]
    damaged: tuple[str, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that all of them were read from, each once."""
        return tuple(dict.fromkeys(file for item in self.sound for file in item.files))


def read_alternatives(year: int, first: str = "effective_closure_rate") -> Alternatives:
    """Return the year's own KPI (`first`, an id or a path) and the declared alternatives, checked.

    InputError if the first one is damaged, or the list itself is.
    """
    sound, damaged = [read_definition(kpi_file(first), kpi_file)], []
    for name in read_settings(data_folder() / "study.yml").alternatives:
        if name == sound[0].id:
            continue
        try:
            definition = read_definition(kpi_file(name), kpi_file)
        except InputError as error:
            damaged.append(str(error))
            continue
        if min(definition.versions) <= year:
            sound.append(definition)
    return Alternatives(tuple(sound), tuple(damaged))


def alternatives(year: int, first: str = "effective_closure_rate") -> tuple[Definition, ...]:
    """Return the sound definitions of `read_alternatives`."""
    return read_alternatives(year, first).sound


def damaged_definitions() -> tuple[str, ...]:
    """Return what is wrong with each definition that lies in the project, declared or not."""
    found, taken = [], {file.stem: file for file in definition_files()}
    for file in definition_files():
        try:
            if taken[file.stem] != file:
                raise InputError(f"{file}: id: {file.stem!r} is the id of {taken[file.stem]}.")
            read_definition(file, kpi_file)
        except InputError as error:
            found.append(str(error))
    return tuple(found)
