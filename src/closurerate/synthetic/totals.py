"""The totals of two years that a synthetic panel meets, and how cases flow between them."""

from dataclasses import dataclass, fields, replace
from fractions import Fraction

from closurerate.errors import InputError
from closurerate.kpi.effective import EffectiveRule


@dataclass(frozen=True)
class YearTotals:
    """What one year's synthetic extract adds up to.

    Attributes:
        new, closed, effective, pending: Cases referred in the year, closed in it, closed with
            effect, and open at its end.
        collected_twd: Collected within the year, NTD.
    """

    new: int
    closed: int
    effective: int
    pending: int
    collected_twd: int


@dataclass(frozen=True)
class PanelTotals:
    """Totals of two consecutive years, which share the cases pending between them.

    Attributes:
        first_year: ROC year of the first.
        first, second: Totals of the two years.
        rule (EffectiveRule): What the effective cases among them were counted by.

    Raises:
        InputError: If the totals contradict each other.
    """

    first_year: int
    first: YearTotals
    second: YearTotals
    rule: EffectiveRule

    def __post_init__(self) -> None:
        """Refuse totals that contradict each other."""
        for year, totals in self.by_year().items():
            for field in fields(totals):
                if getattr(totals, field.name) < 0:
                    raise InputError(f"totals of {year}: {field.name} is negative.")
            if totals.effective > totals.closed:
                raise InputError(
                    f"totals of {year}: {totals.effective:,} cases closed with effect are more "
                    f"than the {totals.closed:,} closed; effective must be part of closed."
                )
        if self.opening < 0 or self.reopened < 0:
            raise InputError(
                f"totals of {self.first_year} and {self.first_year + 1}: stocks and flows leave "
                f"{self.opening:,} cases open at the start and {self.reopened:,} reopened; "
                "neither may be negative: check new, closed and pending."
            )

    @property
    def opening(self) -> int:
        """Cases open when the first year began: the balance of its flows."""
        return self.first.pending + self.first.closed - self.first.new

    @property
    def reopened(self) -> int:
        """Cases by which the stock at the end of the second year is more than its flows give."""
        return self.second.pending + self.second.closed - self.first.pending - self.second.new

    def by_year(self) -> dict[int, YearTotals]:
        """Return the totals keyed by ROC year."""
        return {self.first_year: self.first, self.first_year + 1: self.second}


def scaled(totals: PanelTotals, fraction: Fraction) -> PanelTotals:
    """Return the totals of a small nation with the same structure.

    Each total is the fraction of its own, rounded half up; the reopened cases too (one at least,
    where there are any); what is pending at the end of the second year is then the balance.

    Args:
        totals: The nation's.
        fraction (fractions.Fraction): Its share, over 0 and at most 1. At 1 the totals stay as they
            are.

    Raises:
        InputError: If the fraction is out of its range.
    """
    if not 0 < fraction <= 1:
        raise InputError(f"fraction {fraction}: the share of the nation must be over 0, at most 1.")
    first, second = (_scaled_year(year, fraction) for year in (totals.first, totals.second))
    reopened = max(min(totals.reopened, 1), half_up(totals.reopened * fraction))
    balance = first.pending + second.new + reopened - second.closed
    return replace(totals, first=first, second=replace(second, pending=balance))


def half_up(number: Fraction) -> int:
    """Return the nearest whole number, a half upwards."""
    return (number + Fraction(1, 2)).__floor__()


def _scaled_year(totals: YearTotals, fraction: Fraction) -> YearTotals:
    values = {
        field.name: half_up(getattr(totals, field.name) * fraction) for field in fields(totals)
    }
    return YearTotals(**values)
