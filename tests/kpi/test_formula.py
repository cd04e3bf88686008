"""Formulas: what is refused, and values that are exact."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.kpi.value import evaluate_formula

INDICATORS = {
    name: parse_formula(text, COUNT_NAMES, name) for name, text in (("I1", "E/C"), ("I2", "E/P"))
}
NAMES = (*COUNT_NAMES, "I1", "I2")
OF_107 = {"E": 3286050, "C": 10030793, "P": 7663741}


def value(text: str, **counts: int | None):
    return evaluate_formula(parse_formula(text, NAMES, "test"), INDICATORS, counts)


@pytest.mark.parametrize(
    "text",
    [
        "", "E +", "E C", "I3", "__import__('os')", "E.real", "E[0]", "lambda: E", "E if C else P",
        "E // C", "E % C", "E < C", "E @ C", "E and C", "+E", "~E", "1e5", "0x10", "1_000", "1j",
        "'E'", "True", "E^0.5", "E^P", "E^99", "2^3^2", "sqrt()", "sqrt(E, C)", "min(E)", "exp(E)",
        "min(*E)", "sqrt(E=1)", "E; C", "E\nC", "(" * 500 + "E" + ")" * 500, "E" * 3000, "E := 1",
        "-" * 900 + "E",
    ],
)  # fmt: skip
def test_refused(text):
    with pytest.raises(InputError, match=r"^here: "):
        parse_formula(text, NAMES, "here")


@pytest.mark.parametrize("text", [None, 3, ["E"]])
def test_not_text(text):
    with pytest.raises(InputError, match="must be a formula"):
        parse_formula(text, NAMES, "here")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3 * 4", "14"),
        ("2 - 3 - 4", "-5"),
        ("2 / 3 / 4", "1/6"),
        ("-2^2", "-4"),
        ("2^-2", "1/4"),
        ("0.1 + 0.2", "3/10"),
        ("min(3, 1/2, 2)", "1/2"),
        ("max(3, 7/2)", "7/2"),
        ("sqrt(4/9)", "2/3"),
        ("sqrt(2) * sqrt(2)", "2"),
        ("(sqrt(2) + 1) * (sqrt(2) - 1)", "1"),
    ],
)
def test_arithmetic(text, expected):
    assert value(text).value == Fraction(expected)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("(I1^2*I2 + I1*I2^2)/(I1^2 + I2^2)", "36.4890"),
        ("I1", "32.7596"),
        ("I2", "42.8779"),
        ("(I1 + I2)/2", "37.82"),
        ("sqrt(I1*I2)", "37.48"),
        ("2*I1*I2/(I1 + I2)", "37.14"),
        ("(I1^2 + I2^2)/(I1 + I2)", "38.50"),
        ("min(I1, I2)", "32.76"),
        ("sqrt((I1^2 + I2^2) / 2)", "38.16"),
        ("sqrt(2*I1^2*I2^2 / (I1^2 + I2^2))", "36.81"),
        ("E/(C + P)", "18.57"),
    ],
)
def test_published_values_of_107(text, percent):
    decimals = len(percent.partition(".")[2])
    found = Fraction(value(text, **OF_107).value) * 100
    assert round(found, decimals) == Fraction(percent)


def test_irrational_is_correct_to_thirty_digits():
    with localcontext() as context:
        context.prec = 60
        exact = (Decimal(3286050) ** 2 / (Decimal(10030793) * Decimal(7663741))).sqrt()
        context.prec = 30
        expected = +exact
    assert value("sqrt(I1*I2)", **OF_107).value == expected
    assert len(expected.as_tuple().digits) == 30


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(I1 * I2)", "sqrt(E * C) / 2", "sqrt(sqrt(16 * E^4) - P)", "min(I1, max(I2, 0.5))",
        "min(E, new)", "sqrt(C - P)", "-max(1 / (C - P), I1^-2)", "sqrt(min(E, sqrt(P)))",
    ],
)  # fmt: skip
@given(counts=st.fixed_dictionaries({name: st.integers(0, 40) for name in ("E", "C", "P")}))
@settings(deadline=None, max_examples=20)
def test_plain_arithmetic_says_what_sympy_says(text, counts):
    found = value(text, **counts, new=None)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("closurerate.kpi.value._plain_value", lambda *given: None)
        assert found == value(text, **counts, new=None)


def test_removable_gaps_close_and_others_do_not():
    assert value("I1*I2*2/(I1 + I2)", E=3, C=4, P=0).value == Fraction(3, 2)
    assert value("I1/I2", E=0, C=4, P=2).value == Fraction(1, 2)
    gap = value("min(I1, I2)", E=3, C=4, P=0)
    assert gap.value is None
    assert "I2 has no value" in gap.reason
    assert value("sqrt(I1*I2)", E=3, C=4, P=0).value is None
    assert value("1/(C - P)", E=3, C=4, P=4).value is None
    assert value("sqrt(P - C)", E=3, C=4, P=0).value is None
    assert value("min(1/(C - C), 2)", E=3, C=4, P=0).value is None


def test_roots_of_indicators_stay_exact():
    root = {"I1": parse_formula("sqrt(E/C)", COUNT_NAMES, "I1")}
    squared = parse_formula("I1^2", (*COUNT_NAMES, "I1"), "test")
    assert evaluate_formula(squared, root, {"E": 1, "C": 2, "P": 1}).value == Fraction(1, 2)


def test_unknown_count_has_a_reason():
    found = value("collected_twd / C", E=1, C=1, P=1, collected_twd=None)
    assert found.value is None
    assert "collected_twd" in found.reason


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(1, 10**8))
def test_official_formula_equals_its_cancelled_form(effective, closed, pending):
    found = value("(I1^2*I2 + I1*I2^2)/(I1^2 + I2^2)", E=effective, C=closed, P=pending).value
    first, second = Fraction(effective, closed), Fraction(effective, pending)
    assert found == (first**2 * second + first * second**2) / (first**2 + second**2)
    assert found == Fraction(effective * (closed + pending), closed**2 + pending**2)
    assert min(first, second) <= found <= max(first, second)
