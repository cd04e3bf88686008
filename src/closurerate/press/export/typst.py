"""An executed notebook as Typst, and as the PDF that Typst makes of it.

Two nbconvert exporters, `typst` and `typst-pdf`, with a template of our own. Apart from the facts
in the notebook's metadata they know nothing of this project.
"""

from collections.abc import Iterator
from typing import Any, Literal

import typst
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from closurerate.errors import InputError
from closurerate.press.export.selection import reader_config
from closurerate.press.facts import DocumentFacts, document_facts
from closurerate.press.print.escape import typst_array, typst_content, typst_string
from closurerate.press.print.fonts import SANS, SERIF, font_folder
from closurerate.press.print.frame import TYPST
from closurerate.press.print.labels import labels
from closurerate.press.print.layout import CELL_PADDING_PT
from closurerate.press.print.markdown import Outline
from closurerate.press.print.markdown_typst import markdown_typst
from closurerate.press.print.style import PALETTE, TEXT_WIDTH_CM

PDF_STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
"""Archival with full structure (ISO 19005-2, level A) and accessible (ISO 14289-1)."""


class TypstExporter(TemplateExporter):
    """nbconvert exporter of Typst source: one file that needs no other but the two fonts."""

    export_from_notebook = "Typst"
    output_mimetype = TYPST

    @property
    def default_config(self) -> Config:
        """Name our template and what selects the cells."""
        merged = super().default_config.copy()
        merged.merge(reader_config("TypstExporter", "report_typst"))
        return merged  # type: ignore[no-any-return]

    @default("file_extension")
    def _report_extension(self) -> str:
        return ".typ"

    @default("template_extension")
    def _report_template_extension(self) -> str:
        return ".typ.j2"

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Add Markdown with an outline and the escapes to the template."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "report_markdown", markdown_typst
        yield "typst_array", typst_array
        yield "typst_content", typst_content
        yield "typst_string", typst_string

    def _source(
        self, nb: NotebookNode, resources: dict[str, Any] | None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        facts = document_facts(nb.metadata)
        resources = {
            **(resources or {}),
            "facts": facts,
            "labels": labels(facts.language),
            "outline": Outline(),
            "palette": PALETTE,
            "sans": SANS,
            "serif": SERIF,
            "text_width_cm": TEXT_WIDTH_CM,
            "cell_padding_pt": CELL_PADDING_PT,
        }
        source, resources = super().from_notebook_node(nb, resources, **kw)
        return source, resources

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Return the Typst source and nbconvert's resources.

        Raises:
            InputError: If the notebook lacks its facts or shows what a report cannot.
        """
        return self._source(nb, resources, **kw)


class TypstPdfExporter(TypstExporter):
    """nbconvert exporter of PDF, tagged and archival, by way of Typst."""

    export_from_notebook = "PDF via Typst"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _report_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Return the PDF and nbconvert's resources.

        Raises:
            InputError: If the notebook lacks its facts, shows what a report cannot, or cannot be
                set: a character that the fonts lack, say.
        """
        source, resources = self._source(nb, resources, **kw)
        return compile_pdf(source, document_facts(nb.metadata)), resources


def compile_pdf(source: str, facts: DocumentFacts) -> bytes:
    """Set Typst source as PDF; the same source and facts give the same bytes.

    Only our two fonts and those inside Typst (for formulas and code) are known. A warning of
    Typst is an error here.

    Raises:
        InputError: If Typst refuses the source or warns about it.
    """
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(font_folder())],
    )
    compiler = typst.Compiler(source.encode("utf-8"), font_paths=fonts)
    try:
        pdf, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=list(PDF_STANDARDS), timestamp=facts.timestamp
        )
    except typst.TypstError as error:
        raise InputError(f"the PDF of {facts.title!r} cannot be set: {_told(error)}.") from error
    if warnings:
        raise InputError(f"the PDF of {facts.title!r} cannot be set: {_told(warnings[0])}.")
    assert isinstance(pdf, bytes)
    return pdf


def _told(trouble: typst.TypstError | typst.TypstWarning) -> str:
    return "; ".join([trouble.message, *trouble.hints])
