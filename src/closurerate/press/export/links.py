"""Links among the pages that a build has made: to each other, to the PDF, to the other language.

A page alone does not know what was made beside it; so its links are written once all are there.
"""

import html
import os
import re
from collections.abc import Sequence
from pathlib import Path

from closurerate.press.export.html import font_faces
from closurerate.press.print.escape import html_text
from closurerate.press.print.labels import LANGUAGES, Language, labels
from closurerate.records.writing import write_text

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_FONTS = re.compile(r"(?<=<style>\n)@font-face.*?(?=\n</style>)", re.DOTALL)
_LINKS = re.compile(r"(?<=<!--pages-->).*?(?=<!--/pages-->)", re.DOTALL)


def pages_of(folder: Path, *languages: Language) -> list[Path]:
    """Return the pages in a folder, in a language or in all."""
    return [
        page
        for language in languages or LANGUAGES
        for page in sorted((folder / language).glob("**/*.html"))
    ]


def link_pages(folder: Path) -> list[Path]:
    """Write into each page of a folder the links to the others, and return the pages changed.

    Args:
        folder: A folder for each language, with pages in it and in folders of it, one a KPI. A page
            of the language's folder itself is of every KPI.
    """
    changed = []
    for language in LANGUAGES:
        pages = pages_of(folder, language)
        titles = {page: _title(page) for page in pages}
        for page in pages:
            near = [other for other in pages if _is_of_same(page, other, folder / language)]
            links = _links(page, [(other, titles[other]) for other in near], folder, language)
            if _write(page, links):
                changed.append(page)
    return changed


def _title(page: Path) -> str:
    found = _TITLE.search(page.read_text("utf-8"))
    return found[1] if found else page.stem


def _is_of_same(page: Path, other: Path, root: Path) -> bool:
    return root in (page.parent, other.parent) or page.parent == other.parent


def _links(page: Path, near: Sequence[tuple[Path, str]], folder: Path, language: Language) -> str:
    """Return the links of a page as HTML, its own title among them."""
    words = labels(language)
    items = [
        f'<span aria-current="page">{title}</span>'
        if other == page
        else f'<a href="{_way(page, other)}">{title}</a>'
        for other, title in near
    ]
    if (pdf := page.with_suffix(".pdf")).exists():
        items.append(f'<a href="{_way(page, pdf)}">{html_text(words["as_pdf"])}</a>')
    inside = page.relative_to(folder / language)
    for other in LANGUAGES:
        if other != language and (there := folder / other / inside).exists():
            name = html_text(labels(other)["language"])
            items.append(
                f'<a href="{_way(page, there)}" hreflang="{other}" lang="{other}">{name}</a>'
            )
    listed = "".join(f"<li>{item}</li>\n" for item in items)
    label = html_text(words["pages"])
    return f'\n<nav class="pages" aria-label="{label}">\n<ul>\n{listed}</ul>\n</nav>\n'


def _way(page: Path, other: Path) -> str:
    return html_text(Path(os.path.relpath(other, page.parent)).as_posix())


def _write(page: Path, links: str) -> bool:
    """Put links into a page, and into its fonts what they lack of them; tell whether it changed."""
    was = page.read_text("utf-8")
    linked = _LINKS.sub(lambda _: links, was, count=1)
    if linked == was:
        return False
    if not set(html.unescape(links)) <= set(html.unescape(_FONTS.sub("", was, count=1))):
        fonts = font_faces(_FONTS.sub("", linked, count=1))
        linked = _FONTS.sub(lambda _: fonts, linked, count=1)
    write_text(page, linked)
    return True
