"""The thresholds that a study moves: each tier's ratio and lower end, with its declared range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule
from closurerate.study.settings import RATIO_GRID, StudySettings
from closurerate.study.thresholds.scenarios import Scenarios


@dataclass(frozen=True)
class Parameter:
    """One threshold.

    Args:
        kind: `ratio`: share of the referred amount to be passed; `boundary`: lower end of the tier,
            NTD.
        tier, place: The tier's name, and its place from the lowest, 0.
        official: The value in force; whole for a boundary.
        low, high: The ends of its declared range.
    """

    kind: Literal["ratio", "boundary"]
    tier: str
    place: int
    official: Fraction
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        """Check that the ends are in order."""
        if self.low > self.high:
            raise InputError(
                f"{self.name}: the lowest value is {self.low} and the highest {self.high}: they "
                "must be the other way round."
            )

    @property
    def name(self) -> str:
        """As in a file of scenarios: `ratio_ordinary`, `boundary_major_twd`."""
        return f"{self.kind}_{self.tier}" + ("_twd" if self.kind == "boundary" else "")

    @property
    def steps(self) -> tuple[int, int]:
        """The ends of its range in whole steps: millionths for a ratio, NTD for a boundary."""
        grid = RATIO_GRID if self.kind == "ratio" else 1
        return ceil(self.low * grid), floor(self.high * grid)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


def threshold_names(rule: EffectiveRule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the ratios, and of the boundaries: those of the upper tiers."""
    tiers = [tier.name for tier in rule.tiers]
    return (
        tuple(f"ratio_{name}" for name in tiers),
        tuple(f"boundary_{name}_twd" for name in tiers[1:]),
    )


def parameters(rule: EffectiveRule, settings: StudySettings) -> tuple[Parameter, ...]:
    """Return the k ratios, the lowest tier's first, then the k − 1 boundaries.

    A declared range holds for the tier of its name where the value in force lies in it, else the
    general rule does. Ranges of neighbouring boundaries that would meet are cut midway between
    the values in force, so that boundaries drawn independently never cross.
    """
    ratios = [
        Parameter(
            "ratio", tier.name, place, tier.ratio, *_ratio_range(tier.name, tier.ratio, settings)
        )
        for place, tier in enumerate(rule.tiers)
    ]
    values = [tier.from_twd for tier in rule.tiers[1:]]
    ranges = [_boundary_range(tier.name, tier.from_twd, settings) for tier in rule.tiers[1:]]
    for place in range(len(ranges) - 1):
        (low, high), (next_low, next_high) = ranges[place : place + 2]
        middle = (values[place] + values[place + 1]) // 2
        if high >= next_low:
            ranges[place] = (low, min(high, middle))
            ranges[place + 1] = (max(next_low, middle + 1), next_high)
    boundaries = [
        Parameter(
            "boundary", tier.name, place, Fraction(tier.from_twd), Fraction(low), Fraction(high)
        )
        for place, (tier, (low, high)) in enumerate(zip(rule.tiers[1:], ranges, strict=True), 1)
    ]
    return (*ratios, *boundaries)


def admissible(rule: EffectiveRule, parameter: Parameter) -> tuple[Fraction, Fraction | None]:
    """Return the least and the greatest value a threshold may take, the others held (None: any)."""
    if parameter.kind == "ratio":
        return Fraction(0), None
    below = rule.tiers[parameter.place].below_twd
    lowest = Fraction(rule.tiers[parameter.place - 1].from_twd)
    return lowest, None if below is None else Fraction(below)


def _ratio_range(tier: str, ratio: Fraction, settings: StudySettings) -> tuple[Fraction, Fraction]:
    low, high = settings.ratio_ranges.get(tier, (ratio + 1, ratio))
    if low <= ratio <= high:
        return low, high
    width = settings.other_tiers.ratio_width
    return max(Fraction(0), ratio - width), ratio + width


def _boundary_range(tier: str, boundary: int, settings: StudySettings) -> tuple[int, int]:
    low, high = settings.boundary_ranges.get(tier, (boundary + 1, boundary))
    if low <= boundary <= high:
        return low, high
    general = settings.other_tiers
    return (
        max(1, int(boundary * general.boundary_low)),
        max(boundary, int(boundary * general.boundary_high)),
    )


def scenarios_with(
    rule: EffectiveRule,
    changes: Sequence[Mapping[Parameter, Fraction]],
    *,
    is_equal_effective: bool | None = None,
) -> Scenarios:
    """Return a scenario for each set of changed thresholds, with all else (None) as in force.

    Raises:
        InputError: If a boundary is no whole number, or as `Scenarios`.
    """
    ratios, boundaries = [], []
    for changed in changes:
        own_ratios = [tier.ratio for tier in rule.tiers]
        own_boundaries = [tier.from_twd for tier in rule.tiers[1:]]
        for parameter, value in changed.items():
            if parameter.kind == "ratio":
                own_ratios[parameter.place] = Fraction(value)
            elif Fraction(value).denominator == 1:
                own_boundaries[parameter.place - 1] = int(value)
            else:
                raise InputError(f"{parameter.name}: {value}: must be a whole number of NTD.")
        ratios.append(own_ratios)
        boundaries.append(own_boundaries)
    is_equal = rule.is_equal_effective if is_equal_effective is None else is_equal_effective
    return Scenarios.of(ratios, boundaries, is_equal_effective=is_equal)
