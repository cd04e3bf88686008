"""Step functions and breakpoints: equal to a recount of the cases, on and beside each jump."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closurerate.cases.vocabulary import BRANCHES
from closurerate.errors import InputError
from closurerate.quantity import rounded
from closurerate.study.settings import DisclosureRules
from closurerate.study.thresholds.breakpoints import breakpoints, public_breakpoint
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, scenarios_with
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.steps import StepFunction, step_function
from engine_samples import SOME, Rows, cases, counted, index_of, moved_of, version
from kpi_samples import KPIS, version_of

TINY = Fraction(1, 10**30)


def places(function: StepFunction, parameter: Parameter) -> list[Fraction]:
    """Thresholds on every jump, on both sides of it, and at the ends of the range."""
    step = TINY if parameter.kind == "ratio" else Fraction(1)
    found = [function.first, parameter.official, parameter.low, parameter.high]
    for place in range(len(function.numerators)):
        jump = function.jump(place)
        found += [jump - step, jump, jump + step]
    if function.last is not None:
        found.append(function.last)
    highest = function.last or max(found)
    return [value for value in found if function.first <= value <= highest]


def test_a_branch_without_a_case_is_refused() -> None:
    index = index_of([], version_of())
    with pytest.raises(InputError, match="branch '宜蘭' has no case"):
        step_function(index, moved_of(index.version)[0], "宜蘭")


@settings(deadline=None, max_examples=60)
@given(cases(), st.booleans())
def test_a_step_function_is_a_recount_everywhere(rows: Rows, is_equal: bool) -> None:
    index = index_of(rows, version("effective_closure_rate", is_equal=is_equal))
    for parameter in moved_of(index.version):
        function = step_function(index, parameter)
        jumps = [function.jump(place) for place in range(len(function.numerators))]
        assert jumps == sorted(set(jumps))
        assert (np.diff(function.effective) != 0).all()
        for value in places(function, parameter):
            assert function.at(value) == counted(index, rows, parameter, value), (parameter, value)


@settings(deadline=None, max_examples=30)
@given(cases(), st.booleans())
def test_branches_add_up_to_the_nation(rows: Rows, is_equal: bool) -> None:
    index = index_of(rows, version("effective_closure_rate", is_equal=is_equal))
    for parameter in moved_of(index.version):
        nation = step_function(index, parameter)
        parts = [step_function(index, parameter, name) for name in SOME]
        for value in places(nation, parameter):
            assert nation.at(value) == sum(part.at(value) for part in parts)


def test_a_boundary_moves_between_its_neighbours_whatever_they_are() -> None:
    index = index_of([(0, 150_000, 80_000), (0, 300_000, 160_000)], version_of())
    special, major = moved_of(index.version)[3:]
    over_special, over_major = (step_function(index, item) for item in (special, major))
    assert (over_special.first, over_special.last) == (1, 1_000_000)
    assert over_major.first == 200_000
    # 160,000 of 300,000 passes a half and no more: it counts once it is an ordinary case.
    assert over_special.at(Fraction(300_000)) == 16
    assert over_special.at(Fraction(300_001)) == 17
    assert over_special.at(Fraction(150_001)) == 16
    assert over_special.at(Fraction(150_000)) == 15


def test_ratios_that_only_whole_numbers_tell_apart_are_two_jumps() -> None:
    rows = [(0, 10**12, 10**12 - 1), (0, 10**12 - 1, 10**12 - 2)]
    index = index_of(rows, version_of())
    function = step_function(index, moved_of(index.version)[2])
    assert len(function.numerators) == 2
    assert function.jump(0) == Fraction(10**12 - 2, 10**12 - 1)
    assert function.at(function.jump(0)) == function.at(function.jump(1)) + 1


# Breakpoints ----------------------------------------------------------------------------------
def printed(index: ThresholdIndex, rows: Rows, parameter: Parameter, value: Fraction) -> object:
    found = index.value(counted(index, rows, parameter, value)).value
    if found is None:
        return None
    scale = 100 if index.version.unit == "percent" else 1
    return rounded(Fraction(found) * scale, index.version.decimals)


@pytest.mark.parametrize("kpi", KPIS)
@settings(deadline=None, max_examples=12)
@given(rows=cases(), is_equal=st.booleans())
def test_a_breakpoint_is_the_nearest_threshold_with_another_figure(
    kpi: str, rows: Rows, is_equal: bool
) -> None:
    index = index_of(rows, version(kpi, is_equal=is_equal))
    for parameter in moved_of(index.version):
        function = step_function(index, parameter)
        step = TINY if parameter.kind == "ratio" else Fraction(1)
        here = printed(index, rows, parameter, parameter.official)
        tried = places(function, parameter)
        for found in breakpoints(index, function):
            side = found.direction
            assert found.before == here
            other = [
                value
                for value in tried
                if (value - parameter.official) * side > 0
                and printed(index, rows, parameter, value) != here
            ]
            if found.value is None:
                assert other == []
                continue
            nearest = found.value if found.is_reached else found.value + side * step
            assert printed(index, rows, parameter, nearest) == found.after != here
            assert min(other, key=lambda value: abs(value - parameter.official)) == nearest
            # Nothing between the value in force and there prints anything else.
            if not found.is_reached and found.value != parameter.official:
                assert printed(index, rows, parameter, found.value) == here


def test_exactly_on_the_ratio_is_lost_with_over_and_kept_with_not_under() -> None:
    rows = [(0, 1000, 600)]
    strict = index_of(rows, version("effective_closure_rate", is_equal=False))
    loose = index_of(rows, version("effective_closure_rate", is_equal=True))
    for index, is_reached in ((strict, True), (loose, False)):
        function = step_function(index, moved_of(index.version)[0])
        below, above = breakpoints(index, function)
        assert (above.value, above.is_reached, above.moved) == (Fraction(3, 5), is_reached, -1)
        assert below.value is None


def test_a_kpi_without_the_effective_cases_has_no_breakpoint() -> None:
    index = index_of([(0, 1000, 600), (0, 300_000, 160_000)], version_of("disposition_time"))
    for parameter in moved_of(index.version):
        for found in breakpoints(index, step_function(index, parameter)):
            assert found.value is None
            assert found.before == found.after


ANYWHERE = (Fraction(0), None)


def test_a_public_breakpoint_is_none_that_the_threshold_may_not_take() -> None:
    rules = DisclosureRules(1, Fraction(1, 100), 1000, Fraction(1, 2))
    index = index_of([(0, 1000, 600)] * 10, version_of())
    _, above = breakpoints(index, step_function(index, moved_of(index.version)[0]))
    assert public_breakpoint(above, rules, (Fraction(0), Fraction(61, 100))).value is not None
    withheld = public_breakpoint(above, rules, (Fraction(0), Fraction(3, 5)))
    assert (withheld.value, withheld.is_withheld) == (None, True)


def test_ratios_over_65535_are_jumps_of_their_own() -> None:
    index = index_of([(0, 2, 140_001), (0, 4, 280_001)], version_of())
    function = step_function(index, moved_of(index.version)[0])
    assert len(function.numerators) == 2
    for ratio in (Fraction(70_000), Fraction(280_001, 4), Fraction(700_003, 10), Fraction(70_001)):
        found = index.effective(Scenarios.of([[ratio, "0.6", "0.75"]], [[200_000, 1_000_000]]))
        assert function.at(ratio) == found[0]


def test_a_public_breakpoint_is_rounded_past_the_case_or_withheld() -> None:
    rules = DisclosureRules(10, Fraction(1, 100), 1000, Fraction(1, 2))
    rows = [(0, 1000, 600)] * 10
    index = index_of(rows, version_of())
    parameter = moved_of(index.version)[0]
    below, above = breakpoints(index, step_function(index, parameter))
    shown = public_breakpoint(above, rules, ANYWHERE)
    assert (shown.value, shown.moved, shown.is_withheld) == (Fraction(61, 100), 0, False)
    assert public_breakpoint(below, rules, ANYWHERE) == below
    few = index_of(rows[:9], version_of())
    _, above = breakpoints(few, step_function(few, parameter))
    assert above.value == Fraction(3, 5)
    withheld = public_breakpoint(above, rules, ANYWHERE)
    assert (withheld.value, withheld.moved, withheld.is_withheld) == (None, 0, True)


def test_breakpoints_of_one_branch_are_its_own() -> None:
    rows = [(0, 1000, 600), (1, 1000, 700)]
    index = index_of(rows, version_of())
    parameter = moved_of(index.version)[0]
    found = {
        name: breakpoints(index, step_function(index, parameter, name), name)[1].value
        for name in BRANCHES[:3]
    }
    assert list(found.values()) == [Fraction(3, 5), Fraction(7, 10), None]


def test_the_engine_agrees_with_a_step_function_on_the_official_thresholds() -> None:
    rows = [(0, 1000, 600), (1, 250_000, 200_000), (2, 2_000_000, 100)]
    index = index_of(rows, version_of())
    for parameter in moved_of(index.version):
        values = [parameter.low, parameter.official, parameter.high]
        scenarios = scenarios_with(index.version.rule, [{parameter: value} for value in values])
        function = step_function(index, parameter)
        assert index.effective(scenarios).tolist() == [function.at(value) for value in values]
