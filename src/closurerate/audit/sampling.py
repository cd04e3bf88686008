"""Audit samples: how many to draw, and what may be concluded from the errors found.

Attribute samples follow the classical plan (AICPA, Audit Guide: Audit Sampling, appendix A): of `n`
drawn, as many errors are allowed as are expected, rounded up, and no smaller `n` keeps the chance
of so few errors within the risk (100 % less the confidence) where the rate is just tolerable. The
upper bound is that of Clopper and Pearson (1934) or its like: the highest rate at which the chance
of so few errors still is over the risk. Rates and the risk are exact; what is near the risk is
decided by exact arithmetic (Poisson: to 60 digits, as a power of e is never a fraction).

Samples of monetary units have the bound of Stringer (1963) and the cell bound of Leslie,
Teitlebaum and Anderson (Dollar-Unit Sampling, 1979).
"""

import math
from collections.abc import Callable, Iterable
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from fractions import Fraction
from functools import partial
from itertools import accumulate, count, pairwise
from typing import Literal, NamedTuple

from closurerate.errors import InputError

Distribution = Literal["binomial", "poisson", "hypergeometric"]
DISTRIBUTIONS: tuple[Distribution, ...] = ("binomial", "poisson", "hypergeometric")
MOST = 1_000_000
"""The largest sample that is looked for."""
_EXACT = Context(prec=60)
_NEAR = 1e-7
"""A chance no farther from the risk, relative to it, is computed exactly."""
_FEW = 100
"""Of a population the chance of fewer errors is always computed exactly, which takes no time."""
_DENOMINATOR = 10**6
"""The largest denominator of a bound that is a fraction."""
_HALVINGS = 200


class SamplePlan(NamedTuple):
    """How many to draw, and with how many errors the population is still accepted."""

    n: int
    allowed_errors: int


# Attributes ---------------------------------------------------------------------------------------
def sample_size(
    confidence: Fraction,
    tolerable: Fraction,
    expected: Fraction = Fraction(0),
    population: int | None = None,
    distribution: Distribution = "binomial",
) -> SamplePlan:
    """Return the smallest sample that shows with a confidence that errors are under a rate.

    A population's errors are tolerable up to the last count under the rate.

    Args:
        confidence: Over 0 and under 1.
        tolerable: The rate of errors, over 0 and up to 1, that must not be reached.
        expected: The rate of errors that the sample allows for, from 0 and under `tolerable`.
        population: How many there are to draw from: given with `hypergeometric` alone.

    Raises:
        InputError: If one of these is out of its range, or no sample of `MOST` or of the whole
            population is large enough.
    """
    _check(confidence, distribution, population)
    if not 0 <= expected < tolerable <= 1:
        raise InputError(
            f"expected rate {_percent(expected)}, tolerable rate {_percent(tolerable)}: the "
            "expected must be 0 % or more and under the tolerable, which is at most 100 %."
        )
    most = min(population or MOST, MOST)
    fits = _fits(1 - confidence, tolerable, population, distribution)
    for allowed in count():
        # So many are allowed of a sample of this size to that.
        first = math.floor((allowed - 1) / expected) + 1 if expected and allowed else 1
        last = min(most, math.floor(allowed / expected)) if expected else most
        if first <= last and fits(allowed, last):
            return SamplePlan(_first(first, last, partial(fits, allowed)), allowed)
        if last == most:
            break
    whole = f"all {population:,}" if population and population <= MOST else f"{MOST:,}"
    raise InputError(
        f"expected rate {_percent(expected)}, tolerable rate {_percent(tolerable)}: not even a "
        f"sample of {whole} shows it at {_percent(confidence)} confidence: expect fewer errors, "
        "or tolerate more."
    )


def upper_bound(
    confidence: Fraction,
    n: int,
    errors: int,
    population: int | None = None,
    distribution: Distribution = "binomial",
) -> Fraction | Decimal:
    """Return the rate of errors that a sample is under with a confidence.

    Args:
        confidence: Over 0 and under 1.
        n: How many were drawn.
        errors: How many of them were in error.
        population: How many there were to draw from: given with `hypergeometric` alone.

    Returns:
        A rate of 0 to 1: a fraction where it is one of a denominator up to a million (of a
        population always), else a decimal of 60 digits, the last of which are not certain.

    Raises:
        InputError: If one of these is out of its range.
    """
    _check(confidence, distribution, population)
    if not 0 <= errors <= n or n < 1 or (population is not None and n > population):
        there = "" if population is None else f" of a population of {population:,}"
        raise InputError(
            f"{errors:,} errors in a sample of {n:,}{there}: a sample is 1 or more and no larger "
            "than its population, and has no more errors than cases."
        )
    risk = 1 - confidence
    if population is not None:
        too_many = _first(
            errors,
            population - n + errors + 1,
            lambda in_all: _of_population(errors, n, in_all, population) <= risk,
        )
        return Fraction(too_many - 1, population)
    if errors == n and distribution == "binomial":
        return Fraction(1)
    chance = _binomial_near if distribution == "binomial" else _poisson
    found = _root(partial(chance, errors, n), risk)
    if found >= 1:
        return Fraction(1)
    whole = Fraction(found).limit_denominator(_DENOMINATOR)
    is_exact = distribution == "binomial" and _binomial(errors, n, whole) == risk
    return whole if is_exact else found


# Monetary units -----------------------------------------------------------------------------------
def stringer_bound(
    confidence: Fraction,
    n: int,
    taints: Iterable[Fraction],
    distribution: Literal["binomial", "poisson"] = "poisson",
) -> Decimal:
    """Return the share of the recorded amount up to which it is overstated, with a confidence.

    Stringer (1963): the bound of no error, and for each error, the largest first, its part of what
    the bound of one error more adds.

    Args:
        n: How many monetary units were drawn.
        taints: Of each error found, by how much of the recorded amount it is too high, 0 to 1.

    Raises:
        InputError: If an argument is out of its range.
    """
    sorted_taints = _taints(taints, n)
    bounds = [
        _decimal(upper_bound(confidence, n, errors, distribution=distribution))
        for errors in range(len(sorted_taints) + 1)
    ]
    with localcontext(_EXACT):
        steps = (
            (after - before) * taint
            for (before, after), taint in zip(pairwise(bounds), sorted_taints, strict=True)
        )
        return sum(steps, bounds[0])


def cell_bound(confidence: Fraction, n: int, taints: Iterable[Fraction]) -> Decimal:
    """Return the share of the recorded amount up to which it is overstated, by cells.

    Leslie, Teitlebaum and Anderson (1979): error by error, the largest first, the greater of the
    bound so far with the error added to it, and of the Poisson factor with the mean of the errors
    spread over it. It is that of a sample drawn by cells: one unit from each equal interval.

    Args:
        n: How many monetary units, and so cells, were drawn.
        taints: Of each error found, by how much of the recorded amount it is too high, 0 to 1.

    Raises:
        InputError: If an argument is out of its range.
    """
    sorted_taints = _taints(taints, n)
    _check(confidence, "poisson", None)
    with localcontext(_EXACT):
        factors = [
            _root(partial(_poisson, errors, 1), 1 - confidence)
            for errors in range(len(sorted_taints) + 1)
        ]
        bound = factors[0]
        sums = accumulate(sorted_taints)
        for errors, (taint, total) in enumerate(zip(sorted_taints, sums, strict=True), start=1):
            bound = max(bound + taint, factors[errors] * total / errors)
        return min(bound / n, Decimal(1))


# Chances ------------------------------------------------------------------------------------------
def _fits(
    risk: Fraction, tolerable: Fraction, population: int | None, distribution: Distribution
) -> Callable[[int, int], bool]:
    """Return what tells whether so few errors, or fewer, of so many drawn are within the risk."""
    from scipy import special

    in_all = None if population is None else math.ceil(tolerable * population)

    def fits(errors: int, n: int) -> bool:
        if in_all is not None and population is not None:
            if errors < _FEW:
                return _of_population(errors, n, in_all, population) <= risk
            from scipy import stats  # which takes two seconds to load

            near = float(stats.hypergeom.cdf(errors, population, in_all, n))
        elif distribution == "binomial":
            near = float(special.bdtr(errors, n, float(tolerable))) if errors < n else 1.0
        else:
            near = float(special.pdtr(errors, n * float(tolerable)))
        if abs(near - risk) > _NEAR * risk:
            return near < risk
        if in_all is not None and population is not None:
            return _of_population(errors, n, in_all, population) <= risk
        if distribution == "binomial":
            return _binomial(errors, n, tolerable) <= risk
        return _poisson(errors, n, _decimal(tolerable)) <= _decimal(risk)

    return fits


def _binomial(errors: int, n: int, rate: Fraction) -> Fraction:
    """Return the chance of so many errors or fewer in `n` drawn, exactly."""
    if errors >= n:
        return Fraction(1)
    if rate == 1:
        return Fraction(0)
    wrong, all_, right = rate.numerator, rate.denominator, rate.denominator - rate.numerator
    term = total = right**n
    for drawn in range(errors):
        term = term * (n - drawn) * wrong // ((drawn + 1) * right)
        total += term
    return Fraction(total, all_**n)


def _of_population(errors: int, n: int, in_all: int, population: int) -> Fraction:
    """Return the chance of so many errors or fewer in `n` drawn of a population, exactly."""
    least = max(0, n - (population - in_all))
    if errors < least:
        return Fraction(0)
    term = total = math.comb(in_all, least) * math.comb(population - in_all, n - least)
    for drawn in range(least, min(errors, in_all, n)):
        left = population - in_all - n + drawn + 1
        term = term * (in_all - drawn) * (n - drawn) // ((drawn + 1) * left)
        total += term
    return Fraction(total, math.comb(population, n))


def _binomial_near(errors: int, n: int, rate: Decimal) -> Decimal:
    """Return the chance of so many errors or fewer in `n` drawn, to 60 digits."""
    if rate >= 1:
        return Decimal(0)
    with localcontext(_EXACT):
        odds, term = rate / (1 - rate), (1 - rate) ** n
        total = term
        for drawn in range(errors):
            term = term * odds * (n - drawn) / (drawn + 1)
            total += term
        return +total


def _poisson(errors: int, n: int, rate: Decimal) -> Decimal:
    """Return the chance of so many errors or fewer where `n` times the rate is their mean."""
    with localcontext(_EXACT):
        mean = n * rate
        term = total = (-mean).exp()
        for drawn in range(errors):
            term = term * mean / (drawn + 1)
            total += term
        return +total


def _root(chance: Callable[[Decimal], Decimal], risk: Fraction) -> Decimal:
    """Return where a chance that falls comes down to the risk."""
    with localcontext(_EXACT):
        wanted, low, high = _decimal(risk), Decimal(0), Decimal(1)
        while high < MOST and chance(high) > wanted:
            low, high = high, 2 * high
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if chance(middle) > wanted else (low, middle)
        return high


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """Return the first whole number from `low` at which what holds at `high` does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _check(confidence: Fraction, distribution: Distribution, population: int | None) -> None:
    if not 0 < confidence < 1:
        raise InputError(f"confidence {_percent(confidence)}: must be over 0 % and under 100 %.")
    if (distribution == "hypergeometric") != (population is not None):
        raise InputError(
            f"a population and the {distribution} distribution: a sample of a population without "
            "replacement is hypergeometric, and no other knows how large the population is."
        )
    if population is not None and population < 1:
        raise InputError(f"a population of {population:,}: must be 1 or more.")


def _taints(taints: Iterable[Fraction], n: int) -> list[Decimal]:
    found = sorted(map(Fraction, taints), reverse=True)
    if len(found) > n or any(not 0 <= taint <= 1 for taint in found):
        raise InputError(
            f"{len(found):,} errors of {n:,} units drawn: there are no more errors than units, "
            "and each is 0 to 1 of the recorded amount."
        )
    return [_decimal(taint) for taint in found]


def _decimal(value: Fraction | Decimal) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _percent(rate: Fraction) -> str:
    shown = _decimal(100 * rate).quantize(Decimal("1e-9"), ROUND_FLOOR).normalize()
    return f"{shown:f} %"
