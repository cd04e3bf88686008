"""What the audit looks for in the rows, and how closely: `data/audit.yml`."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field

from closurerate.records import fields

_LEAST = 3
"""So many of a family: with fewer than two to compare with nothing is known of how they vary."""
_UNDER_ONE = fields.check(lambda number: 0 < number < 1, "must be over 0 and under 1")
_SIX = fields.check(lambda at: (at * 10**6).denominator == 1, "must have at most six decimals")
_EXPLAINED = fields.explained({"reason": fields.Texts, "unit": fields.Words})
_FAMILY = (
    Field(min_length=_LEAST),
    fields.says(f"must be a list of {_LEAST} or more"),
    fields.EACH_ONCE,
)

Share = Annotated[fields.Exact, _UNDER_ONE, _SIX]
Amount = Annotated[int, fields.whole(1)]
Cut = TypeVar("Cut", Fraction, int)


@dataclass(frozen=True)
class RatioWindows(fields.Written):
    """How far to either side of a ratio is looked, and which ratios are as round as each other."""

    width: Share
    families: tuple[Annotated[tuple[Share, ...], *_FAMILY], ...]


@dataclass(frozen=True)
class AmountWindows(fields.Written):
    """How far to either side of an amount, as a share of it; and amounts as round as each other."""

    width: Share
    families: tuple[Annotated[tuple[Amount, ...], *_FAMILY], ...]


@dataclass(frozen=True)
class YearEnd(fields.Written):
    """How many of the last weekdays with closings."""

    days: Amount


@dataclass(frozen=True)
class SmallCertificates(fields.Written):
    """Under which referred amount a debt is small."""

    below_twd: Amount


@dataclass(frozen=True)
class ReferredAgain(fields.Written):
    """From which amount, and of which multiples not, two of one amount are no coincidence."""

    least_twd: Amount
    round_twd: Annotated[int, fields.whole(2)]


@dataclass(frozen=True)
class PatternSettings(fields.Written):
    """All that `data/audit.yml` declares."""

    error_rate: Annotated[Share, _EXPLAINED]
    repaid: Annotated[RatioWindows, _EXPLAINED]
    referred: Annotated[AmountWindows, _EXPLAINED]
    year_end: Annotated[YearEnd, _EXPLAINED]
    certificates: Annotated[SmallCertificates, _EXPLAINED]
    referred_again: Annotated[ReferredAgain, _EXPLAINED]


@dataclass(frozen=True)
class AuditFile(fields.Written):
    """The file data/audit.yml."""

    settings: PatternSettings


def read_patterns(path: Path) -> PatternSettings:
    """Return the settings in a file, such as `data/audit.yml`; InputError names line and key."""
    return fields.read(path, AuditFile).settings


def family_of(at: Cut, families: Sequence[Sequence[Cut]]) -> tuple[Cut, ...]:
    """Return the others of the family that a cut-off is in; none where it is in no family."""
    own: Sequence[Cut] = next((family for family in families if at in family), ())
    return tuple(other for other in own if other != at)
