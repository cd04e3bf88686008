"""From an executed notebook to its HTML and its PDF on disk."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.report.export_html import ReportHtmlExporter
from closurerate.report.export_typst import TypstPdfExporter
from closurerate.writing import replacing


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
    page, _ = exporter.from_notebook_node(_read(executed))
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
    pdf, _ = exporter.from_notebook_node(_read(executed))
    with replacing(out) as beside:
        beside.write_bytes(pdf)


def _read(executed: Path) -> NotebookNode:
    try:
        text = executed.read_text("utf-8")
        found = json.loads(text)
        if not isinstance(found, dict) or not {"nbformat", "cells"} <= set(found):
            raise ValueError
        notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
    except OSError as error:
        raise InputError(f"{executed}: cannot be read: {error.strerror}.") from error
    except (ValueError, nbformat.ValidationError) as error:
        raise InputError(
            f"{executed}: is not a notebook: it must be an .ipynb file of version 4."
        ) from error
    return notebook
