"""Conditions on the counts of cases as inequalities, such as C² + P² > 2EC and E > 1."""

from collections.abc import Iterable

import sympy

from closurerate.press.text import Item, Run, Text, formed, said, t
from closurerate.study.formula.one_line import SUPERSCRIPTS, formula_text

_AND = {"zh-Hant": " 且 ", "en": " and "}


def inequalities(conditions: Iterable[sympy.Expr]) -> Item:
    """Return conditions that expressions in the counts are over 0; words where there is none."""
    found = sorted(map(_inequality, conditions), key=lambda item: said(item, "en"))
    return Run(tuple(found), _AND) if found else t("incentive_everywhere")


def _inequality(expression: sympy.Expr) -> Item:
    """Return `expression > 0` with its negative terms on the other side."""
    symbols = sorted(expression.free_symbols, key=lambda one: ("ECP".find(str(one)) % 9, str(one)))
    if not expression.is_polynomial(*symbols):
        return f"{formula_text(expression)} > 0"
    polynomial = sympy.Poly(expression, *symbols).primitive()[1]
    sides: tuple[list[Item], list[Item]] = ([], [])
    # What holds without E stands first: C² + P² + 2EP > 2EC.
    for exponents, coefficient in sorted(
        polynomial.terms(), key=lambda term: term[0][0] if str(symbols[0]) == "E" else 0
    ):
        factors = [
            part
            for item, power in zip(symbols, exponents, strict=True)
            if power
            for part in (letter(str(item)), str(power).translate(SUPERSCRIPTS) * (power > 1))
        ]
        size = abs(coefficient)
        sides[bool(coefficient < 0)].append(
            Run((*[str(size)] * (size != 1 or not factors), *factors))
        )
    return Run(tuple(Run(tuple(side), " + ") if side else "0" for side in sides), " > ")


def letter(name: str) -> Text | Run | str:
    """Return what a count is called in a formula: its letter, or the word for new cases."""
    return formed(t("new"), str.lower) if name == "new" else name
