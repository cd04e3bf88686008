"""A formula in mathematical notation: MathML for HTML, Typst's mathematics for PDF, and words."""

from closurerate.kpi.formula import Call, Formula, Name, Negative, Node, Number, Operation

_TIGHTNESS = {"+": 1, "-": 1, "*": 2, "/": 3, "^": 4}
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


def _needs_parentheses(outer: str, node: Node, *, is_right: bool) -> bool:
    if isinstance(node, Negative):
        return is_right or outer == "^"
    if not isinstance(node, Operation) or node.sign == "/":
        return isinstance(node, Operation) and outer == "^"
    inner, around = _TIGHTNESS[node.sign], _TIGHTNESS[outer]
    return inner < around or (inner == around and is_right and outer == "-")


def _operator(sign: str, right: Node, product: str, times: str, minus: str) -> str:
    """Return an operator's sign; factors stand side by side unless a number would follow."""
    if sign == "*":
        return times if isinstance(right, Number) else product
    return minus if sign == "-" else sign


def _mathml(node: Node) -> str:
    match node:
        case Number(text=text):
            return f"<mn>{text}</mn>"
        case Name(name=name):
            return _mathml_name(name)
        case Negative(node=inner):
            return f"<mrow><mo>−</mo>{_mathml(inner)}</mrow>"
        case Call(function="sqrt", arguments=(argument,)):
            return f"<msqrt>{_mathml(argument)}</msqrt>"
        case Call(function=function, arguments=arguments):
            inside = "<mo>,</mo>".join(_mathml(argument) for argument in arguments)
            return f"<mrow><mi>{function}</mi><mo>(</mo>{inside}<mo>)</mo></mrow>"
        case Operation(sign="/", left=left, right=right):
            return f"<mfrac>{_mathml(left)}{_mathml(right)}</mfrac>"
        case Operation(sign="^", left=left, right=right):
            return f"<msup>{_mathml_side('^', left, False)}{_mathml(right)}</msup>"
        case Operation(sign=sign, left=left, right=right):
            operator = f"<mo>{_operator(sign, right, '', '×', '−')}</mo>".replace("<mo></mo>", "")
            first, second = _mathml_side(sign, left, False), _mathml_side(sign, right, True)
            return f"<mrow>{first}{operator}{second}</mrow>"


def _mathml_side(outer: str, node: Node, is_right: bool) -> str:
    inside = _mathml(node)
    if _needs_parentheses(outer, node, is_right=is_right):
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
            return f"-{_typst(inner)}"
        case Call(function="sqrt", arguments=(argument,)):
            return f"sqrt({_typst(argument)})"
        case Call(function=function, arguments=arguments):
            inside = ", ".join(_typst(argument) for argument in arguments)
            return f'op("{function}")({inside})'
        case Operation(sign="/", left=left, right=right):
            return f"frac({_typst(left)}, {_typst(right)})"
        case Operation(sign="^", left=left, right=right):
            return f"{_typst_side('^', left, False)}^({_typst(right)})"
        case Operation(sign=sign, left=left, right=right):
            operator = _operator(sign, right, "", "times", "-")
            return f"{_typst_side(sign, left, False)} {operator} {_typst_side(sign, right, True)}"


def _typst_side(outer: str, node: Node, is_right: bool) -> str:
    inside = _typst(node)
    return f"({inside})" if _needs_parentheses(outer, node, is_right=is_right) else inside


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
            return f"−{_spoken(inner)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_spoken(argument) for argument in arguments)})"
        case Operation(sign=sign, left=left, right=right):
            sides = [
                f"({_spoken(side)})"
                if isinstance(side, Operation) and _TIGHTNESS[side.sign] < _TIGHTNESS[sign]
                else _spoken(side)
                for side in (left, right)
            ]
            return _WORDS[sign].join(sides)
