"""What the released numbers of a year give away, and which of them would have to be withheld."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from closurerate.audit.disclosure.cube import Count, Cube, few
from closurerate.audit.disclosure.outsider import Narrowed, Outsider
from closurerate.audit.disclosure.released import AMOUNT, Pages, lists_of, read_pages, row_words
from closurerate.cases.profile import largest_cases
from closurerate.errors import InputError
from closurerate.kpi.counts import KEYS
from closurerate.press.text import said
from closurerate.records.paths import cases_folder
from closurerate.study.disclosure import is_dominated
from closurerate.study.settings import DisclosureRules
from closurerate.year.cases_page import BANDS, banded
from closurerate.year.kpi_year import KpiData


@dataclass(frozen=True)
class GivenAway:
    """What a year's pages tell of few cases.

    Attributes:
        protected: Counts of 1 to the least count less 1 that nobody may know.
        narrowed: Those of which more can be known than that they are few.
        dominated: Amounts on the pages, as parts of lists, mostly of one case.
    """

    pages: Pages
    cube: Cube
    protected: tuple[Count, ...]
    narrowed: tuple[Narrowed, ...]
    dominated: tuple[Count, ...] = ()


def given_away(data: KpiData, folder: Path, rules: DisclosureRules) -> GivenAway:
    """Return what the pages below a folder give away of the cases of a year.

    Raises:
        InputError: If there are none, or they print another count than the case data have.
    """
    members = {key: list(data.counts[key].dropna().unique()) for key in KEYS}
    words = row_words(data.cases, data.version.rule, members)
    pages = read_pages(folder, words, data.definition.id)
    told = {key for count in pages.counts for key, _ in count.where}
    lists = {name: parts for name, parts in lists_of(data.cases).items() if name in told}
    cube = Cube(data.counts, data.version.rule, lists)
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
    return GivenAway(pages, cube, protected, found, tuple(_dominated(data, pages, rules)))


def _dominated(data: KpiData, pages: Pages, rules: DisclosureRules) -> Iterator[Count]:
    """Give the shares of referred amounts on the pages of which one case makes too much."""
    file = cases_folder(data.year, data.folder) / "cases.parquet"
    largest = largest_cases(file, data.year) if pages.amounts else {}
    for name, (edge, *_, heading) in BANDS.items():
        for label, row in banded(data.cases, name).iterrows():
            one = Count(AMOUNT, ((heading, said(label, "en")),))
            most = largest.get(name, {}).get(row[edge], 0)
            if one in pages.amounts and is_dominated(most, int(row[AMOUNT]), rules):
                yield one
