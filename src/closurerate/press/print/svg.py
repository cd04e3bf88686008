"""A matplotlib figure as one deterministic SVG element, fit for HTML and for Typst alike."""

import hashlib
import io
import re
import warnings
from xml.etree import ElementTree

from matplotlib.figure import Figure
from matplotlib.text import Text

from closurerate.errors import InputError
from closurerate.press.print.escape import INDEXED
from closurerate.press.print.fonts import SANS, missing_characters
from closurerate.press.print.style import chart_style, lay_out

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
SERIES = "series:"
"""What the identifier of an artist begins with that is drawn for a series, before its name."""
_GEOMETRY = {"d", "height", "points", "transform", "viewBox", "width", "x", "y"}


def save_svg(figure: Figure, language: str) -> str:
    """Return a figure as an `<svg>` element: the one way in which charts are saved.

    Text stays text, in the report's Sans, so that it can be read aloud, searched and selected.
    The same figure gives the same string. Identifiers start with a digest of the picture, so that
    several pictures can stand in one page.

    Args:
        figure: Drawn inside `style.chart_style`.

    Raises:
        InputError: If the Sans has no glyph for a character, or text asks for another font.
    """
    buffer = io.StringIO()
    with chart_style(language), warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph", category=UserWarning)
        try:
            _check_text(figure)
            lay_out(figure)  # places settle in two rounds, and saving does one
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
            _check_text(figure)  # drawing makes the axes' numbers
        except UserWarning as warning:
            raise InputError(f"a chart cannot be shown: {warning}") from warning
    return _clean(buffer.getvalue())


def _check_text(figure: Figure) -> None:
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        written = text.get_text()
        if not written.strip() or not text.get_visible():
            continue
        if "\\mathdefault" in written:
            raise InputError(
                f"the chart's text {written!r} is a formula, as a logarithmic axis makes it: give "
                "the axis a formatter that writes plain numbers."
            )
        if text.get_fontfamily() != [SANS]:
            raise InputError(
                f"the chart's text {written!r} asks for the font {text.get_fontfamily()}: draw it "
                f"inside chart_style, which sets {SANS}, and leave seaborn's set_style out."
            )
        if missing := missing_characters(written, SANS):
            raise InputError(
                f"the chart's text {written!r} has {missing!r}, which {SANS} has no glyph for: "
                "write it with other characters."
            )


def _clean(document: str) -> str:
    """Keep the drawing only: no prologue, metadata, global style or needless identifier."""
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(document)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    # matplotlib says this in a style sheet, which inside HTML would reach the whole page
    root.set("stroke-linejoin", "round")
    root.set("stroke-linecap", "butt")
    _rename(root, "c" + hashlib.sha256(document.encode("utf-8")).hexdigest()[:8])
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    for text in root.iter(f"{_SVG}text"):
        _lower_indices(text)
    for element in root.iter():
        element.tail = None
        for key in _GEOMETRY & set(element.attrib):
            element.set(key, _LONG_NUMBER.sub(_hundredths, element.attrib[key]))
        if element.tag != f"{_SVG}text" and element.text and not element.text.strip():
            element.text = None
    return ElementTree.tostring(root, encoding="unicode")


def _lower_indices(text: ElementTree.Element) -> None:
    """Set the index of a symbol in a text lower, and what follows it on the line again."""
    words, *indexed = INDEXED.split(text.text or "")
    if not indexed:
        return
    text.text = words
    back = dict[str, str]()
    for letter, index, words in zip(*(iter(indexed),) * 3, strict=True):
        ElementTree.SubElement(text, f"{_SVG}tspan", back).text = letter
        lower = {"class": "index", "dy": "0.22em", "font-size": "70%"}
        ElementTree.SubElement(text, f"{_SVG}tspan", lower).text = index
        back = {"dy": "-0.154em"}
        if words:
            ElementTree.SubElement(text, f"{_SVG}tspan", back).text = words
            back = {}


def _hundredths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}"


def _rename(root: ElementTree.Element, prefix: str) -> None:
    used: set[str] = set()
    for element in root.iter():
        if _XLINK_HREF in element.attrib:
            element.set("href", element.attrib.pop(_XLINK_HREF))
        if element.get("href", "").startswith("#"):
            used.add(element.attrib["href"][1:])
        for value in element.attrib.values():
            used.update(_REFERENCE.findall(value))
    names = {name: f"{prefix}-{number}" for number, name in enumerate(sorted(used))}
    for element in root.iter():
        identifier = element.attrib.pop("id", "")
        if identifier.startswith(SERIES):
            element.set("data-series", identifier.removeprefix(SERIES))
        if identifier in names:
            element.set("id", names[identifier])
        if element.get("href", "").startswith("#"):
            element.set("href", "#" + names[element.attrib["href"][1:]])
        for key, value in list(element.attrib.items()):
            element.set(key, _REFERENCE.sub(lambda match: f"url(#{names[match[1]]})", value))
