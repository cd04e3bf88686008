"""The named policy variants: recounted one case at a time."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings

from closurerate.errors import InputError
from closurerate.kpi.effective import Tier
from closurerate.kpi.evaluate import in_unit
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.variants import Variant, VariantOutcome, named_variants, outcomes
from engine_samples import SETTINGS, SOME, Rows, cases, index_of, moved_of, recount, version
from kpi_samples import KPIS, version_of

ROWS: Rows = [
    (0, 1000, 500), (0, 1000, 501), (0, 1000, 760), (1, 210_000, 126_000), (1, 210_000, 120_000),
    (2, 1_050_000, 787_500), (2, 1_050_000, 640_000), (0, 150_000, 80_000),
]  # fmt: skip


def found_in(rows: Rows, kpi: str = "effective_closure_rate") -> dict[str, VariantOutcome]:
    index = index_of(rows, version_of(kpi))
    made = outcomes(index, named_variants(index, SETTINGS))
    return {
        item.variant.name + (f" {item.variant.setting}" if item.variant.setting else ""): item
        for item in made
    }


def naive(rows: Rows, variant: Variant) -> int:
    ratios = [
        Fraction(int(item), variant.thresholds.ratio_denominator)
        for item in variant.thresholds.ratio_numerators[0]
    ]
    bounds = variant.thresholds.boundaries_twd[0].tolist()
    is_equal = variant.thresholds.is_equal_effective
    return 5 * len(SOME) + recount(rows, ratios, bounds, is_equal)


def test_a_variant_for_other_tiers_is_refused() -> None:
    index = index_of(ROWS, version_of())
    with pytest.raises(InputError, match="scenarios have 1 tiers"):
        outcomes(index, [Variant("one", Scenarios.of([["0.5"]], [[]]))])


@settings(deadline=None, max_examples=40)
@given(cases())
def test_each_variant_is_a_recount(rows: Rows) -> None:
    found = found_in(rows)
    assert list(found) == [
        "official", "uniform 1/2", "uniform 3/4", "strictest", "laxest", "prices 11/10",
        "comparison",
    ]  # fmt: skip
    for outcome in found.values():
        assert outcome.effective == naive(rows, outcome.variant)
    assert found["official"].change == 0
    assert found["strictest"].effective <= found["official"].effective
    assert found["laxest"].effective >= found["official"].effective
    assert found["comparison"].effective >= found["official"].effective


@settings(deadline=None, max_examples=15)
@given(cases())
def test_no_corner_of_the_ranges_is_stricter_or_laxer(rows: Rows) -> None:
    index = index_of(rows, version_of())
    moved = moved_of(index.version)
    found = found_in(rows)
    corners = []
    for ends in product(*((item.low, item.high) for item in moved)):
        bounds = [int(end) for end in ends[3:]]
        corners.append(5 * len(SOME) + recount(rows, list(ends[:3]), bounds, False))
    assert found["strictest"].effective == min(corners)
    assert found["laxest"].effective == max(corners)


def test_the_other_comparison_is_the_other_one() -> None:
    loose = index_of(ROWS, version("effective_closure_rate", is_equal=True))
    (other,) = (
        item for item in outcomes(loose, named_variants(loose, SETTINGS))
        if item.variant.name == "comparison"
    )  # fmt: skip
    assert not other.variant.thresholds.is_equal_effective
    assert other.effective == loose.official_effective() - 3


def test_boundaries_follow_prices_in_whole_ntd_rounded_down() -> None:
    found = found_in(ROWS)["prices 11/10"]
    assert found.variant.thresholds.boundaries_twd.tolist() == [[220_000, 1_100_000]]
    assert found.variant.setting == Fraction(11, 10)


def test_a_rule_of_one_tier_has_no_boundary_to_index() -> None:
    made = version_of()
    rule = replace(made.rule, tiers=(Tier("all", 1, None, Fraction(1, 2)),))
    index = index_of(ROWS, replace(made, rule=rule))
    names = [item.variant.name for item in outcomes(index, named_variants(index, SETTINGS))]
    assert names == ["official", "uniform", "uniform", "strictest", "laxest", "comparison"]


@pytest.mark.parametrize("kpi", KPIS)
def test_change_and_spread_are_exact_for_any_kpi(kpi: str) -> None:
    index = index_of(ROWS, version_of(kpi))
    scale = 100 if index.version.unit == "percent" else 1
    official = index.value(index.official_effective()).value
    for outcome in found_in(ROWS, kpi).values():
        by_branch = dict(
            zip(SOME, index.effective_by_branch(outcome.variant.thresholds)[0], strict=True)
        )
        values = {name: index.value(int(by_branch[name]), name).value for name in SOME}
        if official is None:
            assert (outcome.change, outcome.spread) == (None, None)
            continue
        known = [Fraction(value or 0) for value in values.values()]
        assert outcome.spread == max(known) - min(known)
        assert in_unit(outcome.spread, index.version.unit) == outcome.spread * scale
        moved = Fraction(outcome.kpi.value or 0) - Fraction(official)
        assert outcome.change == moved * scale
