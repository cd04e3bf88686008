"""What a target asked for, exactly."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.errors import InputError
from closurerate.kpi.definition import KpiVersion, read_definition
from closurerate.kpi.evaluate import evaluate
from closurerate.quantity import rounded
from closurerate.records.feasible import Interval
from closurerate.records.paths import kpi_file
from closurerate.records.published import feasible_by_reading, load_published
from closurerate.study.change.target import (
    Need,
    against_before,
    check_target,
    needed_effective,
)
from kpi_samples import of_formula, version_of

OFFICIAL = read_definition(kpi_file("effective_closure_rate"), kpi_file)
OF_107 = {"effective": 3286050, "closed": 10030793, "pending": 7663741}
OF_106 = {"effective": None, "closed": 7493345, "pending": 7478941}


def percent(version: KpiVersion, counts: dict[str, int | None]) -> Fraction:
    return Fraction(evaluate(version, counts, None).value.value) * 100


def test_bad_input_is_one_sentence():
    with pytest.raises(InputError, match="do not tell the closed cases"):
        needed_effective(version_of("minimum"), {"pending": 5}, Fraction(25))
    with pytest.raises(InputError, match="the target must be over 0, found 0"):
        needed_effective(version_of("minimum"), OF_107, Fraction(0))


@pytest.mark.parametrize(
    ("version", "target", "reason"),
    [
        (version_of("clearance_rate"), 90, "not_by_effective"),
        (version_of("disposition_time"), 200, "not_by_effective"),
        (of_formula("1 - I1"), 25, "not_improving"),
        (of_formula("1 / (I1 - I1)"), 25, "not_by_effective"),
        (version_of("effective_share"), 60, "out_of_reach"),
        (of_formula("365 * E / P", "day", "lower"), 900, "not_improving"),
        (of_formula("365 * P / E", "day", "lower"), 200, "out_of_reach"),
    ],
)
def test_no_number_of_cases_will_do_for_a_reason(version, target, reason):
    counts = OF_107 | {"new": 10214937}
    assert needed_effective(version, counts, Fraction(target)) == Need(None, reason)
    assert check_target(version, counts, Interval(1, 1), Fraction(target)).surplus is None


def test_known_needs_of_the_printed_years():
    """By hand: E·(C+P)/(C²+P²) ≥ 0.25, and E/C ≥ 0.245."""
    closed, pending = OF_107["closed"], OF_107["pending"]
    need = needed_effective(OFFICIAL.in_force(107), OF_107, Fraction(25))
    assert need == Need(-(-25 * (closed**2 + pending**2) // (100 * (closed + pending))))
    assert need == Need(2_251_398)
    printed = needed_effective(OFFICIAL.in_force(107), OF_107, Fraction(25), as_printed=True)
    assert printed == Need(
        -(-24995 * (closed**2 + pending**2) // (100_000 * (closed + pending)))
    )  # 24.995 % is the least that prints as 25.00 %
    need = needed_effective(OFFICIAL.in_force(106), OF_106, Fraction(49, 2))
    assert need == Need(-(-245 * 7493345 // 1000)) == Need(1_835_870)


@pytest.mark.parametrize("as_printed", [False, True])
@pytest.mark.parametrize(
    "name", ["effective_closure_rate", "minimum", "geometric_mean", "effective_share"]
)
@settings(deadline=None, max_examples=12)
@given(
    closed=st.integers(1, 400), pending=st.integers(1, 400), tenths=st.integers(1, 1300)
)  # fmt: skip
def test_one_case_less_misses_the_target(name, as_printed, closed, pending, tenths):
    version, target = version_of(name), Fraction(tenths, 10)
    counts = {"closed": closed, "pending": pending}
    need = needed_effective(version, counts, target, as_printed=as_printed).effective

    def meets(effective: int) -> bool:
        reached = percent(version, counts | {"effective": effective})
        return Fraction(rounded(reached, 2)) >= target if as_printed else reached >= target

    if need is None:
        assert not meets(closed)
    else:
        assert meets(need)
        assert need == 0 or not meets(need - 1)


@pytest.mark.parametrize("as_printed", [False, True])
@settings(deadline=None, max_examples=12)
@given(closed=st.integers(1, 400), pending=st.integers(1, 400), target=st.integers(1, 3000))
def test_of_days_the_least_number_is_the_first_at_or_under_the_target(
    as_printed, closed, pending, target
):
    """By hand: 365·P/E ≤ target, or rounded half up to two decimals."""
    version = of_formula("365 * P / E", "day", "lower")
    need = needed_effective(
        version, {"closed": closed, "pending": pending}, Fraction(target), as_printed=as_printed
    )
    days = [Fraction(365 * pending, effective) for effective in range(1, closed + 1)]
    if as_printed:
        days = [Fraction((200 * day + 1) // 2, 100) for day in days]
    met = [effective for effective, day in enumerate(days, start=1) if day <= target]
    assert need == (Need(met[0]) if met else Need(None, "out_of_reach"))


def test_the_days_of_107_needed():
    version = of_formula("365 * P / E", "day", "lower")
    assert needed_effective(version, OF_107, Fraction(900)) == Need(3_108_073)
    found = check_target(version, OF_107, Interval(3_286_050, 3_286_050), Fraction(900))
    assert found.surplus == Interval(177_977, 177_977)


def test_the_years_beside_their_targets():
    found = check_target(OFFICIAL.in_force(107), OF_107, Interval(3286050, 3286050), Fraction(25))
    assert found.surplus == Interval(1_034_652, 1_034_652)
    assert found.low == found.high == percent(OFFICIAL.in_force(107), OF_107)
    assert found.need_printed.effective < found.need.effective
    interval = feasible_by_reading(load_published(106))["effective_over_closed"]
    before = check_target(OFFICIAL.in_force(106), OF_106, interval, Fraction(49, 2))
    assert before.surplus == Interval(2_761_673 - 1_835_870, 2_762_421 - 1_835_870)
    assert rounded(before.low, 2) == rounded(before.high, 2) == rounded(Fraction("36.86"), 2)


def test_the_target_of_107_asked_for_less_than_106_had_reached():
    version = OFFICIAL.in_force(107)
    need = needed_effective(version, OF_107, Fraction(25))
    found = against_before(version, need, Fraction(25), OF_106, Interval(2_761_673, 2_762_421))
    assert (rounded(found.low, 2), rounded(found.high, 2)) == (
        rounded(Fraction("36.89"), 2), rounded(Fraction("36.90"), 2),
    )  # fmt: skip
    assert found.gap_low == 25 - found.high
    assert found.gap_high == 25 - found.low
    assert found.gap_high < -11
    assert found.more == Interval(2_251_398 - 2_762_421, 2_251_398 - 2_761_673)
    nothing = against_before(version, Need(None, "out_of_reach"), Fraction(25), OF_106,
                             Interval(1, 2))  # fmt: skip
    assert nothing.more is None


def test_the_ends_of_a_kpi_that_turns_are_not_its_ends():
    turning = of_formula("I1 * (1 - I1)")
    found = check_target(turning, OF_107, Interval(10**6, 9 * 10**6), Fraction(10))
    assert (found.low, found.high) == (None, None)
    assert found.need == Need(None, "not_improving")
    falling = of_formula("1 - I1")
    found = check_target(falling, OF_107, Interval(10**6, 2 * 10**6), Fraction(10))
    assert found.low < found.high
