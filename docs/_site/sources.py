"""What the pages of the project link to, on the site: a folder by its page, or in plain words."""

import re
from pathlib import Path

from sphinx.application import Sphinx

_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#:\s]+)\)")
_PAGES = ("index.md", "README.md")


def setup(app: Sphinx) -> None:
    """Change links to folders, which a site does not list, as a page is read."""
    app.connect("source-read", _without_folders)


def _without_folders(app: Sphinx, name: str, source: list[str]) -> None:
    page = Path(app.env.doc2path(name))

    def linked(found: re.Match[str]) -> str:
        folder = page.parent / found[2]
        if page.suffix != ".md" or not folder.is_dir():
            return found[0]
        pages = [folder / inner for inner in _PAGES if (folder / inner).is_file()]
        return f"[{found[1]}]({found[2].rstrip('/')}/{pages[0].name})" if pages else found[1]

    source[0] = _LINK.sub(linked, source[0])
