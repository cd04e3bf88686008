"""Prose, headline figures and formulas as printed in one language, as HTML and as Typst.

The Typst of each calls the `report-…` functions of our template.
"""

from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from closurerate.errors import InputError
from closurerate.press.print.escape import (
    html_lines,
    html_text,
    typst_array,
    typst_content,
    typst_string,
)
from closurerate.press.print.frame import HTML, TYPST, Bundle, bundle, evidence_typst, tag_html
from closurerate.press.print.labels import Evidence, Language, check_evidence, labels
from closurerate.press.print.layout import key_value_pt
from closurerate.press.print.looks import KEY_VALUE_PT
from closurerate.press.print.markdown_html import markdown_html
from closurerate.press.print.markdown_typst import markdown_typst

_MATHML = "http://www.w3.org/1998/Math/MathML"


@dataclass(frozen=True)
class PrintedMarkdown:
    """Computed prose; the exporters treat it as a Markdown cell, headings and all."""

    text: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return {"text/markdown": self.text, "text/plain": self.text}


@dataclass(frozen=True)
class PrintedFinding:
    """A paragraph (inline Markdown) that ends in the label of what it rests on.

    Raises:
        InputError: If the evidence is unknown or the text has what reports do not show.
    """

    text: str
    evidence: Evidence
    language: Language = "zh-Hant"

    def __post_init__(self) -> None:
        """Check the evidence, which a finding must have."""
        if self.evidence is None:
            raise InputError(f"finding {self.text[:40]!r}: it must name its evidence.")
        check_evidence(self.evidence, f"finding {self.text[:40]!r}")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        label = labels(self.language)[self.evidence]
        inner = markdown_html(self.text).rstrip()
        tag = f" {tag_html(self.evidence, self.language)}"
        if inner.endswith("</p>"):
            inner = inner.removesuffix("</p>") + tag + "</p>"
        else:
            inner += f"<p>{tag}</p>"
        html = f'<div class="finding {self.evidence}" lang="{self.language}">{inner}</div>'
        typst = (
            f"#report-finding({typst_string(self.evidence)}, "
            f"{evidence_typst(self.evidence, self.language)})[{markdown_typst(self.text)}];"
        )
        return bundle(html, typst, f"{self.text} [{label}]")


@dataclass(frozen=True)
class PrintedKeyFigures:
    """A row of headline figures: of each what it is, its value, and a few words on it or none."""

    items: tuple[tuple[str, str, str], ...]
    evidence: Evidence | None = None
    language: Language = "zh-Hant"
    source: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        cards = "".join(
            f"<div><dt>{html_lines(label)}</dt><dd>{html_lines(value)}</dd>"
            + (f'<dd class="note">{html_lines(note)}</dd>' if note else "")
            + "</div>"
            for label, value, note in self.items
        )
        source = f"{labels(self.language)['source']}{self.source}" if self.source else ""
        told = f'<p class="note">{html_text(source)}</p>' if source else ""
        tag = f"{told}{tag_html(self.evidence, self.language)}"
        size = key_value_pt([value for _, value, _ in self.items])
        html = (
            f'<div class="key-figures" lang="{self.language}" '
            f'style="--scale:{size / KEY_VALUE_PT:g}"><dl>{cards}</dl>{tag}</div>'
        )
        contents = typst_array(
            [typst_array([typst_content(part) for part in item]) for item in self.items]
        )
        typst = (
            f"#report-key-figures({contents}, {evidence_typst(self.evidence, self.language)}, "
            f"source: {typst_content(source)}, value-size: {size:g}pt);"
        )
        plain = "\n".join(f"{label}: {value} {note}" for label, value, note in self.items)
        return bundle(html, typst, plain)


@dataclass(frozen=True)
class PrintedNotice:
    """A box that cannot be overlooked: on synthetic data, or something else to be noted."""

    text: str
    kind: Literal["synthetic", "note"] = "synthetic"
    language: Language = "zh-Hant"

    def __post_init__(self) -> None:
        """Check the kind."""
        if self.kind not in ("synthetic", "note"):
            raise InputError(f"notice of kind {self.kind!r}: it must be 'synthetic' or 'note'.")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        label = labels(self.language)["caution" if self.kind == "synthetic" else "remark"]
        html = (
            f'<div class="notice {self.kind}" role="note" lang="{self.language}">'
            f'<p class="label">{html_text(label)}</p>{markdown_html(self.text)}</div>'
        )
        typst = (
            f"#report-notice({typst_string(self.kind)}, {typst_string(label)})"
            f"[{markdown_typst(self.text)}];"
        )
        return bundle(html, typst, f"{label}: {self.text}")


@dataclass(frozen=True)
class PrintedFormula:
    """A displayed formula.

    Args:
        mathml: One `<math>` element.
        typst: The same in Typst's mathematics, without dollar signs.
        alt: The formula in words.

    Raises:
        InputError: If the MathML is not one `<math>` element, the Typst has a dollar sign, or alt
            is empty.
    """

    mathml: str
    typst: str
    alt: str

    def __post_init__(self) -> None:
        """Check what can be checked without setting it."""
        if not self.alt.strip():
            raise InputError(f"formula {self.typst!r}: alt is empty: say it in words.")
        if "$" in self.typst:
            raise InputError(f"formula {self.typst!r}: its Typst must have no dollar sign.")
        self._math()

    def _math(self) -> str:
        """Return the element in display style."""
        try:
            root = ElementTree.fromstring(self.mathml)
        except ElementTree.ParseError as error:
            raise InputError(f"formula {self.alt!r}: its MathML is damaged: {error}.") from error
        for element in root.iter():
            element.tag = element.tag.removeprefix(f"{{{_MATHML}}}")
        if root.tag != "math":
            raise InputError(f"formula {self.alt!r}: its MathML must be one <math> element.")
        root.set("display", "block")
        root.set("alttext", self.alt)
        return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        html = f'<div class="formula scroll" tabindex="0">{self._math()}</div>'
        alt = typst_string(self.alt)
        typst = f"#math.equation(block: true, alt: {alt}, $ {self.typst} $);"
        return bundle(html, typst, self.alt)


@dataclass(frozen=True)
class PrintedBox:
    """Prose (Markdown) and formulas under a title in one frame."""

    title: str
    parts: tuple[str | PrintedFormula, ...]
    language: Language = "zh-Hant"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        bundles = [
            bundle(markdown_html(part), markdown_typst(part), part)
            if isinstance(part, str)
            else part._repr_mimebundle_()
            for part in self.parts
        ]
        html, typst, plain = (
            "\n".join(one[kind] for one in bundles) for kind in (HTML, TYPST, "text/plain")
        )
        title = html_text(self.title)
        return bundle(
            f'<section class="box" lang="{self.language}" aria-label="{title}">'
            f'<p class="label">{title}</p>{html}</section>',
            f"#report-box({typst_string(self.title)})[{typst}];",
            f"{self.title}\n{plain}",
        )
