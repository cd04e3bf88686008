from dataclasses import replace
from fractions import Fraction

import pytest

from closurerate.errors import InputError
from closurerate.synthetic.totals import PanelTotals, half_up, scaled


def test_contradictory_totals_are_refused(totals: PanelTotals) -> None:
    second = totals.second
    with pytest.raises(InputError, match="closed is negative"):
        replace(totals, second=replace(second, closed=-1))
    with pytest.raises(InputError, match="effective must be part of closed"):
        replace(totals, second=replace(second, effective=second.closed + 1))
    with pytest.raises(InputError, match="reopened"):
        replace(totals, second=replace(second, pending=second.pending - 657))


@pytest.mark.parametrize("fraction", [Fraction(0), Fraction(-1), Fraction(3, 2)])
def test_a_fraction_is_over_nothing_and_at_most_all(
    totals: PanelTotals, fraction: Fraction
) -> None:
    with pytest.raises(InputError, match="fraction"):
        scaled(totals, fraction)


def test_the_printed_stocks_do_not_close_by_656(totals: PanelTotals) -> None:
    assert totals.reopened == 656
    assert totals.opening == 5_612_473


def test_the_whole_nation_is_not_changed(totals: PanelTotals) -> None:
    assert scaled(totals, Fraction(1)) == totals


@pytest.mark.parametrize("parts", [7, 100, 1000])
def test_a_small_nation_keeps_flows_and_rounds_half_up(totals: PanelTotals, parts: int) -> None:
    small = scaled(totals, Fraction(1, parts))
    assert small.second.effective == (2 * totals.second.effective + parts) // (2 * parts)
    assert small.reopened == max(1, (2 * 656 + parts) // (2 * parts))
    assert abs(small.second.pending - Fraction(totals.second.pending, parts)) <= 3


def test_a_half_goes_up() -> None:
    assert [half_up(Fraction(n, 2)) for n in (-1, 1, 2, 3)] == [0, 1, 1, 2]
