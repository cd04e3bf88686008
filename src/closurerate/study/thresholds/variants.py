"""Named policy variants of the thresholds: what each would have made of the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import floor

from closurerate.kpi.value import Value
from closurerate.quantity import Exact
from closurerate.study.settings import StudySettings
from closurerate.study.thresholds.engine import ThresholdIndex
from closurerate.study.thresholds.parameters import Parameter, parameters, scenarios_with
from closurerate.study.thresholds.scenarios import Scenarios
from closurerate.study.thresholds.sensitivity import kpi_change

OFFICIAL, UNIFORM, PRICES, COMPARISON = "official", "uniform", "prices", "comparison"
STRICTEST, LAXEST = "strictest", "laxest"


@dataclass(frozen=True)
class Variant:
    """One set of thresholds under a name.

    Args:
        name: `official`; `uniform`: one ratio, `setting`, for all tiers; `strictest` and `laxest`:
            the corner of the declared ranges with the fewest and the most effective cases;
            `prices`: all boundaries times `setting`; `comparison`: the other of `>` and `≥`.
    """

    name: str
    thresholds: Scenarios
    setting: Fraction | None = None


@dataclass(frozen=True)
class VariantOutcome:
    """The nation's KPI under a variant, a plain ratio where its unit is percent.

    Args:
        change: Against the value in force, in the KPI's printed unit; None where there is no value.
        spread: How far the highest branch is over the lowest; None where no branch has a value.
    """

    variant: Variant
    effective: int
    kpi: Value
    change: Exact | None
    spread: Fraction | None


def named_variants(index: ThresholdIndex, settings: StudySettings) -> list[Variant]:
    """Return the declared variants, the thresholds in force first.

    Boundaries times the price factor are rounded down to whole NTD. The corners are found by
    counting every corner of the declared ranges, so they hold whichever way the ratios run.
    """
    rule = index.version.rule
    moved = parameters(rule, settings)
    ratios = [parameter for parameter in moved if parameter.kind == "ratio"]
    boundaries = [parameter for parameter in moved if parameter.kind == "boundary"]
    factor = settings.variants.price_factor
    indexed = {item: Fraction(floor(item.official * factor)) for item in boundaries}
    changes: list[tuple[str, Mapping[Parameter, Fraction], Fraction | None]] = [
        (OFFICIAL, {}, None),
        *(
            (UNIFORM, dict.fromkeys(ratios, ratio), ratio)
            for ratio in settings.variants.uniform_ratios
        ),
        (STRICTEST, _corner(index, ratios, boundaries, is_strict=True), None),
        (LAXEST, _corner(index, ratios, boundaries, is_strict=False), None),
        *([(PRICES, indexed, factor)] if boundaries else []),
    ]
    other = scenarios_with(rule, [{}], is_equal_effective=not rule.is_equal_effective)
    return [
        *(
            Variant(name, scenarios_with(rule, [change]), setting)
            for name, change, setting in changes
        ),
        Variant(COMPARISON, other),
    ]


def _corner(
    index: ThresholdIndex,
    ratios: Sequence[Parameter],
    boundaries: Sequence[Parameter],
    *,
    is_strict: bool,
) -> dict[Parameter, Fraction]:
    """Return the corner of the ranges with the fewest effective cases, or with the most.

    A ratio's effect has one direction, so that only boundaries need be tried at both ends.
    """
    held = {ratio: ratio.high if is_strict else ratio.low for ratio in ratios}
    ends = product(*((boundary.low, boundary.high) for boundary in boundaries))
    corners = [held | dict(zip(boundaries, values, strict=True)) for values in ends]
    counted = index.effective(scenarios_with(index.version.rule, corners))
    return corners[int(counted.argmin() if is_strict else counted.argmax())]


def outcomes(index: ThresholdIndex, variants: Sequence[Variant]) -> list[VariantOutcome]:
    """Return the KPI under each variant, by nation and with the spread of the branches.

    Raises:
        InputError: If a variant has another number of tiers.
    """
    official = index.official_value()
    return [_outcome(index, variant, official) for variant in variants]


def _outcome(index: ThresholdIndex, variant: Variant, official: Value) -> VariantOutcome:
    effective = int(index.effective(variant.thresholds)[0])
    kpi = index.value(effective)
    by_branch = index.values_by_branch(index.effective_by_branch(variant.thresholds)[0])
    known = [Fraction(one.value) for one in by_branch.values() if one.value is not None]
    return VariantOutcome(
        variant,
        effective,
        kpi,
        kpi_change(index.version, official, kpi),
        max(known) - min(known) if known else None,
    )
