"""How the pieces of a document are put on pages.

A piece is a cell of words or a thing shown. The document is set once as a galley, one page without
end, which tells how high each piece is; from the heights the pages are planned (`export.plan`), and
Typst then sets them. Where it finds no room for one, as lines break otherwise over pages than in
the galley, they are planned anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from closurerate.press.export.plan import GAP, PagePiece, PagePlan, planned
from closurerate.press.print.layout import KEPT_ROWS
from closurerate.press.print.looks import PAGE_BOTTOM_CM, PAGE_TOP_CM, PAPER_CM, POINTS_PER_CM

PIECE = "\n//% piece\n"
"""What parts the pieces in the source."""
_TOP_PT = PAGE_TOP_CM * POINTS_PER_CM
_PAGE_PT = (PAPER_CM - PAGE_TOP_CM - PAGE_BOTTOM_CM) * POINTS_PER_CM
"""Where a page's text begins, and its height."""
_TRIES = 6
_CAPTION = 0.03
"""Height of a table's caption, which is not repeated with its head, and with room lost at rows."""
_WHOLE_ROWS = 2 * KEPT_ROWS + 1
"""A table of no more rows is never broken."""


def piece_typst(flow: Mapping[str, Any] | None) -> str:
    """Return what begins a piece in the source, with what `leads.MarkLeads` tells of words."""
    items = flow.items() if flow else ()
    facts = "".join(f", {name}: {str(value).lower()}" for name, value in items)
    return f'{PIECE}#report-tell("piece"{facts});\n'


def told_pieces(told: Sequence[Mapping[str, Any]]) -> list[PagePiece]:
    """Return the pieces of a galley, of which the template told in order, to its end."""
    starts = [place for place, one in enumerate(told) if one["kind"] in ("piece", "end")]
    return [
        _piece(told[first], told[first + 1 : end], told[end]["at"])
        for first, end in pairwise(starts)
    ]


def share_of_page(at: float) -> float:
    """Return how far down a page's text a place is, 0 to 1, from points below the page's edge."""
    return (at - _TOP_PT) / _PAGE_PT


def _piece(begins: Mapping[str, Any], inside: Sequence[Mapping[str, Any]], end: float) -> PagePiece:
    words = "text" if "level" in begins else "solid"
    shown = inside[0] if inside else {}
    may_break = shown.get("rows", 0) > _WHOLE_ROWS
    return PagePiece(
        kind=shown.get("kind", words),
        height=(end - begins["at"]) / _PAGE_PT,
        name=shown.get("name", ""),
        start=shown["start"] / _PAGE_PT if may_break else 0,
        extra=shown["start"] / _PAGE_PT - _CAPTION if may_break else 0,
        **{name: begins.get(name, False) for name in ("level", "leads", "is_bare")},
    )


def settled(
    pieces: Sequence[PagePiece], set_with: Callable[[PagePlan], Sequence[tuple[int, float]]]
) -> PagePlan:
    """Return a plan that Typst keeps, or the last that was tried.

    Args:
        set_with: Sets the document by a plan, and returns of each piece, in the plan's order, on
            which page it starts, from 1, and how far down, 0 to 1; at last where the document ends.
    """
    for _ in range(_TRIES):
        plan = planned(pieces)
        found = _mended(pieces, plan, set_with(plan))
        if found is None:
            break
        pieces = found
    return plan


def _mended(
    pieces: Sequence[PagePiece], plan: PagePlan, stood: Sequence[tuple[int, float]]
) -> list[PagePiece] | None:
    """Return the pieces with heights put right; None where all stand as they were to."""
    mended = list(pieces)
    pairs = zip(plan.order, stood, stood[1:], strict=False)
    for place, (page, _), (end_page, end_down) in pairs:
        if place not in plan.stands:
            continue
        piece, (start, end) = pieces[place], plan.stands[place]
        if page != start:  # there was less room than the galley told, or more
            more = 2 * GAP if page > start else -2 * GAP
            mended[place] = replace(piece, height=max(0.0, piece.height + more))
            break
        more = end_page + end_down - end
        is_broken = plan.changed.get(piece.name) == 0
        if is_broken and end_page == int(end) and abs(more) > GAP:
            mended[place] = replace(piece, extra=piece.extra + more)
    return None if mended == list(pieces) else mended
