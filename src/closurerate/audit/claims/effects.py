"""What a judged figure means: for the KPI, for the cases behind a rate, and for what it serves."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from closurerate.audit.claims.derivation import (
    Derivation,
    Reports,
    derivation,
    number_of,
    printed_figure,
)
from closurerate.audit.claims.judging import JudgedClaim
from closurerate.quantity import rounded
from closurerate.records.claim import Claim
from closurerate.records.feasible import Interval, Rounding, feasible_counts
from closurerate.records.follows import Figure


@dataclass(frozen=True)
class KpiEffect:
    """What is printed of the KPI by the figure as printed, and by what the others make of it."""

    as_printed: Decimal
    as_recomputed: Decimal

    @property
    def is_moved(self) -> bool:
        """Whether the KPI's print changes."""
        return self.as_printed != self.as_recomputed


@dataclass(frozen=True)
class NumeratorOnly:
    """A share from whose part something was left out, and from its whole not.

    Args:
        value: The share with the same left out of the whole.
    """

    claim: Claim
    part: Claim
    value: Fraction


def kpi_effect(reports: Reports, year: int, judged: JudgedClaim) -> KpiEffect | None:
    """Return what a figure's recomputation does to the KPI; None where the KPI does not rest on it.

    The KPI is what the report defines by a formula. It rests on the figures that this names, and
    one that is itself the KPI on itself.
    """
    for claim in reports[year].claims.values():
        if claim.follows is None or claim.follows.relation != "definition" or judged.value is None:
            continue
        if claim.id == judged.claim.id:
            return KpiEffect(Decimal(claim.written), rounded(judged.value, claim.decimals))
        found = derivation(reports, year, claim.id, claim.follows)
        if judged.claim not in found.known:
            continue
        before, after = found.value(), found.value(**{judged.claim.id: judged.value})
        if before is not None and after is not None:
            return KpiEffect(rounded(before, claim.decimals), rounded(after, claim.decimals))
    return None


def feasible(judged: JudgedClaim, rounding: Rounding = "half_up") -> Interval | None:
    """Return which whole numbers the one figure that is missing may be, for the rate to print so.

    None where none or more is missing, or the rate is not proportional to it.
    """
    found = judged.derivation
    if found is None or len(found.missing) != 1:
        return None
    one, two = (_with_missing(found, Fraction(number)) for number in (1, 2))
    if one is None or two is None or one <= 0 or two != 2 * one:
        return None
    return feasible_counts(number_of(judged.claim), judged.claim.decimals, one, rounding)


def _with_missing(found: Derivation, number: Fraction) -> Fraction | None:
    values = [number if one is None else number_of(one) for one in found.figures]
    return found.compute(*values)


def numerator_only(reports: Reports, year: int) -> Iterator[NumeratorOnly]:
    """Yield the shares of a year whose part leaves out what their whole does not."""
    for claim in reports[year].claims.values():
        if claim.follows is None or claim.follows.relation != "share":
            continue
        found = derivation(reports, year, claim.id, claim.follows)
        if found.missing:
            continue
        part, base = found.known
        if part.without is None or base.without is not None:
            continue
        of = printed_figure(reports, year, Figure(part.without))
        rest = None if of is None else base.value - (of.value - part.value)
        if rest:
            yield NumeratorOnly(claim, part, 100 * part.value / rest)
