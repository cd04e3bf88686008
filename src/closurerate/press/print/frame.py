"""The pieces that everything shown has in common: bundle, caption, evidence label, notes."""

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Protocol

from closurerate.press.print.dark import dark_variables, in_the_dark, with_dark_colours
from closurerate.press.print.escape import (
    html_lines,
    html_text,
    typst_array,
    typst_content,
    typst_string,
)
from closurerate.press.print.fonts import SANS, SERIF
from closurerate.press.print.labels import Evidence, Language, labels
from closurerate.press.print.looks import PALETTE, TEXT_WIDTH_CM

Bundle = dict[str, str]
HTML = "text/html"
TYPST = "text/vnd.typst"


class Print(Protocol):
    """What is shown as it is printed in one language."""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle: ...


def bundle(html: str, typst: str, plain: str) -> Bundle:
    """Return a mimebundle: each exporter takes its own, and nothing is converted."""
    return {HTML: html, TYPST: typst, "text/plain": plain}


@cache
def shown_css() -> str:
    """Return the looks of what is shown, without its colours and fonts, as CSS."""
    return Path(__file__).with_name("shown.css").read_text("utf-8")


_NEAR_SANS = "'Noto Sans CJK TC','PingFang TC','Microsoft JhengHei',sans-serif"
_NEAR_SERIF = "'Noto Serif CJK TC','Songti TC','PMingLiU',serif"
"""What reads like the report's fonts on machines that lack them."""
_DARK_THEMES = ('[data-jp-theme-light="false"]', '[data-vscode-theme-kind="vscode-dark"]',
                '[data-vscode-theme-kind="vscode-high-contrast"]')  # fmt: skip
"""How JupyterLab and VS Code say on a page's body that their theme is dark."""


def standing_alone(html: str) -> str:
    """Return what is shown with its own looks, for a page that is none of ours."""
    light, dark = _own_css()
    return (
        f'<div class="closurerate"><style>{light}{dark}{dark_variables(html)}}}</style>{html}</div>'
    )


@cache
def _own_css() -> tuple[str, str]:
    """Return the looks on a light page, and on a dark one as far as the colours of pictures."""
    colours = {
        f"--{field.name.replace('_', '-')}": value
        for field in fields(PALETTE)
        if isinstance(value := getattr(PALETTE, field.name), str)
    }
    light = "".join(f"{name}:{value};" for name, value in colours.items())
    dark = "".join(f"{name}:{in_the_dark(value)};" for name, value in colours.items())
    # Twice the class, lest the rules of JupyterLab for tables weigh more.
    return (
        f".closurerate.closurerate{{{light}--sans:{SANS!r},{_NEAR_SANS};"
        f"--serif:{SERIF!r},{_NEAR_SERIF};"
        "font:400 1rem/1.7 var(--serif);color:var(--ink);background:var(--paper);"
        "padding:0.2rem 0.6rem;max-width:50rem;overflow-x:auto;"
        "& *{box-sizing:border-box}& :is(thead,tbody) tr{background:none}& p{margin:0 0 1em}"
        "& :is(dt,dd){float:none;width:auto;display:block}"
        f"& table{{margin:0;table-layout:auto}}{shown_css()}& figure{{margin:0.5rem 0}}}}",
        f":is({','.join(_DARK_THEMES)}) .closurerate.closurerate{{color-scheme:dark;{dark}",
    )


def tag_html(evidence: Evidence | None, language: str) -> str:
    """Return the label of an evidence as HTML; nothing for None."""
    if evidence is None:
        return ""
    return f'<span class="evidence {evidence}">{html_text(labels(language)[evidence])}</span>'


def evidence_typst(evidence: Evidence | None, language: str) -> str:
    """Return the label of an evidence as a Typst expression; `none` for None."""
    if evidence is None:
        return "none"
    label = typst_string(labels(language)[evidence])
    return f"report-evidence({typst_string(evidence)}, {label})"


def figure_html(
    kinds: str,
    caption: str,
    inner: str,
    language: str,
    *,
    evidence: Evidence | None = None,
    note: str = "",
    source: str = "",
) -> str:
    """Return a table or chart with its caption above and its notes below.

    Its number and its id are the page's, and so are its data to be saved (`export.figures`).

    Args:
        kinds: Classes of the figure.
        inner: HTML of the table or chart itself.
    """
    tag = f" {tag_html(evidence, language)}" if evidence else ""
    notes = "".join(
        f'<p class="note"><span class="label">{label}</span>{html_lines(text)}</p>\n'
        for label, text in _labelled(note, source, language)
    )
    return (
        f'<figure class="{kinds}" lang="{language}">\n'
        f"<figcaption>{html_lines(caption)}{tag}</figcaption>\n"
        f"{inner}{notes}</figure>"
    )


def figure_typst(
    caption: str, language: str, *, evidence: Evidence | None, note: str = "", source: str
) -> str:
    """Return caption, label and notes of a table or chart as arguments of a Typst call."""
    lines = _labelled(note, source, language)
    notes = typst_array([typst_content(label + text) for label, text in lines])
    tag = evidence_typst(evidence, language)
    name, (start, end) = typst_string(caption), _parted(caption)
    return (
        f"caption: {typst_content(start)}, caption-end: {typst_content(end)}, name: {name}, "
        f"tag: {tag}, notes: {notes}"
    )


def _parted(caption: str) -> tuple[str, str]:
    """Return a caption and its last word, or last two Han characters, where the label stands."""
    last = re.search(r"(\S*[^\s\u4e00-\u9fff）]|[\u4e00-\u9fff）]{1,3})$", caption)
    return (caption[: last.start()], last[0]) if last else (caption, "")


def _labelled(note: str, source: str, language: str) -> list[tuple[str, str]]:
    words = labels(language)
    return [(words[name], text) for name, text in (("note", note), ("source", source)) if text]


@dataclass(frozen=True)
class PrintedPicture:
    """An SVG under a caption; other fields as of `print.chart.PrintedChart`."""

    svg: str
    caption: str
    alt: str
    width_cm: float
    source: str = ""
    evidence: Evidence | None = None
    language: Language = "zh-Hant"
    narrow_svg: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return bundle(self._html(), self._typst(), f"{self.caption}\n{self.alt}")

    def _html(self) -> str:
        share = f' style="--share:{self.width_cm / TEXT_WIDTH_CM:g}"'
        pictures = [f'<div class="picture"{share}>{self._picture(self.svg)}</div>\n']
        if self.narrow_svg:
            pictures.append(f'<div class="picture narrow">{self._picture(self.narrow_svg)}</div>\n')
        return figure_html(
            "chart",
            self.caption,
            "".join(pictures),
            self.language,
            evidence=self.evidence,
            source=self.source,
        )

    def _picture(self, svg: str) -> str:
        named = f'<svg role="img" aria-label="{html_text(self.alt)}" '
        return with_dark_colours(svg).replace("<svg ", named, 1)

    def _typst(self) -> str:
        framed = figure_typst(
            self.caption, self.language, evidence=self.evidence, source=self.source
        )
        return (
            f"#report-chart({framed}, alt: {typst_string(self.alt)}, "
            f"width: {self.width_cm:g}cm, svg: {typst_string(self.svg)});"
        )
