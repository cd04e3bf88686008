"""Audit samples: plans and bounds beside tables, brute force, scipy, and simulated coverage."""

import json
import math
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import stats

from closurerate.audit.sampling import (
    DISTRIBUTIONS,
    Distribution,
    SamplePlan,
    cell_bound,
    sample_size,
    stringer_bound,
    upper_bound,
)
from closurerate.cli import main
from closurerate.errors import InputError


def percent(text: str) -> Fraction:
    return Fraction(text) / 100


def chance(errors: int, n: int, rate: Fraction, distribution: str, population: int | None) -> float:
    """As scipy has it: an oracle that shares no code."""
    if distribution == "binomial":
        return float(stats.binom.cdf(errors, n, float(rate)))
    if distribution == "poisson":
        return float(stats.poisson.cdf(errors, n * float(rate)))
    assert population is not None
    return float(stats.hypergeom.cdf(errors, population, math.ceil(rate * population), n))


# Plans ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tolerable", "expected", "n", "allowed"),
    [
        # AICPA, Audit Guide: Audit Sampling (2012), table A.1: 5 % risk of overreliance.
        ("5", "0", 59, 0), ("5", "1", 93, 1), ("5", "1.25", 124, 2), ("5", "2", 181, 4),
        ("10", "0", 29, 0), ("10", "2.5", 61, 2), ("2", "0", 149, 0), ("8", "3", 95, 3),
    ],
)  # fmt: skip
def test_plans_are_those_of_the_table(tolerable: str, expected: str, n: int, allowed: int) -> None:
    plan = sample_size(percent("95"), percent(tolerable), percent(expected))
    assert plan == SamplePlan(n, allowed)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize(
    ("confidence", "tolerable", "expected"),
    [*product(("80", "90", "95", "99"), ("3", "5", "12.5"), ("0", "0.3", "1", "2.2"))],
)
def test_a_plan_is_the_first_that_fits(
    confidence: str, tolerable: str, expected: str, distribution: Distribution
) -> None:
    population = 900 if distribution == "hypergeometric" else None
    rate, share = percent(tolerable), percent(expected)
    risk = 1 - float(percent(confidence))

    def fits(n: int) -> bool:
        return chance(math.ceil(share * n), n, rate, distribution, population) <= risk

    first = next((n for n in range(1, population or 5000) if fits(n)), None)
    if first is None:
        with pytest.raises(InputError, match="not even a sample of all 900 shows it"):
            sample_size(percent(confidence), rate, share, population, distribution)
        return
    plan = sample_size(percent(confidence), rate, share, population, distribution)
    assert plan == SamplePlan(first, math.ceil(share * first))


def test_a_plan_is_exact_where_a_chance_is_the_risk_itself() -> None:
    # 0.5^4 is 1/16: four suffice at 15/16, and not at the least more.
    assert sample_size(Fraction(15, 16), Fraction(1, 2)) == SamplePlan(4, 0)
    assert sample_size(Fraction(15, 16) + Fraction(1, 10**30), Fraction(1, 2)) == SamplePlan(5, 0)
    # One of two in error: the first drawn is the wrong one in half of the samples.
    assert sample_size(Fraction(1, 2), Fraction(1, 2), Fraction(0), 2, "hypergeometric").n == 1
    # As a decimal 0.07 × 100 is over 7, and 8 errors would be allowed.
    assert sample_size(percent("95"), percent("20"), percent("7")).allowed_errors == math.ceil(
        percent("7") * sample_size(percent("95"), percent("20"), percent("7")).n
    )


def test_a_plan_near_the_tolerable_rate_is_found() -> None:
    plan = sample_size(percent("95"), percent("5"), percent("4.9"))
    assert plan.allowed_errors == math.ceil(percent("4.9") * plan.n)
    assert stats.binom.cdf(plan.allowed_errors, plan.n, 0.05) <= 0.05
    before = plan.n - 1
    assert stats.binom.cdf(math.ceil(percent("4.9") * before), before, 0.05) > 0.05


# Bounds ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("confidence", ["80", "95", "99.9"])
@pytest.mark.parametrize(("n", "errors"), [(1, 0), (60, 1), (60, 59), (93, 1), (1000, 40)])
def test_bounds_are_those_of_clopper_pearson_and_of_poisson(
    confidence: str, n: int, errors: int
) -> None:
    level = float(percent(confidence))
    found = upper_bound(percent(confidence), n, errors)
    assert float(found) == pytest.approx(stats.beta.ppf(level, errors + 1, n - errors), rel=1e-11)
    found = upper_bound(percent(confidence), n, errors, distribution="poisson")
    wanted = min(1, stats.gamma.ppf(level, errors + 1) / n)
    assert float(found) == pytest.approx(wanted, rel=1e-11)


def test_a_bound_of_a_population_is_the_last_count_that_is_not_ruled_out() -> None:
    risk = Fraction(1, 20)
    for population, n in ((1, 1), (12, 5), (40, 40), (90, 31)):
        for errors in range(min(n, 6) + 1):
            kept = [
                in_all
                for in_all in range(errors, population - n + errors + 1)
                if sum(
                    math.comb(in_all, k) * math.comb(population - in_all, n - k)
                    for k in range(errors + 1)
                )
                > risk * math.comb(population, n)
            ]
            found = upper_bound(1 - risk, n, errors, population, "hypergeometric")
            assert found == Fraction(max(kept), population)


def test_a_bound_that_is_a_fraction_is_one() -> None:
    assert upper_bound(percent("95"), 1, 0) == Fraction(19, 20)
    assert upper_bound(percent("75"), 2, 0) == Fraction(1, 2)
    assert upper_bound(percent("95"), 7, 7) == 1
    assert upper_bound(percent("95"), 3, 3, distribution="poisson") == 1
    assert isinstance(upper_bound(percent("95"), 60, 1), Decimal)


@pytest.mark.parametrize(
    ("distribution", "population"), [("binomial", None), ("hypergeometric", 300)]
)
def test_bound_and_plan_agree(distribution: Distribution, population: int | None) -> None:
    tolerable = percent("6")
    plan = sample_size(percent("90"), tolerable, percent("1.5"), population, distribution)
    bound = upper_bound(percent("90"), *plan, population, distribution)
    assert bound <= tolerable if population is None else bound < tolerable
    assert upper_bound(
        percent("90"), plan.n, plan.allowed_errors + 1, population, distribution
    ) >= (tolerable)


def test_the_true_rate_is_under_the_bound_as_often_as_said() -> None:
    draw = np.random.default_rng(20260101)
    for rate in (0.01, 0.03, 0.2):
        drawn = draw.binomial(80, rate, 4000)
        bounds = {int(k): float(upper_bound(percent("90"), 80, int(k))) for k in np.unique(drawn)}
        covered = np.mean([bounds[int(k)] >= rate for k in drawn])
        assert covered > 0.9 - 3 * math.sqrt(0.09 / 4000)


# Monetary units -------------------------------------------------------------------------------
def test_the_bound_of_stringer_is_that_of_its_worked_example() -> None:
    # 95 %: factors 3.00, 4.75 and 6.30 (Poisson), errors of 40 % and 10 % in 100 units.
    found = stringer_bound(percent("95"), 100, [Fraction(1, 10), Fraction(2, 5)])
    factors = [stats.gamma.ppf(0.95, k + 1) for k in range(3)]
    wanted = factors[0] + (factors[1] - factors[0]) * 0.4 + (factors[2] - factors[1]) * 0.1
    assert float(found) == pytest.approx(wanted / 100, rel=1e-11)
    assert found == pytest.approx(Decimal("0.0385"), abs=Decimal("0.0001"))


def test_the_cell_bound_is_no_looser_than_that_of_stringer() -> None:
    taints = [Fraction(9, 10), Fraction(1, 2), Fraction(1, 20)]
    cells, stringer = (bound(percent("95"), 80, taints) for bound in (cell_bound, stringer_bound))
    assert cells <= stringer
    factors = [stats.gamma.ppf(0.95, k + 1) for k in range(4)]
    first = max(factors[0] + 0.9, factors[1] * 0.9)
    second = max(first + 0.5, factors[2] * 0.7)
    third = max(second + 0.05, factors[3] * 1.45 / 3)
    assert float(cells) == pytest.approx(third / 80, rel=1e-11)
    # Wholly wrong units are errors of an attribute sample.
    for bound in (cell_bound, stringer_bound):
        whole = bound(percent("95"), 80, [Fraction(1)] * 2)
        assert float(whole) == pytest.approx(
            float(upper_bound(percent("95"), 80, 2, distribution="poisson")), rel=1e-11
        )


@pytest.mark.parametrize("bound", [stringer_bound, cell_bound])
def test_the_true_overstatement_is_under_the_bound_of_money(bound) -> None:
    draw, n = np.random.default_rng(7), 60
    amounts = draw.lognormal(9, 1.2, 3000)
    taint = np.where(draw.random(3000) < 0.06, draw.choice([0.1, 0.35, 1.0], 3000), 0.0)
    true = float((amounts * taint).sum() / amounts.sum())
    tries, kept = 120, dict[tuple[Fraction, ...], float]()
    covered = 0
    for _ in range(tries):
        units = draw.choice(3000, n, p=amounts / amounts.sum())
        found = tuple(sorted(Fraction(str(t)) for t in taint[units] if t))
        if found not in kept:
            kept[found] = float(bound(percent("80"), n, found))
        covered += kept[found] >= true
    assert covered / tries > 0.8


# What is wrong, and the shell -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("sample-size --confidence 100 --tolerable 5", "confidence 100 %: must be over 0 %"),
        ("sample-size --confidence 95 --tolerable 5 --expected 5", "expected rate 5 %, tolerable"),
        ("sample-size --confidence 95 --tolerable 0", "expected rate 0 %, tolerable rate 0 %"),
        ("sample-size --confidence x --tolerable 5", "'x' is not a percentage such as 95 or 2.5"),
        ("sample-size --confidence 19/20 --tolerable 5", "'19/20' is not a percentage"),
        ("sample-size --confidence 95 --tolerable 5 --distribution hypergeometric",
         "a population and the hypergeometric distribution"),
        ("sample-size --confidence 95 --tolerable 5 --population 9 --distribution poisson",
         "a population and the poisson distribution"),
        ("sample-size --confidence 95 --tolerable 5 --expected 4.9999", "a sample of 1,000,000"),
        ("upper-bound --confidence 95 --n 3 --errors 4", "4 errors in a sample of 3"),
        ("upper-bound --confidence 95 --n 9 --errors 0 --population 8", "of a population of 8"),
        ("upper-bound --confidence 95 --n 0 --errors 0", "'0' is not a whole number from 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


@pytest.mark.parametrize("taints", [[Fraction(2)], [Fraction(-1, 2)], [Fraction(1, 2)] * 4])
@pytest.mark.parametrize("bound", [stringer_bound, cell_bound])
def test_impossible_errors_of_amounts_are_refused(bound, taints: list[Fraction]) -> None:
    with pytest.raises(InputError, match="units drawn"):
        bound(percent("95"), 3, taints)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("sample-size --confidence 95 --tolerable 5 --expected 1", {"n": 93, "allowed_errors": 1}),
        ("upper-bound --confidence 75 --n 2 --errors 0", {"upper": "1/2"}),
        ("upper-bound --confidence 95 --n 60 --errors 1", {"upper": "0.0766399949345"}),
        ("upper-bound --confidence 95 --n 60 --errors 1 --population 500", {"upper": "9/125"}),
    ],
)
def test_the_shell_tells_them_as_json(
    arguments: str, told: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments.split(), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == told
