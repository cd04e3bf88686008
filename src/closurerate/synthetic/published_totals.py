"""The published totals that a synthetic extract of a year has to meet."""

from closurerate.errors import InputError
from closurerate.kpi.definition import read_definition
from closurerate.records.paths import kpi_file
from closurerate.records.published import (
    Published,
    feasible_by_reading,
    published_until,
)
from closurerate.records.readings import adopted
from closurerate.synthetic.totals import PanelTotals, YearTotals


def panel_of(year: int) -> PanelTotals:
    """Return the totals of a year and of the printed year beside it, the earlier one if there is.

    They are counted by the official rule; effective cases that are not printed are taken from the
    middle of what the printed rate allows.

    Raises:
        InputError: If the year's totals, or a neighbour's, are not published.
    """
    known = published_until(year + 1)
    pairs = [(first, first + 1) for first in (year - 1, year) if {first, first + 1} <= {*known}]
    if not pairs:
        raise InputError(
            f"a synthetic extract of year {year} cannot be made: it takes the printed totals of "
            f"that year and one beside it, and data/published has those of "
            f"{', '.join(map(str, known)) or 'no year'}; put the agency's extract into "
            f"data/raw/{year}/."
        )
    first, second = pairs[0]
    before, after = _totals(known[first]), _totals(known[second])
    official = read_definition(kpi_file("effective_closure_rate"), kpi_file)
    return PanelTotals(first, before, after, official.in_force(year).rule)


def _totals(published: Published) -> YearTotals:
    new, closed, pending, collected = (
        int(published[name].value) for name in ("new", "closed", "pending", "collected")
    )
    effective = (
        int(published["effective"].value)
        if "effective" in published
        else feasible_by_reading(published)[adopted("measure_106")].middle
    )
    return YearTotals(new, closed, effective, pending, collected)
