"""In which order the pieces of a document are set, and what of them is broken or made smaller.

A table or chart that fits no more moves to the next page, with what leads to it; where that would
leave much of the page empty, what follows moves up before it, within its part of the document and
past none of its own kind, or a chart is made smaller, or a table is broken. Of all such plans the
one is taken that leaves least empty and disturbs least.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

GAP = 0.015
"""The white space below a piece, of a page's height, which may fall off a page's end."""
_PART = 2
"""Level of the headings of a document's parts, which nothing passes."""
_LINE = 0.025
"""Of a page's height, about one line of text and its leading."""
_FULL = 0.999
_MOST_EMPTY, _MOST_EMPTY_LAST = 0.23, 0.4
"""What may stay empty of a page, and of a part's last one."""
_SMALLEST, _WORDS = 0.9, 0.09
"""To what a chart may be made smaller, and the height of its caption and notes, which are not."""
_SMALL_PART = 0.25
"""Of a broken table: two or three rows, with its notes."""
_EMPTY, _TOO_EMPTY, _BROKEN, _SCRAP = 1.0, 40.0, 0.5, 0.7
_MOVED, _PAST_HEADING, _SMALLER = 0.06, 0.2, 0.5
"""Costs: of an empty page, of each part that is too empty, of a broken table, of a small part of
one; of moving past a piece, of doing so past a heading, and of what a chart gets smaller."""


@dataclass(frozen=True)
class PagePiece:
    """What is not parted by a plan.

    Attributes:
        kind: `text`, `solid` (which does not break), `chart`, `table`.
        height: Its height, of a page's height; 0 to any.
        name: Of a table or chart.
        start: Of a table that may be broken, the height of what must stand on its first page; 0 of
            others.
        extra: What it takes more where it is broken: its head again, and room lost between rows.
        level: Of the heading it begins with, 1 or more; 0 without one.
        leads: Whether it stays with the next piece, and moves with it.
        is_bare: Whether it ends in a heading, which stays with the next piece where it is.
    """

    kind: str
    height: float
    name: str = ""
    start: float = 0
    extra: float = 0
    level: int = 0
    leads: bool = False
    is_bare: bool = False

    @property
    def least(self) -> float:
        """The height of what must stand together at its beginning."""
        if self.kind == "text":
            return min(self.height, 2 * _LINE + (2 * _LINE if self.level else 0))
        return self.height


class PagePlan(NamedTuple):
    """An order of the pieces, which tables are broken, and which charts are made smaller, to what.

    `changed` has by name a chart's scale, 0 to 1, or 0 for a table that is broken; `stands` by
    place on which page, from 1, a piece starts, and where it ends: a half is mid-page.
    """

    order: tuple[int, ...]
    changed: dict[str, float]
    stands: dict[int, tuple[int, float]]


class _State(NamedTuple):
    """What is set, on which page, where that stands (0 to 1), and what waits to be set."""

    cost: float
    tie: int
    done: int = 0
    page: int = 1
    filled: float = 0.0
    waiting: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    changed: tuple[tuple[str, float], ...] = ()
    stands: tuple[tuple[int, tuple[int, float]], ...] = ()


def planned(pieces: Sequence[PagePiece]) -> PagePlan:
    """Return the plan of least cost, found by the shortest path over what may be set next."""
    ties, seen = count(), set[tuple[int, float, tuple[int, ...]]]()
    queue = [_State(0.0, next(ties))]
    while True:
        state = heapq.heappop(queue)
        if state.done > len(pieces):
            return PagePlan(state.order, dict(state.changed), dict(state.stands))
        key = (state.done, round(state.filled, 2), state.waiting)
        if key not in seen:
            seen.add(key)
            for following in _following(state, pieces):
                heapq.heappush(queue, following._replace(tie=next(ties)))


def _following(state: _State, pieces: Sequence[PagePiece]) -> list[_State]:
    """Return what may come next: what waits, the next piece, or the next piece made to wait."""
    if state.done == len(pieces) and not state.waiting:
        rest = state.cost + _EMPTY * (1 - state.filled)
        return [state._replace(cost=rest, done=state.done + 1)]
    found = []
    if state.waiting:
        found += _set(state, state.waiting, pieces, waiting=())
    if state.done < len(pieces):
        unit = _unit(state.done, pieces)
        if not state.waiting or _may_pass(unit, state.waiting, pieces):
            past = _MOVED * len(unit) if state.waiting else 0.0
            past += _PAST_HEADING * (pieces[unit[0]].level > 0) if state.waiting else 0.0
            after = state._replace(cost=state.cost + past, done=unit[-1] + 1)
            found += _set(after, unit, pieces, waiting=state.waiting)
        if not state.waiting and _may_wait(unit, pieces):
            found.append(state._replace(done=unit[-1] + 1, waiting=unit))
    return found


def _unit(first: int, pieces: Sequence[PagePiece]) -> tuple[int, ...]:
    """Return a piece with those after it that it must stand with."""
    last = first
    while last + 1 < len(pieces) and (pieces[last].leads or pieces[last].is_bare):
        last += 1
    return tuple(range(first, last + 1))


def _may_wait(unit: tuple[int, ...], pieces: Sequence[PagePiece]) -> bool:
    """Say whether a table or chart may move down, with what leads to it."""
    *leads, last = (pieces[place] for place in unit)
    return last.kind in ("table", "chart") and all(lead.leads and not lead.level for lead in leads)


def _may_pass(unit: tuple[int, ...], waiting: tuple[int, ...], pieces: Sequence[PagePiece]) -> bool:
    """Say whether pieces may be set before one that waits: not a new part, nor one of its kind."""
    kind = pieces[waiting[-1]].kind
    return all(
        pieces[place].kind != kind and not 0 < pieces[place].level <= _PART for place in unit
    )


def _set(
    state: _State, unit: tuple[int, ...], pieces: Sequence[PagePiece], waiting: tuple[int, ...]
) -> list[_State]:
    """Return the states after a unit is set here, or on the next page where it does not fit.

    The last page of a part may stay emptier than others.
    """
    last, led = pieces[unit[-1]], sum(pieces[place].height for place in unit[:-1])
    after = state._replace(order=(*state.order, *unit), waiting=waiting)
    left = 1 - state.filled
    found = _set_here(after, unit[-1], last, led)
    if led + last.height <= left + GAP or (last.kind == "text" and led + last.least <= left):
        return found
    is_part = 0 < pieces[unit[0]].level <= _PART
    too_empty = max(0.0, left - (_MOST_EMPTY_LAST if is_part else _MOST_EMPTY))
    cost = state.cost + _EMPTY * left + _TOO_EMPTY * too_empty
    moved = after._replace(page=state.page + 1, filled=0.0, cost=cost)
    return found + _set_here(moved, unit[-1], last, led)


def _set_here(state: _State, place: int, last: PagePiece, led: float) -> list[_State]:
    """Return the states after a unit is set as it is, smaller, or broken."""
    left, height, found = 1 - state.filled, led + last.height, []
    if height <= left + GAP:
        filled = min(_FULL, state.filled + height)
        found.append(state._replace(filled=filled))
    elif last.kind == "text" and led + last.least <= left:
        found.append(_grown(state, height))
    elif last.start and led + last.start <= left:
        part = left - led
        is_scrap = min(part, last.height - part) < _SMALL_PART * last.height
        cost = 0.0 if last.height > 1 else _BROKEN + _SCRAP * is_scrap
        found.append(_changed(_grown(state, height + last.extra), last, 0.0, cost))
    elif not state.filled:  # what is longer than a page
        found.append(_grown(state, height))
    if last.kind == "chart":
        found += _smaller(state, last, state.filled + height)
    return [
        one._replace(stands=(*one.stands, (place, (state.page, one.page + one.filled))))
        for one in found
    ]


def _smaller(state: _State, chart: PagePiece, filled: float) -> list[_State]:
    """Return the state after a chart is made as small as it must be, where that is not too small.

    Where it need not be, it is made as small as it may be, for what comes after it.
    """
    drawn = max(chart.height - _WORDS, _WORDS)
    scale = 1 - (filled - 1) / drawn if filled > 1 + GAP else _SMALLEST
    if scale < _SMALLEST:
        return []
    scale = math.floor(100 * scale) / 100
    smaller = state._replace(filled=min(_FULL, filled - (1 - scale) * drawn))
    return [_changed(smaller, chart, scale, _SMALLER * (1 - scale))]


def _changed(state: _State, piece: PagePiece, scale: float, cost: float) -> _State:
    changed = (*state.changed, (piece.name, scale))
    return state._replace(cost=state.cost + cost, changed=changed)


def _grown(state: _State, height: float) -> _State:
    """Return the state after so much is set, over as many pages as it takes."""
    pages, filled = divmod(state.filled + height, 1)
    return state._replace(page=state.page + int(pages), filled=filled)
