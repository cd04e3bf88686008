"""Conditions on the counts of cases as inequalities, such as C² + P² > 2 E (C − P + 1)."""

import re
from collections.abc import Iterable, Iterator

import sympy

from closurerate.kpi.combination import E
from closurerate.press.text import Item, Run, Text, formed, said, t
from closurerate.study.formula.one_line import formula_text

_AND = {"zh-Hant": " 且 ", "en": " and "}


def inequalities(conditions: Iterable[sympy.Expr]) -> Item:
    """Return conditions that expressions in the counts are over 0; words where there is none."""
    found = sorted(map(_inequality, conditions), key=lambda item: said(item, "en"))
    return Run(tuple(found), _AND) if found else t("incentive_everywhere")


def _inequality(expression: sympy.Expr) -> Item:
    """Return `expression > 0` as the shortest of the forms that say the same."""
    symbols = sorted(expression.free_symbols, key=str)
    if not expression.is_polynomial(*symbols):
        return f"{formula_text(expression)} > 0"
    polynomial = sympy.Poly(expression, *symbols).primitive()[1]
    forms = (tuple(map(_side, sides)) for sides in _forms(polynomial.as_expr()))
    over, under = min(forms, key=lambda sides: sum(map(_length, sides)))
    # A condition and its opposite read alike: the shorter side first, a number last.
    is_turned = over.isdigit() or (
        not under.isdigit() and (_length(under), under) < (_length(over), over)
    )
    shortest = f"{under} < {over}" if is_turned else f"{over} > {under}"
    return Run(tuple(letter(part) for part in re.split(r"\b(new)\b", shortest) if part))


def _length(side: str) -> int:
    return len(side.replace(" ", ""))


def _side(expression: sympy.Expr) -> str:
    """Return the shorter of a side as a product and as a sum."""
    return min(map(formula_text, (expression, sympy.factor(expression))), key=len)


def _forms(whole: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Yield pairs whose difference is `whole`: with no term under 0, and with E on one side."""
    terms = sympy.Add.make_args(whole)
    over = sympy.Add(*(term for term in terms if term.as_coeff_Mul()[0] > 0))
    rest = whole.subs(E, 0)
    pairs = (over, over - whole), (rest, rest - whole), (whole - rest, -rest)
    yield from (pair for pair in pairs if not any(map(_is_under, pair)))


def _is_under(side: sympy.Expr) -> bool:
    """Return whether a side would begin with a minus."""
    return bool(sympy.factor(side).as_coeff_Mul()[0] < 0)


def letter(name: str) -> Text | Run | str:
    """Return what a count is called in a formula: its letter, or the word for new cases."""
    return formed(t("new"), str.lower) if name == "new" else name
