"""A formula in mathematical notation: MathML for HTML, Typst's mathematics for PDF, and words."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from closurerate.kpi.formula import Formula, Name, Node, Number, Operation

_TIGHTNESS = {"+": 1.0, "-": 1.0, "negative": 1.5, "*": 2.0, "/": 2.0, "^": 3.0}
_ATOM = 4.0

_Script = Mapping[str, str]
"""How each kind of node is written around its parts; `times` is the product by a number."""

_MATHML: _Script = {
    "number": "<mn>{}</mn>",
    "letter": "<mi>{}</mi>",
    "word": "<mi>{}</mi>",
    "indexed": "<msub><mi>{}</mi><mn>{}</mn></msub>",
    "brackets": "<mrow><mo>(</mo>{}<mo>)</mo></mrow>",
    "negative": "<mrow><mo>−</mo>{}</mrow>",
    "sqrt": "<msqrt>{}</msqrt>",
    "function": "<mrow><mi>{}</mi><mo>(</mo>{}<mo>)</mo></mrow>",
    "comma": "<mo>,</mo>",
    "+": "<mrow>{}<mo>+</mo>{}</mrow>",
    "-": "<mrow>{}<mo>−</mo>{}</mrow>",
    "*": "<mrow>{}{}</mrow>",
    "times": "<mrow>{}<mo>×</mo>{}</mrow>",
    "times_below": '{}</mrow></mtd></mtr><mtr><mtd></mtd><mtd style="text-align: left"><mrow>'
    "<mo>×</mo>{}",
    "percent": "<mn>100%</mn>",
    "value": "<mn>{}</mn>",
    "lines": '<mtable displaystyle="true">{}</mtable>',
    "line": '<mtr><mtd>{}</mtd><mtd style="text-align: left"><mrow><mo>=</mo>{}</mrow></mtd></mtr>',
    "equals": "<mo>=</mo>",
    "next": "",
    "/": "<mfrac>{}{}</mfrac>",
    "^": "<msup>{}{}</msup>",
}
_TYPST: _Script = {
    "number": "{}",
    "letter": "upright({})",
    "word": '"{}"',
    "indexed": "upright({})_{}",
    "brackets": "({})",
    "negative": "-{}",
    "sqrt": "sqrt({})",
    "function": 'op("{}")({})',
    "comma": ", ",
    "+": "{} + {}",
    "-": "{} - {}",
    "*": "{}  {}",
    "times": "{} times {}",
    "times_below": "{} times {}",
    "percent": '"100%"',
    "value": '"{}"',
    "lines": "{}",
    "line": "{} &= {}",
    "equals": " = ",
    "next": " \\ ",
    "/": "frac({}, {})",
    "^": "{}^({})",
}
_SPOKEN: _Script = {
    "number": "{}",
    "letter": "{}",
    "word": "{}",
    "indexed": "{}{}",
    "brackets": "({})",
    "negative": "−{}",
    "sqrt": "sqrt({})",
    "function": "{}({})",
    "comma": ", ",
    "+": "{} + {}",
    "-": "{} − {}",
    "*": "{} × {}",
    "times": "{} × {}",
    "times_below": "{} × {}",
    "percent": "100%",
    "value": "{}",
    "lines": "{}",
    "line": "{} = {}",
    "equals": " = ",
    "next": "; ",
    "/": "{} ÷ {}",
    "^": "{}^{}",
}


def mathml(symbol: str, formula: Formula, *, is_percent: bool = False) -> str:
    """Return `symbol = formula` as one MathML element; `is_percent`: times 100 %."""
    left, right = _name(symbol, _MATHML), _value(formula.node, _MATHML, is_percent)
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
        f"<mrow>{left}<mo>=</mo>{right}</mrow></math>"
    )


def typst(symbol: str, formula: Formula, *, is_percent: bool = False) -> str:
    """Return `symbol = formula` in Typst's mathematics, without dollar signs; see `mathml`."""
    return f"{_name(symbol, _TYPST)} = {_value(formula.node, _TYPST, is_percent)}"


def spoken(symbol: str, formula: Formula, *, is_percent: bool = False) -> str:
    """Return `symbol = formula` on one line, for those who cannot see it; see `mathml`."""
    return f"{symbol} = {_value(formula.node, _SPOKEN, is_percent)}"


Line = tuple[str, Sequence[Node | str], bool]
"""A symbol (empty where the line goes on), what it equals, one after another, and if times 100 %.

A text is a value as printed.
"""


def filled(node: Node, values: Mapping[str, str]) -> Node:
    """Return a formula with numbers, as printed, in place of names."""
    match node:
        case Name(name=name) if name in values:
            return Number(Fraction(0), values[name])
        case Operation(sign=sign, parts=parts):
            return Operation(sign, tuple(filled(part, values) for part in parts))
    return node


def aligned(lines: Iterable[Line]) -> tuple[str, str, str]:
    """Return lines of equations, aligned at their first equals sign.

    As one MathML element, in Typst's mathematics, and on one line in words. The first two of three
    symbols stand side by side in Typst's.
    """
    told = list(lines)
    mathml, typst, spoken = (_aligned(told, script) for script in (_MATHML, _TYPST, _SPOKEN))
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">{}</math>'
    if sum(bool(symbol) for symbol, *_ in told) > 2:
        first, second, *rest = typst.split(_TYPST["next"])
        beside = f"{first} wide {second.replace('&=', '=', 1)}"
        typst = _TYPST["next"].join((beside, *rest))
    return math.format(mathml), typst, spoken.replace(";  =", " =")


def _aligned(lines: Iterable[Line], script: _Script) -> str:
    set_lines = []
    for symbol, sides, is_percent in lines:
        # A phone has no room for the numbers and what they come to on one line.
        times = "times" if symbol else "times_below"
        equal = [
            script["value"].format(side) if isinstance(side, str)
            else _value(side, script, is_percent, times)
            for side in sides
        ]  # fmt: skip
        name = _name(symbol, script) if symbol else ""
        set_lines.append(script["line"].format(name, script["equals"].join(equal)))
    return script["lines"].format(script["next"].join(set_lines))


def _value(node: Node, script: _Script, is_percent: bool, times: str = "times") -> str:
    if not is_percent:
        return _written(node, script)
    return script[times].format(_operand("*", node, script), script["percent"])


def _written(node: Node, script: _Script) -> str:
    match node:
        case Number(text=text):
            return script["value" if "," in text else "number"].format(text)
        case Name(name=name):
            return _name(name, script)
        case Operation(sign="sqrt", parts=(inside,)):
            return script["sqrt"].format(_written(inside, script))
        case Operation(sign="min" | "max" as function, parts=parts):
            arguments = script["comma"].join(_written(part, script) for part in parts)
            return script["function"].format(function, arguments)
        case Operation(sign=sign, parts=parts):
            sides = [
                _operand(sign, part, script, is_right=place > 0) for place, part in enumerate(parts)
            ]
            # Factors stand side by side unless a number would follow.
            kind = "times" if sign == "*" and _starts_with_number(parts[1]) else sign
            return script[kind].format(*sides)


def _operand(outer: str, node: Node, script: _Script, *, is_right: bool = False) -> str:
    written = _written(node, script)
    if _is_bracketed(outer, node, is_right=is_right, is_set=script is not _SPOKEN):
        return script["brackets"].format(written)
    return written


def _name(name: str, script: _Script) -> str:
    if len(name) > 1 and name[1:].isdigit():
        return script["indexed"].format(name[0], name[1:])
    return script["letter" if len(name) == 1 else "word"].format(name)


def _is_bracketed(outer: str, node: Node, *, is_right: bool, is_set: bool) -> bool:
    """Whether an operand needs brackets; `is_set` where a fraction has its bar, a power its height.

    Such a fraction needs none around it or its sides.
    """
    if is_set and (outer == "/" or (outer == "^" and is_right)):
        return False
    sign = node.sign if isinstance(node, Operation) else ""
    if outer == "^":
        return sign in _TIGHTNESS
    is_quotient = sign == "/"
    inner = _ATOM if is_quotient and is_set else _TIGHTNESS.get(sign, _ATOM)
    if outer == "negative":
        return inner < _TIGHTNESS["*"]
    if outer == "/":
        return inner <= _TIGHTNESS["/"] and (is_right or not is_quotient)
    if outer == "*":
        return inner < _TIGHTNESS["*"] or (is_right and is_quotient and not is_set)
    if not is_right:
        return False
    return sign == "negative" or (outer == "-" and inner <= _TIGHTNESS["-"])


def _starts_with_number(node: Node) -> bool:
    match node:
        case Number():
            return True
        case Operation(sign="*" | "^", parts=(left, _)):
            return _starts_with_number(left)
    return False
