"""From an executed notebook to its HTML and its PDF on disk."""

from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter

from closurerate.errors import InputError
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.records.writing import replacing


def build_html(executed: Path, out: Path) -> None:
    """Write an executed notebook as one HTML file that loads nothing.

    Parameters
    ----------
    executed
        Notebook with its outputs and with the document's facts in its metadata.
    out
        File to write. What was there stays when the build fails.

    Raises
    ------
    InputError
        If the notebook cannot be read, lacks its facts, or shows what a report cannot.
    """
    exporter = ReportHtmlExporter()  # type: ignore[no-untyped-call]
    page = _exported(exporter, executed)
    with replacing(out) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")


def build_pdf(executed: Path, out: Path) -> None:
    """Write an executed notebook as a tagged PDF/A-2a and PDF/UA-1.

    Parameters
    ----------
    executed
        Notebook with its outputs and with the document's facts in its metadata.
    out
        File to write. What was there stays when the build fails.

    Raises
    ------
    InputError
        If the notebook cannot be read, lacks its facts, or shows what a report cannot.
    """
    exporter = TypstPdfExporter()  # type: ignore[no-untyped-call]
    pdf = _exported(exporter, executed)
    with replacing(out) as beside:
        beside.write_bytes(pdf)


def _exported(exporter: TemplateExporter, executed: Path) -> Any:
    notebook = read_notebook(executed)
    try:
        return exporter.from_notebook_node(notebook)[0]
    except InputError as error:
        raise InputError(f"{executed}: {error}") from error
