"""The figures of a printed report that do not follow from its others, recomputed from them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from closurerate.quantity import Evidence, Quantity
from closurerate.records.claim import Claim
from closurerate.records.placeholders import derive, placeholders
from closurerate.records.published import Published

_LITERAL = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Departs:
    """A printed figure beside its recomputation (None: nothing gives it), and the reason."""

    claim: Claim
    recomputed: Quantity | None
    figures: Mapping[str, Quantity]

    @property
    def evidence(self) -> Evidence:
        """What it rests on: printed figures, or a reading of them."""
        return "assumed" if self.recomputed is None else self.recomputed.evidence


def departures(published: Mapping[int, Published], year: int) -> list[Departs]:
    """Return what in a year's printed report departs from its recomputation, in its order.

    One whose figures of the year before are not printed is left out.
    """
    report, before = published.get(year), published.get(year - 1)
    if report is None:
        return []
    claims = report.claims.values()
    earlier = before.quantities() if before else {}
    known = report.quantities() | {f"{name}_previous": one for name, one in earlier.items()}
    coarse = {claim.id for claim in claims if claim.is_numeric and claim.decimals < 0}
    found = (_departs(claim, known, coarse) for claim in claims if claim.departs)
    return [one for one in found if one is not None]


def _departs(claim: Claim, known: Mapping[str, Quantity], coarse: set[str]) -> Departs | None:
    departs = claim.departs
    assert departs is not None
    names = dict.fromkeys(name for text in departs.why.values() for name in placeholders(text))
    figures = {name: derive(name, known, coarse) for name in names}
    recomputed, written = None, departs.recomputed
    if written is not None and _LITERAL.fullmatch(written):
        recomputed = Quantity(Fraction(written), claim.unit, max(claim.decimals, 0), "assumed")
    elif written is not None:
        recomputed = derive(written, known, coarse)
    is_known = recomputed is not None or written is None
    told = {name: one for name, one in figures.items() if one is not None}
    return Departs(claim, recomputed, told) if is_known and len(told) == len(names) else None
