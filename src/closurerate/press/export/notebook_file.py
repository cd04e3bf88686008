"""Reading a notebook from disk."""

import ast
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.press.facts import METADATA_KEY
from closurerate.press.print.labels import LANGUAGES
from closurerate.records.documents import check_languages
from closurerate.records.sealing import SEAL, check_seal


def read_notebook(path: Path) -> NotebookNode:
    """Return a notebook, in nbformat 4; an executed one is held against its digest.

    Raises:
        InputError: If the file cannot be read, is no notebook, or is not as it was written.
    """
    try:
        check_seal(path, is_needed=False)
        text = path.read_text("utf-8")
        found = json.loads(text)
        if not isinstance(found, dict) or not {"nbformat", "cells"} <= set(found):
            raise ValueError
        notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        nbformat.validate(notebook)
        notebook.metadata.pop(SEAL, None)
    except FileNotFoundError:
        raise InputError(f"{path}: cannot be read: there is no such notebook.") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from error
    except (ValueError, nbformat.ValidationError) as error:
        raise InputError(
            f"{path}: is not a notebook: it must be an .ipynb file of version 4."
        ) from error
    return notebook


def title_of(notebook: NotebookNode, path: Path) -> dict[str, str]:
    """Return the title that a notebook gives itself, by language, else its first heading or name.

    Raises:
        InputError: If its title is not in both languages.
    """
    if has_title(notebook):
        titles = notebook.metadata[METADATA_KEY]["title"]
        return check_languages(titles, f"{path}: metadata.{METADATA_KEY}.title")
    words = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^#+ +(.+)$", words, re.MULTILINE)
    return dict.fromkeys(LANGUAGES, heading[1].strip() if heading else path.stem)


def has_title(notebook: NotebookNode) -> bool:
    """Tell whether a notebook says its title, as the project's own do."""
    metadata = notebook.metadata.get(METADATA_KEY)
    return isinstance(metadata, dict) and "title" in metadata


def parameters_of(notebook: NotebookNode) -> dict[str, Any]:
    """Return the parameters that a notebook declares, or was run with: papermill's, or its own."""
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", [])):
            for line in ast.parse(cell.source).body:
                with suppress(ValueError):
                    if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                        found[line.targets[0].id] = ast.literal_eval(line.value)
    return found
