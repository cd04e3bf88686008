"""Sliders as printed in one language: moved on a page, nothing on paper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from closurerate.press.print.escape import html_text
from closurerate.press.print.frame import Bundle, bundle, tag_html
from closurerate.press.print.labels import Evidence, Language, labels
from closurerate.press.print.markdown_html import markdown_html


@dataclass(frozen=True)
class PrintedSliders:
    """Sliders with their outcome; a page's script moves them (`report.js`), and computes exactly.

    Args:
        still: What stands where no script runs.
        model: What the script computes with (`press.sliders.Sliders`).
        outcomes: What the count and the value are called.
        units: What stands behind each.
    """

    caption: str
    still: str
    names: tuple[str, ...]
    start: tuple[int, ...]
    model: Mapping[str, Any]
    outcomes: tuple[str, str]
    units: tuple[str, str]
    evidence: Evidence | None = None
    language: Language = "zh-Hant"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return bundle(self._html(), "", self.still)

    def _html(self) -> str:
        sliders = "".join(
            f'<label><span>{html_text(name)}</span> <input type="range" min="0" '
            f'max="{len(places) - 1}" value="{start}" step="1"> <output></output></label>\n'
            for name, places, start in zip(
                self.names, self.model["places"], self.start, strict=True
            )
        )
        count, value = map(html_text, self.outcomes)
        case, unit = map(html_text, self.units)
        model = html_text(json.dumps(self.model, ensure_ascii=False, separators=(",", ":")))
        tag = f" {tag_html(self.evidence, self.language)}" if self.evidence else ""
        return (
            f'<div class="sliders" lang="{self.language}" data-model="{model}">\n'
            f'<div class="still">{markdown_html(self.still)}</div>\n<fieldset hidden>\n'
            f"<legend>{html_text(self.caption)}{tag}</legend>\n{sliders}"
            f'<p aria-live="polite">{value} <output class="value"></output>'
            f"{unit} <span>{count} "
            f'<output class="count"></output> {case}</span></p>\n'
            f'<button type="button">{html_text(labels(self.language)["reset"])}</button>\n'
            "</fieldset></div>"
        )
