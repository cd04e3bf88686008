"""Which tables and charts give way, lest a page stay empty where they do not fit any more.

A table or chart that fits no more moves to the next page. Where that left more than a quarter of
the page empty, a chart goes to the head of the next page alone and the text moves up, a table is
broken, and what was to start a page starts none. Typst knows where things stand only once all is
set; so it is set again with each that is found, the first first, until none is.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import TypedDict

MOST_EMPTY = 0.25
"""Of a page's height, what may stay empty above the next page's figure."""


class Place(TypedDict):
    """Where a figure or a new page starts, or anything ends.

    Attributes:
        kind: `chart`, `table`, `page`; or, without a name, `head` (of a chart) or `end`.
        page: Its number.
        left: The share of the page's text height below this.
    """

    kind: str
    name: str
    page: int
    left: float


def giving_way(places_with: Callable[[list[str]], list[Place]]) -> list[str]:
    """Return the names of the figures that give way.

    Args:
        places_with: Sets the document with these giving way, and returns the places in it.
    """
    found: list[str] = []
    while name := _first_pushed(places_with(found), found):
        found.append(name)
    return found


def _first_pushed(places: list[Place], found: list[str]) -> str:
    """Return the first figure that leaves too much of a page empty; none as the empty text."""
    standing = [place for place in places if place["name"] not in found]
    for before, place in pairwise(place for place in standing if place["kind"] != "head"):
        # Where it passes a whole page, that has only charts which gave way, and room.
        least = MOST_EMPTY if place["page"] == before["page"] + 1 else 0
        is_pushed = place["page"] > before["page"] and before["left"] > least
        if place["kind"] != "end" and is_pushed and not _is_headed(place, standing):
            return place["name"]
    return ""


def _is_headed(figure: Place, places: list[Place]) -> bool:
    """Say whether only a heading stands above a figure, which must not leave it."""
    return places[places.index(figure) - 1]["kind"] == "head"
