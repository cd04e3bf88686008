"""Named policy variants of the thresholds: what each would have made of the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

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
        thresholds: One scenario.
        setting: The ratio or factor, where the name has one.
    """

    name: str
    thresholds: Scenarios
    setting: Fraction | None = None


@dataclass(frozen=True)
class VariantOutcome:
    """The KPI under a variant.

    Args:
        variant: The thresholds.
        effective: The nation's effective cases.
        kpi: The nation's KPI (a plain ratio where its unit is percent).
        change: Against the value in force, in the KPI's printed unit; None where there is no value.
        lowest, highest: Branch and KPI, the first of equals; None where no branch has a value.
    """

    variant: Variant
    effective: int
    kpi: Value
    change: Exact | None
    lowest: tuple[str, Exact] | None
    highest: tuple[str, Exact] | None

    @property
    def spread(self) -> Fraction | None:
        """How far the highest branch is over the lowest, a plain ratio."""
        if self.lowest is None or self.highest is None:
            return None
        return Fraction(self.highest[1]) - Fraction(self.lowest[1])


def named_variants(index: ThresholdIndex, settings: StudySettings) -> list[Variant]:
    """Return the declared variants, the thresholds in force first.

    Boundaries times the price factor are rounded down to whole NTD. The corners are found by
    counting every corner of the declared ranges, so they hold whichever way the ratios run.

    Args:
        index: The year's cases.
        settings: Ranges, ratios and factor.
    """
    rule = index.version.rule
    moved = parameters(rule, settings)
    ratios = [parameter for parameter in moved if parameter.kind == "ratio"]
    boundaries = [parameter for parameter in moved if parameter.kind == "boundary"]
    factor = settings.variants.price_factor

    def variant(
        name: str, change: Mapping[Parameter, Fraction], setting: Fraction | None = None
    ) -> Variant:
        return Variant(name, scenarios_with(rule, [change]), setting)

    other = scenarios_with(rule, [{}], is_equal_effective=not rule.is_equal_effective)
    strictest, laxest = _corners(index, moved)
    indexed = {item: Fraction((item.official * factor).__floor__()) for item in boundaries}
    return [
        variant(OFFICIAL, {}),
        *(
            variant(UNIFORM, dict.fromkeys(ratios, ratio), ratio)
            for ratio in settings.variants.uniform_ratios
        ),
        variant(STRICTEST, strictest),
        variant(LAXEST, laxest),
        *([variant(PRICES, indexed, factor)] if boundaries else []),
        Variant(COMPARISON, other),
    ]


def _corners(
    index: ThresholdIndex, moved: Sequence[Parameter]
) -> tuple[dict[Parameter, Fraction], dict[Parameter, Fraction]]:
    """Return the corners of the ranges with the fewest and the most effective cases.

    A ratio's effect has one direction, so that only boundaries need be tried at both ends.
    """
    ends = [(parameter.low, parameter.high) for parameter in moved if parameter.kind == "boundary"]
    chosen = []
    for is_strict in (True, False):
        ratios = {
            parameter: parameter.high if is_strict else parameter.low
            for parameter in moved
            if parameter.kind == "ratio"
        }
        bounds = [parameter for parameter in moved if parameter.kind == "boundary"]
        corners = [ratios | dict(zip(bounds, values, strict=True)) for values in product(*ends)]
        counted = index.effective(scenarios_with(index.version.rule, corners)).tolist()
        place = counted.index(min(counted) if is_strict else max(counted))
        chosen.append(corners[place])
    return chosen[0], chosen[1]


def outcomes(index: ThresholdIndex, variants: Sequence[Variant]) -> list[VariantOutcome]:
    """Return the KPI under each variant, by nation and with the spread of the branches.

    Args:
        index: The year's cases.
        variants: Thresholds for the index's tiers.

    Raises:
        InputError: If a variant has another number of tiers.
    """
    official = index.value(index.official_effective())
    return [_outcome(index, variant, official) for variant in variants]


def _outcome(index: ThresholdIndex, variant: Variant, official: Value) -> VariantOutcome:
    effective = int(index.effective(variant.thresholds)[0])
    kpi = index.value(effective)
    by_branch = index.effective_by_branch(variant.thresholds)[0]
    values = {
        name: index.value(int(count), name).value
        for name, count in zip(index.branches, by_branch, strict=True)
    }
    known = {name: value for name, value in values.items() if value is not None}
    ranked = sorted(known, key=lambda name: Fraction(known[name]))
    return VariantOutcome(
        variant,
        effective,
        kpi,
        kpi_change(index.version, official, kpi),
        (ranked[0], known[ranked[0]]) if ranked else None,
        (ranked[-1], known[ranked[-1]]) if ranked else None,
    )
