"""The KPIs that a year's own is set beside: every definition in `data/kpi` in force in the year."""

from closurerate.kpi.definition import Definition, read_definition
from closurerate.paths import kpi_file, kpi_ids


def alternatives(year: int, first: str = "effective_closure_rate") -> tuple[Definition, ...]:
    """Return the definitions in force in a ROC year: the named one, then the others by their id.

    Raises
    ------
    InputError
        If a definition is damaged, or the first one is not in force in the year.
    """
    definitions = [read_definition(kpi_file(first), kpi_file)]
    definitions[0].in_force(year)
    for name in kpi_ids():
        definition = read_definition(kpi_file(name), kpi_file)
        if definition.id != definitions[0].id and min(definition.versions) <= year:
            definitions.append(definition)
    return tuple(definitions)
