"""An executed notebook as Typst, and as the PDF that Typst makes of it.

Apart from the facts in the notebook's metadata the exporters know nothing of this project.
"""

import json
from functools import cache
from typing import Any, Literal

import typst
from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.press.export.exporter import ReportExporter
from closurerate.press.export.flow import (
    PIECE,
    piece_typst,
    settled,
    share_of_page,
    told_pieces,
)
from closurerate.press.export.plan import PagePlan
from closurerate.press.export.row_headers import with_row_headers
from closurerate.press.facts import DocumentFacts, document_facts
from closurerate.press.ledger.marked import BEHIND
from closurerate.press.ledger.paper import check_paper
from closurerate.press.print.escape import typst_string
from closurerate.press.print.fonts import font_folder
from closurerate.press.print.frame import TYPST
from closurerate.press.print.markdown_typst import markdown_typst

PDF_STANDARDS: list[Literal["a-3a", "ua-1"]] = ["a-3a", "ua-1"]
"""Archival with full structure and files attached (ISO 19005-3, level A), and accessible (ISO
14289-1)."""
_PPI = 300
_TOLD = "<report-told>"


class TypstExporter(ReportExporter):
    """nbconvert exporter of Typst source: one file that needs no other but the two fonts."""

    export_from_notebook = "Typst"
    output_mimetype = TYPST
    folder = "report_typst"
    markup = extension = ".typ"
    own_filters = (markdown_typst, piece_typst, typst_string)


class TypstPdfExporter(TypstExporter):
    """nbconvert exporter of PDF, tagged and archival, by way of Typst.

    What Typst refuses is bad input here: a character that the fonts lack, say.
    """

    export_from_notebook = "PDF via Typst"
    output_mimetype = "application/pdf"
    extension = ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the PDF and nbconvert's resources."""
        source, resources = super().from_notebook_node(nb, resources, **kw)
        facts = document_facts(nb.metadata)
        pdf = compile_pdf(source, facts)
        if nb.metadata.get(BEHIND):
            check_paper(pdf, nb.metadata["numbers"], nb.metadata["on_paper"], facts)
        return pdf, resources


def compile_pdf(source: str, facts: DocumentFacts) -> bytes:
    """Set Typst source as PDF; the same source and facts give the same bytes.

    Only our two fonts and those inside Typst (for formulas and code) are known. A warning of
    Typst is an error here.

    Raises:
        InputError: If Typst refuses the source or warns about it.
    """
    try:
        pdf, warnings = _planned(source).compile_with_warnings(
            format="pdf", pdf_standards=list(PDF_STANDARDS), timestamp=facts.timestamp
        )
    except typst.TypstError as error:
        raise InputError(f"the PDF of {facts.title!r} cannot be set: {_told(error)}.") from error
    if warnings:
        raise InputError(f"the PDF of {facts.title!r} cannot be set: {_told(warnings[0])}.")
    assert isinstance(pdf, bytes)
    return with_row_headers(pdf)


def png_of(svg: str) -> bytes:
    """Return a picture as pixels, drawn with the fonts of the report."""
    page = "#set page(width: auto, height: auto, margin: 0pt)"
    source = f'{page}\n#image(bytes({typst_string(svg)}), format: "svg")'
    made = _compiler(source).compile(format="png", ppi=_PPI)
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(font_folder())],
    )


def _planned(source: str) -> typst.Compiler:
    """Return what sets a document's pieces on pages as they are planned (`export.flow`)."""
    head, *pieces = source.split(PIECE)

    def set_by(plan: PagePlan) -> typst.Compiler:
        ordered = PIECE.join([head, *(pieces[place] for place in plan.order)])
        return _compiler(ordered, changed=json.dumps(plan.changed))

    try:
        galley = told_pieces(_places(_compiler(source, galley="")))
        return set_by(settled(galley, lambda plan: _stood(set_by(plan))))
    except RuntimeError:  # which says less than what the setting itself is refused with
        return _compiler(source)


def _compiler(source: str, **inputs: str) -> typst.Compiler:
    return typst.Compiler(source.encode("utf-8"), font_paths=_fonts(), sys_inputs=inputs)


def _places(compiler: typst.Compiler) -> list[dict[str, Any]]:
    """Return what the template tells of each piece, in order."""
    told: list[dict[str, Any]] = json.loads(compiler.query(_TOLD, field="value"))
    return told


def _stood(compiler: typst.Compiler) -> list[tuple[int, float]]:
    """Return where each piece starts, a table or chart where it stands itself; at last the end."""
    stood: list[tuple[int, float]] = []
    for place in _places(compiler):
        if place["kind"] in ("table", "chart"):
            stood.pop()
        if place["kind"] != "solid":
            stood.append((place["page"], share_of_page(place["at"])))
    return stood


def _told(trouble: typst.TypstError | typst.TypstWarning) -> str:
    return "; ".join([trouble.message, *trouble.hints])
