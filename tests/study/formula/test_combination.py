"""A KPI as a function of I1 and I2, its surface, its derivatives."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.combination import COUNTS, C, P, count_expression, in_indicators
from closurerate.kpi.definition import KpiVersion
from closurerate.kpi.evaluate import evaluate, named
from closurerate.kpi.float_values import on_arrays
from closurerate.kpi.formula import COUNT_NAMES, parse_formula
from closurerate.study.formula.derivatives import Derivative, derivatives, derivatives_by_group
from closurerate.study.formula.surface import surface
from kpi_samples import OF_107, version_of

OFFICIAL = version_of()
BY_HAND: dict[str, Callable[[float, float], float]] = {
    "effective_closure_rate": lambda x, y: (x * x * y + x * y * y) / (x * x + y * y),
    "arithmetic_mean": lambda x, y: (x + y) / 2,
    "contraharmonic_mean": lambda x, y: (x * x + y * y) / (x + y),
    "disposition_time": lambda x, y: 365 * x / y,
    "effective_over_closed": lambda x, y: x,
    "effective_share": lambda x, y: 1 / (1 / x + 1 / y),
    "geometric_mean": lambda x, y: math.sqrt(x * y),
    "harmonic_mean": lambda x, y: 2 / (1 / x + 1 / y),
    "minimum": min,
    "power_mean_minus_two": lambda x, y: ((x**-2 + y**-2) / 2) ** -0.5,
    "quadratic_mean": lambda x, y: math.sqrt((x * x + y * y) / 2),
}


def written(text: str, indicators: dict[str, str] | None = None) -> KpiVersion:
    """The official version with another formula, and other indicators where given."""
    parsed = {
        name: parse_formula(item, COUNT_NAMES, name)
        for name, item in (indicators or {"I1": "E / C", "I2": "E / P"}).items()
    }
    formula = parse_formula(text, (*COUNT_NAMES, *parsed), "test")
    return replace(OFFICIAL, indicators=parsed, formula=formula)


def by_name(version: KpiVersion, counts: dict[str, int | None]) -> dict[str, Derivative]:
    return {item.variable: item for item in derivatives(version, counts)}


# What is no combination -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("version", "reason", "names"),
    [
        (version_of("clearance_rate"), "other_counts", ("new",)),
        (written("closed_paid_twd / closed_referred_twd"), "other_counts",
         ("closed_paid_twd", "closed_referred_twd")),
        (written("I1", {"I1": "E / new", "I2": "E / P"}), "other_indicators", ("I1",)),
        (written("sqrt(I2)", {"I1": "E / C", "I2": "P / E"}), "other_indicators", ("I2",)),
        (written("E"), "depends_on_size", ()),
        (written("sqrt(E + C^2)"), "depends_on_size", ()),
        (written("min(E, I1)"), "depends_on_size", ()),
        (written("1 / (I1 - I1)"), "divides_by_zero", ()),
        (written("min(1 / (C - C), I1)"), "divides_by_zero", ()),
    ],
)  # fmt: skip
def test_what_is_no_function_of_the_indicators_says_why(version, reason, names):
    found = in_indicators(version)
    assert (found.expression, found.reason, found.names) == (None, reason, names)
    with pytest.raises(InputError, match=f"no function of them \\({reason}\\)"):
        surface(found, np.array([0.3]), np.array([0.4]))


# What is one ----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", BY_HAND)
@settings(deadline=None, max_examples=15)
@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 10**7))
def test_the_expression_is_the_kpi(name, effective, closed, pending):
    first, second = effective / closed, effective / pending
    combination = in_indicators(version_of(name))
    counts = {"effective": effective, "closed": closed, "pending": pending}
    exact = evaluate(version_of(name), counts, None).value.value
    (found,) = surface(combination, np.array([first]), np.array([second])).ravel()
    arrays = {
        COUNTS[key]: np.array([float(count)]) for key, count in named(counts).items() if count
    }
    (counted,) = on_arrays(count_expression(version_of(name)), arrays)
    assert found == pytest.approx(float(exact), rel=1e-13)
    assert counted == pytest.approx(float(exact), rel=1e-13)
    assert found == pytest.approx(BY_HAND[name](first, second), rel=1e-13)


def test_a_formula_in_counts_is_rewritten():
    assert str(in_indicators(version_of("effective_share")).expression) == "I1*I2/(I1 + I2)"
    assert str(in_indicators(version_of("disposition_time")).expression) == "365*I1/I2"
    assert str(in_indicators(written("E / sqrt(C * P)")).expression) == "sqrt(I1)*sqrt(I2)"
    assert str(count_expression(OFFICIAL)) == "(C*E + E*P)/(C**2 + P**2)"


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("I1", 1), ("I1 * I2", 2), ("I1 / I2", 0), ("sqrt(I1)", Fraction(1, 2)),
        ("min(I1, sqrt(I1 * I2))", 1), ("I1 + I1 * I2", None), ("min(I1, I2^2)", None),
        ("sqrt(I1 + I2^2)", None), ("2", 0),
    ],
)  # fmt: skip
def test_degree(text, degree):
    assert in_indicators(written(text)).degree == degree


def test_rows_of_a_surface_are_the_second_indicator():
    grid = surface(
        in_indicators(version_of("minimum")), np.array([0.1, 0.5]), np.array([0.2, 0.3, 0.4])
    )
    assert grid.tolist() == [[0.1, 0.2], [0.1, 0.3], [0.1, 0.4]]
    closed, pending = np.array([[100.0, 0.0]]), np.array([[50.0], [100.0]])
    grid = on_arrays(count_expression(version_of("disposition_time")), {C: closed, P: pending})
    assert grid[0, 0] == pytest.approx(182.5)
    assert grid[1, 0] == pytest.approx(365)
    assert np.isnan(grid[:, 1]).all()


def test_the_root_of_a_square_is_a_distance():
    grid = surface(in_indicators(written("sqrt((I1 - I2)^2)")), np.array([0.5]), np.array([0.8]))
    assert grid[0, 0] == pytest.approx(0.3)


# Derivatives ----------------------------------------------------------------------------------
def test_known_derivatives_of_107():
    found = by_name(OFFICIAL, OF_107)
    assert list(found) == ["I1", "I2", "E", "C", "P"]
    rounded = {name: round(float(item.slope.value), 3) for name, item in found.items()}
    assert (rounded["I1"], rounded["I2"]) == (0.775, 0.259)
    elasticities = [round(float(found[name].elasticity.value), 3) for name in ("E", "C", "P")]
    assert elasticities == [1, -0.696, -0.304]
    assert found["E"].elasticity.value == 1


def test_slopes_are_those_found_by_hand():
    """I = E (C + P) / (C² + P²), differentiated with pencil and paper."""
    effective, closed, pending = (Fraction(OF_107[n]) for n in ("effective", "closed", "pending"))
    below = closed**2 + pending**2
    found = {name: item.slope.value for name, item in by_name(OFFICIAL, OF_107).items()}
    assert found["E"] == (closed + pending) / below
    assert found["C"] == effective * (pending**2 - 2 * closed * pending - closed**2) / below**2
    assert found["P"] == effective * (closed**2 - 2 * closed * pending - pending**2) / below**2
    first, second = effective / closed, effective / pending
    assert found["I1"] == (
        second**2 * (second**2 + 2 * first * second - first**2) / (first**2 + second**2) ** 2
    )


@pytest.mark.parametrize("name", BY_HAND)
@settings(deadline=None, max_examples=10)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_slopes_equal_finite_differences(name, effective, closed, pending):
    counts = {"effective": effective, "closed": closed, "pending": pending}
    found, by_hand = by_name(version_of(name), counts), BY_HAND[name]
    x, y = effective / closed, effective / pending
    if abs(x / y - 1) < 1e-3 and name == "minimum":
        return  # at a kink
    h = 1e-5
    size = by_hand(x, y)
    by_first = (by_hand(x * (1 + h), y) - by_hand(x * (1 - h), y)) / (2 * h)
    by_second = (by_hand(x, y * (1 + h)) - by_hand(x, y * (1 - h))) / (2 * h)
    for variable, expected in (("I1", by_first), ("I2", by_second)):
        assert float(found[variable].elasticity.value) * size == pytest.approx(
            expected, rel=1e-4, abs=1e-7 * size
        )
        assert not found[variable].is_kink
    # More of C is less of I1, more of P less of I2, and E moves both (the chain rule).
    chained = {"C": -by_first, "P": -by_second, "E": by_first + by_second}
    for variable, expected in chained.items():
        share = found[variable].elasticity.value if variable in found else 0
        assert float(share) * size == pytest.approx(expected, rel=1e-4, abs=1e-7 * size)


def test_a_rational_slope_is_a_fraction_and_another_a_decimal_of_thirty_digits():
    assert isinstance(by_name(OFFICIAL, OF_107)["C"].slope.value, Fraction)
    slope = by_name(version_of("geometric_mean"), OF_107)["I1"].slope.value
    assert isinstance(slope, Decimal)
    assert len(slope.as_tuple().digits) == 30
    # (1/2) sqrt(I2 / I1) = (1/2) sqrt(C / P)
    assert abs(4 * slope**2 * 7663741 / 10030793 - 1) < Decimal("1e-26")


def test_a_kink_gives_both_sides():
    even = {"effective": 30, "closed": 100, "pending": 100}
    found = by_name(version_of("minimum"), even)
    assert found["I1"].is_kink
    assert (found["I1"].slope.value, found["I1"].slope_below.value) == (0, 1)
    assert (found["P"].slope.value, found["P"].slope_below.value) == (Fraction(-3, 1000), 0)
    assert not found["E"].is_kink
    assert found["E"].slope.value == Fraction(1, 100)
    largest = by_name(written("max(I1, I2)"), even)
    assert (largest["I1"].slope.value, largest["I1"].slope_below.value) == (1, 0)


def test_what_has_no_slope_says_why():
    no_backlog = {"effective": 30, "closed": 100, "pending": 0}
    found = by_name(OFFICIAL, no_backlog)
    assert found["I2"].slope.value is None
    assert "no pending cases" in found["I2"].slope.reason
    assert found["P"].slope.value == Fraction(3, 1000)
    assert by_name(version_of("minimum"), no_backlog)["E"].slope.reason.startswith(
        "I2 has no value"
    )
    nothing = {"effective": 0, "closed": 100, "pending": 50}
    assert by_name(OFFICIAL, nothing)["I1"].slope.reason == "it has no finite slope here"
    assert by_name(OFFICIAL, nothing)["E"].elasticity.reason == "the KPI is not over 0"
    assert by_name(written("sqrt(I1)"), nothing)["E"].slope.value is None
    # sqrt(I1 − I2) where I1 is the smaller.
    assert by_name(written("sqrt(I1 - I2)"), OF_107 | {"pending": 10})["I1"].slope.value is None
    unknown = by_name(version_of("clearance_rate"), nothing | {"new": None})
    assert "do not tell new" in unknown["new"].slope.reason
    assert by_name(OFFICIAL, {**nothing, "effective": None})["I1"].slope.value is None
    assert derivatives(written("1 / (C - C)"), OF_107) == ()


def test_a_value_under_nought_has_slopes_and_no_elasticity():
    """One more effective case raises (E − C)/P, whatever a percentage of it would say."""
    found = by_name(written("(E - C) / P"), OF_107)
    assert found["E"].slope.value > 0
    assert {item.elasticity.reason for item in found.values()} == {"the KPI is not over 0"}


def test_other_counts_have_their_slopes_too():
    found = by_name(version_of("clearance_rate"), OF_107)
    assert set(found) == {"C", "new"}
    assert found["new"].slope.value == -Fraction(10030793, 10214937**2)
    assert found["new"].elasticity.value == -1


def test_each_group_has_its_own():
    rows = [evaluate(OFFICIAL, OF_107, "臺北"), evaluate(OFFICIAL, OF_107, None)]
    found = derivatives_by_group(OFFICIAL, rows)
    assert list(found) == ["臺北", None]
    assert found["臺北"] == derivatives(OFFICIAL, OF_107)
