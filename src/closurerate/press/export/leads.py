"""What words lead to: a table, a chart or figures, with which they stay on paper."""

import copy
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from closurerate.press.print.frame import TYPST

_LED_TO = ("#report-chart(", "#report-table(", "#report-key-figures(", "#report-box(")
_NO_PARAGRAPH = ("#", "-", "*", ">", "|", "```", "    ", "1.", "$$")
_LEADING = ("#report-finding(",)


class MarkLeads(Preprocessor):
    """Tells of each cell of words and each output how it stands to the next, as `flow`.

    `leads`: it stays with what follows; `level`: of the heading it begins with, 0 without;
    `is_bare`: it ends in a heading. A paragraph that leads gets a cell of its own.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with its marks."""
        following: NotebookNode | None = None
        for place in reversed(range(len(nb.cells))):
            if _typst(following).startswith(_LED_TO):
                nb.cells[place : place + 1] = _parted(nb.cells[place])
            following = next(iter(_pieces([nb.cells[place]])), following)
        pieces = _pieces(nb.cells)
        for piece, following in zip_longest(pieces, pieces[1:]):
            typst, lines = _typst(piece), _markdown(piece).split("\n")
            headings = [line.startswith("#") for line in lines if line.strip()] or [False]
            piece.metadata["flow"] = {
                "leads": _typst(following).startswith(_LED_TO)
                and (not typst or typst.startswith(_LEADING))
                and not headings[-1],
                "level": len(lines[0].partition(" ")[0]) if headings[0] else 0,
                "is_bare": headings[-1],
            }
        return nb, resources


def _parted(cell: NotebookNode) -> list[NotebookNode]:
    """Return a cell of words as two, the last paragraph in one of its own."""
    before, gap, last = cell.source.strip().rpartition("\n\n")
    if cell.cell_type != "markdown" or not gap or last.startswith(_NO_PARAGRAPH):
        return [cell]
    cells = [copy.deepcopy(cell), copy.deepcopy(cell)]
    cells[0].source, cells[1].source = before, last
    cells[1].metadata.pop("after_summary", None)
    cells[1]["id"] = f"{cell.get('id', 'cell')[:58]}-lead"
    return cells


def _pieces(cells: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Return cells of words, and what the others show, in order."""
    return [
        piece
        for cell in cells
        for piece in ([cell] if cell.cell_type == "markdown" else cell.get("outputs", []))
    ]


def _markdown(piece: NotebookNode) -> str:
    """Return a piece's words: those of its cell, or that it shows."""
    return str(piece.get("source", piece.get("data", {}).get("text/markdown", "")))


def _typst(piece: NotebookNode | None) -> str:
    return str(piece.get("data", {}).get(TYPST, "")) if piece else ""
