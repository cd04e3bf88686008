"""One walk reads a formula, as parsed and as an expression; of what it does not know it says so."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from closurerate.kpi.enclosure import enclosure
from closurerate.kpi.float_values import on_arrays
from closurerate.kpi.formula import Name, Number, names_in, parse_formula
from closurerate.kpi.walk import NoResultError, walked

E, C = sympy.symbols("E C")


def written(part: object) -> str | None:
    if isinstance(part, Number):
        return part.text
    if isinstance(part, Name):
        return part.name
    return str(part) if isinstance(part, sympy.Expr) and not part.args else None


def test_each_step_is_given_all_its_parts_and_a_power_its_exact_exponent() -> None:
    signs = ("+", "-", "*", "/", "^", "negative", "sqrt", "min", "max")
    steps = {sign: lambda *parts, sign=sign: f"{sign}({', '.join(map(str, parts))})"
             for sign in signs}  # fmt: skip
    node = parse_formula("-min(E, C, 2)^-3 + sqrt(E / C) * (E - C)", ("E", "C"), "here").node
    assert walked(node, written, steps) == (
        "+(negative(^(min(E, C, 2), -3)), *(sqrt(/(E, C)), -(E, C)))"
    )
    assert walked(sympy.sqrt(E) * 2, written, steps) == "*(2, ^(E, 1/2))"
    assert names_in(node) == {"E", "C"}


def test_a_part_that_is_known_is_not_walked() -> None:
    found = walked(sympy.sqrt(E + C) + 1, lambda part: "root" if part.is_Pow else written(part),
                   {"+": lambda *parts: sorted(parts)})  # fmt: skip
    assert found == ["1", "root"]


@pytest.mark.parametrize(
    "expression", [sympy.sign(E), E**C, sympy.Max(E, sympy.cos(C)), sympy.I * E]
)
def test_a_step_of_another_kind_has_no_result(expression: sympy.Expr) -> None:
    box = {"E": (Fraction(1), Fraction(2)), "C": (Fraction(1), Fraction(2))}
    with pytest.raises(NoResultError):
        enclosure(expression, box)


def test_the_size_of_a_difference_is_never_under_nought() -> None:
    E, C = sympy.symbols("E C", positive=True)
    size = sympy.sqrt((E - C) ** 2)
    assert isinstance(size, sympy.Abs)
    arrays = {E: np.array([1.0, 5.0]), C: np.array([3.0, 3.0])}
    assert on_arrays(size, arrays).tolist() == [2.0, 2.0]
