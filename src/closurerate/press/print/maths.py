"""Formulas in the cells of tables: found in their text and set as mathematics."""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

from closurerate.press.print.escape import html_text, typst_markup, typst_string

_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_NAME = r"(?:max|min|[A-Zhkt][0-9]?)(?![A-Za-z0-9])"
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_LETTERED = "".join(
    f"(?<!{word}{space})" for word in ("Branch", "branch") for space in " \N{NO-BREAK SPACE}"
)
"""What no branch's letter stands after, which is no variable."""
_NAMED = rf"(?<![A-Za-z0-9]){_LETTERED}{_NAME}"
_TOKEN = rf"(?:{_NAMED}|(?<![A-Za-z]){_NUMBER}|[{_POWERS}]+|[-+−×/=<>≥≤≠^√∂∞(),])"
_RUN = re.compile(rf"{_TOKEN}(?:\s?{_TOKEN})*")
_TOKENS = re.compile(_TOKEN)
_VARIABLE = re.compile(_NAMED)
_INDICATOR = re.compile("I[12](?:, I[12])?")
_SIGN = re.compile(r"[+−×/=<>≥≤≠^∂]")
_UNFINISHED = re.compile(r"[\s,(+−×/=<>≥≤≠^√∂]+$")
_SHORT = 12
"""Characters of a formula that stays on one line."""
_SHORT_BRACKETS = 7
"""Signs within brackets that stay on one line."""
_BRACKETS = re.compile(r"\([^()]{1,10}\)")
_WHOLE = re.compile(".+")
_RANGE = re.compile(r"(?<=[\d%]) (to|至|×) (?=[\d+−])")
_TYPST = {"−": "-", "×": "times", "≥": ">=", "≤": "<=", "≠": "!=", "∂": "partial", "∞": "infinity",
          "/": "slash", "(": "paren.l", ")": "paren.r", ",": "comma"}  # fmt: skip


def cell_html(text: str) -> str:
    """Return a cell's text of one or more lines for an HTML element, its formulas as MathML."""
    return "<br>".join(
        _printed(line, html_text, _mathml) for line in _with_ranges(text).split("\n")
    )


def cell_typst(text: str) -> str:
    """Return a cell's text of one or more lines as Typst content, its formulas as equations."""
    lines = (_printed(line, typst_markup, _equation) for line in _with_ranges(text).split("\n"))
    return "[" + "#linebreak();".join(lines) + "]"


def held_together(text: str) -> str:
    """Return a cell's text with spaces that no line breaks at where none does in print.

    Those are within a short formula, short brackets of a longer one, and a range.
    """
    return "\n".join(_printed(line, str, _unparted) for line in _with_ranges(text).split("\n"))


def _with_ranges(text: str) -> str:
    return _RANGE.sub(rf"{chr(0xA0)}\1{chr(0xA0)}", text)


def _unparted(formula: str) -> str:
    held = _BRACKETS if not _is_short(formula) else _WHOLE
    return held.sub(lambda part: part[0].replace(" ", chr(0xA0)), formula)


def _is_short(formula: str) -> bool:
    return len(formula) <= _SHORT


def _printed(line: str, as_text: Callable[[str], str], as_formula: Callable[[str], str]) -> str:
    return "".join((as_formula if is_formula else as_text)(part) for part, is_formula in _of(line))


def _of(line: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a line, and whether each is a formula."""
    done = 0
    for run in _RUN.finditer(line):
        found = _UNFINISHED.sub("", run[0])
        if _is_formula(found):
            yield line[done : run.start()], False
            yield found, True
            done = run.start() + len(found)
    yield line[done:], False


def _is_formula(text: str) -> bool:
    """Return whether it is I1 or I2, has a root or a power, or relates what it names."""
    if _INDICATOR.fullmatch(text):
        return True
    is_whole = text.count("(") == text.count(")")
    is_told = bool(_VARIABLE.search(text) and _SIGN.search(text))
    is_function = text.startswith(("min(", "max("))
    is_marked = "√" in text or any(sign in text for sign in _POWERS)
    return is_whole and (is_told or is_function or is_marked)


# As mathematics -------------------------------------------------------------------------------
def _mathml(text: str) -> str:
    # A button or a head that holds nothing else takes its name from the label.
    root = ElementTree.Element("math", {"alttext": text, "aria-label": text})
    root.extend(_row(_TOKENS.findall(text)))
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _row(tokens: list[str]) -> list[ElementTree.Element]:
    """Return elements for tokens, which are used up; a bracket left open ends with its row."""
    made: list[ElementTree.Element] = []
    while tokens:
        if tokens[0] == "^" or tokens[0][0] in _POWERS:
            power = tokens.pop(0)
            raised = _row([_plain(power)]) if power != "^" else [_atom(tokens)]
            made.append(_element("msup", made.pop() if made else _element("mrow"), *raised))
        else:
            made.append(_atom(tokens))
    return made


def _atom(tokens: list[str]) -> ElementTree.Element:
    """Return what one token begins: a name, a number, a root with what it is of, or brackets."""
    token = tokens.pop(0)
    if token == "√":
        return _element("msqrt", *(_inside(tokens) if tokens[0] == "(" else [_atom(tokens)]))
    if token == "(":
        tokens.insert(0, token)
        return _element("mrow", _leaf("mo", "("), *_inside(tokens), _leaf("mo", ")"))
    if token[0].isdigit():
        return _leaf("mn", token)
    if token[0].isalpha():
        name = _leaf("mi", token if token in ("max", "min") else token[0])
        return _element("msub", name, _leaf("mn", token[1])) if token[1:].isdigit() else name
    return _leaf("mo", token)


def _inside(tokens: list[str]) -> list[ElementTree.Element]:
    """Return what stands in the brackets that begin here; they are used up."""
    count = _length(tokens)
    inner = tokens[1 : count - 1]
    del tokens[:count]
    return _row(inner)


def _length(tokens: list[str]) -> int:
    """Return how many tokens the brackets take that begin here."""
    depth = 0
    for place, token in enumerate(tokens, start=1):
        depth += (token == "(") - (token == ")")
        if not depth:
            return place
    return len(tokens)


def _plain(power: str) -> str:
    return "".join(str(_POWERS.index(sign)) for sign in power)


def _leaf(tag: str, text: str) -> ElementTree.Element:
    element = ElementTree.Element(tag)
    element.text = text
    return element


def _element(tag: str, *children: ElementTree.Element) -> ElementTree.Element:
    element = ElementTree.Element(tag)
    element.extend(children)
    return element


def _equation(text: str) -> str:
    body = "".join(_typst(element) for element in _row(_TOKENS.findall(text)))
    equation = f"math.equation(alt: {typst_string(text)}, $upright({body})$)"
    return f"#box({equation});" if _is_short(text) else f"#{equation};"


def _typst(element: ElementTree.Element) -> str:
    """Return an element in Typst's mathematics."""
    inner = [_typst(child) for child in element]
    text = element.text or ""
    if element.tag == "msup":
        return f"attach({inner[0]}, t: {inner[1]}) "
    if element.tag == "msub":
        return f"attach({inner[0]}, b: {inner[1]}) "
    if element.tag == "msqrt":
        return f"sqrt({''.join(inner)}) "
    if element.tag == "mrow":
        is_short = len(list(element.itertext())) <= _SHORT_BRACKETS
        return f'class("normal", {"".join(inner)}) ' if is_short else "".join(inner)
    return f"{typst_string(text)} " if element.tag == "mn" else f"{_TYPST.get(text, text)} "
