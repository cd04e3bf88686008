"""What a caller may get wrong, and is told in one sentence."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from closurerate.errors import InputError
from closurerate.kpi.combination import in_indicators
from closurerate.kpi.definition import read_definition
from closurerate.kpi.degrees import counts_used, degrees_in, is_affine
from closurerate.kpi.evaluate import evaluate
from closurerate.kpi.pieces import pieces
from closurerate.kpi.zeros import at_zeros
from closurerate.records.paths import kpi_file
from closurerate.study.formula.derivatives import derivatives
from closurerate.study.formula.properties import properties
from closurerate.study.incentives.action_signs import sign_line
from closurerate.study.incentives.actions import Action, actions, after, most_times
from closurerate.study.incentives.cheapest import cheapest_point
from closurerate.study.incentives.effects import effect
from closurerate.study.incentives.line import crossings
from closurerate.study.incentives.unpaid import reach, treatment, unpaid_curve
from closurerate.study.variance.exact import threshold_indices
from closurerate.study.variance.sobol import GridInput
from engine_samples import ROWS, SAMPLING, index_of, moved_of
from kpi_samples import OF_107, version_of

KPI = version_of()
DEFINITION = read_definition(kpi_file("effective_closure_rate"), kpi_file)
CLOSE = actions()["close_unpaid"]
BY_LETTER = {"E": 3_286_050, "C": 10_030_793, "P": 7_663_741}
FEW = {"effective": 3, "closed": 10, "pending": 4}

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "misspelt count of an action": (
        lambda: Action("x", {"closd": -1}, False, "pending"),
        "action x: 'closd' is no count; did you mean 'closed'",
    ),
    "part of a case": (
        lambda: Action("x", {"closed": 0.5}, False, "pending"),  # type: ignore[dict-item]
        "closed must change by a whole number, found 0.5",
    ),
    "kind of case": (
        lambda: Action("x", {"closed": 1}, False, "pendng"),  # type: ignore[arg-type]
        "no 'pendng' cases; did you mean 'pending'",
    ),
    "no case at all": (
        lambda: Action("x", {"closed": 1}, False, "pending", cases=0),
        "action x: cases: must be a whole number from 1, found 0",
    ),
    "letters for counts": (
        lambda: derivatives(KPI, BY_LETTER),
        "counts: 'E' is no count; allowed are new, reopened, closed",
    ),
    "letters in an evaluation": (lambda: evaluate(KPI, BY_LETTER, None), "'E' is no count"),
    "letters after an action": (lambda: after(CLOSE, BY_LETTER, 1), "'E' is no count"),
    "float for a count": (
        lambda: evaluate(KPI, FEW | {"pending": 4.0}, None),  # type: ignore[dict-item]
        "counts: pending: must be a whole number from 0, found 4.0",
    ),
    "count under 0": (lambda: reach(KPI, FEW | {"pending": -1}), "pending: must be .* found -1"),
    "bounds the wrong way round": (
        lambda: GridInput("ratio", 7, 3),
        "ratio: the lowest number is 7 and the highest 3: they must be the other way round",
    ),
    "range the wrong way round": (
        lambda: replace(moved_of(KPI)[0], low=Fraction(9, 10)),
        "ratio_ordinary: the lowest value is 9/10 and the highest 7/10",
    ),
    "no power of two": (
        lambda: replace(SAMPLING, size=1000),
        "size: 1000: must be a power of two, such as 1024",
    ),
    "name for an action": (
        lambda: effect(KPI, OF_107, "close_unpaid"),  # type: ignore[arg-type]
        r"action: must be an Action, such as actions\(\)\['close_unpaid'\], found 'close_unpaid'",
    ),
    "name for a version": (
        lambda: properties("effective_closure_rate"),  # type: ignore[arg-type]
        "version: must be a KpiVersion, found 'effective_closure_rate'",
    ),
    "count of a formula": (
        lambda: degrees_in(KPI, "closed"),
        "count: 'closed' is no count of a formula",
    ),
    "times": (lambda: effect(KPI, OF_107, CLOSE, 0), "times: .* from 1, found 0"),
    "half a time": (lambda: effect(KPI, OF_107, CLOSE, 0.5), "found 0.5"),  # type: ignore[arg-type]
    "float to gain": (
        lambda: cheapest_point(KPI, OF_107, gain=0.01),  # type: ignore[arg-type]
        "gain: must be an exact number over 0, found 0.01",
    ),
    "half a closing": (
        lambda: unpaid_curve(OF_107, [0.5]),  # type: ignore[list-item]
        "closings: must be from .* found 0.5",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_in_a_sentence(case: str) -> None:
    call, said = WRONG[case]
    with pytest.raises(InputError, match=said) as caught:
        call()
    assert str(caught.value).endswith(".")


OF_A_VERSION: dict[str, Callable[..., object]] = {
    "properties": properties,
    "evaluate": lambda one: evaluate(one, OF_107, None),
    "derivatives": lambda one: derivatives(one, OF_107),
    "effect": lambda one: effect(one, OF_107, CLOSE),
    "sign_line": lambda one: sign_line(one, CLOSE),
    "treatment": treatment,
    "reach": lambda one: reach(one, OF_107),
    "cheapest_point": lambda one: cheapest_point(one, OF_107),
    "in_indicators": in_indicators,
    "pieces": pieces,
    "counts_used": counts_used,
    "is_affine": is_affine,
    "at_zeros": at_zeros,
    "index": lambda one: threshold_indices(
        replace(index_of(ROWS, KPI), version=one), moved_of(KPI), SAMPLING
    ),
}


@pytest.mark.parametrize("name", OF_A_VERSION)
def test_a_definition_is_no_version(name: str) -> None:
    with pytest.raises(InputError, match=r"is a definition; take the version in force in a year"):
        OF_A_VERSION[name](DEFINITION)


OF_AN_ACTION: dict[str, Callable[..., object]] = {
    "effect": lambda one: effect(KPI, OF_107, one),
    "sign_line": lambda one: sign_line(KPI, one),
    "most_times": lambda one: most_times(one, OF_107),
    "after": lambda one: after(one, OF_107, 1),
    "crossings": lambda one: crossings(KPI, OF_107, one, Fraction(1, 2), 5),
    "cheapest_point": lambda one: cheapest_point(KPI, OF_107, ways={"x": one}),
}


@pytest.mark.parametrize("name", OF_AN_ACTION)
def test_a_name_is_no_action(name: str) -> None:
    with pytest.raises(InputError, match="action: must be an Action"):
        OF_AN_ACTION[name]("close_unpaid")


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    counts = {name: np.int64(count) for name, count in OF_107.items() if count is not None}
    plain = {name: int(count) for name, count in counts.items()}
    assert evaluate(KPI, counts, None).value == evaluate(KPI, plain, None).value
    assert derivatives(KPI, counts) == derivatives(KPI, plain)
    for kind in (np.int64, np.uint32):
        chosen = actions(kind(3), amount_twd=kind(100))
        assert chosen == actions(3, amount_twd=100)
        one = effect(KPI, counts, chosen["close_unpaid"], kind(10_000))
        assert one == effect(KPI, plain, chosen["close_unpaid"], 10_000)
    assert most_times(CLOSE, counts) == plain["pending"]
    assert reach(KPI, counts) == reach(KPI, plain)
    frame = unpaid_curve(counts, list(np.array([0, 5])))
    assert frame.equals(unpaid_curve(plain, [0, 5]))
    many = {name: np.int64(2**62) for name in ("effective", "closed", "pending")}
    assert evaluate(KPI, many, None).value.value == 1, "nothing overflows"
