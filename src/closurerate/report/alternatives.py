"""The KPIs that a year's own is set beside: those that the study declares, `data/study.yml`."""

from dataclasses import dataclass

from closurerate.errors import InputError
from closurerate.kpi.definition import Definition, read_definition
from closurerate.paths import data_folder, kpi_file
from closurerate.study.settings import read_settings


@dataclass(frozen=True)
class Alternatives:
    """The definitions that a study compares, and why declared ones are not among them.

    Parameters
    ----------
    sound
        Those in force in the year: the year's own KPI, then the others in the declared order.
    damaged
        What is wrong with each declared definition that cannot be read: file, key, reason.
    """

    sound: tuple[Definition, ...]
    damaged: tuple[str, ...]


def read_alternatives(year: int, first: str = "effective_closure_rate") -> Alternatives:
    """Return the declared alternatives, read and checked.

    Parameters
    ----------
    year
        ROC year.
    first
        Id of the year's own KPI, or a path to its file.

    Raises
    ------
    InputError
        If the first one is damaged or not in force in the year, or the list itself is damaged.
    """
    sound, damaged = [read_definition(kpi_file(first), kpi_file)], []
    sound[0].in_force(year)
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
