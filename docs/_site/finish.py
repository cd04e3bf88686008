"""What comes last: the font, cut down to what pages say, and a look for anything from outside."""

import base64
import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from closurerate.press.print.dark import dark_variables
from closurerate.press.print.fonts import SANS, missing_characters, subset_font

_LOG = logging.getLogger(__name__)
_TAG = re.compile(r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*>")
_OUTSIDE = re.compile(r"""\b(?:src|href)=["']?(?:https?:)?//""")
_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""")
_START = '<!doctype html><meta charset="utf-8"><title>closurerate</title>'


def setup(app: Sphinx) -> None:
    """Finish a site once its pages are written."""
    app.connect("build-finished", _finish)


def _finish(app: Sphinx, failed: Exception | None) -> None:
    if failed or app.builder.format != "html":
        return
    shutil.rmtree(Path(app.doctreedir) / "cases", ignore_errors=True)
    out = Path(app.outdir)
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(out.rglob("*.html"))}
    said = "".join(sorted(set("".join(pages.values()))))
    static = out / "_static"
    (static / "noto-sans-tc.woff").write_bytes(base64.b64decode(subset_font(SANS, said)))
    with (static / "palette.css").open("a", encoding="utf-8") as sheet:
        sheet.write(f"html[data-theme=dark]{{{dark_variables(''.join(pages.values()))}}}\n")
    (out / "index.html").write_text(
        f'{_START}<meta http-equiv="refresh" content="0; url=docs/index.html">'
        '<a href="docs/index.html">closurerate</a>\n',
        encoding="utf-8",
    )
    for path, text in pages.items():
        for tag in _TAG.findall(text):
            if _OUTSIDE.search(tag) and "alternate" not in tag:
                _LOG.warning("%s loads something from the network: %s", path.name, tag)
        if missing := missing_characters(re.sub("<[^>]*>", "", text), SANS):
            _LOG.info("%s: the font lacks %s", path.relative_to(out), missing)
    for sheet_path in out.rglob("*.css"):
        if _STYLE.search(sheet_path.read_text(encoding="utf-8")):
            _LOG.warning("%s loads something from the network", sheet_path.name)
