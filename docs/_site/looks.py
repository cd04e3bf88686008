"""The report's colours, by which the site's style sheet is written, in the light and the dark."""

from dataclasses import fields
from pathlib import Path

from sphinx.application import Sphinx

from closurerate.press.print.dark import in_the_dark
from closurerate.press.print.looks import PALETTE


def setup(app: Sphinx) -> None:
    """Write the colours as a style sheet of their own, and give each page its language."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _in_its_language)
    app.add_css_file("palette.css", priority=400)


def _write(app: Sphinx) -> None:
    names = [item.name for item in fields(PALETTE) if isinstance(getattr(PALETTE, item.name), str)]
    light = "".join(f"--cr-{name.replace('_', '-')}:{getattr(PALETTE, name)};" for name in names)
    dark = "".join(
        f"--cr-{name.replace('_', '-')}:{in_the_dark(getattr(PALETTE, name))};" for name in names
    )
    folder = Path(app.doctreedir) / "static"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "palette.css").write_text(
        f"html{{{light}}}\nhtml[data-theme=dark]{{{dark}}}\n", encoding="utf-8"
    )
    app.config.html_static_path.append(str(folder))


def _in_its_language(
    app: Sphinx, name: str, template: str, context: dict[str, object], doctree: object
) -> None:
    context["language"] = "zh-Hant" if name.endswith(".zh-Hant") else "en"
