"""Formulas in a table's columns: those of a KPI, with columns for counts, and what was before.

A heading stands bare where it is letters, digits and `_` in any script (`徵起金額`, `106年度`), and
in double quotes where it is anything else (`"徵起金額 (元)"`, `"107"`; a quote in it is doubled).
`previous(…)` is its columns in the row of the entity's period before. `×`, `÷` and `−` are `*`, `/`
and `-`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from closurerate.audit.tables.claims_file import as_heading
from closurerate.errors import InputError
from closurerate.kpi.formula import FUNCTIONS, Formula, Node, Operation, nodes_in, parse_formula
from closurerate.kpi.walk import walked
from closurerate.records.documents import nearest

PREVIOUS = "previous"
MOST_FACTORS = 60
"""How many numbers may be multiplied with each other, powers written out."""

_TOKEN = re.compile(r'"(?P<quoted>(?:[^"]|"")*)"|(?P<word>\w+)|(?P<sign>\s+|.)', re.DOTALL)
_SIGNS = str.maketrans("×÷−＋－＊／＾（），", "*/-+-*/^(),")
_HOLDER = re.compile(r"c(\d+)_")
_OPENS = re.compile(r"\s*[(（]")
Cell = tuple[str, int]
"""A column's heading, and how many periods before."""


@dataclass(frozen=True)
class ColumnFormula:
    """A formula whose names stand for columns, each with how many periods before it is meant."""

    formula: Formula
    cells: Mapping[str, Cell]

    @property
    def looks_back(self) -> bool:
        """Whether it needs a period before."""
        return any(lag for _, lag in self.cells.values())

    @property
    def has_root(self) -> bool:
        """Whether its value may be no fraction."""
        nodes = nodes_in(self.formula.node)
        return any(isinstance(one, Operation) and one.sign == "sqrt" for one in nodes)


def parse_columns(text: str, headings: Collection[str], where: str) -> ColumnFormula:
    """Return the formula that a text holds; InputError, beginning with `where`, if it is none."""
    holders: dict[Cell, str] = {}
    written, inside, opens_previous = [], list[bool](), False
    for token in _TOKEN.finditer(text):
        word, sign = token["word"], token["sign"]
        if sign is not None:
            sign = sign.translate(_SIGNS)
            if sign == "(":
                inside.append(opens_previous)
                opens_previous = False
            elif sign == ")" and inside:
                inside.pop()
            written.append(sign)
        elif word is not None and (word.isdecimal() or _is_function(text, token)):
            opens_previous = word == PREVIOUS
            written.append("" if opens_previous else word)
        else:
            heading = as_heading(token["quoted"].replace('""', '"') if word is None else word)
            if heading not in headings:
                near = nearest(heading, headings)
                raise InputError(f"{where}: there is no column {heading!r}{near}.")
            written.append(holders.setdefault((heading, sum(inside)), f"c{len(holders)}_"))
    try:
        formula = parse_formula("".join(written), holders.values(), where)
    except InputError as error:
        names = [_called(*cell) for cell in holders]
        told = _HOLDER.sub(lambda holder: names[int(holder[1])], str(error))
        raise InputError(told) from None
    if walked(formula.node, _leaf, _FACTORS) > MOST_FACTORS:
        raise InputError(f"{where}: {text!r} multiplies more than {MOST_FACTORS} numbers.")
    return ColumnFormula(formula, {holder: cell for cell, holder in holders.items()})


def _is_function(text: str, token: re.Match[str]) -> bool:
    is_known = token["word"] in (PREVIOUS, *FUNCTIONS)
    return is_known and _OPENS.match(text, token.end()) is not None


def _called(heading: str, lag: int) -> str:
    """Return how a formula writes a column."""
    name = heading if re.fullmatch(r"\w*[^\W\d]\w*", heading) else f'"{heading}"'
    return f"{PREVIOUS}(" * lag + name + ")" * lag


def _leaf(node: Node) -> int | None:
    return None if isinstance(node, Operation) else 1


_FACTORS: Mapping[str, Callable[..., int]] = {
    "+": max, "-": max, "min": max, "max": max, "negative": int, "sqrt": int,
    "*": lambda one, two: one + two,
    "/": lambda one, two: one + two,
    "^": lambda one, exponent: int(one * abs(exponent)),
}  # fmt: skip
"""How many numbers each step multiplies, by those that its parts do."""
