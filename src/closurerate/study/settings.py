"""What the study declares: alternatives, ranges, variants, error rates, disclosure, sampling."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from closurerate.errors import InputError
from closurerate.kpi.definition_file import tier_names
from closurerate.quantity import whole_number
from closurerate.records import fields
from closurerate.records.documents import nearest, read_document
from closurerate.records.paths import definition_files

RATIO_GRID = 10**6
"""Ratios are declared and sampled in millionths: as fine as a definition may write one."""

_SIX = "must have at most six decimals"
Ratio = Annotated[fields.Exact, fields.check(lambda at: (at * RATIO_GRID).denominator == 1, _SIX)]
Positive = Annotated[fields.Exact, fields.check(lambda number: number > 0, "must be over 0")]
Step = Annotated[Ratio, fields.check(lambda number: number > 0, "must be over 0")]
Share = Annotated[fields.Exact, fields.check(lambda at: 0 < at < 1, "must be over 0 and under 1")]
Rate = Annotated[fields.Exact, fields.check(lambda number: number <= 1, "must be from 0 to 1")]
Count = Annotated[int, fields.whole(1)]
_POWER = fields.check(lambda size: size & (size - 1) == 0, "must be a power of two, such as 1024")
_DECLARED = fields.explained({"reason": fields.Texts, "unit": fields.Words})
_IDS = fields.says("must be a list of ids of definitions")
_RANGE = (
    Field(min_length=2, max_length=2),
    fields.says("must be [lowest, highest]"),
    fields.check(lambda ends: ends[0] < ends[1], "the first end must be the lower one"),
)
_RANGES = (fields.says("must hold ranges by tier"), _DECLARED)


@dataclass(frozen=True)
class GeneralRange(fields.Written):
    """How a range is had for a tier that is not declared by name.

    `ratio_width` is added to and taken from the ratio in force; a boundary in force is multiplied
    by `boundary_low` and `boundary_high`.
    """

    ratio_width: Step
    boundary_low: Positive
    boundary_high: Positive


@dataclass(frozen=True)
class Variants(fields.Written):
    """Values of the named policy variants: one ratio for all tiers, and a price factor."""

    uniform_ratios: Annotated[tuple[Ratio, ...], fields.says("must be a list of ratios")]
    price_factor: Positive


@dataclass(frozen=True)
class ErrorRates(fields.Written):
    """Assumed rates of error in the records, each a share from 0 to 1.

    Args:
        full_is_part: Of the cases recorded as paid in full, those paid in part in truth.
        part_is_full, part_is_unpaid: Of the cases recorded as paid in part, those paid in full, and
            not at all, in truth.
        unpaid_is_part: Of the closed cases recorded as unpaid, those paid in part in truth.
        amount_digit: Of the cases recorded as paid in part, those with one digit too many or too
            few in one of the two amounts.
        late: Closed cases registered only in the next year, as a share of those registered as
            closed.

    Raises:
        InputError: If a rate is under 0 or over 1.
    """

    full_is_part: Rate
    part_is_full: Rate
    part_is_unpaid: Rate
    unpaid_is_part: Rate
    amount_digit: Rate
    late: Rate

    def __post_init__(self) -> None:
        """Check that each is a share, and that no case is wrong in two ways."""
        for name, rate in vars(self).items():
            if not 0 <= rate <= 1:
                raise fields.Wrong(f"{rate}: must be from 0 to 1", name)
        if self.part_is_full + self.part_is_unpaid > 1:
            raise fields.Wrong(
                "part_is_full and part_is_unpaid are over 1 together: one case is wrong in one way"
            )


@dataclass(frozen=True)
class DisclosureRules(fields.Written):
    """What a public page may show: fewest cases, outward steps, one case's greatest share."""

    least_count: Count
    ratio_step: Step
    boundary_step_twd: Count
    largest_share: Share


@dataclass(frozen=True)
class SobolSampling(fields.Written):
    """Sample of the variance-based sensitivity: base size (a power of two), bootstrap, seed."""

    size: Annotated[Count, _POWER]
    resamples: Count
    confidence: Share
    seed: Count

    def __post_init__(self) -> None:
        """Check the size: a Sobol sequence of any other is not balanced."""
        size = whole_number(self.size, "size", least=1)
        if size & (size - 1):
            raise InputError(f"size: {size}: must be a power of two, such as 1024.")


@dataclass(frozen=True)
class MonteCarlo(fields.Written):
    """Draws of the error models, confidence level of an interval, seed."""

    draws: Count
    confidence: Share
    seed: Count


@dataclass(frozen=True)
class Declared(fields.Written):
    """What the study declares, section by section.

    Args:
        alternatives: Ids of the KPIs that a year's own is set beside, in order.
        ratio_ranges: Lowest and highest ratio by tier name.
        boundary_ranges: Lowest and highest lower end of a tier in NTD, by tier name.
        elasticity_step: Share of a value in force over which an elasticity is taken, to either
            side.
    """

    alternatives: Annotated[tuple[fields.Text, ...], _IDS, fields.EACH_ONCE, _DECLARED]
    ratio_ranges: Annotated[Mapping[str, Annotated[tuple[Ratio, ...], *_RANGE]], *_RANGES]
    boundary_ranges: Annotated[Mapping[str, Annotated[tuple[Count, ...], *_RANGE]], *_RANGES]
    other_tiers: Annotated[GeneralRange, _DECLARED]
    elasticity_step: Annotated[Share, _DECLARED]
    variants: Annotated[Variants, _DECLARED]
    error_rates: Annotated[ErrorRates, _DECLARED]
    disclosure: Annotated[DisclosureRules, _DECLARED]
    sobol: Annotated[SobolSampling, _DECLARED]
    monte_carlo: Annotated[MonteCarlo, _DECLARED]


@dataclass(frozen=True)
class StudySettings(Declared):
    """All that the study declares; and why each section is as it is, by its name and language."""

    reasons: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class StudyFile(fields.Written):
    """The file data/study.yml."""

    settings: Declared


def read_settings(path: Path) -> StudySettings:
    """Return the settings in a file, such as `data/study.yml`; InputError names line and key."""
    document = read_document(path)
    declared = vars(fields.validated(document, path, StudyFile).settings)
    reasons = {name: document["settings"][name]["reason"] for name in declared}
    settings = StudySettings(**declared, reasons=reasons)
    tiers = _tiers()
    for name in ("ratio_ranges", "boundary_ranges"):
        for tier in getattr(settings, name):
            if tier not in tiers:
                said = f"no definition has a tier {tier!r}{nearest(tier, tiers)}"
                raise fields.fault(path, ("settings", name, "value"), said, tier)
    return settings


def _tiers() -> list[str]:
    """Return the names of the tiers of all definitions that can be read."""
    names: dict[str, None] = {}
    for file in definition_files():
        with suppress(InputError):
            names |= dict.fromkeys(tier_names(file))
    return list(names)
