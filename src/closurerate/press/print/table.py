"""Tables as printed in one language, as HTML and as Typst."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from closurerate.errors import InputError
from closurerate.press.print.escape import html_text, typst_array
from closurerate.press.print.frame import Bundle, bundle, figure_html, figure_typst
from closurerate.press.print.labels import Evidence, Language, check_evidence, labels
from closurerate.press.print.layout import TableLayout, table_layout
from closurerate.press.print.markdown import is_wide
from closurerate.press.print.maths import cell_html, cell_typst

Align = Literal["left", "right", "center"]
_SHORT_NAME = 8
"""Characters of a row's name that stays on one line, a Han character counting for two."""
_SORTED_FROM = 10
"""A table of more rows can be sorted on its page."""


@dataclass(frozen=True)
class PrintedColumn:
    """A table's column: heading and alignment."""

    heading: str
    align: Align = "left"


@dataclass(frozen=True)
class PrintedTable:
    """A table of printed strings under a caption; the first column heads the rows.

    Args:
        columns: Two or more.
        rows: As many cells each as there are columns, which `press.table.Table` sees to; a cell may
            have several lines.
        caption: What the table says, without its number, which is counted.
        note, source: Lines below, without their labels; empty for none.
        evidence: What the figures rest on; None where they claim nothing.
        has_total: Whether the last row is a total, and is set apart.
        is_filtered: Whether a page can show the rows of one first cell alone.

    Raises:
        InputError: If a row has a cell that is no text, the caption is empty, the evidence is
            unknown, or the columns do not fit a page.
    """

    columns: tuple[PrintedColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    note: str = ""
    source: str = ""
    evidence: Evidence | None = None
    language: Language = "zh-Hant"
    has_total: bool = False
    is_filtered: bool = False

    def __post_init__(self) -> None:
        """Check what is printed, and that it fits a page."""
        where = f"table {self.caption!r}"
        if not self.caption.strip():
            raise InputError("a table has no caption: say in one line what it shows.")
        check_evidence(self.evidence, where)
        labels(self.language)
        for number, row in enumerate(self.rows, start=1):
            if not all(isinstance(cell, str) for cell in row):
                raise InputError(f"{where}: row {number} has a cell that is not printed text yet.")
        _ = self.layout

    @cached_property
    def layout(self) -> TableLayout:
        """Its measures in print."""
        header = tuple(column.heading for column in self.columns)
        return table_layout((header, *self.rows), f"table {self.caption!r}")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        lines = ["\t".join(row) for row in self.rows]
        return bundle(self._html(), self._typst(), "\n".join([self.caption, *lines]))

    def _html(self) -> str:
        layout = self.layout
        head = "".join(
            f'<th scope="col" role="columnheader" class="{column.align}">'
            f"{cell_html(column.heading)}</th>"
            for column in self.columns
        )
        body = "".join(self._row_html(row) for row in self.rows)
        whole = " whole" if layout.is_whole else ""
        kinds = " ".join(
            kind
            for kind, has in (
                ("has-total", self.has_total),
                ("filtered", self.is_filtered),
                ("stack", not layout.is_slim or "<math" in body),  # a formula does not wrap
                ("sortable", len(self.rows) - self.has_total > _SORTED_FROM),
            )
            if has
        )
        every = f' data-all="{html_text(labels(self.language)["all"])}"' if self.is_filtered else ""
        measures = f"--share:{layout.share:g};--print-size:{layout.text_pt:g}pt"
        return figure_html(
            f"table{whole}",
            self.caption,
            f'<table role="table" class="{kinds}" style="{measures}"{every}>\n'
            f'<thead role="rowgroup">'
            f'<tr role="row">{head}</tr></thead>\n'
            f'<tbody role="rowgroup">\n{body}</tbody>\n</table>\n',
            self.language,
            evidence=self.evidence,
            note=self.note,
            source=self.source,
        )

    def _row_html(self, row: tuple[str, ...]) -> str:
        first, *others = zip(self.columns, row, strict=True)
        wide = sum(map(is_wide, first[1]))
        is_short = len(first[1]) + wide <= _SHORT_NAME
        kinds = f"{first[0].align} short" if is_short else first[0].align
        cells = [f'<th scope="row" role="rowheader" class="{kinds}">{cell_html(first[1])}</th>']
        cells += [
            f'<td role="cell" class="{column.align}" data-heading="{html_text(column.heading)}">'
            f"{cell_html(cell)}</td>"
            for column, cell in others
        ]
        return f'<tr role="row">{"".join(cells)}</tr>\n'

    def _typst(self) -> str:
        layout = self.layout
        columns = typst_array([f"{share * 100:.2f}fr" for share in layout.columns])
        aligns = typst_array([column.align for column in self.columns])
        header = typst_array([cell_typst(column.heading) for column in self.columns])
        cells = typst_array([cell_typst(cell) for row in self.rows for cell in row])
        framed = figure_typst(
            self.caption,
            self.language,
            evidence=self.evidence,
            note=self.note,
            source=self.source,
        )
        return (
            f"#report-table({framed}, columns: {columns}, aligns: {aligns}, "
            f"size: {layout.text_pt:g}pt, share: {layout.share * 100:g}%, "
            f"has-total: {str(self.has_total).lower()}, "
            f"start: {layout.start_pt:g}pt, "
            f"header: {header}, cells: {cells});"
        )
