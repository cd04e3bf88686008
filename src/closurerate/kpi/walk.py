"""The one walk over a formula, parsed or as a sympy expression: from its leaves up, step by step.

What is read off a formula is told by what its leaves are and by what each step makes of its parts:
floats, intervals, degrees, sizes, slopes, or another expression.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import neg
from typing import TYPE_CHECKING, Any, TypeVar

from closurerate.kpi.formula import Node, Number, Operation

if TYPE_CHECKING:
    import sympy

_Result = TypeVar("_Result")
_SIGNS = {
    "Add": "+",
    "Mul": "*",
    "Pow": "^",
    "Min": "min",
    "Max": "max",
    "Abs": "abs",
    "sign": "sign",
}
"""By sympy's name; it makes an `abs` of the root of a square, and its slope has a `sign`."""


class NoResultError(Exception):
    """A walk comes to no result: a step is of no known kind, or it makes nothing of its parts."""


def walked(
    tree: "Node | sympy.Expr",
    known: Callable[[Any], _Result | None],
    steps: Mapping[str, Callable[..., _Result]],
) -> _Result:
    """Return what a formula, parsed or an expression, comes to; NoResultError at an unknown step.

    Args:
        known: What a leaf is, or any part that is not to be walked; None for one that is.
        steps: What a step makes of all its parts, by the sign of a parsed one
            (`kpi.formula.Operation`), or of an expression's: one of
            `+ * ^ min max abs sign`. `^` is given the base, and the exponent as a Fraction.
    """
    found = known(tree)
    if found is not None:
        return found
    sign, parts = _taken_apart(tree)
    if sign not in steps:
        raise NoResultError(f"{tree} is not made of counts")
    if sign == "^":
        base, exponent = parts
        return steps[sign](walked(base, known, steps), _exponent(exponent))
    return steps[sign](*(walked(part, known, steps) for part in parts))


def _taken_apart(tree: "Node | sympy.Expr") -> tuple[str, tuple[Any, ...]]:
    if isinstance(tree, Operation):
        return tree.sign, tree.parts
    return _SIGNS.get(type(tree).__name__, ""), getattr(tree, "args", ())


def _exponent(tree: "Node | sympy.Expr") -> Fraction:
    if isinstance(tree, Node):
        negative: Mapping[str, Callable[..., Fraction]] = {"negative": neg}
        return walked(tree, _number, negative)
    if tree.is_Rational:
        return fraction_of(tree)
    raise NoResultError(f"the power {tree} is no number")


def _number(node: Node) -> Fraction | None:
    return node.value if isinstance(node, Number) else None


def fraction_of(number: "sympy.Rational") -> Fraction:
    """Return a rational number of sympy's as Python's."""
    return Fraction(int(number.p), int(number.q))
