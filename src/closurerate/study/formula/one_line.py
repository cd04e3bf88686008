"""A sympy expression on one line of text, as tables and charts show it."""

import re
from fractions import Fraction

import sympy

from closurerate.quantity import Quantity

_LONG = 8
"""Operations from which on a number is told by its digits."""
_DECIMALS = 3
"""Of a bound that is written in digits."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def formula_text(expression: sympy.Expr) -> str:
    """Return an expression in characters that our fonts have: I1² − 2 I1 I2, (1 + √2)/2, ∞.

    Least and greatest are named as in a definition, their numbers by digits: max(0.3, I2).
    """
    text = re.sub(r"\boo\b", "∞", sympy.sstr(expression))
    text = re.sub(r"\bM(ax|in)\(", r"m\1(", text)
    text = re.sub(r"(?<=[(\s])-?\d+/\d+(?=[,)])", _decimal, text)
    text = re.sub(r"\*\*(\d+)", lambda power: power[1].translate(SUPERSCRIPTS), text)
    text = text.replace("**", "^").replace("*", " ").replace("-", "−").replace("sqrt", "√")
    text = re.sub(r"√\((\w+)\)", r"√\1", text)
    # What is subtracted stands behind: √2 − 1.
    return re.sub(r"^−(\w+) \+ (√\w+)$", r"\2 − \1", text)


def _decimal(written: re.Match[str]) -> str:
    """Return a fraction by its digits where they end."""
    fraction = Fraction(written[0])
    rest = fraction.denominator
    for prime in (2, 5):
        while not rest % prime:
            rest //= prime
    return f"{float(fraction):g}" if rest == 1 else written[0]


def bounds_text(
    region: tuple[sympy.Expr, sympy.Expr], kind: str, *, in_digits: bool = False
) -> str:
    """Return a region of t = I2/I1 = C/P as inequalities, one a line; empty where it is all.

    Its bounds are exact, or in digits for what can set no root, such as a chart.
    """
    lower, upper = _ends(region, kind)
    factor = _times if in_digits else _factor
    names = ("P", "C") if kind == "counts" else ("I2", "I1")
    above = [f"{names[0]} > {factor(lower)}{names[1]}"] if lower != 0 else []
    below = [f"{names[0]} < {factor(upper)}{names[1]}"] if upper.is_finite else []
    return "\n".join(above + below)


def bounds_shown(region: tuple[sympy.Expr, sympy.Expr], kind: str) -> list[Quantity]:
    """Return the bounds that `bounds_text` writes in digits."""
    found = (digits(end) for end in _ends(region, kind))
    return [Quantity(one, "ratio", _DECIMALS) for one in found if one is not None]


def _ends(region: tuple[sympy.Expr, sympy.Expr], kind: str) -> tuple[sympy.Expr, sympy.Expr]:
    """Return the ends of a region of I2/I1, or where counts are shown of P/C."""
    if kind != "counts":
        return region
    lower, upper = (sympy.radsimp(1 / end) if end != 0 else sympy.oo for end in reversed(region))
    return lower, upper


def _factor(number: sympy.Expr) -> str:
    """Return a number before a name, 1 as nothing; one that has no short form to six digits."""
    is_short = number.count_ops() < _LONG and not number.has(sympy.CRootOf)
    text = formula_text(number if is_short else sympy.N(number, 6))
    return "" if text == "1" else f"({text}) " if " " in text else f"{text} "


def _times(number: sympy.Expr) -> str:
    """Return a number to three decimals, times what stands behind; 1 as nothing."""
    value = float(number)
    return "" if number == 1 else f"{round(value, _DECIMALS) or value:g} × "


def digits(exact: sympy.Expr | None) -> Fraction | None:
    """Return a number to 30 digits, None where it is none or infinite."""
    if exact is None or not exact.is_finite:
        return None
    return Fraction(str(sympy.N(exact, 30)))
