"""Error models: no error is a point, expectations by hand, slips counted case by case."""

from dataclasses import fields, replace
from fractions import Fraction
from math import sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.study.errors.error_draws import _sums_of_some, drawn_counts
from closurerate.study.errors.error_models import Exposure, exposure
from closurerate.study.errors.uncertainty import (
    MODELS,
    DrawnInterval,
    Uncertainty,
    only,
    uncertainty,
)
from closurerate.study.errors.worst_case import worst_case
from closurerate.study.settings import ErrorRates, MonteCarlo
from closurerate.study.thresholds.engine import ThresholdIndex
from engine_samples import SETTINGS, SOME, Rows, cases, index_of, recount, version
from kpi_samples import KPIS, of_formula, version_of

SAMPLING = MonteCarlo(2000, Fraction(95, 100), 107)
MANY = replace(SAMPLING, draws=20_000)
NONE = ErrorRates(*[Fraction(0)] * len(fields(ErrorRates)))
SOME_RATES = ErrorRates(*(Fraction(text) for text in ("0.1", "0.2", "0.1", "0.1", "0.2", "0.05")))
ROWS: Rows = [
    *((0, 1000, paid) for paid in range(0, 1000, 5)),
    *((1, 250_000, paid) for paid in range(0, 250_000, 4_000)),
    *((2, 1_200_000, paid) for paid in range(0, 1_200_000, 30_000)),
]


def counts_of(index: ThresholdIndex, unpaid: int = 0) -> pd.DataFrame:
    """The count that belongs to an index of `engine_samples`."""
    rows = []
    for name in SOME:
        one = index.counts[name]
        part = int(one["closed"] or 0) - 5
        effective = int(one["effective"] or 0) - 5
        rows += [
            (name, "paid_in_full", 5, 5, 0),
            (name, "part_certificate", part, effective, 0),
            (name, "unpaid_certificate", unpaid, 0, 0),
            (name, None, 0, 0, int(one["pending"] or 0)),
        ]
    return pd.DataFrame(rows, columns=["branch", "disposition", "closed", "effective", "pending"])


def found_in(
    kpi: str = "effective_closure_rate", rates: ErrorRates = SOME_RATES, rows: Rows = ROWS
) -> Uncertainty:
    index = index_of(rows, version_of(kpi))
    return uncertainty(index, exposure(index, counts_of(index)), rates, SAMPLING)


def test_too_few_draws_are_refused() -> None:
    index = index_of(ROWS, version_of())
    few = replace(SAMPLING, draws=1999)
    with pytest.raises(InputError, match="draws: 1999: must be 2,000 or more"):
        uncertainty(index, exposure(index, counts_of(index)), NONE, few)


@pytest.mark.parametrize("rate", [Fraction(-1, 10), Fraction(11, 10)])
def test_a_rate_that_is_no_share_is_refused(rate: Fraction) -> None:
    for field in fields(ErrorRates):
        with pytest.raises(InputError, match=f"{field.name}: .* must be from 0 to 1"):
            replace(NONE, **{field.name: rate})


@pytest.mark.parametrize("kpi", KPIS)
def test_no_error_is_a_point(kpi: str) -> None:
    found = found_in(kpi, NONE)
    intervals = [found.nation, *found.alone.values(), *(item.kpi for item in found.branches)]
    for interval in intervals:
        if interval.recorded.value is None:
            assert np.isnan(interval.low)
            continue
        assert interval.low == interval.middle == interval.high
        assert interval.low == pytest.approx(float(interval.recorded.value), rel=1e-13)
    for item in found.branches:
        assert item.rank == item.rank_low == item.rank_high
    if found.worst is not None:
        assert found.worst[0] == found.worst[1] == found.nation.recorded


# Slips of a digit -------------------------------------------------------------------------------
@settings(deadline=None, max_examples=40)
@given(cases(), st.booleans())
def test_slips_are_counted_as_one_case_at_a_time(rows: Rows, is_equal: bool) -> None:
    made = version("effective_closure_rate", is_equal=is_equal)
    index = index_of(rows, made)
    ratios = [tier.ratio for tier in made.rule.tiers]
    bounds = [tier.from_twd for tier in made.rule.tiers[1:]]

    def passes(referred: int, paid: int) -> int:
        return recount([(0, referred, paid)], ratios, bounds, is_equal)

    found = exposure(index, counts_of(index))
    for place in range(len(SOME)):
        gained, lost = [0] * 5, [0] * 5
        for branch, referred, paid in rows:
            if branch != place:
                continue
            slips = [
                (referred, paid // 10), (referred, paid * 10),
                (max(referred // 10, 1), paid), (min(referred * 10, 10**12), paid),
            ]  # fmt: skip
            recorded = passes(referred, paid)
            flips = sum(passes(*slip) != recorded for slip in slips)
            (lost if recorded else gained)[flips] += 1
        assert found.gained[place].tolist() == gained
        assert found.lost[place].tolist() == lost


def test_what_could_be_wrong_adds_up_to_what_is_closed() -> None:
    index = index_of(ROWS, version_of())
    found = exposure(index, counts_of(index, unpaid=4))
    assert index.branches == SOME
    assert found.full.tolist() == [5, 5, 5]
    assert found.unpaid.tolist() == [4, 4, 4]
    assert found.pending.tolist() == [7, 7, 7]
    assert (found.gained.sum(axis=1) == found.part_not).all()
    assert (found.lost.sum(axis=1) == found.part_effective).all()


# The draws --------------------------------------------------------------------------------------
BIG = Exposure(
    full=np.array([50_000, 5, 5]),
    part_effective=np.array([20_000, 0, 0]),
    part_not=np.array([30_000, 0, 0]),
    unpaid=np.array([100_000, 0, 0]),
    pending=np.array([80_000, 7, 7]),
    gained=np.array([[20_000, 0, 10_000, 0, 0], [0] * 5, [0] * 5]),
    lost=np.array([[0, 0, 20_000, 0, 0], [0] * 5, [0] * 5]),
)


def big_index(kpi: str = "effective_over_closed") -> ThresholdIndex:
    index = index_of([], version_of(kpi))
    own = {"effective": 70_000, "closed": 200_000, "pending": 80_000}
    index.counts[SOME[0]].update(own)  # type: ignore[attr-defined]
    index.counts[None].update(  # type: ignore[attr-defined]
        effective=70_010, closed=200_010, pending=80_014
    )
    return index


@pytest.mark.parametrize(
    ("name", "change"),
    [
        # Half the rate on average; two fifths of the part-paid cases are effective.
        ("full_is_part", -0.05 * 50_005 * 0.6),
        ("part_is_full", 0.05 * 30_000),
        ("part_is_unpaid", -0.05 * 20_000),
        ("unpaid_is_part", 0.05 * 100_000 * 0.4),
        ("amount_digit", 0.05 * (10_000 * 2 / 4 - 20_000 * 2 / 4)),
    ],
)
def test_the_middle_of_the_draws_is_the_expectation_by_hand(name: str, change: float) -> None:
    index = big_index()
    rates = replace(NONE, **{name: Fraction(1, 10)})
    found = uncertainty(index, BIG, rates, SAMPLING)
    effective = found.nation.middle * 200_010
    spread = abs(change) / 0.05 * 0.1 / sqrt(SAMPLING.draws) + 5
    assert effective == pytest.approx(70_010 + change, abs=4 * spread)
    if change:
        assert found.nation.low < found.nation.high


def test_late_cases_leave_the_pending_ones_and_close() -> None:
    index = big_index("disposition_time")
    rates = replace(NONE, late=Fraction(1, 10))
    found = uncertainty(index, BIG, rates, MANY)
    expected = 365 * (80_014 - 10_000) / (200_010 + 10_000)
    assert found.nation.middle == pytest.approx(expected, rel=0.01)
    rate = uncertainty(big_index(), BIG, rates, MANY).nation.middle
    assert rate == pytest.approx((70_010 + 10_000 * 0.35) / (200_010 + 10_000), rel=1e-4)
    all_late = replace(NONE, late=Fraction(1))
    crowded = replace(BIG, pending=np.array([10, 0, 0]))
    assert uncertainty(index, crowded, all_late, SAMPLING).nation.high == 0


def test_late_cases_of_the_year_before_are_taken_out_again() -> None:
    rates = replace(NONE, late=Fraction(1, 10))
    # As many were closed in the year before: closed cases stay as they are, pending ones do not.
    steady = replace(BIG, closed_before=np.array([200_005, 5, 5]))
    drawn = drawn_counts(big_index(), steady, rates, SAMPLING)
    for name, recorded in (("closed", 200_005), ("effective", 70_005)):
        found = np.asarray(drawn[name])[:, 0]
        assert found.mean() == pytest.approx(recorded, abs=20)
        assert 50 < found.std() < 200  # some 10,000 come, as many go
    days = uncertainty(big_index("disposition_time"), steady, rates, MANY).nation
    assert days.middle == pytest.approx(365 * (80_014 - 10_000) / 200_010, rel=0.01)
    # Half as many: half of what leaves the year had come in.
    half = replace(BIG, closed_before=np.array([100_000, 0, 0]))
    rate = uncertainty(big_index("disposition_time"), half, rates, MANY).nation.middle
    assert rate == pytest.approx(365 * (80_014 - 10_000) / (200_010 + 5_000), rel=0.01)
    # No more can be taken out than was recorded.
    many = replace(BIG, closed_before=np.array([10**9, 10**9, 10**9]))
    drawn = drawn_counts(big_index(), many, replace(NONE, late=Fraction(1)), SAMPLING)
    effective, closed = (np.asarray(drawn[name]) for name in ("effective", "closed"))
    assert (effective >= 0).all()
    assert (effective <= closed).all()


def test_small_and_full_rates_occur_in_the_nation_and_branches_lie_about_it() -> None:
    index, rate = big_index(), replace(NONE, full_is_part=Fraction(1, 10))
    alike = replace(
        BIG, full=np.full(3, 10**6), part_effective=np.zeros(3, int), part_not=np.full(3, 10**6)
    )
    drawn = drawn_counts(index, alike, rate, SAMPLING)
    shares = 10 * (1 - np.asarray(drawn["effective"]) / 10**6)
    low, high = np.quantile(shares.mean(axis=1), [0.025, 0.975])
    assert low < 0.06
    assert high > 0.94
    spread = shares.std(axis=1)
    assert np.median(spread) > 0.05
    assert -0.01 < shares.min() < shares.max() < 1.01


# Sums of money ----------------------------------------------------------------------------------
PAIRS: Rows = [(0, 1000, 100)] * 2000 + [(1, 500, 50)] * 10


def money_index(text: str) -> ThresholdIndex:
    index = index_of(PAIRS, of_formula(text))
    for name, referred, paid in (("臺北", 2_000_000, 200_000), ("新北", 5_000, 500)):
        index.counts[name].update(  # type: ignore[attr-defined]
            closed_referred_twd=referred, closed_paid_twd=paid, collected_twd=paid
        )
    zero = dict.fromkeys(("closed_referred_twd", "closed_paid_twd", "collected_twd"), 0)
    index.counts["桃園"].update(zero)  # type: ignore[attr-defined]
    index.counts[None].update(  # type: ignore[attr-defined]
        closed_referred_twd=2_005_000, closed_paid_twd=200_500, collected_twd=200_500
    )
    return index


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # At the middle a twentieth of 2,000 cases has a slip, a quarter of them of each kind: a
        # referred amount of 1,000 is 100 or 10,000 in truth, a paid one of 100 is 10 or 1,000.
        ("closed_paid_twd", 200_500 + 25 * (900 - 90)),
        ("closed_referred_twd", 2_005_000 + 25 * (9_000 - 900)),
        ("collected_twd / closed_referred_twd", 200_500 / (2_005_000 + 25 * 8_100)),
    ],
)
def test_a_slip_of_a_digit_moves_sums_of_money(text: str, expected: float) -> None:
    index = money_index(text)
    exposed = exposure(index, counts_of(index))
    found = uncertainty(index, exposed, replace(NONE, amount_digit=Fraction(1, 10)), SAMPLING)
    interval = found.alone["amounts"]
    assert interval.middle == pytest.approx(expected, rel=0.02)
    recorded = float(interval.recorded.value or 0)
    assert interval.high - interval.low > 0.05 * recorded
    assert found.alone["dispositions"].low == found.alone["dispositions"].high


def test_late_cases_bring_their_branch_s_average_amounts() -> None:
    index = money_index("collected_twd / closed_referred_twd")
    exposed = exposure(index, counts_of(index, unpaid=2_000))
    exposed = replace(exposed, pending=np.array([10**6] * 3))
    found = uncertainty(index, exposed, replace(NONE, late=Fraction(1, 10)), SAMPLING)
    assert found.nation.middle == pytest.approx(200_500 / 2_005_000 / 1.05, rel=0.01)


def test_sums_of_some_are_of_that_many_any_of_them(rng: np.random.Generator) -> None:
    values = np.array([3, -5, 11, 0, 7])
    found = _sums_of_some(rng, values, np.repeat(np.arange(6), 4_000)).reshape(6, 4_000)
    assert set(found[0]) == {0}
    assert set(found[1]) == set(values)
    assert set(found[5]) == {16}
    assert found.mean(axis=1) == pytest.approx(np.arange(6) * values.mean(), abs=0.4)
    assert set(_sums_of_some(rng, np.zeros(0, int), np.array([0, 0]))) == {0}


def test_of_sums_of_money_no_worst_case_is_given() -> None:
    index = money_index("collected_twd / C")
    assert worst_case(index, exposure(index, counts_of(index)), SOME_RATES) is None


# What the draws carry ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("error", "scale", "carried"),
    [(0, 1, 3), (0.0005, 1, 3), (0.00051, 1, 2), (0.0051, 1, 1), (0.051, 1, 0), (70, 1, 0),
     (0.00005, 100, 2), (0.000051, 100, 1)],
)  # fmt: skip
def test_the_decimals_that_draws_carry(error: float, scale: int, carried: int) -> None:
    recorded = found_in().nation.recorded
    assert DrawnInterval(recorded, 0, 0, 0, error).decimals(3, scale) == carried


def test_another_seed_gives_the_same_digits_but_for_one_in_the_last() -> None:
    index = big_index()
    rates = replace(SOME_RATES, amount_digit=Fraction(1, 100))
    found = [
        uncertainty(index, BIG, rates, replace(SAMPLING, seed=seed)).nation for seed in range(5)
    ]
    carried = min(item.decimals(6, 100) for item in found)
    assert carried == max(item.decimals(6, 100) for item in found)
    for end in ("low", "middle", "high"):
        ends = [100 * getattr(item, end) for item in found]
        assert max(ends) - min(ends) <= 10**-carried
        # Nor is the error much overstated.
        assert max(ends) - min(ends) > 10 ** -(carried + 2)


def test_each_model_alone_has_only_its_own_rates() -> None:
    assert set().union(*MODELS.values()) == {field.name for field in fields(ErrorRates)}
    for names in MODELS.values():
        kept = only(SOME_RATES, names)
        for field in fields(ErrorRates):
            own = getattr(SOME_RATES, field.name)
            assert getattr(kept, field.name) == (own if field.name in names else 0)
    found = found_in()
    alone = found_in(rates=only(SOME_RATES, MODELS["late"]))
    assert found.alone["late"] == alone.nation


@pytest.mark.parametrize("kpi", KPIS)
def test_the_draws_lie_inside_the_worst_case(kpi: str) -> None:
    found = found_in(kpi)
    if found.worst is None:
        assert kpi == "clearance_rate"
        return
    low, high = (Fraction(item.value or 0) for item in found.worst)
    assert low <= Fraction(found.nation.recorded.value or 0) <= high
    assert float(low) <= found.nation.low <= found.nation.high <= float(high)


def test_the_worst_case_by_hand() -> None:
    index = big_index()
    rates = replace(NONE, full_is_part=Fraction(1, 10), late=Fraction(1, 100))
    worst = worst_case(index, BIG, rates)
    assert worst is not None
    # A tenth of 50,010 paid in full is lost; 2,001 (of 2,000.1) close late, none or all effective.
    assert worst[0].value == Fraction(70_010 - 5_001, 200_010 + 2_001)
    assert worst[1].value == Fraction(70_010 + 2_001, 200_010 + 2_001)
    # Of 50,000 closed in the year before, 500 were late: taken out, as none or all effective.
    before = worst_case(index, replace(BIG, closed_before=np.array([50_000, 0, 0])), rates)
    assert before is not None
    assert before[0].value == Fraction(70_010 - 5_001 - 500, 200_010 - 500 + 2_001)
    assert before[1].value == Fraction(70_010 + 2_001, 200_010 - 500 + 2_001)
    slips = worst_case(index, BIG, replace(NONE, amount_digit=Fraction(1, 10)))
    assert slips is not None
    assert [item.value for item in slips] == [
        Fraction(70_010 - 5_000, 200_010), Fraction(70_010 + 5_000, 200_010),
    ]  # fmt: skip


def test_ranks_are_of_the_highest_first_and_those_that_overlap_change_places() -> None:
    found = found_in()
    values = [Fraction(item.kpi.recorded.value or 0) for item in found.branches]
    for item, value in zip(found.branches, values, strict=True):
        assert item.rank == 1 + sum(other > value for other in values)
        assert item.rank_low is not None
        assert item.rank_high is not None
        assert 1 <= item.rank_low <= item.rank_high <= len(values)
    assert any(item.rank_low != item.rank_high for item in found.branches)


def test_the_best_rank_is_the_lowest_value_where_less_is_better() -> None:
    found = found_in("disposition_time")
    values = [Fraction(item.kpi.recorded.value or 0) for item in found.branches]
    for item, value in zip(found.branches, values, strict=True):
        assert item.rank == 1 + sum(other < value for other in values)


def test_a_kpi_without_a_value_has_no_interval_and_no_rank() -> None:
    index = index_of(ROWS, of_formula("E / (C - C)"))
    found = uncertainty(index, exposure(index, counts_of(index)), SOME_RATES, SAMPLING)
    assert np.isnan(found.nation.low)
    assert found.worst is None
    assert {item.rank for item in found.branches} == {None}


def test_the_same_seed_gives_the_same_draws() -> None:
    assert found_in() == found_in()


def test_the_declared_draws_are_enough() -> None:
    assert SETTINGS.monte_carlo.draws >= 2000
