"""From an executed notebook to its HTML and its PDF on disk."""

from pathlib import Path

from nbconvert.exporters import TemplateExporter

from closurerate.errors import InputError
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.export.selection import in_language
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.print.labels import Language
from closurerate.records.writing import replacing


def build_html(executed: Path, out: Path, language: Language) -> None:
    """Write an executed notebook in a language as one HTML file that loads nothing.

    Args:
        executed: Notebook with its outputs and with the document's facts in its metadata.
        out: File to write. What was there stays when the build fails.

    Raises:
        InputError: If the notebook cannot be read, lacks its facts, or shows what a report cannot.
    """
    _build(ReportHtmlExporter(), executed, out, language)  # type: ignore[no-untyped-call]


def build_pdf(executed: Path, out: Path, language: Language) -> None:
    """Write an executed notebook as a tagged PDF/A-2a and PDF/UA-1; as `build_html` else."""
    _build(TypstPdfExporter(), executed, out, language)  # type: ignore[no-untyped-call]


def _build(exporter: TemplateExporter, executed: Path, out: Path, language: Language) -> None:
    notebook = in_language(read_notebook(executed), language)
    try:
        made = exporter.from_notebook_node(notebook)[0]
    except InputError as error:
        raise InputError(f"{executed}: {error}") from error
    with replacing(out) as beside:
        beside.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8"))
