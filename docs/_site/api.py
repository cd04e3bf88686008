"""The library as autodoc sees it.

`closurerate.year`, a room that can be called, is documented as what it calls; what a function
returns is one paragraph, of which napoleon would take the first line for a term.
"""

import inspect
import re

from sphinx.application import Sphinx

from closurerate.library.opened import open_year

_NAME = "closurerate.year"


def setup(app: Sphinx) -> None:
    """Give the name the signature and the words of `open_year`."""
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-process-docstring", _docstring, priority=100)  # before napoleon


def _signature(app: Sphinx, what: str, name: str, *_: object) -> tuple[str, str] | None:
    given, _, returned = str(inspect.signature(open_year)).partition(" -> ")
    return (given.replace("pathlib.", ""), returned.strip("'")) if name == _NAME else None


def _docstring(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    if name == _NAME:
        lines[:] = str(inspect.getdoc(open_year)).splitlines()
    text = "\n".join(lines)
    lines[:] = re.sub(r"(?<=\S)\n {8}(?=\S)", " ", text).splitlines()
