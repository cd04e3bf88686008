"""What the study declares: alternatives, ranges, variants, error rates, disclosure, sampling."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from closurerate.errors import InputError
from closurerate.quantity import whole_number
from closurerate.records.documents import check_keys, check_languages, read_document
from closurerate.study.settings_values import exact_ranges, positive, ratio, record, share, whole

_SECTIONS = (
    "alternatives", "ratio_ranges", "boundary_ranges", "other_tiers", "elasticity_step", "variants",
    "error_rates", "disclosure", "sobol", "monte_carlo",
)  # fmt: skip


@dataclass(frozen=True)
class GeneralRange:
    """How a range is had for a tier that is not declared by name.

    `ratio_width` is added to and taken from the ratio in force; a boundary in force is multiplied
    by `boundary_low` and `boundary_high`.
    """

    ratio_width: Fraction
    boundary_low: Fraction
    boundary_high: Fraction


@dataclass(frozen=True)
class Variants:
    """Values of the named policy variants: one ratio for all tiers, and a price factor."""

    uniform_ratios: tuple[Fraction, ...]
    price_factor: Fraction


@dataclass(frozen=True)
class ErrorRates:
    """Assumed rates of error in the records, each a share from 0 to 1.

    Parameters
    ----------
    full_is_part
        Of the cases recorded as paid in full, those paid in part in truth.
    part_is_full, part_is_unpaid
        Of the cases recorded as paid in part, those paid in full, and not at all, in truth.
    unpaid_is_part
        Of the closed cases recorded as unpaid, those paid in part in truth.
    amount_digit
        Of the cases recorded as paid in part, those with one digit too many or too few in one of
        the two amounts.
    late
        Closed cases registered only in the next year, as a share of those registered as closed.

    Raises
    ------
    InputError
        If a rate is under 0 or over 1.
    """

    full_is_part: Fraction
    part_is_full: Fraction
    part_is_unpaid: Fraction
    unpaid_is_part: Fraction
    amount_digit: Fraction
    late: Fraction

    def __post_init__(self) -> None:
        """Check that each is a share."""
        for field in fields(self):
            rate = getattr(self, field.name)
            if not 0 <= rate <= 1:
                raise InputError(f"{field.name}: {rate}: must be from 0 to 1.")
        if self.part_is_full + self.part_is_unpaid > 1:
            raise InputError(
                "error_rates: part_is_full and part_is_unpaid are over 1 together: one case is "
                "wrong in one way."
            )


@dataclass(frozen=True)
class DisclosureRules:
    """What a public page may show (`closurerate.study.disclosure`).

    Parameters
    ----------
    least_count
        Fewest cases that a figure may rest on.
    ratio_step, boundary_step_twd
        What ratios and boundaries are rounded to, outwards.
    largest_share
        Greatest share of a sum that one case may have.
    """

    least_count: int
    ratio_step: Fraction
    boundary_step_twd: int
    largest_share: Fraction


@dataclass(frozen=True)
class SobolSampling:
    """Sample of the variance-based sensitivity: base size (a power of two), bootstrap, seed."""

    size: int
    resamples: int
    confidence: Fraction
    seed: int

    def __post_init__(self) -> None:
        """Check the size: a Sobol sequence of any other is not balanced."""
        size = whole_number(self.size, "size", least=1)
        if size & (size - 1):
            raise InputError(f"size: {size}: must be a power of two, such as 1024.")


@dataclass(frozen=True)
class MonteCarlo:
    """Draws of the error models, confidence level of an interval, seed."""

    draws: int
    confidence: Fraction
    seed: int


@dataclass(frozen=True)
class StudySettings:
    """All that the study declares.

    Parameters
    ----------
    alternatives
        Ids of the KPIs that a year's own is set beside, in the order in which they are shown.
    ratio_ranges
        Lowest and highest ratio by tier name.
    boundary_ranges
        Lowest and highest lower end of a tier in NTD, by tier name.
    other_tiers
        The rule for the others.
    elasticity_step
        Share of a value in force over which an elasticity is taken, to either side.
    variants, error_rates, disclosure, sobol, monte_carlo
        As their classes say.
    reasons
        Why each section is as it is, by its name and language.
    units
        The unit of each section, in English.
    """

    alternatives: tuple[str, ...]
    ratio_ranges: Mapping[str, tuple[Fraction, Fraction]]
    boundary_ranges: Mapping[str, tuple[int, int]]
    other_tiers: GeneralRange
    elasticity_step: Fraction
    variants: Variants
    error_rates: ErrorRates
    disclosure: DisclosureRules
    sobol: SobolSampling
    monte_carlo: MonteCarlo
    reasons: Mapping[str, Mapping[str, str]]
    units: Mapping[str, str]


def read_settings(path: Path) -> StudySettings:
    """Return the settings in a file, such as `data/study.yml`.

    Raises
    ------
    InputError
        Naming file and key: an unknown or missing key, a missing language, a number that is not
        exact or out of bounds, a range whose ends are out of order.
    """
    document = check_keys(read_document(path), str(path), required=("settings",))
    sections = check_keys(document["settings"], f"{path}: settings", required=_SECTIONS)
    for name, section in sections.items():
        check_keys(section, f"{path}: {name}", required=("reason", "unit", "value"))
        if not isinstance(section["unit"], str) or not section["unit"].strip():
            raise InputError(f"{path}: {name}.unit: must be words, found {section['unit']!r}.")
    values = {name: sections[name]["value"] for name in _SECTIONS}
    where = {name: f"{path}: {name}.value" for name in _SECTIONS}
    return StudySettings(
        alternatives=_alternatives(values["alternatives"], where["alternatives"]),
        ratio_ranges=exact_ranges(values["ratio_ranges"], where["ratio_ranges"], ratio),
        boundary_ranges=exact_ranges(values["boundary_ranges"], where["boundary_ranges"], whole),
        other_tiers=record(GeneralRange, values["other_tiers"], where["other_tiers"]),
        elasticity_step=share(values["elasticity_step"], where["elasticity_step"]),
        variants=_variants(values["variants"], where["variants"]),
        error_rates=record(ErrorRates, values["error_rates"], where["error_rates"]),
        disclosure=record(DisclosureRules, values["disclosure"], where["disclosure"]),
        sobol=record(SobolSampling, values["sobol"], where["sobol"]),
        monte_carlo=record(MonteCarlo, values["monte_carlo"], where["monte_carlo"]),
        reasons={
            name: check_languages(sections[name]["reason"], f"{path}: {name}.reason")
            for name in _SECTIONS
        },
        units={name: sections[name]["unit"] for name in _SECTIONS},
    )


def _alternatives(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InputError(f"{where}: must be a list of ids of definitions, found {value!r}.")
    for item in value:
        if value.count(item) > 1:
            raise InputError(f"{where}: {item!r} stands twice.")
    return tuple(value)


def _variants(value: Any, where: str) -> Variants:
    check_keys(value, where, required=("uniform_ratios", "price_factor"))
    ratios = value["uniform_ratios"]
    if not isinstance(ratios, list):
        raise InputError(f"{where}.uniform_ratios: must be a list of ratios, found {ratios!r}.")
    return Variants(
        tuple(ratio(item, f"{where}.uniform_ratios") for item in ratios),
        positive(value["price_factor"], f"{where}.price_factor"),
    )
