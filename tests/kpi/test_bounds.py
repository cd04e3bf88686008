"""Bounds of formulas: what is refused and by which bound, and that all that passes is quick."""

import subprocess
import sys
from pathlib import Path

import pytest
import sympy

from closurerate.errors import InputError
from closurerate.kpi.bounds import MOST_DEGREE, check_bounds
from closurerate.kpi.definition import read_definition
from closurerate.kpi.formula import parse_formula
from closurerate.kpi.value import in_counts
from closurerate.records.paths import kpi_file
from kpi_samples import version_of

if sys.platform == "win32":
    pytest.skip("formulas are tried in processes that fork", allow_module_level=True)
from fuzz_formulas import NAMES, PRESUMED, formulas

FUZZ = Path(__file__).with_name("fuzz_formulas.py")


def check(text: str) -> None:
    check_bounds(parse_formula(text, NAMES, "here"), PRESUMED, "here")


def fraction_of(depth: int) -> str:
    """A continued fraction."""
    text = "C"
    for level in range(depth):
        text = f"{'ECP'[level % 3]} + {level + 1} / ({text})"
    return text


def nested(function: str, depth: int) -> str:
    text = "E"
    for level in range(depth):
        text = f"{function}({text} + {'CPE'[level % 3]}{', 1' * (function != 'sqrt')})"
    return text


def summed(term: str, number: int) -> str:
    return " + ".join(term.format(k=k, n=k + 1) for k in range(1, number + 1))


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("(E + C + P + new)^20", "its terms are more than 20"),
        ("(E + C + P + new)^4", "its terms are more than 20"),
        ("(((E^20)^20)^20)^20", "its degree is over 6"),
        ("(I1^8 + I2^8) / (I1 + I2)", "its degree is over 6"),
        (f"E * {' * '.join(['I1'] * 50)}", "its degree is over 6"),
        ("min(E^4 / C^4, C^3 / P^3)", "its degree is over 6"),
        ("sqrt(E^7 + C^7)", "its degree is over 6"),
        ("sqrt(E) + (C^6 + P^6 + new^6 + C) / P", "for each root three times those cases"),
        ("min(E, 2 * E, 3 * E, 4 * E, max(C, P, new, 2 * C))",
         "the cases of its minima and maxima together are more than 16"),
        (fraction_of(20), "its terms are more than 20"),
        (fraction_of(6), "its degree is over 6"),
        (summed("E / (C + {k} * P)", 8), "its degree is over 6"),
        (summed("E / ({k} * C + P + {n} * new + {n})", 4), "its terms are more than 20"),
        (nested("sqrt", 8), "its different roots are more than 2"),
        (summed("sqrt(I1 + {k} * I2)", 6), "its different roots are more than 2"),
        (nested("max", 6), "the cases of its minima and maxima together are more than 16"),
        (summed("min(I1, {k} * I2)", 5), "its minima and maxima together are more than 16"),
        ("min(" + ", ".join(f"(E + {k} * C + P)^4" for k in range(9)) + ")",
         "the cube of its degree, times"),
        ("(E + C + P)^5 / (C^2 + P^2)^3", "its terms are more than 20"),
        ("sqrt(E^2 + P^2) * (E + C + P + new)^2 * (E + P) / (C + P)^3",
         "for each root three times those cases"),
        ("sqrt(I1 + I2) * min(1, (E + C + P)^3 / C^2)",
         "three times those cases, is more than 75000"),
        ("P * (C - sqrt(I1 / (I1 / (P + I1) + min(C, 418 * I1))) / (0.75 + I1)) / (I2 + P)",
         "three times those cases, is more than 75000"),
        (
            "new / (P - (max(I1, closed_paid_twd / E) + closed_referred_twd)^3) * (P + reopened)",
            "is more than 75000",
        ),
        ("((2^20)^20)^20 * E / C", "the digits of a number in it"),
        (f"{'1' * 400} * E / C", "multiplied out, are more than 300"),
        (f"E / C + 0.{'1' * 1900}", "multiplied out, are more than 300"),
    ],
)  # fmt: skip
def test_what_is_too_large_is_refused_by_its_bound(text, bound):
    with pytest.raises(InputError, match=r"^here: the formula is too large: ") as refused:
        check(text)
    assert bound in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "2^2^2^2^2^2", "E^C^P", "E^(C^P)", "10^10^10", " + ".join(["E"] * 900), f"{'-' * 90}E",
        f"{'(' * 300}E{')' * 300}", f"min({', '.join(['E'] * 300)})", nested("max", 100),
        "1" * 5000, "E" * 3000, "I0 * I0",
    ],
)  # fmt: skip
def test_the_parser_refuses_in_one_short_sentence(text):
    with pytest.raises(InputError, match=r"^here: ") as refused:
        check(text)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    "text",
    [
        "(min(1, I1) + min(1, I2) + min(1, C / new) + min(1, E / new)) / 4",
        "0.4 * I1 + 0.3 * I2 + 0.2 * C / new + 0.1 * collected_twd / closed_referred_twd",
        "sqrt(0.5 * I1^2 + 0.3 * I2^2 + 0.2 * (C / new)^2)", "(I1^5 + I2^5) / (I1^4 + I2^4)",
        "sqrt(I1) + sqrt(I2)",
        "max(0, min(1, (I1 - 0.2) / 0.3)) * 100", "sqrt(I1 * I2) * min(1, C / new)",
        "4 / (1 / I1 + 1 / I2 + new / C + closed_referred_twd / collected_twd)",
    ],
)  # fmt: skip
def test_what_somebody_may_propose_passes(text):
    check(text)


def test_a_definition_names_file_and_key(tmp_path):
    shipped = kpi_file("harmonic_mean").read_text(encoding="utf-8")
    written = tmp_path / "harmonic_mean.yml"
    formula = version_of("harmonic_mean").formula.text
    written.write_text(shipped.replace(formula, "(I1 + I2)^9"), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"harmonic_mean\.yml, line \d+: formula\.since\.\d+\.value: .* degree"
    ):
        read_definition(written, kpi_file)


def test_indicators_are_held_to_the_bounds_and_use_counts_alone(tmp_path):
    written = tmp_path / "doubling.yml"
    base = "id: doubling\nname: {en: d, zh-Hant: d}\nsummary: {en: d., zh-Hant: d.}\n"
    base += "extends: effective_closure_rate\nindicators:\n  unit: ratio\n  since:\n    106:\n"
    base += "      reference: none\n      value: {I1: %s, I2: %s}\n"
    too_many = "E" + "".join(f", J{number}: E / C" for number in range(7))
    for first, second, refusal in [
        (too_many, "E / P", "9 indicators, and 8 are the most"),
        ("(E + C)^9", "E / P", r"value\.I1: the formula is too large"),
        ("E / C", "I1 * I1", r"value\.I2: unknown name 'I1'"),
        ("I2", "I1", r"value\.I1: unknown name 'I2'"),
        ("E^3 / (C + P)", "(E + C) / (E + P)^2", r"formula\..*: the formula is too large"),
    ]:
        written.write_text(base % (first, second), encoding="utf-8")
        with pytest.raises(InputError, match=refusal):
            read_definition(written, kpi_file)


def test_the_measure_is_an_upper_bound():
    """No formula that passes has a degree over the bound once it is really multiplied out."""
    for text in formulas(range(12), functions=False):
        written = in_counts(parse_formula(text, NAMES, "here"), PRESUMED)
        for part in sympy.fraction(written):
            assert sympy.Poly(part, *map(sympy.Symbol, NAMES)).total_degree() <= MOST_DEGREE, text


def test_all_that_is_done_with_formulas_just_under_the_bounds_ends():
    command = [sys.executable, str(FUZZ), "--limit", "60", "--first", "2"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
