"""Formulas of a KPI, parsed from text into a small tree; nothing in a formula is run as code."""

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.records.documents import nearest

COUNT_NAMES = (
    "E", "C", "P", "new", "reopened", "closed_referred_twd", "closed_paid_twd", "collected_twd",
)  # fmt: skip
"""What a formula may use besides indicators: effective, closed and pending cases, and so on."""

LETTERS = {"E": "effective", "C": "closed", "P": "pending"}
"""The counts that a formula names by a letter; the others as `kpi.counts.MEASURES` does."""

FUNCTIONS = {"sqrt": (1, 1), "min": (2, 9), "max": (2, 9)}
"""Functions of a formula with the fewest and most arguments."""

_MAX_LENGTH = 2000
_MAX_EXPONENT = 20
_MAX_DEPTH = 60
_SHOWN = 60
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


@dataclass(frozen=True)
class Number:
    """A number as written, exact."""

    value: Fraction
    text: str


@dataclass(frozen=True)
class Name:
    """A count or an indicator."""

    name: str


@dataclass(frozen=True)
class Operation:
    """Two nodes joined by one of `+ - * / ^`, one that is `negative`, or a function's arguments.

    An exponent is a whole number: a `Number`, or a `negative` one.
    """

    sign: str
    parts: tuple["Node", ...]


Node = Number | Name | Operation


@dataclass(frozen=True)
class Formula:
    """A formula as written (`text`) and as parsed (`node`)."""

    text: str
    node: Node


Indicators = tuple[tuple[str, Formula], ...]
"""Indicators in a form that a cache can be keyed with."""


def hashable(indicators: Mapping[str, Formula]) -> Indicators:
    """Return indicators, by name in order, as a cache is keyed with them."""
    return tuple(sorted(indicators.items(), key=lambda item: item[0]))


def parse_formula(text: object, names: Collection[str], where: str) -> Formula:
    """Return the formula that a text holds; InputError, beginning with `where`, if it is none.

    It holds numbers, the counts and indicators in `names`, `+ - * / ^`, parentheses, and `sqrt`,
    `min`, `max`.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > _MAX_LENGTH:
        raise InputError(
            f"{where}: must be a formula of up to {_MAX_LENGTH} characters, found {_shown(text)}."
        )
    source = text.strip().replace("^", "**")
    try:
        tree = ast.parse(source, mode="eval").body
        _check_depth(tree)
        node = _converted(tree, source, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"{where}: {_shown(text)} is not a formula: check its signs.") from None
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return Formula(text.strip(), node)


def _shown(text: object) -> str:
    """Return what was found, as it was written and in so far as a sentence can hold it."""
    written = repr(text).replace("**", "^")
    return written if len(written) <= _SHOWN else f"{written[:_SHOWN]}…"


def _check_depth(tree: ast.AST) -> None:
    """Refuse a formula nested deeper than anybody writes, before anything walks down it."""
    level: list[ast.AST] = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise InputError(
            f"a formula may be nested {_MAX_DEPTH} deep and no deeper (as many terms of one sum "
            "are as deep)."
        )


def _converted(tree: ast.expr, source: str, names: Collection[str]) -> Node:
    match tree:
        case ast.Constant():
            return _number(ast.get_source_segment(source, tree) or "")
        case ast.Name(id=name):
            if name not in names:
                raise InputError(
                    f"unknown name {name!r} in {_shown(source)}{nearest(name, names)}."
                )
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("negative", (_converted(operand, source, names),))
        case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
            return Operation("^", (_converted(base, source, names), _exponent(exponent, source)))
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
            parts = tuple(_converted(side, source, names) for side in (left, right))
            return Operation(_OPERATORS[type(operator)], parts)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            fewest, most = FUNCTIONS[name]
            if not fewest <= len(arguments) <= most:
                raise InputError(f"{name} in {_shown(source)} has {len(arguments)} arguments.")
            return Operation(name, tuple(_converted(item, source, names) for item in arguments))
    raise InputError(
        f"{_shown(source)} holds {_shown(ast.get_source_segment(source, tree))}; a formula holds "
        f"numbers, names, + - * / ^, parentheses and {', '.join(FUNCTIONS)}."
    )


def _number(text: str) -> Number:
    if not (text.replace(".", "", 1).isdigit() and text.isascii()):
        raise InputError(f"{_shown(text)} is not a plain decimal number.")
    return Number(Fraction(text), text)


def _exponent(tree: ast.expr, source: str) -> Node:
    match tree:
        case ast.Constant(value=int(value)) if type(value) is int and value <= _MAX_EXPONENT:
            return Number(Fraction(value), str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Operation("negative", (_exponent(operand, source),))
    raise InputError(
        f"an exponent in {_shown(source)} is not a whole number up to {_MAX_EXPONENT} (a root is "
        "sqrt)."
    )


def measure(name: str) -> str:
    """Return a formula's count by its name as in `kpi.counts.MEASURES`."""
    return LETTERS.get(name, name)


def nodes_in(node: Node) -> Iterator[Node]:
    """Yield a node and all that are beneath it."""
    yield node
    if isinstance(node, Operation):
        for part in node.parts:
            yield from nodes_in(part)


def names_in(node: Node) -> frozenset[str]:
    """Return the counts and indicators that a tree uses."""
    return frozenset(item.name for item in nodes_in(node) if isinstance(item, Name))
