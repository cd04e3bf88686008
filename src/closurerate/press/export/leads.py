"""Which words lead to a table, a chart or figures, and so stay with them on paper."""

from itertools import pairwise
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from closurerate.press.print.frame import TYPST

_CHART = "#report-chart("
_LED_TO = (_CHART, "#report-table(", "#report-key-figures(", "#report-box(")
_LEADING = ("#report-finding(",)


class MarkLeads(Preprocessor):
    """Marks as `leads` each cell of words, and output of words, that stands right before one.

    A heading right before a chart is marked as `heads`.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook with its marks."""
        for before, after in pairwise(_pieces(nb)):
            before.metadata["heads"] = _typst(after).startswith(_CHART) and _is_heading(before)
            before.metadata["leads"] = _typst(after).startswith(_LED_TO) and (
                not _typst(before) or _typst(before).startswith(_LEADING)
            )
        return nb, resources


def _pieces(nb: NotebookNode) -> list[NotebookNode]:
    """Return cells of words, and what the others show, in order."""
    return [
        piece
        for cell in nb.cells
        for piece in ([cell] if cell.cell_type == "markdown" else cell.get("outputs", []))
    ]


def _is_heading(piece: NotebookNode) -> bool:
    """Say whether a cell ends in a heading, without a word below it."""
    lines = piece.get("source", "").strip().splitlines()
    return bool(lines) and lines[-1].startswith("#")


def _typst(piece: NotebookNode) -> str:
    return str(piece.get("data", {}).get(TYPST, ""))
