"""From an executed notebook to its HTML and its PDF on disk."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.press.export.exporter import ReportExporter
from closurerate.press.export.html import ReportHtmlExporter
from closurerate.press.export.notebook_file import read_notebook
from closurerate.press.export.selection import in_language
from closurerate.press.export.typst import TypstPdfExporter
from closurerate.press.facts import METADATA_KEY
from closurerate.press.print.labels import Language
from closurerate.press.sums import check_sums
from closurerate.records.writing import replacing

_EXPORTERS = {"html": ReportHtmlExporter, "pdf": TypstPdfExporter}


@cache
def _exporter(kind: str) -> ReportExporter:
    """Return the exporter of a kind, which compiles its templates once for all languages."""
    return _EXPORTERS[kind]()  # type: ignore[no-untyped-call]


def build(
    kind: str,
    executed: Path,
    out: Path,
    language: Language,
    facts_of: Callable[[NotebookNode, Path], Mapping[str, Any]] | None = None,
    fingerprint: str = "",
) -> None:
    """Write an executed notebook in a language.

    Args:
        kind: `html` for one HTML file that loads nothing, `pdf` for a tagged PDF/A-3a and PDF/UA-1,
            to which the ledger is attached.
        executed: Notebook with its outputs.
        facts_of: Gives the document's facts, by language, of one whose metadata have none.
        out: File to write. What was there stays when the build fails.
        fingerprint: Digest of the run, in groups, for the foot of a PDF's last page.

    Raises:
        InputError: If the notebook cannot be read, lacks its facts, or shows what a report cannot.
    """
    found = read_notebook(executed)
    if facts_of is not None and language not in found.metadata.get(METADATA_KEY, {}):
        found.metadata[METADATA_KEY] = facts_of(found, executed)
    notebook = in_language(found, language)
    try:
        check_sums(notebook.metadata.get("figures", ()))
        made = _exporter(kind).from_notebook_node(notebook, {"fingerprint": fingerprint})[0]
    except InputError as error:
        raise InputError(f"{executed}: {error}") from error
    with replacing(out) as beside:
        beside.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8"))
