"""A formula in mathematical notation: MathML for HTML, Typst's mathematics for PDF, and words."""

from closurerate.kpi.formula import Call, Formula, Name, Negative, Node, Number, Operation

_TIGHTNESS = {"+": 1.0, "-": 1.0, "*": 2.0, "/": 2.0, "^": 3.0}
_NEGATIVE = 1.5
_ATOM = 4.0
_WORDS = {"+": " + ", "-": " − ", "*": " × ", "/": " ÷ ", "^": "^"}


def mathml(symbol: str, formula: Formula) -> str:
    """Return `symbol = formula` as one MathML element."""
    left, right = _mathml_name(symbol), _mathml(formula.node)
    return (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">'
        f"<mrow>{left}<mo>=</mo>{right}</mrow></math>"
    )


def typst(symbol: str, formula: Formula) -> str:
    """Return `symbol = formula` in Typst's mathematics, without dollar signs."""
    return f"{_typst_name(symbol)} = {_typst(formula.node)}"


def spoken(symbol: str, formula: Formula) -> str:
    """Return `symbol = formula` on one line, for those who cannot see it."""
    return f"{symbol} = {_spoken(formula.node)}"


def _tightness(node: Node, *, is_fraction_whole: bool) -> float:
    """Return how firmly a node holds together; a set fraction needs no brackets around it."""
    match node:
        case Negative():
            return _NEGATIVE
        case Operation(sign="/") if is_fraction_whole:
            return _ATOM
        case Operation(sign=sign):
            return _TIGHTNESS[sign]
    return _ATOM


def _is_bracketed(outer: str, node: Node, *, is_right: bool, is_set: bool) -> bool:
    """Whether an operand needs brackets; `is_set` where a fraction is set with its bar."""
    if outer == "^":
        return not isinstance(node, Number | Name | Call)
    inner = _tightness(node, is_fraction_whole=is_set)
    if outer == "negative":
        return inner < _TIGHTNESS["*"]
    if outer == "/":
        is_quotient = isinstance(node, Operation) and node.sign == "/"
        return inner <= _TIGHTNESS["/"] and (is_right or not is_quotient)
    if outer == "*":
        is_quotient = isinstance(node, Operation) and node.sign == "/"
        return inner < _TIGHTNESS["*"] or (is_right and is_quotient and not is_set)
    if not is_right:
        return False
    return isinstance(node, Negative) or (outer == "-" and inner <= _TIGHTNESS["-"])


def _starts_with_number(node: Node) -> bool:
    match node:
        case Number():
            return True
        case Operation(sign="*" | "^", left=left):
            return _starts_with_number(left)
    return False


def _operator(sign: str, right: Node, *, times: str, minus: str) -> str:
    """Return an operator's sign; factors stand side by side unless a number would follow."""
    if sign == "*":
        return times if _starts_with_number(right) else ""
    return minus if sign == "-" else sign


def _mathml(node: Node) -> str:
    match node:
        case Number(text=text):
            return f"<mn>{text}</mn>"
        case Name(name=name):
            return _mathml_name(name)
        case Negative(node=inner):
            return f"<mrow><mo>−</mo>{_mathml_side('negative', inner)}</mrow>"
        case Call(function="sqrt", arguments=(argument,)):
            return f"<msqrt>{_mathml(argument)}</msqrt>"
        case Call(function=function, arguments=arguments):
            inside = "<mo>,</mo>".join(_mathml(argument) for argument in arguments)
            return f"<mrow><mi>{function}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>"
        case Operation(sign="/", left=left, right=right):
            return f"<mfrac>{_mathml(left)}{_mathml(right)}</mfrac>"
        case Operation(sign="^", left=left, right=right):
            return f"<msup>{_mathml_side('^', left)}{_mathml(right)}</msup>"
        case Operation(sign=sign, left=left, right=right):
            operator = _operator(sign, right, times="×", minus="−")
            between = f"<mo>{operator}</mo>" if operator else ""
            first, second = _mathml_side(sign, left), _mathml_side(sign, right, is_right=True)
            return f"<mrow>{first}{between}{second}</mrow>"


def _mathml_side(outer: str, node: Node, *, is_right: bool = False) -> str:
    inside = _mathml(node)
    if _is_bracketed(outer, node, is_right=is_right, is_set=True):
        return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"
    return inside


def _mathml_name(name: str) -> str:
    letter, index = _parted(name)
    if index:
        return f"<msub><mi>{letter}</mi><mn>{index}</mn></msub>"
    return f"<mi>{name}</mi>"


def _typst(node: Node) -> str:
    match node:
        case Number(text=text):
            return text
        case Name(name=name):
            return _typst_name(name)
        case Negative(node=inner):
            return f"-{_typst_side('negative', inner)}"
        case Call(function="sqrt", arguments=(argument,)):
            return f"sqrt({_typst(argument)})"
        case Call(function=function, arguments=arguments):
            inside = ", ".join(_typst(argument) for argument in arguments)
            return f'op("{function}")({inside})'
        case Operation(sign="/", left=left, right=right):
            return f"frac({_typst(left)}, {_typst(right)})"
        case Operation(sign="^", left=left, right=right):
            return f"{_typst_side('^', left)}^({_typst(right)})"
        case Operation(sign=sign, left=left, right=right):
            operator = _operator(sign, right, times="times", minus="-")
            return f"{_typst_side(sign, left)} {operator} {_typst_side(sign, right, is_right=True)}"


def _typst_side(outer: str, node: Node, *, is_right: bool = False) -> str:
    inside = _typst(node)
    return f"({inside})" if _is_bracketed(outer, node, is_right=is_right, is_set=True) else inside


def _typst_name(name: str) -> str:
    letter, index = _parted(name)
    if index:
        return f"{letter}_{index}"
    return name if len(name) == 1 else f'"{name}"'


def _parted(name: str) -> tuple[str, str]:
    """Return letter and index of a name such as I1; no index for any other."""
    return (name[0], name[1:]) if len(name) > 1 and name[1:].isdigit() else (name, "")


def _spoken(node: Node) -> str:
    match node:
        case Number(text=text):
            return text
        case Name(name=name):
            return name
        case Negative(node=inner):
            return f"−{_spoken_side('negative', inner)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_spoken(argument) for argument in arguments)})"
        case Operation(sign=sign, left=left, right=right):
            first, second = _spoken_side(sign, left), _spoken_side(sign, right, is_right=True)
            return f"{first}{_WORDS[sign]}{second}"


def _spoken_side(outer: str, node: Node, *, is_right: bool = False) -> str:
    inside = _spoken(node)
    return f"({inside})" if _is_bracketed(outer, node, is_right=is_right, is_set=False) else inside
