"""What the released numbers of a year give away, and which of them would have to be withheld."""

from dataclasses import dataclass
from pathlib import Path

from closurerate.audit.disclosure.cube import Count, Cube, few
from closurerate.audit.disclosure.outsider import Narrowed, Outsider
from closurerate.audit.disclosure.released import Pages, read_pages, row_words
from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS
from closurerate.study.settings import DisclosureRules
from closurerate.year.kpi_year import KpiData


@dataclass(frozen=True)
class GivenAway:
    """What a year's pages tell of few cases.

    Attributes:
        protected: Counts of 1 to the least count less 1 that nobody may know.
        narrowed: Those of which more can be known than that they are few.
    """

    pages: Pages
    cube: Cube
    protected: tuple[Count, ...]
    narrowed: tuple[Narrowed, ...]


def given_away(data: KpiData, folder: Path, rules: DisclosureRules) -> GivenAway:
    """Return what the pages below a folder give away of the cases of a year.

    Raises:
        InputError: If there are none, or they print another count than the case data have.
    """
    members = {key: list(data.counts[key].dropna().unique()) for key in KEYS}
    pages = read_pages(folder, row_words(data.cases, data.version.rule, members))
    cube = Cube(data.counts, data.version.rule, pages.lists)
    for count, places in pages.counts.items():
        for one in places:
            if one.value is not None and one.value != cube.value(count):
                raise InputError(
                    f"{folder}: {one.place} prints {one.value} where {cube.value(count)} cases are "
                    "counted; make the pages again."
                )
    protected = tuple(few(cube, rules.least_count))
    outsider = Outsider(cube, tuple(pages.counts))
    found = tuple(outsider.narrowed(protected, rules.least_count))
    return GivenAway(pages, cube, protected, found)
