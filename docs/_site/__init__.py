"""What the site needs beyond Sphinx and its theme; each module says what it adds."""

from typing import Any

from sphinx.application import Sphinx

from _site import api, cases, dictionary, finish, kernels, looks, maths, search, sources


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part to a build."""
    for part in (api, cases, dictionary, finish, kernels, looks, maths, search, sources):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
