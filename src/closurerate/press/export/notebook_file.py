"""Reading a notebook from disk."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from closurerate.errors import InputError
from closurerate.press.facts import METADATA_KEY
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


def title_of(path: Path) -> dict[str, str]:
    """Return the title that a notebook gives itself, by language.

    Raises:
        InputError: As `read_notebook`; and if it has none.
    """
    metadata = read_notebook(path).metadata.get(METADATA_KEY)
    if not isinstance(metadata, dict) or "title" not in metadata:
        raise InputError(f"{path}: metadata.{METADATA_KEY}.title must give its title.")
    return check_languages(metadata["title"], f"{path}: metadata.{METADATA_KEY}.title")
