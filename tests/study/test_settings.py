"""The declared settings: what is refused, and the ranges that follow for any tiers."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule, Tier
from closurerate.records.paths import data_folder
from closurerate.study.settings import RATIO_GRID, read_settings
from closurerate.study.thresholds.parameters import Parameter, parameters, scenarios_with
from kpi_samples import version_of

FILE = data_folder() / "study.yml"
SETTINGS = read_settings(FILE)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (
            ("error_rates", "late"),
            "1.5",
            r"study\.yml, line \d+: settings\.error_rates\.value\.late: must be from 0 to 1, found",
        ),
        (("error_rates", "late"), 0.5, r"error_rates\.value\.late: must be a decimal in quotes"),
        (("error_rates", "part_is_full"), "0.995", "are over 1 together"),
        (("ratio_ranges", "special"), ["0.8", "0.4"], "the first end must be the lower one"),
        (("ratio_ranges", "special"), ["0.4"], r"must be \[lowest, highest\]"),
        (("ratio_ranges", "special"), ["0.4", "0.50000001"], "at most six decimals"),
        (("boundary_ranges", "major"), [0, 5], "must be a whole number of 1 or more"),
        (("other_tiers", "ratio_width"), "0.00000001", "at most six decimals"),
        (("variants", "uniform_ratios"), "0.5", "must be a list of ratios"),
        (("variants", "price_factor"), "0", "must be over 0"),
        (("disclosure", "least_count"), 0, "whole number of 1 or more"),
        (("disclosure", "ratio_step"), "0", "must be over 0"),
        (("disclosure", "largest_share"), "1", "over 0 and under 1"),
        (("sobol", "size"), 1000, "must be a power of two"),
        (("sobol", "confidence"), "95", "over 0 and under 1"),
        (("monte_carlo", "extra"), 1, "unknown key 'extra'"),
        (
            ("ratio_ranges", "speciall"),
            ["0.4", "0.8"],
            r"line \d+: .*ratio_ranges\.value: no definition has a tier 'speciall'; did you mean",
        ),
    ],
)
def test_a_damaged_setting_is_refused_by_file_and_key(
    tmp_path: Path, place: tuple[str, str], value: object, said: str
) -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    section, key = place
    document["settings"][section]["value"][key] = value
    path = tmp_path / "study.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_settings(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("key", ["reason", "unit", "value"])
def test_each_section_has_a_reason_a_unit_and_a_value(tmp_path: Path, key: str) -> None:
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    del document["settings"]["sobol"][key]
    path = tmp_path / "study.yml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InputError, match=rf"sobol: the key '{key}' is missing"):
        read_settings(path)


def test_the_declared_ranges_hold_the_values_in_force_and_cannot_cross() -> None:
    moved = parameters(version_of().rule, SETTINGS)
    assert [item.name for item in moved] == [
        "ratio_ordinary", "ratio_special", "ratio_major",
        "boundary_special_twd", "boundary_major_twd",
    ]  # fmt: skip
    assert all(item.low < item.official < item.high for item in moved)
    assert moved[3].high < moved[4].low
    assert (moved[0].low, moved[0].high) == (Fraction("0.3"), Fraction("0.7"))
    for item in moved:
        scale = RATIO_GRID if item.kind == "ratio" else 1
        assert (item.low * scale).denominator == (item.high * scale).denominator == 1


def rule_of(*tiers: tuple[str, int, str]) -> EffectiveRule:
    below = [*(lower for _, lower, _ in tiers[1:]), None]
    return replace(
        version_of().rule,
        tiers=tuple(
            Tier(name, lower, upper, Fraction(ratio))
            for (name, lower, ratio), upper in zip(tiers, below, strict=True)
        ),
    )


def test_other_tiers_take_the_general_rule_and_never_cross() -> None:
    rule = rule_of(("small", 1, "0.1"), ("middle", 1000, "0.9"), ("special", 1500, "1.2"))
    found = {item.name: (item.low, item.high) for item in parameters(rule, SETTINGS)}
    assert found["ratio_small"] == (0, Fraction("0.3"))
    assert found["ratio_middle"] == (Fraction("0.7"), Fraction("1.1"))
    # The value in force lies outside of what is declared for a tier of this name.
    assert found["ratio_special"] == (1, Fraction("1.4"))
    assert found["boundary_middle_twd"] == (500, 1250)
    assert found["boundary_special_twd"] == (1251, 3000)


def test_one_tier_has_one_ratio_and_no_boundary() -> None:
    (only,) = parameters(rule_of(("all", 1, "0.5")), SETTINGS)
    assert only.kind == "ratio"


def test_scenarios_change_what_is_named_and_nothing_else() -> None:
    rule = version_of().rule
    moved = parameters(rule, SETTINGS)
    made = scenarios_with(rule, [{}, {moved[0]: Fraction(1, 3), moved[4]: Fraction(700_000)}])
    assert made.boundaries_twd.tolist() == [[200_000, 1_000_000], [200_000, 700_000]]
    ratios = [Fraction(int(item), made.ratio_denominator) for item in made.ratio_numerators[1]]
    assert ratios == [Fraction(1, 3), Fraction(3, 5), Fraction(3, 4)]
    assert not made.is_equal_effective
    assert scenarios_with(rule, [{}], is_equal_effective=True).is_equal_effective
    half = {moved[4]: Fraction(1, 2)}
    with pytest.raises(InputError, match="boundary_major_twd: 1/2: must be a whole number"):
        scenarios_with(rule, [half])


def test_a_parameter_is_printed_by_its_name() -> None:
    made = Parameter("ratio", "major", 2, Fraction(1), Fraction(0), Fraction(1))
    assert str(made) == "ratio_major"
